"""Word times found in other voices' speech, by the embedded engine's speech of the same text."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from tests.support.engines import context, reference
from tests.support.recordings import timed_speech
from tts_core.alignment import aligner
from tts_core.alignment.align import Alignment, Reference, align
from tts_core.alignment.aligner import ReferenceAligner, References
from tts_core.audio.features import FRAME_SECONDS, RATE, features, spectrum
from tts_core.types import AlignmentRequest, AudioChunk, WordTiming

TEXT = (
    "When the train finally arrived, most of the passengers had already gone home by bus, "
    "and nobody was surprised."
)
REFERENCES = References(context())


def spoken(voice: str, variant: str = "", speed: float = 1.0, text: str = TEXT) -> AudioChunk:
    return timed_speech(text, voice, variant, speed)


def found(chunk: AudioChunk, text: str = TEXT, voice: str = "en-us") -> Alignment:
    alignment = align(chunk, REFERENCES.speaker(text, reference(voice)))
    assert alignment is not None
    return alignment


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("voice", "variant", "speed"),
    [
        ("en-us", "m3", 1.0),
        ("en-us", "f2", 0.75),
        ("en-gb", "f3", 1.3),
        ("en-gb-scotland", "m7", 0.9),
        ("en-gb-x-rp", "Annie", 1.1),
    ],
)
def test_words_of_other_voices_and_paces(voice: str, variant: str, speed: float) -> None:
    chunk = spoken(voice, variant, speed)
    words = found(chunk).words
    assert [w.text for w in words] == [w.text for w in chunk.words] == TEXT.split()
    off = [abs(a.start - b.start) for a, b in zip(words, chunk.words, strict=True)]
    print(f"{voice}+{variant} {speed}: {1000 * np.median(off):.0f}, {1000 * max(off):.0f} ms")
    assert np.median(off) <= 0.02
    assert np.percentile(off, 90) <= 0.06


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("voice", "text"),
    [
        ("es", "El viejo pescador miraba el mar y esperaba la barca."),
        ("de", "Am Ende des Dorfes steht ein kleines Haus mit rotem Dach."),
        ("cmn", "今天天气很好，我们去公园。"),
        ("ar", "القط ينام تحت الطاولة في المطبخ"),
    ],
)
def test_words_in_other_languages(voice: str, text: str) -> None:
    chunk = spoken(voice, "f4", 0.9, text)
    words = found(chunk, text, voice).words
    assert [w.text for w in words] == [w.text for w in chunk.words]
    off = [abs(a.start - b.start) for a, b in zip(words, chunk.words, strict=True)]
    assert np.median(off) <= 0.02


def test_words_by_natural_speech_in_other_accents() -> None:
    """hibari speaks American English; the words' times are eSpeak NG's."""
    chunk = spoken("en-gb-x-rp", "f2")
    alignment = align(chunk, REFERENCES.speaker(TEXT, reference("heart", "en-us", "hibari")))
    assert alignment is not None
    assert [w.text for w in alignment.words] == TEXT.split()
    off = [abs(a.start - b.start) for a, b in zip(alignment.words, chunk.words, strict=True)]
    assert np.median(off) <= 0.025
    assert np.percentile(off, 90) <= 0.07


def test_a_pause_lies_between_its_words() -> None:
    chunk = spoken("en-gb", "f2")
    gap = chunk.words[9].start
    at, rate = round(gap * chunk.sample_rate), chunk.sample_rate
    parts = (chunk.samples[:at], np.zeros(rate, np.float32), chunk.samples[at:])
    words = found(AudioChunk(np.concatenate(parts), rate)).words
    assert words[8].end == pytest.approx(gap, abs=0.06)
    assert words[9].start == pytest.approx(gap + 1, abs=0.06)


def test_times_do_not_depend_on_the_sample_rate() -> None:
    from tts_core.audio.resample import resample

    chunk = spoken("en-gb", "f2")
    low, high = (found(resample(chunk, rate)).words for rate in (16_000, 48_000))
    assert [w.start for w in low] == pytest.approx([w.start for w in high], abs=0.03)


@pytest.mark.parametrize("kind", ["other words", "noise", "tone", "click", "half of it"])
def test_whatever_is_said_words_stay_in_order(kind: str) -> None:
    chunk = spoken("en-us", "m3")
    noise = np.random.default_rng(0).standard_normal(30_000).astype(np.float32) * 0.1
    click = np.zeros(30_000, np.float32)
    click[15_000:15_400] = 0.5
    tone = np.sin(np.arange(30_000, dtype=np.float32) * 0.1)
    sounds = {
        "other words": spoken("en-us", "m3", text="Something else altogether is said.").samples,
        "noise": noise,
        "tone": tone,
        "click": click,
        "half of it": chunk.samples[: len(chunk.samples) // 2],
    }
    sound = AudioChunk(sounds[kind], chunk.sample_rate)
    words = found(sound).words
    assert [w.text for w in words] == TEXT.split()
    assert all(0 <= w.start <= w.end <= sound.duration + FRAME_SECONDS for w in words)
    assert all(a.end <= b.start for a, b in pairwise(words))
    assert all(type(w.start) is float and type(w.end) is float for w in words)


@pytest.mark.parametrize("samples", [0, 1, 100, 20_000])
def test_nothing_is_found_in_silence(samples: int) -> None:
    silence = AudioChunk(np.zeros(samples, np.float32), 24_000)
    assert align(silence, REFERENCES.speaker(TEXT, reference("en-us"))) is None
    heard = ReferenceAligner(context()).align(
        AlignmentRequest(silence, TEXT, reference("en-us"), "scripted")
    )
    assert heard.words is not None
    assert [w.text for w in heard.words] == TEXT.split()
    assert heard.words[-1].end == pytest.approx(silence.duration)


def test_a_silent_reference() -> None:
    silent = Reference.of(AudioChunk(np.zeros(8000, np.float32), RATE, (WordTiming("a", 0, 0.5),)))
    assert align(spoken("en-us", "m3"), lambda pace: silent) is None


def test_no_matrix_is_made_of_minutes() -> None:
    long = AudioChunk(np.tile(spoken("en-us", "m3").samples, 12), 22_050, (WordTiming("a", 0, 9),))
    reference = Reference.of(long)
    assert align(long, lambda pace: reference) is None


def test_references_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    references = References(context())
    speak = references.speaker(TEXT, reference("en-us"))
    assert speak(1.0) is speak(1.0)
    monkeypatch.setattr(aligner, "_MAX_REFERENCES", 5)
    for number in range(8):
        references.speaker(f"Number {number}.", reference("en-us"))(1.0)
    assert len(references._cache) == 5


def test_features_have_a_frame_for_every_ten_milliseconds() -> None:
    sound = spectrum(np.random.default_rng(0).standard_normal(16_000).astype(np.float32))
    assert features(sound).shape == (101, 26)
    assert len(sound.energy) == len(sound.speech) == 101
    still = features(spectrum(np.zeros(1600, np.float32)))
    assert np.isfinite(still).all()
