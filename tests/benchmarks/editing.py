"""Speaking a text of 100 sentences again after one of them was edited, against the first time.

python -m tests.benchmarks.editing
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from tests.support.recordings import encoded, spoken
from tts_core.service import SpeechService
from tts_core.settings import Settings
from tts_core.validation import speech_request

WORDS = "light water stone paper river garden window summer"


def text(edited: str = "") -> str:
    sentences = [f"Sentence number {n} tells of {WORDS} and of number {n + 1}." for n in range(100)]
    if edited:
        sentences[50] = edited
    return " ".join(sentences)


def timed(service: SpeechService, text: str, voice: str) -> tuple[float, int]:
    began = time.perf_counter()
    _, info = service.synthesize(speech_request(text=text, voice=voice, engine="espeak"))
    return time.perf_counter() - began, info.cached


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        service = SpeechService(Settings(_env_file=None, data_dir=Path(folder), cache_mb=512))  # type: ignore[call-arg]
        recording = Path(folder) / "voice.wav"
        recording.write_bytes(encoded(spoken("f2"), "wav", "pcm_s16le"))
        service.voices.clone([recording], "Matched", consent=True)
        for voice in ("en-us", "Matched"):
            timed(service, "Warming up.", voice)
            first, _ = timed(service, text(), voice)
            time.sleep(2)
            again, cached = timed(service, text("This one has been edited."), voice)
            print(
                f"{voice:8} first {first:.2f} s, edited {again:.3f} s ({cached} of 100 cached): "
                f"ratio {first / again:.1f}"
            )
        service.close()


if __name__ == "__main__":
    main()
