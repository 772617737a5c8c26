"""Free disk space, and deleting what can be spared when there is little of it.

Data that can be made again or done without is deleted before anything fails: first cached speech,
then the audio of past requests.
"""

from __future__ import annotations

import errno
import io
import logging
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

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
    """Return the free bytes on the disk of a folder, which need not exist yet."""
    existing = next(path for path in (folder, *folder.parents) if path.is_dir())
    return psutil.disk_usage(str(existing)).free


def is_low(folder: Path) -> bool:
    """Return whether less than `MARGIN_BYTES` are free, so that nothing more should be cached."""
    return free_bytes(folder) < MARGIN_BYTES


def is_full(error: BaseException) -> bool:
    """Return whether an error says that the disk, or the user's quota on it, is full."""
    return isinstance(error, OSError) and error.errno in _FULL


class Reclaimer(Protocol):
    """Keeps data on the disk that can be done without."""

    def shrink(self, wanted: int) -> int:
        """Delete at least `wanted` bytes, or all there are; return how many."""

    def held(self) -> int:
        """Return how many bytes `shrink` could delete."""


class DiskSpace:
    """Keeps space free on the disk of a folder by deleting the least valuable data first.

    Thread-safe.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._reclaimers: list[Reclaimer] = []
        self._lock = threading.Lock()

    def add_reclaimer(self, reclaimer: Reclaimer) -> None:
        """Register what has data to delete; of those registered before, they are deleted before."""
        self._reclaimers.append(reclaimer)

    def reclaim(self, wanted: int = 0) -> bool:
        """Delete until `wanted` bytes and a margin are free; return whether they are.

        Deletes nothing for `wanted` bytes for which there would be no room even so: a caller who
        announces gigabytes must not cost everybody their recordings.
        """
        if self._missing(wanted) <= 0:
            return True
        with self._lock:
            if wanted and self._missing(wanted) > sum(r.held() for r in self._reclaimers):
                return False
            while (missing := self._missing(wanted)) > 0:
                if not self._delete(missing):
                    return False
        return True

    def reclaim_some(self) -> bool:
        """Delete a little whatever seems to be free; return whether anything was deleted."""
        with self._lock:
            return self._delete(_STEP_BYTES) > 0

    def _missing(self, wanted: int) -> int:
        return MARGIN_BYTES + wanted - free_bytes(self._folder)

    def _delete(self, wanted: int) -> int:
        deleted = 0
        for reclaimer in self._reclaimers:
            if deleted < wanted:
                deleted += reclaimer.shrink(wanted - deleted)
        if deleted:
            log.warning(
                "The disk of %s is nearly full: deleted %.0f MB of cached and recorded speech.",
                self._folder,
                deleted / 1e6,
            )
        return deleted


class ReclaimingFile(io.FileIO):
    """A new file whose writes, when the disk is full, delete other data and try again."""

    def __init__(self, path: Path, disk_space: DiskSpace | None) -> None:
        super().__init__(path, "w")
        self._disk_space = disk_space

    def write(self, data: ReadableBuffer, /) -> int:
        """Write as `FileIO` does. Raises OSError when there is nothing left to delete."""
        while True:
            try:
                return super().write(data)
            except OSError as error:
                if (
                    not is_full(error)
                    or self._disk_space is None
                    or not self._disk_space.reclaim_some()
                ):
                    raise
