from __future__ import annotations

import io
import struct
import wave
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from tts_core.audio.encode import (
    CODEC_RATE,
    FORMATS,
    Encoder,
    StreamSink,
    open_encoder,
    to_int16,
    wav_header,
)
from tts_core.audio.resample import resample
from tts_core.errors import GenerationError, ValidationError
from tts_core.types import AudioChunk, Samples

RATES = [16_000, 22_050, 24_000, 44_100, 48_000]
CODED = ["mp3", "flac", "opus", "aac"]
DEMUXERS = {"opus": "ogg", "aac": "aac", "ulaw": "mulaw"}


def voice(rate: int, count: int) -> Samples:
    """Harmonics of a gliding pitch in syllables: as hard to code as speech, and never the same."""
    time = np.arange(count) / rate
    phase = 2 * np.pi * (140 * time + 3 * np.sin(2.1 * time))
    sound = sum(np.sin(k * phase) / k for k in range(1, 20))
    return (0.2 * sound * (0.6 + 0.4 * np.sin(2 * np.pi * 3.3 * time))).astype(np.float32)


def encode(
    name: str, rate: int, samples: Samples, sink: io.BytesIO | None = None, piece: int = 1000
) -> bytes:
    sink = io.BytesIO() if sink is None else sink
    with open_encoder(name, rate, sink) as encoder:
        for i in range(0, len(samples), piece):
            encoder.write(samples[i : i + piece])
    return sink.getvalue()


def decode(name: str, data: bytes, rate: int = 0) -> tuple[Samples, int]:
    """As much as can be decoded, in [-1, 1], and its rate."""
    if name == "pcm":
        return np.frombuffer(data[: len(data) // 2 * 2], "<i2") / np.float32(32767), rate
    pieces: list[NDArray[np.floating]] = [np.zeros(0, np.float32)]
    try:
        demuxer, options = DEMUXERS.get(name, name), {}
        if name in ("ulaw", "alaw"):
            rate = 8_000  # the demuxer cannot know it
            options = {"sample_rate": str(rate)}
        with av.open(io.BytesIO(data), "r", format=demuxer, options=options) as container:
            for frame in container.decode(audio=0):
                array = frame.to_ndarray()[0]
                pieces.append(array / 32767 if array.dtype == np.int16 else array)
                rate = frame.sample_rate
    except (av.InvalidDataError, av.EOFError):  # cut within a header or a frame
        pass
    return np.concatenate(pieces).astype(np.float32), rate


@pytest.mark.sample(12)
@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("name", FORMATS)
def test_length_when_complete(name: str, rate: int) -> None:
    for count in (0, 1, 40, 575, 1151, 1153, 2305, 3 * rate + 7):
        data = encode(name, rate, voice(rate, count))
        samples, got_rate = decode(name, data, rate)
        assert (
            got_rate == (rate if FORMATS[name].rate is None else FORMATS[name].rate) or count == 0
        )
        expected = round(count * got_rate / rate)
        if count == 0 and name in CODED:
            expected = 1
        if name == "aac":
            assert 1024 <= len(samples) - expected <= 2047
        else:
            assert len(samples) == expected, count


@pytest.mark.parametrize("name", FORMATS)
def test_length_when_streamed(name: str) -> None:
    rate = 22_050
    for count in (0, 1, 575, 1153, *range(7000, 9400, 211), rate + 7):
        samples, got_rate = decode(name, encode(name, rate, voice(rate, count), StreamSink()), rate)
        expected = round(count * got_rate / rate)
        extra = len(samples) - max(expected, 1 if name in CODED else 0)
        if name in ("mp3", "aac"):
            assert 0.020 < extra / CODEC_RATE < 0.0481
        else:
            assert extra == 0, count


@pytest.mark.parametrize("rate", [22_050, 44_100, 48_000])
@pytest.mark.parametrize("name", ["wav", "flac", "mp3", "opus"])
def test_soundfile_agrees(name: str, rate: int) -> None:
    count = 2 * rate + 7
    data = encode(name, rate, voice(rate, count))
    samples, got_rate = soundfile.read(io.BytesIO(data))
    assert len(samples) == round(count * got_rate / rate)
    assert soundfile.info(io.BytesIO(data)).frames == len(samples)


@pytest.mark.parametrize("name", ["wav", "flac", "pcm"])
@pytest.mark.parametrize("sink", [io.BytesIO, StreamSink])
def test_lossless_formats_keep_every_sample(name: str, sink: type[io.BytesIO]) -> None:
    samples = voice(24_000, 30_001)
    for piece in (777, 30_001):
        got, _ = decode(name, encode(name, 24_000, samples, sink(), piece))
        np.testing.assert_array_equal(np.rint(got * 32767), to_int16(samples))


@pytest.mark.parametrize("rate", [22_050, 48_000])
@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize(("name", "stream_delay"), [("mp3", 1105), ("opus", 0), ("aac", 1024)])
def test_lossy_formats_keep_the_sound(
    name: str, stream_delay: int, streamed: bool, rate: int
) -> None:
    samples = voice(rate, 2 * rate)
    got, _ = decode(name, encode(name, rate, samples, StreamSink() if streamed else None))
    expected = resample(AudioChunk(samples, rate), CODEC_RATE).samples
    size = 2 ** int(np.ceil(np.log2(len(got) + len(expected))))
    spectrum = np.fft.rfft(got, size) * np.conj(np.fft.rfft(expected, size))
    delay = int(np.argmax(np.fft.irfft(spectrum)))
    assert delay == (0 if name == "mp3" and not streamed else stream_delay)
    aligned = got[delay : delay + len(expected)]
    assert np.corrcoef(aligned, expected[: len(aligned)])[0, 1] > 0.99


@pytest.mark.parametrize("name", FORMATS)
def test_the_pitch_is_right(name: str) -> None:
    rate = 22_050
    sine = (0.5 * np.sin(2 * np.pi * 1000 * np.arange(rate) / rate)).astype(np.float32)
    got, got_rate = decode(name, encode(name, rate, sine), rate)
    middle = got[len(got) // 4 :][: got_rate // 2]
    peak = int(np.argmax(np.abs(np.fft.rfft(middle * np.hanning(len(middle))))))
    assert peak * got_rate / len(middle) == pytest.approx(1000, abs=2)
    assert np.abs(middle).max() == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize("rate", [16_000, 22_050, 48_000])
@pytest.mark.parametrize("name", FORMATS)
def test_sound_comes_out_soon(name: str, rate: int) -> None:
    """After 300 ms of audio in pieces of 20 ms, 50 ms can be heard; in fact, 140."""
    sink = StreamSink()
    got = b""
    samples = voice(rate, rate)
    encoder = open_encoder(name, rate, sink)
    for i in range(15):
        encoder.write(samples[i * rate // 50 : (i + 1) * rate // 50])
        got += sink.drain()
    heard, got_rate = decode(name, got, rate)
    assert len(heard) / got_rate >= 0.14
    encoder.close()


@pytest.mark.parametrize("name", FORMATS)
def test_a_stream_cut_anywhere_plays_until_there(name: str) -> None:
    rate, seconds = 24_000, 2
    hiss = np.random.default_rng(5).uniform(-0.3, 0.3, rate * seconds).astype(np.float32)
    data = encode(name, rate, hiss, StreamSink(), 480)
    for cut in np.random.default_rng(11).integers(0, len(data), 25):
        samples, got_rate = decode(name, data[:cut], rate)
        heard = len(samples) / got_rate if got_rate else 0
        assert heard >= seconds * cut / len(data) - 0.15


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_that_can_only_be_written(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"sound{FORMATS[name].extension}"
    with path.open("wb") as sink, open_encoder(name, 24_000, sink) as encoder:
        encoder.write(voice(24_000, 4801))
    # The bytes differ where Ogg has its random serial number.
    got, _ = decode(name, path.read_bytes())
    expected, _ = decode(name, encode(name, 24_000, voice(24_000, 4801), piece=4801))
    np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize("name", FORMATS)
def test_bad_samples_do_no_harm(name: str) -> None:
    samples = np.tile(np.array([np.nan, np.inf, -np.inf, 9, -9], np.float32), 2000)
    got, _ = decode(name, encode(name, 24_000, samples))
    assert len(got) >= 10_000 * (FORMATS[name].rate or 24_000) // 24_000
    assert np.isfinite(got).all()


@pytest.mark.parametrize("name", FORMATS)
def test_another_rate_on_request(name: str) -> None:
    rates = FORMATS[name].rates or (8_000, 11_000, 48_000)
    if name in ("ulaw", "alaw"):
        rates = (8_000,)
    samples = voice(24_000, 12_000)
    for rate in rates:
        sink = io.BytesIO()
        with open_encoder(name, 24_000, sink, rate) as encoder:
            assert encoder.sample_rate == rate
            encoder.write(samples)
        got, got_rate = decode(name, sink.getvalue(), rate)
        # Opus decodes to 48 kHz always; AAC adds up to two frames.
        assert got_rate == (48_000 if name == "opus" else rate)
        extra = len(got) / got_rate - 0.5
        assert 0 <= round(extra, 4) <= (2048 / rate if name == "aac" else 0.001), rate


def test_rates_that_cannot_be_had() -> None:
    for name, rate in (("mp3", 9_000), ("opus", 44_100), ("wav", 7_999), ("pcm", 48_001)):
        with pytest.raises(ValidationError, match=f"{name} can have .* got {rate}"):
            FORMATS[name].checked_rate(rate)
    assert FORMATS["wav"].checked_rate(None) is None


def test_int16() -> None:
    samples = np.array([0, 1, -1, 2, -2, np.nan, np.inf, 0.5, 1 / 32767, 0.6 / 32767], np.float32)
    expected = [0, 32767, -32767, 32767, -32767, 0, 0, 16384, 1, 1]
    np.testing.assert_array_equal(to_int16(samples), np.array(expected, np.int16))
    assert to_int16(samples).dtype == np.int16


def test_a_streamed_wav_has_open_sizes() -> None:
    data = encode("wav", 24_000, voice(24_000, 4801), StreamSink())
    assert struct.unpack_from("<I", data, 4) == struct.unpack_from("<I", data, 40) == (2**32 - 1,)
    with wave.open(io.BytesIO(data)) as reader:
        assert len(reader.readframes(10_000)) == 9602


def test_a_finished_wav_has_its_sizes() -> None:
    data = encode("wav", 24_000, voice(24_000, 4801))
    assert struct.unpack_from("<I", data, 4) == (len(data) - 8,)
    with wave.open(io.BytesIO(data)) as reader:
        params = reader.getparams()
    assert params[:4] == (1, 2, 24_000, 4801)


@pytest.mark.parametrize(("size", "known"), [(2**32 - 38, True), (2**32 - 36, False)])
def test_a_wav_too_large_for_its_fields_keeps_them_open(size: int, known: bool) -> None:
    header = wav_header(24_000, size)
    assert struct.unpack_from("<I", header, 40) == (size if known else 2**32 - 1,)
    assert struct.unpack_from("<I", header, 4) == (size + 36 if known else 2**32 - 1,)


def test_an_unknown_format_names_the_known_ones() -> None:
    with pytest.raises(ValidationError, match="Did you mean flac") as caught:
        open_encoder("falc", 24_000, io.BytesIO())
    assert "wav, mp3, flac, opus, aac, pcm" in str(caught.value)
    assert caught.value.field == "format"
    with pytest.raises(ValidationError, match=r"'qqq'\. Choose"):
        open_encoder("qqq", 24_000, io.BytesIO())


def test_what_the_codec_refuses() -> None:
    with pytest.raises(GenerationError, match="flac"):
        open_encoder("flac", 0, io.BytesIO())


class FullDisk(io.BytesIO):
    def write(self, data: object) -> int:
        if self.tell() > 1000:
            raise OSError(28, "No space left on device")
        return super().write(data)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", FORMATS)
def test_the_sink_s_own_error_comes_through(name: str) -> None:
    def fill(encoder: Encoder) -> None:
        with encoder:
            for _ in range(4):
                encoder.write(voice(24_000, 24_000))

    with pytest.raises(OSError, match="No space left"):
        fill(open_encoder(name, 24_000, FullDisk()))


@pytest.mark.parametrize("name", FORMATS)
def test_closing(name: str) -> None:
    sink = io.BytesIO()
    encoder = open_encoder(name, 24_000, sink)
    encoder.write(voice(24_000, 2400))
    encoder.close()
    size = len(sink.getvalue())
    encoder.close()
    assert len(sink.getvalue()) == size
    assert not sink.closed
    with pytest.raises(ValueError, match="closed"):
        encoder.write(voice(24_000, 2400))


def test_a_drained_sink_starts_anew() -> None:
    sink = StreamSink()
    sink.write(b"one")
    assert sink.drain() == b"one"
    assert sink.drain() == b""
    sink.write(b"two")
    assert sink.drain() == b"two"
