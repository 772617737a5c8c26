"""The files of the projects: the documents they were made of, their covers, and their takes.

All names are ours, never a caller's.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from tts_core.audio.encode import find_format
from tts_core.projects.project import Take, TakeFile
from tts_core.stats.outputs import Recorder
from tts_core.system.disk import DiskSpace
from tts_core.system.own_files import is_own_file

FORMAT = find_format("flac")
SOURCE, COVER, ENCODED = "source", "cover", "encoded"
"""Names of a project's document, as it was given, of its picture, and of the folder of what the
exporters keep."""
NEW = "new"
"""Name of a file that a project's folder has until the project is in the database."""
GONE = ".deleted"
"""How the name of a folder ends that is being deleted."""


class ProjectFolder:
    """The folder of all projects."""

    def __init__(self, folder: Path, disk_space: DiskSpace | None = None) -> None:
        """`disk_space` deletes other data when the disk is full."""
        self.path = folder
        self._disk_space = disk_space
        self._created: set[str] = set()
        """Projects of this process."""

    def of(self, project: str) -> Path:
        """Return the folder of a project."""
        assert project.isalnum()
        return self.path / project

    def create(self, project: str, source: Path | None, cover: bytes | None) -> None:
        """Make the folder of a project, which is swept after a kill unless it was `keep`-ed.

        Raises OSError, and then leaves nothing.
        """
        folder = self.of(project)
        self._created.add(project)
        folder.mkdir(parents=True)
        try:
            (folder / NEW).touch()
            if source is not None:
                shutil.copyfile(source, folder / SOURCE)
            if cover is not None:
                (folder / COVER).write_bytes(cover)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def keep(self, project: str) -> None:
        """Note that a project is in the database."""
        (self.of(project) / NEW).unlink(missing_ok=True)

    def half_made(self) -> list[str]:
        """Return the projects that an earlier process had not put into the database, or not yet
        noted that it had."""
        found = [path.parent.name for path in self.path.glob(f"*/{NEW}")]
        return [name for name in found if name.isalnum() and name not in self._created]

    def exists(self, project: str) -> bool:
        """Return whether a project's files are on this machine."""
        return self.of(project).is_dir()

    def cover(self, project: str) -> bytes | None:
        """Return a project's picture; None without one."""
        path = self.of(project) / COVER
        with suppress(OSError):
            return path.read_bytes() if self.owns(path) else None
        return None

    def owns(self, path: Path) -> bool:
        """Return whether a file is there, and no link to one elsewhere."""
        return is_own_file(path, self.path)

    def take(self, project: str, name: str) -> Path:
        """Return the file of a take, which need not exist."""
        return self.of(project) / f"{name}{FORMAT.extension}"

    def encoded(self, project: str) -> Path:
        """Return the folder in which exporters keep encoded chapters, and make it."""
        folder = self.of(project) / ENCODED
        if folder.is_symlink():
            folder.unlink()
        folder.mkdir(exist_ok=True)
        return folder

    def recorder(self, project: str, name: str, sample_rate: int) -> Recorder:
        """Begin the file of a take, which appears when it is complete. Raises OSError."""
        return Recorder(self.take(project, name), FORMAT, sample_rate, self._disk_space)

    def has(self, project: str, take: Take | TakeFile) -> bool:
        """Return whether a take's file is there, and whole."""
        path = self.take(project, take.name)
        try:
            return self.owns(path) and path.stat().st_size == take.bytes
        except OSError:
            return False

    def tidy(self, project: str, takes: Collection[str]) -> None:
        """Delete the files of a project that are neither takes of these names nor its document.

        They are left by a killed process. Nothing may be recorded meanwhile. What a link leads to
        is not ours to delete.
        """
        if self.of(project).is_symlink():
            return
        known = {SOURCE, COVER, *(f"{name}{FORMAT.extension}" for name in takes)}
        for path in self.of(project).iterdir():
            if path.name not in known and path.name != ENCODED:
                path.unlink(missing_ok=True)

    def begin_delete(self, project: str) -> None:
        """Rename a project's folder, so that it is deleted whatever happens. Raises OSError."""
        with suppress(FileNotFoundError):
            self.of(project).rename(self.path / f"{project}{GONE}")

    def finish_delete(self, project: str) -> None:
        """Delete a folder that was renamed."""
        shutil.rmtree(self.path / f"{project}{GONE}", ignore_errors=True)

    def half_deleted(self) -> list[str]:
        """Return the projects whose deletion was begun and not finished."""
        return [path.name.removesuffix(GONE) for path in self.path.glob(f"*{GONE}")]
