"""Files that visitors upload: whose they are, how many are worked on at once, when they go."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from tts_core.errors import ValidationError
from tts_core.settings import Settings

RECORDINGS: dict[str, Any] = {"concurrency_id": "recordings", "concurrency_limit": 2}
"""For every Gradio event that decodes recordings: each may take some hundred megabytes."""


def uploaded(file: object, settings: Settings) -> Path:
    """The path of a file that was uploaded. Gradio sees to that only where a caller says it is one.

    Raises ValidationError.
    """
    path = file.get("path") if isinstance(file, dict) else getattr(file, "path", None)
    with suppress(ValueError, OSError):  # NUL, or a name that is too long
        folder = settings.uploads_path.resolve()
        if isinstance(path, str) and Path(path).resolve().is_relative_to(folder):
            return Path(path).resolve()
    raise ValidationError("audio must be an uploaded file; send handle_file(path).", "audio")


def discard(path: str | Path) -> None:
    """Delete an upload that has done its duty."""
    with suppress(OSError):
        Path(path).unlink()
