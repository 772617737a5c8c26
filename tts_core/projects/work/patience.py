"""How long to wait for a database that is not available."""

from __future__ import annotations

import logging

FIRST_SECONDS, LONGEST_SECONDS = 2.0, 30.0
"""Pauses after the first failure, and at most: it may be away for days."""


class Patience:
    """Pauses that grow while something fails, which is logged once until it has worked again."""

    def __init__(self, log: logging.Logger, waiting: str) -> None:
        """`waiting`: what waits, for the log."""
        self._log, self._waiting = log, waiting
        self._failures = 0

    def after(self, error: BaseException) -> float:
        """Return how long to pause after a failure, in seconds."""
        self._failures += 1
        level = logging.WARNING if self._failures == 1 else logging.DEBUG
        self._log.log(level, "%s the database: %s", self._waiting, error)
        return min(FIRST_SECONDS * 2.0 ** min(self._failures - 1, 10), LONGEST_SECONDS)

    def reset(self) -> None:
        """Note that it works."""
        if self._failures:
            self._log.info("The database is available again.")
        self._failures = 0
