"""What is specific to SQLite: connection settings, locking, and damaged files.

Imported only when a database is opened: importing SQLAlchemy takes 0.2 s.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError

log = logging.getLogger(__name__)

MALFORMED = "database disk image is malformed"


def set_up(connection: sqlite3.Connection, _: object) -> None:
    """Configure a new connection: write-ahead log, and deleted texts overwritten."""
    connection.isolation_level = None  # `begin` starts transactions, so that they include DDL
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def begin(connection: Connection) -> None:
    """Begin a transaction; a writing one takes the lock at once, so that it cannot fail later."""
    reads = connection.get_execution_options().get("aloud_reads")
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def check(connection: Connection) -> bool:
    """Return whether the database is intact."""
    if connection.dialect.name != "sqlite":
        return connection.exec_driver_sql("SELECT 1").scalar() == 1
    return connection.exec_driver_sql("PRAGMA quick_check(1)").scalar() == "ok"


def damaged(error: DatabaseError) -> bool:
    """Return whether an error says that the file is damaged or no database."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or MALFORMED in str(error.orig)


def set_aside(path: Path) -> None:
    """Rename a damaged database with its side files, and log a warning."""
    aside = path.with_name(f"{path.name}.damaged-{time.strftime('%Y%m%d-%H%M%S')}")
    log.warning("History database %s is damaged; renamed to %s, creating a new one.", path, aside)
    for suffix in ("", "-wal", "-shm"):
        part = Path(f"{path}{suffix}")
        if part.exists():
            part.replace(f"{aside}{suffix}")
