"""The tables, and how a database of an earlier version becomes one of this.

Imported only once a database is opened: SQLAlchemy takes 0.2 s.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Float,
    Integer,
    MetaData,
    Table,
    Text,
    inspect,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite

from tts_core.stats.aggregates import SUMS, Changes
from tts_core.stats.rows import search_text

metadata = MetaData()

schema_version = Table("schema_version", metadata, Column("version", Integer, nullable=False))

processes = Table(
    "processes",
    metadata,
    Column("process", Text, primary_key=True),
    Column("host", Text, nullable=False),
    Column("pid", BigInteger, nullable=False),
    Column("started", Float, nullable=False),
    Column("seen", Float, nullable=False),
)
"""Who has this database open. Times are seconds since the epoch."""

requests = Table(
    "requests",
    metadata,
    Column("request_id", Text, primary_key=True),
    Column("process", Text, nullable=False),
    Column("door", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("engine", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("voice", Text, nullable=False),
    Column("text_length", BigInteger, nullable=False),
    Column("text_preview", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("parameters", Text, nullable=False),  # JSON, and so is fallback
    Column("fallback", Text),
    Column("chunks", Integer, nullable=False),
    Column("start_time", Float, nullable=False),
    Column("end_time", Float),  # none: it is running
    Column("first_audio_seconds", Float),
    Column("generation_seconds", Float, nullable=False),
    Column("audio_seconds", Float, nullable=False),
    Column("error_type", Text, nullable=False),
    Column("error_message", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("cached", BigInteger, nullable=False),
    Column("search", Text, nullable=False),
)

tallies = Table(
    "tallies",
    metadata,
    Column("span", Integer, primary_key=True),
    Column("minute", BigInteger, primary_key=True),
    Column("engine", Text, primary_key=True),
    Column("status", Text, primary_key=True),
    Column("error_type", Text, primary_key=True),
    Column("requests", BigInteger, nullable=False),
    Column("text_length", BigInteger, nullable=False),
    Column("duration_seconds", Float, nullable=False),
    Column("audio_seconds", Float, nullable=False),
    Column("generation_seconds", Float, nullable=False),
    Column("chunks", BigInteger, nullable=False),
    Column("cached", BigInteger, nullable=False),
)

first_audio = Table(
    "first_audio",
    metadata,
    Column("span", Integer, primary_key=True),
    Column("minute", BigInteger, primary_key=True),
    Column("engine", Text, primary_key=True),
    Column("bucket", Integer, primary_key=True),
    Column("requests", BigInteger, nullable=False),
)


def upsert(
    connection: Connection,
    table: Table,
    rows: Sequence[dict[str, Any]],
    *,
    add: Sequence[str] | None = None,
) -> None:
    """Insert rows; where the key is there, replace the others or add to the columns `add`."""
    if not rows:
        return
    insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)
    keys = [column.name for column in table.primary_key]
    if add is None:
        others = [column.name for column in table.columns if column.name not in keys]
        change = {name: insert.excluded[name] for name in others}
    else:
        change = {name: table.c[name] + insert.excluded[name] for name in add}
    connection.execute(insert.on_conflict_do_update(index_elements=keys, set_=change), rows)


class NewerDatabase(Exception):
    """A later Aloud has written it; nothing in it is touched."""


def migrate(connection: Connection) -> None:
    """Bring the database up to `VERSION`, in the caller's transaction, which must be exclusive.

    Raises NewerDatabase.
    """
    version = _version(connection)
    if version > VERSION:
        raise NewerDatabase(
            f"The history was written by a newer Aloud (version {version} of its tables; this one "
            f"knows {VERSION}). Update Aloud, or set TTS_DATABASE_URL to another database."
        )
    for step in MIGRATIONS[version:]:
        step(connection)
    if version < VERSION:
        connection.execute(schema_version.delete())
        connection.execute(schema_version.insert(), {"version": VERSION})


def up_to_date(connection: Connection) -> bool:
    """Whether `migrate` has nothing to do, nor to complain of."""
    return _version(connection) == VERSION


def _version(connection: Connection) -> int:
    if not inspect(connection).has_table(schema_version.name):
        return 0
    return connection.execute(select(schema_version.c.version)).scalar() or 0


# Steps that have been released are not changed any more. Their SQL is SQLite's and PostgreSQL's.


def _records(connection: Connection) -> None:
    """Version 1: the requests."""
    statements = (
        "CREATE TABLE schema_version (version INTEGER NOT NULL)",
        """CREATE TABLE processes (
            process TEXT PRIMARY KEY, host TEXT NOT NULL, pid BIGINT NOT NULL,
            started DOUBLE PRECISION NOT NULL, seen DOUBLE PRECISION NOT NULL)""",
        """CREATE TABLE requests (
            request_id TEXT PRIMARY KEY, process TEXT NOT NULL, door TEXT NOT NULL,
            status TEXT NOT NULL, engine TEXT NOT NULL, language TEXT NOT NULL,
            voice TEXT NOT NULL, text_length BIGINT NOT NULL, text_preview TEXT NOT NULL,
            text TEXT NOT NULL, parameters TEXT NOT NULL, fallback TEXT, chunks INTEGER NOT NULL,
            start_time DOUBLE PRECISION NOT NULL, end_time DOUBLE PRECISION,
            first_audio_seconds DOUBLE PRECISION, generation_seconds DOUBLE PRECISION NOT NULL,
            audio_seconds DOUBLE PRECISION NOT NULL, error_type TEXT NOT NULL,
            error_message TEXT NOT NULL)""",
        "CREATE INDEX requests_ended ON requests (end_time)",
        "CREATE INDEX requests_running ON requests (process) WHERE end_time IS NULL",
    )
    for statement in statements:
        connection.execute(text(statement))


def _sums(connection: Connection) -> None:
    """Version 2: sums, which outlive the records they were made of."""
    connection.execute(
        text(
            """CREATE TABLE tallies (
            span INTEGER, minute BIGINT, engine TEXT, status TEXT, error_type TEXT,
            requests BIGINT NOT NULL,
            text_length BIGINT NOT NULL, duration_seconds DOUBLE PRECISION NOT NULL,
            audio_seconds DOUBLE PRECISION NOT NULL, generation_seconds DOUBLE PRECISION NOT NULL,
            PRIMARY KEY (span, minute, engine, status, error_type))"""
        )
    )
    connection.execute(
        text(
            """CREATE TABLE first_audio (
            span INTEGER, minute BIGINT, engine TEXT, bucket INTEGER, requests BIGINT NOT NULL,
            PRIMARY KEY (span, minute, engine, bucket))"""
        )
    )
    changes = Changes()
    ended = connection.execute(text("SELECT * FROM requests WHERE end_time IS NOT NULL"))
    for row in map(dict, ended.mappings()):
        changes.add(row)
    changes.store(connection, SUMS[:5])


def _owners(connection: Connection) -> None:
    """Version 3: whose a record is, what it is found by, and what came from the cache."""
    statements = (
        "ALTER TABLE requests ADD COLUMN owner TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE requests ADD COLUMN cached BIGINT NOT NULL DEFAULT 0",
        "ALTER TABLE requests ADD COLUMN search TEXT NOT NULL DEFAULT ''",
        "CREATE INDEX requests_owned ON requests (owner, end_time)",
        "ALTER TABLE tallies ADD COLUMN chunks BIGINT NOT NULL DEFAULT 0",
        "ALTER TABLE tallies ADD COLUMN cached BIGINT NOT NULL DEFAULT 0",
    )
    for statement in statements:
        connection.execute(text(statement))
    columns = "request_id, text, text_preview, voice, error_message"
    found = connection.execute(text(f"SELECT {columns} FROM requests")).all()
    folded = [
        {"id": name, "search": search_text(whole or preview, *others)}
        for name, whole, preview, *others in found
    ]
    if folded:
        change = text("UPDATE requests SET search = :search WHERE request_id = :id")
        connection.execute(change, folded)


MIGRATIONS: Sequence[Callable[[Connection], None]] = (_records, _sums, _owners)
VERSION = len(MIGRATIONS)
