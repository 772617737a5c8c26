"""Groq: natural voices from the cloud, with a key. The text goes to Groq's servers.

The SDK is imported when the engine is loaded, not before.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from tts_core.engines.groq.voices import (
    ENGINE,
    FORMER_MODELS,
    MODELS,
    model_of,
    voices,
)
from tts_core.errors import EngineUnavailable, UnknownNameError
from tts_core.settings import present_settings
from tts_core.system.packages import missing_packages
from tts_core.types import AudioChunk, EngineInfo, Utterance
from tts_core.validation import shown, validate

if TYPE_CHECKING:
    from tts_core.engines.groq.client import GroqClient

SAMPLE_RATE = 24_000


class GroqParameters(BaseModel):
    """None: beyond the speed, the API takes nothing that shapes the speech."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class GroqEngine:
    """An `Engine` (see base.py)."""

    def __init__(self) -> None:
        self._client: GroqClient | None = None
        self._english_model: str | None = None

    @classmethod
    @functools.cache
    def describe(cls) -> EngineInfo:
        """The same with and without a key."""
        return EngineInfo(
            name=ENGINE,
            label="Groq",
            license="Cloud service; Groq's terms",
            sample_rate=SAMPLE_RATE,
            languages=[model.language for model in MODELS],
            voices=voices(),
            parameters=GroqParameters,
            abilities=frozenset({"cloud"}),
            max_characters=200,  # longer inputs are refused
            min_characters=60,  # every request counts against a limit of few per minute
            speed_range=(0.5, 4.0),  # the API reference's 0.5-5, as far as Aloud's own goes
            pitch_range=(1.0, 1.0),
            weights=" ".join([present_settings().groq_model or "", *(m.name for m in MODELS)]),
        )

    @classmethod
    def unavailable(cls) -> str | None:
        """Whether it is wanted, installed and has a key; not whether the key is right."""
        settings = present_settings()
        if not settings.use_groq:
            return "It is switched off; set TTS_USE_GROQ=true."
        if missing := missing_packages("groq"):
            return missing
        key = settings.groq_key
        if not key:
            return "It wants a key: get one at https://console.groq.com/keys, set GROQ_API_KEY."
        if not key.isascii() or not key.isprintable() or " " in key:
            return "GROQ_API_KEY is not a key: it may have no spaces and only ASCII characters."
        return None

    def load(self, economy: int = 0) -> None:
        """Opens no connection yet. Raises EngineUnavailable, ModelLoadError."""
        if reason := self.unavailable():
            raise EngineUnavailable(reason)
        from tts_core.engines.groq.client import GroqClient

        settings = present_settings()
        former = (settings.groq_model or "").strip().casefold() in FORMER_MODELS
        self._english_model = None if former else settings.groq_model
        self._client = GroqClient(settings.groq_key, settings.groq_base_url)

    def speak(self, utterance: Utterance, stop: threading.Event) -> Iterator[AudioChunk]:
        """Pieces of 150 ms. Raises UnknownNameError, ValidationError, EngineUnavailable and
        GenerationError, each with the remedy.
        """
        assert self._client is not None  # `load` comes first
        validate(GroqParameters, utterance.options)
        model = self._model(utterance.voice)
        text, voice, speed = utterance.text, utterance.voice, utterance.speed
        for samples in self._client.speech(model, voice, text, speed, SAMPLE_RATE, stop):
            if stop.is_set():
                return
            yield AudioChunk(samples, SAMPLE_RATE)

    def _model(self, voice: str) -> str:
        model = model_of(voice)
        if model is None:
            raise UnknownNameError(
                f"Groq has no voice {shown(voice)!r}. list_voices names them all.", "voice"
            )
        return (self._english_model if model is MODELS[0] else None) or model.name
