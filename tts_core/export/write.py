"""Writes a spoken book as a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tts_core.export.book import SpokenBook

EXPORT_FORMATS: tuple[str, ...] = ("m4b", "mp3", "opus", "flac", "wav", "srt", "vtt", "epub")


def export_book(
    book: SpokenBook,
    format: str,
    folder: Path,
    *,
    cache: Path,
    preset: str = "",
    mark: Callable[[Path, str], object] | None = None,
) -> Path:
    """Write a book into a folder and return the file."""
    raise NotImplementedError
