"""Tables of the history's database, as the newest migration leaves them.

Imported only when a database is opened: importing SQLAlchemy takes 0.2 s.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Executable,
    Float,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects import postgresql, sqlite

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
"""Processes that have the database open. Times are seconds since the epoch."""

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
    Column("end_time", Float),  # NULL while it is running
    Column("first_audio_seconds", Float),
    Column("generation_seconds", Float, nullable=False),
    Column("audio_seconds", Float, nullable=False),
    Column("error_type", Text, nullable=False),
    Column("error_message", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("cached", BigInteger, nullable=False),
    Column("search", Text, nullable=False),
    Column("voices", Text, nullable=False),  # all of them; see `entries.voices_text`
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

lexicon = Table(
    "lexicon",
    metadata,
    Column("id", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("written", Text, nullable=False),
    Column("spoken", Text, nullable=False),
    Column("phonemes", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("voice", Text, nullable=False),
    Column("match_case", Integer, nullable=False),
    UniqueConstraint("owner", "key"),
)
"""Pronunciations; see `lexicon.entry.LexiconEntry`."""

lexicon_versions = Table(
    "lexicon_versions",
    metadata,
    Column("owner", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),
)
"""Counts the changes to an owner's pronunciations, so that other processes notice them."""

visitors = Table(
    "visitors",
    metadata,
    Column("owner", Text, primary_key=True),
    Column("seen", Float, nullable=False),
)
"""When visitors were here last, in epoch seconds; see `services/visitors.py`."""

projects = Table(
    "projects",
    metadata,
    Column("id", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("created", Float, nullable=False),
    Column("title", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("chapters", Text, nullable=False),  # JSON, and so is narration
    Column("narration", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("paused", Integer, nullable=False),
    Column("error", Text, nullable=False),
    Column("planning", Text, nullable=False),  # JSON; "" when the whole document has been cut
)
"""Spoken documents; see `projects.project.Project`."""

project_segments = Table(
    "project_segments",
    metadata,
    Column("id", Text, primary_key=True),
    Column("project", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("chapter", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("speaker", Text, nullable=False),
    Column("voice", Text, nullable=False),
    Column("pause", Float, nullable=False),
    Column("begins_paragraph", Integer, nullable=False),
    Column("starts_at", Float),
    Column("ends_at", Float),
    Column("locked", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("error", Text, nullable=False),
    Column("urgent", Integer, nullable=False),
    Column("key", Text, nullable=False),
    Column("wanted", Integer, nullable=False),
    Column("take", Text, nullable=False),
    Column("duration", Float, nullable=False),
    Column("doubtful", Integer, nullable=False),
)
"""Their sentences; see `projects.project.ProjectSegment`."""

project_takes = Table(
    "project_takes",
    metadata,
    Column("project", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("text", Text, nullable=False),
    Column("engine", Text, nullable=False),
    Column("voice", Text, nullable=False),
    Column("duration", Float, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("words", Text, nullable=False),  # JSON, and so are issues
    Column("issues", Text, nullable=False),
    Column("score", Float),
    Column("doubtful", Integer, nullable=False),
    Column("notes", Text, nullable=False),
)
"""The sound of each sentence, in one or several versions; see `projects.project.Take`."""


def upsert(
    connection: Connection,
    table: Table,
    rows: Sequence[dict[str, Any]],
    *,
    add: Sequence[str] | None = None,
) -> None:
    """Insert `rows`; where a key exists already, replace its row or add to its columns `add`."""
    if rows:
        add = None if add is None else tuple(add)
        connection.execute(_upsert(connection.dialect.name, table, add), rows)


@functools.cache
def _upsert(dialect: str, table: Table, add: Sequence[str] | None) -> Executable:
    """Return the statement of `upsert`. Making it takes longer than executing it."""
    insert = (postgresql if dialect == "postgresql" else sqlite).insert(table)
    keys = [column.name for column in table.primary_key]
    if add is None:
        others = [column.name for column in table.columns if column.name not in keys]
        change = {name: insert.excluded[name] for name in others}
    else:
        change = {name: table.c[name] + insert.excluded[name] for name in add}
    statement: Executable = insert.on_conflict_do_update(index_elements=keys, set_=change)
    return statement
