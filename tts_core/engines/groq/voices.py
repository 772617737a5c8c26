"""What Groq offers: the one table of its speech models and their voices.

Reported second-hand (public integrations and the documentation they quote, 2026): the service
itself was not reachable when this was written. When Groq changes its offer, change it here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tts_core.types import Language, Voice

ENGINE = "groq"


@dataclass(frozen=True, slots=True)
class Model:
    """A model speaks one language."""

    name: str
    """As the API knows it."""
    language: Language
    female: tuple[str, ...]
    male: tuple[str, ...]
    default: str


# The older reports of the Arabic model lack "abdullah" and "aisha": its default is none of them.
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
"""The PlayAI voices, which ended on 2025-12-31, and a present one of the same language and sex.

Their sexes are reported second-hand, too; of Indigo and Quinn some say neither, others female.
"""
FORMER_MODELS = ("playai-tts", "playai-tts-arabic")


def former_voice(name: str) -> str | None:
    """The PlayAI voice of that name, ignoring case, as it was written; None when there is none."""
    wanted = name.strip().casefold()
    return next((former for former in FORMER_VOICES if former.casefold() == wanted), None)


def voices() -> list[Voice]:
    """All of them, the English ones first. Former voices are aliases of theirs."""
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
    """The model that has the voice; None when no model has."""
    return next((m for m in MODELS if voice in (*m.female, *m.male)), None)
