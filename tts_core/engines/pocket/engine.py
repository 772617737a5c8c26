"""Pocket TTS (Kyutai): natural voices, faster than real time on one CPU core.

The library pocket-tts 4.0.1 makes sound in frames of 80 ms, in two threads of its own: one samples
latents, the other decodes them. Its model is not thread-safe, and importing it limits PyTorch to
one thread; in a worker process neither matters. There is a model for each language, for some
languages several. The engine speaks with those on this machine: `TTS_POCKET_CONFIG`, or downloaded
ones.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tts_core.engines.base import Engine, EngineContext
from tts_core.engines.pocket.config import GATED
from tts_core.engines.pocket.files import PocketFiles, choose, installed, voices
from tts_core.engines.pocket.models import LANGUAGES
from tts_core.engines.pocket.parameters import ANY, PocketParameters, apply, parameters
from tts_core.engines.pocket.voices import clone, read_voice, restored
from tts_core.engines.pocket.weights import WEIGHTS
from tts_core.engines.voice_state import VoiceState, VoiceStateCache
from tts_core.errors import (
    EngineUnavailable,
    ModelLoadError,
    StaleVoiceState,
    UnknownNameError,
    VoiceLoadError,
)
from tts_core.system.packages import Extra
from tts_core.types import AudioChunk, Capabilities, EngineInfo, Utterance
from tts_core.validation import shown

if TYPE_CHECKING:
    State = dict[str, dict[str, Any]]

log = logging.getLogger(__name__)

DEFAULT_SAMPLE_RATE = 24_000  # of every released model
_MODELS_KEPT = 2
_VOICES_KEPT = 16
"""Voice states in memory: 6 MB each for ten seconds of the full-size model."""


class _LoadedModel:
    """A model in memory, with the voices that it has spoken in."""

    def __init__(self, files: PocketFiles, device: str, cache: Path) -> None:
        """Load a model. Raises what the library raises."""
        self.files = files
        with _offline(cache):
            from pocket_tts import TTSModel

            self.model = TTSModel.load_model(config=files.path)
        self.model.to(device)
        self.states: VoiceStateCache[State] = VoiceStateCache(_VOICES_KEPT)
        if not self.model.has_voice_cloning:
            log.warning("Pocket TTS runs without voice cloning. %s.", GATED)


class PocketEngine(Engine[PocketParameters]):
    """Pocket TTS by Kyutai. Clones voices, if the gated weights are installed."""

    parameters = ANY
    weights = tuple(WEIGHTS.values())
    extra = Extra("pocket", {"pocket_tts": "pocket-tts", "torch": "torch"})

    def __init__(self, context: EngineContext) -> None:
        super().__init__(context)
        self._installed: list[PocketFiles] = []
        self._loaded: dict[Path, _LoadedModel] = {}
        """By configuration file, the model used last at the end."""
        self._economy = 0

    def describe(self) -> EngineInfo:
        """Describe the engine; without voices where it is unavailable."""
        try:
            found = installed(self.context.settings)
        except EngineUnavailable:
            found = []
        languages = {files.language.code: files.language for files in found}
        cloning = any(files.can_clone for files in found)
        return EngineInfo(
            name="pocket",
            label="Pocket TTS",
            license="MIT (code), CC BY 4.0 (weights); voices: see hf.co/kyutai/tts-voices",
            sample_rate=found[0].sample_rate if found else DEFAULT_SAMPLE_RATE,
            languages=list(languages.values() if found else LANGUAGES.values()),
            voices=voices(found),
            parameters=parameters(found) if found else PocketParameters,
            capabilities=Capabilities(sampling=True, cloning=cloning),
            naturalness=1,
            cloning_languages=[files.language.code for files in found if files.can_clone],
            # The library cuts texts of more than 50 tokens, of 3 to 4 characters each, at commas;
            # its models speak very short texts worst.
            max_characters=160,
            min_characters=20,
            speed_range=(1.0, 1.0),
            pitch_range=(1.0, 1.0),
            weights=" ".join(files.weights for files in found),
            economies=_economies(found),
        )

    def unavailable(self) -> str | None:
        """Check that packages, a model and a voice exist; `load` finds out whether they work."""
        if missing := super().unavailable():
            return missing
        try:
            installed(self.context.settings)
        except EngineUnavailable as error:
            return str(error)
        return None

    def load(self, economy: int = 0) -> None:
        """Load the preferred model; others are loaded when they are used.

        With an economy of 2 only one model is kept in memory. Raises EngineUnavailable,
        ModelLoadError.
        """
        self._installed = installed(self.context.settings)
        self._economy = economy
        self._loaded.clear()
        first = self._installed[0]
        if economy > 1:
            first = choose(self._installed, first.language.code, "auto", smallest=True)[0]
        self._model(first)

    def condition(self, clips: Sequence[AudioChunk]) -> VoiceState:
        """Clone a voice from at most 30 s of the clips in a row.

        A state fits one model only, so one is made for each language with a model that can clone:
        for the model that speaks the language by default.
        """
        able = [files for files in self._installed if files.can_clone]
        if not able:
            raise VoiceLoadError(
                f"Pocket TTS cannot clone with the weights that are here. {GATED}."
            )
        chosen = [
            choose(able, code, "auto", smallest=self._economy > 1)[0]
            for code in dict.fromkeys(files.language.code for files in able)
        ]
        tensors = {}
        for files in chosen:
            for key, array in clone(self._model(files).model, clips).items():
                tensors[key if len(chosen) == 1 else f"{files.weights}/{key}"] = array
        return VoiceState("pocket", ", ".join(files.weights for files in chosen), tensors)

    def speak(
        self, utterance: Utterance, options: PocketParameters, stop: threading.Event
    ) -> Iterator[AudioChunk]:
        """Speak an utterance in chunks of 80 ms.

        Raises UnknownNameError, VoiceLoadError, GenerationError, and ModelLoadError if it needs
        another model than those in memory.
        """
        import torch

        chosen = options.model_dump()
        if self._economy:
            chosen["decode_steps"] = 1
        loaded, state = self._prepare(utterance, chosen["model"])
        apply(chosen, loaded.files.config, loaded.model)
        model = loaded.model
        torch.manual_seed(utterance.seed)
        pieces = model.generate_audio_stream(state, utterance.text, stop=stop)
        try:
            for piece in pieces:
                samples = piece.detach().to("cpu", torch.float32).numpy()
                yield AudioChunk(samples, model.sample_rate)
        finally:
            # However this ends, the library's threads must have ended before the next call.
            stop.set()
            with suppress(Exception):
                for _ in pieces:
                    pass

    def _prepare(self, utterance: Utterance, kind: str) -> tuple[_LoadedModel, State]:
        """Return the model that speaks, and the voice's state for it."""
        try:
            return self._find(utterance, kind)
        except (EngineUnavailable, UnknownNameError, VoiceLoadError):
            if (found := installed(self.context.settings)) == self._installed:
                raise
        self._installed = found  # something has been downloaded since
        return self._find(utterance, kind)

    def _find(self, utterance: Utterance, kind: str) -> tuple[_LoadedModel, State]:
        """Do what `_prepare` does, with the models known so far."""
        path = utterance.voice_state
        if path is not None:
            return self._prepare_clone(path, utterance.language)
        smallest = self._economy > 1
        able = choose(self._installed, utterance.language, kind, smallest=smallest)
        having = [files for files in able if utterance.voice in files.voices]
        if not having:
            raise UnknownNameError(
                f"Pocket TTS has no voice {shown(utterance.voice)!r} here for "
                f"{able[0].language.name}.",
                "voice",
            )
        loaded, file = self._model(having[0]), having[0].voices[utterance.voice]
        return loaded, loaded.states.get(file, lambda: read_voice(loaded.model, file))

    def _prepare_clone(self, path: Path, language: str) -> tuple[_LoadedModel, State]:
        """Return the model that speaks in a cloned voice, and the voice's state for it."""
        engine, weights = VoiceState.made_for(path)
        names = weights.split(", ")
        able = [files for files in self._installed if files.weights in names]
        if engine != "pocket" or not able:
            # Raises StaleVoiceState, which tells what the state is for.
            VoiceState.load(path, "pocket", ", ".join(files.weights for files in self._installed))
        fit = [files for files in able if files.language.code == language or not files.kind]
        if not fit:
            spoken = ", ".join(files.language.name for files in able)
            raise StaleVoiceState(
                f"The voice was cloned for {spoken} only; clone it again, with a model of the "
                "language that can clone."
            )
        loaded = self._model(fit[0])

        def read() -> State:
            tensors = VoiceState.load(path, "pocket", weights).tensors
            if len(names) > 1:
                prefix = f"{fit[0].weights}/"
                mine = {k.removeprefix(prefix): v for k, v in tensors.items() if prefix in k}
            else:
                mine = dict(tensors)
            return restored(loaded.model, mine, path.name)

        return loaded, loaded.states.get(path, read)

    def _model(self, files: PocketFiles) -> _LoadedModel:
        """Return a model, loading it unless it is in memory. Raises ModelLoadError."""
        from tts_core.engines.device import find_device

        if (loaded := self._loaded.pop(files.path, None)) is None:
            device = find_device(self.context.settings.device)
            while len(self._loaded) >= (1 if self._economy > 1 else _MODELS_KEPT):
                del self._loaded[next(iter(self._loaded))]
            try:
                loaded = _LoadedModel(files, device, self.context.weights_dir)
            except Exception as error:
                raise ModelLoadError(
                    f"Pocket TTS could not load {files.path.absolute()}: {_brief(error)}. Are its "
                    "files complete, and do configuration, weights and tokenizer belong together?"
                ) from error
        self._loaded[files.path] = loaded
        return loaded


def _economies(found: Sequence[PocketFiles]) -> tuple[str, ...]:
    languages = [files.language.code for files in found]
    several = len(set(languages)) < len(languages)
    return ("one decode step", "the smallest model here") if several else ("one decode step",)


@contextmanager
def _offline(cache: Path) -> Iterator[None]:
    """Do what HF_HUB_OFFLINE=1 and HF_HUB_CACHE do, which are read only at import time.

    Otherwise the library would request gated weights or a newer revision from the network before
    it uses local files.
    """
    from huggingface_hub import constants

    before = constants.HF_HUB_OFFLINE, constants.HF_HUB_CACHE
    constants.HF_HUB_OFFLINE, constants.HF_HUB_CACHE = True, str(cache)
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE, constants.HF_HUB_CACHE = before


def _brief(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
