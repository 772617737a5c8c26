"""Which of the ended requests somebody wants to see, newest first, a page at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tts_core.errors import ValidationError
from tts_core.stats.entries import Row
from tts_core.validation import shown

if TYPE_CHECKING:  # it takes 0.2 s to import; see history.py
    from sqlalchemy import Select

MOST_WORDS = 8
"""Of a search text; what follows is not looked at."""


@dataclass(frozen=True, slots=True)
class Query:
    """What a record must be like. "" and None ask for nothing."""

    text: str = ""
    """Words that must all be in what is kept of the text, the voice's id or the error."""
    engine: str = ""
    status: str = ""
    door: str = ""
    since: float | None = None
    """Epoch seconds: it ended then or later."""
    before: str = ""
    """The cursor of the record that the page follows; see `cursor`."""
    owner: str | None = None
    """Whose records. None: everybody's; "": nobody's, so there are none."""

    @property
    def words(self) -> list[str]:
        """Folded, as `entries.search_text` does."""
        return self.text.casefold().replace("\x00", "").split()[:MOST_WORDS]

    @property
    def place(self) -> tuple[float, str] | None:
        """`before`, taken apart. Raises ValidationError."""
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
        """The same for a record that is not in the database."""
        wanted = (("engine", self.engine), ("status", self.status), ("door", self.door))
        place = self.place
        return (
            row["end_time"] is not None
            and self.owner != ""
            and self.owner in (None, row["owner"])
            and all(value in ("", row[name]) for name, value in wanted)
            and (self.since is None or row["end_time"] >= self.since)
            and (place is None or (row["end_time"], row["request_id"]) < place)
            and all(word in row["search"] for word in self.words)
        )


def cursor(end_time: float, request_id: str) -> str:
    """Says where a page ended; for `Query.before`."""
    return f"{end_time!r}~{request_id}"


def following(query: Query, last: Row) -> Query:
    """The page after the one that ended with `last`."""
    return replace(query, before=cursor(last["end_time"], last["request_id"]))


def order(row: Row) -> tuple[float, str]:
    """What records are sorted by, the greatest first."""
    return row["end_time"], row["request_id"]


def statement(query: Query, limit: int, *, with_text: bool = False) -> Select[Any]:
    """The question in SQL. Raises ValidationError for a cursor that is none."""
    from sqlalchemy import select

    from tts_core.stats.schema import requests

    left_out = {"search"} if with_text else {"search", "text"}
    c = requests.c
    asked = select(*(column for column in requests.columns if column.name not in left_out))
    asked = asked.where(c.end_time.is_not(None))
    for name in ("engine", "status", "door"):
        if value := getattr(query, name):
            asked = asked.where(c[name] == value)
    if query.owner is not None:
        asked = asked.where(c.owner == query.owner, c.owner != "")
    if query.since is not None:
        asked = asked.where(c.end_time >= query.since)
    if (place := query.place) is not None:
        time, request_id = place
        earlier = (c.end_time < time) | (c.request_id < request_id)
        asked = asked.where(c.end_time <= time, earlier)
    for word in query.words:
        asked = asked.where(c.search.contains(word, autoescape=True))
    return asked.order_by(c.end_time.desc(), c.request_id.desc()).limit(limit)


def merged(stored: list[Row], unwritten: Iterator[Row], limit: int) -> list[Row]:
    """The newest of both, each once."""
    rows = {row["request_id"]: row for row in stored} | {r["request_id"]: r for r in unwritten}
    return sorted(rows.values(), key=order, reverse=True)[:limit]
