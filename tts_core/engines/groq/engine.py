"""Groq: natural voices from the cloud, with an API key. The text is sent to Groq's servers.

The SDK is imported when the engine is loaded, not before.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tts_core.engines.base import Engine, EngineContext
from tts_core.engines.groq.voices import (
    ENGINE,
    FORMER_MODELS,
    FORMER_VOICES,
    MODELS,
    model_of,
    voices,
)
from tts_core.errors import EngineUnavailable, UnknownNameError
from tts_core.system.packages import Extra
from tts_core.types import AudioChunk, Capabilities, EngineInfo, NoParameters, Utterance
from tts_core.validation import shown

if TYPE_CHECKING:
    from tts_core.engines.groq.client import GroqClient

SAMPLE_RATE = 24_000


class GroqEngine(Engine[NoParameters]):
    """Groq's speech API, which has no parameters beyond the speed."""

    extra = Extra("groq", {"groq": "groq"})

    def __init__(self, context: EngineContext) -> None:
        super().__init__(context)
        self._client: GroqClient | None = None
        self._english_model: str | None = None

    def describe(self) -> EngineInfo:
        """Describe the engine; the same with and without a key."""
        return EngineInfo(
            name=ENGINE,
            label="Groq",
            license="Cloud service; Groq's terms",
            sample_rate=SAMPLE_RATE,
            languages=[model.language for model in MODELS],
            voices=voices(),
            capabilities=Capabilities(cloud=True),
            naturalness=1,
            retired_voices=FORMER_VOICES,
            max_characters=200,  # longer inputs are rejected
            min_characters=60,  # every request counts against a low limit per minute
            speed_range=(0.5, 4.0),  # the API's 0.5-5, within Aloud's own range
            pitch_range=(1.0, 1.0),
            weights=" ".join([self.context.settings.groq_model or "", *(m.name for m in MODELS)]),
        )

    def unavailable(self) -> str | None:
        """Check that it is enabled, installed and has a key, but not that the key is valid."""
        settings = self.context.settings
        if not settings.use_groq:
            return "It is switched off; set TTS_USE_GROQ=true."
        if missing := super().unavailable():
            return missing
        key = settings.groq_key
        if not key:
            return "No API key: set GROQ_API_KEY (get a key at https://console.groq.com/keys)."
        if not key.isascii() or not key.isprintable() or " " in key:
            return "GROQ_API_KEY is not a key: it may have no spaces and only ASCII characters."
        return None

    def load(self, economy: int = 0) -> None:
        """Prepare the client, without connecting. Raises EngineUnavailable, ModelLoadError."""
        if reason := self.unavailable():
            raise EngineUnavailable(reason)
        from tts_core.engines.groq.client import GroqClient

        settings = self.context.settings
        former = (settings.groq_model or "").strip().casefold() in FORMER_MODELS
        self._english_model = None if former else settings.groq_model
        self._client = GroqClient(settings.groq_key, settings.groq_base_url)

    def speak(
        self, utterance: Utterance, options: NoParameters, stop: threading.Event
    ) -> Iterator[AudioChunk]:
        """Speak an utterance in chunks of 150 ms.

        Raises UnknownNameError, ValidationError, EngineUnavailable and GenerationError, each with
        the remedy.
        """
        assert self._client is not None, "load() comes first"
        model = self._model(utterance.voice)
        text, voice, speed = utterance.text, utterance.voice, utterance.speed
        for samples in self._client.speech(model, voice, text, speed, SAMPLE_RATE, stop):
            yield AudioChunk(samples, SAMPLE_RATE)

    def _model(self, voice: str) -> str:
        """Return the model that has a voice. Raises UnknownNameError."""
        model = model_of(voice)
        if model is None:
            raise UnknownNameError(
                f"Groq has no voice {shown(voice)!r}. list_voices names them all.", "voice"
            )
        return (self._english_model if model is MODELS[0] else None) or model.name
