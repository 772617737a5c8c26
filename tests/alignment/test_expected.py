"""hibari's speech is checked by the phonemes that it meant to say, without other speech."""

from __future__ import annotations

import functools
from dataclasses import replace

import numpy as np
import pytest

from tests.conftest import MakeService
from tests.support.engines import context, info_of, new_engine, reference, spoken_by
from tts_core.alignment.aligner import ReferenceAligner
from tts_core.alignment.expected import departure
from tts_core.alignment.phones import NONE, labels, numbers
from tts_core.audio.join import joined
from tts_core.engines.hibari.engine import HEART, HibariEngine
from tts_core.engines.runner import RunnerState
from tts_core.types import (
    AlignmentRequest,
    AudioChunk,
    PhonemeTiming,
    Quality,
    Utterance,
    WordTiming,
)
from tts_core.validation import speech_request

TEXT = "Every winter the old ferry carries coal and letters to the northern islands."
WEIGHTS = info_of(HibariEngine).weights


@functools.cache
def engine() -> HibariEngine:
    made = new_engine(HibariEngine)
    made.load()
    return made


@functools.cache
def spoken(text: str = TEXT, speed: float = 1.0, pitch: float = 1.0) -> AudioChunk:
    utterance = Utterance(text, HEART, "en-us", speed, pitch)
    return joined(list(spoken_by(engine(), utterance)))


def check(samples: np.ndarray, meant: AudioChunk, weights: str = WEIGHTS) -> Quality:
    """Have a sound checked by the words and phonemes of another."""
    sound = replace(meant, samples=samples.astype(np.float32))
    request = AlignmentRequest(sound, TEXT, reference("en-us"), "hibari", weights)
    result = ReferenceAligner(context()).align(request)
    assert result.words == meant.words
    assert result.quality is not None
    return result.quality


def kinds(quality: Quality) -> dict[str, tuple[str, ...]]:
    return {issue.kind: issue.words for issue in quality.issues}


def place(word: str) -> tuple[int, int]:
    sound = spoken()
    timing = next(w for w in sound.words if w.text == word)
    return round(timing.start * sound.sample_rate), round(timing.end * sound.sample_rate)


@pytest.mark.parametrize(
    ("text", "speed", "pitch"),
    [
        (TEXT, 1.0, 1.0),
        (TEXT, 1.3, 1.0),
        (TEXT, 0.7, 1.0),
        (TEXT, 0.8, 0.8),
        ("Nobody had told the youngest of the brothers, so he waited at the gate.", 1.0, 1.2),
    ],
)
def test_clean_speech_passes(text: str, speed: float, pitch: float) -> None:
    sound = spoken(text, speed, pitch)
    quality = check(sound.samples, sound)
    assert quality.score is not None
    assert quality.score > 0.5
    assert quality.issues == ()


@pytest.mark.parametrize(
    ("said", "word"),
    [
        (TEXT.replace("ferry", "doctor"), "ferry"),
        (TEXT.replace("coal and", "coal and heavy"), "letters"),
        (TEXT.replace(" coal", ""), "coal"),
    ],
)
def test_other_words_are_found(said: str, word: str) -> None:
    """What comes after them is at another time, and so other words than expected, too."""
    found = check(spoken(said).samples, spoken())
    assert found.score is not None
    assert found.score < 0.5
    words = TEXT.split()
    named = {words.index(w) for words_found in kinds(found).values() for w in words_found}
    assert min(named) >= words.index(word)


def test_another_text() -> None:
    other = spoken("Heavy rain fell on the roofs of the town, and the river rose by a foot.")
    assert check(other.samples, spoken()).sure


def test_a_word_that_is_silent() -> None:
    first, last = place("carries")
    samples = spoken().samples.copy()
    samples[first:last] = 0
    assert "carries" in kinds(check(samples, spoken()))["missing"]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Nobody knew which of the roads led to the harbor.", "which"),
        ("The captain said that none of the letters had arrived.", "none"),
    ],
)
def test_a_short_word_that_is_silent(text: str, word: str) -> None:
    """It is hardly longer than the silences of stops, but its vowel should be heard."""
    sound = spoken(text)
    timing = next(w for w in sound.words if w.text == word)
    samples = sound.samples.copy()
    samples[round(timing.start * sound.sample_rate) : round(timing.end * sound.sample_rate)] = 0
    assert check(sound.samples, sound).issues == ()
    assert kinds(check(samples, sound))["missing"] == (word,)


def test_a_cut_end() -> None:
    first, _ = place("northern")
    found = kinds(check(spoken().samples[:first], spoken()))
    assert {"northern", "islands."} <= {w for words in found.values() for w in words}


def test_a_short_word_is_cut_off() -> None:
    """The silence in its place is not taken for the pause after it."""
    sound = spoken("Nobody in the valley could tell them which way to go.")
    cut = round(sound.words[-1].start * sound.sample_rate)
    assert check(sound.samples, sound).issues == ()
    assert kinds(check(sound.samples[:cut], sound))["cut end"] == ("go.",)


def test_more_is_said_than_was_meant() -> None:
    assert kinds(check(spoken(TEXT + " Purple elephants.").samples, spoken()))["extra"] == (
        "islands.",
    )


def test_a_long_silence() -> None:
    first, _ = place("carries")
    parts = (spoken().samples[:first], np.zeros(48_000), spoken().samples[first:])
    assert "silence" in kinds(check(np.concatenate(parts), spoken()))


def test_noise() -> None:
    samples = spoken().samples.copy()
    part = samples[30_000:45_000]
    part[:] = np.random.default_rng(1).standard_normal(len(part)) * samples.std()
    assert "noise" in kinds(check(samples, spoken()))


def test_nothing_is_heard() -> None:
    assert check(np.zeros(len(spoken().samples)), spoken()).sure


def test_other_weights_and_short_texts_are_not_checked() -> None:
    assert not check(spoken().samples, spoken(), "0.9").checked
    short = spoken("Good morning, everybody.")
    assert not check(short.samples, short).checked


def test_very_slow_and_fast_speech_is_not_checked() -> None:
    assert [bool(spoken(TEXT, speed).phonemes) for speed in (0.6, 0.7, 1.3, 1.4)] == [
        False,
        True,
        True,
        False,
    ]


def test_phonemes_lie_in_their_words() -> None:
    sound = spoken()
    starts = [phoneme.start for phoneme in sound.phonemes]
    assert starts == sorted(starts)
    assert sound.phonemes[-1].symbol == ""
    assert sound.words[-1].end <= starts[-1] <= sound.duration
    for word in sound.words:
        inside = [p.symbol for p in sound.phonemes if word.start <= p.start < word.end]
        assert inside
        assert " " not in inside


def test_long_texts_are_said_in_parts_whose_phonemes_go_on() -> None:
    text = " ".join([TEXT] * 6)
    sound = spoken(text)
    ends = [phoneme.start for phoneme in sound.phonemes if not phoneme.symbol]
    assert len(ends) > 1
    assert [p.start for p in sound.phonemes] == sorted(p.start for p in sound.phonemes)
    assert check(sound.samples, sound).issues == ()


def test_requests_are_checked_without_a_worker(
    make_service: MakeService,
) -> None:
    service = make_service()
    _, info = service.synthesize(speech_request(text=TEXT, engine="hibari", language="en"))
    assert info.quality is not None
    assert [q.quality.checked for q in info.quality] == [True]
    assert info.quality[0].quality.issues == ()
    assert info.words is not None
    assert service._alignment._runner.state is RunnerState.UNLOADED
    off = make_service(quality_check="off")
    _, info = off.synthesize(speech_request(text=TEXT, engine="hibari", language="en"))
    assert info.quality is None


def test_the_phone_of_each_symbol() -> None:
    assert labels("ˈtuː, ᵻˌn") == ["t", "t", "u", "u", NONE, NONE, "ɪ", "n", "n"]
    assert labels(["a", "", "ː"]) == ["a", NONE, NONE]
    assert {"t", "u", "silence"} <= numbers().keys()


def test_nothing_to_measure() -> None:
    sound = spoken()
    assert departure(replace(sound, words=())) is None
    unknown = (PhonemeTiming("x", 0.0), PhonemeTiming("", 1.0))
    assert departure(replace(sound, words=(WordTiming("x", 0, 1),), phonemes=unknown)) is None
