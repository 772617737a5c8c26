"""Engines of tests, outside of a service."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any, TypeVar

from tts_core.engines import execution
from tts_core.engines.base import Engine, EngineContext
from tts_core.engines.registry import ENGINES, Registry
from tts_core.engines.runner import Runner
from tts_core.settings import Settings
from tts_core.synthesis.planner import plan
from tts_core.types import AudioChunk, EngineInfo, ReferenceVoice, SpeechRequest, Utterance
from tts_core.voices.catalog import VoiceCatalog

AnyEngine = TypeVar("AnyEngine", bound=Engine[Any])


def context() -> EngineContext:
    """Return a context with the settings in the environment."""
    return EngineContext(Settings())


def new_engine(engine: type[AnyEngine]) -> AnyEngine:
    """Return an engine that is not loaded."""
    return engine(context())


def info_of(engine: type[Engine[Any]]) -> EngineInfo:
    """Return what an engine says of itself."""
    return new_engine(engine).describe()


def reason_of(engine: type[Engine[Any]]) -> str | None:
    """Return why an engine cannot be used."""
    return new_engine(engine).unavailable()


def spoken_by(
    engine: Engine[Any] | Runner, utterance: Utterance, stop: threading.Event | None = None
) -> Iterator[AudioChunk]:
    """Speak with an engine as a worker does, or with a runner."""
    stop = stop or threading.Event()
    if isinstance(engine, Engine):
        return execution.speak(engine, utterance, stop)
    return engine.speak(utterance, stop)


def reference(voice: str, language: str = "en", engine: str = "espeak") -> ReferenceVoice:
    """Return a voice of a reference engine to compare others with."""
    return ReferenceVoice(engine, ENGINES[engine], voice, language)


def texts_given(engine: str, text: str, language: str = "en", voice: str = "default") -> list[str]:
    """Return what an engine that is ready is given of a text, segment by segment."""
    catalog = VoiceCatalog(Registry({engine: ENGINES[engine]}))
    request = SpeechRequest(text=text, language=language, voice=voice, engine=engine)
    return [utterance.text for utterance in plan(request, catalog, 10_000)[0].utterances]
