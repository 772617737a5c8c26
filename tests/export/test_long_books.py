"""Memory does not grow with a book, and more than 4 GB of WAV can be read."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import av
import pytest

from tests.support.spoken_books import segment, tone
from tts_core.export.book import SpokenBook, SpokenChapter
from tts_core.export.write import export_book

MEGABYTE = 2**20
CHILD = """
import resource, sys
from pathlib import Path
from tts_core.export.book import SpokenBook, SpokenChapter, SpokenSegment
from tts_core.export.write import export_book
sound, folder, format, minutes = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
text = "A sentence of a long book, which is heard again and again."
chapters = [
    # Of another length each, so that each is encoded.
    SpokenChapter(f"{n}", (SpokenSegment(text, sound, 6.0, 0.001 * n), *[
        SpokenSegment(text, sound, 6.0)] * 99))
    for n in range(minutes // 10)
]
book = SpokenBook("Long", "", "en", tuple(chapters))
export_book(book, format, folder / "out", cache=folder / "cache")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def peak(sound: Path, folder: Path, format: str, minutes: int) -> int:
    """The most memory that a process has which exports so many minutes, in bytes."""
    command = [sys.executable, "-c", CHILD, sound, folder, format, f"{minutes}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return int(done.stdout) * 1024


@pytest.mark.thorough
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("format", ["m4b", "mp3", "flac", "opus", "wav", "srt", "epub"])
def test_memory_is_flat(tmp_path: Path, format: str) -> None:
    """Two hours take no more than ten minutes do, but for the index of M4B."""
    sound = segment(tmp_path / "a.flac", tone(6.0)).audio
    short = peak(sound, tmp_path / "short", format, 10)
    long = peak(sound, tmp_path / "long", format, 120)
    allowed = 20 if format == "m4b" else 10
    assert long - short < allowed * MEGABYTE


@pytest.mark.thorough
@pytest.mark.timeout(1200)
def test_a_wav_above_four_gigabytes(tmp_path: Path) -> None:
    if shutil.disk_usage(tmp_path).free < 6e9:
        pytest.skip("needs 6 GB of disk space")
    hours = 12.5
    end = segment(tmp_path / "b.flac", tone(1.0, rate=48_000), rate=48_000)
    start = segment(
        tmp_path / "a.flac", tone(1.0, rate=48_000), rate=48_000, pause_after=hours * 3600
    )
    book = SpokenBook("Long", "", "en", (SpokenChapter("", (start, end)),))
    path = export_book(book, "wav", tmp_path / "out", cache=tmp_path / "cache")
    assert path.stat().st_size > 2**32
    with path.open("rb") as file:
        assert file.read(4) == b"RF64"
    with av.open(str(path)) as file:
        stream = file.streams.audio[0]
        assert stream.duration is not None
        assert float(stream.duration * stream.time_base) > hours * 3600
        file.seek(round((hours * 3600 + 1.2) / stream.time_base), stream=stream)
        frame = next(file.decode(stream))
        assert abs(frame.to_ndarray()).max() > 1_000
    path.unlink()
