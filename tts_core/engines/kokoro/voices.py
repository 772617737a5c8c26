"""Kokoro's voices: how the catalog sees them, how loud they are, and blends of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from tts_core.engines.blends import parse_blend
from tts_core.engines.kokoro.data import describe_voice
from tts_core.types import Language, Voice

LANGUAGES = (
    Language("en", "English"),
    Language("en-us", "English (United States)"),
    Language("en-gb", "English (United Kingdom)"),
    Language("es", "Spanish"),
    Language("fr", "French"),
    Language("hi", "Hindi"),
    Language("it", "Italian"),
    Language("ja", "Japanese"),
    Language("pt", "Portuguese"),
    Language("pt-br", "Portuguese (Brazil)"),
)
"""That can be read."""
_BEST: Mapping[str, tuple[str, ...]] = MappingProxyType({})
"""By language, the voices to prefer, the best first."""
GAINS_DB: Mapping[str, float] = MappingProxyType({})
"""What brings each voice to -24 LUFS."""


def described(names: Iterable[str]) -> list[Voice]:
    """Return the descriptions of some voices, by id."""
    found = []
    for name in names:
        known = describe_voice(name)
        tags = [f"grade:{known.grade}"] if known.grade else []
        voice = Voice(known.id, known.name, "kokoro", known.language, known.gender, (), tuple(tags))
        found.append(voice)
    return found


def pack_of(voice: str, read: Callable[[str], NDArray[np.float32]]) -> NDArray[np.float32]:
    """Return the styles of a voice or of a blend, shape (510, 256). `read`: those of one voice."""
    styles = [np.float32(share) * read(name) for name, share in _shares(voice)]
    return np.sum(styles, axis=0, dtype=np.float32)


def gain_of(voice: str) -> float:
    """Return the factor that brings a voice or a blend to -24 LUFS."""
    decibels = sum(share * GAINS_DB.get(name, 0.0) for name, share in _shares(voice))
    return float(10 ** (decibels / 20))


def _shares(voice: str) -> list[tuple[str, float]]:
    """Return the voices of a blend, or the one, with weights whose sum is 1."""
    parts = parse_blend(voice) or [(voice, 1.0)]
    total = sum(weight for _, weight in parts)
    return [(name, weight / total) for name, weight in parts]
