"""Ten hours of speech as an audiobook: first export, again, and after an edit; time and memory.

    python -m tests.benchmarks.book_export [HOURS] [FORMAT …]

40 chapters of hibari's sentences, each a file of its own, as projects keep them. Each export runs
in a process of its own, whose memory (PSS, above what it has after the imports) is looked at every
50 ms. Wanted: at most 100 MB, and after an edit at most 10 % of the first export's time. Times are
on the wall, with the processor's in brackets: on a busy machine only those can be compared.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from tts_core.export.book import SpokenBook, SpokenChapter, SpokenSegment
from tts_core.export.write import export_book
from tts_core.service import SpeechService
from tts_core.settings import Settings
from tts_core.types import SpeechRequest

CHAPTERS = 40
SENTENCES = (
    "It was the best of times, it was the worst of times; it was the age of wisdom.",
    "Nobody answered him, for the road was long and the night was cold and wet.",
    "The mail went on, lumbering, jolting, rattling and bumping upon its tedious way.",
    "Why would anyone do that?",
    "All human beings are born free and equal in dignity and rights.",
    "She opened the window and looked down into the garden, where the children were playing.",
    "I have never seen anything like it in my whole life.",
    "We shall be there by five, said Mr. Lorry, who paid for the coach.",
)


def spoken(folder: Path) -> list[SpokenSegment]:
    """The sentences, spoken once."""
    settings = Settings(_env_file=None, data_dir=folder, runner="inline", cache_mb=0)  # type: ignore[call-arg]
    made = []
    with closing(SpeechService(settings)) as service:
        for number, text in enumerate(SENTENCES):
            path, info = service.synthesize(SpeechRequest(text=text, engine="hibari"), "flac")
            kept = path.rename(folder / f"{number}.flac")
            made.append(SpokenSegment(text, kept, info.duration_seconds))
    return made


def book(folder: Path, hours: float) -> SpokenBook:
    """Chapters of different orders of the sentences, each with files of its own."""
    made = spoken(folder)
    each = sum(segment.duration + 0.4 for segment in made) / len(made)
    count = round(hours * 3600 / CHAPTERS / each)
    chapters = []
    for number in range(CHAPTERS):
        row = []
        for index in range(count):
            one = made[(index * (number + 1) + number) % len(made)]
            path = folder / f"{number}-{index}.flac"
            path.write_bytes(one.audio.read_bytes())
            row.append(replace(one, audio=path, pause_after=0.4 + 0.001 * number))
        chapters.append(SpokenChapter(f"Chapter {number + 1}", tuple(row)))
    return SpokenBook("Benchmark", "Nobody", "en", tuple(chapters))


def pss() -> int:
    """The proportional set size of this process in bytes."""
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return 1024 * int(next(line for line in lines if line.startswith("Pss:")).split()[1])


def child(saved: Path, format: str, folder: Path) -> None:
    """Export in this process; print the bytes and the seconds that it took."""
    loaded: SpokenBook = pickle.loads(saved.read_bytes())
    idle, highest, stop = pss(), 0, threading.Event()

    def watch() -> None:
        nonlocal highest
        while not stop.wait(0.05):
            highest = max(highest, pss())

    watcher = threading.Thread(target=watch)
    watcher.start()
    began = time.monotonic()
    path = export_book(loaded, format, folder / "out", cache=folder / "cache")
    seconds = time.monotonic() - began
    stop.set()
    watcher.join()
    cpu = sum(os.times()[:2])
    print(path.stat().st_size, idle, highest - idle, seconds, cpu)


def main() -> None:
    """Measure and print."""
    hours = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        whole = book(folder, hours)
        chapter = whole.chapters[CHAPTERS // 2]
        other = replace(chapter.segments[3], audio=chapter.segments[4].audio)
        segments = (*chapter.segments[:3], other, *chapter.segments[4:])
        chapters = list(whole.chapters)
        chapters[CHAPTERS // 2] = replace(chapter, segments=segments)
        edited = replace(whole, chapters=tuple(chapters))
        for format in sys.argv[2:] or ("m4b", "mp3", "wav"):
            first = 0.0
            for state, shown in (("first", whole), ("again", whole), ("after an edit", edited)):
                saved = folder / "book.pickle"
                saved.write_bytes(pickle.dumps(shown))
                command = [sys.executable, "-m", __spec__.name, "--child", saved, format, folder]
                done = subprocess.run(command, capture_output=True, text=True, check=True)
                size, idle, grown, seconds, cpu = map(float, done.stdout.split())
                first = first or seconds
                print(
                    f"{format} of {hours:g} h, {state}: {seconds:.1f} s ({cpu:.1f} s), "
                    f"{100 * seconds / first:.0f} % of the first; {size / 1e6:.0f} MB; memory "
                    f"{idle / 1e6:.0f} MB +{grown / 1e6:.0f} MB",
                    flush=True,
                )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(Path(sys.argv[2]), sys.argv[3], Path(sys.argv[4]))
    else:
        main()
