"""Pocket TTS (Kyutai): natural voices, faster than real time on one CPU core.

The library pocket-tts 4.0.1 makes sound in frames of 80 ms, in two threads of its own: one
samples latents, one decodes them. Its model is not thread-safe, and importing it sets torch to
one thread: both fit a worker process. It has a model for each language, and of some languages
several; the engine speaks with those that are here, `TTS_POCKET_CONFIG` or downloaded.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tts_core.engines.pocket.config import GATED
from tts_core.engines.pocket.files import PocketFiles, choose, installed, voices
from tts_core.engines.pocket.models import LANGUAGES
from tts_core.engines.pocket.parameters import ANY, PocketParameters, apply, parameters
from tts_core.engines.pocket.voices import clone, read_voice, restored
from tts_core.engines.stop import StopEvent
from tts_core.engines.voice_state import VoiceState
from tts_core.errors import (
    EngineUnavailable,
    GenerationError,
    ModelLoadError,
    StaleVoiceState,
    UnknownNameError,
    VoiceLoadError,
)
from tts_core.settings import present_settings
from tts_core.system.packages import missing_packages
from tts_core.types import AudioChunk, EngineInfo, Utterance
from tts_core.validation import shown, validate

if TYPE_CHECKING:
    State = dict[str, dict[str, Any]]

log = logging.getLogger(__name__)

DEFAULT_SAMPLE_RATE = 24_000  # of every released model
_MODELS_KEPT = 2
_VOICES_KEPT = 16
"""Voice states in memory: 6 MB each for ten seconds of the full-size model."""


class _Loaded:
    """A model in memory."""

    def __init__(self, files: PocketFiles, device: str, cache: Path) -> None:
        """Raises what the library raises."""
        self.files = files
        with _offline(cache):
            from pocket_tts import TTSModel

            self.model = TTSModel.load_model(config=files.path)
        self.model.to(device)
        self.states: dict[tuple[Path, int], State] = {}
        if not self.model.has_voice_cloning:
            log.warning("Pocket TTS runs without voice cloning. %s.", GATED)

    def state(self, path: Path, read: Callable[[], State]) -> State:
        """What a voice's file holds, read once; anew when the file is another."""
        try:
            key = path, path.stat().st_mtime_ns
        except OSError as error:
            raise StaleVoiceState(f"The voice {path.stem} is gone: {error}.") from error
        if key not in self.states:
            if len(self.states) >= _VOICES_KEPT:
                del self.states[next(iter(self.states))]
            self.states[key] = read()
        return self.states[key]


class PocketEngine:
    """A `CloningEngine` (see base.py)."""

    def __init__(self) -> None:
        self._here: list[PocketFiles] = []
        self._loaded: dict[Path, _Loaded] = {}
        """By configuration, the one used last at the end."""
        self._economy = 0

    @classmethod
    def describe(cls) -> EngineInfo:
        """Without voices where the engine is unavailable."""
        try:
            here = installed(present_settings())
        except EngineUnavailable:
            here = []
        languages = {files.language.code: files.language for files in here}
        cloning = {"cloning"} if any(files.can_clone for files in here) else set()
        return EngineInfo(
            name="pocket",
            label="Pocket TTS",
            license="MIT (code), CC BY 4.0 (weights); voices: see hf.co/kyutai/tts-voices",
            sample_rate=here[0].sample_rate if here else DEFAULT_SAMPLE_RATE,
            languages=list(languages.values() if here else LANGUAGES.values()),
            voices=voices(here),
            parameters=parameters(here) if here else PocketParameters,
            abilities=frozenset({"sampling"} | cloning),
            cloning_languages=[files.language.code for files in here if files.can_clone],
            # The library cuts what is longer than 50 tokens, of 3 to 4 characters each, at
            # commas; very short texts are what its models speak worst.
            max_characters=160,
            min_characters=20,
            speed_range=(1.0, 1.0),
            pitch_range=(1.0, 1.0),
            weights=" ".join(files.weights for files in here),
            economies=_economies(here),
        )

    @classmethod
    def unavailable(cls) -> str | None:
        """Whether packages, a model and a voice are there; `load` tells whether they work."""
        if missing := missing_packages("pocket"):
            return missing
        try:
            installed(present_settings())
        except EngineUnavailable as error:
            return str(error)
        return None

    def load(self, economy: int = 0) -> None:
        """The first choice of the models here; others when they are wanted. Raises ModelLoadError.

        With an economy of 2 no more than one model is kept in memory.
        """
        self._here = installed(present_settings())
        self._economy = economy
        self._loaded.clear()
        first = self._here[0]
        if economy > 1:
            first = choose(self._here, first.language.code, "auto", smallest=True)[0]
        self._model(first)

    def condition(self, clips: Sequence[AudioChunk]) -> VoiceState:
        """See `CloningEngine`. Of the clips in a row at most 30 s are used.

        A state fits one model, so one is made for each language that has a model that can clone,
        with the one that speaks it by default.
        """
        able = [files for files in self._here if files.can_clone]
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

    def speak(self, utterance: Utterance, stop: threading.Event) -> Iterator[AudioChunk]:
        """Raises ValidationError, UnknownNameError, VoiceLoadError, GenerationError,
        ModelLoadError when it takes another model than those in memory.
        """
        import torch

        options = validate(ANY, utterance.options).model_dump()
        if self._economy:
            options["decode_steps"] = 1
        loaded, state = self._prepare(utterance, options["model"])
        apply(options, loaded.files.config, loaded.model)
        model = loaded.model
        torch.manual_seed(utterance.seed)
        halt = StopEvent(stop)
        pieces = model.generate_audio_stream(state, utterance.text, stop=halt)
        try:
            for piece in pieces:
                if stop.is_set():
                    return
                samples = piece.detach().to("cpu", torch.float32).numpy()
                if not np.isfinite(samples).all():
                    raise GenerationError(
                        "Pocket TTS made no sound but NaN; are its weights whole?"
                    )
                yield AudioChunk(np.clip(samples, -1, 1), model.sample_rate)
        finally:
            # However this ends, the library's threads must not run into the next call.
            halt.set()
            with suppress(Exception):
                for _ in pieces:
                    pass

    def _prepare(self, utterance: Utterance, kind: str) -> tuple[_Loaded, State]:
        """The model that speaks, and the voice's state for it."""
        try:
            return self._find(utterance, kind)
        except (EngineUnavailable, UnknownNameError, VoiceLoadError):
            if (here := installed(present_settings())) == self._here:
                raise
        self._here = here  # something was downloaded meanwhile
        return self._find(utterance, kind)

    def _find(self, utterance: Utterance, kind: str) -> tuple[_Loaded, State]:
        path = utterance.voice_state
        if path is not None:
            return self._prepare_clone(path, utterance.language)
        smallest = self._economy > 1
        able = choose(self._here, utterance.language, kind, smallest=smallest)
        having = [files for files in able if utterance.voice in files.voices]
        if not having:
            raise UnknownNameError(
                f"Pocket TTS has no voice {shown(utterance.voice)!r} here for "
                f"{able[0].language.name}.",
                "voice",
            )
        loaded, file = self._model(having[0]), having[0].voices[utterance.voice]
        return loaded, loaded.state(file, lambda: read_voice(loaded.model, file))

    def _prepare_clone(self, path: Path, language: str) -> tuple[_Loaded, State]:
        engine, weights = VoiceState.made_for(path)
        names = weights.split(", ")
        able = [files for files in self._here if files.weights in names]
        if engine != "pocket" or not able:
            VoiceState.load(path, "pocket", ", ".join(files.weights for files in self._here))
        fit = [files for files in able if files.language.code == language or not files.kind]
        if not fit:
            spoken = ", ".join(files.language.name for files in able)
            raise StaleVoiceState(
                f"The voice was cloned for {spoken} only; clone it once more, with a model of the "
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

        return loaded, loaded.state(path, read)

    def _model(self, files: PocketFiles) -> _Loaded:
        """In memory, read from disk when it is not. Raises ModelLoadError."""
        from tts_core.engines.device import find_device

        if (loaded := self._loaded.pop(files.path, None)) is None:
            settings = present_settings()
            device = find_device(settings.device)
            while len(self._loaded) >= (1 if self._economy > 1 else _MODELS_KEPT):
                del self._loaded[next(iter(self._loaded))]
            try:
                loaded = _Loaded(files, device, settings.models_path)
            except Exception as error:
                raise ModelLoadError(
                    f"Pocket TTS could not load {files.path.absolute()}: {_brief(error)}. Are its "
                    "files whole, and do configuration, weights and tokenizer belong together?"
                ) from error
        self._loaded[files.path] = loaded
        return loaded


def _economies(here: Sequence[PocketFiles]) -> tuple[str, ...]:
    languages = [files.language.code for files in here]
    several = len(set(languages)) < len(languages)
    return ("one decode step", "the smallest model here") if several else ("one decode step",)


@contextmanager
def _offline(cache: Path) -> Iterator[None]:
    """As HF_HUB_OFFLINE=1 and HF_HUB_CACHE, which the Hub's library reads only once, when it is
    imported.

    Without it the library would ask the network for gated weights, or for a newer revision,
    before it takes what is here.
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
