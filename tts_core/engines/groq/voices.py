"""Groq's speech models and their voices.

From second-hand reports (public integrations and the documentation they quote, 2026), because the
service was not reachable. Update this table when Groq changes its models.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tts_core.types import Language, Voice

ENGINE = "groq"


@dataclass(frozen=True, slots=True)
class Model:
    """A speech model, which speaks one language."""

    name: str
    """Its name in the API."""
    language: Language
    female: tuple[str, ...]
    male: tuple[str, ...]
    default: str


# Older reports of the Arabic model lack "abdullah" and "aisha", so neither is its default.
MODELS = (
    Model(
        "canopylabs/orpheus-v1-english",
        Language("en", "English"),
        female=("autumn", "diana", "hannah"),
        male=("austin", "daniel", "troy"),
        default="autumn",
    ),
    Model(
        "canopylabs/orpheus-arabic-saudi",
        Language("ar", "Arabic"),
        female=("lulwa", "noura", "aisha"),
        male=("abdullah", "fahad", "sultan"),
        default="fahad",
    ),
)

FORMER_VOICES: Mapping[str, str] = MappingProxyType(
    {
        "Fritz-PlayAI": "troy",
        "Arista-PlayAI": "diana",
        "Atlas-PlayAI": "daniel",
        "Basil-PlayAI": "daniel",
        "Briggs-PlayAI": "austin",
        "Calum-PlayAI": "troy",
        "Celeste-PlayAI": "autumn",
        "Cheyenne-PlayAI": "hannah",
        "Chip-PlayAI": "austin",
        "Cillian-PlayAI": "daniel",
        "Deedee-PlayAI": "hannah",
        "Gail-PlayAI": "diana",
        "Indigo-PlayAI": "autumn",
        "Mamaw-PlayAI": "diana",
        "Mason-PlayAI": "austin",
        "Mikail-PlayAI": "troy",
        "Mitch-PlayAI": "austin",
        "Quinn-PlayAI": "hannah",
        "Thunder-PlayAI": "daniel",
        "Ahmad-PlayAI": "fahad",
        "Amira-PlayAI": "noura",
        "Khalid-PlayAI": "sultan",
        "Nasser-PlayAI": "fahad",
    }
)
"""By PlayAI voice, which ended on 2025-12-31, a present one of the same language and gender.

Their genders are second-hand, too; some reports say neither for Indigo and Quinn, others female.
"""
FORMER_MODELS = ("playai-tts", "playai-tts-arabic")


def voices() -> list[Voice]:
    """Return all voices, the English ones first. Former voices are aliases of their successors."""
    return [
        Voice(
            name,
            name.capitalize(),
            ENGINE,
            model.language.code,
            gender,
            aliases=tuple(old for old, new in FORMER_VOICES.items() if new == name),
            tags=("default",) if name == model.default else (),
        )
        for model in MODELS
        for gender, names in (("female", model.female), ("male", model.male))
        for name in names
    ]


def model_of(voice: str) -> Model | None:
    """Return the model that has a voice, or None."""
    return next((m for m in MODELS if voice in (*m.female, *m.male)), None)
