"""Chatterbox (Resemble AI): expressive cloned voices in English and 22 other languages.

One engine for three models, of which one is in memory at a time. An optional install (`make
chatterbox`). Tested with random weights in the real file formats only: the real ones could not be
downloaded, so it is unknown how well its defaults and its length guard work. All its sound carries
Resemble's inaudible Perth watermark, which marks it as synthetic.
"""

from __future__ import annotations

import gc
import logging
import pickle
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tts_core.engines.base import Engine, EngineContext
from tts_core.engines.chatterbox.files import EXTRA, VOICE, find_models, languages, their_code
from tts_core.engines.chatterbox.parameters import ChatterboxParameters
from tts_core.engines.chatterbox.weights import ENGLISH, MULTILINGUAL, TURBO, WEIGHTS
from tts_core.engines.error_translation import as_load_error
from tts_core.engines.voice_state import VoiceState, VoiceStateCache
from tts_core.engines.weights.catalog import stamp
from tts_core.errors import (
    EngineUnavailable,
    ModelLoadError,
    UnknownNameError,
    ValidationError,
    VoiceLoadError,
)
from tts_core.types import MULTILINGUAL as ANY_LANGUAGE
from tts_core.types import AudioChunk, Capabilities, EngineInfo, Utterance, Voice
from tts_core.validation import shown

if TYPE_CHECKING:
    from tts_core.engines.chatterbox.model import ChatterboxModel
    from tts_core.engines.chatterbox.voice import Prompt
    from tts_core.engines.chatterbox.voice import Voice as Cloned

log = logging.getLogger(__name__)

SAMPLE_RATE = 24_000
_CLONES_KEPT = 16
"""Cloned voices in memory, 0.5 MB each."""


class ChatterboxEngine(Engine[ChatterboxParameters]):
    """Chatterbox by Resemble AI. Clones voices."""

    parameters = ChatterboxParameters
    weights = tuple(WEIGHTS.values())
    extra = EXTRA

    def __init__(self, context: EngineContext) -> None:
        super().__init__(context)
        self._models: Mapping[str, Path] = {}
        self._model: ChatterboxModel | None = None
        self._economy = 0
        self._clones: VoiceStateCache[Cloned] = VoiceStateCache(_CLONES_KEPT)

    def describe(self) -> EngineInfo:
        """Describe the engine; without voices if no model here has its conds.pt."""
        settings = self.context.settings
        try:
            models = find_models(settings)
        except EngineUnavailable:
            models = {}
        spoken = ANY_LANGUAGE if MULTILINGUAL in models else "en"
        has_voice = any((folder / VOICE).is_file() for folder in models.values())
        return EngineInfo(
            name="chatterbox",
            label="Chatterbox",
            license="MIT",
            sample_rate=SAMPLE_RATE,
            languages=languages(models),
            voices=[Voice("chatterbox", "Chatterbox", "chatterbox", spoken)] if has_voice else [],
            parameters=ChatterboxParameters,
            capabilities=Capabilities(sampling=True, cloning=True),
            naturalness=1,
            real_time=False,
            own_watermark="Perth (Resemble AI)",
            # 1000 tokens are 40 s of speech: twice as long as these take, in dense scripts too.
            max_characters=300,
            language_limits={"cmn": 100, "ja": 100, "ko": 100},
            min_characters=20,  # it babbles on after very short texts
            speed_range=(1.0, 1.0),
            pitch_range=(1.0, 1.0),
            weights=" ".join(stamp(folder) for folder in models.values()),
            economies=("16-bit weights",) if settings.precision in ("auto", "float32") else (),
        )

    def unavailable(self) -> str | None:
        """Check that packages and a model exist; `load` finds out whether they work."""
        if missing := super().unavailable():
            return missing
        try:
            find_models(self.context.settings)
        except EngineUnavailable as error:
            return str(error)
        return None

    def load(self, economy: int = 0) -> None:
        """Load the model that speaks English by default.

        Raises EngineUnavailable, ModelLoadError, OutOfMemory.
        """
        if reason := self.unavailable():
            raise EngineUnavailable(f"Chatterbox cannot be used: {reason}")
        self._models = find_models(self.context.settings)
        self._economy = economy
        self._load(self._choose("auto", "en"))

    def condition(self, clips: Sequence[AudioChunk]) -> VoiceState:
        """Clone a voice from the first 10 s of the clips; for Turbo they must exceed 5 s."""
        from tts_core.engines.chatterbox import voice as chatterbox_voice

        model = self._loaded()
        voice = chatterbox_voice.clone(model.tts, clips)
        if voice.turbo is None and set(self._models) == {TURBO}:
            raise VoiceLoadError(_TOO_SHORT_FOR_TURBO)
        return VoiceState("chatterbox", model.conditioning_weights, voice.tensors())

    def speak(
        self, utterance: Utterance, options: ChatterboxParameters, stop: threading.Event
    ) -> Iterator[AudioChunk]:
        """Speak an utterance in one chunk, since the library decodes it as a whole.

        The same seed, text and options give the same sound on the same machine. Raises
        ValidationError, UnknownNameError, EngineUnavailable, ModelLoadError, VoiceLoadError,
        GenerationError, or what the library raises.
        """
        name = self._choose(options.model, utterance.language)
        self._load(name)
        model = self._loaded()
        import torch

        from tts_core.engines.chatterbox.model import Stopped

        prompt = self._prompt(model, utterance)
        language = their_code(utterance.language)
        torch.manual_seed(utterance.seed)
        try:
            with model.stopped_by(stop):
                tokens = model.tokens(utterance.text, language, prompt, options.model_dump())
                samples = model.sound(tokens, prompt)
        except Stopped:
            return
        yield AudioChunk(samples, SAMPLE_RATE)

    def _choose(self, wanted: str, language: str) -> str:
        """Return the model for a language. `wanted`: see `ChatterboxParameters.model`."""
        if wanted == "auto":
            fit = (ENGLISH, TURBO, MULTILINGUAL) if language == "en" else (MULTILINGUAL,)
            wanted = next((name for name in fit if name in self._models), fit[0])
        if wanted in (ENGLISH, TURBO) and language != "en":
            raise ValidationError(
                f"Chatterbox's model {wanted} speaks English only; choose multilingual or auto.",
                "model",
            )
        if wanted not in self._models:
            raise EngineUnavailable(
                f"Chatterbox's model {wanted} is not on this machine: download "
                f"chatterbox-{wanted}, or choose one that is: {', '.join(self._models)}."
            )
        return wanted

    def _load(self, name: str) -> None:
        """Load a model, unless it is loaded, after releasing the memory of the one before."""
        if self._model is not None and self._model.name == name:
            return
        import torch

        from tts_core.engines.device import find_device, find_precision

        settings, folder = self.context.settings, self._models[name]
        device = find_device(settings.device)
        precision = find_precision(settings.precision, save=self._economy > 0)
        self._model = None
        gc.collect()
        if device == "cuda":
            torch.cuda.empty_cache()
        try:
            from tts_core.engines.chatterbox.model import ChatterboxModel

            self._model = ChatterboxModel(name, folder, device, precision)
        except ModelLoadError:
            raise
        except Exception as error:
            problem = ModelLoadError(
                f"Chatterbox's model {name} could not be loaded from {folder}: {_reason(error)}"
            )
            problem.__cause__ = error
            raise as_load_error(problem) from error
        log.info("Chatterbox's model %s is loaded", name)

    def _loaded(self) -> ChatterboxModel:
        assert self._model is not None, "load() comes first"
        return self._model

    def _prompt(self, model: ChatterboxModel, utterance: Utterance) -> Prompt:
        """Return what the model speaks from. Raises UnknownNameError, VoiceLoadError."""
        if utterance.voice_state is not None:
            voice = self._cloned(model, utterance.voice_state)
            prompt = voice.turbo if model.name == TURBO else voice.plain
            if prompt is None:
                raise VoiceLoadError(_TOO_SHORT_FOR_TURBO)
            return prompt
        if utterance.voice != "chatterbox" or model.built_in is None:
            raise UnknownNameError(
                f"Chatterbox's model {model.name} has no voice {shown(utterance.voice)!r} here"
                f"{'' if model.built_in else f': there is no {VOICE} beside it'}.",
                "voice",
            )
        return model.built_in

    def _cloned(self, model: ChatterboxModel, path: Path) -> Cloned:
        from tts_core.engines.chatterbox.voice import Voice as Cloned

        weights = model.conditioning_weights

        def read() -> Cloned:
            state = VoiceState.load(path, "chatterbox", weights)
            return Cloned.restored(state.tensors, model.tts.device)

        return self._clones.get(path, read, weights)


_TOO_SHORT_FOR_TURBO = (
    "Chatterbox Turbo needs a recording of more than 5 s: clone the voice from a longer one, or "
    "choose another model of Chatterbox's."
)


def _reason(error: Exception) -> str:
    """Return a reason for people; PyTorch's own advice is to run the code in the file."""
    if isinstance(error, pickle.UnpicklingError):
        return (
            "a .pt file contains something other than weights, and was not run. Download it again."
        )
    lines = f"{type(error).__name__}: {error}".strip().splitlines()
    return f"{' '.join(lines)[:300]}. Are the files complete, and all of one model?"
