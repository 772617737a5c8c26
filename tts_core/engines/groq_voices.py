"""What Groq offers: the one table of its speech models and their voices.

Reported second-hand (public integrations and the documentation they quote, 2026): the service
itself was not reachable when this was written. When Groq changes its offer, change it here.
"""

from __future__ import annotations

from dataclasses import dataclass

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


def voices() -> list[Voice]:
    """All of them, the English ones first."""
    return [
        Voice(
            name,
            name.capitalize(),
            ENGINE,
            model.language.code,
            gender,
            tags=("default",) if name == model.default else (),
        )
        for model in MODELS
        for gender, names in (("female", model.female), ("male", model.male))
        for name in names
    ]


def model_of(voice: str) -> Model | None:
    """The model that has the voice; None when no model has."""
    return next((m for m in MODELS if voice in (*m.female, *m.male)), None)
