"""`SpeechService.projects`: documents that are spoken in the background, kept and corrected."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tts_core.documents.document import Document
from tts_core.documents.read import read_document
from tts_core.errors import (
    NotAuthorized,
    StorageError,
    TooLargeError,
    ValidationError,
)
from tts_core.events import Marking
from tts_core.export.sound import SoundMark
from tts_core.projects.checks import VoiceCheck, disk_error, one_line, storable
from tts_core.projects.cutting import Cutter, new_id
from tts_core.projects.database import ProjectDatabase, in_parts
from tts_core.projects.exporting import Exporting
from tts_core.projects.folder import ProjectFolder
from tts_core.projects.project import (
    Narration,
    Planning,
    Project,
    ProjectSegment,
    Source,
    Take,
    key_of,
)
from tts_core.projects.status import ProjectStatus
from tts_core.projects.work.background import BackgroundSpeech
from tts_core.settings import Settings
from tts_core.stats.history import History
from tts_core.system.disk import DiskSpace
from tts_core.types import Caller
from tts_core.validation import checked_name, shown

if TYPE_CHECKING:
    from sqlalchemy import Connection

ACTIONS = ("pause", "resume", "delete")
SAMPLE = 500
"""Characters of a document from which engine, voice and language are chosen."""
CUT_AT_ONCE = 50_000
"""Characters of a document that is cut before `narrate` returns, which takes half a second; longer
ones are cut in the background: a book takes up to a minute where much else is going on."""


class ProjectService(Exporting):
    """The projects of one service. Thread-safe.

    Whose projects a caller sees is decided as for the history. Every method raises StorageError
    while the database is not available, and UnknownNameError for a project that is not the
    caller's.
    """

    def __init__(
        self,
        settings: Settings,
        history: History,
        disk_space: DiskSpace,
        *,
        viewer: Callable[[Caller], str | None],
        admit: Callable[[Caller], object],
        speech: BackgroundSpeech,
        marker: Callable[[str, str, Sequence[str]], Marking],
        watermark: SoundMark,
        comment: str | None,
    ) -> None:
        """`viewer`: see `Archive.viewer`. `admit`: called before a project is made; limits rates.

        `speech`: speaks the segments. `marker`, `watermark`, `comment`: see `of_speech`,
        `watermark` and `comment` of `MarkService`.
        """
        folder = ProjectFolder(settings.projects_path, disk_space)
        super().__init__(ProjectDatabase(history), folder, disk_space, viewer, speech)
        self._settings, self._admit, self._disk_space = settings, admit, disk_space
        self._outputs, self._locks = settings.outputs_path, {}
        self._adding = threading.Lock()
        """Held while a project is added: there might be room for one of two."""
        self._check, self._marker_of = VoiceCheck(speech.plan), marker
        self._watermark, self._comment = watermark, comment

    # Making, listing and deleting projects.

    def narrate(
        self,
        caller: Caller,
        path: Path,
        name: str,
        narration: Narration,
        *,
        title: str = "",
        author: str = "",
    ) -> ProjectStatus:
        """Read a document and speak it in the background.

        It returns when the document was read; a long one is cut into segments afterwards, while
        the first of them are spoken. `name`: of the file, as the caller knows it.

        Raises ValidationError or one of its subclasses for a document that cannot be read, a voice
        or an engine that is not there, and too many projects; EngineUnavailable, NotAuthorized,
        RateLimited.
        """
        self._admit(caller)
        owner = self._maker(caller)
        self._database.read(lambda c: self._check_room(c, owner))
        document = read_document(path, name)
        characters = self._checked_length(document)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        source = Source(
            name=storable(name)[:200],
            digest=digest,
            cover=document.cover.mime_type if document.cover else "",
            client=caller.client if caller.operator else "",
            operator=caller.operator,
            warnings=tuple(document.warnings),
        )
        cutter = self._cutter(document, narration)
        titles = cutter.titles(document)
        if not titles:
            raise ValidationError("document: there is nothing to speak in it.", "document")
        project = Project(
            id=new_id(),
            owner=owner,
            created=time.time(),
            title=one_line(title)
            or one_line(document.title)
            or one_line(Path(name).stem)
            or "Untitled",
            author=one_line(author) or one_line(document.author),
            chapters=tuple(titles),
            narration=cutter.narration,
            source=source,
        )
        self._check.cast(project)
        segments: list[ProjectSegment] = []
        if characters > CUT_AT_ONCE:
            project = replace(
                project,
                planning=Planning(
                    cutter.narration, cutter.longest, cutter.shortest, cutter.most_words, characters
                ),
            )
        else:
            segments = [s for chapter in cutter.chapters(document) for s in chapter]
            segments = [replace(segment, key=key_of(project, segment)) for segment in segments]
        cover = document.cover.data if document.cover else None
        try:
            self._folder.create(project.id, path, cover)
        except OSError as error:
            raise disk_error(error) from error
        self._store(project, segments)
        return self.status(caller, project.id)

    def read(self, caller: Caller, path: Path, name: str) -> Document:
        """Return a document's text and keep nothing of it; raises as `narrate` does for it."""
        self._admit(caller)
        return read_document(path, name)

    def _checked_length(self, document: Document) -> int:
        """Return the characters of a document. Raises TooLargeError."""
        characters = sum(len(b.text) for chapter in document.chapters for b in chapter.blocks)
        if characters > (most := self._settings.project_characters):
            raise TooLargeError(
                f"document has {characters:,} characters; the limit is {most:,}. Split it, or "
                "raise TTS_PROJECT_CHARACTERS on your own server.",
                "document",
            )
        return characters

    def _cutter(self, document: Document, narration: Narration) -> Cutter:
        """Return what cuts a document, with the language and the voice that it is spoken in."""
        sample = " ".join(
            block.text for chapter in document.chapters for block in chapter.blocks[:20]
        )[:SAMPLE]
        language = narration.language
        if language.strip().casefold() in ("", "auto") and document.language:
            language = document.language
        narration = narration.model_copy(update={"language": language})
        plan = self._check.narrator(narration, sample)
        voice = narration.voice if "(" in narration.voice else plan.voice.id
        narration = narration.model_copy(update={"language": plan.language, "voice": voice})
        return Cutter.for_engine(
            narration, plan.engine, self._settings.chunk_size, self._settings.chunk_size_words
        )

    def all(self, caller: Caller) -> list[ProjectStatus]:
        """Return the caller's projects, the newest first."""
        from tts_core.projects import tables
        from tts_core.projects.report import status_of

        viewer = self._viewer(caller)
        if viewer == "":
            return []
        begun, present = self._worker.begun, self._worker.present

        def work(connection: Connection) -> list[ProjectStatus]:
            found = tables.projects_of(connection, viewer)
            return [status_of(connection, p, begun, present) for p in found]

        return self._database.read(work)

    def status(self, caller: Caller, project_id: str) -> ProjectStatus:
        """Return how far a project is."""
        from tts_core.projects.report import status_of

        begun, present = self._worker.begun, self._worker.present
        return self._reading(
            caller, project_id, lambda c, project: status_of(c, project, begun, present)
        )

    def rename(
        self,
        caller: Caller,
        project_id: str,
        *,
        title: str | None = None,
        author: str | None = None,
    ) -> ProjectStatus:
        """Change the title or the author of a project; None leaves them. Raises ValidationError."""
        from tts_core.projects import tables

        new_title = None if title is None else one_line(checked_name(title, "title"))
        new_author = None if author is None else one_line(checked_name(author, "author"))
        if new_title == "":
            raise ValidationError("title: a project needs one.", "title")

        def work(connection: Connection, project: Project) -> None:
            changed = replace(
                project,
                title=project.title if new_title is None else new_title,
                author=project.author if new_author is None else new_author,
            )
            tables.put_project(connection, changed)

        self._writing(caller, project_id, work)
        return self.status(caller, project_id)

    def control(self, caller: Caller, project_id: str, action: str) -> ProjectStatus:
        """Pause, resume or delete a project; returns it as it is then, or was before deletion.

        Raises ValidationError for another action.
        """
        from tts_core.projects import tables

        if action not in ACTIONS:
            raise ValidationError(
                f"action must be one of {', '.join(ACTIONS)}; got {shown(action)}.", "action"
            )
        if action == "delete":
            return self._delete(caller, project_id)

        def work(connection: Connection, project: Project) -> None:
            tables.set_paused(connection, project.id, action == "pause")
            if action == "resume":
                tables.retry_failed(connection, project.id)

        self._writing(caller, project_id, work)
        self._planner.wake()
        return self.status(caller, project_id)

    def _delete(self, caller: Caller, project_id: str) -> ProjectStatus:
        from tts_core.projects import tables

        status = self.status(caller, project_id)
        self._database.write(lambda c: tables.set_paused(c, project_id, True))
        self._worker.drop(project_id)
        try:
            self._folder.begin_delete(project_id)
        except OSError as error:
            raise disk_error(error) from error
        self._database.write(lambda c: tables.delete_project(c, project_id))
        self._folder.finish_delete(project_id)
        self._journal.drop(project_id)
        self._has_changed(project_id)
        return status

    def forget_visitor(self, owner: str) -> None:
        """Delete an absent visitor's projects on this machine; none of an operator's."""
        from tts_core.projects import tables

        for project in self._database.read(lambda c: tables.projects_of(c, owner)):
            if self._folder.exists(project.id) and not project.source.operator:
                self._delete(Caller(), project.id)

    def import_package(self, caller: Caller, path: Path) -> ProjectStatus:
        """Add the project of a file that `export` wrote. It is paused; what has sound keeps it.

        Raises ValidationError or TooLargeError for any other file, NotAuthorized, RateLimited.
        """
        from tts_core.projects.package import read_package

        self._admit(caller)
        owner = self._maker(caller)
        self._database.read(lambda c: self._check_room(c, owner))
        try:
            found = read_package(
                path, owner, caller, self._settings.project_characters, self._folder
            )
        except OSError as error:
            raise disk_error(error) from error
        self._store(found.project, found.segments, found.takes)
        return self.status(caller, found.project.id)

    def _store(
        self, project: Project, segments: Sequence[ProjectSegment], takes: Sequence[Take] = ()
    ) -> None:
        """Store a new project whose folder there is; if that fails, the folder is deleted.

        Its own row comes last, so that nobody sees a part of it.
        """
        from tts_core.projects import tables

        def works() -> Iterator[Callable[[Connection], object]]:
            for some in in_parts(segments):
                yield partial(tables.add_segments, project_id=project.id, segments=some)
            for few in in_parts(takes):
                yield partial(tables.add_takes, project_id=project.id, takes=few)

        def add(connection: Connection) -> None:
            self._check_room(connection, project.owner)
            tables.put_project(connection, project)

        try:
            self._database.write_all(works())
            with self._adding:
                self._database.write(add)
        except BaseException:
            with suppress(StorageError):
                self._database.write(partial(tables.delete_project, project_id=project.id))
            self._folder.begin_delete(project.id)
            self._folder.finish_delete(project.id)
            raise
        self._folder.keep(project.id)
        self._worker.wake()
        if project.planning is not None:
            self._planner.wake()

    # Helpers.

    def _check_room(self, connection: Connection, owner: str) -> None:
        """Raise TooLargeError when an owner has as many projects as there may be."""
        from tts_core.projects import tables

        most = self._settings.projects_per_owner
        count = tables.count_projects(connection, owner)
        if count >= most:
            raise TooLargeError(
                f"You have {count:,} projects; the limit is {most:,}. Delete one first, or raise "
                "TTS_PROJECTS_PER_OWNER on your own server.",
                "document",
            )

    def _maker(self, caller: Caller) -> str:
        """Return the owner of what a caller makes. Raises NotAuthorized."""
        if self._viewer(caller) == "":
            raise NotAuthorized(
                "Each user of this server has separate projects, so it must know who you are: use "
                "the page, a Gradio session, or an API key."
            )
        return caller.owner_id
