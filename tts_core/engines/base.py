"""The interface of a speech engine.

An engine is a class derived from `Engine`, in a folder of its own below this one, and a row in
`registry.py`; or a class in any installed package that an entry point of the group "aloud.engines"
names. docs/add_an_engine.md walks through an example.
"""

from __future__ import annotations

import pickle
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Generic, Protocol, TypeVar, runtime_checkable

from pydantic import BaseModel

from tts_core.engines.voice_state import VoiceState
from tts_core.engines.weights.catalog import Weights
from tts_core.errors import VoiceLoadError
from tts_core.system.packages import Extra, missing_packages
from tts_core.types import (
    AlignmentRequest,
    AlignmentResult,
    AudioChunk,
    EngineInfo,
    NoParameters,
    Utterance,
)

if TYPE_CHECKING:
    from tts_core.settings import Settings

Parameters = TypeVar("Parameters", bound=BaseModel)


class EngineContext:
    """What an engine gets from its surroundings. Can be pickled."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        """Those of the service that the engine speaks for."""

    @property
    def weights_dir(self) -> Path:
        """The folder of downloaded weights, in the layout of the Hugging Face Hub's cache."""
        return self.settings.models_path

    def for_worker(self, *, network: bool) -> EngineContext:
        """Return what a worker gets: no secret but, if it may use the network, the cloud's keys."""
        from tts_core.settings import CLOUD_KEYS
        from tts_core.settings.secrets import without_secrets

        return EngineContext(without_secrets(self.settings, CLOUD_KEYS if network else ()))

    def __reduce__(self) -> tuple[type[EngineContext], tuple[bytes]]:
        return _PickledContext, (pickle.dumps(self.settings),)


class _PickledContext(EngineContext):
    """A context that has been sent to a worker.

    Its settings are unpickled on first use only: importing pydantic-settings would double the start
    time of a worker whose engine does not read any.
    """

    def __init__(self, pickled: bytes) -> None:
        self._pickled = pickled

    @cached_property
    def settings(self) -> Settings:  # type: ignore[override]
        settings: Settings = pickle.loads(self._pickled)
        return settings


class Engine(ABC, Generic[Parameters]):
    """A speech synthesizer. Its methods are called by one thread at a time.

    The web process creates engines too, to call `describe` and `unavailable`: importing the module,
    the constructor and these two methods must be quick and import no heavy library. The other
    methods are called in a worker process, which has network access only if the engine declares the
    capability `cloud`. An engine may raise any exception; the worker translates it.
    """

    parameters: type[Parameters] = NoParameters  # type: ignore[assignment]
    """The model of the engine's own parameters, with bounds, units and descriptions. `speak` gets
    an instance, so a subclass with parameters sets this."""
    weights: ClassVar[Sequence[Weights]] = ()
    """The weights that can be downloaded for the engine, the ones to fetch first at the front."""
    suspendable: ClassVar[bool] = False
    """Whether `speak` may be called while an earlier call is unfinished, which goes on afterwards:
    calls share no state that they change. Among many requests at once, each is then heard before
    any is finished."""
    extra: ClassVar[Extra | None] = None
    """The optional packages without which the engine cannot be used."""

    def __init__(self, context: EngineContext) -> None:
        self.context = context

    @classmethod
    def weights_in(cls, context: EngineContext) -> Sequence[Weights]:
        """Return `weights`, or what a downloaded list adds to them. Called often, so quick."""
        return cls.weights

    @abstractmethod
    def describe(self) -> EngineInfo:
        """Return the engine's capabilities, languages, voices, parameters and limits."""

    def unavailable(self) -> str | None:
        """Return why the engine cannot be used and what to do about it, or None if it can be."""
        return None if self.extra is None else missing_packages(self.extra)

    def load(self, economy: int = 0) -> None:
        """Get ready to speak.

        `economy`: how many of `EngineInfo.economies` to make, from the first on. They hold until
        the engine is loaded again. Raises ModelLoadError, or any other exception, on failure.
        """

    @abstractmethod
    def speak(
        self, utterance: Utterance, options: Parameters, stop: threading.Event
    ) -> Iterator[AudioChunk]:
        """Yield the sound of an utterance as it is made.

        `options`: the utterance's options, validated. `stop`: set when nobody wants the rest; the
        engine then returns as soon as it can, and is killed if that takes seconds. It is also set
        when the call has ended in any other way, and the engine may set it itself, to end threads
        of its own. The samples of a chunk may be of any float type or int16; the caller rejects
        NaN, clips to [-1, 1] and converts to float32. An engine that computes for long without
        yielding does not need to do anything about it: the worker reports that it is busy.

        Word timings, where the engine has the capability `word_times`, belong to the chunk in
        which the word starts.
        """

    def condition(self, clips: Sequence[AudioChunk]) -> VoiceState:
        """Return what the engine needs to speak in the voice of some recordings of one speaker.

        Only for engines with the capability `cloning` or `voice_match`. The clips have been checked
        and trimmed, and may have any sample rate. Deterministic. `speak` gets the result as a file,
        `Utterance.voice_state`. Raises VoiceLoadError, with the remedy.
        """
        raise VoiceLoadError("This engine has built-in voices only; choose one that can clone.")


@runtime_checkable
class Aligner(Protocol):
    """What a worker can run besides an engine: see `alignment/aligner.py`."""

    def load(self, economy: int = 0) -> None:
        """Get ready to align."""

    def align(self, request: AlignmentRequest) -> AlignmentResult:
        """Return the word timings of an utterance, and what is wrong with its sound."""
