"""Migrations: how a database that an earlier version wrote becomes one of this version.

Imported only when a database is opened: importing SQLAlchemy takes 0.2 s.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, inspect, select, text

from tts_core.stats.aggregates import SUMS, Changes
from tts_core.stats.entries import search_text, voices_text
from tts_core.stats.schema import schema_version


class NewerDatabase(Exception):
    """The database was written by a newer version of Aloud. Nothing in it is changed."""


def migrate(connection: Connection) -> None:
    """Bring the database up to `VERSION`, in the caller's transaction, which must be exclusive.

    Raises NewerDatabase when its version is greater than `VERSION`.
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
    """Return whether the database has the present version, so that `migrate` has nothing to do."""
    return _version(connection) == VERSION


def _version(connection: Connection) -> int:
    if not inspect(connection).has_table(schema_version.name):
        return 0
    return connection.execute(select(schema_version.c.version)).scalar() or 0


# Released steps never change. Their SQL is valid in SQLite and in PostgreSQL.


def _create_requests(connection: Connection) -> None:
    """Create version 1: the requests."""
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


def _create_sums(connection: Connection) -> None:
    """Create version 2: sums, which outlive the records they were computed from."""
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


def _add_owners(connection: Connection) -> None:
    """Create version 3: owners, the column `search`, and counts of segments from the cache."""
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


def _create_lexicon(connection: Connection) -> None:
    """Create version 4: the pronunciation dictionary."""
    statements = (
        """CREATE TABLE lexicon (
            id TEXT PRIMARY KEY, owner TEXT NOT NULL, key TEXT NOT NULL, written TEXT NOT NULL,
            spoken TEXT NOT NULL, phonemes TEXT NOT NULL, language TEXT NOT NULL,
            voice TEXT NOT NULL, match_case INTEGER NOT NULL, UNIQUE (owner, key))""",
        "CREATE TABLE lexicon_versions (owner TEXT PRIMARY KEY, version BIGINT NOT NULL)",
    )
    for statement in statements:
        connection.execute(text(statement))


def _create_projects(connection: Connection) -> None:
    """Create version 5: spoken documents."""
    statements = (
        """CREATE TABLE projects (
            id TEXT PRIMARY KEY, owner TEXT NOT NULL, created DOUBLE PRECISION NOT NULL,
            title TEXT NOT NULL, author TEXT NOT NULL, chapters TEXT NOT NULL,
            narration TEXT NOT NULL, source TEXT NOT NULL, paused INTEGER NOT NULL,
            error TEXT NOT NULL)""",
        """CREATE TABLE project_segments (
            id TEXT PRIMARY KEY, project TEXT NOT NULL, position INTEGER NOT NULL,
            chapter INTEGER NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL,
            speaker TEXT NOT NULL, voice TEXT NOT NULL, pause DOUBLE PRECISION NOT NULL,
            begins_paragraph INTEGER NOT NULL, starts_at DOUBLE PRECISION,
            ends_at DOUBLE PRECISION, locked INTEGER NOT NULL, state TEXT NOT NULL,
            error TEXT NOT NULL, urgent INTEGER NOT NULL, key TEXT NOT NULL,
            wanted INTEGER NOT NULL, take TEXT NOT NULL, duration DOUBLE PRECISION NOT NULL,
            doubtful INTEGER NOT NULL)""",
        "CREATE INDEX project_segments_placed ON project_segments (project, position)",
        """CREATE INDEX project_segments_waiting ON project_segments (project, urgent, position)
            WHERE state = 'waiting'""",
        """CREATE TABLE project_takes (
            project TEXT NOT NULL, key TEXT NOT NULL, number INTEGER NOT NULL, text TEXT NOT NULL,
            engine TEXT NOT NULL, voice TEXT NOT NULL, duration DOUBLE PRECISION NOT NULL,
            bytes BIGINT NOT NULL, seconds DOUBLE PRECISION NOT NULL, words TEXT NOT NULL,
            issues TEXT NOT NULL, score DOUBLE PRECISION, doubtful INTEGER NOT NULL,
            notes TEXT NOT NULL, PRIMARY KEY (project, key, number))""",
        "CREATE INDEX projects_owned ON projects (owner, created)",
    )
    for statement in statements:
        connection.execute(text(statement))


def _add_voices(connection: Connection) -> None:
    """Create version 6: the column `voices`; of earlier requests only the first is known."""
    connection.execute(text("ALTER TABLE requests ADD COLUMN voices TEXT NOT NULL DEFAULT ''"))
    named = connection.execute(text("SELECT request_id, voice FROM requests")).all()
    filled = [{"id": request_id, "voices": voices_text((voice,))} for request_id, voice in named]
    if filled:
        change = text("UPDATE requests SET voices = :voices WHERE request_id = :id")
        connection.execute(change, filled)


def _add_planning(connection: Connection) -> None:
    """Create version 7: the column `planning`; the documents of earlier projects are all cut."""
    connection.execute(text("ALTER TABLE projects ADD COLUMN planning TEXT NOT NULL DEFAULT ''"))


def _index_keys(connection: Connection) -> None:
    """Create version 8: segments are found by what they sound like, not by reading all of them."""
    connection.execute(
        text("CREATE INDEX project_segments_keyed ON project_segments (project, key)")
    )


def _create_visitors(connection: Connection) -> None:
    """Create version 9: when visitors were here last."""
    connection.execute(
        text("CREATE TABLE visitors (owner TEXT PRIMARY KEY, seen DOUBLE PRECISION NOT NULL)")
    )


MIGRATIONS: Sequence[Callable[[Connection], None]] = (
    _create_requests,
    _create_sums,
    _add_owners,
    _create_lexicon,
    _create_projects,
    _add_voices,
    _add_planning,
    _index_keys,
    _create_visitors,
)
VERSION = len(MIGRATIONS)
