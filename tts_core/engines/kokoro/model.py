"""Kokoro's network: phonemes to sound, with the duration of each phoneme."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tts_core.engines.kokoro.vocabulary import IDS
from tts_core.engines.onnx import open_session
from tts_core.types import Samples

SAMPLE_RATE = 24_000
"""Hz."""
MOST_PHONEMES = 510
"""What the network reads at once."""
FRAME = 600
"""Samples of a frame, the unit of durations."""
_DURATIONS = "/encoder/Clip_output_0"
"""The tensor with the duration of each phoneme, in frames."""
_PAD = 0
"""The id at both ends of an input."""


@dataclass(frozen=True, slots=True, eq=False)
class Spoken:
    """`samples`: float32, shape (n,). `onsets`: the sample at which each phoneme begins by the
    network's durations, and at which the last one ends."""

    samples: Samples
    onsets: NDArray[np.int64]


class KokoroModel:
    """The network, for all voices."""

    def __init__(self, weights: bytes, threads: int) -> None:
        """`weights`: the ONNX file. Raises what ONNX Runtime raises for another one."""
        self._session = open_session(weights, _DURATIONS, threads)
        self._tokens = self._session.get_inputs()[0].name

    def speak(self, phonemes: str, pack: NDArray[np.float32], speed: float) -> Spoken:
        """Return the sound of a phoneme string of at most `MOST_PHONEMES`.

        `pack`: a voice, shape (510, 256), whose row n - 1 is for n phonemes. `speed`: a factor on
        the voice's own. Symbols that the network does not know take no time.
        """
        known = [IDS.get(symbol) for symbol in phonemes]
        ids = [number for number in known if number is not None]
        samples, durations = self._session.run(
            None,
            {
                self._tokens: np.array([[_PAD, *ids, _PAD]], np.int64),
                "style": pack[max(0, len(ids) - 1)].reshape(1, -1),
                "speed": np.array([speed], np.float32),
            },
        )
        samples = np.asarray(samples, np.float32).reshape(-1)
        frames = np.cumsum(np.asarray(durations).reshape(-1)).round().astype(np.int64)
        # The first id is the pad; an unknown symbol begins where the next known one does.
        steps = np.cumsum([0, *(number is not None for number in known)])
        return Spoken(samples, np.minimum(frames[steps] * FRAME, len(samples)))
