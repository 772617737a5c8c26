"""A scripted engine that clones. A folder tells it what to do, in whatever process it runs, and
there it writes down what it did:

    weights     the name of its weights
    seconds     how long conditioning takes
    broken      it cannot be loaded while this is there
    conditioned a line for each conditioning, with the number of clips
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from tests.support.scripted import ScriptedEngine, ScriptedParameters
from tts_core.engines.base import EngineContext
from tts_core.engines.voice_state import VoiceState
from tts_core.types import AudioChunk, Capabilities, EngineInfo, Language, Utterance, Voice

MIMIC = {"mimic": "tests.support.mimic:MimicEngine"}
VARIABLE = "MIMIC_FOLDER"


class Script:
    """That folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder

    def _read(self, name: str, default: str) -> str:
        path = self.folder / name
        return path.read_text(encoding="utf-8") if path.exists() else default

    @property
    def weights(self) -> str:
        return self._read("weights", "first")

    @weights.setter
    def weights(self, name: str) -> None:
        (self.folder / "weights").write_text(name, encoding="utf-8")

    @property
    def seconds(self) -> float:
        return float(self._read("seconds", "0"))

    @seconds.setter
    def seconds(self, value: float) -> None:
        (self.folder / "seconds").write_text(str(value), encoding="utf-8")

    @property
    def conditioned(self) -> list[str]:
        return self._read("conditioned", "").splitlines()


class MimicEngine(ScriptedEngine):
    name = "mimic"

    def __init__(self, context: EngineContext) -> None:
        super().__init__(context)
        self.script = Script(Path(os.environ[VARIABLE]))

    def describe(self) -> EngineInfo:
        return replace(
            super().describe(),
            label="Mimic",
            languages=[Language("en", "English"), Language("de", "German")],
            voices=[Voice("own", "Own Voice", self.name, "en")],
            capabilities=Capabilities(cloning=True),
        )

    def load(self, economy: int = 0) -> None:
        if (self.script.folder / "broken").exists():
            raise OSError("weights are missing")

    def condition(self, clips: Sequence[AudioChunk]) -> VoiceState:
        with (self.script.folder / "conditioned").open("a", encoding="utf-8") as file:
            file.write(f"{len(clips)}\n")
        time.sleep(self.script.seconds)
        seconds = np.array([clip.duration for clip in clips], np.float32)
        return VoiceState(self.name, self.script.weights, {"seconds": seconds})

    def speak(
        self, utterance: Utterance, options: ScriptedParameters, stop: threading.Event
    ) -> Iterator[AudioChunk]:
        if utterance.voice_state is not None:
            VoiceState.load(utterance.voice_state, self.name, self.script.weights)
        yield from super().speak(utterance, options, stop)
