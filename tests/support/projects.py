"""Projects of short texts."""

from __future__ import annotations

from pathlib import Path

from tests.support.waiting import wait_until
from tts_core.projects.asked import narration_of
from tts_core.projects.status import ProjectStatus
from tts_core.service import SpeechService
from tts_core.types import Caller

ME = Caller()
TEXT = "This is the first. This is the second.\n\nHere is the third, and here the fourth. The end."
SENTENCES = (
    "This is the first.",
    "This is the second.",
    "Here is the third, and here the fourth.",
    "The end.",
)


def begun(
    service: SpeechService,
    folder: Path,
    text: str = TEXT,
    caller: Caller = ME,
    **narration: object,
) -> str:
    """Make a project of a text and return its id."""
    path = folder / "book.txt"
    path.write_text(text, encoding="utf-8")
    asked = narration_of(**({"engine": "journal"} | narration))  # type: ignore[arg-type]
    return service.projects.narrate(caller, path, path.name, asked).project_id


def ended(
    service: SpeechService, project_id: str, caller: Caller = ME, seconds: float = 30.0
) -> ProjectStatus:
    """Wait until nothing is made of a project any more, and return how it is."""
    wait_until(
        lambda: service.projects.status(caller, project_id).state not in ("waiting", "working"),
        seconds,
    )
    return service.projects.status(caller, project_id)


def texts(service: SpeechService, project_id: str, caller: Caller = ME) -> list[str]:
    """Return the texts of all segments."""
    return [s.text for s in service.projects.segments(caller, project_id, 0, 1_000)]
