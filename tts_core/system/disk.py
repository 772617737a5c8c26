"""The room on the disk, and what is deleted when there is little of it.

What can be made again, or be done without, goes before anything fails: the speech kept to be used
again, then the sound of past requests.
"""

from __future__ import annotations

import errno
import io
import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

log = logging.getLogger(__name__)

MARGIN_BYTES = 256 * 2**20
"""What is to stay free on the disk."""
_STEP_BYTES = 16 * 2**20
"""What is deleted when a write finds the disk full."""
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


def free_bytes(folder: Path) -> int:
    """Return what is free on the disk of a folder, which need not be there yet."""
    there = next(path for path in (folder, *folder.parents) if path.is_dir())
    return psutil.disk_usage(str(there)).free


def is_low(folder: Path) -> bool:
    """Return whether less than `MARGIN_BYTES` are free: nothing more is kept then for later."""
    return free_bytes(folder) < MARGIN_BYTES


def is_full(error: BaseException) -> bool:
    """Return whether it says that the disk, or what a user may have of it, is full."""
    return isinstance(error, OSError) and error.errno in _FULL


class Room:
    """Deletes what can be spared, the least wanted first. Thread-safe."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._spares: list[Callable[[int], int]] = []
        self._lock = threading.Lock()

    def spare(self, shrink: Callable[[int], int]) -> None:
        """Note something more that can be spared, after what has been noted before.

        `shrink` deletes so many bytes or a little more, and returns how many; 0 when there is
        nothing left.
        """
        self._spares.append(shrink)

    def make(self, wanted: int = 0) -> bool:
        """Return whether `wanted` bytes and a margin are free, after deleting what it takes."""
        if self._missing(wanted) <= 0:
            return True
        with self._lock:
            while (missing := self._missing(wanted)) > 0:
                if not self._delete(missing):
                    return False
        return True

    def make_at_once(self) -> bool:
        """Delete a little, whatever seems to be free; return whether there was anything."""
        with self._lock:
            return self._delete(_STEP_BYTES) > 0

    def _missing(self, wanted: int) -> int:
        return MARGIN_BYTES + wanted - free_bytes(self._folder)

    def _delete(self, wanted: int) -> int:
        deleted = 0
        for shrink in self._spares:
            if deleted < wanted:
                deleted += shrink(wanted - deleted)
        if deleted:
            log.warning(
                "The disk of %s is nearly full: %.0f MB of speech that was kept for later are "
                "deleted.",
                self._folder,
                deleted / 1e6,
            )
        return deleted


class RoomyFile(io.FileIO):
    """A new file whose writes, when the disk is full, first let something else be deleted."""

    def __init__(self, path: Path, room: Room | None) -> None:
        super().__init__(path, "w")
        self._room = room

    def write(self, data: ReadableBuffer, /) -> int:
        """Write as `FileIO` does. Raises OSError when there is nothing left to delete."""
        while True:
            try:
                return super().write(data)
            except OSError as error:
                if not is_full(error) or self._room is None or not self._room.make_at_once():
                    raise
