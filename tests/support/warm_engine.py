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

    parameters = WarmParameters

    def describe(self) -> EngineInfo:
        people = (("adam", "male"), ("eva", "female"), ("zoe", "female"))
        return replace(
            super().describe(),
            label="Warm",
            voices=[Voice(n, n.capitalize(), self.name, "en", gender) for n, gender in people],
        )
