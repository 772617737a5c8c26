from __future__ import annotations

import re

import numpy as np
import pytest

from tests.support.recordings import excerpt, joined, noisy, spoken
from tts_core.audio import measure
from tts_core.audio.clip_report import MOST_CHANGE, inspect_clip
from tts_core.audio.resample import resample
from tts_core.audio.speaker_change import SpeakerChange, speaker_change
from tts_core.types import AudioChunk


def change(clip: AudioChunk) -> SpeakerChange | None:
    samples = resample(clip, 16_000).samples
    pitches = measure.pitch_track(samples, 16_000)
    return speaker_change(samples, pitches, measure.speech_frames(clip))


@pytest.mark.parametrize(("first", "second"), [("", "f2"), ("f2", ""), ("m1", "f4"), ("f3", "m3")])
def test_where_another_goes_on(first: str, second: str) -> None:
    before = spoken(first)
    found = change(joined([before, spoken(second)]))
    assert found is not None
    assert found.score > 2 * MOST_CHANGE
    assert found.seconds == pytest.approx(before.duration, abs=0.75)


@pytest.mark.parametrize(("first", "second"), [("", "m7"), ("f2", "f4"), ("f3", "f2")])
def test_timbre_alone_tells(first: str, second: str) -> None:
    """The pitch spread of these is that of one person."""
    check = inspect_clip(joined([spoken(first), spoken(second)])).checks[-1]
    assert check.grade == "warn"
    assert re.search("two speakers: the voice changes (8|9|10) s in", check.says)
    assert check.value is not None
    assert check.value < 4


@pytest.mark.parametrize("variant", ["", "f2", "m3", "klatt"])
def test_one_voice_on_two_days(variant: str) -> None:
    clip = spoken(variant)
    quieter = AudioChunk(clip.samples * np.float32(0.6), clip.sample_rate)
    found = change(joined([clip, excerpt(quieter, 1, 7)]))
    assert found is not None
    assert found.score < MOST_CHANGE


def test_too_little_to_tell() -> None:
    assert change(excerpt(spoken(), 0, 5)) is None
    assert change(AudioChunk(np.zeros(0, np.float32), 16_000)) is None
    assert change(AudioChunk(np.zeros(16_000 * 10, np.float32), 16_000)) is None


def test_nothing_voiced() -> None:
    """Whispered speech has no pitch, so only the timbre can tell speakers apart."""
    samples = resample(joined([spoken(), spoken("f2")]), 16_000).samples
    speech = np.ones(len(samples) // 480 + 1, np.bool_)
    unvoiced = np.full(len(samples) // 160 - 3, np.nan)
    found = speaker_change(samples, unvoiced, speech)
    assert found is not None
    assert np.isfinite(found.score)
    assert found.score > 2


def test_noise_is_no_speaker() -> None:
    found = change(noisy(joined([spoken(), spoken()]), 20))
    assert found is None or found.score < MOST_CHANGE
