"""Kokoro's voices: how the catalog sees them, how loud they are, and blends of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from tts_core.engines.blends import parse_blend
from tts_core.engines.kokoro.data import KokoroVoice, describe_voice
from tts_core.engines.kokoro.gains import GAINS_DB
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
    Language("cmn", "Chinese (Mandarin)"),
)
CARRIERS: Mapping[str, str] = MappingProxyType(
    {
        "cmn": "他首先说的是这句话。",
        "en": "The first thing that he said was this.",
        "es": "Lo primero que me dijo fue esto.",
        "fr": "Voici la première chose qu'il m'a dite.",
        "hi": "उसने मुझसे सबसे पहले यह कहा।",
        "it": "La prima cosa che mi ha detto è questa.",
        "ja": "彼は最初にこう言いました。",
        "pt": "A primeira coisa que ele me disse foi esta.",
    }
)
"""By language, the sentence that is read before a short text, and not spoken."""
FOREIGN_PACE: Mapping[str, float] = MappingProxyType({"fr": 0.8})
"""By language, a factor on the speed of voices of other languages. jm_kumo reads 14 letters of
Spanish, Italian and Portuguese a second, a fifth fewer than native voices, but 18 of French: with
this factor Whisper hears 35 % of its words wrong instead of 39 (277 words), and of others 22
instead of 30 (88)."""


def pace_of(name: str, language: str) -> float:
    """Return the factor on the speed of a voice or a blend in a language."""
    base = language.partition("-")[0]
    parts = parse_blend(name) or [(name, 1.0)]
    native = any(describe_voice(v).language.partition("-")[0] == base for v, _ in parts)
    return 1.0 if native else FOREIGN_PACE.get(base, 1.0)


def described(names: Collection[str]) -> list[Voice]:
    """Return the descriptions of the voices that are here, by id."""
    known = [describe_voice(name) for name in names]
    tags = {voice.id: [f"grade:{voice.grade}"] if voice.grade else [] for voice in known}
    for language in LANGUAGES:
        if (best := _best(language.code, known)) is not None:
            tags[best].append(f"default:{language.code}")
    return [
        Voice(v.id, v.name, "kokoro", v.language, v.gender, tags=tuple(tags[v.id])) for v in known
    ]


def _best(language: str, voices: Collection[KokoroVoice]) -> str | None:
    """Return the native voice of a language with the best grade, if one is here."""
    region, base = language, language.partition("-")[0]
    natives = [v for v in voices if v.language == region]
    natives = natives or [v for v in voices if v.language.partition("-")[0] == base]
    best = min(natives, key=lambda voice: grade_rank(voice.grade), default=None)
    return best.id if best is not None else None


def grade_rank(grade: str) -> tuple[str, int]:
    """Return what sorts grades, "A" before "A-" before "B+"; no grade comes last."""
    return (grade[0], ("+", "", "-").index(grade[1:])) if grade else ("Z", 0)


def pack_of(voice: str, read: Callable[[str], NDArray[np.float32]]) -> NDArray[np.float32]:
    """Return the styles of a voice or of a blend, shape (510, 256). `read`: those of one voice."""
    styles = np.stack([np.float32(share) * read(name) for name, share in _shares(voice)])
    return np.asarray(styles.sum(axis=0), np.float32)


def gain_of(voice: str) -> float:
    """Return the factor that brings a voice or a blend to -24 LUFS."""
    decibels = sum(share * GAINS_DB.get(name, 0.0) for name, share in _shares(voice))
    return float(10 ** (decibels / 20))


def _shares(voice: str) -> list[tuple[str, float]]:
    """Return the voices of a blend, or the one, with weights whose sum is 1."""
    parts = parse_blend(voice) or [(voice, 1.0)]
    total = sum(weight for _, weight in parts)
    return [(name, weight / total) for name, weight in parts]
