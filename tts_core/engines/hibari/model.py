"""hibari's acoustic model: phonemes to sound, with the duration of each phoneme.

The network (ONNX, int8) predicts a spectrum for each frame of 12.5 ms, and F0; `vocoder.py` turns
that into sound. It is run in two parts. The first, a third of the work, reads all phonemes and
plans how long each lasts and F0. The second, the decoder, makes the spectra of some of the frames,
so that the first second of a sentence is heard before the rest is computed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tts_core.engines.hibari.vocoder import BINS, BLOCK, FIRST, HOP, Spectra, synthesize
from tts_core.engines.onnx import open_session
from tts_core.engines.onnx_graph import parse_model, part_of_model
from tts_core.types import Samples

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto
    from onnxruntime import InferenceSession

SAMPLE_RATE = 24_000
"""Hz."""
DURATIONS = "/Clip_output_0"
"""The tensor with a duration for each phoneme, in frames of `FRAME` samples."""
DECODER, SPECTRA = "m.dec_in.weight", "m.head.bias"
"""Weights of the operators that the decoder begins and ends with."""
CONTEXT = 12
"""Frames before and after those that are wanted of the decoder. It has nine convolutions that reach
three frames each, but beyond these twelve they change less than its rounding to 8 bits does."""
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
        """`weights`: the ONNX file. Raises ValueError, or what ONNX Runtime does, for another."""
        model = parse_model(weights)
        self._features = _operator_with(model, DECODER).input[0]
        spectra = _operator_with(model, SPECTRA).output[0]
        self._planner = _open_part(model, (), (self._features, "f0", DURATIONS))
        self._decoder = _open_part(model, (self._features,), (spectra,))
        self._vocabulary = vocabulary

    def speak(self, phonemes: str, speed: float, pitch: float, seed: int) -> Spoken:
        """Return the sound of a phoneme string; symbols it does not know take no time.

        `speed`, `pitch`: factors on the voice's own. `seed`: of the noise in the sound.
        """
        known = [self._vocabulary.get(symbol) for symbol in phonemes]
        ids = [PAD, *(number for number in known if number is not None), PAD]
        outputs = self._planner.run(
            None, {"ids": np.array([ids], np.int64), "speed": np.array([speed], np.float32)}
        )
        features, f0, durations = (np.asarray(output) for output in outputs)
        spectra = self._spectra(features, f0[0], pitch)
        tone = f0[0] if pitch == 1 else f0[0] * np.float32(pitch)
        blocks = synthesize(spectra, tone, np.random.default_rng(seed))
        length = len(tone) * HOP
        frames = np.cumsum(durations.reshape(-1)).round().astype(np.int64)
        # The first id is the pad; an unknown symbol begins where the next known one does.
        steps = np.cumsum([0, *(number is not None for number in known)])
        onsets = np.minimum(frames[steps] * FRAME, length)
        return Spoken(blocks, onsets, length)

    def _spectra(
        self, features: NDArray[np.float32], f0: NDArray[np.float32], pitch: float
    ) -> Iterator[Spectra]:
        """Yield what the decoder makes, block by block: first for `FIRST` frames, then for all.

        `features`: its input, shape (1, channels, frames).
        """
        count = len(f0)
        cuts = (0, FIRST, count) if count > FIRST + BLOCK else (0, count)
        for start, end in pairwise(cuts):
            first = max(0, start - CONTEXT)
            (decoded,) = self._decoder.run(
                None, {self._features: features[:, :, first : end + CONTEXT]}
            )
            for block in range(start, end, BLOCK):
                until = min(block + BLOCK, end)
                parts = np.asarray(decoded)[0, block - first : until - first]
                harmonic, *others = parts.reshape(-1, len(Spectra._fields), BINS).swapaxes(0, 1)
                if pitch != 1:
                    harmonic = _envelope(harmonic, f0[block:until])
                yield Spectra(harmonic, *others)


def _operator_with(model: ModelProto, weights: str) -> NodeProto:
    """Return the operator that has some weights. Raises ValueError."""
    nodes: Sequence[NodeProto] = model.graph.node
    for node in nodes:
        if weights in node.input:
            return node
    raise ValueError(f"it has no weights {weights}")


def _open_part(
    model: ModelProto, inputs: Collection[str], outputs: Collection[str]
) -> InferenceSession:
    """Return a session for what computes some tensors of a model from others."""
    part = part_of_model(model, inputs, outputs)
    # With the shapes that are known, ONNX Runtime fuses the same operators as in the whole.
    part.graph.value_info.extend(model.graph.value_info)
    return open_session(part.SerializeToString())


def _envelope(spectrum: NDArray[np.float32], f0: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the log spectrum of the harmonic part, shape (frames, bins), between its harmonics.

    The network learned it where its own harmonics are; what it has between them is arbitrary (a
    sentence at pitch 0.7 peaked at 1.35 instead of 0.33). `f0`: Hz, shape (frames,).
    """
    envelope = spectrum.copy()
    bins = np.arange(spectrum.shape[1])
    for frame in np.flatnonzero(f0 >= _VOICED):
        harmonics = np.arange(f0[frame], _HIGHEST_HARMONIC, f0[frame]) / _BIN
        levels = np.interp(harmonics, bins, spectrum[frame])
        envelope[frame] = np.interp(bins, harmonics, levels)
    return envelope
