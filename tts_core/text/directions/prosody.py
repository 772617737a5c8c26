"""Values of SSML's attributes (https://www.w3.org/TR/speech-synthesis11/) as our numbers."""

from __future__ import annotations

import re

from tts_core.types import PITCH_RANGE, SPEED_RANGE, Pause

_RATES = {"x-slow": 0.5, "slow": 0.75, "medium": 1.0, "default": 1.0, "fast": 1.35, "x-fast": 1.8}
_PITCHES = {"x-low": 0.7, "low": 0.85, "medium": 1.0, "default": 1.0, "high": 1.2, "x-high": 1.45}
"""The specification leaves the values of these words to the synthesizer. These span about an octave
of pitch and a factor of 3.6 of rate, evenly for the ear."""
_VOLUMES = {
    "silent": -99.0, "x-soft": -12.0, "soft": -6.0, "medium": 0.0, "default": 0.0, "loud": 3.0,
    "x-loud": 6.0,
}  # fmt: skip
"""dB. All voices speak at -24 LUFS, so 6 dB more are possible without audible clipping."""
VOLUME_RANGE = (0.0, 2.0)
_DECIBELS = re.compile(r"([+-]?\d{1,6}(?:\.\d{1,6})?)db", re.ASCII)
_NUMBER = re.compile(r"(?P<sign>[+-]?)(?P<number>\d{1,6}(?:\.\d{1,6})?)(?P<unit>%|st)?", re.ASCII)
BREAKS = {
    "none": Pause.NONE,
    "x-weak": Pause.NONE,
    "weak": Pause.CLAUSE,
    "medium": Pause.CLAUSE,
    "strong": Pause.SENTENCE,
    "x-strong": Pause.PARAGRAPH,
}
"""The pauses of `break strength`."""


def rate_of(text: str) -> float | None:
    """Return the factor on the speed that a `rate` means: "slow", "1.2", "120%", "+20%".

    None for what is none; within `SPEED_RANGE`.
    """
    return _factor(text, _RATES, SPEED_RANGE)


def pitch_of(text: str) -> float | None:
    """Return the factor on the pitch: "high", "+10%", "-2st", "120%"; None for others, as "200Hz".

    Within `PITCH_RANGE`.
    """
    return _factor(text, _PITCHES, PITCH_RANGE)


def volume_of(text: str) -> float | None:
    """Return the factor on the amplitude that a `volume` means: "soft", "+6dB".

    None for what is none; within `VOLUME_RANGE`.
    """
    wanted = text.strip().lower()
    match = _DECIBELS.fullmatch(wanted)
    if wanted not in _VOLUMES and match is None:
        return None
    decibels = _VOLUMES[wanted] if match is None else float(match[1])
    return min(max(10 ** (max(-99.0, min(99.0, decibels)) / 20), VOLUME_RANGE[0]), VOLUME_RANGE[1])


def _factor(text: str, names: dict[str, float], bounds: tuple[float, float]) -> float | None:
    wanted = text.strip().lower()
    if wanted in names:
        return names[wanted]
    match = _NUMBER.fullmatch(wanted)
    if match is None:
        return None
    number = float(match["sign"] + match["number"])
    if match["unit"] == "st":
        factor = 2 ** (max(-48.0, min(48.0, number)) / 12)
    elif match["unit"] == "%":
        factor = (100 + number if match["sign"] else number) / 100
    elif match["sign"]:
        return None  # relative to what?
    else:
        factor = number
    return min(max(factor, bounds[0]), bounds[1])
