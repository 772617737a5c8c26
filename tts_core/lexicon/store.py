"""The dictionary's tables, which are in the database of the history.

Imported only when they are used: importing SQLAlchemy takes 0.2 s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import Connection, delete, func, select

from tts_core.errors import TooLargeError, UnknownNameError
from tts_core.lexicon.entry import MOST_ENTRIES, LexiconEntry
from tts_core.stats.schema import lexicon, lexicon_versions, upsert
from tts_core.validation import shown

MOST_ALTOGETHER = 1_000_000
"""Entries of all owners, which bounds what visitors can put on the disk."""
_COLUMNS = [lexicon.c[field.name] for field in fields(LexiconEntry)]
_MOST_ASKED = 500
"""Keys in one query."""


def version_of(connection: Connection, owner: str) -> int:
    """Return the number of changes to an owner's entries so far."""
    query = select(lexicon_versions.c.version).where(lexicon_versions.c.owner == owner)
    return int(connection.execute(query).scalar() or 0)


def entries_of(connection: Connection, owner: str) -> list[LexiconEntry]:
    """Return an owner's entries by what is written."""
    rows = connection.execute(select(*_COLUMNS).where(lexicon.c.owner == owner))
    # Sorted here, since databases differ in the order of letters.
    return sorted(map(_as_entry, rows), key=lambda entry: (entry.written.casefold(), entry.key))


def find(connection: Connection, owner: str, entry_id: str) -> LexiconEntry:
    """Return an owner's entry. Raises UnknownNameError."""
    query = select(*_COLUMNS).where(lexicon.c.owner == owner, lexicon.c.id == entry_id)
    row = connection.execute(query).first()
    if row is None:
        raise UnknownNameError(
            f"There is no entry {shown(entry_id)} in the dictionary; /lexicon lists them.",
            "entry_id",
        )
    return _as_entry(row)


def ids_by_key(connection: Connection, owner: str, keys: Sequence[str]) -> dict[str, str]:
    """Return the ids of those of the keys that the owner has entries of."""
    found: dict[str, str] = {}
    for first in range(0, len(keys), _MOST_ASKED):
        query = select(lexicon.c.key, lexicon.c.id).where(
            lexicon.c.owner == owner, lexicon.c.key.in_(keys[first : first + _MOST_ASKED])
        )
        found |= {row.key: row.id for row in connection.execute(query)}
    return found


def put(connection: Connection, owner: str, entries: Sequence[LexiconEntry]) -> None:
    """Add entries of an owner, or replace those of the same ids. `begin_change` comes first.

    Raises TooLargeError when there would be too many; then the transaction must not be committed.
    """
    upsert(connection, lexicon, [_as_row(entry, owner) for entry in entries])
    everything = select(func.count()).select_from(lexicon)
    count = connection.execute(everything.where(lexicon.c.owner == owner)).scalar() or 0
    if count > MOST_ENTRIES:
        raise TooLargeError(
            f"The dictionary would have {count:,} entries; the limit is {MOST_ENTRIES:,}. Delete "
            "some of them first.",
            "written",
        )
    if (connection.execute(everything).scalar() or 0) > MOST_ALTOGETHER:
        raise TooLargeError(
            f"The dictionaries of all users have {MOST_ALTOGETHER:,} entries, the limit of a "
            "server. Delete entries that you do not need.",
            "written",
        )


def remove(connection: Connection, owner: str, entry_id: str) -> None:
    """Delete an entry of an owner. `begin_change` comes first."""
    connection.execute(delete(lexicon).where(lexicon.c.owner == owner, lexicon.c.id == entry_id))


def forget(connection: Connection, owner: str) -> None:
    """Delete all entries of an owner, and that there was one."""
    for table in (lexicon, lexicon_versions):
        connection.execute(delete(table).where(table.c.owner == owner))


def begin_change(connection: Connection, owner: str) -> None:
    """Count a change to an owner's entries; other changes to them wait for this transaction."""
    upsert(connection, lexicon_versions, [{"owner": owner, "version": 1}], add=["version"])


def _as_row(entry: LexiconEntry, owner: str) -> dict[str, Any]:
    values = asdict(entry) | {"match_case": int(entry.match_case)}
    return values | {"owner": owner, "key": entry.key}


def _as_entry(row: Any) -> LexiconEntry:  # noqa: ANN401 - SQLAlchemy's
    values = dict(row._mapping)
    return LexiconEntry(**values | {"match_case": bool(values["match_case"])})
