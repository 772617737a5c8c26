"""Natural engines whose voices speak each other's languages, in blends too: one has them all, the
other two foreigners only."""

from __future__ import annotations

from dataclasses import replace

from tests.support.scripted import ScriptedEngine
from tts_core.types import Capabilities, EngineInfo, Language, Voice

LANGUAGES = {
    "en": "English",
    "en-us": "English (United States)",
    "en-gb": "English (Great Britain)",
    "es": "Spanish",
    "fr": "French",
    "it": "Italian",
    "pt": "Portuguese",
    "pt-br": "Portuguese (Brazil)",
    "hi": "Hindi",
    "ja": "Japanese",
}
FOREIGN = (("jf_alpha", "ja", "female"), ("jm_kumo", "ja", "male"))
NATIVE = (
    ("af_alloy", "en-us", "female"),
    ("af_bella", "en-us", "female"),
    ("af_nova", "en-us", "female"),
    ("am_echo", "en-us", "male"),
    ("am_onyx", "en-us", "male"),
    ("bf_emma", "en-gb", "female"),
    ("bm_fable", "en-gb", "male"),
    ("ef_dora", "es", "female"),
    ("pf_dora", "pt-br", "female"),
)
WEIGHTS = "choir-voices"


class ForeignChoir(ScriptedEngine):
    """It has Japanese voices only; the others can be downloaded."""

    name = "choir"
    people: tuple[tuple[str, str, str], ...] = FOREIGN
    """Id, language and gender of each voice."""

    def describe(self) -> EngineInfo:
        here = {voice for voice, *_ in self.people}
        return replace(
            super().describe(),
            label="Choir",
            languages=[Language(code, name) for code, name in LANGUAGES.items()],
            voices=[
                Voice(v, v.partition("_")[2].capitalize(), self.name, language, gender)
                for v, language, gender in self.people
            ],
            capabilities=Capabilities(word_times=True, blending=True),
            naturalness=1,
            foreign_voices=True,
            downloadable_voices={v: WEIGHTS for v, *_ in NATIVE if v not in here},
        )


class Choir(ForeignChoir):
    """It has all of its voices."""

    people = NATIVE + FOREIGN


class Absent(ForeignChoir):
    """It has no voice yet, and cannot be used."""

    people = ()

    def unavailable(self) -> str | None:
        return "Its weights are missing."


ESPEAK = "tts_core.engines.espeak.engine:EspeakEngine"
HIBARI = "tts_core.engines.hibari.engine:HibariEngine"
FOREIGN_CHOIR = {
    "choir": "tests.support.choir:ForeignChoir",
    "hibari": HIBARI,
    "espeak": ESPEAK,
}
CHOIR = {"hibari": HIBARI, "choir": "tests.support.choir:Choir", "espeak": ESPEAK}
ABSENT_CHOIR = {"choir": "tests.support.choir:Absent", "espeak": ESPEAK}
