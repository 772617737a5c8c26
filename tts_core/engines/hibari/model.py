"""hibari's acoustic model: phonemes to sound, with the duration of each phoneme.

The network (ONNX, int8) predicts a spectrum for each frame of 12.5 ms, F0 and, with the output
that is added here, how long each phoneme lasts; `vocoder.py` turns the spectrum into sound.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tts_core.engines.hibari.vocoder import HOP, synthesize
from tts_core.engines.onnx import open_session
from tts_core.types import Samples

SAMPLE_RATE = 24_000
"""Hz."""
DURATIONS = "/Clip_output_0"
"""The tensor with a duration for each phoneme, in frames of `FRAME` samples."""
FRAME = 600
PAD = 0
"""The id at both ends of an input."""
_VOICED = 40.0  # Hz; hibari's own threshold
_HIGHEST_HARMONIC = 11_000.0  # Hz; hibari's own
_BIN = 20.0  # Hz from one row of the spectrum to the next


@dataclass(frozen=True, slots=True, eq=False)
class Spoken:
    """`blocks`: float32, n samples in all, computed as they are asked for. `onsets`: the sample at
    which each phoneme begins, and n."""

    blocks: Iterator[Samples]
    onsets: NDArray[np.int64]
    length: int
    """n."""


class HibariModel:
    """One voice."""

    def __init__(self, weights: bytes, vocabulary: Mapping[str, int]) -> None:
        """`weights`: the ONNX file. Raises what ONNX Runtime raises for another one."""
        self._session = open_session(weights, DURATIONS)
        self._vocabulary = vocabulary

    def speak(self, phonemes: str, speed: float, pitch: float, seed: int) -> Spoken:
        """Return the sound of a phoneme string; symbols it does not know take no time.

        `speed`, `pitch`: factors on the voice's own. `seed`: of the noise in the sound.
        """
        known = [self._vocabulary.get(symbol) for symbol in phonemes]
        ids = [PAD, *(number for number in known if number is not None), PAD]
        outputs = self._session.run(
            None, {"ids": np.array([ids], np.int64), "speed": np.array([speed], np.float32)}
        )
        *spectrum, f0, durations = (np.asarray(output) for output in outputs)
        harmonic, theta, noise, residual, phi = (part[0] for part in spectrum)
        tone = f0[0]
        if pitch != 1:
            harmonic, tone = _envelope(harmonic, tone), tone * np.float32(pitch)
        blocks = synthesize(
            harmonic, theta, noise, residual, phi, tone, np.random.default_rng(seed)
        )
        length = len(tone) * HOP
        frames = np.cumsum(durations.reshape(-1)).round().astype(np.int64)
        # The first id is the pad; an unknown symbol begins where the next known one does.
        steps = np.cumsum([0, *(number is not None for number in known)])
        onsets = np.minimum(frames[steps] * FRAME, length)
        return Spoken(blocks, onsets, length)


def _envelope(spectrum: NDArray[np.float32], f0: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the log spectrum of the harmonic part, shape (bins, frames), between its harmonics.

    The network learned it where its own harmonics are; what it has between them is arbitrary (a
    sentence at pitch 0.7 peaked at 1.35 instead of 0.33). `f0`: Hz, shape (frames,).
    """
    envelope = spectrum.copy()
    bins = np.arange(len(spectrum))
    for frame in np.flatnonzero(f0 >= _VOICED):
        harmonics = np.arange(f0[frame], _HIGHEST_HARMONIC, f0[frame]) / _BIN
        levels = np.interp(harmonics, bins, spectrum[:, frame])
        envelope[:, frame] = np.interp(bins, harmonics, levels)
    return envelope
