"""Encodes samples to files and streams in the formats of the API.

    with open_encoder("mp3", 24000, sink) as encoder:
        for chunk in chunks:
            encoder.write(chunk.samples)

A seekable sink gets a complete file, with its length in the headers. Any other sink is only
appended to: what has been written is playable at every moment, and lengths stay open.
"""

from __future__ import annotations

import io
import struct
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fractions import Fraction
from typing import BinaryIO, Self

import av
import numpy as np
from av.audio.stream import AudioStream
from av.packet import Packet
from numpy.typing import NDArray

from tts_core.audio.join import bounded
from tts_core.audio.resample import StreamResampler
from tts_core.errors import GenerationError, ValidationError
from tts_core.system.cpu_slots import SLOTS
from tts_core.types import Samples
from tts_core.validation import did_you_mean, shown

CODEC_RATE = 48_000
"""Hz; the rate of the formats that do not support every rate.

All three codecs support it, Opus always decodes to it, and the padding that MP3 and AAC add is a
fixed number of samples: the higher the rate, the shorter it is.
"""


TELEPHONE_RATE = 8_000
"""Hz; the rate of G.711."""
RATES = (8_000, 48_000)
"""The lowest and the highest sample rate that can be asked for, in Hz."""
_MPEG_RATES = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
_OPUS_RATES = (8_000, 12_000, 16_000, 24_000, 48_000)


@dataclass(frozen=True, slots=True)
class Format:
    """An output format. All of them hold mono audio, 16 bit or lossy."""

    name: str
    extension: str
    """With the dot."""
    mime_type: str
    rate: int | None = None
    """Hz, unless another one is asked for; None keeps the sample rate of the input."""
    rates: Sequence[int] = ()
    """Hz, those that can be asked for; none: all within `RATES`."""

    def checked_rate(self, rate: int | None) -> int | None:
        """Return a sample rate that was asked for. Raises ValidationError if it cannot be had."""
        if rate is None or (rate in self.rates if self.rates else RATES[0] <= rate <= RATES[1]):
            return rate
        known = ", ".join(map(str, self.rates)) or f"{RATES[0]} to {RATES[1]}"
        raise ValidationError(
            f"sample_rate: {self.name} can have {known} Hz; got {shown(rate)}.", "sample_rate"
        )


FORMATS: Mapping[str, Format] = {
    entry.name: entry
    for entry in (
        Format("wav", ".wav", "audio/wav"),
        Format("mp3", ".mp3", "audio/mpeg", CODEC_RATE, _MPEG_RATES),
        Format("flac", ".flac", "audio/flac"),
        Format("opus", ".opus", "audio/ogg", CODEC_RATE, _OPUS_RATES),
        Format("aac", ".aac", "audio/aac", CODEC_RATE, _MPEG_RATES),
        Format("pcm", ".pcm", "audio/pcm"),
        # G.711 as telephony has it: bytes without a header (RFC 3551; audio/basic is μ-law).
        Format("ulaw", ".ulaw", "audio/basic", TELEPHONE_RATE),
        Format("alaw", ".alaw", "audio/x-alaw-basic", TELEPHONE_RATE),
    )
}


def to_int16(samples: Samples) -> NDArray[np.int16]:
    """Convert [-1, 1] to [-32767, 32767], rounded; clip the rest, and make non-finite samples 0."""
    scaled = bounded(samples)
    scaled *= 32767
    return np.rint(scaled, out=scaled).astype(np.int16)


class StreamSink(io.BytesIO):
    """A sink that cannot seek; after each `encoder.write(…)`, `drain()` returns what to send."""

    def seekable(self) -> bool:
        return False

    def drain(self) -> bytes:
        """Return and forget everything written since the last call."""
        data = self.getvalue()
        self.seek(0)
        self.truncate()
        return data


class Encoder(ABC):
    """Writes samples to a sink as encoded bytes. Made by `open_encoder`; a context manager."""

    def __init__(self, file_format: Format, sample_rate: int, output_rate: int | None) -> None:
        self.format = file_format
        self.sample_rate = output_rate or file_format.rate or sample_rate
        """Hz; the rate of the encoded audio."""
        self._resampler: StreamResampler | None = None
        if sample_rate != self.sample_rate:
            self._resampler = StreamResampler(sample_rate, self.sample_rate)
        self._closed = False

    def write(self, samples: Samples) -> None:
        """Append float32 samples of shape (n,) at the rate given to `open_encoder`.

        Raises `GenerationError` when the codec fails, and whatever the sink raises.
        """
        if self._closed:
            raise ValueError("The encoder is closed.")
        with SLOTS:
            if self._resampler is not None:
                samples = self._resampler.push(bounded(samples))
            self._write(samples)

    def close(self) -> None:
        """Write the rest and the final headers; the sink stays open. Raises as `write` does."""
        if not self._closed:
            self._closed = True
            with SLOTS:
                if self._resampler is not None:
                    self._write(self._resampler.finish())
                self._finish()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, exc_type: type[BaseException] | None, *_: object) -> None:
        if exc_type is None:
            self.close()
            return
        # Complete the file if possible, but report the error that ended the block.
        with suppress(GenerationError, OSError):
            self.close()

    @abstractmethod
    def _write(self, samples: Samples) -> None: ...

    @abstractmethod
    def _finish(self) -> None: ...


def open_encoder(
    format: str,
    sample_rate: int,
    sink: BinaryIO,
    output_rate: int | None = None,
    bit_rate: int | None = None,
    comment: str | None = None,
) -> Encoder:
    """Open an encoder for samples at `sample_rate` Hz.

    `format` is a name in `FORMATS`; `sink` is open for writing and, if seekable, at its start.
    `output_rate`: Hz of the encoded audio, one of the format's; None: as the format has it.
    `bit_rate`: bits per second of MP3, Opus and AAC; None: the usual one.
    `comment`: a tag for MP3 (ID3v2.3), Opus and FLAC; other streams have no room for one.

    The decoded length is exactly `round(n * encoder.sample_rate / sample_rate)` samples, but

    - AAC adds 21 to 43 ms (the codec's first frame, and padding of the last one);
    - MP3 adds 24 to 48 ms in a sink that cannot seek; in a seekable one it is exact;
    - MP3, Opus, AAC and FLAC of no samples at all hold one silent sample, since players reject
      a file without a frame.

    Decoded AAC is delayed by 21 ms, MP3 in a sink that cannot seek by 23 ms.

    Raises `ValidationError` for an unknown format, `GenerationError` if the codec cannot be
    opened.
    """
    entry = find_format(format)
    if entry.name in _CODECS:
        return _CodecEncoder(entry, sample_rate, sink, output_rate, bit_rate, comment)
    return _PcmEncoder(entry, sample_rate, sink, output_rate)


def find_format(name: str) -> Format:
    """Return the format of a name, ignoring case. Raises `ValidationError`, listing them all."""
    entry = FORMATS.get(str(name).strip().lower())
    if entry is None:
        raise ValidationError(
            f"There is no audio format {shown(name)!r}.{did_you_mean(str(name), FORMATS)} "
            f"Choose one of: {', '.join(FORMATS)}.",
            "format",
        )
    return entry


_UNKNOWN_SIZE = 0xFFFFFFFF
_WAV_HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")


def wav_header(sample_rate: int, data_bytes: int | None = None) -> bytes:
    """Return the 44 bytes of a WAV header for 16 bit mono samples.

    The sizes are 0xFFFFFFFF, which players take to mean "to the end", when `data_bytes` is None
    or too large for the field.
    """
    riff_bytes = _WAV_HEADER.size - 8 + (data_bytes or 0)
    if data_bytes is None or riff_bytes > _UNKNOWN_SIZE:
        riff_bytes = data_bytes = _UNKNOWN_SIZE
    form = (b"fmt ", 16, 1, 1, sample_rate, 2 * sample_rate, 2, 16)
    return _WAV_HEADER.pack(b"RIFF", riff_bytes, b"WAVE", *form, b"data", data_bytes)


class _PcmEncoder(Encoder):
    """Encoder of WAV, and of PCM, which is WAV without the header."""

    def __init__(
        self, file_format: Format, sample_rate: int, sink: BinaryIO, output_rate: int | None
    ) -> None:
        super().__init__(file_format, sample_rate, output_rate)
        self._sink = sink
        self._data_bytes = 0
        self._has_header = file_format.name == "wav"
        if self._has_header:
            sink.write(wav_header(self.sample_rate))

    def _write(self, samples: Samples) -> None:
        data = to_int16(samples).astype("<i2", copy=False).tobytes()
        self._sink.write(data)
        self._data_bytes += len(data)

    def _finish(self) -> None:
        if self._has_header and self._sink.seekable():
            self._sink.seek(0)
            self._sink.write(wav_header(self.sample_rate, self._data_bytes))
            self._sink.seek(0, io.SEEK_END)


@dataclass(frozen=True, slots=True)
class _Codec:
    name: str
    container: str
    sample_format: str
    bit_rate: int
    options: Mapping[str, str]
    container_options: Mapping[str, str]


_CODECS: Mapping[str, _Codec] = {
    # Level 7 takes two thirds of the default's time for the same signal-to-noise ratio.
    "mp3": _Codec("libmp3lame", "mp3", "fltp", 96_000, {"compression_level": "7"}, {}),
    # At 24 kHz a frame is ready every 43 ms instead of 192 ms; and no 8 KiB are reserved for tags.
    "flac": _Codec(
        "flac", "flac", "s16", 0, {"frame_size": "1024"}, {"metadata_header_padding": "0"}
    ),
    # The muxer holds back one page; by default that is a second (here in microseconds).
    "opus": _Codec("libopus", "ogg", "flt", 48_000, {}, {"page_duration": "60000"}),
    # The fast coder takes a third of the default's time, and for hibari's speech at 64 kbit/s its
    # signal-to-noise ratio is 1 to 5 dB higher in each band.
    "aac": _Codec("aac", "adts", "fltp", 96_000, {"aac_coder": "fast"}, {}),
    "ulaw": _Codec("pcm_mulaw", "mulaw", "s16", 0, {}, {}),
    "alaw": _Codec("pcm_alaw", "alaw", "s16", 0, {}, {}),
}
_TAGGED = ("mp3", "opus", "flac")


@contextmanager
def _translated(file_format: Format) -> Iterator[None]:
    try:
        yield
    except av.FFmpegError as exc:
        raise GenerationError(f"Encoding {file_format.name} failed: {exc.strerror}.") from exc


class _CodecEncoder(Encoder):
    """Encoder of the formats that FFmpeg's libraries encode."""

    def __init__(
        self,
        file_format: Format,
        sample_rate: int,
        sink: BinaryIO,
        output_rate: int | None,
        bit_rate: int | None,
        comment: str | None,
    ) -> None:
        super().__init__(file_format, sample_rate, output_rate)
        codec = _CODECS[file_format.name]
        self._sample_format = codec.sample_format
        self._position = 0
        with _translated(file_format):
            container_options = {"flush_packets": "1", **codec.container_options}
            if file_format.name == "mp3":  # without a tag the first bytes are audio
                container_options["id3v2_version"] = "0" if comment is None else "3"
            self._container = av.open(
                sink, "w", format=codec.container, container_options=container_options
            )
            if comment is not None and file_format.name in _TAGGED:
                self._container.metadata["comment"] = comment
            stream = self._container.add_stream(
                codec.name,
                rate=self.sample_rate,
                options=dict(codec.options),
                layout="mono",
                format=codec.sample_format,
                bit_rate=bit_rate or codec.bit_rate,
            )
            assert isinstance(stream, AudioStream)
            self._stream = stream
            self._container.start_encoding()

    def _write(self, samples: Samples) -> None:
        self._encode(bounded(samples))

    def _finish(self) -> None:
        if self._position == 0 and self._stream.frame_size:  # G.711 has no frames
            self._encode(np.zeros(1, np.float32))
        with _translated(self.format):
            packets = self._stream.encode(None)
            if self.format.name == "mp3":
                _move_padding_to_last(packets, self._stream.frame_size)
            self._container.mux(packets)
            self._container.close()

    def __del__(self) -> None:
        """Release the codec of an encoder that was left unclosed: 2 to 7 MB and two threads.

        PyAV's container and its streams refer to each other, so without this they stay until the
        garbage collector looks at its oldest generation. The sink may be closed by now.
        """
        if not self._closed:
            with suppress(AttributeError, av.FFmpegError, OSError, ValueError):
                self._container.close()

    def _encode(self, samples: Samples) -> None:
        if len(samples) == 0:
            return
        data = to_int16(samples) if self._sample_format == "s16" else samples
        frame = av.AudioFrame.from_ndarray(data[np.newaxis], self._sample_format, "mono")
        frame.sample_rate = self.sample_rate
        frame.time_base = Fraction(1, self.sample_rate)
        frame.pts = self._position
        self._position += len(samples)
        with _translated(self.format):
            self._container.mux(self._stream.encode(frame))


def _move_padding_to_last(packets: Sequence[Packet[AudioStream]], frame_size: int) -> None:
    """Note all of LAME's padding in the last packet, for gapless playback.

    The padding can reach over two packets, but FFmpeg's muxer writes only the last one's.
    """
    if not packets or not packets[-1].has_sidedata("skip_samples"):
        return
    padding = sum(frame_size - (packet.duration or 0) for packet in packets)
    skip = packets[-1].get_sidedata("skip_samples")
    before = bytes(skip)
    skip.update(before[:4] + padding.to_bytes(4, "little") + before[8:])
    packets[-1].set_sidedata(skip)
