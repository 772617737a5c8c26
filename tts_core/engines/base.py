"""What an engine is. Adding one: a file beside this one and a row in registry.py."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Protocol

from tts_core.types import AudioChunk, EngineInfo, Utterance


class Engine(Protocol):
    """A synthesiser. One call at a time; its owner (the worker process) sees to that.

    `describe` and `unavailable` run in the web process: they import nothing heavy and load
    no model. The rest runs in the worker. An engine may raise what its library raises;
    the worker translates.
    """

    @classmethod
    def describe(cls) -> EngineInfo:
        """Its languages, voices, parameters and limits."""

    @classmethod
    def unavailable(cls) -> str | None:
        """Why it cannot be used here and what to do about it; None when it can."""

    def load(self) -> None:
        """Make ready to speak. Raises ModelLoadError (or anything) when it cannot."""

    def speak(self, utterance: Utterance, stop: threading.Event) -> Iterator[AudioChunk]:
        """Yield sound as it is made, looking at `stop` at every step.

        Once `stop` is set it returns within a step. Word times, where the engine knows them,
        ride on the chunk in which the word starts.
        """
