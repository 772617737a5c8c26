"""Engines that sample and speak well, or not, as the seed says. One tells its words' times."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from pydantic import BaseModel, ConfigDict

from tts_core.engines.base import Engine, EngineContext
from tts_core.engines.espeak.engine import EspeakEngine, EspeakParameters
from tts_core.engines.espeak.library import SAMPLE_RATE
from tts_core.engines.registry import ENGINES
from tts_core.types import AudioChunk, Capabilities, EngineInfo, Language, Utterance, Voice

BABBLE = "Purple elephants would dance around our kitchen, and the piano had reached the roof."
GOOD_SEED, BAD_SEED = 7, 13


class ParrotParameters(BaseModel):
    model_config = ConfigDict(extra="forbid")

    always: bool = False
    """Babble with every seed, a little less with each that is not the bad one."""
    seconds: float = 0.0
    """A pause before each piece."""


class ParrotEngine(Engine[ParrotParameters]):
    """eSpeak NG's Scottish voice; with `BAD_SEED` it says something else after the text."""

    parameters = ParrotParameters
    timed = False

    def __init__(self, context: EngineContext) -> None:
        super().__init__(context)
        self._espeak = EspeakEngine(context)

    def describe(self) -> EngineInfo:
        languages = ("en", "es", "zh-cn", "tlh-x-none")
        return EngineInfo(
            name="parrot",
            label="Parrot",
            license="MIT",
            sample_rate=SAMPLE_RATE,
            languages=tuple(Language(code, code) for code in languages),
            voices=(Voice("polly", "Polly", "parrot", "mul"),),
            capabilities=Capabilities(sampling=True),
            parameters=ParrotParameters,
            max_characters=200,
        )

    def load(self, economy: int = 0) -> None:
        self._espeak.load()

    def speak(
        self, utterance: Utterance, options: ParrotParameters, stop: threading.Event
    ) -> Iterator[AudioChunk]:
        voice = {"en": "en-gb-scotland", "zh-cn": "cmn"}.get(utterance.language, "es")
        text = utterance.text
        if utterance.seed == BAD_SEED:
            text += " " + BABBLE
        elif options.always:
            text += " " + BABBLE[:32]
        said = replace(utterance, text=text, voice=voice)
        for chunk in self._espeak.speak(said, EspeakParameters(variant="f2"), stop):
            if stop.wait(options.seconds):
                return
            yield chunk if self.timed else replace(chunk, words=())


class ReciterEngine(ParrotEngine):
    """It tells when its words are."""

    timed = True

    def describe(self) -> EngineInfo:
        info = super().describe()
        return replace(
            info,
            name="reciter",
            label="Reciter",
            languages=(*info.languages, Language("ja", "ja")),
            voices=(Voice("rita", "Rita", "reciter", "mul"),),
            capabilities=Capabilities(sampling=True, word_times=True),
            can_garble=True,
        )


PARROT: Mapping[str, str] = MappingProxyType(
    {
        **ENGINES,
        "parrot": "tests.support.parrot:ParrotEngine",
        "reciter": "tests.support.parrot:ReciterEngine",
    }
)
