"""What an engine is. Adding one: a file beside this one and a row in registry.py."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import Protocol, runtime_checkable

from tts_core.engines.voice_state import VoiceState
from tts_core.types import AlignmentRequest, AlignmentResult, AudioChunk, EngineInfo, Utterance


class Engine(Protocol):
    """A synthesiser. One call at a time; its owner (the worker process) sees to that.

    `describe` and `unavailable` run in the web process: they import nothing heavy and load
    no model. The rest runs in the worker. An engine may raise what its library raises;
    the worker translates. Only the worker of an engine with the ability "cloud" has the network.
    """

    @classmethod
    def describe(cls) -> EngineInfo:
        """Its languages, voices, parameters and limits."""

    @classmethod
    def unavailable(cls) -> str | None:
        """Why it cannot be used here and what to do about it; None when it can."""

    def load(self, economy: int = 0) -> None:
        """Make ready to speak. Raises ModelLoadError (or anything) when it cannot.

        `economy`: how many of its `EngineInfo.economies` to make, from the first on; they hold
        for everything it speaks until it is loaded again.
        """

    def speak(self, utterance: Utterance, stop: threading.Event) -> Iterator[AudioChunk]:
        """Yield sound as it is made, looking at `stop` at every step.

        Once `stop` is set it returns within a step. Word times, where the engine knows them,
        ride on the chunk in which the word starts.
        """


@runtime_checkable
class CloningEngine(Engine, Protocol):
    """An engine whose `abilities` hold "cloning" or "voice_match"."""

    def condition(self, clips: Sequence[AudioChunk]) -> VoiceState:
        """What it needs to speak in the voice of one or more recordings of a speaker.

        The clips are checked, trimmed and at any sample rate. Deterministic. The state goes to
        `speak` as a file, `Utterance.voice_state`. Raises VoiceLoadError, with the remedy.
        """


@runtime_checkable
class Aligner(Protocol):
    """What lives in a worker like an engine, but listens (`alignment/aligner.py`)."""

    def align(self, said: AlignmentRequest) -> AlignmentResult:
        """When the words of an utterance sound, and what is wrong with it."""
