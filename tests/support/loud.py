"""An engine whose voices are not at level: eSpeak NG's, louder or softer by known gains."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from pydantic import BaseModel, ConfigDict

from tts_core.engines.base import Engine, EngineContext
from tts_core.engines.espeak.engine import EspeakEngine, EspeakParameters
from tts_core.engines.espeak.library import SAMPLE_RATE
from tts_core.engines.voice_state import VoiceState
from tts_core.types import AudioChunk, Capabilities, EngineInfo, Language, Utterance, Voice

LOUD = {"loud": "tests.support.loud:LoudEngine"}
GAINS: Mapping[str, float] = {"near": 5.0, "close": 3.0, "far": -8.0}
"""dB by voice."""
CLONED = -6.0
"""dB, of every cloned voice."""


class LoudParameters(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    memory: bool = True
    """False: it is out of memory after the first utterance."""


class LoudEngine(Engine[LoudParameters]):
    parameters = LoudParameters

    def __init__(self, context: EngineContext) -> None:
        super().__init__(context)
        self._espeak = EspeakEngine(context)
        self._utterances = 0

    def describe(self) -> EngineInfo:
        return EngineInfo(
            name="loud",
            label="Loud",
            license="MIT",
            sample_rate=SAMPLE_RATE,
            languages=[Language("en", "English")],
            voices=[Voice(name, name, "loud", "en") for name in GAINS],
            parameters=LoudParameters,
            capabilities=Capabilities(cloning=True),
            weights="1",
        )

    def load(self, economy: int = 0) -> None:
        self._espeak.load()

    def condition(self, clips: Sequence[AudioChunk]) -> VoiceState:
        return VoiceState("loud", "1", {"clips": np.array([len(clips)], np.float32)})

    def speak(
        self, utterance: Utterance, options: LoudParameters, stop: threading.Event
    ) -> Iterator[AudioChunk]:
        self._utterances += 1
        if not options.memory and self._utterances > 1:
            raise MemoryError
        gain = np.float32(10 ** (GAINS.get(utterance.voice, CLONED) / 20))
        said = replace(utterance, voice="en-us", voice_state=None)
        for chunk in self._espeak.speak(said, EspeakParameters(), stop):
            yield replace(chunk, samples=chunk.samples * gain, words=())
