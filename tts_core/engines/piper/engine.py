"""Piper: voices from the Hub or a folder of the user's, small networks faster than real time.

The files are those of the project rhasspy/piper; they are run by ONNX Runtime, without its code.
"""

from __future__ import annotations

import functools
import importlib.util
import os
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from tts_core.audio.resample import resample
from tts_core.engines.base import Engine, EngineContext
from tts_core.engines.piper.files import PiperVoice, voices_in
from tts_core.engines.piper.weights import LIST, PREFIX, WEIGHTS, downloaded_in, weights_in
from tts_core.engines.weights.catalog import Weights, read_checked
from tts_core.errors import ModelLoadError, VoiceLoadError
from tts_core.system.packages import aloud_command
from tts_core.types import AudioChunk, Capabilities, EngineInfo, Utterance, Voice, WordTiming

if TYPE_CHECKING:
    from tts_core.engines.piper.model import PiperModel, Spoken
    from tts_core.engines.piper.phonemes import Numbers

SAMPLE_RATE = 22_050
"""Hz, that of most voices; the sound of others is converted."""
CHUNK_SECONDS = 0.5
ONSET_SECONDS = -0.04
"""When a word is heard after its phonemes begin by the durations: the median of 455 words of joe,
which the aligner placed within 13 ms (median) and 33 ms (90th percentile) of it."""
MODELS_KEPT = 2
"""In memory; a network takes 60 to 130 MB."""
MOST_THREADS = 2
_PACKAGES = {"onnxruntime": "onnxruntime", "onnx": "onnx", "espeakng_loader": "espeakng-loader"}

_Noise = Annotated[float, Field(ge=0, le=2, allow_inf_nan=False)]


class PiperParameters(BaseModel):
    """Piper's own parameters."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    noise_scale: _Noise | None = Field(
        None, description="How much the sound varies. Default: the voice's own, mostly 0.667."
    )
    noise_w: _Noise | None = Field(
        None, description="How much the durations vary. Default: the voice's own, mostly 0.8."
    )


class PiperEngine(Engine[PiperParameters]):
    """The downloaded voices, and those of `TTS_PIPER_PATH`."""

    parameters = PiperParameters
    weights = WEIGHTS

    def __init__(self, context: EngineContext) -> None:
        super().__init__(context)
        self._model = functools.lru_cache(MODELS_KEPT)(self._read_model)

    @classmethod
    def weights_in(cls, context: EngineContext) -> Sequence[Weights]:
        """Return the list of the Hub's voices, and the voices in it once it is here."""
        return weights_in(context.weights_dir)

    def describe(self) -> EngineInfo:
        """Describe the engine with the voices that are here."""
        voices = self._voices()
        models = {voice.model.stem for voice in voices.values()}
        listed = (row.name for row in self.weights_in(self.context)[1:])
        languages = {v.description.tag: v.description.spoken_language for v in voices.values()}
        first = {v.description.tag: v.id for v in reversed(voices.values())}
        return EngineInfo(
            name="piper",
            label="Piper",
            license="each voice's own",
            sample_rate=SAMPLE_RATE,
            languages=[languages[tag] for tag in sorted(languages)],
            voices=[
                Voice(
                    voice.id,
                    voice.name,
                    "piper",
                    voice.description.tag,
                    tags=("default",) if first[voice.description.tag] == voice.id else (),
                )
                for voice in voices.values()
            ],
            downloadable_voices={
                key: name for name in listed if (key := name.removeprefix(PREFIX)) not in models
            },
            parameters=PiperParameters,
            capabilities=Capabilities(word_times=True, phonemes=True),
            naturalness=1,
            can_garble=True,
            max_characters=300,
            speed_range=(0.5, 2.0),
            pitch_range=(1.0, 1.0),
        )

    def unavailable(self) -> str | None:
        """Check the folder, and that what runs and reads the voices is installed."""
        path = self.context.settings.piper_path
        if path is not None and not path.expanduser().is_dir():
            return f"TTS_PIPER_PATH is {path}, which is not a folder; correct it, or unset it."
        for module, package in _PACKAGES.items():
            if importlib.util.find_spec(module) is None:
                return f"Not installed: {package}; run `pip install {package}`."
        if self._voices():
            return None
        if path is not None:
            return f"There is no usable voice of Piper in {path}; the log says why."
        if len(self.weights_in(self.context)) > 1:
            return "No voice of Piper is downloaded: choose one and press Download on the page."
        return (
            "There are no voices of Piper. Download the list of voices on the page, or by "
            f"`{aloud_command(f'download {LIST}')}`, then a voice. Or put NAME.onnx and "
            "NAME.onnx.json of your own into a folder, set TTS_PIPER_PATH to it, and start Aloud "
            "again."
        )

    def load(self, economy: int = 0) -> None:
        """Load the first voice. Raises ModelLoadError."""
        self._model.cache_clear()
        self._model(next(iter(self._voices().values())).model)

    def _voices(self) -> dict[str, PiperVoice]:
        """Return the voices by id; of two with the same id the one in the user's folder."""
        downloaded = {id: v for id, (v, _) in downloaded_in(self.context.weights_dir).items()}
        path = self.context.settings.piper_path
        if path is None or not path.expanduser().is_dir():
            return downloaded
        own = voices_in(path.expanduser())
        return own | {id: voice for id, voice in downloaded.items() if id not in own}

    def _read_model(self, path: Path) -> PiperModel:
        """Return a network. Raises ModelLoadError, which names the file.

        A downloaded one is checked against the SHA-256 that was recorded then.
        """
        from tts_core.engines.piper.model import PiperModel

        threads = min(MOST_THREADS, len(os.sched_getaffinity(0)))
        cache = self.context.weights_dir
        rows = {voice.model: row for voice, row in downloaded_in(cache).values()}
        checked = read_checked(rows[path].files[0], rows[path], cache) if path in rows else None
        try:
            return PiperModel(path.read_bytes() if checked is None else checked, threads)
        except Exception as error:  # ONNX Runtime raises classes of its own
            raise ModelLoadError(f"{path} is no voice of Piper's: {str(error)[:200]}.") from error

    def speak(
        self, utterance: Utterance, options: PiperParameters, stop: threading.Event
    ) -> Iterator[AudioChunk]:
        """Speak an utterance in chunks of half a second, with its word timings."""
        from tts_core.engines.piper.phonemes import numbers_of

        voice = self._voices().get(utterance.voice)
        if voice is None:
            raise VoiceLoadError(
                f"The voice {utterance.voice!r} of Piper is no longer here; choose another."
            )
        model = self._model(voice.model)
        numbers = numbers_of(utterance.text, voice.description, utterance.phonemes)
        usual = voice.description.inference
        scales = (
            usual.noise_scale if options.noise_scale is None else options.noise_scale,
            usual.length_scale / utterance.speed,
            usual.noise_w if options.noise_w is None else options.noise_w,
        )
        if stop.is_set() or not numbers.words:
            return
        sound = _sound(model.speak(numbers.values, scales, voice.speaker), numbers, voice)
        whole = resample(sound, SAMPLE_RATE)
        size = round(CHUNK_SECONDS * SAMPLE_RATE)
        for start in range(0, len(whole.samples), size):
            end = min(start + size, len(whole.samples))
            words = [w for w in whole.words if start <= round(w.start * SAMPLE_RATE) < end]
            yield AudioChunk(whole.samples[start:end], SAMPLE_RATE, tuple(words))


def _sound(spoken: Spoken, numbers: Numbers, voice: PiperVoice) -> AudioChunk:
    """Return the sound with the times of its words.

    Without durations the words are spread over it by their numbers of phonemes.
    """
    rate = voice.description.audio.sample_rate
    seconds = len(spoken.samples) / rate
    last = max(0.0, seconds - 1 / SAMPLE_RATE)
    frames = np.ones(len(numbers.values)) if spoken.frames is None else spoken.frames
    ends = np.concatenate([[0], np.cumsum(frames)])
    unit = voice.description.hop_length / rate if spoken.frames is not None else seconds / ends[-1]
    times = np.clip(ends * unit + (0 if spoken.frames is None else ONSET_SECONDS), 0, last)
    words = [WordTiming(w.text, float(times[w.start]), float(times[w.end])) for w in numbers.words]
    return AudioChunk(spoken.samples, rate, tuple(words))
