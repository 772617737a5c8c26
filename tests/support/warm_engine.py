"""A scripted engine with a temperature, and with voices of both genders."""

from __future__ import annotations

from dataclasses import replace

from pydantic import Field

from tests.support.scripted import ScriptedEngine, ScriptedParameters
from tts_core.types import EngineInfo, Voice


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
