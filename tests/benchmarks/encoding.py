"""How fast the encoders and the joiner are, on ten minutes of sound. Run by hand:

    python -m tests.benchmarks.encoding

Prints seconds of CPU and the real-time factor (CPU seconds per second of audio), with
soundfile's own WAV and FLAC writers beside them.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable

import numpy as np
import soundfile

from tts_core.audio.encode import FORMATS, StreamSink, open_encoder, to_int16
from tts_core.audio.join import Joiner
from tts_core.types import Pause, Samples

RATE = 24_000
SECONDS = 600
PIECE = RATE // 10
SENTENCE = 4 * RATE


def speech_like() -> Samples:
    """Harmonics of a gliding pitch, some noise, and half a second of silence every four."""
    rng = np.random.default_rng(0)
    moment = np.arange(RATE * SECONDS) / RATE
    phase = 2 * np.pi * (140 * moment + 3 * np.sin(2.1 * moment))
    sound = sum(np.sin(k * phase) / k for k in range(1, 20))
    sound = 0.2 * sound + 0.01 * rng.standard_normal(len(moment))
    sound *= 0.6 + 0.4 * np.sin(2 * np.pi * 3.3 * moment)
    sound[moment % 4 > 3.5] = 0
    return sound.astype(np.float32)


def pieces(samples: Samples) -> list[Samples]:
    return [samples[i : i + PIECE] for i in range(0, len(samples), PIECE)]


def encode(name: str, samples: Samples, sink: io.BytesIO) -> int:
    sent = 0
    with open_encoder(name, RATE, sink) as encoder:
        for piece in pieces(samples):
            encoder.write(piece)
            if isinstance(sink, StreamSink):
                sent += len(sink.drain())
    return sent + len(sink.getvalue())


def soundfile_write(name: str, samples: Samples) -> int:
    sink = io.BytesIO()
    with soundfile.SoundFile(sink, "w", RATE, 1, "PCM_16", format=name) as file:
        for piece in pieces(samples):
            file.write(to_int16(piece))
    return len(sink.getvalue())


def join(samples: Samples) -> int:
    joiner = Joiner(RATE)
    total = 0
    for start in range(0, len(samples), SENTENCE):
        for piece in pieces(samples[start : start + SENTENCE]):
            total += len(joiner.push(piece))
        total += len(joiner.finish_segment(Pause.SENTENCE))
    return 4 * (total + len(joiner.close()))


def report(label: str, work: Callable[[], int]) -> None:
    before = time.process_time()
    size = work()
    spent = time.process_time() - before
    factor = spent / SECONDS
    print(f"{label:16} {spent:7.2f} s   RTF {factor:.5f}   {1 / factor:6.0f} x   {size:>11,} bytes")


def main() -> None:
    samples = speech_like()
    report("joiner", lambda: join(samples))
    for name in FORMATS:
        report(f"{name} file", lambda name=name: encode(name, samples, io.BytesIO()))
        report(f"{name} stream", lambda name=name: encode(name, samples, StreamSink()))
    for name in ("WAV", "FLAC"):
        report(f"soundfile {name}", lambda name=name: soundfile_write(name, samples))


if __name__ == "__main__":
    main()
