"""Chatterbox (Resemble AI): expressive cloned voices in English and 22 other languages.

Three models behind one engine; one is in memory at a time. An optional install (`make
chatterbox`). Run on random weights in the real file formats only: the real ones were out of reach
here, so nothing is known of how its defaults and its length guard sound. Every sound carries
Resemble's inaudible Perth watermark, which tells that it is synthetic.
"""

from __future__ import annotations

import gc
import logging
import pickle
import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tts_core.engines.chatterbox.files import (
    ENGLISH,
    MULTILINGUAL,
    TURBO,
    VOICE,
    find_models,
    languages,
    their_code,
)
from tts_core.engines.chatterbox.parameters import ChatterboxParameters
from tts_core.engines.stop import StopEvent
from tts_core.engines.voice_state import VoiceState
from tts_core.engines.weights.catalog import stamp
from tts_core.errors import (
    EngineUnavailable,
    GenerationError,
    ModelLoadError,
    StaleVoiceState,
    UnknownNameError,
    ValidationError,
    VoiceLoadError,
)
from tts_core.settings import present_settings
from tts_core.system.packages import missing_packages
from tts_core.types import MULTILINGUAL as ANY_LANGUAGE
from tts_core.types import AudioChunk, EngineInfo, Samples, Utterance, Voice
from tts_core.validation import shown, validate

if TYPE_CHECKING:
    from tts_core.engines.chatterbox.model import ChatterboxModel
    from tts_core.engines.chatterbox.voice import Prompt
    from tts_core.engines.chatterbox.voice import Voice as Cloned

log = logging.getLogger(__name__)

SAMPLE_RATE = 24_000
SIGN_OF_LIFE_SECONDS = 2.0
_CLONES_KEPT = 16
"""Cloned voices in memory, 0.5 MB each."""


class ChatterboxEngine:
    """A `CloningEngine` (see base.py)."""

    def __init__(self) -> None:
        self._models: Mapping[str, Path] = {}
        self._model: ChatterboxModel | None = None
        self._economy = 0
        self._clones: dict[tuple[Path, int, str], Cloned] = {}

    @classmethod
    def describe(cls) -> EngineInfo:
        """Without voices where no model, or no conds.pt beside one, is on this machine."""
        settings = present_settings()
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
            abilities=frozenset({"sampling", "cloning"}),
            # 1000 tokens are 40 s of speech: twice what these take, of dense scripts also.
            max_characters=300,
            language_limits={"cmn": 100, "ja": 100, "ko": 100},
            min_characters=20,  # very short texts run on
            speed_range=(1.0, 1.0),
            pitch_range=(1.0, 1.0),
            weights=" ".join(stamp(folder) for folder in models.values()),
            economies=("16-bit weights",) if settings.precision in ("auto", "float32") else (),
        )

    @classmethod
    def unavailable(cls) -> str | None:
        """Whether packages and one of the models are there; `load` tells whether they work."""
        if missing := missing_packages("chatterbox"):
            return missing
        try:
            find_models(present_settings())
        except EngineUnavailable as error:
            return str(error)
        return None

    def load(self, economy: int = 0) -> None:
        """Loads the model that speaks English by default. Raises ModelLoadError."""
        if reason := self.unavailable():
            raise EngineUnavailable(f"Chatterbox cannot be used: {reason}")
        self._models = find_models(present_settings())
        self._economy = economy
        self._load(self._choose("auto", "en"))

    def condition(self, clips: Sequence[AudioChunk]) -> VoiceState:
        """See `CloningEngine`: 10 s of the clips, in order; Turbo's part wants more than 5 s."""
        from tts_core.engines.chatterbox import voice as chatterbox_voice

        model = self._loaded()
        voice = chatterbox_voice.clone(model.tts, clips)
        if voice.turbo is None and set(self._models) == {TURBO}:
            raise VoiceLoadError(_TOO_SHORT_FOR_TURBO)
        return VoiceState("chatterbox", model.ears, voice.tensors())

    def speak(self, utterance: Utterance, stop: threading.Event) -> Iterator[AudioChunk]:
        """The sound comes in one piece, for the library decodes an utterance as a whole; until
        then empty ones tell that it is at work.

        The same seed, text and options give the same sound on the same machine. Raises
        ValidationError, UnknownNameError, EngineUnavailable, ModelLoadError, VoiceLoadError,
        GenerationError, or what the library raises.
        """
        options = validate(ChatterboxParameters, utterance.options)
        name = self._choose(options.model, utterance.language)
        self._load(name)
        model = self._loaded()
        from tts_core.engines.chatterbox.model import Stopped

        prompt = self._prompt(model, utterance)
        language = their_code(utterance.language)
        _seed(utterance.seed)

        def work() -> Samples:
            tokens = model.tokens(utterance.text, language, prompt, options.model_dump())
            return model.sound(tokens, prompt)

        try:
            samples = yield from _with_signs_of_life(work, model, stop)
        except Stopped:
            return
        if not np.isfinite(samples).all():
            raise GenerationError("Chatterbox made no sound but NaN; are its weights whole?")
        yield AudioChunk(np.clip(samples, -1, 1).astype(np.float32, copy=False), SAMPLE_RATE)

    def _choose(self, wanted: str, language: str) -> str:
        """The model for a language; `wanted`: of `ChatterboxParameters.model`."""
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
        """Makes `_model` that one; the one before gives its memory back first."""
        if self._model is not None and self._model.name == name:
            return
        import torch

        from tts_core.engines.device import find_device, find_precision
        from tts_core.engines.worker import while_loading

        settings, folder = present_settings(), self._models[name]
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
            raise while_loading(problem) from error
        log.info("Chatterbox's model %s is loaded", name)

    def _loaded(self) -> ChatterboxModel:
        assert self._model is not None, "load() comes first"
        return self._model

    def _prompt(self, model: ChatterboxModel, utterance: Utterance) -> Prompt:
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

        try:
            key = path, path.stat().st_mtime_ns, model.ears
        except OSError as error:
            raise StaleVoiceState(f"The voice state {path.name} is gone: {error}.") from error
        if key not in self._clones:
            state = VoiceState.load(path, "chatterbox", model.ears)
            try:
                voice = Cloned.restored(state.tensors, model.tts.device)
            except (KeyError, ValueError) as error:
                raise StaleVoiceState(
                    f"The voice state {path.name} is damaged ({error}); clone the voice once more."
                ) from error
            if len(self._clones) >= _CLONES_KEPT:
                del self._clones[next(iter(self._clones))]
            self._clones[key] = voice
        return self._clones[key]


def _with_signs_of_life(
    work: Callable[[], Samples], model: ChatterboxModel, stop: threading.Event
) -> Generator[AudioChunk, None, Samples]:
    """What `work` returns; until then chunks without sound, as long as something is computed.

    A long sentence can take minutes on a slow machine, and whoever waits would think it hung.
    """
    halt, steps = StopEvent(stop), -1
    with model.halting(halt), ThreadPoolExecutor(1) as pool:
        task = pool.submit(work)
        try:
            while not wait([task], SIGN_OF_LIFE_SECONDS).done:
                if model.steps != steps:
                    steps = model.steps
                    yield AudioChunk(np.zeros(0, np.float32), SAMPLE_RATE)
            return task.result()
        finally:
            halt.set()


_TOO_SHORT_FOR_TURBO = (
    "Chatterbox Turbo wants a recording of more than 5 s: clone the voice from a longer one, or "
    "choose another model of Chatterbox's."
)


def _seed(seed: int) -> None:
    import torch

    torch.manual_seed(seed)


def _reason(error: Exception) -> str:
    """PyTorch's advice about files with code in them is to run it; ours is not."""
    if isinstance(error, pickle.UnpicklingError):
        return "a .pt file holds something else than weights, and was not run. Fetch it once more."
    lines = f"{type(error).__name__}: {error}".strip().splitlines()
    return f"{' '.join(lines)[:300]}. Are the files whole, and all of one model?"
