"""A scripted engine whose voices speak all of its languages."""

from __future__ import annotations

from dataclasses import replace

from tests.support.scripted import ScriptedEngine
from tts_core.types import MULTILINGUAL, EngineInfo, Language, Voice

POLYGLOT = {"polyglot": "tests.support.polyglot:PolyglotEngine"}
MUTE = {"mute": "tests.support.polyglot:MuteEngine"}


class PolyglotEngine(ScriptedEngine):
    name = "polyglot"

    def describe(self) -> EngineInfo:
        return replace(
            super().describe(),
            label="Polyglot",
            languages=[
                Language("de", "German"),
                Language("en", "English"),
                Language("cmn", "Chinese (Mandarin)"),
            ],
            voices=[Voice(name, name, self.name, MULTILINGUAL) for name in ("Ann", "Ben")],
            max_characters=100,
            language_limits={"cmn": 20},
        )


class MuteEngine(PolyglotEngine):
    """It could only speak in cloned voices."""

    name = "mute"

    def describe(self) -> EngineInfo:
        return replace(super().describe(), label="Mute", voices=[])
