"""Values of SSML's attributes (https://www.w3.org/TR/speech-synthesis11/) as our numbers."""

from __future__ import annotations

import re

from tts_core.types import PITCH_RANGE, SPEED_RANGE, Pause

_RATES = {"x-slow": 0.5, "slow": 0.75, "medium": 1.0, "default": 1.0, "fast": 1.35, "x-fast": 1.8}
_PITCHES = {"x-low": 0.7, "low": 0.85, "medium": 1.0, "default": 1.0, "high": 1.2, "x-high": 1.45}
"""The specification leaves the values of these words to the synthesizer. These span about an octave
of pitch and a factor of 3.6 of rate, evenly for the ear."""
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
