"""How surely the watermark is found, after what happens to sound.

    .venv/bin/python -m tests.benchmarks.watermark FOLDER [CLIPS] [LONG]

FOLDER: sound files with speech, none of it marked: of Aloud (`TTS_MARK=off`) and of people. CLIPS
pieces (500) of 3 and of 10 s are drawn from them by a seed, and LONG (100) of 60 s from those that
are long enough. Each piece is marked with its own payload and then changed. A mark counts as found
where its score exceeds all but 1 % of those of as many clean pieces, changed alike; `read`: where
its payload was read, too. Then: how often the confidence is wrong on clean pieces, with the public
key and with 20 others that no one uses; the cost; and how far DNSMOS P.808 falls (needs the
packages of `tests.benchmarks.quality`).
"""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import av
import numpy as np
import soundfile
from av.audio.stream import AudioStream
from scipy.stats import norm

from tts_core.audio.resample import resample
from tts_core.marks.watermark import SYNC, Payload, Watermark
from tts_core.marks.watermark_detect import detect, score
from tts_core.types import AudioChunk, Samples

RATE = 24_000
DAY = date(2026, 11, 27)
NOISE_DB = 10.0

Attack = Callable[[Samples, np.random.Generator], AudioChunk]


def coded(format: str, codec: str, bit_rate: int, rate: int = RATE) -> Attack:
    """Return what encodes and decodes a sound."""

    def attack(samples: Samples, _: np.random.Generator) -> AudioChunk:
        file = io.BytesIO()
        with av.open(file, "w", format=format) as out:
            stream = out.add_stream(codec, rate=rate, layout="mono", bit_rate=bit_rate)
            assert isinstance(stream, AudioStream)
            chunk = resample(AudioChunk(samples, RATE), rate)
            pcm = (chunk.samples * 32767).astype(np.int16)[None]
            frame = av.AudioFrame.from_ndarray(pcm, format="s16", layout="mono")
            frame.sample_rate = rate
            for piece in (frame, None):
                out.mux(stream.encode(piece))
        file.seek(0)
        return decoded(file)

    return attack


def decoded(file: io.BytesIO) -> AudioChunk:
    """Return the sound of a file."""
    with av.open(file, "r") as source:
        to_float = av.AudioResampler("fltp", "mono")
        frames = [f for frame in source.decode(audio=0) for f in to_float.resample(frame)]
        rate = source.streams.audio[0].rate
    return AudioChunk(np.concatenate([f.to_ndarray()[0] for f in frames]), rate)


def stretched(factor: float) -> Attack:
    """Return what plays a sound faster with its pitch kept (WSOLA, FFmpeg's atempo)."""

    def attack(samples: Samples, _: np.random.Generator) -> AudioChunk:
        graph = av.filter.Graph()
        source = graph.add_abuffer(sample_rate=RATE, format="fltp", layout="mono")
        graph.link_nodes(source, graph.add("atempo", str(factor)), graph.add("abuffersink"))
        graph.configure()
        frame = av.AudioFrame.from_ndarray(samples[None], format="fltp", layout="mono")
        frame.sample_rate = RATE
        pieces = []
        graph.push(frame)
        graph.push(None)
        while True:
            try:
                pieces.append(graph.pull().to_ndarray()[0])
            except (av.error.EOFError, av.error.BlockingIOError):
                return AudioChunk(np.concatenate(pieces), RATE)

    return attack


def resampled(factor: float) -> Attack:
    """Return what plays a sound faster, and higher by as much."""

    def attack(samples: Samples, _: np.random.Generator) -> AudioChunk:
        return resample(AudioChunk(samples, round(RATE * factor)), RATE)

    return attack


def noisy(samples: Samples, random: np.random.Generator) -> AudioChunk:
    """Add white noise at a signal-to-noise ratio of `NOISE_DB`."""
    level = np.sqrt(np.mean(samples**2)) * 10 ** (-NOISE_DB / 20)
    noise = random.normal(0, level, len(samples))
    return AudioChunk((samples + noise).astype(np.float32), RATE)


def at_16_khz(samples: Samples, _: np.random.Generator) -> AudioChunk:
    return resample(AudioChunk(samples, RATE), 16_000)


ATTACKS: dict[str, Attack] = {
    "cut out of the middle": lambda samples, _: AudioChunk(samples, RATE),
    "16 kHz": at_16_khz,
    "MP3, 64 kbit/s": coded("mp3", "libmp3lame", 64_000),
    "Opus, 24 kbit/s": coded("ogg", "libopus", 24_000, 48_000),
    "white noise, 10 dB": noisy,
    "-20 dB, 16 bits": lambda s, _: AudioChunk(
        np.round(s * 3276.7).astype(np.float32) / 32768, RATE
    ),
    "5 % faster, resampled": resampled(1.05),
    "5 % slower, resampled": resampled(0.95),
    "5 % faster, stretched": stretched(1.05),
    "5 % slower, stretched": stretched(0.95),
}


def pieces(
    files: list[Path], seconds: float, count: int
) -> Iterator[tuple[Samples, Samples, Payload]]:
    """Yield `count` pieces of the files, clean and marked, each begun anywhere in its sound."""
    random = np.random.default_rng(25)
    long_enough = [path for path in files if soundfile.info(path).duration >= seconds + 0.2]
    for number in range(count):
        info = soundfile.info(path := long_enough[number % len(long_enough)])
        # Marked from a while before, as a stream is.
        before = random.uniform(0.1, min(info.duration - seconds, 5.0))
        start = random.uniform(0, info.duration - seconds - before)
        sound, rate = soundfile.read(
            path,
            round((seconds + before) * info.samplerate),
            round(start * info.samplerate),
            dtype="float32",
        )
        clean = resample(AudioChunk(sound if sound.ndim == 1 else sound[:, 0], rate), RATE).samples
        payload = Payload(number, DAY)
        marked = Watermark(RATE, payload).process(clean)
        cut, size = round(before * RATE), round(seconds * RATE)
        yield clean[cut : cut + size], marked[cut : cut + size], payload


def row(name: str, attack: Attack, files: list[Path], seconds: float, count: int) -> list[float]:
    """Print how surely marks are found; return the confidences of clean pieces."""
    random = np.random.default_rng(5)
    clean_scores, confidences, marked_scores, marked_confidences, read = [], [], [], [], 0
    for clean, marked, payload in pieces(files, seconds, count):
        found = detect(attack(clean, random))
        clean_scores.append(found.score)
        confidences.append(found.confidence)
        found = detect(attack(marked, random))
        marked_scores.append(found.score)
        marked_confidences.append(found.confidence)
        read += found.payload == payload
    limit = np.quantile(clean_scores, 0.99)
    hit = np.mean(np.array(marked_scores) > limit)
    sure = np.mean(np.array(marked_confidences) >= 0.999)
    print(
        f"| {name} | {seconds:g} s | {100 * hit:.1f} % | {100 * sure:.1f} % "
        f"| {100 * read / count:.0f} % | {np.median(marked_scores):.1f} | {limit:.1f} |",
        flush=True,
    )
    return confidences


def calibration(files: list[Path], seconds: float, count: int, keys: int = 20) -> None:
    """Print how often clean pieces have a confidence that they should have less often."""
    shuffle = np.random.default_rng(7)
    others = [shuffle.permuted(SYNC, axis=0) for _ in range(keys)]
    confidences = np.array(
        [
            score(AudioChunk(clean, RATE), key).confidence
            for clean, _, _ in pieces(files, seconds, count)
            for key in others
        ]
    )
    for limit in (0.9, 0.99, 0.999):
        print(
            f"confidence of at least {limit:g}, other keys, {seconds:g} s: "
            f"{100 * np.mean(confidences >= limit):.2f} % of {len(confidences)}",
            flush=True,
        )


def cost(files: list[Path]) -> None:
    """Print the CPU time of marking, per second of sound."""
    for clean, _, _ in pieces(files, 60, 1):
        for block in (0.02, 0.1, 1.0):
            size = round(block * RATE)
            mark = Watermark(RATE, Payload(1, DAY))
            began = time.process_time()
            for start in range(0, len(clean), size):
                mark.process(clean[start : start + size])
            used = time.process_time() - began
            print(f"marking blocks of {block:g} s: real-time factor {used / 60:.4f}")
        began = time.process_time()
        detect(AudioChunk(clean, RATE))
        print(f"looking for it in 60 s: {time.process_time() - began:.1f} s")


def quality(files: list[Path], count: int) -> None:
    """Print how far DNSMOS P.808 falls, with what the mean may be off (95 %)."""
    from speechmos import dnsmos

    falls = []
    for pair in pieces(files, 9.5, count):
        rated = [
            dnsmos.run(np.clip(resample(AudioChunk(s, RATE), 16_000).samples, -1, 1), sr=16_000)
            for s in pair[:2]
        ]
        falls.append(rated[0]["p808_mos"] - rated[1]["p808_mos"])
    off = norm.ppf(0.975) * np.std(falls) / np.sqrt(count)
    print(f"DNSMOS P.808 falls by {np.mean(falls):.3f} +- {off:.3f} ({count} pieces of 9.5 s)")


def main(folder: Path, count: int, long: int) -> None:
    files = sorted(p for p in folder.iterdir() if p.suffix in (".wav", ".flac", ".mp3"))
    cost(files)
    quality(files, max(count // 5, 1))
    print("| after | length | found, 1 % false | confidence of .999 | read | score | limit |")
    print("|---|---|---|---|---|---|---|")
    for seconds, pieces_of in ((3.0, count), (10.0, count), (60.0, long)):
        for name, attack in ATTACKS.items():
            row(name, attack, files, seconds, pieces_of)
    for seconds in (3.0, 10.0):
        calibration(files, seconds, count)


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[2:]]
    main(Path(sys.argv[1]), *(given + [500, 100][len(given) :]))
