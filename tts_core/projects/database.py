"""Transactions on the database of the history, for the projects."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from tts_core.stats.history import History

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tts_core.stats.store import Store

T = TypeVar("T")


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
        """Return what `work` returns in a transaction; what it raises undoes all changes."""

        def used(store: Store) -> T:
            with store.writing() as connection:
                return work(connection)

        return self._history.use(used)
