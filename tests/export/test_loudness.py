"""Loudness by BS.1770, peaks, and what ACX wants, with natural speech and with faults."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pyloudnorm
import pytest

from tests.support.spoken_books import RATE, decoded, segment, tone
from tts_core.audio.encode import open_encoder
from tts_core.audio.level import LEVEL
from tts_core.errors import NotAudioError
from tts_core.export import acx
from tts_core.export.book import SpokenBook, SpokenChapter, SpokenSegment
from tts_core.export.preset import PRESETS
from tts_core.export.write import export_book
from tts_core.service import SpeechService
from tts_core.settings import Settings
from tts_core.types import Samples, SpeechRequest

SENTENCES = (
    "It was the best of times, it was the worst of times; it was the age of wisdom.",
    "Nobody answered him, for the road was long and the night was cold and wet.",
    "Why would anyone do that?",
    "She opened the window and looked down into the garden, where the children were playing.",
)


@pytest.fixture(scope="module")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SpokenSegment, ...]]:
    """Sentences of hibari, as the service makes them."""
    folder = tmp_path_factory.mktemp("speech")
    settings = Settings(_env_file=None, data_dir=folder, runner="inline", cache_mb=0)  # type: ignore[call-arg]
    with closing(SpeechService(settings)) as service:
        made = []
        for text in SENTENCES:
            path, info = service.synthesize(SpeechRequest(text=text, engine="hibari"), "flac")
            made.append(SpokenSegment(text, path, info.duration_seconds, 0.4))
        yield tuple(made)


def book_of(*segments: SpokenSegment) -> SpokenBook:
    return SpokenBook("Book", "", "en", (SpokenChapter("One", segments),))


def exported(book: SpokenBook, folder: Path, format: str, preset: str = "") -> Path:
    return export_book(book, format, folder / "out", cache=folder / "cache", preset=preset)


def loudness(path: Path) -> float:
    sound, rate = decoded(path)
    return float(pyloudnorm.Meter(rate).integrated_loudness(sound))


def test_natural_speech_has_the_loudness_that_was_aimed_at(
    speech: tuple[SpokenSegment, ...], tmp_path: Path
) -> None:
    for format in ("wav", "m4b"):
        path = exported(book_of(*speech, *speech), tmp_path, format)
        assert loudness(path) == pytest.approx(PRESETS[""].loudness, abs=1)
    report = acx.check(tmp_path / "out" / "Book.m4b")
    assert report.peak < -1


def test_the_gain_does_not_depend_on_the_rest_of_the_book(
    speech: tuple[SpokenSegment, ...], tmp_path: Path
) -> None:
    alone, rate = decoded(exported(book_of(speech[0]), tmp_path, "wav"))
    shout = segment(tmp_path / "loud.flac", tone(3.0, 500, level=0.9))
    together, _ = decoded(exported(book_of(speech[0], shout), tmp_path, "wav"))
    same = round((speech[0].duration - 0.05) * rate)
    assert np.array_equal(alone[:same], together[:same])


def test_peaks_are_limited(tmp_path: Path) -> None:
    shout = segment(tmp_path / "loud.flac", tone(3.0, 500, level=0.99))
    for format, most in (("wav", -1.9), ("mp3", -1.5), ("m4b", -1.0), ("opus", -1.0)):
        report = acx.check(exported(book_of(shout), tmp_path, format))
        assert -3 < report.peak < most, format


def test_the_preset_passes(speech: tuple[SpokenSegment, ...], tmp_path: Path) -> None:
    report = acx.check(exported(book_of(*speech, *speech), tmp_path, "mp3", "acx"))
    assert report.problems == ()
    assert report.passed
    assert (report.codec, report.rate, report.channels) == ("mp3", 44_100, 1)
    assert report.constant
    assert report.bit_rate == pytest.approx(192_000, rel=0.01)
    assert -90 < report.noise_floor < -70  # room tone, not digital silence


def test_the_usual_mp3_does_not(speech: tuple[SpokenSegment, ...], tmp_path: Path) -> None:
    report = acx.check(exported(book_of(*speech), tmp_path, "mp3"))
    assert not report.passed
    found = "\n".join(report.problems)
    for what in ("bit rate is constant, 64 kbit/s", "sample rate is 24000 Hz", "before the speech"):
        assert what in found


def narrated(change: Callable[[Samples], Samples] = lambda sound: sound) -> Samples:
    """A minute at 44.1 kHz that passes, changed."""
    rate = acx.RATE
    phrase = np.concatenate([tone(1.5, 200, rate, 0.19), np.zeros(rate // 2, np.float32)])
    sound = np.concatenate([np.zeros(round(0.7 * rate)), *[phrase] * 8, np.zeros(2 * rate)])
    noise = np.random.default_rng(1).normal(0, 10 ** (-75 / 20), len(sound))
    return change((sound + noise).astype(np.float32))


def spoiled(sound: Samples) -> Samples:
    sound[100_000] = 0.99
    return sound


def stored(path: Path, samples: Samples, rate: int = acx.RATE, bit_rate: int = 192_000) -> Path:
    with (
        path.open("wb") as file,
        open_encoder(path.suffix[1:], rate, file, rate, bit_rate) as encoder,
    ):
        encoder.write(samples)
    return path


@pytest.mark.sample(4)
@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda s: s, None),
        (lambda s: s * np.float32(0.4), "The RMS is -27"),
        (lambda s: s * np.float32(2.5), "Lower the level"),
        (spoiled, "The peak is -"),
        (
            lambda s: s + np.random.default_rng(2).normal(0, 0.003, len(s)).astype(np.float32),
            "The noise floor is -51",
        ),
        (lambda s: s[round(0.6 * acx.RATE) :], "0.10 s of silence before the speech"),
        (lambda s: np.pad(s, (acx.RATE, 0)), "1.70 s of silence before the speech"),
        (lambda s: s[: -2 * acx.RATE], "of silence after the speech"),
        (lambda s: np.pad(s, (0, 5 * acx.RATE)), "of silence after the speech"),
    ],
)
def test_each_rule(
    tmp_path: Path, change: Callable[[Samples], Samples], problem: str | None
) -> None:
    report = acx.check(stored(tmp_path / "a.mp3", narrated(change)))
    if problem is None:
        assert report.problems == ()
        assert report.rms == pytest.approx(-19.65, abs=0.2)
    else:
        assert [text for text in report.problems if problem in text], report.problems


def test_rules_of_the_format(tmp_path: Path) -> None:
    sound = narrated()
    flac = acx.check(stored(tmp_path / "a.flac", sound))
    assert flac.problems == (
        "The format is flac; it has to be MP3. Export MP3 with the preset acx.",
    )
    low = acx.check(stored(tmp_path / "b.mp3", sound, bit_rate=128_000))
    assert low.problems == (
        "The bit rate is constant, 128 kbit/s; it has to be constant, 192 or more. Export with the "
        "preset acx.",
    )
    path = tmp_path / "vbr.mp3"
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libmp3lame", rate=acx.RATE, layout="mono", format="fltp")
        stream.codec_context.flags |= 2  # AV_CODEC_FLAG_QSCALE
        stream.codec_context.global_quality = 0
        frame = av.AudioFrame.from_ndarray(sound[np.newaxis], "fltp", "mono")
        frame.sample_rate = acx.RATE
        file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    assert "The bit rate is variable" in "\n".join(acx.check(path).problems)


def test_stereo_and_silence(tmp_path: Path) -> None:
    path = tmp_path / "stereo.wav"
    with av.open(str(path), "w") as file:
        stream = file.add_stream("pcm_s16le", rate=acx.RATE, layout="stereo", format="s16")
        both = np.stack([narrated(), np.zeros(len(narrated()), np.float32)])
        ints = (both * 32767).astype(np.int16).T.reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(ints), "s16", "stereo")
        frame.sample_rate = acx.RATE
        file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    report = acx.check(path)
    assert report.channels == 2
    assert report.rms == pytest.approx(-22.4, abs=0.2)
    silent = acx.check(stored(tmp_path / "a.wav", np.zeros(acx.RATE, np.float32)))
    assert silent.rms == silent.noise_floor == silent.peak == -np.inf
    assert "The RMS is -inf dB" in silent.problems[0]


@pytest.mark.parametrize("content", [b"", b"hello", bytes(1_000)])
def test_what_is_no_sound(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(content)
    with pytest.raises(NotAudioError):
        acx.check(path)


def test_long_files(tmp_path: Path) -> None:
    report = acx.check(stored(tmp_path / "a.mp3", narrated()))
    long = replace(report, duration=2 * 60 * 60 + 1.0, problems=())
    assert list(acx._problems(long)) == [
        "The file lasts 120 minutes; at most 120 are allowed. Divide the chapter."
    ]


def test_voices_are_as_loud_as_the_presets_assume() -> None:
    assert LEVEL + PRESETS[""].gain == PRESETS[""].loudness
    assert RATE == 24_000
