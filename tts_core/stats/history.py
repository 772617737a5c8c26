"""The history: all requests in a database, and sums over them.

A background thread writes in batches, so that a request waits for the disk only at its beginning
and at its end. That thread also imports SQLAlchemy, which takes 0.2 s.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import unquote, urlsplit

from tts_core.errors import StorageError
from tts_core.stats import series
from tts_core.stats.aggregates import ByEngine, Changes
from tts_core.stats.attachments import Attachments, NoAttachments
from tts_core.stats.entries import HistoryEntry, KeepText, Row, as_entry, as_row
from tts_core.stats.live import LiveRequest, is_owner
from tts_core.stats.search import Query, following, merged

if TYPE_CHECKING:
    from tts_core.stats.store import Store

log = logging.getLogger(__name__)
T = TypeVar("T")

OPEN_SECONDS = 1.0
"""Delay before the database is opened, unless it is needed earlier: the page comes first."""
BATCH_SECONDS = 0.05
"""How long a row waits for others to be written with it, while nobody waits for it."""
BEGIN_SECONDS = 0.5
"""How long a request waits until its beginning is on disk, while its engine works already."""
PATIENCE_SECONDS = 2.0
"""How long to wait until a row is on disk. After that the history has an error, and while it lasts
nobody waits."""
RETRY_SECONDS = (1.0, 30.0)
"""Pause before the first retry after an error, and the longest pause."""
UPKEEP_SECONDS = 60.0
"""How often old records are deleted and requests of dead processes are marked as interrupted."""
MOST_WAITING = 10_000
"""Rows kept in memory at most while the database cannot be written."""
BATCH = 500
"""Rows written at once."""
PAGE = 500
"""Rows read at once by `History.every`."""


@dataclass(frozen=True, slots=True)
class PendingWrite:
    """A request's row on its way to the database."""

    _wait: Callable[[], object]

    def wait(self) -> None:
        """Block until the row is on disk, or the database turns out not to be available."""
        self._wait()


class History:
    """The database of requests. Thread-safe. Close it when done."""

    def __init__(
        self,
        url: str,
        *,
        limit: int = 10_000,
        days: float = 30.0,
        keep_text: KeepText = "preview",
        attachments: Attachments | None = None,
    ) -> None:
        """Return at once; the database is opened in the background.

        `url`: SQLAlchemy's URL of an SQLite file or a PostgreSQL database. The newest `limit`
        records of the last `days` (0: without a limit of age) are kept, with as much of their
        texts as `keep_text` says. `attachments` of requests without a record are deleted.
        """
        self._attachments = attachments or NoAttachments()
        self._url, self._limit, self._days, self._keep_text = url, limit, days, keep_text
        self.error: str | None = None
        """Why the database cannot be written at present; None while it can."""
        self.version = 0
        """A number that changes whenever this process has changed what `search` finds."""
        self._store: Store | None = None
        self._pending: dict[str, Row] = {}  # not yet on disk, by request, the oldest first
        self._urgent = self._closing = False
        self._failures = 0
        self._upkeep_due = 0.0  # `time.monotonic()`
        self._until_prune = 0  # ended records
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="history", daemon=True)
        self._thread.start()

    def begin(self, request: LiveRequest) -> PendingWrite:
        """Store an accepted request. If the process is killed, it counts as interrupted.

        The wait for the returned write is limited to `BEGIN_SECONDS`.
        """
        row = as_row(request, self._keep_text)
        self._put(row)
        return PendingWrite(lambda: self._await(lambda: self._written(row), BEGIN_SECONDS))

    def end(self, entry: HistoryEntry) -> PendingWrite:
        """Store a request that has ended."""
        row = as_row(entry, self._keep_text)
        self._put(row)
        return PendingWrite(lambda: self._wait_for(lambda: self._written(row)))

    def recent(self, limit: int, owner: str | None = None) -> list[HistoryEntry]:
        """Return the `limit` newest entries, newest first, without their whole texts."""
        limit = min(limit, self._limit)  # entries beyond it may not be deleted yet
        return self.search(Query(owner=owner), limit)

    def search(self, query: Query, limit: int) -> list[HistoryEntry]:
        """Return at most `limit` matching entries, newest first, without their whole texts.

        Raises ValidationError for an invalid cursor in `query.before`.
        """
        return [as_entry(row) for row in self._rows(query, limit)]

    def every(self, query: Query) -> Iterator[HistoryEntry]:
        """Yield all matching entries, with their texts as far as kept, read page by page.

        Raises ValidationError for an invalid cursor in `query.before`.
        """
        while rows := self._rows(query, PAGE, with_text=True):
            yield from map(as_entry, rows)
            query = following(query, rows[-1])

    def find(self, request_id: str, owner: str | None = None) -> HistoryEntry | None:
        """Return an ended request, with its text as far as kept; None when it is not `owner`'s."""
        row = self._ask(lambda store: store.find(request_id), None)
        row = row or next((r for r in self._unwritten() if r["request_id"] == request_id), None)
        if row is None or row["end_time"] is None or not is_owner(owner, row["owner"]):
            return None
        return as_entry(row)

    def sources(self) -> list[str]:
        """Return the sources of the requests that there are records of, sorted."""
        nothing: list[str] = []
        return self._ask(lambda store: store.sources(), nothing)

    def series(self, window: str, shift: int = 0) -> dict[str, Any]:
        """Return figures over time for a window of `series.WINDOWS`; see `series.load`.

        `shift`: minutes by which the caller's clock is ahead of UTC. Raises ValidationError for an
        unknown window.
        """
        found = series.find_window(window)
        nothing = series.empty(found, shift)
        return self._ask(lambda store: store.series(found, shift), nothing)

    def total_requests(self) -> int:
        """Return how many requests have ended since the database began, deleted ones included."""
        return self._ask(lambda store: store.total_requests(), 0) + len(self._unwritten())

    def sums(self) -> dict[str, ByEngine]:
        """Return the sums of each engine over "all" time, the last "hour" and the last "day"."""
        nothing: dict[str, ByEngine] = {"all": {}, "hour": {}, "day": {}}
        sums = self._ask(lambda store: store.sums(), nothing)
        changes = Changes()
        for row in self._unwritten():
            changes.add(row)
        for engine, added in changes.by_engine().items():
            for window in sums.values():
                if engine in window:
                    window[engine].merge(added)
                else:
                    window[engine] = added
        return sums

    def use(self, work: Callable[[Store], T]) -> T:
        """Return what `work` makes of the database, in which not only the history is.

        Waits until it is open, but for no row of the history. Raises StorageError when it is not
        available.
        """
        if self._store is None:
            self._wait_for(lambda: True)
        store = self._store
        if store is None or (store.remote and self.error):
            raise _unavailable(self.error or "it is closed")
        from sqlalchemy.exc import SQLAlchemyError

        try:
            return work(store)
        except SQLAlchemyError as error:
            raise _unavailable(self._reason(error)) from error

    def clear(self, owner: str | None = None) -> int:
        """Delete the ended requests of `owner` (None: all), not the sums; returns how many."""
        return self._delete(None, owner)

    def delete(self, request_id: str, owner: str | None = None) -> bool:
        """Delete an ended request; returns False when there is none of that id of `owner`'s."""
        return self._delete(request_id, owner) > 0

    def close(self) -> None:
        """Write what is still to be written, unless it cannot be, and close the database."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join(PATIENCE_SECONDS)

    def _delete(self, request_id: str | None, owner: str | None) -> int:
        nothing: list[str] = []
        gone = self._ask(lambda store: store.delete(request_id=request_id, owner=owner), nothing)
        self._attachments.discard(gone)
        self.version += bool(gone)
        return len(gone)

    def _put(self, row: Row) -> None:
        with self._changed:
            self._pending[row["request_id"]] = row
            self.version += row["end_time"] is not None  # searches find it from now on
            while len(self._pending) > MOST_WAITING:
                del self._pending[next(iter(self._pending))]
            self._changed.notify_all()

    def _written(self, row: Row) -> bool:
        return self._pending.get(row["request_id"]) is not row

    # Reading. Rows that could not be written to the database yet are added to what it has.

    def _rows(self, query: Query, limit: int, *, with_text: bool = False) -> list[Row]:
        _ = query.place  # raises for an invalid cursor, also while the database is not available
        nothing: list[Row] = []
        stored = self._ask(lambda store: store.search(query, limit, with_text=with_text), nothing)
        return merged(stored, filter(query.matches, self._unwritten()), limit)

    def _ask(self, question: Callable[[Store], T], otherwise: T) -> T:
        """Return the database's answer after all pending writes; `otherwise` when it has none."""
        with self._changed:
            waiting = list(self._pending.items())
        self._wait_for(lambda: not any(self._pending.get(k) is row for k, row in waiting))
        store = self._store
        if store is None or (store.remote and self.error):
            return otherwise
        from sqlalchemy.exc import SQLAlchemyError

        try:
            return question(store)
        except SQLAlchemyError as error:
            self._fail(error)
            return otherwise

    def _unwritten(self) -> list[Row]:
        """Return ended requests that could not be written; none while there is no error."""
        with self._changed:
            if self.error is None:
                return []
            return [row for row in self._pending.values() if row["end_time"] is not None]

    def _wait_for(self, done: Callable[[], bool]) -> None:
        """Wait until `done` and the database is open, or fail after `PATIENCE_SECONDS`."""
        if not self._await(done, PATIENCE_SECONDS):
            self._fail(TimeoutError(f"no answer for {PATIENCE_SECONDS:g} s"))

    def _await(self, done: Callable[[], bool], seconds: float) -> bool:
        def settled() -> bool:
            return bool(self.error) or self._closing or (self._store is not None and done())

        with self._changed:
            if settled():
                return True
            self._urgent = True
            self._changed.notify_all()
            return self._changed.wait_for(settled, seconds)

    # The background thread.

    def _run(self) -> None:
        with self._changed:
            self._changed.wait_for(self._wanted, OPEN_SECONDS)
            if self._closing and not self._pending:
                return
        while True:
            try:
                self._write()
            except Exception as error:  # synthesis must not depend on the database
                self._fail(error)
            with self._changed:
                if self._closing and (self.error or not self._pending):
                    break
                self._rest()
        self._leave()

    def _rest(self) -> None:
        if self.error is not None:
            first, longest = RETRY_SECONDS
            pause = min(first * 2 ** min(self._failures - 1, 10), longest)
            self._changed.wait_for(lambda: self._closing, pause)
            return
        pause = max(0.0, self._upkeep_due - time.monotonic())
        self._changed.wait_for(self._wanted, pause)
        if not self._urgent:
            self._changed.wait_for(lambda: self._urgent or self._closing, BATCH_SECONDS)

    def _wanted(self) -> bool:
        return bool(self._pending) or self._closing or self._urgent

    def _write(self) -> None:
        store = self._opened()
        upkeep = time.monotonic() >= self._upkeep_due
        if upkeep:
            store.enlist()
        with self._changed:
            self._urgent = False
            batch = list(self._pending.values())[:BATCH]
        if batch:
            store.write(batch)
        with self._changed:
            for row in batch:
                if self._pending.get(row["request_id"]) is row:
                    del self._pending[row["request_id"]]
            if self.error is not None:
                log.info("History database available again.")
            self.error, self._failures = None, 0
            self._urgent = self._urgent or len(self._pending) >= BATCH
            self._changed.notify_all()
        self._until_prune -= sum(row["end_time"] is not None for row in batch)
        if upkeep:
            self._mark_interrupted(store)
            self._upkeep_due = time.monotonic() + UPKEEP_SECONDS
        if upkeep or self._until_prune <= 0:
            gone = store.prune()
            self._attachments.discard(gone)
            self.version += len(gone)
            self._until_prune = 0 if gone else max(1, self._limit // 100)
        if upkeep:
            self._sweep(store)

    def _opened(self) -> Store:
        store = self._store
        if store is not None and (store.missing() or (self.error and not store.usable())):
            store.close()
            self._store = store = None
        if store is None:
            from tts_core.stats.store import Store

            store = Store(self._url, limit=self._limit, days=self._days)
            try:
                store.enlist()
                self._mark_interrupted(store)
            finally:  # a database that cannot be written can still be read
                self._store = store
        return store

    def _sweep(self, store: Store) -> None:
        """Delete attachments without a record: of a killed process, or deleted by another one."""
        names = self._attachments.names()
        with self._changed:
            waiting = set(self._pending)
        self._attachments.discard(set(names) - waiting - store.known(list(names)))

    def _mark_interrupted(self, store: Store) -> None:
        if lost := store.mark_interrupted():
            self.version += lost
            log.info("Marked %d requests of a dead process as interrupted.", lost)

    def _fail(self, error: BaseException) -> None:
        """Set `error`, and log it once until the database can be written again."""
        reason = f"History database unavailable: {self._reason(error)}"
        with self._changed:
            self._failures += 1
            if self.error is None:
                log.warning("%s. Synthesis continues; retrying.", reason.rstrip("."))
            self.error = reason
            self._changed.notify_all()

    def _reason(self, error: BaseException) -> str:
        first_line = str(getattr(error, "orig", None) or error).strip().split("\n")[0]
        return _without_password(first_line, self._url)

    def _leave(self) -> None:
        if self._store is not None:
            try:
                self._store.close(gone=self.error is None)
            except Exception as error:  # the next start marks its requests as interrupted
                log.debug("History database not closed: %s", type(error).__name__)


def _unavailable(reason: str) -> StorageError:
    remedy = "Try again later; the operator can check TTS_DATABASE_URL and the disk."
    return StorageError(f"The database cannot be used at present ({reason}). {remedy}")


def _without_password(message: str, url: str) -> str:
    """Return `message` with the password of `url` masked."""
    try:
        password = urlsplit(url).password
    except ValueError:
        return "invalid database URL" if "://" in message else message
    for secret in filter(None, {password, unquote(password or "")}):
        message = message.replace(secret, "***")
    return message
