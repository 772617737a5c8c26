"""Checks a file against what Audible's ACX wants of audiobooks.

The rules: https://help.acx.com/s/article/what-are-the-acx-audio-submission-requirements. How they
are measured is that of ACX Check, the plug-in of Audacity with which narrators do: the noise floor
is the quietest half second.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame

from tts_core.audio.limiter import SIDE, peaks
from tts_core.errors import NotAudioError
from tts_core.types import Samples
from tts_core.validation import shown

RMS = (-23.0, -18.0)
"""dBFS, lowest and highest."""
PEAK = -3.0
"""dBFS, highest."""
NOISE_FLOOR = -60.0
"""dBFS (RMS), highest."""
RATE = 44_100
"""Hz."""
BIT_RATE = 192_000
"""Bits per second, lowest; constant."""
HEAD, TAIL = (0.5, 1.0), (1.0, 5.0)
"""Seconds of room tone before and after the speech, least and most."""
LONGEST = 120 * 60
"""Seconds of a file."""
_WINDOW = 0.5
"""Seconds for the noise floor."""
_STEP = 0.01
"""Seconds, to which head and tail are measured."""
_SLACK = 0.05
"""Seconds by which these may miss: decoders differ in how much padding they leave."""
_OPTIONS = {
    # Only these read nothing but the file itself, whatever is in it.
    "format_whitelist": "mp3,wav,flac,ogg,mov,mp4,m4a,aac",
    "protocol_whitelist": "file",
}
_PADDING = 1
"""Byte by which frames of MP3 differ at a constant bit rate."""


@dataclass(frozen=True, slots=True)
class AcxReport:
    """What was measured, and what is wrong with it."""

    rms: float
    """dBFS, of the whole file."""
    peak: float
    """dBTP, between the samples too."""
    noise_floor: float
    """dBFS (RMS) of the quietest half second; minus infinity for digital silence."""
    head: float
    """Seconds before the first sound above `NOISE_FLOOR` plus 10 dB."""
    tail: float
    """Seconds after the last such sound."""
    duration: float
    """Seconds."""
    codec: str
    """FFmpeg's name."""
    rate: int
    """Hz."""
    channels: int
    bit_rate: int
    """Bits per second, the average."""
    constant: bool
    """Whether each second has the same number of bits."""
    problems: tuple[str, ...] = ()
    """One sentence for each rule that is broken, with the value, the limit and what to do."""

    @property
    def passed(self) -> bool:
        """Return whether all rules are kept."""
        return not self.problems


def check(path: Path) -> AcxReport:
    """Measure a file, in memory that does not depend on its length.

    Raises NotAudioError when it holds no sound that can be decoded, OSError when it cannot be read.
    """
    path.stat()  # raises OSError's own classes
    try:
        with av.open(str(path), "r", options=_OPTIONS, metadata_errors="replace") as container:
            if not container.streams.audio:
                raise NotAudioError(f"{shown(path.name)} has no sound in it. Send an MP3 file.")
            stream = container.streams.audio[0]
            levels = _Levels(stream.rate)
            size, sizes = 0, set[int]()
            for packet in container.demux(stream):
                if packet.size:
                    size += packet.size
                    sizes.add(packet.size)
                for frame in packet.decode():
                    assert isinstance(frame, AudioFrame)
                    levels.add(frame)
            levels.finish()
            codec, channels = stream.codec_context.codec.canonical_name, stream.channels
    except (av.FFmpegError, ValueError) as error:
        raise NotAudioError(
            f"{shown(path.name)} cannot be decoded. Export it again as MP3."
        ) from error
    if not levels.count:
        raise NotAudioError(f"{shown(path.name)} has no sound in it. Send an MP3 file.")
    report = AcxReport(
        rms=_decibels(levels.power / levels.count / channels),
        peak=2 * _decibels(levels.peak),
        noise_floor=_decibels(levels.quietest),
        head=levels.head,
        tail=levels.tail,
        duration=levels.count / levels.rate,
        codec=codec,
        rate=levels.rate,
        channels=channels,
        bit_rate=round(8 * size * levels.rate / levels.count),
        constant=max(sizes) - min(sizes) <= _PADDING,
    )
    return replace(report, problems=tuple(_problems(report)))


class _Levels:
    """Measures blocks of sound. `finish` it before its results are read."""

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self.count = 0
        self.power = 0.0
        """The sum of all squares."""
        self.peak = 0.0
        self.quietest = math.inf
        """Mean square of the quietest window."""
        self._step = round(_STEP * rate)
        self._window = deque[float](maxlen=round(_WINDOW / _STEP))
        self._steps = 0
        self._first: int | None = None
        self._last = 0
        self._held: list[Samples] = []
        self._before: Samples | None = None

    @property
    def head(self) -> float:
        """Return the seconds before the first sound; the whole duration when there is none."""
        return (self._steps if self._first is None else self._first) * _STEP

    @property
    def tail(self) -> float:
        """Return the seconds after the last sound."""
        return (self._steps - self._last) * _STEP

    def add(self, frame: AudioFrame) -> None:
        """Add decoded samples, which are measured a second at a time."""
        array = frame.to_ndarray()
        full_scale = 1 if array.dtype.kind == "f" else 2 ** (8 * array.itemsize - 1)
        if not frame.format.is_planar:
            array = array.reshape(-1, frame.layout.nb_channels).T
        self._held.append(array.astype(np.float32) / np.float32(full_scale))
        if sum(block.shape[1] for block in self._held) >= self.rate:
            self._measure()

    def finish(self) -> None:
        """Measure what is left."""
        if self._held:
            self._measure(last=True)
        if self._window and self.quietest == math.inf:  # shorter than a window
            self.quietest = sum(self._window) / len(self._window)

    def _measure(self, last: bool = False) -> None:
        sound = np.concatenate(self._held, axis=1)
        whole = sound.shape[1] if last else sound.shape[1] // self._step * self._step
        self._held = [sound[:, whole:]]
        sound = sound[:, :whole]
        # Where there is sound before or after, peaks beside the cut are left to the other block.
        first = 0 if self._before is None else SIDE
        around = sound if self._before is None else np.concatenate((self._before, sound), axis=1)
        until = around.shape[1] - (0 if last else SIDE)
        for row in around:
            self.peak = max(self.peak, float(peaks(row)[first:until].max(initial=0)))
        self._before = around[:, -2 * SIDE :]
        squares = np.square(sound, dtype=np.float64).sum(axis=0)
        self.count += whole
        self.power += float(squares.sum())
        for start in range(0, whole - self._step + 1, self._step):
            self._add_step(float(squares[start : start + self._step].mean()) / len(sound))

    def _add_step(self, power: float) -> None:
        self._steps += 1
        self._window.append(power)
        if len(self._window) == self._window.maxlen:
            self.quietest = min(self.quietest, sum(self._window) / len(self._window))
        if _decibels(power) > NOISE_FLOOR + 10:
            self._first = self._steps - 1 if self._first is None else self._first
            self._last = self._steps


def _decibels(power: float) -> float:
    return 10 * math.log10(power) if power > 0 else -math.inf


def _problems(report: AcxReport) -> Iterator[str]:
    """Yield what of a report breaks a rule."""
    low, high = RMS
    if not low <= report.rms <= high:
        change = "Raise" if report.rms < low else "Lower"
        yield (
            f"The RMS is {report.rms:.1f} dB; it has to be {low:g} to {high:g}. {change} the level."
        )
    if report.peak > PEAK:
        yield f"The peak is {report.peak:.1f} dB; at most {PEAK:g} is allowed. Limit the peaks."
    if report.noise_floor > NOISE_FLOOR:
        yield (
            f"The noise floor is {report.noise_floor:.1f} dB; at most {NOISE_FLOOR:g} is allowed. "
            "Choose a voice without noise, or leave longer pauses."
        )
    if report.codec != "mp3":
        yield f"The format is {report.codec}; it has to be MP3. Export MP3 with the preset acx."
    elif not report.constant or report.bit_rate < BIT_RATE - 1_000:
        kind = "constant" if report.constant else "variable"
        yield (
            f"The bit rate is {kind}, {report.bit_rate / 1000:.0f} kbit/s; it has to be constant, "
            f"{BIT_RATE // 1000} or more. Export with the preset acx."
        )
    if report.rate != RATE:
        yield (
            f"The sample rate is {report.rate} Hz; it has to be {RATE}. Export with the preset acx."
        )
    for name, seconds, (least, most) in (
        ("before", report.head, HEAD),
        ("after", report.tail, TAIL),
    ):
        if not least - _SLACK <= seconds <= most + _SLACK:
            yield (
                f"There are {seconds:.2f} s of silence {name} the speech; {least:g} to {most:g} s "
                "are wanted. Export with the preset acx, without pauses there."
            )
    if report.duration > LONGEST:
        yield (
            f"The file lasts {report.duration / 60:.0f} minutes; at most {LONGEST // 60} are "
            "allowed. Divide the chapter."
        )
