"""Recordings for tests: speech of the embedded engine, ways to spoil it, files of it."""

from __future__ import annotations

import functools
import io
import struct
import threading
from collections.abc import Sequence

import av
import numpy as np
import soxr

from tests.support.engines import new_engine, spoken_by
from tts_core.engines.espeak.engine import EspeakEngine
from tts_core.types import AudioChunk, Utterance

TEXT = (
    "The birch canoe slid on the smooth planks, and nobody on the shore was surprised. "
    "Rice is often served in round bowls. These days a chicken leg is a rare dish!"
)


@functools.cache
def spoken(variant: str = "", voice: str = "en-us", text: str = TEXT) -> AudioChunk:
    """About 8 s of clean speech at 22,050 Hz."""
    engine = new_engine(EspeakEngine)
    engine.load()
    language = voice.split("-", maxsplit=1)[0]
    utterance = Utterance(text, voice, language, options={"variant": variant})
    pieces = list(spoken_by(engine, utterance, threading.Event()))
    samples = np.concatenate([piece.samples for piece in pieces])
    return AudioChunk(samples, pieces[0].sample_rate)


@functools.cache
def timed_speech(text: str, voice: str, variant: str = "", speed: float = 1.0) -> AudioChunk:
    """Clean speech at 22,050 Hz with the time of each word, as the embedded engine tells it."""
    utterance = Utterance(text, voice, voice, speed, options={"variant": variant})
    pieces = list(spoken_by(new_engine(EspeakEngine), utterance, threading.Event()))
    words = tuple(word for piece in pieces for word in piece.words)
    samples = np.concatenate([piece.samples for piece in pieces])
    return AudioChunk(samples, pieces[0].sample_rate, words)


def tone(
    seconds: float, sample_rate: int = 24_000, frequency: float = 440, level: float = 0.5
) -> AudioChunk:
    time = np.arange(round(seconds * sample_rate)) / sample_rate
    samples = (level * np.sin(2 * np.pi * frequency * time)).astype(np.float32)
    return AudioChunk(samples, sample_rate)


def amplified(clip: AudioChunk, decibels: float) -> AudioChunk:
    """Clipped at full scale, as a recorder does."""
    samples = clip.samples * np.float32(10 ** (decibels / 20))
    return AudioChunk(np.clip(samples, -1, 1), clip.sample_rate)


def overdriven(clip: AudioChunk, decibels: float) -> AudioChunk:
    """So loud that its peak would be so far above full scale."""
    peak = float(np.abs(clip.samples).max())
    return amplified(AudioChunk(clip.samples / peak, clip.sample_rate), decibels)


def noisy(clip: AudioChunk, snr: float, pink: bool = False) -> AudioChunk:
    """With noise so many dB below the speech's mean power."""
    rng = np.random.default_rng(1)
    noise = rng.standard_normal(len(clip.samples))
    if pink:
        spectrum = np.fft.rfft(noise)
        noise = np.fft.irfft(spectrum / np.sqrt(np.maximum(1, np.arange(len(spectrum)))))
        noise = np.resize(noise, len(clip.samples))
    gain = np.sqrt(np.mean(clip.samples**2) / np.mean(noise**2) / 10 ** (snr / 10))
    return AudioChunk((clip.samples + gain * noise).astype(np.float32), clip.sample_rate)


def over_telephone(clip: AudioChunk) -> AudioChunk:
    """Narrowband, and back at its own rate."""
    narrow = soxr.resample(clip.samples, clip.sample_rate, 8000)
    return AudioChunk(soxr.resample(narrow, 8000, clip.sample_rate), clip.sample_rate)


def padded(clip: AudioChunk, before: float, after: float) -> AudioChunk:
    """With silence, in seconds."""
    width = round(before * clip.sample_rate), round(after * clip.sample_rate)
    return AudioChunk(np.pad(clip.samples, width), clip.sample_rate)


def excerpt(clip: AudioChunk, start: float, end: float) -> AudioChunk:
    rate = clip.sample_rate
    return AudioChunk(clip.samples[round(start * rate) : round(end * rate)], rate)


def joined(clips: Sequence[AudioChunk]) -> AudioChunk:
    return AudioChunk(np.concatenate([c.samples for c in clips]), clips[0].sample_rate)


def wav(
    data: bytes,
    *,
    sample_rate: int = 24_000,
    channels: int = 1,
    bits: int = 16,
    floating: bool = False,
    promised: int | None = None,
) -> bytes:
    """A WAV file, whose header says `promised` bytes of samples."""
    promised = len(data) if promised is None else promised
    block = channels * bits // 8
    form = struct.pack(
        "<HHIIHH",
        3 if floating else 1,
        channels,
        sample_rate,
        min(sample_rate * block, 2**32 - 1),
        min(block, 2**16 - 1),
        bits,
    )
    size = min(36 + promised, 2**32 - 1)
    header = b"RIFF" + struct.pack("<I", size) + b"WAVEfmt " + struct.pack("<I", 16) + form
    return header + b"data" + struct.pack("<I", promised) + data


def encoded(clip: AudioChunk, container: str, codec: str, *, pictures: bool = False) -> bytes:
    """A file as other programs write it. `container`, `codec`: FFmpeg's names."""
    sink = io.BytesIO()
    with av.open(sink, "w", format=container) as file:
        stream = file.add_stream(codec, rate=clip.sample_rate, layout="mono")
        if pictures:
            _film(file, clip.duration)
        form = stream.codec.audio_formats[0].name
        size = stream.frame_size or 1024
        resampler = av.AudioResampler(form, "mono", clip.sample_rate, frame_size=size)
        frame = av.AudioFrame.from_ndarray(clip.samples[None], format="fltp", layout="mono")
        frame.sample_rate = clip.sample_rate
        for piece in [*resampler.resample(frame), *resampler.resample(None), None]:
            file.mux(stream.encode(piece))
    return sink.getvalue()


def silent_film(seconds: float) -> bytes:
    """MP4 without sound."""
    sink = io.BytesIO()
    with av.open(sink, "w", format="mp4") as file:
        _film(file, seconds)
    return sink.getvalue()


def _film(file: av.container.OutputContainer, seconds: float) -> None:
    stream = file.add_stream("mpeg4", rate=10)
    stream.width = stream.height = 64
    stream.pix_fmt = "yuv420p"
    black = np.zeros((64, 64, 3), np.uint8)
    for _ in range(int(seconds * 10)):
        file.mux(stream.encode(av.VideoFrame.from_ndarray(black)))
    file.mux(stream.encode(None))


def silent_flac(seconds: int, sample_rate: int = 44_100) -> bytes:
    """FLAC of constant blocks (RFC 9639): 15 bytes for one and a half seconds."""
    block = 65_535
    count = seconds * sample_rate // block
    fields = sample_rate << 44 | 15 << 36 | count * block  # mono, 16 bits
    info = struct.pack(">HH", block, block) + bytes(6) + fields.to_bytes(8, "big") + bytes(16)
    out = [b"fLaC", b"\x80\x00\x00\x22", info]
    for number in range(count):
        # surrogatepass: it is UTF-8's scheme for any number, not text
        head = b"\xff\xf8\x79\x08" + chr(number).encode("utf-8", "surrogatepass")
        head += struct.pack(">H", block - 1)
        frame = head + bytes([_crc(head, 8, 0x07)]) + bytes(3)
        out.append(frame + struct.pack(">H", _crc(frame, 16, 0x8005)))
    return b"".join(out)


def _crc(data: bytes, bits: int, polynomial: int) -> int:
    table = _crc_table(bits, polynomial)
    value = 0
    for byte in data:
        value = table[value >> (bits - 8) ^ byte] ^ (value << 8 & (1 << bits) - 1)
    return value


@functools.cache
def _crc_table(bits: int, polynomial: int) -> list[int]:
    table = []
    for byte in range(256):
        value = byte << (bits - 8)
        for _ in range(8):
            value = value << 1 ^ (polynomial if value >> (bits - 1) else 0)
            value &= (1 << bits) - 1
        table.append(value)
    return table
