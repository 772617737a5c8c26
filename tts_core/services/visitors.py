"""When each visitor was last seen, so that the data of those who no longer come can be deleted.

A visitor is a caller without a key or login who is recognized by a cookie, where each browser has
projects and a dictionary of its own. One person can be any number of visitors.
"""

from __future__ import annotations

import json
import threading
import time
from typing import TYPE_CHECKING, TypeVar

from tts_core.settings import Settings
from tts_core.stats.history import History
from tts_core.types import Caller

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from tts_core.stats.store import Store

T = TypeVar("T")

MOST_NOTED = 10_000
"""Visitors noted between two calls of `absent`. Beyond it the oldest are dropped: a visitor
seems absent only if that happens on every visit during the retention period."""
DAY = 86_400.0
_SERVER = ""
"""The owner id of the server's own row, which says when `absent` was last called."""
_AWAY_SECONDS = 3_600.0
"""From which a server that did not call `absent` was not running, or its clock was set."""


class Visitors:
    """The visitors in the database. Thread-safe."""

    def __init__(
        self, database: History, settings: Settings, viewer: Callable[[Caller], str | None]
    ) -> None:
        """`viewer`: see `Archive.viewer`."""
        self._database, self._viewer = database, viewer
        self._seconds = settings.visitor_days * DAY
        self.apart = not settings.history_shared
        """Whether each visitor has projects and a dictionary of their own."""
        self._noted: dict[str, float] = {}  # when they were here, by owner id
        self._lock = threading.Lock()

    def note(self, caller: Caller) -> None:
        """Note a visit, in memory only."""
        if self._seconds and self._is_visitor(caller):
            with self._lock:
                self._noted.pop(caller.owner_id, None)
                self._noted[caller.owner_id] = time.time()
                if len(self._noted) > MOST_NOTED:
                    del self._noted[next(iter(self._noted))]

    def viewer(self, caller: Caller) -> str | None:
        """Return whose projects a caller may see, and note the visit."""
        self.note(caller)
        return self._viewer(caller)

    def enlist(self, connection: Connection, caller: Caller) -> None:
        """Store the visit of a caller who saves something, in the transaction that saves it."""
        if self._seconds and self._is_visitor(caller):
            _put(connection, [caller.owner_id], time.time())

    def absent(self) -> list[str]:
        """Return the owner ids of visitors not seen for the retention period. Raises StorageError.

        A project whose maker is not known yet counts as visited now.
        """
        with self._lock:
            noted = dict(self._noted)

        def work(connection: Connection) -> list[str]:
            from sqlalchemy import delete, select, update

            from tts_core.stats.schema import visitors

            if not self._seconds:  # whoever comes later must not be taken for absent since then
                connection.execute(delete(visitors))
                return []
            for owner, seen in noted.items():
                change = update(visitors).where(visitors.c.owner == owner)
                connection.execute(change.values(seen=seen))
            now = time.time()
            _put(connection, _unknown(connection), now)
            _leave_out_absence(connection, now)
            found = select(visitors.c.owner).where(
                visitors.c.seen < now - self._seconds, visitors.c.owner != _SERVER
            )
            return list(connection.execute(found).scalars())

        found = self._write(work)
        with self._lock:  # only now: the database may not have been available
            later = {o: seen for o, seen in self._noted.items() if noted.get(o) != seen}
            self._noted = later
        return found

    def is_back(self, owner: str) -> bool:
        """Return whether a visitor has come since `absent` began."""
        with self._lock:
            return owner in self._noted

    def forget(self, owner: str) -> None:
        """Forget a visitor who has no data left. Raises StorageError.

        One who still has projects is kept: they may be on another machine, which deletes them.
        """

        def work(connection: Connection) -> None:
            from sqlalchemy import delete, select

            from tts_core.stats.schema import projects, visitors

            left = select(projects.c.id).where(projects.c.owner == owner).exists()
            connection.execute(delete(visitors).where(visitors.c.owner == owner, ~left))

        self._write(work)

    def _is_visitor(self, caller: Caller) -> bool:
        return self.apart and not caller.operator and bool(caller.owner_id)

    def _write(self, work: Callable[[Connection], T]) -> T:
        def used(store: Store) -> T:
            with store.writing() as connection:
                return work(connection)

        return self._database.use(used)


def _unknown(connection: Connection) -> list[str]:
    """Return the owners of visitors' projects who are not known."""
    from sqlalchemy import select

    from tts_core.stats.schema import projects, visitors

    known = select(visitors.c.owner).where(visitors.c.owner == projects.c.owner).exists()
    query = select(projects.c.owner, projects.c.source).where(projects.c.owner != "", ~known)
    found = connection.execute(query)
    return list({row.owner for row in found if not json.loads(row.source)["operator"]})


def _leave_out_absence(connection: Connection, now: float) -> None:
    """Do not count the time in which the server was down and nobody could come.

    It may have stopped right after a visit, so visitors seen since `last` count as seen now.
    """
    from sqlalchemy import case, select, update

    from tts_core.stats.schema import visitors

    seen = visitors.c.seen
    # Without a row of its own it has never run for long.
    last = connection.execute(select(seen).where(visitors.c.owner == _SERVER)).scalar() or 0.0
    if now - last > _AWAY_SECONDS:
        moved = case((seen <= last, seen + (now - last)), else_=now)
        connection.execute(update(visitors).where(seen < now).values(seen=moved))
    _put(connection, [_SERVER], now)


def _put(connection: Connection, owners: list[str], seen: float) -> None:
    from tts_core.stats.schema import upsert, visitors

    upsert(connection, visitors, [{"owner": owner, "seen": seen} for owner in owners])
