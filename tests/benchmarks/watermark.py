"""How surely the watermark is found, after what happens to sound; Perth's beside it.

    python -m tests.benchmarks.watermark measure FOLDER RESULTS [--seconds 3] [--clips 500]
        [--perth 50]
    python -m tests.benchmarks.watermark table RESULTS
    python -m tests.benchmarks.watermark other-keys|cost|quality FOLDER [--clips 100]

FOLDER: sound files with speech, none of it marked: of Aloud (`TTS_MARK=off`) and of people. CLIPS
pieces are drawn from those that are long enough by a seed, each is marked with a payload of its
own, and the marked piece is changed in each way. The clean pieces are changed in one way each, in
turn. RESULTS is a file with a line
of JSON for each of these sounds; a run that was stopped goes on where it ended.

A mark counts as found where its score exceeds all but 1 % of those of clean pieces of that length;
`read`: where its payload was read, too. With `--perth`, Resemble's Perth (the package
`resemble-perth`, its implicit net) marks so many of the same pieces and looks for its mark; its
score is the mean of the mark's values before they are rounded.

`other-keys`: how often the confidence is wrong on clean pieces, with 20 keys that no one uses.
`cost`: processor time. `quality`: how far DNSMOS P.808 falls (needs the packages of
`tests.benchmarks.quality`).
"""

from __future__ import annotations

import argparse
import io
import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import av
import numpy as np
import soundfile
from av.audio.stream import AudioStream
from scipy.stats import norm

from tts_core.audio.resample import resample
from tts_core.marks.watermark import SYNC, Payload, Watermark
from tts_core.marks.watermark_detect import FOUND, detect, score
from tts_core.types import AudioChunk, Samples

RATE = 24_000
DAY = date(2026, 11, 27)
NOISE_DB = 10.0

Line = dict[str, Any]
"""Of RESULTS."""
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


def pieces(files: list[Path], seconds: float, count: int) -> Iterator[tuple[str, Samples, Samples]]:
    """Yield the file of `count` pieces, and what they are cut out of: what went before, and them.

    Both of shape (n,), at `RATE`; a piece begins anywhere in its file.
    """
    random = np.random.default_rng(25)
    long_enough = [path for path in files if soundfile.info(path).duration >= seconds + 0.2]
    for number in range(count):
        info = soundfile.info(path := long_enough[number % len(long_enough)])
        # Marked from a while before, as a stream is: up to a period of the pattern.
        before = random.uniform(0.1, min(info.duration - seconds, 2.7))
        start = random.uniform(0, info.duration - seconds - before)
        sound, rate = soundfile.read(
            path,
            round((seconds + before) * info.samplerate),
            round(start * info.samplerate),
            dtype="float32",
        )
        clean = resample(AudioChunk(sound if sound.ndim == 1 else sound[:, 0], rate), RATE).samples
        yield path.stem, clean[: round(before * RATE)], clean[round(before * RATE) :]


def marked(before: Samples, piece: Samples, number: int) -> Samples:
    """Return a piece, marked with a payload of that number."""
    mark = Watermark(RATE, Payload(number, DAY))
    mark.process(before)
    return mark.process(piece)


class Perth:
    """The peer. Needs PyTorch and librosa."""

    def __init__(self) -> None:
        from perth.perth_net.perth_net_implicit.perth_watermarker import PerthImplicitWatermarker

        self._net = PerthImplicitWatermarker()

    def marked(self, piece: Samples) -> Samples:
        found: Samples = self._net.apply_watermark(piece, sample_rate=RATE).astype(np.float32)
        return found

    def score(self, sound: AudioChunk) -> float:
        bits = self._net.get_watermark(sound.samples, sound.sample_rate, round=False)
        return float(np.mean(bits))


def heard(before: Samples, piece: Samples, number: int) -> Iterator[Line]:
    """Yield what the detector says of a piece, marked and changed in each way, and of clean ones.

    Of the clean ones, a changed one is enough: the 500 of all pieces set the limit.
    """
    ways, random = list(ATTACKS.items()), np.random.default_rng(number)
    ours = marked(before, piece, number)
    for by, samples, chosen in (
        (None, piece, [ways[number % len(ways)]]),
        ("Aloud", ours, ways),
    ):
        for way, attack in chosen:
            found = detect(attack(samples, random))
            yield {
                "detector": "Aloud", "by": by, "after": way, "score": found.score,
                "confidence": found.confidence, "read": found.payload == Payload(number, DAY),
            }  # fmt: skip


def heard_by_perth(perth: Perth, piece: Samples, number: int) -> Iterator[Line]:
    """Yield what Perth says of its own mark, and of clean pieces, all of them changed."""
    random, theirs = np.random.default_rng(number), perth.marked(piece)
    for by, samples in ((None, piece), ("Perth", theirs)):
        for way, attack in ATTACKS.items():
            score = perth.score(attack(samples, random))
            yield {"detector": "Perth", "by": by, "after": way, "score": score}


def measure(folder: Path, results: Path, seconds: float, count: int, perth: Perth | None) -> None:
    """Write what the detector says of clean and of marked pieces, or what Perth says instead."""
    detector = "Aloud" if perth is None else "Perth"
    known = list(map(json.loads, results.read_text().splitlines())) if results.exists() else []
    mine = [d["clip"] for d in known if (d["seconds"], d["detector"]) == (seconds, detector)]
    began = time.monotonic()
    with results.open("a") as out:
        for number, (name, before, piece) in enumerate(pieces(sound_files(folder), seconds, count)):
            if number <= max(mine, default=-1):
                continue
            said = (
                heard(before, piece, number)
                if perth is None
                else heard_by_perth(perth, piece, number)
            )
            known_of_it = {"seconds": seconds, "clip": number, "file": name}
            # All lines of a piece at once, so that a stopped run goes on with the next one.
            out.write("".join(json.dumps(known_of_it | line) + "\n" for line in list(said)))
            out.flush()
            if number % 10 == 0:
                used = time.monotonic() - began
                print(f"{seconds:g} s, piece {number}: {used:.0f} s", flush=True)


def table(results: Path) -> None:
    """Print how surely marks are found."""
    rows: defaultdict[tuple[str, float, str | None], list[Line]] = defaultdict(list)
    for line in map(json.loads, results.read_text().splitlines()):
        rows[line["detector"], line["seconds"], line["by"] and line["after"]].append(line)
    for detector, seconds in sorted({key[:2] for key in rows}):
        clean = [line["score"] for line in rows[detector, seconds, None]]
        limit = np.quantile(clean, 0.99)
        print(f"\n{detector}, {seconds:g} s; limit {limit:.3g}, which 1 % of {len(clean)} have")
        print(f"confidences of clean pieces: {confidences(rows[detector, seconds, None])}")
        for way in ATTACKS:
            lines = rows[detector, seconds, way]
            scores = np.array([line["score"] for line in lines])
            sure = np.mean([line.get("confidence", 0) >= FOUND for line in lines])
            read = np.mean([line.get("read", False) for line in lines])
            print(
                f"| {way} | {(scores > limit).sum()} of {len(lines)} | {100 * sure:.1f} % "
                f"| {100 * read:.0f} % | {np.median(scores):.3g}, {scores.min():.3g} |"
            )


def confidences(lines: list[Line]) -> str:
    """Return the share of lines with a confidence of at least .5, .9, .99 and .999."""
    known = np.array([line.get("confidence", np.nan) for line in lines])
    return ", ".join(f"{x:g}: {100 * np.mean(known >= x):.1f} %" for x in (0.5, 0.9, 0.99, FOUND))


def other_keys(files: list[Path], seconds: float, count: int, keys: int = 20) -> None:
    """Print how often clean pieces have a confidence that they should have less often."""
    shuffle = np.random.default_rng(7)
    others = [shuffle.permuted(SYNC, axis=0) for _ in range(keys)]
    known = np.array(
        [
            score(AudioChunk(clean, RATE), key).confidence
            for _, _, clean in pieces(files, seconds, count)
            for key in others
        ]
    )
    for limit in (0.5, 0.9, 0.99, FOUND):
        print(
            f"confidence of at least {limit:g}, other keys, {seconds:g} s: "
            f"{100 * np.mean(known >= limit):.2f} % of {len(known)}",
            flush=True,
        )


def cost(files: list[Path], passes: int = 5) -> None:
    """Print the CPU time of marking, per second of sound: the least of some passes."""
    seconds = 20.0
    _, _, clean = next(pieces(files, seconds, 1))
    for block in (0.02, 0.1, 0.5, 1.0):
        size, used = round(block * RATE), []
        for _ in range(passes):
            mark = Watermark(RATE, Payload(1, DAY))
            began = time.process_time()
            for start in range(0, len(clean), size):
                mark.process(clean[start : start + size])
            used.append(time.process_time() - began)
        print(f"marking blocks of {block:g} s: real-time factor {min(used) / seconds:.4f}")
    for name, sound in (("clean", clean), ("marked", marked(clean[:0], clean, 1))):
        used = []
        for _ in range(passes):
            began = time.process_time()
            detect(AudioChunk(sound, RATE))
            used.append(time.process_time() - began)
        print(f"looking for it in {seconds:g} s, {name}: {min(used):.2f} s")


def quality(files: list[Path], count: int) -> None:
    """Print how far DNSMOS P.808 falls, with what the mean may be off (95 %)."""
    from speechmos import dnsmos

    falls = []
    for number, (_, before, piece) in enumerate(pieces(files, 9.1, count)):
        rated = [
            dnsmos.run(np.clip(resample(AudioChunk(s, RATE), 16_000).samples, -1, 1), sr=16_000)
            for s in (piece, marked(before, piece, number))
        ]
        falls.append(rated[0]["p808_mos"] - rated[1]["p808_mos"])
        if number % 10 == 9:
            off = norm.ppf(0.975) * np.std(falls) / np.sqrt(len(falls))
            print(
                f"DNSMOS P.808 falls by {np.mean(falls):.3f} +- {off:.3f} "
                f"({len(falls)} pieces of 9.1 s)",
                flush=True,
            )


def sound_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix in (".wav", ".flac", ".mp3"))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["measure", "table", "other-keys", "cost", "quality"])
    parser.add_argument("paths", type=Path, nargs="+")
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--clips", type=int, default=500)
    parser.add_argument("--perth", type=int, default=0)
    given = parser.parse_args()
    if given.what == "measure":
        perth = Perth() if given.perth else None
        folder, results = given.paths
        measure(folder, results, given.seconds, given.perth or given.clips, perth)
    elif given.what == "table":
        table(*given.paths)
    elif given.what == "other-keys":
        other_keys(sound_files(*given.paths), given.seconds, given.clips)
    elif given.what == "cost":
        cost(sound_files(*given.paths))
    else:
        quality(sound_files(*given.paths), given.clips)


if __name__ == "__main__":
    main()
