"""The sound of a chapter, block by block: sentences and silences, at their level."""

from __future__ import annotations

import functools
import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import av
import numpy as np
from av.audio.frame import AudioFrame

from tts_core.audio.encode import open_encoder
from tts_core.audio.level import factor
from tts_core.audio.limiter import PeakLimiter
from tts_core.audio.resample import StreamResampler
from tts_core.errors import GenerationError
from tts_core.export.preset import Preset
from tts_core.marks.watermark import Watermark
from tts_core.system.cpu_slots import SLOTS
from tts_core.types import Samples

_STREAMINFO = 42
"""Bytes at the beginning of a FLAC file: "fLaC", the header of the first block, and that block."""
_NO_DIGEST = bytes(16)

SoundMark = Callable[[int], Watermark | None]
"""Returns what marks one sound of a rate in Hz; None when nothing is to be marked."""


def unmarked(rate: int) -> None:
    """Mark nothing."""


@dataclass(frozen=True, slots=True)
class Sound:
    """What the header of a FLAC file says (RFC 9639, section 8.2)."""

    path: Path
    rate: int
    """Hz."""
    samples: int
    digest: bytes
    """Of the decoded samples."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A sentence's sound and where it is in its chapter, in samples."""

    sound: Sound
    start: int
    end: int


def read_header(path: Path) -> Sound:
    """Return what a FLAC file says about itself, without decoding it.

    Raises GenerationError when the file is missing or is not FLAC.
    """
    try:
        with path.open("rb") as file:
            _skip_id3(file)
            head = file.read(_STREAMINFO)
            if len(head) < _STREAMINFO or head[:4] != b"fLaC" or head[4] & 0x7F:
                raise _unusable(path, "it is not a FLAC file")
            fields = int.from_bytes(head[18:26])
            digest = head[26:42]
            if digest == _NO_DIGEST:  # the encoder did not know it
                file.seek(0)
                digest = hashlib.file_digest(file, "blake2b").digest()
    except OSError as error:
        raise _unusable(path, error.strerror or str(error)) from error
    rate, samples = fields >> 44, fields & (2**36 - 1)
    if not rate:
        raise _unusable(path, "its header is damaged")
    return Sound(path, rate, samples, digest)


def _skip_id3(file: BinaryIO) -> None:
    """Go behind the ID3 tag in which a FLAC file has its signed metadata, if there is one."""
    head = file.read(10)
    size = 0
    if head[:3] == b"ID3":
        size = 10 + functools.reduce(lambda sum, byte: sum << 7 | byte, head[6:], 0)
    file.seek(size)


def chapter_sound(
    placed: tuple[Placed, ...], length: int, rate: int, preset: Preset, mark: SoundMark
) -> Iterator[Samples]:
    """Yield a chapter's samples in blocks of about a second, `length` in all.

    `placed`: in order, not overlapping; `rate`: of the chapter, in Hz. The watermark is one from
    the beginning to the end: it would hardly be found if each sentence began its own. Each block
    is computed while holding one of `SLOTS`. Raises GenerationError when a file cannot be decoded.
    """
    watermark = mark(rate)
    gain = factor(preset.gain)
    limiter = PeakLimiter(rate, preset.ceiling)
    noise = np.random.default_rng(0)  # the same in each export
    blocks = _gathered(_raw(placed, length, rate), rate)
    while True:
        with SLOTS:
            block = next(blocks, None)
            if block is None:
                break
            block *= gain
            if preset.room_tone is not None:
                block += noise.standard_normal(len(block), np.float32) * factor(preset.room_tone)
            if watermark is not None:
                block = watermark.process(block)
            block = limiter.push(block)
        yield block
    yield limiter.finish()


def marked_flac(path: Path, mark: SoundMark, comment: str | None) -> bytes:
    """Return a sentence's file with a watermark and a tag. Raises GenerationError.

    `path`: of a FLAC file, whose bytes are returned as they are if nothing is to be marked.
    """
    sound = read_header(path)
    watermark = mark(sound.rate)
    if watermark is None:
        return path.read_bytes()
    file = io.BytesIO()
    with open_encoder("flac", sound.rate, file, comment=comment) as encoder:
        for block in _decoded(sound, sound.rate):
            encoder.write(watermark.process(block))
    return file.getvalue()


def _raw(placed: tuple[Placed, ...], length: int, rate: int) -> Iterator[Samples]:
    """Yield sentences and silences in blocks of any size."""
    clock = 0
    for sentence in placed:
        yield from _silence(sentence.start - clock, rate)
        yield from _exactly(sentence.end - sentence.start, _decoded(sentence.sound, rate))
        clock = sentence.end
    yield from _silence(length - clock, rate)


def _silence(count: int, rate: int) -> Iterator[Samples]:
    for start in range(0, count, rate):
        yield np.zeros(min(rate, count - start), np.float32)


def _exactly(count: int, blocks: Iterator[Samples]) -> Iterator[Samples]:
    """Yield `count` samples: of the blocks, and silence after them if they are fewer."""
    missing = count
    for block in blocks:
        yield block[:missing]
        missing -= min(missing, len(block))
        if not missing:
            return
    yield np.zeros(missing, np.float32)


def _gathered(blocks: Iterator[Samples], size: int) -> Iterator[Samples]:
    """Yield the same samples in blocks of at least `size`, but for the last."""
    held: list[Samples] = []
    for block in blocks:
        held.append(block)
        if sum(map(len, held)) >= size:
            yield np.concatenate(held)
            held.clear()
    if held:
        yield np.concatenate(held)


def _decoded(sound: Sound, rate: int) -> Iterator[Samples]:
    """Yield the samples of a FLAC file at `rate` Hz.

    Raises GenerationError unless they are as many as its header says: an imported file could have
    days of silence in some megabytes.
    """
    resampler = None if sound.rate == rate else StreamResampler(sound.rate, rate)
    count = 0
    try:
        with av.open(str(sound.path), format="flac") as container:
            for frame in container.decode(audio=0):
                block = _mono(frame)
                count += len(block)
                if 0 < sound.samples < count:
                    raise _unusable(sound.path, "it is longer than its header says")
                yield block if resampler is None else resampler.push(block)
        if resampler is not None:
            yield resampler.finish()
        if count < sound.samples:
            raise _unusable(sound.path, "it is cut short")
    except (av.FFmpegError, OSError) as error:
        raise _unusable(sound.path, error.strerror or str(error)) from error


def _mono(frame: AudioFrame) -> Samples:
    """Return a frame's samples in [-1, 1], shape (n,); 16 or 24 bit."""
    kind, full_scale = (np.int32, 2**31) if frame.format.name == "s32" else (np.int16, 2**15)
    # `to_ndarray` takes four times as long, of which hours of sound have half a million frames.
    samples = np.frombuffer(frame.planes[0], kind, frame.samples)  # type: ignore[call-overload]
    scaled: Samples = samples.astype(np.float32) / np.float32(full_scale)
    return scaled


def _unusable(path: Path, why: str) -> GenerationError:
    return GenerationError(
        f"The sound of a sentence cannot be read ({path.name}: {why}). Make that sentence again."
    )
