"""Rates a recording as the reference clip of a voice, with advice that a layperson can follow.

The thresholds come from measuring 48 clips of human speech and the same clips degraded in one way
each; beside each threshold stands what was measured.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from tts_core.audio import measure
from tts_core.audio.join import bounded
from tts_core.audio.resample import resample
from tts_core.audio.speaker_change import speaker_change
from tts_core.types import AudioChunk

Grade = Literal["good", "warn", "bad"]

LEAST_SPEECH_SECONDS = 2.0
"""Less is rated bad; the shortest usable one of the 48 clips had 1.7 s."""
ENOUGH_SPEECH_SECONDS = 5.0
"""The median of the clips was 8.2 s. Chatterbox Turbo requires 5 s."""
MOST_SILENCE = 0.4
"""Share of the clip; at most 0.24 in the clips measured."""
SOME_CLIPPING = 0.001
"""Share of the samples; none in the clips, 0.012 when 6 dB too loud."""
HEAVY_CLIPPING = 0.05
"""Share of the samples; 0.10 when 12 dB too loud."""
LOUDNESS_RANGE = (-35.0, -9.0)
"""LUFS; the clips lay between -25.9 and -14.4."""
LEAST_SIGNAL_TO_NOISE = 18.0
"""dB; at least 19.9 in the clips."""
LEAST_BANDWIDTH = 6_000.0
"""Hz; at least 8,100 in the clips, 3,900 over the telephone."""
MOST_PITCH_SPREAD = 8.5
"""Semitones; at most 7.5 in the clips, 9 to 12 for a man and a woman together."""
MOST_CHANGE = 4.3
"""Score of `speaker_change`: just above those of all 69 recordings of the voices that its model was
trained on. `tests.benchmarks.speaker_change` measures how it does for other voices."""
_SPEAKER_CHECK_SECONDS = 120  # of the beginning are searched for a second speaker
_LONGER = f"Record again and speak for at least {ENOUGH_SPEECH_SECONDS:.0f} s."
_INAUDIBLE = 10 ** (-70 / 20)  # the absolute gate of BS.1770


@dataclass(frozen=True, slots=True)
class Check:
    """The result of one check of a clip."""

    name: str
    """"speech", "silence", "clipping", "loudness", "noise", "bandwidth" or "speakers"."""
    label: str
    value: float | None
    """In `unit`; None when there was too little speech to measure it."""
    unit: str
    grade: Grade
    says: str
    """The finding, a phrase or sentence without a full stop."""
    advice: str
    """What to do about it, a sentence; "" when the grade is good."""


@dataclass(frozen=True, slots=True)
class ClipReport:
    """The results of `inspect_clip`."""

    duration: float
    """Seconds."""
    sample_rate: int
    """Hz."""
    grade: Grade
    """The worst grade of the checks."""
    checks: tuple[Check, ...]

    def to_json(self) -> dict[str, Any]:
        """Return plain values for `json.dumps`; numbers are finite and rounded to 0.01."""
        fields = dataclasses.asdict(self)
        fields["duration"] = round(self.duration, 2)
        fields["checks"] = [
            check | {"value": None if check["value"] is None else round(check["value"], 2)}
            for check in fields["checks"]
        ]
        return fields


def inspect_clip(clip: AudioChunk) -> ClipReport:
    """Check a whole recording of any length and content; never raises.

    The real-time factor is about 0.01; the first call in a process takes 1 to 2 s more, because
    SciPy is imported.
    """
    clip = AudioChunk(bounded(clip.samples), clip.sample_rate)
    speech = measure.speech_frames(clip)
    seconds = min(clip.duration, float(speech.sum()) * measure.FRAME_SECONDS)
    checks = (
        _speech(seconds),
        _silence(1 - float(np.mean(speech)) if len(speech) else None),
        _clipping(measure.clipped_share(clip.samples)),
        _loudness(measure.loudness(clip), silent=not np.any(np.abs(clip.samples) > _INAUDIBLE)),
        _noise(measure.signal_to_noise(clip)),
        _bandwidth(measure.bandwidth(clip)),
        _speakers(clip, speech),
    )
    return ClipReport(clip.duration, clip.sample_rate, _worst(checks), checks)


def _worst(checks: Sequence[Check]) -> Grade:
    grades = [check.grade for check in checks]
    return "bad" if "bad" in grades else "warn" if "warn" in grades else "good"


def _speech(seconds: float) -> Check:
    missing = math.ceil(ENOUGH_SPEECH_SECONDS - seconds)
    grade: Grade
    if seconds >= ENOUGH_SPEECH_SECONDS:
        grade, advice = "good", ""
    elif seconds >= LEAST_SPEECH_SECONDS:
        grade, advice = "warn", f"Record at least {missing} s more."
    else:
        grade = "bad"
        advice = (
            f"Record at least {missing} s more, of one person speaking close to the microphone."
        )
    says = f"{seconds:.1f} s of speech" if seconds else "No speech was found"
    return Check("speech", "Speech", seconds, "s", grade, says, advice)


def _silence(share: float | None) -> Check:
    if share is None:
        return _unmeasured("silence", "Silence", "%")
    return _check(
        "silence",
        "Silence",
        100 * share,
        "%",
        share > MOST_SILENCE,
        f"{100 * share:.0f} % of the clip is silence",
        "Trim both ends and avoid long pauses.",
    )


def _clipping(share: float) -> Check:
    says = f"{100 * share:.1f} % of the samples are clipped"
    advice = "Turn the microphone's level down or move away from it, and record again."
    if share <= SOME_CLIPPING:
        return Check("clipping", "Clipping", 100 * share, "%", "good", "No clipping", "")
    grade: Grade = "bad" if share > HEAVY_CLIPPING else "warn"
    return Check("clipping", "Clipping", 100 * share, "%", grade, says, advice)


def _loudness(lufs: float | None, silent: bool) -> Check:
    if silent:
        advice = "Check that the right microphone is chosen and not muted."
        return Check("loudness", "Loudness", None, "LUFS", "bad", "Nothing can be heard", advice)
    if lufs is None:
        return _unmeasured("loudness", "Loudness", "LUFS")
    low, high = LOUDNESS_RANGE
    how = "Too quiet" if lufs < low else "Too loud" if lufs > high else "Well set"
    return _check(
        "loudness",
        "Loudness",
        lufs,
        "LUFS",
        not low <= lufs <= high,
        f"{how}: {lufs:.0f} LUFS",
        "Move closer to the microphone or turn its level up."
        if lufs < low
        else "Turn the microphone's level down or move away from it.",
    )


def _noise(ratio: float | None) -> Check:
    if ratio is None:
        return _unmeasured("noise", "Noise", "dB")
    noisy = ratio < LEAST_SIGNAL_TO_NOISE
    return _check(
        "noise",
        "Noise",
        ratio,
        "dB",
        noisy,
        f"{'Only ' if noisy else ''}{ratio:.0f} dB signal-to-noise ratio",
        "Record in a quiet room, close to the microphone, with fans and music off.",
    )


def _bandwidth(hertz: float | None) -> Check:
    if hertz is None:
        return _unmeasured("bandwidth", "Bandwidth", "Hz")
    narrow = hertz < LEAST_BANDWIDTH
    return _check(
        "bandwidth",
        "Bandwidth",
        hertz,
        "Hz",
        narrow,
        f"Sound {'only ' if narrow else ''}up to {hertz / 1000:.1f} kHz",
        "It sounds like a telephone. Record with a microphone, not over a call or a headset on "
        "Bluetooth, at 16 kHz or more.",
    )


def _speakers(clip: AudioChunk, speech: NDArray[np.bool_]) -> Check:
    beginning = AudioChunk(
        clip.samples[: _SPEAKER_CHECK_SECONDS * clip.sample_rate], clip.sample_rate
    )
    samples = resample(beginning, measure.VAD_RATE).samples
    pitches = measure.pitch_track(samples, measure.VAD_RATE)
    semitones = measure.pitch_spread(pitches, speech)
    if semitones is None:
        says = "Too little speech to tell whether one person speaks"
        return Check("speakers", "One speaker", None, "semitones", "good", says, "")
    change = speaker_change(samples, pitches, speech)
    if change is not None and change.score > MOST_CHANGE:
        says = f"There may be two speakers: the voice changes {change.seconds:.0f} s in"
        warn = True
    elif warn := semitones > MOST_PITCH_SPREAD:
        says = f"There may be two speakers: the pitch moves by {semitones:.0f} semitones"
    else:
        says = f"The pitch stays within {max(1, math.ceil(semitones))} semitones"
    advice = "If so, trim the clip to one speaker; otherwise ignore this."
    return _check("speakers", "One speaker", semitones, "semitones", warn, says, advice)


def _check(
    name: str, label: str, value: float, unit: str, warn: bool, says: str, advice: str
) -> Check:
    grade: Grade = "warn" if warn else "good"
    return Check(name, label, value, unit, grade, says, advice if warn else "")


def _unmeasured(name: str, label: str, unit: str) -> Check:
    return Check(name, label, None, unit, "warn", "Too little to measure", _LONGER)
