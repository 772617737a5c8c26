"""What SQLite wants: its ways of writing, and what to do with a file that is damaged.

Imported only once a database is opened: SQLAlchemy takes 0.2 s.
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
    connection.isolation_level = None  # `begin` begins, so that DDL is inside, too
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def begin(connection: Connection) -> None:
    """A writer takes the lock at once: it cannot be refused it half-way."""
    reads = connection.get_execution_options().get("aloud_reads")
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def check(connection: Connection) -> bool:
    if connection.dialect.name != "sqlite":
        return connection.exec_driver_sql("SELECT 1").scalar() == 1
    return connection.exec_driver_sql("PRAGMA quick_check(1)").scalar() == "ok"


def damaged(error: DatabaseError) -> bool:
    code = getattr(error.orig, "sqlite_errorcode", None)
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or MALFORMED in str(error.orig)


def set_aside(path: Path) -> None:
    aside = path.with_name(f"{path.name}.damaged-{time.strftime('%Y%m%d-%H%M%S')}")
    log.warning("The history %s is damaged. It is kept as %s, and a new one begun.", path, aside)
    for suffix in ("", "-wal", "-shm"):
        part = Path(f"{path}{suffix}")
        if part.exists():
            part.replace(f"{aside}{suffix}")
