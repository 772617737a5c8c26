"""Checks of what a caller asks of a project."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tts_core.errors import ConflictError, DiskFullError, TTSError, ValidationError, as_tts_error
from tts_core.projects.project import Narration, Project, ProjectSegment, request_of
from tts_core.synthesis.planner import Plan
from tts_core.system import disk
from tts_core.types import SpeechRequest
from tts_core.validation import shown

SAMPLE = "Hello 1."
"""Has something to speak in every language."""


@dataclass(frozen=True, slots=True)
class VoiceCheck:
    """Checks voices, engines and options by planning a request that has them."""

    plan: Callable[[SpeechRequest], Plan]
    """Raises ValidationError or one of its subclasses, and EngineUnavailable."""

    def narrator(self, narration: Narration, sample: str) -> Plan:
        """Return the plan of a sample of a document: its engine, voice and language."""
        request = SpeechRequest(
            text=f"{sample}\n\n{SAMPLE}",
            voice=narration.voice,
            engine=narration.engine,
            language=narration.language,
            speed=narration.speed,
            pitch=narration.pitch,
            options=narration.options,
            reading=narration.reading,
            door="project",
        )
        return self.plan(request)

    def speaker(self, project: Project, speaker: str = "") -> None:
        """Raise what a request for a speaker's voice would raise; "" is the narrator."""
        self.segment(project, ProjectSegment("", 0, 0, SAMPLE, speaker=speaker))

    def segment(self, project: Project, segment: ProjectSegment) -> None:
        """Raise what a request for a segment would raise."""
        self.plan(request_of(project, segment))

    def cast(self, project: Project) -> None:
        """Raise what the first voice of the cast would raise that cannot speak."""
        for speaker in project.narration.cast:
            self.speaker(project, speaker)


def check_number(field: str, value: float, low: float, high: float) -> None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not low <= value <= high:
        raise ValidationError(
            f"{field} must be a number from {low:g} to {high:g}; got {shown(value)}.", field
        )


def check_planned(project: Project) -> None:
    """Raise ConflictError while the document of a project is being cut."""
    if project.planning is not None:
        raise ConflictError(
            "The project is not complete: its document is still being read "
            f"({project.planning.fraction:.0%}). Wait until it is; its status says how far.",
            "project_id",
        )


def disk_error(error: OSError) -> TTSError:
    """Return what to tell of a failure to write a file of a project."""
    if disk.is_full(error):
        return DiskFullError(
            "The disk is full. Free some space, for instance by deleting projects or recordings, "
            "then try again; a file of the format m4b or opus needs the least."
        )
    return as_tts_error(error)


def storable(text: str) -> str:
    """Return a text without what databases refuse: NUL, and lone surrogates."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def one_line(text: str) -> str:
    """Return a title or a name on one line, of at most 200 characters."""
    printable = "".join(c if c.isprintable() else " " for c in storable(text)[:2_000])
    return " ".join(printable.split())[:200]
