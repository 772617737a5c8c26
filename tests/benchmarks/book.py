"""A 1 MB text (about 18 hours) into a file: memory, and time for each character.

    python -m tests.benchmarks.book [format]

Wanted: app and worker together grow by at most 100 MB; 1 MB takes at most 20 % more time for
each character than 100 kB.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

from tts_core.service import SpeechService
from tts_core.settings import Settings
from tts_core.validation import speech_request

PARAGRAPH = (
    "It was the best of times, it was the worst of times; it was the age of wisdom. "
    'Mr. Lorry, who paid 3.50 for the coach, said: "We shall be there by five o\'clock." '
    "Nobody answered him, for the road was long and the night was cold and wet. "
    "The mail went on, lumbering, jolting, rattling and bumping upon its tedious way.\n\n"
)


def book(characters: int) -> str:
    """Prose of that length."""
    return (PARAGRAPH * (characters // len(PARAGRAPH) + 1))[:characters]


class Memory:
    """Samples the resident memory of the app and its workers."""

    def __init__(self) -> None:
        self.peak = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    @staticmethod
    def now() -> int:
        """Bytes."""
        me = psutil.Process(os.getpid())
        return sum(p.memory_info().rss for p in [me, *me.children(recursive=True)])

    def _sample(self) -> None:
        while not self._stop.wait(0.2):
            self.peak = max(self.peak, self.now())

    def __enter__(self) -> Memory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()


def main() -> None:
    """Measure and print."""
    format = sys.argv[1] if len(sys.argv) > 1 else "wav"
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), max_text_length=2_000_000)
        service = SpeechService(settings)
        service.synthesize(speech_request(text=book(2_000)), format)
        before = Memory.now()
        print(f"before: {before / 1e6:.0f} MB (app and worker)")
        pace = {}
        for characters in (100_000, 1_000_000):
            with Memory() as memory:
                began = time.monotonic()
                path, info = service.synthesize(speech_request(text=book(characters)), format)
                seconds = time.monotonic() - began
            pace[characters] = seconds / characters
            print(
                f"{characters:>9,} characters: {info.duration_seconds / 3600:5.2f} h of speech, "
                f"{len(info.segments):,} segments, {len(info.words or []):,} words, "
                f"{path.stat().st_size / 1e6:,.0f} MB of {format} in {seconds:.1f} s "
                f"({pace[characters] * 1e6:.1f} us a character), "
                f"peak {memory.peak / 1e6:.0f} MB (+{(memory.peak - before) / 1e6:.0f} MB)"
            )
            path.unlink()
            del info
        print(
            f"time for each character, 1 MB against 100 kB: {pace[1_000_000] / pace[100_000]:.2f}"
        )
        service.close()


if __name__ == "__main__":
    main()
