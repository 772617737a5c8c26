"""XTTS-v2: natural multilingual voices, from a local folder (`TTS_XTTS_PATH`) or the Hub's weights.

Run on random weights in the real file format only: the real ones were out of reach here, so
nothing is known of how its sampling defaults and its length guard sound.
"""

from __future__ import annotations

import importlib.util
import pickle
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from tts_core.engines.voice_state import VoiceState
from tts_core.engines.weights.catalog import WEIGHTS, snapshot, stamp
from tts_core.engines.weights.licenses import how_to_agree, is_agreed, needs_download
from tts_core.engines.xtts.files import (
    FILES,
    SPEAKERS,
    fingerprint,
    missing_files,
    speaker_names,
)
from tts_core.errors import EngineUnavailable, ModelLoadError, StaleVoiceState
from tts_core.settings import present_settings
from tts_core.system.packages import missing_packages
from tts_core.types import MULTILINGUAL, AudioChunk, EngineInfo, Language, Utterance, Voice

if TYPE_CHECKING:
    from tts_core.engines.xtts.model import XttsModel
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
"""Packages that the library romanises with; a language without its package is not offered."""
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
"""Code points: `char_limits` of coqui-tts's XTTS tokenizer. Longer texts come out garbled."""


class XttsParameters(BaseModel):
    """How the next audio token is sampled. Defaults: the library's for streaming, but the
    repetition penalty, which is that of the published config."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    temperature: float = Field(
        0.75,
        ge=0.05,
        le=1.5,
        title="Temperature",
        description="Higher is livelier and less steady.",
    )
    repetition_penalty: float = Field(
        5.0,
        ge=1,
        le=20,
        title="Repetition penalty",
        description="Higher keeps it from drawn-out sounds and long silences; 1 is none.",
    )
    top_k: int = Field(
        50,
        ge=1,
        le=200,
        title="Top k",
        description="Sample among so many of the likeliest tokens.",
    )
    top_p: float = Field(
        0.85,
        ge=0.05,
        le=1,
        title="Top p",
        description="Sample among the likeliest tokens that make up this share of probability.",
    )
    length_penalty: float = Field(
        1.0,
        ge=-2,
        le=2,
        title="Length penalty",
        description="Handed to the library, which heeds it in beam search alone: without effect "
        "here, where sound is streamed.",
    )


class XttsEngine:
    """A `CloningEngine` (see base.py)."""

    def __init__(self) -> None:
        self._model: XttsModel | None = None
        self._weights = ""
        self._clones: dict[tuple[Path, int], Speaker] = {}

    @classmethod
    def describe(cls) -> EngineInfo:
        """Without voices where there are no weights, or no speakers that can be read."""
        folder = _folder()
        names = speaker_names(folder) if folder else ()
        languages = [
            Language(code, name)
            for code, name in _LANGUAGES.items()
            if code not in _NEEDS or importlib.util.find_spec(_NEEDS[code])
        ]
        return EngineInfo(
            name="xtts",
            label="XTTS-v2",
            license="CPML (non-commercial)",
            sample_rate=SAMPLE_RATE,
            languages=languages,
            voices=[Voice(name, name, "xtts", MULTILINGUAL) for name in names],
            parameters=XttsParameters,
            abilities=frozenset({"sampling", "cloning"}),
            max_characters=_LIMITS["en"],
            language_limits=_LIMITS,
            min_characters=20,  # very short texts run on
            speed_range=(0.5, 2.0),
            pitch_range=(1.0, 1.0),
            weights=stamp(folder) if folder and folder.is_dir() else "",
            economies=_economies(),
        )

    @classmethod
    def unavailable(cls) -> str | None:
        """Whether packages and files are there; `load` tells whether they work."""
        if missing := missing_packages("xtts"):
            return missing
        settings, folder = present_settings(), _folder()
        if folder is None:
            return (
                f"{needs_download(WEIGHTS['xtts'], settings)} Or point TTS_XTTS_PATH at a "
                f"folder with its {', '.join(FILES)}."
            )
        if settings.xtts_path is None and not is_agreed(WEIGHTS["xtts"], settings):
            return how_to_agree(WEIGHTS["xtts"])
        if absent := missing_files(folder):
            return (
                f"{', '.join(absent)} not found in {folder} (TTS_XTTS_PATH); put XTTS-v2's "
                f"{', '.join(FILES)} there."
            )
        if (folder / SPEAKERS).is_file() and not speaker_names(folder):
            return f"{folder / SPEAKERS} names no speakers; fetch XTTS-v2's once more."
        return None

    def load(self, economy: int = 0) -> None:
        """Raises ModelLoadError."""
        if reason := self.unavailable():
            raise EngineUnavailable(f"XTTS-v2 cannot be used: {reason}")
        settings = present_settings()
        folder = _folder()
        assert folder is not None  # or it were unavailable
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
        """See `CloningEngine`: of each clip its beginning, of all together some 30 s."""
        assert self._model is not None, "load() comes first"
        return VoiceState("xtts", self._weights, self._model.clone(clips).tensors())

    def speak(self, utterance: Utterance, stop: threading.Event) -> Iterator[AudioChunk]:
        """The same seed, text and options give the same sound on the same machine.

        Raises UnknownNameError, VoiceLoadError, or what the library raises.
        """
        assert self._model is not None, "load() comes first"
        import torch

        torch.manual_seed(utterance.seed)
        language = "zh" if utterance.language == "cmn" else utterance.language
        speaker = self._speaker(utterance)
        for text in self._model.parts(utterance.text, language):
            yield from self._speak_part(text, language, speaker, utterance, stop)

    def _speaker(self, utterance: Utterance) -> Speaker:
        assert self._model is not None
        path = utterance.voice_state
        if path is None:
            return self._model.speaker(utterance.voice)
        try:
            key = path, path.stat().st_mtime_ns
        except OSError as error:
            raise StaleVoiceState(f"The voice state {path.name} is gone: {error}.") from error
        if key not in self._clones:
            state = VoiceState.load(path, "xtts", self._weights)
            try:
                speaker = self._model.restored(state.tensors)
            except (KeyError, ValueError) as error:
                raise StaleVoiceState(
                    f"The voice state {path.name} is damaged ({error}); clone the voice once more."
                ) from error
            if len(self._clones) >= _CLONES_KEPT:
                del self._clones[next(iter(self._clones))]
            self._clones[key] = speaker
        return self._clones[key]

    def _speak_part(
        self,
        text: str,
        language: str,
        speaker: Speaker,
        utterance: Utterance,
        stop: threading.Event,
    ) -> Iterator[AudioChunk]:
        from tts_core.engines.xtts.vocoder import Stopped

        assert self._model is not None
        options = XttsParameters.model_validate(dict(utterance.options)).model_dump()
        vocoder = self._model.vocoder(speaker, utterance.speed, stop)
        latents = self._model.latents(text, language, speaker, options)
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


def _economies() -> tuple[str, ...]:
    """None where `TTS_PRECISION` saves already."""
    return ("16-bit weights",) if present_settings().precision in ("auto", "float32") else ()


def _folder() -> Path | None:
    settings = present_settings()
    if settings.xtts_path is not None:
        return settings.xtts_path.expanduser().resolve()
    return snapshot(WEIGHTS["xtts"], settings.models_path)


def _reason(error: Exception) -> str:
    """PyTorch's advice about files with code in them is to run it; ours is not."""
    if isinstance(error, pickle.UnpicklingError):
        return "a .pth file holds something else than weights, and was not run. Fetch it once more."
    lines = f"{type(error).__name__}: {error}".strip().splitlines()
    return f"{' '.join(lines)[:300]}. Are the files whole, and all of XTTS-v2?"
