from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np
import pytest

from tests.support.recordings import (
    amplified,
    encoded,
    excerpt,
    joined,
    noisy,
    over_telephone,
    overdriven,
    padded,
    spoken,
    tone,
)
from tts_core.audio import measure
from tts_core.audio.clip_report import ClipReport, inspect_clip
from tts_core.audio.decode import decode
from tts_core.audio.resample import resample
from tts_core.types import AudioChunk

CHECKS = ["speech", "silence", "clipping", "loudness", "noise", "bandwidth", "speakers"]


def flagged(report: ClipReport) -> dict[str, str]:
    return {check.name: check.grade for check in report.checks if check.grade != "good"}


def value(report: ClipReport, name: str) -> float:
    found = next(check.value for check in report.checks if check.name == name)
    assert found is not None
    return found


@pytest.mark.sample(4)
@pytest.mark.parametrize("variant", ["", "f2", "f3", "m1", "m3", "klatt", "Annie", "croak"])
def test_clean_speech_is_good(variant: str) -> None:
    report = inspect_clip(spoken(variant))
    assert report.grade == "good"
    assert not flagged(report)
    assert [check.name for check in report.checks] == CHECKS
    for check in report.checks:
        assert check.says
        assert not check.says.endswith(".")
        assert not check.advice


@pytest.mark.parametrize("voice", ["en-gb", "de", "fr-fr", "es"])
def test_clean_speech_is_good_in_other_languages(voice: str) -> None:
    assert not flagged(inspect_clip(spoken(voice=voice)))


SPOILED: dict[str, tuple[Callable[[AudioChunk], AudioChunk], dict[str, str]]] = {
    "clipped": (lambda c: overdriven(c, 12), {"clipping": "bad", "loudness": "warn"}),
    "a little clipped": (lambda c: overdriven(c, 6), {"clipping": "warn"}),
    "white noise": (lambda c: noisy(c, 10), {"noise": "warn"}),
    "pink noise": (lambda c: noisy(c, 10, pink=True), {"noise": "warn"}),
    "telephone": (over_telephone, {"bandwidth": "warn"}),
    "8 kHz file": (lambda c: resample(c, 8000), {"bandwidth": "warn"}),
    "padded": (lambda c: padded(c, 4, 4), {"silence": "warn"}),
    "short": (lambda c: excerpt(c, 2, 5), {"speech": "warn"}),
    "quiet": (lambda c: amplified(c, -30), {"loudness": "warn"}),
}


@pytest.mark.sample(9)
@pytest.mark.parametrize("variant", ["", "f2"])
@pytest.mark.parametrize("kind", SPOILED)
def test_what_is_spoiled_is_flagged_and_nothing_else(kind: str, variant: str) -> None:
    spoil, expected = SPOILED[kind]
    report = inspect_clip(spoil(spoken(variant)))
    found = flagged(report)
    if kind == "clipped":
        expected = expected | {k: v for k, v in found.items() if k == "noise"}  # it is noise too
    assert found == expected
    assert report.grade == ("bad" if "bad" in expected.values() else "warn")
    for check in report.checks:
        assert bool(check.advice) == (check.name in expected)


def test_too_loud_without_clipping() -> None:
    loud = spoken("f2")
    # Pressed softly instead of clipped, as broadcasters do.
    samples = np.tanh(8 * loud.samples).astype(np.float32)
    report = inspect_clip(AudioChunk(samples, loud.sample_rate))
    assert flagged(report) == {"loudness": "warn"}
    assert value(report, "loudness") > -9


@pytest.mark.parametrize("seconds", [0.1, 0.5, 1.5])
def test_too_short(seconds: float) -> None:
    report = inspect_clip(excerpt(spoken(), 1, 1 + seconds))
    assert report.grade == "bad"
    assert flagged(report)["speech"] == "bad"
    assert value(report, "speech") <= seconds
    speech = report.checks[0]
    assert speech.advice.startswith(f"Record at least {5 if seconds < 1 else 4} s more")


def test_two_speakers_are_a_hint() -> None:
    man, woman = spoken(), spoken("f2")
    for clip in (
        joined([excerpt(man, 0, 4), excerpt(woman, 4, 8)]),
        joined([excerpt(woman, 0, 3), excerpt(man, 1, 6)]),
    ):
        report = inspect_clip(clip)
        assert flagged(report) == {"speakers": "warn"}
        assert "may be two" in report.checks[-1].says
    assert not flagged(inspect_clip(joined([excerpt(man, 0, 4), excerpt(spoken("m3"), 4, 8)])))


def test_clipping_is_found_behind_a_lossy_codec(tmp_path) -> None:
    path = tmp_path / "clip.mp3"
    path.write_bytes(encoded(overdriven(spoken(), 12), "mp3", "libmp3lame"))
    assert flagged(inspect_clip(decode(path)))["clipping"] == "warn"
    path.write_bytes(encoded(spoken(), "mp3", "libmp3lame"))
    assert not flagged(inspect_clip(decode(path)))


RATE = 24_000
NOISE = np.random.default_rng(0).standard_normal(RATE * 5)
ODD = {
    "no samples": np.zeros(0),
    "one sample": np.zeros(1),
    "silence": np.zeros(RATE * 5),
    "DC": np.full(RATE * 5, 0.5),
    "all at full scale": np.ones(RATE * 5),
    "a click": np.eye(1, RATE * 5, RATE)[0],
    "noise": NOISE * 0.1,
    "a room": NOISE * 1e-4,
    "a square wave": np.sign(np.sin(np.arange(RATE * 3) / 20)),
    "NaN": np.full(RATE, np.nan),
    "infinity": np.full(RATE, np.inf),
    "next to nothing": np.tile([0, 1e-45], RATE),
}


@pytest.mark.parametrize("kind", ODD)
def test_whatever_it_is_there_is_a_report(kind: str) -> None:
    report = inspect_clip(AudioChunk(ODD[kind].astype(np.float32), RATE))
    assert report.grade != "good"
    text = json.dumps(report.to_json(), allow_nan=False)
    assert json.loads(text)["grade"] == report.grade


def test_silence_says_so() -> None:
    report = inspect_clip(AudioChunk(np.zeros(RATE * 5, np.float32), RATE))
    said = {check.name: check.says for check in report.checks}
    assert said["speech"] == "No speech was found"
    assert said["loudness"] == "Nothing can be heard"
    assert next(c for c in report.to_json()["checks"] if c["name"] == "loudness")["value"] is None


def test_as_json() -> None:
    data = inspect_clip(excerpt(spoken(), 1, 4)).to_json()
    assert data.keys() == {"duration", "sample_rate", "grade", "checks"}
    assert (data["duration"], data["sample_rate"], data["grade"]) == (3.0, 22_050, "warn")
    speech = data["checks"][0]
    assert speech["value"] == pytest.approx(2.9, abs=0.1)
    assert speech | {"value": 2.9} == {
        "name": "speech",
        "label": "Speech",
        "value": 2.9,
        "unit": "s",
        "grade": "warn",
        "says": f"{speech['value']:.1f} s of speech",
        "advice": "Record at least 3 s more.",
    }


@pytest.mark.thorough
def test_ten_minutes() -> None:
    clip = joined([spoken()] * 69)
    assert clip.duration > 590
    start = time.process_time()
    report = inspect_clip(clip)
    assert time.process_time() - start < 0.1 * clip.duration / 3
    assert not flagged(report)


def test_measures_of_what_is_known() -> None:
    sine = tone(5, 48_000, 1000, level=10 ** (-20 / 20))
    # BS.1770: a sine of 1 kHz at 0 dBFS in one channel has -3.01 LUFS.
    assert measure.loudness(sine) == pytest.approx(-23.01, abs=0.1)
    samples = np.zeros(10_000, np.float32)
    samples[:3], samples[100:102], samples[200:205] = 0.8, 0.8, -0.8
    assert measure.clipped_share(samples) == pytest.approx(8 / 10_000)
    assert measure.clipped_share(samples / 4) == 0
    for hertz in (80, 130, 220, 410):
        time_ = np.arange(RATE) / RATE
        voice = sum(np.cos(2 * np.pi * hertz * k * time_) / k for k in range(1, 15))
        pitches = measure.pitch_track(np.asarray(voice, np.float32), RATE)
        np.testing.assert_allclose(pitches, hertz, rtol=0.02)
    hiss = AudioChunk(0.1 * NOISE.astype(np.float32), RATE)
    assert np.isnan(measure.pitch_track(hiss.samples, RATE)).mean() > 0.95
    low = resample(resample(hiss, 12_000), RATE)
    assert measure.bandwidth(low) == pytest.approx(6000, rel=0.03)
    loud, soft = NOISE[: RATE * 2] * 0.1, NOISE[RATE * 2 : RATE * 4] * 0.001
    both = AudioChunk(np.concatenate((loud, soft)).astype(np.float32), RATE)
    assert measure.signal_to_noise(both) == pytest.approx(40, abs=1)


def test_speech_is_found_where_it_is() -> None:
    clip = padded(spoken(), 3, 2)
    frames = measure.speech_frames(clip)
    assert not frames[:95].any()
    assert frames[110:-100].mean() > 0.85
    assert not frames[-55:].any()
    faint = measure.speech_frames(amplified(clip, -40))
    assert (faint == frames).mean() > 0.97


def test_nothing_slow_is_loaded() -> None:
    code = (
        "import sys, numpy as np\n"
        "from tts_core.audio.clip_report import inspect_clip\n"
        "from tts_core.audio import decode, plots, prepare\n"
        "print('scipy' in sys.modules, 'PIL' in sys.modules)\n"
        "from tts_core.types import AudioChunk\n"
        "inspect_clip(AudioChunk(np.zeros(48000, np.float32), 24000))\n"
        "print('numba' in sys.modules, 'librosa' in sys.modules, 'pkg_resources' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False"] * 5
