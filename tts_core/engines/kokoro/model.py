"""Kokoro's network, in two parts: prosody and sound.

The first reads all phonemes, and plans their durations and the fundamental frequency of each frame.
The second makes the sound of some of the frames. It has 95 % of the work, so a long sentence can be
heard as soon as its first words have been computed, with the intonation of the whole.
"""

from __future__ import annotations

import threading
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from tts_core.engines.kokoro.vocabulary import IDS
from tts_core.engines.onnx import multiplies_exactly, open_session
from tts_core.engines.onnx_graph import (
    missing_tensors,
    multiply_signed,
    parse_model,
    part_of_model,
    results_of,
)
from tts_core.types import Samples

if TYPE_CHECKING:
    from onnx import ModelProto
    from onnxruntime import InferenceSession, RunOptions

SAMPLE_RATE: Final = 24_000
"""Hz."""
FRAME: Final = 600
"""Samples of a frame, the unit of durations."""
MOST_PHONEMES: Final = 510
"""What the network reads at once."""
_PAD = 0
"""The id at both ends of an input."""
_DURATIONS, _SOUND = "/encoder/Clip_output_0", "audio"
_BETWEEN = (
    "/encoder/MatMul_1_output_0",
    "/encoder/Reshape_output_0",
    "/encoder/Reshape_1_output_0",
)
"""What the second part gets from the first: the phoneme, F0 and the energy of each frame."""
_STEPS = (1, 2, 2)
"""How many values of each of them there are for a frame, along the last axis."""


@dataclass(frozen=True, slots=True, eq=False)
class Prosody:
    """How a phoneme string is spoken.

    `onsets`: int64, shape (phonemes + 1,), the frame in which each one begins and the last ends.
    """

    onsets: NDArray[np.int64]
    frames: int
    """All, with those of the silence at both ends."""
    features: tuple[NDArray[np.float32], ...]
    style: NDArray[np.float32]


class KokoroModel:
    """The network, for all voices."""

    def __init__(self, weights: bytes, threads: int) -> None:
        """`weights`: the ONNX file. Raises ValueError, or what ONNX Runtime does, for another."""
        self._speaker: InferenceSession | None = None
        model = parse_model(weights)
        if not missing_tensors(model, (*_BETWEEN, _DURATIONS, _SOUND)):
            self._reader = _open_part(model, (), (*_BETWEEN, _DURATIONS), threads)
            self._speaker = _open_part(model, _BETWEEN, (_SOUND,), threads)
        elif durations := results_of(model, "Clip", "Round"):
            # Another export: where it can be divided is not known, so `read` does all the work.
            self._reader = open_session(weights, durations[0], threads)
        else:
            raise ValueError("it does not tell the durations of the phonemes")
        self._tokens = self._reader.get_inputs()[0].name

    def read(self, phonemes: str, pack: NDArray[np.float32], speed: float) -> Prosody:
        """Return how a string of at most `MOST_PHONEMES` phonemes is to be spoken.

        `pack`: a voice, shape (510, 256), whose row n - 1 is for n phonemes. `speed`: a factor on
        the voice's own. Symbols that the network does not know take no time.
        """
        known = [IDS.get(symbol) for symbol in phonemes]
        ids = [number for number in known if number is not None]
        style = pack[max(0, len(ids) - 1)].reshape(1, -1)
        inputs = {
            self._tokens: np.array([[_PAD, *ids, _PAD]], np.int64),
            "style": style,
            "speed": np.array([speed], np.float32),
        }
        *features, durations = (np.asarray(output) for output in self._reader.run(None, inputs))
        frames = np.cumsum(durations.reshape(-1)).round().astype(np.int64)
        # The first id is the pad; an unknown symbol begins where the next known one does.
        steps = np.cumsum([0, *(number is not None for number in known)])
        return Prosody(frames[steps], int(frames[-1]), tuple(features), style)

    def speak(
        self, prosody: Prosody, start: int, end: int, options: RunOptions | None = None
    ) -> Samples:
        """Return the sound of the frames from `start` to `end`: `FRAME` samples of each."""
        if self._speaker is None:
            return prosody.features[0].reshape(-1)[start * FRAME : end * FRAME]
        features = zip(_BETWEEN, prosody.features, _STEPS, strict=True)
        inputs = {name: part[..., start * step : end * step] for name, part, step in features}
        (samples,) = self._speaker.run(None, {**inputs, "style": prosody.style}, options)
        return np.asarray(samples, np.float32).reshape(-1)


def _open_part(
    model: ModelProto, inputs: Collection[str], outputs: Collection[str], threads: int
) -> InferenceSession:
    """Return a session for what computes some tensors of a model from others."""
    part = part_of_model(model, inputs, outputs)
    if multiplies_exactly():
        multiply_signed(part)
    return open_session(part.SerializeToString(), threads=threads)


class Run:
    """The calls of the network for one text, which end as soon as an event is set."""

    def __init__(self, stop: threading.Event) -> None:
        """Wait for `stop` in a thread."""
        from onnxruntime import RunOptions

        self.options: RunOptions = RunOptions()
        self._stop = stop
        threading.Thread(target=self._watch, daemon=True).start()

    def release_memory(self) -> None:
        """Have the next call return memory afterwards: else each new size of piece needs more."""
        self.options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")

    def _watch(self) -> None:
        self._stop.wait()
        self.options.terminate = True
