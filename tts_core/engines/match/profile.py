"""Statistics of a recorded speaker for voice match: envelopes and F0."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tts_core.audio import world
from tts_core.audio.resample import resample
from tts_core.audio.world import COEFFICIENTS, FRAME_MS, Floats
from tts_core.errors import StaleVoiceState, VoiceLoadError
from tts_core.types import AudioChunk, Samples

LEAST_VOICED = 1.0
"""Seconds of voiced speech that a recording needs."""
LONGEST_REFERENCE = 10.0
"""Seconds; more changes little, and each takes 30 ms of computation."""
WARP_COEFFICIENTS = slice(1, 16)

_ACTIVE_RANGE = 3.5 * np.log(10)  # 35 dB, in log power
_OUTLIER = np.log(1.8)  # a larger distance from the median F0 is a detection error
LEAST_OF_A_KIND = 60  # frames: too few for a covariance below that
_WARP_FRAMES = 400
_BAND = 0.45  # the bandwidth of a recording, as a fraction of its sample rate
_BELOW_FLOOR = 1e-4
_AUDIBLE = 20.0  # Hz
_NO_TONE = (np.log(150.0), 0.15)  # a placeholder for whispers, which have no F0


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """Statistics of a speaker's active frames, those within 35 dB of the loud ones.

    All arrays are float64; `n` is `COEFFICIENTS`; "normalized" means by `mean` and `deviation`. If
    there are fewer than 60 voiced or unvoiced frames, all frames are used instead of them.
    """

    mean: Floats
    deviation: Floats
    """Of the coefficients, shape (n,)."""
    voiced_mean: Floats
    unvoiced_mean: Floats
    """Of normalized coefficients, shape (n,)."""
    covariance: Floats
    voiced_covariance: Floats
    unvoiced_covariance: Floats
    """Of normalized coefficients, shape (n, n)."""
    tone: Floats
    """Mean and standard deviation of log F0, shape (2,)."""
    frames: Floats
    """Up to 400 frames of the normalized coefficients 1-15, shape (m, 15), to find the warp."""
    counts: Floats
    """The numbers of voiced and unvoiced frames, shape (2,)."""
    floor: Floats
    """Hz, shape (1,): the recording has next to nothing below it."""

    @classmethod
    def of(
        cls, rows: Floats, voiced: NDArray[np.bool_], tone: Floats, floor: float = 0.0
    ) -> Profile:
        """Return the profile of active frames.

        `rows`: their coefficients, shape (m, n). `voiced`: which of them are, shape (m,). `tone`
        and `floor`: see the fields.
        """
        mean, deviation = rows.mean(axis=0), rows.std(axis=0) + 1e-6
        normal = (rows - mean) / deviation
        kinds = [normal[voiced], normal[~voiced]]
        spoken = [kind if len(kind) >= LEAST_OF_A_KIND else normal for kind in kinds]
        means = [kind.mean(axis=0) for kind in spoken]
        covariances = [np.cov(kind, rowvar=False) for kind in spoken]
        picked = np.linspace(0, len(rows) - 1, min(len(rows), _WARP_FRAMES)).astype(int)
        return cls(
            mean,
            deviation,
            means[0],
            means[1],
            np.cov(normal, rowvar=False),
            covariances[0],
            covariances[1],
            tone,
            normal[picked][:, WARP_COEFFICIENTS],
            np.array([len(kind) for kind in kinds], float),
            np.array([floor]),
        )

    def has(self, kind: str) -> bool:
        """Return whether there are enough "voiced" or "unvoiced" frames."""
        return bool(self.counts[0 if kind == "voiced" else 1] >= LEAST_OF_A_KIND)

    def gaussian(self, kind: str) -> tuple[Floats, Floats]:
        """Return mean and covariance of the "voiced" or "unvoiced" frames, or of all ("")."""
        if not kind:
            return np.zeros_like(self.mean), self.covariance
        if kind == "voiced":
            return self.voiced_mean, self.voiced_covariance
        return self.unvoiced_mean, self.unvoiced_covariance

    @property
    def f0(self) -> float:
        """Return the geometric mean of F0, in Hz."""
        return float(np.exp(self.tone[0]))

    def tensors(self) -> dict[str, NDArray[np.generic]]:
        """Return the profile as float32 arrays, 41 KB, for a `VoiceState`."""
        return {f.name: getattr(self, f.name).astype(np.float32) for f in fields(self)}

    @classmethod
    def restored(cls, tensors: Mapping[str, NDArray[Any]]) -> Profile:
        """Return a profile from what `tensors` returned. Raises StaleVoiceState."""
        arrays = {f.name: tensors.get(f.name, np.zeros(0)) for f in fields(cls)}
        for name, array in arrays.items():
            if array.dtype.kind != "f" or array.shape != _shape(name, array):
                raise _damaged(f"{name} is {array.dtype} {array.shape}")
        profile = cls(**{name: array.astype(np.float64) for name, array in arrays.items()})
        if profile.deviation.min() <= 0 or not 0 < profile.tone[1] < 2 or not 20 < profile.f0 < 2e3:
            raise _damaged("its numbers are not those of a voice")
        if not 0 <= profile.floor[0] <= world.SAMPLE_RATE:
            raise _damaged("its numbers are not those of a voice")
        return profile


def _shape(name: str, array: NDArray[Any]) -> tuple[int, ...]:
    if name == "frames":
        return min(max(1, len(array)), _WARP_FRAMES), WARP_COEFFICIENTS.stop - 1
    if name.endswith("covariance"):
        return COEFFICIENTS, COEFFICIENTS
    if name == "floor":
        return (1,)
    return (2,) if name in ("tone", "counts") else (COEFFICIENTS,)


def _damaged(what: str) -> StaleVoiceState:
    return StaleVoiceState(f"The voice match is damaged ({what}); clone the voice again.")


def profile_of(clips: Sequence[AudioChunk]) -> Profile:
    """Return the profile of the speaker of some recordings.

    Raises VoiceLoadError when they contain too little speech.
    """
    require_world()
    rows, voiced, tones, heard_samples = [], [], [], []
    left = round(LONGEST_REFERENCE * world.SAMPLE_RATE)
    for clip in clips:
        samples = resample(clip, world.SAMPLE_RATE).samples[:left]
        left -= len(samples)
        if not np.any(samples):
            continue
        heard_samples.append(samples)
        sound = world.padded(samples)
        pitch = world.track_pitch(sound, careful=True)
        log_power = world.envelope(sound, pitch)
        level = loud(log_power)
        heard = active(log_power, level)
        # Relative to the clip's own level, since clips differ in loudness.
        top = min(world.TOP, _BAND * clip.sample_rate)
        rows.append((log_power[heard] - level) @ world.coding_of(top=top))
        voiced.append(pitch.f0[heard] > 0)
        tones.append(pitch.f0[heard])
    seconds = sum(float(v.sum()) for v in voiced) * FRAME_MS / 1000
    if seconds < LEAST_VOICED:
        raise VoiceLoadError(
            f"The recording has {seconds:.1f} s of voiced speech; voice match needs "
            f"at least {LEAST_VOICED:g} s. Record 3 s or more of clear speech, without music."
        )
    floor = _floor(np.concatenate(heard_samples))
    return Profile.of(np.concatenate(rows), np.concatenate(voiced), log_tone(tones), floor)


def _floor(samples: Samples) -> float:
    """Return the frequency, in Hz, below which sound has `_BELOW_FLOOR` of its audible power."""
    power = np.abs(np.fft.rfft(samples)) ** 2
    power[: round(_AUDIBLE * len(samples) / world.SAMPLE_RATE)] = 0  # an offset, say
    total = np.cumsum(power)
    index = int(np.searchsorted(total, _BELOW_FLOOR * total[-1]))
    return index * world.SAMPLE_RATE / len(samples)


def log_tone(tracks: Sequence[Floats]) -> Floats:
    """Return mean and standard deviation, shape (2,), of log F0 without gross errors.

    `tracks`: F0 in Hz, 0 where unvoiced.
    """
    f0 = np.concatenate(tracks)
    tones = np.log(f0[f0 > 0])
    if not len(tones):
        return np.array(_NO_TONE)
    tones = tones[np.abs(tones - np.median(tones)) < _OUTLIER]
    return np.array([tones.mean(), max(tones.std(), 0.03)])


def loudness(log_power: Floats) -> Floats:
    """Return the log of each frame's mean power, shape (frames,)."""
    peak = log_power.max(axis=1)
    power: Floats = peak + np.log(np.exp(log_power - peak[:, None]).mean(axis=1))
    return power


def loud(log_power: Floats) -> float:
    """Return the log power of the loud frames: the 98th percentile."""
    return float(np.percentile(loudness(log_power), 98))


def active(log_power: Floats, level: float) -> NDArray[np.bool_]:
    """Return which frames are speech rather than pauses, shape (frames,).

    `level`: the log power of loud frames.
    """
    heard: NDArray[np.bool_] = loudness(log_power) > level - _ACTIVE_RANGE
    return heard


def require_world() -> None:
    """Import pyworld. Raises VoiceLoadError when it is missing or broken."""
    try:
        world.coding()
    except Exception as error:
        raise VoiceLoadError(
            f"Voice match needs the package pyworld, which does not work here ({error}). Install "
            "it: pip install pyworld-prebuilt"
        ) from error
