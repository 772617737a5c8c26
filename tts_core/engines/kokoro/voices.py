"""Kokoro's voices: what their names say of them, how loud they are, and blends of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from tts_core.engines.blends import parse_blend
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
_LANGUAGE_OF = MappingProxyType(
    {
        "a": "en-us",
        "b": "en-gb",
        "e": "es",
        "f": "fr",
        "h": "hi",
        "i": "it",
        "j": "ja",
        "p": "pt-br",
        "z": "cmn",
    }
)
"""By the first letter of a voice's id."""
_GENDER_OF = MappingProxyType({"f": "female", "m": "male"})
"""By the second."""
GAINS_DB: Mapping[str, float] = MappingProxyType({})
"""What brings each voice to -24 LUFS."""

ReadVoice = Callable[[str], NDArray[np.float32]]


def described(name: str, tags: Sequence[str] = ()) -> Voice:
    """Return the description of a voice by its id."""
    return Voice(
        name,
        name.partition("_")[2].capitalize(),
        "kokoro",
        _LANGUAGE_OF[name[0]],
        _GENDER_OF[name[1]],
        tags=tuple(tags),
    )


def pack_of(voice: str, read: ReadVoice) -> NDArray[np.float32]:
    """Return the styles of a voice or of a blend, shape (510, 256). `read`: those of one voice."""
    shares = _shares(voice)
    return sum((np.float32(share) * read(name) for name, share in shares), np.float32(0))


def gain_of(voice: str) -> float:
    """Return the factor that brings a voice or a blend to -24 LUFS."""
    decibels = sum(share * GAINS_DB.get(name, 0.0) for name, share in _shares(voice))
    return float(10 ** (decibels / 20))


def _shares(voice: str) -> list[tuple[str, float]]:
    parts = parse_blend(voice) or [(voice, 1.0)]
    total = sum(weight for _, weight in parts)
    return [(name, weight / total) for name, weight in parts]
