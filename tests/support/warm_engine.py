"""A scripted engine with a temperature, and with voices of both genders."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

from pydantic import Field

from tests.support.scripted import ScriptedEngine, ScriptedParameters
from tts_core.types import AudioChunk, EngineInfo, Utterance, Voice


class WarmParameters(ScriptedParameters):
    temperature: float = Field(0.8, ge=0.1, le=1.5)


class WarmEngine(ScriptedEngine):
    name = "warm"

    @classmethod
    def describe(cls) -> EngineInfo:
        people = (("adam", "male"), ("eva", "female"), ("zoe", "female"))
        return replace(
            super().describe(),
            name=cls.name,
            label="Warm",
            voices=[Voice(n, n.capitalize(), cls.name, "en", gender) for n, gender in people],
            parameters=WarmParameters,
        )

    def speak(self, utterance: Utterance, stop: threading.Event) -> Iterator[AudioChunk]:
        plain = {k: v for k, v in utterance.options.items() if k != "temperature"}
        yield from super().speak(replace(utterance, options=plain), stop)
