"""The history's database: an SQLite file, or PostgreSQL.

Imported only when a database is opened: importing SQLAlchemy takes 0.2 s. Every method raises
`sqlalchemy.exc.SQLAlchemyError` or OSError when the database fails.
"""

from __future__ import annotations

import socket
import sqlite3
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    create_engine,
    delete,
    event,
    func,
    select,
    text,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DatabaseError

from tts_core.stats import series, sqlite
from tts_core.stats.aggregates import ALL_TIME, KEPT, WINDOWS, ByEngine, Changes, load, this_minute
from tts_core.stats.entries import Row
from tts_core.stats.live import Status
from tts_core.stats.migrations import migrate, up_to_date
from tts_core.stats.schema import first_audio, processes, requests, tallies, upsert
from tts_core.stats.search import Query, statement
from tts_core.system.packages import POSTGRES, install_command, missing_packages

LOCK_SECONDS = 1.0
"""How long to wait for the lock of another process that writes to the same file."""
CONNECT_SECONDS = 3
"""How long to wait for a connection to PostgreSQL."""
SILENT_SECONDS = 600.0
"""A process of another machine counts as dead after not having written for so long."""
SAME_START_SECONDS = 2.0
"""Tolerance when comparing start times of a process: the clock may have been set in between."""
MOST_DELETED = 1000
"""Records deleted in one transaction, which others wait for."""
MOST_ASKED = 500
"""Request ids in one query."""
MIGRATION_LOCK = 0x416C6F7564  # any number, the same in all processes


class Store:
    """An open database with tables of the present version. Thread-safe."""

    def __init__(self, url: str, *, limit: int, days: float) -> None:
        """Open the database, or create it. A damaged file is renamed, with a warning.

        `limit` and `days` (0: no limit) define what `prune` keeps. Raises also NewerDatabase.
        """
        self._limit, self._days = limit, days
        self._url = make_url(url)
        self.remote = self._url.get_backend_name() != "sqlite"
        self._path = None if self.remote else Path(self._url.database or "")
        self._me = uuid.uuid4().hex
        if self._path is not None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._engine = self._open_patiently()
        except DatabaseError as error:
            if self._path is None or not sqlite.damaged(error):
                raise
            sqlite.set_aside(self._path)
            self._engine = self._open()

    def close(self, *, gone: bool = False) -> None:
        """Close all connections.

        `gone`: this process has no more requests to write, so that others can tell.
        """
        if gone:
            with self.writing() as connection:
                connection.execute(delete(processes).where(processes.c.process == self._me))
        self._engine.dispose()

    def usable(self) -> bool:
        """Return whether the database is intact. Raises when it cannot be read at all."""
        try:
            with self.reading() as connection:
                return sqlite.check(connection)
        except DatabaseError as error:
            if sqlite.damaged(error):
                return False
            raise

    def missing(self) -> bool:
        """Return whether the file has been deleted; writing to it would still succeed."""
        return self._path is not None and not self._path.exists()

    def write(self, rows: Sequence[Row]) -> None:
        """Insert or complete records, all or none. A completed request is counted once."""
        with self.writing() as connection:
            ended = [row["request_id"] for row in rows if row["end_time"] is not None]
            before = _by_id(connection, ended) if ended else {}
            changes, new = Changes(), []
            for row in rows:
                old = before.get(row["request_id"])
                if old is not None and old["end_time"] is not None:
                    if old["status"] != Status.INTERRUPTED:
                        continue  # written already; only the confirmation of the commit was lost
                    changes.add(old, -1)  # its process was slow, not dead
                if row["end_time"] is not None:
                    changes.add(row)
                new.append(row | {"process": self._me})
            upsert(connection, requests, new)
            changes.store(connection)

    def enlist(self) -> None:
        """Note that this process is alive."""
        own = psutil.Process()
        me = {"process": self._me, "host": socket.gethostname(), "pid": own.pid}
        with self.writing() as connection:
            times = {"started": own.create_time(), "seen": time.time()}
            upsert(connection, processes, [me | times])

    def mark_interrupted(self) -> int:
        """End the requests of dead processes; returns how many there were.

        Dead processes of this machine are detected at once, those of others after
        `SILENT_SECONDS`. The end of such a request is not known: its duration is set to 0.
        """
        with self.writing() as connection:
            known = connection.execute(select(processes)).mappings().all()
            dead = [p["process"] for p in known if p["process"] != self._me and not _lives(p)]
            # One statement: a process that has just started is in both tables or in neither.
            listed = select(processes.c.process).where(processes.c.process.not_in(dead))
            lost = requests.c.end_time.is_(None) & requests.c.process.not_in(listed)
            rows = connection.execute(select(requests).where(lost).with_for_update())
            changes, ended = Changes(), []
            for row in rows.mappings():
                end = {"status": Status.INTERRUPTED.value, "end_time": row["start_time"]}
                ended.append(dict(row) | end)
                changes.add(ended[-1])
            upsert(connection, requests, ended)
            changes.store(connection)
            connection.execute(delete(processes).where(processes.c.process.in_(dead)))
        return len(ended)

    def prune(self) -> list[str]:
        """Delete records beyond the limits, at most `MOST_DELETED`; returns their request ids.

        Deletes outdated sums of minutes and hours, too.
        """
        ended = requests.c.end_time
        keep = select(ended).where(ended.is_not(None)).order_by(ended.desc())
        with self.writing() as connection:
            oldest = connection.execute(keep.offset(self._limit - 1).limit(1)).scalar() or 0.0
            if self._days:
                oldest = max(oldest, time.time() - self._days * 86_400)
            old = select(requests.c.request_id).where(ended < oldest)
            old = old.order_by(ended).limit(MOST_DELETED)
            gone = _deleted(connection, requests.c.request_id.in_(old))
            for span, minutes in KEPT.items():
                for table in (tallies, first_audio):
                    past = table.c.minute + span <= this_minute() - minutes
                    connection.execute(delete(table).where(table.c.span == span, past))
        return gone

    def search(self, query: Query, limit: int, *, with_text: bool = False) -> list[Row]:
        """Return ended requests, newest first. Raises ValidationError for an invalid cursor."""
        chosen = statement(query, limit, with_text=with_text)
        with self.reading() as connection:
            return [dict(row) for row in connection.execute(chosen).mappings()]

    def known(self, ids: Sequence[str]) -> set[str]:
        """Return those of the request ids that there are records of."""
        found: set[str] = set()
        with self.reading() as connection:
            for i in range(0, len(ids), MOST_ASKED):
                some = requests.c.request_id.in_(ids[i : i + MOST_ASKED])
                found.update(
                    connection.execute(select(requests.c.request_id).where(some)).scalars()
                )
        return found

    def find(self, request_id: str) -> Row | None:
        """Return one request with its text, ended or not; None when there is none."""
        with self.reading() as connection:
            return _by_id(connection, [request_id]).get(request_id)

    def total_requests(self) -> int:
        """Return how many requests have ended since the database began."""
        query = select(func.sum(tallies.c.requests)).where(tallies.c.span == ALL_TIME)
        with self.reading() as connection:
            return int(connection.execute(query).scalar() or 0)

    def sums(self) -> dict[str, ByEngine]:
        """Return the sums by window ("all", "hour" and "day") and engine."""
        with self.reading() as connection:
            windows = {name: load(connection, minutes) for name, minutes in WINDOWS.items()}
            return windows | {"all": load(connection)}

    def sources(self) -> list[str]:
        """Return the sources of all requests, sorted."""
        with self.reading() as connection:
            return sorted(connection.execute(select(requests.c.door).distinct()).scalars())

    def series(self, window: series.Window, shift: int) -> dict[str, Any]:
        """Return figures over time; see `series.load`."""
        with self.reading() as connection:
            return series.load(connection, window, shift)

    def delete(self, *, request_id: str | None = None, owner: str | None = None) -> list[str]:
        """Delete ended requests, not the sums; returns their ids.

        None is no condition: all requests, of all owners.
        """
        which: ColumnElement[bool] = requests.c.end_time.is_not(None)
        if request_id is not None:
            which &= requests.c.request_id == request_id
        if owner is not None:
            which &= (requests.c.owner == owner) & (requests.c.owner != "")
        with self.writing() as connection:
            gone = _deleted(connection, which)
        if self._path is not None and gone:  # the write-ahead log still has the texts
            with self._engine.connect() as connection:
                connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return gone

    def _open_patiently(self) -> Engine:
        """Open the database, retrying while another process is just creating the same file.

        SQLite's own timeout does not apply there.
        """
        deadline = time.monotonic() + LOCK_SECONDS
        while True:
            try:
                return self._open()
            except DatabaseError as error:
                if "locked" not in str(error.orig) or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)

    def _open(self) -> Engine:
        if self.remote:
            engine = _remote_engine(self._url)
        else:
            engine = create_engine(self._url, connect_args={"timeout": LOCK_SECONDS})
            event.listen(engine, "connect", sqlite.set_up)
            event.listen(engine, "begin", sqlite.begin)
        self._engine = engine
        try:
            with self.reading() as connection:
                whole = sqlite.check(connection)
                ready = whole and up_to_date(connection)
            if not whole:
                raise DatabaseError(None, None, sqlite3.DatabaseError(sqlite.MALFORMED))
            if not ready:
                with self.writing() as connection:
                    if self.remote:
                        lock = text("SELECT pg_advisory_xact_lock(:key)")
                        connection.execute(lock, {"key": MIGRATION_LOCK})
                    migrate(connection)
        except BaseException:
            engine.dispose()
            raise
        return engine

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Yield a connection in a transaction that may change the database."""
        with self._engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yield a connection that only reads."""
        with self._engine.connect().execution_options(aloud_reads=True) as connection:
            yield connection


def _remote_engine(url: URL) -> Engine:
    """Return an engine for PostgreSQL, not connected yet. Raises ImportError without a driver."""
    patience = {"connect_timeout": CONNECT_SECONDS, "tcp_user_timeout": 10_000}
    try:
        return create_engine(url, pool_pre_ping=True, connect_args=patience)
    except ImportError as error:  # psycopg itself, or the libpq that it binds
        missing = missing_packages(POSTGRES) or (
            f"PostgreSQL's driver cannot be used ({' '.join(str(error).split())[:200]}); run "
            f"`{install_command(POSTGRES)}`."
        )
        raise ImportError(f"TTS_DATABASE_URL names a PostgreSQL server. {missing}") from error


def _deleted(connection: Connection, which: ColumnElement[bool]) -> list[str]:
    gone = delete(requests).where(which).returning(requests.c.request_id)
    return list(connection.execute(gone).scalars())


def _by_id(connection: Connection, ids: Sequence[str]) -> dict[str, Row]:
    query = select(requests).where(requests.c.request_id.in_(ids))
    if not connection.get_execution_options().get("aloud_reads"):
        query = query.with_for_update()
    return {row["request_id"]: dict(row) for row in connection.execute(query).mappings()}


def _lives(process: Mapping[Any, Any]) -> bool:
    """Return whether a process of the table `processes` is alive, as far as can be told."""
    if process["host"] != socket.gethostname():
        return bool(process["seen"] > time.time() - SILENT_SECONDS)
    try:
        started = psutil.Process(process["pid"]).create_time()
    except psutil.NoSuchProcess:
        return False
    return bool(abs(started - process["started"]) < SAME_START_SECONDS)
