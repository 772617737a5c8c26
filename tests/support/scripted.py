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

from tts_core.types import AudioChunk, EngineInfo, Language, Utterance, Voice, WordTiming

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


class ScriptedEngine:
    name = "scripted"
    rate = RATE

    @classmethod
    def describe(cls) -> EngineInfo:
        return EngineInfo(
            name=cls.name,
            label="Scripted",
            license="MIT",
            sample_rate=cls.rate,
            languages=[Language("en", "English")],
            voices=[
                Voice("one", "One", cls.name, "en", tags=("default",)),
                Voice("two", "Two", cls.name, "en"),
            ],
            parameters=ScriptedParameters,
            abilities=frozenset({"word_times"}),
            max_characters=200,
        )

    @classmethod
    def unavailable(cls) -> str | None:
        return None

    def load(self, economy: int = 0) -> None:
        pass

    def speak(self, utterance: Utterance, stop: threading.Event) -> Iterator[AudioChunk]:
        options = ScriptedParameters(**utterance.options)
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

    @classmethod
    def unavailable(cls) -> str | None:
        return "It is not installed; run `make absent`."


class HungryParameters(ScriptedParameters):
    needs: int = 1
    """With fewer economies than this it runs out of memory in the middle of a segment."""


class HungryEngine(ScriptedEngine):
    """Wants more memory than there is, until it economises."""

    name = "hungry"

    @classmethod
    def describe(cls) -> EngineInfo:
        return replace(
            super().describe(),
            name=cls.name,
            label="Hungry",
            parameters=HungryParameters,
            economies=("16-bit weights", "the smaller model"),
        )

    def load(self, economy: int = 0) -> None:
        self.economy = economy

    def speak(self, utterance: Utterance, stop: threading.Event) -> Iterator[AudioChunk]:
        options = HungryParameters(**utterance.options)
        plain = {k: v for k, v in utterance.options.items() if k != "needs"}
        pieces = list(super().speak(replace(utterance, options=plain), stop))
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

    @classmethod
    def describe(cls) -> EngineInfo:
        return replace(
            super().describe(),
            name=cls.name,
            label="Narrow",
            voices=[Voice("low", "Low", cls.name, "en", gender="male")],
            abilities=frozenset(),
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

    @classmethod
    def describe(cls) -> EngineInfo:
        return replace(super().describe(), name=cls.name, parameters=EndlessParameters)


def _first_time(marker: str) -> bool:
    if not marker or Path(marker).exists():
        return False
    Path(marker).touch()
    return True


class SamplingEngine(ScriptedEngine):
    """Says that it speaks otherwise with each seed."""

    name = "sampling"

    @classmethod
    def describe(cls) -> EngineInfo:
        info = super().describe()
        return replace(info, name=cls.name, abilities=info.abilities | {"sampling"})


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
