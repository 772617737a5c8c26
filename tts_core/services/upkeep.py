"""Periodic maintenance: deletes what has expired or is no longer needed."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from tts_core.errors import StorageError, TTSError
from tts_core.services.lexicon import LexiconService
from tts_core.services.projects import ProjectService
from tts_core.services.visitors import Visitors
from tts_core.stats.outputs import SWEEP_SECONDS

log = logging.getLogger(__name__)


class Upkeep:
    """Calls functions every `SWEEP_SECONDS`, in a thread of its own, from `start` to `close`."""

    def __init__(self, *tasks: Callable[[], object]) -> None:
        self._tasks = list(tasks)
        self._closed = threading.Event()

    def add(self, task: Callable[[], object]) -> None:
        """Add a function to those that are called."""
        self._tasks.append(task)

    def start(self) -> None:
        """Start the thread; it makes its first calls after `SWEEP_SECONDS`."""
        threading.Thread(target=self._run, name="upkeep", daemon=True).start()

    def close(self) -> None:
        """Stop making calls."""
        self._closed.set()

    def _run(self) -> None:
        while not self._closed.wait(SWEEP_SECONDS):
            self.run_all()

    def run_all(self) -> None:
        """Call every function; one that fails is logged, and called again the next time."""
        for task in self._tasks:
            try:
                task()
            except StorageError as error:
                log.debug("upkeep waits for the database: %s", error)
            except Exception:  # the others must go on: they keep the disk from filling up
                log.exception("a part of the upkeep failed")


def forget_absent(visitors: Visitors, projects: ProjectService, lexicon: LexiconService) -> None:
    """Delete the data of visitors who no longer come. Raises StorageError.

    What cannot be deleted is tried again next time; the data of others is deleted all the same.
    """
    for owner in visitors.absent():
        if visitors.is_back(owner):
            continue
        try:
            projects.forget_visitor(owner)
            lexicon.forget_visitor(owner)
            visitors.forget(owner)
        except StorageError:
            raise
        except TTSError as error:
            log.warning("a visitor's data could not be deleted: %s", error)
