"""XTTS-v2: natural multilingual voices, from a local folder (`TTS_XTTS_PATH`) or the Hub's weights.

Tested with random weights in the real file format only: the real ones could not be downloaded, so
it is unknown how well its sampling defaults and its length guard work.
"""

from __future__ import annotations

import importlib.util
import pickle
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tts_core.engines.base import Engine, EngineContext
from tts_core.engines.voice_state import VoiceState, VoiceStateCache
from tts_core.engines.weights.catalog import snapshot, stamp
from tts_core.engines.weights.licenses import how_to_agree, is_agreed, needs_download
from tts_core.engines.xtts.files import (
    FILES,
    SPEAKERS,
    fingerprint,
    missing_files,
    speaker_names,
)
from tts_core.engines.xtts.parameters import XttsParameters
from tts_core.engines.xtts.weights import XTTS
from tts_core.errors import EngineUnavailable, ModelLoadError
from tts_core.system.packages import Extra
from tts_core.types import (
    MULTILINGUAL,
    AudioChunk,
    Capabilities,
    EngineInfo,
    Language,
    Utterance,
    Voice,
)

if TYPE_CHECKING:
    from torch import Tensor

    from tts_core.engines.xtts.model import XttsModel
    from tts_core.engines.xtts.vocoder import IncrementalVocoder
    from tts_core.engines.xtts.voices import Speaker

SAMPLE_RATE = 24_000
FIRST_PIECE = 12
"""Audio tokens (46 ms each) before the first sound; 7 of them are held back as context."""
PIECE = 20
_CLONES_KEPT = 16
"""Cloned voices in memory, 130 kB each."""

_LANGUAGES = {
    "ar": "Arabic",
    "cmn": "Chinese (Mandarin)",
    "cs": "Czech",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "hi": "Hindi",
    "hu": "Hungarian",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "ru": "Russian",
    "tr": "Turkish",
}
_NEEDS = {"ja": "cutlet", "cmn": "pypinyin", "ko": "hangul_romanize"}
"""Packages that romanize a language for the library; without its package it is not offered."""
_LIMITS = {
    "ar": 166,
    "cmn": 82,
    "cs": 186,
    "de": 253,
    "en": 250,
    "es": 239,
    "fr": 273,
    "hi": 150,
    "hu": 224,
    "it": 213,
    "ja": 71,
    "ko": 95,
    "nl": 251,
    "pl": 224,
    "pt": 203,
    "ru": 182,
    "tr": 226,
}
"""Code points: `char_limits` of coqui-tts's XTTS tokenizer. Longer texts sound garbled."""


class XttsEngine(Engine[XttsParameters]):
    """XTTS-v2 by Coqui. Clones voices."""

    parameters = XttsParameters
    weights = (XTTS,)
    extra = Extra(
        "xtts",
        {
            "TTS": "coqui-tts",
            "torch": "torch",
            "torchaudio": "torchaudio",
            "torchcodec": "torchcodec",
            "transformers": "transformers",
        },
    )

    def __init__(self, context: EngineContext) -> None:
        super().__init__(context)
        self._model: XttsModel | None = None
        self._weights = ""
        self._clones: VoiceStateCache[Speaker] = VoiceStateCache(_CLONES_KEPT)

    def describe(self) -> EngineInfo:
        """Describe the engine; without voices if there are no weights or no readable speakers."""
        folder = self._folder()
        names = speaker_names(folder) if folder else ()
        languages = [
            Language(code, name)
            for code, name in _LANGUAGES.items()
            if code not in _NEEDS or importlib.util.find_spec(_NEEDS[code])
        ]
        saving = self.context.settings.precision not in ("auto", "float32")
        return EngineInfo(
            name="xtts",
            label="XTTS-v2",
            license="CPML (non-commercial)",
            sample_rate=SAMPLE_RATE,
            languages=languages,
            voices=[Voice(name, name, "xtts", MULTILINGUAL) for name in names],
            parameters=XttsParameters,
            capabilities=Capabilities(sampling=True, cloning=True),
            naturalness=1,
            real_time=False,
            max_characters=_LIMITS["en"],
            language_limits=_LIMITS,
            min_characters=20,  # it babbles on after very short texts
            speed_range=(0.5, 2.0),
            pitch_range=(1.0, 1.0),
            weights=stamp(folder) if folder and folder.is_dir() else "",
            economies=() if saving else ("16-bit weights",),
        )

    def unavailable(self) -> str | None:
        """Check that packages and files exist; `load` finds out whether they work."""
        if missing := super().unavailable():
            return missing
        settings, folder = self.context.settings, self._folder()
        if folder is None:
            return (
                f"{needs_download(XTTS, settings)} Or point TTS_XTTS_PATH at a "
                f"folder with its {', '.join(FILES)}."
            )
        if settings.xtts_path is None and not is_agreed(XTTS, settings):
            return how_to_agree(XTTS)
        if absent := missing_files(folder):
            return (
                f"{', '.join(absent)} not found in {folder} (TTS_XTTS_PATH); put XTTS-v2's "
                f"{', '.join(FILES)} there."
            )
        if (folder / SPEAKERS).is_file() and not speaker_names(folder):
            return f"{folder / SPEAKERS} names no speakers; download XTTS-v2's again."
        return None

    def load(self, economy: int = 0) -> None:
        """Load the model. Raises EngineUnavailable, ModelLoadError."""
        if reason := self.unavailable():
            raise EngineUnavailable(f"XTTS-v2 cannot be used: {reason}")
        settings = self.context.settings
        folder = self._folder()
        assert folder is not None  # otherwise `unavailable` would have said so
        from tts_core.engines.device import find_device, find_precision
        from tts_core.engines.xtts.model import XttsModel

        device = find_device(settings.device)
        precision = find_precision(settings.precision, save=economy > 0)
        try:
            self._weights = fingerprint(folder)
            self._model = XttsModel(folder, device, precision)
        except Exception as error:
            raise ModelLoadError(
                f"XTTS-v2 could not be loaded from {folder}: {_reason(error)}"
            ) from error

    def condition(self, clips: Sequence[AudioChunk]) -> VoiceState:
        """Clone a voice from the beginning of each clip, about 30 s of all clips together."""
        return VoiceState("xtts", self._weights, self._loaded().clone(clips).tensors())

    def speak(
        self, utterance: Utterance, options: XttsParameters, stop: threading.Event
    ) -> Iterator[AudioChunk]:
        """Speak; the same seed, text and options give the same sound on the same machine.

        Raises UnknownNameError, VoiceLoadError, or what the library raises.
        """
        model = self._loaded()
        import torch

        torch.manual_seed(utterance.seed)
        language = "zh" if utterance.language == "cmn" else utterance.language
        speaker = self._speaker(model, utterance)
        for text in model.parts(utterance.text, language):
            vocoder = model.vocoder(speaker, utterance.speed, stop)
            latents = model.latents(text, language, speaker, options.model_dump())
            yield from _sound(latents, vocoder, stop)

    def _loaded(self) -> XttsModel:
        assert self._model is not None, "load() comes first"
        return self._model

    def _speaker(self, model: XttsModel, utterance: Utterance) -> Speaker:
        path = utterance.voice_state
        if path is None:
            return model.speaker(utterance.voice)
        return self._clones.get(
            path, lambda: model.restored(VoiceState.load(path, "xtts", self._weights).tensors)
        )

    def _folder(self) -> Path | None:
        """Return the folder of the weights: `TTS_XTTS_PATH`, or the downloaded ones."""
        settings = self.context.settings
        if settings.xtts_path is not None:
            return settings.xtts_path.expanduser().resolve()
        return snapshot(XTTS, self.context.weights_dir)


def _sound(
    latents: Iterator[Tensor], vocoder: IncrementalVocoder, stop: threading.Event
) -> Iterator[AudioChunk]:
    """Yield the sound of latents, piece by piece."""
    from tts_core.engines.xtts.vocoder import Stopped

    try:
        for count, latent in enumerate(latents):
            if stop.is_set():
                return
            vocoder.push(latent)
            if count >= FIRST_PIECE and (count - FIRST_PIECE) % PIECE == 0:
                yield AudioChunk(vocoder.decode(), SAMPLE_RATE)
        yield AudioChunk(vocoder.decode(final=True), SAMPLE_RATE)
    except Stopped:
        return


def _reason(error: Exception) -> str:
    """Return a reason for people; PyTorch's own advice is to run the code in the file."""
    if isinstance(error, pickle.UnpicklingError):
        return (
            "a .pth file contains something other than weights, and was not run. Download it again."
        )
    lines = f"{type(error).__name__}: {error}".strip().splitlines()
    return f"{' '.join(lines)[:300]}. Are the files complete, and all of XTTS-v2?"
