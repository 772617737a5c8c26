"""Decodes an uploaded recording, in any common format, to samples.

Files are untrusted. FFmpeg (through PyAV) gets a stream of bytes without a name and cannot open
anything else; only a few of its demuxers and decoders are allowed; and its memory, its time
and the audio that comes out are bounded, whatever the headers promise.
"""

from __future__ import annotations

import ctypes
import os
import stat
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import BinaryIO, NoReturn

import av
import av.error
import av.utils
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer

from tts_core.audio.join import bounded
from tts_core.audio.resample import StreamResampler
from tts_core.errors import NotAudioError, TooLargeError, VoiceLoadError
from tts_core.types import AudioChunk, Samples
from tts_core.validation import shown

MAX_BYTES = 50_000_000
MAX_SECONDS = 300
MAX_CHANNELS = 8
MIN_RATE = 8_000
"""Hz; the rate of telephony."""
MAX_RATE = 384_000
"""Hz; the highest that studio hardware records at."""
HIGHEST_RATE = 48_000
"""Hz; the highest rate that `decode` returns."""
PATIENCE_SECONDS = 60.0
"""Time limit for one file. The longest legitimate ones take a tenth of it."""
MAX_SEEKS = 50_000
"""Limit for one file. Five minutes of audio interleaved with video take 6,000, without it 20; a WAV
takes four for each of its chunks, of which 50 MB hold six million."""

FORMATS = "WAV, MP3, FLAC, Ogg, Opus, M4A, AAC or WebM"

# FFmpeg's names. None of these demuxers refers to other files, except that MOV may point elsewhere
# for its samples, which is off by default and would have no way to open them.
_DEMUXERS = "wav,mp3,flac,ogg,mov,mp4,m4a,3gp,matroska,webm,aac"
_CODECS = (
    "aac,alac,flac,mp2,mp2float,mp3,mp3float,opus,libopus,vorbis,libvorbis,adpcm_ms,adpcm_ima_wav,"
    "amrnb,libopencore_amrnb,amrwb,libopencore_amrwb,pcm_alaw,pcm_mulaw,pcm_u8,pcm_s8,pcm_s16le,"
    "pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be,pcm_s64le,pcm_f32le,pcm_f32be,pcm_f64le,"
    "pcm_f64be"
)
_OPTIONS = {
    "format_whitelist": _DEMUXERS,
    "codec_whitelist": _CODECS,
    # A name that no protocol has; an empty list would allow all.
    "protocol_whitelist": "none",
    "max_streams": "16",
}
_LARGEST_BLOCK = 16 * 2**20  # bytes; an hour of AAC in M4A has an index of 4 MB
_FULL_SCALE = {"u8": 2**7, "s16": 2**15, "s32": 2**31, "s64": 2**63}  # by the name of the format


def decode(path: Path) -> AudioChunk:
    """Decode a file to mono float32 samples at its own sample rate, but at most `HIGHEST_RATE`.

    Channels are averaged. A damaged or truncated file yields what can be read of it.
    Floating-point samples beyond full scale are no fault of the recording: all samples are then
    scaled down. Thread-safe; nothing but `path` is ever read.

    Raises TooLargeError when the file is too large or too long, NotAudioError when it is no
    recording, VoiceLoadError when it does not exist or cannot be read.
    """
    _limit_memory()
    name = shown(path.name)
    check_file(path)
    try:
        with path.open("rb") as file:
            source = _Source(file, name)
            with _open(source, name) as container:
                return _decode(container, source, name)
    except (av.error.FFmpegError, ValueError) as error:
        raise NotAudioError(
            f"{name} is not a supported audio file, or it is truncated. Send {FORMATS}."
        ) from error
    except OSError as error:
        raise VoiceLoadError(
            f"{name} cannot be read ({error.strerror or error}). Upload it again."
        ) from error


def decode_start(file: BinaryIO) -> AudioChunk:
    """Decode up to the first `MAX_SECONDS` of an open file, as `decode` does.

    Raises NotAudioError when it is no recording.
    """
    _limit_memory()
    name = "The file"
    try:
        source = _Source(file, name)
        with _open(source, name) as container:
            return _decode(container, source, name, whole=False)
    except (av.error.FFmpegError, ValueError, OSError) as error:
        raise NotAudioError(
            f"{name} is not a supported audio file, or it is truncated. Send {FORMATS}."
        ) from error


@cache
def _limit_memory() -> None:
    """Limit each memory block that FFmpeg allocates in this process to `_LARGEST_BLOCK` bytes.

    A few bytes of an M4A can claim millions of samples, for which an index is allocated: a file of
    10 KB took 1.8 GB. PyAV does not expose the limit, but its modules are linked to the library
    that does.
    """
    ctypes.CDLL(av.utils.__file__).av_max_alloc(ctypes.c_size_t(_LARGEST_BLOCK))


def check_file(path: Path) -> None:
    """Check that a file exists and has a possible size, without decoding it.

    Raises VoiceLoadError when it does not exist, NotAudioError when it is empty or no regular
    file, TooLargeError when it has more than `MAX_BYTES`.
    """
    name = shown(path.name)
    try:
        status = path.stat()
    except (OSError, ValueError) as error:
        raise VoiceLoadError(f"There is no file {name}. Upload it again.") from error
    if not stat.S_ISREG(status.st_mode):
        raise NotAudioError(f"{name} is not a file. Send {FORMATS}.")
    if status.st_size == 0:
        raise NotAudioError(f"{name} is empty. Record or upload it again.")
    if status.st_size > MAX_BYTES:
        raise TooLargeError(
            f"{name} has {status.st_size / 1e6:.0f} MB; at most {MAX_BYTES / 1e6:.0f} MB are "
            "taken. Send an excerpt: 10 to 30 seconds of speech are plenty.",
            "audio",
        )


class _Source:
    """A file as FFmpeg sees it: nameless bytes, with limits on the time and the number of seeks."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file = file
        self._name = name
        self._end = time.monotonic() + PATIENCE_SECONDS
        self._seeks = 0
        self._stopped = False

    def check_cost(self) -> None:
        """Check the limits. Raises NotAudioError when one of them is exceeded."""
        if self._seeks > MAX_SEEKS or time.monotonic() > self._end:
            self._stopped = True
            raise NotAudioError(
                f"{self._name} takes too long to read; it may be damaged. Convert it to WAV and "
                "send that."
            )

    def read(self, size: int) -> bytes:
        if (
            self._stopped
        ):  # FFmpeg may call again after an exception, and PyAV prints all but the first
            return b""
        self.check_cost()
        return self._file.read(min(size, max(0, MAX_BYTES - self._file.tell())))

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        if self._stopped:
            return -1
        self._seeks += 1
        self.check_cost()
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()


def _open(source: _Source, name: str) -> InputContainer:
    def refuse(url: str, flags: int, options: dict[str, str]) -> NoReturn:
        raise NotAudioError(
            f"{name} refers to another file, which is not read. Convert it to WAV and send that."
        )

    return av.open(source, "r", container_options=_OPTIONS, io_open=refuse)


def _decode(
    container: InputContainer, source: _Source, name: str, *, whole: bool = True
) -> AudioChunk:
    """Decode a file, or without `whole` what is within the limit. Raises as `decode` does."""
    stream = _audio_stream(container, name)
    floating = stream.codec_context.name.startswith("pcm_f")
    rate = 0
    current = MIN_RATE
    resampler = StreamResampler(current, current)
    blocks: list[Samples] = []
    for samples, sample_rate in _samples(
        _frames(container, stream, source), floating, name, whole=whole
    ):
        rate = rate or min(sample_rate, HIGHEST_RATE)
        if sample_rate != current:  # the rate can change within a file
            blocks.append(resampler.finish())
            resampler = StreamResampler(sample_rate, rate)
            current = sample_rate
        blocks.append(resampler.push(samples))
    sound = np.concatenate((*blocks, resampler.finish()))
    if not len(sound):
        raise NotAudioError(
            f"{name} contains no decodable audio; it may be damaged or protected. Convert it to "
            "WAV or record it again."
        )
    peak = float(np.abs(sound).max())
    if floating and peak > 1:
        sound /= np.float32(peak)
    return AudioChunk(np.clip(sound, -1, 1, out=sound), rate)


def _samples(
    frames: Iterator[AudioFrame], floating: bool, name: str, *, whole: bool
) -> Iterator[tuple[Samples, int]]:
    """Yield each frame as mono samples, shape (n,), with its rate in Hz.

    Raises NotAudioError for invalid frames. Beyond `MAX_SECONDS` in all, raises TooLargeError if
    the sound is wanted `whole`, and ends otherwise.
    """
    seconds = 0.0
    for frame in frames:
        _check_frame(frame, name)
        samples = _mono(frame)
        seconds += len(samples) / frame.sample_rate
        if seconds > MAX_SECONDS:
            if not whole:
                return
            raise TooLargeError(
                f"{name} has more than {MAX_SECONDS // 60} minutes of sound. Send an excerpt: 10 "
                "to 30 seconds of speech are plenty.",
                "audio",
            )
        if not floating:
            samples = bounded(samples)
        elif not np.isfinite(samples).all():
            raise NotAudioError(
                f"{name} holds samples that are not numbers (NaN or infinity). Export it "
                "again, as 16 bit WAV."
            )
        yield samples, frame.sample_rate


def _audio_stream(container: InputContainer, name: str) -> AudioStream:
    if not container.streams.audio:
        raise NotAudioError(
            f"{name} has pictures but no sound. Send {FORMATS}."
            if container.streams.video
            else f"{name} has no sound in it. Send {FORMATS}."
        )
    stream = container.streams.audio[0]
    context = stream.codec_context
    if context is None or context.codec.name not in _CODECS.split(","):
        raise NotAudioError(f"The audio codec of {name} is not supported. Send {FORMATS}.")
    return stream


def _frames(
    container: InputContainer, stream: AudioStream, source: _Source
) -> Iterator[AudioFrame]:
    """Yield the frames that can be decoded, skipping damaged ones as players do."""
    packets = container.demux(stream)
    while True:
        source.check_cost()
        try:
            packet = next(packets, None)
        except av.error.FFmpegError:  # truncated; what came before is good
            packet = None
        if packet is None:
            return
        try:
            frames = packet.decode()
        except av.error.FFmpegError:
            continue
        for frame in frames:
            assert isinstance(frame, AudioFrame)
            yield frame


def _check_frame(frame: AudioFrame, name: str) -> None:
    if not MIN_RATE <= frame.sample_rate <= MAX_RATE:
        raise NotAudioError(
            f"{name} has a sample rate of {frame.sample_rate} Hz; {MIN_RATE} to {MAX_RATE} are "
            "taken. Convert it to 48000 Hz, or record at 16000 Hz or more."
        )
    if not 1 <= frame.layout.nb_channels <= MAX_CHANNELS:
        raise NotAudioError(
            f"{name} has {frame.layout.nb_channels} channels; at most {MAX_CHANNELS} are taken. "
            "Convert it to mono."
        )


def _mono(frame: AudioFrame) -> Samples:
    """Average a frame's channels: shape (n,), full scale 1. Values may exceed that or be NaN."""
    array = frame.to_ndarray()
    kind = frame.format.name.removesuffix("p")
    if not frame.format.is_planar:
        array = array.reshape(-1, frame.layout.nb_channels).T
    with np.errstate(over="ignore", invalid="ignore"):
        mono: Samples = array.astype(np.float32).mean(axis=0)
    if kind == "u8":
        mono -= np.float32(2**7)
    return mono / np.float32(_FULL_SCALE.get(kind, 1))
