"""An engine that is in no hurry. On its own, since a worker process imports this."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

from tts_core.engines.espeak.engine import EspeakEngine, EspeakParameters
from tts_core.types import AudioChunk, EngineInfo, Language, Utterance, Voice


class SlowEngine(EspeakEngine):
    """eSpeak NG at four times the pace of speech, as a neural engine might be."""

    def describe(self) -> EngineInfo:
        return replace(
            super().describe(),
            name="slow",
            label="Slow engine",
            languages=(Language("en", "English"),),
            voices=(Voice("slow-en", "Slow English", "slow", "en"),),
        )

    def speak(
        self, utterance: Utterance, options: EspeakParameters, stop: threading.Event
    ) -> Iterator[AudioChunk]:
        for chunk in super().speak(replace(utterance, voice="en-us"), options, stop):
            yield chunk
            if stop.wait(chunk.duration / 4):
                return
