"""The bounds of a text's markup, and numbers as markup writes them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tts_core.errors import ValidationError
from tts_core.text.directions.model import (
    DEEPEST,
    LONGEST_PAUSE,
    LONGEST_SILENCE,
    MOST_ELEMENTS,
    MOST_LANGUAGES,
    MOST_VOICES,
    Gap,
    Manner,
)
from tts_core.types import SPEED_RANGE

_TIME = re.compile(r"\+?(\d{0,9}(?:\.\d{0,9})?)(ms|s)", re.ASCII)


def seconds_of(text: str) -> float | None:
    """Return a time such as "500ms" or "1.5s" in seconds; None for what is none."""
    match = _TIME.fullmatch(text.strip())
    if match is None or not any(map(str.isdecimal, match[1])):
        return None
    return float(match[1]) / (1000 if match[2] == "ms" else 1)


def check_rate(rate: float, place: int) -> float:
    """Return a rate. Raises ValidationError when it is out of bounds."""
    low, high = SPEED_RANGE
    if not low <= rate <= high:
        raise ValidationError(
            f"A rate of {rate:g} stands at character {place + 1:,} of the text; it must be between "
            f"{low:g} and {high:g}.",
            "text",
        )
    return rate


def check_count(count: int) -> None:
    """Raise ValidationError when a text has too many elements."""
    if count > MOST_ELEMENTS:
        raise ValidationError(
            f"The text has more than {MOST_ELEMENTS:,} elements of markup, which is the limit. "
            "Split it into several requests, or send markup=off to have them read as text.",
            "text",
        )


def check_variety(manners: Iterable[Manner]) -> None:
    """Raise ValidationError when a text has too many languages or voices."""
    wanted = set(manners)
    for what, number, most in (
        ("languages", len({manner.language for manner in wanted} - {""}), MOST_LANGUAGES),
        ("voices", len({manner.voice for manner in wanted} - {""}), MOST_VOICES),
    ):
        if number > most:
            raise ValidationError(
                f"The markup of the text names {number} {what}; the limit is {most}. Split the "
                "text into several requests.",
                "text",
            )


def check_depth(depth: int, place: int) -> None:
    """Raise ValidationError when elements are nested too deeply."""
    if depth > DEEPEST:
        raise ValidationError(
            f"At character {place + 1:,} of the text elements of markup are nested more than "
            f"{DEEPEST} deep, which is the limit. Close some of them first.",
            "text",
        )


def check_pauses(gaps: Iterable[Gap]) -> None:
    """Raise ValidationError when a pause, or all of them, are too long."""
    total = 0.0
    for gap in gaps:
        seconds = gap.seconds or 0.0
        total += seconds
        if seconds > LONGEST_PAUSE:
            raise ValidationError(
                f"A pause of {seconds:g} s stands at character {gap.at + 1:,} of the text; the "
                f"limit is {LONGEST_PAUSE:g} s. Make it shorter, or write several.",
                "text",
            )
    if total > LONGEST_SILENCE:
        raise ValidationError(
            f"The pauses of the text add up to {total:g} s; the limit is {LONGEST_SILENCE:g} s. "
            "Make them shorter, or split the text into several requests.",
            "text",
        )
