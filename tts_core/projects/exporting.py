"""What comes out of a project: a book in one of the export formats, or the project as a file."""

from __future__ import annotations

import secrets
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tts_core.errors import ConflictError, DiskFullError, ValidationError
from tts_core.events import Marking
from tts_core.export.book import SpokenBook
from tts_core.export.encoded import Watch
from tts_core.export.names import file_name
from tts_core.export.sound import SoundMark, marked_flac
from tts_core.export.write import EXPORT_FORMATS, export_book, unwatched
from tts_core.projects.checks import check_planned, disk_error
from tts_core.projects.correcting import Correcting
from tts_core.projects.project import Project, ProjectSegment, Take
from tts_core.projects.spoken import spoken_book
from tts_core.system.disk import DiskSpace
from tts_core.types import Caller
from tts_core.validation import checked_name, shown

if TYPE_CHECKING:
    from sqlalchemy import Connection

PACKAGE = "project"
"""The format of a project that is to be imported elsewhere."""


class Exporting(Correcting):
    """What can be made of a project."""

    _disk_space: DiskSpace
    _outputs: Path
    """The folder of finished files."""
    _marker_of: Callable[[str, str, Sequence[str]], Marking]
    """See `MarkService.of_speech`."""
    _watermark: SoundMark
    _comment: str | None
    """The tag of marked files."""
    _locks: dict[str, threading.Lock]
    """By project: one export at a time uses its encoded chapters."""

    def book(self, caller: Caller, project_id: str) -> SpokenBook:
        """Return a complete project for export. Raises ConflictError while it is not complete."""
        from tts_core.projects import tables

        def work(connection: Connection, project: Project) -> SpokenBook:
            check_planned(project)
            segments = tables.segments_of(connection, project.id)
            missing = sum(not segment.take or segment.state != "done" for segment in segments)
            if missing:
                raise ConflictError(
                    f"The project is not complete: {missing:,} of {len(segments):,} segments have "
                    "no sound yet. Wait until it is, or resume it; its status says more.",
                    "project_id",
                )
            keys = [segment.take.rpartition("-")[0] for segment in segments]
            takes = tables.takes_by_key(connection, project.id, keys)
            return spoken_book(project, segments, takes, self._folder)

        return self._reading(caller, project_id, work)

    def export(
        self,
        caller: Caller,
        project_id: str,
        format: str = "m4b",
        *,
        preset: str = "",
        watch: Watch = unwatched,
    ) -> Path:
        """Write a project to a file of a format, in a folder of its own, and return its path.

        `format`: one of `EXPORT_FORMATS`, or "project". `preset`, `watch`: see `export_book`. The
        file is deleted after `TTS_KEEP_OUTPUTS_HOURS`. Raises ConflictError while the project is
        not complete, DiskFullError, and what `export_book` raises.
        """
        checked_name(format, "format")
        folder = self._outputs / secrets.token_hex(16)
        if format == PACKAGE:
            return self._export_package(caller, project_id, folder)
        if format not in EXPORT_FORMATS:
            raise ValidationError(
                f"There is no export format {shown(format)!r}. Choose one of: "
                f"{', '.join((*EXPORT_FORMATS, PACKAGE))}.",
                "format",
            )
        project, book = self.project(caller, project_id), self.book(caller, project_id)
        self._check_files(project.id, book)
        mark = self._marker(project)
        with self._lock:
            exporting = self._locks.setdefault(project.id, threading.Lock())
        with exporting, _written(folder):
            cache = self._folder.encoded(project.id)
            return export_book(
                book, format, folder,
                cache=cache, preset=preset, mark=mark, watermark=self._watermark, watch=watch,
                check_room=self._check_room_for,
            )  # fmt: skip

    def _check_room_for(self, size: int) -> None:
        """Make room on the disk for so many bytes. Raises DiskFullError."""
        if not self._disk_space.reclaim(size):
            raise DiskFullError(
                f"The file would need about {size / 1e6:,.0f} MB, and the disk has no room for "
                "them. Choose a format that needs less, such as m4b, or free some space."
            )

    def marked_sound(self, caller: Caller, project_id: str, index: int, take: int = -1) -> bytes:
        """Return what `sound` returns the path of, with a watermark. Raises GenerationError too."""
        path = self.sound(caller, project_id, index, take)
        return marked_flac(path, self._watermark, self._comment)

    def _check_files(self, project_id: str, book: SpokenBook) -> None:
        """Have what lacks its file made again. Raises ConflictError if anything does."""
        sounds = (s.audio for chapter in book.chapters for s in chapter.segments)
        lost = [path for path in sounds if not self._folder.owns(path)]
        if lost:
            self._worker.check(project_id)
            raise ConflictError(
                f"The sound of {len(lost):,} segments was lost from the disk and is made again; "
                "wait until the project is complete.",
                "project_id",
            )

    def _marker(self, project: Project) -> Marking:
        """Return what marks the files of a project; the engine is that of its first words."""
        from tts_core.projects import tables

        heard = self._database.read(lambda c: tables.voices_of(c, project.id))
        engine = heard[0][1] if heard else ""
        voices = dict.fromkeys([project.narration.voice, *(voice for voice, _ in heard)])
        return self._marker_of(project.id, engine, list(voices))

    def _export_package(self, caller: Caller, project_id: str, folder: Path) -> Path:
        from tts_core.projects import tables
        from tts_core.projects.package import write_package

        def work(
            connection: Connection, project: Project
        ) -> tuple[Project, list[ProjectSegment], list[Take]]:
            check_planned(project)
            segments = tables.segments_of(connection, project.id)
            return project, segments, tables.takes_of(connection, project.id)

        project, segments, takes = self._reading(caller, project_id, work)
        takes = [take for take in takes if self._folder.has(project.id, take)]
        self._check_room_for(sum(take.bytes for take in takes))
        path = folder / f"{file_name(project.title)}.zip"
        with _written(folder):
            write_package(project, segments, takes, self._folder, path)
        return path


@contextmanager
def _written(folder: Path) -> Iterator[None]:
    """Create the folder of an export, and delete it if that fails.

    Raises DiskFullError when the disk is full, GenerationError for other errors of the disk.
    """
    try:
        folder.mkdir(parents=True)
        yield
    except BaseException as error:
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, OSError):
            raise disk_error(error) from error
        raise
