"""Files that are made of projects in the background, since a long book takes minutes."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from tts_core.errors import Cancelled, QueueFullError, TTSError, UnknownNameError, as_tts_error
from tts_core.synthesis.fair_share import most_places

Watch = Callable[[int, int], object]
"""See `tts_core.export.write`."""
MOST_WAITING = 20
"""Files that are made or wait; of one client as many as `synthesis/fair_share.py` says."""
MOST_KEPT = 200
"""Finished ones that are remembered; the files themselves go after `TTS_KEEP_OUTPUTS_HOURS`."""
CANCELLED = "The export was cancelled; what was encoded is kept for the next one."


@dataclass(slots=True)
class Job:
    """A file that is made."""

    id: str
    project_id: str
    client: str
    """Who asked for it."""
    chapters: int = 0
    """Of the book; 0 before that is known, and for files without sound."""
    done: int = 0
    """Chapters that are encoded."""
    cancelled: bool = False
    made: Future[Path] = field(default_factory=Future)

    @property
    def error(self) -> TTSError | None:
        """Return why it could not be made; None while it is made, and when it was."""
        if self.made.cancelled():
            return Cancelled(CANCELLED)
        problem = self.made.exception() if self.made.done() else None
        return as_tts_error(problem) if isinstance(problem, Exception) else None

    def cancel(self) -> None:
        """Stop making it; does nothing when it is made."""
        self.cancelled = True
        self.made.cancel()

    def watch(self, done: int, chapters: int) -> None:
        """Note progress. Raises Cancelled."""
        if self.cancelled:
            raise Cancelled(CANCELLED)
        self.done, self.chapters = done, chapters


class Exports:
    """The files that are made for all visitors, two at a time, of each project one. Thread-safe.

    Two of one project would keep others waiting, as only one at a time can use its chapters.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(2, "export")
        self._jobs: dict[str, Job] = {}
        self._busy: set[str] = set()
        """Projects of which a file is made, or is the next to be made."""
        self._later: list[tuple[Job, Callable[[Watch], Path]]] = []
        """What waits for another file of its project."""
        self._lock = threading.Lock()

    def begin(self, project_id: str, make: Callable[[Watch], Path], client: str = "") -> Job:
        """Have a file made. `client`: who asks; see `Caller.client`. Raises QueueFullError."""
        with self._lock:
            running = [job for job in self._jobs.values() if not job.made.done()]
            own = sum(job.client == client for job in running)
            if len(running) >= MOST_WAITING or own >= most_places(client, MOST_WAITING):
                raise QueueFullError(
                    f"{len(running)} files are being made, {own} of them for you, which is the "
                    "limit; try again in a minute."
                )
            for old in [key for key, job in self._jobs.items() if job.made.done()][:-MOST_KEPT]:
                del self._jobs[old]
            job = Job(secrets.token_hex(16), project_id, client)
            self._jobs[job.id] = job
            self._later.append((job, make))
            self._start()
        return job

    def present(self, project_id: str) -> Job | None:
        """Return the latest file of a project that is being made, or waits; None for none."""
        with self._lock:
            jobs = [job for job in self._jobs.values() if job.project_id == project_id]
        going = (job for job in reversed(jobs) if not job.cancelled and not job.made.done())
        return next(going, None)

    def _start(self) -> None:
        """Have those files made whose projects are not busy; called with the lock."""
        waiting, self._later = self._later, []
        for job, make in waiting:
            if job.project_id in self._busy:
                self._later.append((job, make))
            else:
                self._busy.add(job.project_id)
                self._pool.submit(self._make, job, make)

    def _make(self, job: Job, make: Callable[[Watch], Path]) -> None:
        try:
            if job.made.set_running_or_notify_cancel():
                job.made.set_result(make(job.watch))
        except BaseException as error:
            job.made.set_exception(error)
        finally:
            with self._lock:
                self._busy.discard(job.project_id)
                self._start()

    def find(self, job_id: str) -> Job:
        """Return a job. Raises UnknownNameError."""
        with self._lock:
            job = self._jobs.get(job_id)
        if job is None:
            raise UnknownNameError("This file is not known any more; export it again.", "export")
        return job
