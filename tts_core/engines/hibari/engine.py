"""hibari: natural English on a CPU, a hundred times faster than real time, without a download.

The package `hibari-tts` (Apache-2.0) brings the voice "heart", distilled from Kokoro's af_heart.
"""

from __future__ import annotations

import functools
import importlib.util
import json
import threading
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tts_core.engines.base import Engine, EngineContext
from tts_core.engines.hibari.data import FILES
from tts_core.engines.phonemes.base import Phonemes, parts_of
from tts_core.engines.phonemes.english import phonemes_of
from tts_core.errors import ModelLoadError
from tts_core.system.packages import is_known_data
from tts_core.types import (
    AudioChunk,
    Capabilities,
    EngineInfo,
    Language,
    NoParameters,
    Utterance,
    Voice,
    WordTiming,
)

if TYPE_CHECKING:
    from hibari.g2p import G2P

    from tts_core.engines.hibari.model import HibariModel

SAMPLE_RATE = 24_000
"""Hz."""
GAIN_DB = 2.3
"""Brings the voice to -24 LUFS, the median of 14 sentences."""
PITCHES = (0.5, 0.6, 0.7, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0)
LEVELS_DB = (1.8, 0.8, 0.1, -0.3, 0.0, -1.5, -2.5, -3.3, -4.0, -4.2)
"""How much louder the voice is at these factors on its pitch, the median of 6 sentences: a
higher voice has fewer harmonics."""
ONSET_SECONDS = -0.07
"""When a word is heard after its phonemes begin by the model's durations: the median of 175 words,
which the aligner placed within 20 ms (median) and 40 ms (90th percentile) of it."""
MOST_PHONEMES = 400
"""What the model reads well at once; hibari's own `MAX_PHONEMES`."""
CHUNK_SECONDS = 0.5
_PACKAGE = "hibari-tts==0.2.1"


class HibariEngine(Engine[NoParameters]):
    """The voice "heart" of hibari."""

    def __init__(self, context: EngineContext) -> None:
        super().__init__(context)
        self._model: HibariModel | None = None
        self._g2p: G2P | None = None

    def describe(self) -> EngineInfo:
        """Describe the engine; the same whether or not the package is installed."""
        return _info()

    def unavailable(self) -> str | None:
        """Check that the packages are installed; `load` checks their files."""
        if all(importlib.util.find_spec(name) for name in ("hibari", "onnxruntime")):
            return None
        return f"Not installed; run `pip install {_PACKAGE}`."

    def load(self, economy: int = 0) -> None:
        """Load the network and the dictionaries. Raises ModelLoadError for unknown files."""
        from hibari.g2p import G2P

        from tts_core.engines.hibari.model import HibariModel

        folder = _assets()
        for name, digest in FILES.items():
            if not is_known_data(folder / name, digest):
                raise ModelLoadError(
                    f"hibari's file {name} is not that of {_PACKAGE}. Install that version: "
                    f"pip install --force-reinstall {_PACKAGE}"
                )
        vocabulary = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))
        self._model = HibariModel((folder / "hibari.onnx").read_bytes(), vocabulary)
        self._g2p = G2P()
        self._model.speak(phonemes_of("Hello.", self._g2p).text, 1, 1, 0)

    def speak(
        self, utterance: Utterance, options: NoParameters, stop: threading.Event
    ) -> Iterator[AudioChunk]:
        """Speak an utterance in chunks of half a second, with its word timings."""
        assert self._model is not None, "load() comes first"
        assert self._g2p is not None, "load() comes first"
        gain = np.float32(10 ** ((GAIN_DB - _level(utterance.pitch)) / 20))
        position = 0
        for part in parts_of(phonemes_of(utterance.text, self._g2p), MOST_PHONEMES):
            if stop.is_set():
                return
            spoken = self._model.speak(part.text, utterance.speed, utterance.pitch, utterance.seed)
            samples = spoken.samples * gain
            words = _timings(part, spoken.onsets / SAMPLE_RATE, len(samples) / SAMPLE_RATE)
            offset = position / SAMPLE_RATE
            for start in range(0, len(samples), _CHUNK):
                until = min(start + _CHUNK, len(samples))
                here = [w for w in words if start <= round(w.start * SAMPLE_RATE) < until]
                moved = [WordTiming(w.text, w.start + offset, w.end + offset) for w in here]
                yield AudioChunk(samples[start:until], SAMPLE_RATE, tuple(moved))
            position += len(samples)


_CHUNK = round(CHUNK_SECONDS * SAMPLE_RATE)


def _level(pitch: float) -> float:
    """Return how many dB louder the voice is at a factor on its pitch."""
    return float(np.interp(pitch, PITCHES, LEVELS_DB))


def _timings(part: Phonemes, onsets: NDArray[np.float64], duration: float) -> Sequence[WordTiming]:
    """Return when each word sounds. `onsets`: seconds, of each phoneme and the end."""
    last = max(0.0, duration - 1 / SAMPLE_RATE)

    def at(phoneme: int) -> float:
        return min(max(0.0, float(onsets[phoneme]) + ONSET_SECONDS), last)

    return [WordTiming(word.text, at(word.start), at(word.end)) for word in part.words]


def _assets() -> Path:
    """Return the folder of the package's data. The package is installed."""
    spec = importlib.util.find_spec("hibari")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).with_name("assets")


@functools.cache
def _info() -> EngineInfo:
    here = importlib.util.find_spec("hibari") is not None
    return EngineInfo(
        name="hibari",
        label="hibari",
        license="Apache-2.0",
        sample_rate=SAMPLE_RATE,
        languages=[Language("en", "English"), Language("en-us", "English (United States)")],
        voices=[
            Voice("heart", "Heart", "hibari", "en-us", "female", tags=("default",)),
        ],
        capabilities=Capabilities(word_times=True, pitch=True),
        reference_languages=("en", "en-us"),
        naturalness=1,
        max_characters=300,  # some 330 phonemes
        speed_range=(0.5, 2.0),
        pitch_range=(0.5, 2.0),
        weights=version("hibari-tts") if here else "",
    )
