"""The folder of finished audio files: written under a temporary name, renamed, later deleted."""

from __future__ import annotations

import io
import secrets
import shutil
import stat
import time
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from tts_core.audio.encode import Format, open_encoder
from tts_core.events import Marking, Marks
from tts_core.system.disk import DiskSpace, ReclaimingFile
from tts_core.system.own_files import is_own_file
from tts_core.types import Samples

SWEEP_SECONDS = 600.0
"""How often `OutputFolder.sweep` should be called."""


class OutputFolder:
    """A folder in which files appear complete or not at all, and are deleted after some hours."""

    def __init__(
        self, folder: Path, keep_hours: float, disk_space: DiskSpace | None = None
    ) -> None:
        """`disk_space` deletes other data when the disk is full."""
        self._folder = folder
        self._keep_seconds = keep_hours * 3600
        self._disk_space = disk_space

    def recorder(
        self, name: str, format: Format, sample_rate: int, comment: str | None = None
    ) -> Recorder:
        """Begin a file, named without extension. Raises OSError when it cannot be written."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / (name + format.extension)
        return Recorder(path, format, sample_rate, self._disk_space, comment)

    def find(self, name: str) -> Path | None:
        """Return the finished file of a name, of any extension; None when there is none."""
        if not name.isalnum():
            return None
        found = self._folder.glob(f"{name}.*")
        return next((path for path in found if is_own_file(path, self._folder)), None)

    def folder_of_copies(self, voice_id: str) -> Path:
        """Create a folder, whose name cannot be guessed, for copies of a voice's recordings."""
        folder = self._folder / f"{voice_id}.{secrets.token_hex(16)}"
        folder.mkdir(parents=True)
        return folder

    def discard_copies(self, voice_id: str) -> None:
        """Delete the copies of a voice's recordings."""
        for folder in self._folder.glob(f"{voice_id}.*"):
            shutil.rmtree(folder, ignore_errors=True)

    def sweep(self, spared: Collection[str] = (), patience: float = 0.0) -> None:
        """Delete old files, unfinished ones of killed processes, and empty folders.

        `spared`: paths of files that somebody else deletes. `patience`: seconds for which every
        file is kept at least.
        """
        now = time.time()
        oldest = now - max(self._keep_seconds, patience)
        oldest_folder = now - min(self._keep_seconds, SWEEP_SECONDS)
        for path in self._folder.rglob("*"):
            with suppress(OSError):  # renamed or deleted meanwhile, or a folder in use
                seen = path.lstat()
                if stat.S_ISDIR(seen.st_mode):
                    if seen.st_mtime < oldest_folder:
                        path.rmdir()
                elif seen.st_mtime < oldest and str(path) not in spared:
                    path.unlink()


class Recorder:
    """Encodes audio into a file while it is generated."""

    def __init__(
        self,
        path: Path,
        format: Format,
        sample_rate: int,
        disk_space: DiskSpace | None = None,
        comment: str | None = None,
    ) -> None:
        self._path = path
        self._unfinished = path.with_name(f".{path.name}.part")
        self._file = io.BufferedWriter(ReclaimingFile(self._unfinished, disk_space))
        try:
            self._encoder = open_encoder(format.name, sample_rate, self._file, comment=comment)
        except BaseException:
            self.abandon()
            raise

    def write(self, samples: Samples) -> None:
        """Append samples, float32 of shape (n,). Raises OSError when the file cannot be written."""
        self._encoder.write(samples)

    def finish(self, marking: Marking | None) -> tuple[Path, Marks | None]:
        """Complete and mark the file, and rename it to its final name.

        Return its path and its marks. Without `marking` it has none, and a name that cannot be
        guessed, since the web server gives away every file of the folder.
        """
        self._encoder.close()
        self._file.close()
        if marking is None:
            self._path = self._path.with_suffix(f".{secrets.token_hex(16)}{self._path.suffix}")
        marks = marking and marking(self._unfinished, self._encoder.format.name)
        self._unfinished.replace(self._path)
        return self._path, marks

    def abandon(self) -> None:
        """Delete the file, finished or not."""
        with suppress(OSError):  # the disk has no room for the rest
            self._file.close()
        self._unfinished.unlink(missing_ok=True)
        self._path.unlink(missing_ok=True)
