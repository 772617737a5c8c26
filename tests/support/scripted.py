"""An engine that does what its options say: exact sample counts, delays, faults."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from tts_core.engines.base import Engine
from tts_core.types import (
    AudioChunk,
    Capabilities,
    EngineInfo,
    Language,
    Utterance,
    Voice,
    WordTiming,
)

RATE = 8_000
SAMPLES_PER_CHARACTER = 100


class ScriptedParameters(BaseModel):
    model_config = ConfigDict(extra="forbid")

    pieces: int = Field(4, ge=1, le=1000)
    step_seconds: float = Field(0.0, ge=0)
    die_once: str = ""
    """A file to make before dying in the middle of a segment; while it exists nothing dies."""
    die: bool = False
    fail: str = ""
    hang: bool = False
    hang_once: str = ""
    ignore_stop: bool = False
    silent: bool = False
    compute_seconds: float = 0.0
    """How long it computes before the sound, without sending anything."""


class ScriptedEngine(Engine[ScriptedParameters]):
    name = "scripted"
    rate = RATE
    parameters = ScriptedParameters

    def describe(self) -> EngineInfo:
        return EngineInfo(
            name=self.name,
            label="Scripted",
            license="MIT",
            sample_rate=self.rate,
            languages=[Language("en", "English")],
            voices=[
                Voice("one", "One", self.name, "en", tags=("default",)),
                Voice("two", "Two", self.name, "en"),
            ],
            parameters=self.parameters,
            capabilities=Capabilities(word_times=True),
            max_characters=200,
        )

    def speak(
        self, utterance: Utterance, options: ScriptedParameters, stop: threading.Event
    ) -> Iterator[AudioChunk]:
        computed = time.monotonic() + options.compute_seconds
        while time.monotonic() < computed:
            pass
        if options.fail:
            raise RuntimeError(options.fail)
        total = len(utterance.text) * SAMPLES_PER_CHARACTER
        edges = np.linspace(0, total, options.pieces + 1).astype(int)
        tone = np.sin(np.arange(total) * 0.3 + 0.5).astype(np.float32) * 0.5
        tone[0] = tone[-1] = 0.5  # loud to the last sample: nothing to trim
        if options.silent:
            tone[:] = 0
        for i, (a, b) in enumerate(pairwise(edges)):
            if options.step_seconds:
                deadline = time.monotonic() + options.step_seconds
                while time.monotonic() < deadline and (options.ignore_stop or not stop.is_set()):
                    time.sleep(0.005)
            if stop.is_set() and not options.ignore_stop:
                return
            if i == options.pieces // 2:
                self._misbehave(options)
            words = (WordTiming(utterance.text, 0.0, total / self.rate),) if i == 0 else ()
            yield AudioChunk(tone[a:b], self.rate, words)

    @staticmethod
    def _misbehave(options: ScriptedParameters) -> None:
        if options.die or _first_time(options.die_once):
            os.kill(os.getpid(), signal.SIGKILL)
        if options.hang or _first_time(options.hang_once):
            time.sleep(1000)


class UnloadableEngine(ScriptedEngine):
    name = "unloadable"

    def load(self, economy: int = 0) -> None:
        raise OSError("weights are missing")


class AbsentEngine(ScriptedEngine):
    name = "absent"

    def unavailable(self) -> str | None:
        return "It is not installed; run `make absent`."


class HungryParameters(ScriptedParameters):
    needs: int = 1
    """With fewer economies than this it runs out of memory in the middle of a segment."""


class HungryEngine(ScriptedEngine):
    """Wants more memory than there is, until it economises."""

    name = "hungry"
    parameters = HungryParameters

    def describe(self) -> EngineInfo:
        return replace(
            super().describe(),
            label="Hungry",
            economies=("16-bit weights", "the smaller model"),
        )

    def load(self, economy: int = 0) -> None:
        self.economy = economy

    def speak(
        self, utterance: Utterance, options: ScriptedParameters, stop: threading.Event
    ) -> Iterator[AudioChunk]:
        assert isinstance(options, HungryParameters)
        pieces = list(super().speak(utterance, options, stop))
        yield from pieces[:1]
        if self.economy < options.needs:
            raise RuntimeError(
                "[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't "
                "allocate memory: you tried to allocate 8 bytes."
            )
        yield from pieces[1:]


class NarrowEngine(ScriptedEngine):
    """Another sample rate, shorter segments, no word times."""

    name = "narrow"
    rate = 2 * RATE

    def describe(self) -> EngineInfo:
        return replace(
            super().describe(),
            label="Narrow",
            voices=[Voice("low", "Low", self.name, "en", gender="male")],
            capabilities=Capabilities(),
            max_characters=20,
        )


class SlowToLoadEngine(ScriptedEngine):
    name = "sleepy"

    def load(self, economy: int = 0) -> None:
        time.sleep(1.0)


class EndlessParameters(ScriptedParameters):
    pieces: int = 1000
    step_seconds: float = 0.05


class EndlessEngine(ScriptedEngine):
    """Takes 50 s for every segment unless told otherwise."""

    name = "endless"
    parameters = EndlessParameters


def _first_time(marker: str) -> bool:
    if not marker or Path(marker).exists():
        return False
    Path(marker).touch()
    return True


class SamplingEngine(ScriptedEngine):
    """Says that it speaks otherwise with each seed."""

    name = "sampling"

    def describe(self) -> EngineInfo:
        info = super().describe()
        return replace(info, capabilities=replace(info.capabilities, sampling=True))


SCRIPTED = {
    name: f"tests.support.scripted:{engine}"
    for name, engine in {
        "scripted": "ScriptedEngine",
        "unloadable": "UnloadableEngine",
        "absent": "AbsentEngine",
        "hungry": "HungryEngine",
        "narrow": "NarrowEngine",
        "sleepy": "SlowToLoadEngine",
        "endless": "EndlessEngine",
        "sampling": "SamplingEngine",
    }.items()
}
