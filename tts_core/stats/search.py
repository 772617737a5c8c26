"""Search in the history: the query, its SQL, and cursors for pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tts_core.errors import ValidationError
from tts_core.stats.entries import Row, voices_text
from tts_core.validation import shown

if TYPE_CHECKING:  # importing SQLAlchemy takes 0.2 s; see history.py
    from sqlalchemy import Select

MOST_WORDS = 8
"""Words of a search text that are used; the others are ignored."""


@dataclass(frozen=True, slots=True)
class Query:
    """Conditions that entries have to meet. "" and None are no condition, except for `owner`."""

    text: str = ""
    """Words that must all occur in the kept text, the voice's id or the error message."""
    engine: str = ""
    status: str = ""
    door: str = ""
    since: float | None = None
    """Earliest end, in epoch seconds."""
    before: str = ""
    """Cursor of the entry after which the page begins; see `cursor`."""
    owner: str | None = None
    """Owner of the entries; None: anybody; "": nobody, so that nothing matches."""
    voice: str = ""
    """Id of a voice that speaks in it, alone or among others."""

    @property
    def words(self) -> list[str]:
        """Return the words of `text`, folded as `entries.search_text` does."""
        return self.text.casefold().replace("\x00", "").split()[:MOST_WORDS]

    @property
    def place(self) -> tuple[float, str] | None:
        """Return end time and request id of `before`. Raises ValidationError if it is invalid."""
        if not self.before:
            return None
        time, separator, request_id = self.before.partition("~")
        try:
            if separator and request_id:
                return float(time), request_id
        except ValueError:
            pass
        raise ValidationError(
            f"before must be the cursor of an earlier answer; got {shown(self.before)}.", "before"
        )

    def matches(self, row: Row) -> bool:
        """Return whether a row that is not in the database yet meets the conditions."""
        wanted = (("engine", self.engine), ("status", self.status), ("door", self.door))
        place = self.place
        return (
            row["end_time"] is not None
            and self.owner != ""
            and self.owner in (None, row["owner"])
            and all(value in ("", row[name]) for name, value in wanted)
            and (not self.voice or voices_text((self.voice,)) in row["voices"])
            and (self.since is None or row["end_time"] >= self.since)
            and (place is None or (row["end_time"], row["request_id"]) < place)
            and all(word in row["search"] for word in self.words)
        )


def cursor(end_time: float, request_id: str) -> str:
    """Return the cursor of the last entry of a page, for `Query.before`."""
    return f"{end_time!r}~{request_id}"


def following(query: Query, last: Row) -> Query:
    """Return the query of the page after the one that ended with `last`."""
    return replace(query, before=cursor(last["end_time"], last["request_id"]))


def order(row: Row) -> tuple[float, str]:
    """Return the sort key of rows; the greatest comes first."""
    return row["end_time"], row["request_id"]


def statement(query: Query, limit: int, *, with_text: bool = False) -> Select[Any]:
    """Return the query in SQL. Raises ValidationError for an invalid cursor."""
    from sqlalchemy import select

    from tts_core.stats.schema import requests

    left_out = {"search", "voices"} if with_text else {"search", "voices", "text"}
    c = requests.c
    chosen = select(*(column for column in requests.columns if column.name not in left_out))
    chosen = chosen.where(c.end_time.is_not(None))
    for name in ("engine", "status", "door"):
        if value := getattr(query, name):
            chosen = chosen.where(c[name] == value)
    if query.voice:
        asked = voices_text((query.voice.replace("\x00", ""),))
        chosen = chosen.where(c.voices.contains(asked, autoescape=True))
    if query.owner is not None:
        chosen = chosen.where(c.owner == query.owner, c.owner != "")
    if query.since is not None:
        chosen = chosen.where(c.end_time >= query.since)
    if (place := query.place) is not None:
        time, request_id = place
        earlier = (c.end_time < time) | (c.request_id < request_id)
        chosen = chosen.where(c.end_time <= time, earlier)
    for word in query.words:
        chosen = chosen.where(c.search.contains(word, autoescape=True))
    return chosen.order_by(c.end_time.desc(), c.request_id.desc()).limit(limit)


def merged(stored: list[Row], unwritten: Iterator[Row], limit: int) -> list[Row]:
    """Return the newest rows of both, each request once."""
    rows = {row["request_id"]: row for row in stored} | {r["request_id"]: r for r in unwritten}
    return sorted(rows.values(), key=order, reverse=True)[:limit]
