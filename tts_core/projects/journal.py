"""The latest changes of each project, so that they can be undone and made once more."""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Literal

from tts_core.projects.project import Change

Direction = Literal["undo", "redo"]

MOST_CHANGES = 100
"""Kept of one project."""
MOST_SEGMENTS = 50_000
"""Kept of one project, before and after its changes: some 50 MB of long sentences."""


@dataclass(slots=True)
class _Steps:
    undo: list[Change] = field(default_factory=list)
    redo: list[Change] = field(default_factory=list)


class Journal:
    """The changes of all projects that this process has made, in memory. Thread-safe."""

    def __init__(self) -> None:
        self._projects: dict[str, _Steps] = defaultdict(_Steps)
        self._lock = threading.Lock()

    def add(self, project_id: str, change: Change) -> None:
        """Note what has been done; what was undone before cannot be redone any more."""
        if list(change.before) == list(change.after) and change.narration is None:
            return
        with self._lock:
            steps = self._projects[project_id]
            steps.redo.clear()
            steps.undo.append(change)
            _trim(steps.undo)

    def take(self, project_id: str, direction: Direction) -> Change | None:
        """Remove and return the change to be restored next; None when there is none."""
        with self._lock:
            steps = self._stack(project_id, direction)
            return steps.pop() if steps else None

    def put(self, project_id: str, direction: Direction, change: Change) -> None:
        """Note what restoring a change has done, as what goes back in the other direction."""
        with self._lock:
            self._stack(project_id, direction).append(change)

    def depth(self, project_id: str) -> tuple[int, int]:
        """Return how many changes can be undone, and redone."""
        with self._lock:
            steps = self._projects.get(project_id, _Steps())
            return len(steps.undo), len(steps.redo)

    def drop(self, project_id: str) -> None:
        """Forget the changes of a project."""
        with self._lock:
            self._projects.pop(project_id, None)

    def _stack(self, project_id: str, direction: Direction) -> list[Change]:
        steps = self._projects[project_id]
        return steps.undo if direction == "undo" else steps.redo


def _trim(changes: list[Change]) -> None:
    """Drop the oldest changes above the limits; the latest one stays."""
    del changes[:-MOST_CHANGES]
    while len(changes) > 1 and sum(len(c.before) + len(c.after) for c in changes) > MOST_SEGMENTS:
        del changes[0]
