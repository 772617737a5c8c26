"""Spoken books for tests of the exporters: tones, whose samples are known."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import av
import numpy as np
from PIL import Image

from tts_core.audio.encode import open_encoder
from tts_core.export.book import SpokenBook, SpokenChapter, SpokenSegment
from tts_core.types import Samples

RATE = 24_000


def tone(seconds: float, hertz: float = 220.0, rate: int = RATE, level: float = 0.1) -> Samples:
    """A sine that fades in and out within 5 ms, as speech does."""
    count = round(seconds * rate)
    sound = level * np.sin(2 * np.pi * hertz / rate * np.arange(count))
    ramp = np.minimum(1, np.arange(count) / (0.005 * rate))
    return (sound * ramp * ramp[::-1]).astype(np.float32)


def segment(
    path: Path, samples: Samples, text: str = "A sentence.", rate: int = RATE, **fields: object
) -> SpokenSegment:
    """Write a FLAC file and return a segment of it."""
    with path.open("wb") as file, open_encoder("flac", rate, file) as encoder:
        encoder.write(samples)
    return SpokenSegment(text, path, len(samples) / rate, **fields)  # type: ignore[arg-type]


def tones(folder: Path, chapters: int = 3, sentences: int = 3, **fields: object) -> SpokenBook:
    """A book in which each sentence is a tone of its own pitch, of about a second."""
    made = []
    for number in range(chapters):
        row = [
            segment(
                folder / f"{number}-{index}.flac",
                tone(0.8 + 0.1 * index + 0.013 * number, 200 + 40 * index + 15 * number),
                f"Sentence {index + 1} of chapter {number + 1}.",
                pause_after=0.3,
                begins_paragraph=index % 2 == 0,
            )
            for index in range(sentences)
        ]
        made.append(SpokenChapter(f"Chapter {number + 1}", tuple(row)))
    values = {"title": "A Book", "author": "A. Writer", "language": "en", **fields}
    return SpokenBook(chapters=tuple(made), **values)  # type: ignore[arg-type]


def decoded(path: Path) -> tuple[Samples, int]:
    """The samples of a file's sound, shape (n,), and their rate in Hz."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        frames = [frame.to_ndarray().reshape(-1) for frame in container.decode(stream)]
        rate = stream.rate
    sound = np.concatenate(frames)
    full_scale = 1 if sound.dtype.kind == "f" else 2.0 ** (8 * sound.itemsize - 1)
    return (sound / full_scale).astype(np.float32), rate


def picture(kind: str = "JPEG") -> bytes:
    """A cover."""
    file = io.BytesIO()
    Image.new("RGB", (64, 64), "red").save(file, kind)
    return file.getvalue()


def starts(sound: Samples, rate: int, silence: float = 0.1) -> Sequence[int]:
    """Where sound begins after at least `silence` seconds below -60 dBFS."""
    loud = np.flatnonzero(np.abs(sound) > 0.001)
    gaps = np.diff(loud, prepend=-rate)
    return [int(place) for place in loud[gaps > silence * rate]]
