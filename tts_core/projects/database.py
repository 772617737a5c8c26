"""Transactions on the database of the history, for the projects."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from tts_core.stats.history import History

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tts_core.stats.store import Store

T = TypeVar("T")

MOST_WRITTEN = 250
"""Rows that one transaction should write: it keeps all other writers waiting for about 50 ms."""

PAUSE = 0.03
"""Seconds between the transactions of a long change: SQLite's writers do not queue but ask for the
lock every 25 to 100 ms, and the history's must not wait for a whole book."""


def in_parts(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    """Yield rows in parts that one transaction should write."""
    for first in range(0, len(rows), MOST_WRITTEN):
        yield rows[first : first + MOST_WRITTEN]


class ProjectDatabase:
    """The database. Every method raises StorageError while it is not available."""

    def __init__(self, history: History) -> None:
        self._history = history

    def read(self, work: Callable[[Connection], T]) -> T:
        """Return what `work` returns in a transaction that only reads."""

        def used(store: Store) -> T:
            with store.reading() as connection:
                return work(connection)

        return self._history.use(used)

    def write(self, work: Callable[[Connection], T]) -> T:
        """Return what `work` returns in a transaction; what it raises undoes all changes.

        Nothing else can be written meanwhile, so it should be short: see `write_all`.
        """

        def used(store: Store) -> T:
            with store.writing() as connection:
                return work(connection)

        return self._history.use(used)

    def write_all(self, works: Iterable[Callable[[Connection], object]]) -> None:
        """Do each work in a transaction of its own, with time for other writers in between."""
        for number, work in enumerate(works):
            if number:
                time.sleep(PAUSE)
            self.write(work)
