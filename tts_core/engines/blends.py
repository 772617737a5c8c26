"""Names of voices that are mixed from others: "af_bella(2)+af_sky(1)", as Kokoro-FastAPI has them.

Any engine with the capability `blending` takes such a name as `Utterance.voice`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

MOST_VOICES = 8
"""In a blend."""
HEAVIEST = 1_000.0
"""The largest weight."""
_PART = re.compile(
    r"\s*(?P<voice>[^\s+()][^+()]{0,99}?)\s*"
    r"(?:\(\s*(?P<weight>\d{1,9}(?:\.\d{0,9})?|\.\d{1,9})\s*\)\s*)?"
)


def parse_blend(name: str) -> list[tuple[str, float]] | None:
    """Return the voices of a blend with their weights, None when `name` is not written as one.

    A weight that is left out is 1; a voice that is named twice counts twice. The weights are as
    written, between 0 (excluded) and `HEAVIEST`: only their ratios matter. The voices are as
    written too, and may not exist.
    """
    parts = name.split("+", MOST_VOICES)
    if not 1 < len(parts) <= MOST_VOICES:
        return None
    found: dict[str, float] = {}
    for part in parts:
        match = _PART.fullmatch(part)
        weight = float(match["weight"] or 1) if match else 0
        if match is None or not 0 < weight <= HEAVIEST:
            return None
        found[match["voice"]] = found.get(match["voice"], 0) + weight
    return list(found.items())


def blend_name(parts: Sequence[tuple[str, float]]) -> str:
    """Return the canonical spelling: each voice with its weight, in the order given.

    That of a single voice is its id.
    """
    if len(parts) == 1:
        return parts[0][0]
    return "+".join(f"{voice}({weight:.9g})" for voice, weight in parts)
