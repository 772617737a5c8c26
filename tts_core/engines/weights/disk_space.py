"""Checks free disk space, and formats sizes."""

from __future__ import annotations

from pathlib import Path

from tts_core.engines.weights.catalog import Weights
from tts_core.errors import DownloadError
from tts_core.system.disk import MARGIN_BYTES, free_bytes


def check_room(weights: Weights, cache: Path, needed: int) -> None:
    """Check that the disk of `cache` has `needed` bytes and a margin. Raises DownloadError."""
    free = free_bytes(cache)
    if free < needed + MARGIN_BYTES:
        raise DownloadError(
            f"{weights.label} needs {size_text(needed + MARGIN_BYTES)} of free disk; {cache} has "
            f"{size_text(free)}. Free some space, or set HF_HUB_CACHE to a folder on a larger disk."
        )


def size_text(count: float) -> str:
    """Return a number of bytes as text: "1.9 GB"."""
    if count >= 999.5e6:
        return f"{count / 1e9:.1f} GB"
    return f"{count / 1e6:.0f} MB" if count >= 999.5e3 else f"{count / 1e3:.0f} kB"
