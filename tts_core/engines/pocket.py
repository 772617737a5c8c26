"""Pocket TTS (Kyutai): natural voices, faster than real time on one CPU core.

The library pocket-tts 4.0.1 makes sound in frames of 80 ms, in two threads of its own: one
samples latents, one decodes them. Its model is not thread-safe, and importing it sets torch to
one thread: both fit a worker process. Everything in `PocketParameters` is an attribute that the
model reads at every frame, so that nothing needs loading again.
"""

from __future__ import annotations

import functools
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from copy import copy
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, create_model

from tts_core.engines.pocket_files import (
    EOS_BOUND,
    GATED,
    LANGUAGES,
    PocketConfig,
    PocketFiles,
    default_voice,
    find_files,
)
from tts_core.engines.pocket_voices import read_voice
from tts_core.errors import (
    EngineUnavailable,
    GenerationError,
    ModelLoadError,
    UnknownNameError,
)
from tts_core.settings import Settings
from tts_core.types import AudioChunk, EngineInfo, Utterance, Voice
from tts_core.validation import shown, validate

if TYPE_CHECKING:
    from pocket_tts import TTSModel

    State = dict[str, dict[str, Any]]

log = logging.getLogger(__name__)

DEFAULT_SAMPLE_RATE = 24_000  # of every released model
_VOICES_KEPT = 16
"""Voice states in memory: 6 MB each for ten seconds of the full-size model."""


class PocketParameters(BaseModel):
    """What can be set for each utterance."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    temperature: float = Field(
        0.3,
        gt=0,
        le=2,
        title="Temperature",
        description="How much chance there is in the voice: low is even, high is lively and risky.",
    )
    decode_steps: int = Field(
        1,
        ge=1,
        le=32,
        title="Decode steps",
        description="Sampler steps for each 80 ms of sound: more is slower, and seldom better. "
        "Models of the kinds drifting and pointwise always take one.",
    )
    noise_clamp: float = Field(
        0.0,
        ge=0,
        le=5,
        title="Noise clamp",
        description="Cuts off the sampler's noise beyond this value. 0: no limit.",
    )
    eos_threshold: float = Field(
        -4.0,
        ge=-EOS_BOUND,
        le=EOS_BOUND,
        title="End threshold",
        description="How sure (as a logit) the model must be that a sentence is over: lower ends "
        "sooner and may cut words off, higher may babble on.",
    )


class PocketEngine:
    """An `Engine` (see base.py)."""

    def __init__(self) -> None:
        self._files: PocketFiles | None = None
        self._model: TTSModel | None = None
        self._states: dict[str, State] = {}

    @classmethod
    def describe(cls) -> EngineInfo:
        """Without voices where the engine is unavailable."""
        try:
            files = find_files(Settings().pocket_config)
        except EngineUnavailable:
            files = None
        return EngineInfo(
            name="pocket",
            label="Pocket TTS",
            licence="MIT (code); weights and voices: see hf.co/kyutai/pocket-tts and tts-voices",
            sample_rate=files.sample_rate if files else DEFAULT_SAMPLE_RATE,
            languages=[files.language] if files else list(LANGUAGES.values()),
            voices=_voices(files) if files else [],
            parameters=_parameters(files.config) if files else PocketParameters,
            abilities=frozenset({"sampling"}),
            # The library cuts what is longer than 50 tokens, of 3 to 4 characters each, at
            # commas; very short texts are what its models speak worst.
            max_characters=160,
            min_characters=20,
            speed_range=(1.0, 1.0),
            pitch_range=(1.0, 1.0),
        )

    @classmethod
    def unavailable(cls) -> str | None:
        """Whether the package, a model and a voice are there; `load` tells whether they work."""
        if find_spec("pocket_tts") is None:
            return "The package pocket-tts is not installed; run `pip install pocket-tts==4.0.1`."
        try:
            find_files(Settings().pocket_config)
        except EngineUnavailable as error:
            return str(error)
        return None

    def load(self, economy: int = 0) -> None:
        """Raises ModelLoadError."""
        settings = Settings()
        files = find_files(settings.pocket_config)
        try:
            with _offline():
                from pocket_tts import TTSModel

                from tts_core.engines.device import find_device

                model = TTSModel.load_model(config=files.path)
            model.to(find_device(settings.device))
        except ModelLoadError:
            raise
        except Exception as error:
            raise ModelLoadError(
                f"Pocket TTS could not load {files.path.absolute()}: {_brief(error)}. Are its "
                "files whole, and do configuration, weights and tokenizer belong together?"
            ) from error
        if not model.has_voice_cloning:
            log.warning("Pocket TTS runs without voice cloning. %s.", GATED)
        self._files, self._model = files, model

    def speak(self, utterance: Utterance, stop: threading.Event) -> Iterator[AudioChunk]:
        """Raises ValidationError, UnknownNameError, VoiceLoadError, GenerationError."""
        import torch

        assert self._model is not None
        assert self._files is not None
        model = self._model
        state = self._state(utterance.voice)
        _apply(validate(_parameters(self._files.config), utterance.options), model)
        torch.manual_seed(utterance.seed)
        halt = _Halt(stop)
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

    def _state(self, voice: str) -> State:
        assert self._model is not None
        assert self._files is not None
        if (state := self._states.get(voice)) is not None:
            return state
        if (path := self._files.voices.get(voice)) is None:
            raise UnknownNameError(f"Pocket TTS has no voice {shown(voice)!r} here.", "voice")
        if len(self._states) >= _VOICES_KEPT:
            del self._states[next(iter(self._states))]
        self._states[voice] = read_voice(self._model, path)
        return self._states[voice]


class _Halt(threading.Event):
    """Set when it is set itself, or when the caller's event is."""

    def __init__(self, caller: threading.Event) -> None:
        super().__init__()
        self._caller = caller

    def is_set(self) -> bool:
        return super().is_set() or self._caller.is_set()


def _apply(options: PocketParameters, model: TTSModel) -> None:
    model.temp = options.temperature
    model.sampler_decode_steps = options.decode_steps
    model.noise_clamp = options.noise_clamp or None
    model.eos_threshold = options.eos_threshold


@functools.lru_cache(maxsize=8)
def _parameters_for(temperature: float, eos: float, steps: int) -> type[PocketParameters]:
    defaults = {"temperature": temperature, "eos_threshold": eos, "decode_steps": steps}
    fields: dict[str, Any] = {}
    for name, default in defaults.items():
        field = copy(PocketParameters.model_fields[name])
        field.default = default
        fields[name] = (field.annotation, field)
    return create_model("PocketParameters", __base__=PocketParameters, **fields)


def _parameters(config: PocketConfig) -> type[PocketParameters]:
    """With the model's own defaults. Flow matching wants 16 steps (`utils/config.py` there)."""
    steps = 16 if config.flow_lm.flow.type == "flow_matching" else 1
    return _parameters_for(config.default_temperature, config.default_eos_threshold, steps)


def _voices(files: PocketFiles) -> list[Voice]:
    language = files.language.code
    default = default_voice(language)
    return [
        Voice(
            id=name,
            name=name.replace("_", " ").title() if name.islower() else name,
            engine="pocket",
            language=language,
            tags=("default",) if name == default else (),
        )
        for name in files.voices
    ]


@contextmanager
def _offline() -> Iterator[None]:
    """As HF_HUB_OFFLINE=1, which the Hub's library reads only once, when it is imported.

    Without it the library would ask the network for gated weights, or for a newer revision,
    before it takes what is here.
    """
    from huggingface_hub import constants

    before = constants.HF_HUB_OFFLINE
    constants.HF_HUB_OFFLINE = True
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE = before


def _brief(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
