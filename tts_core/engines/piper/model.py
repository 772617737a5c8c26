"""A Piper network: numbers of phonemes in, samples and the duration of each phoneme out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tts_core.engines.onnx import open_session
from tts_core.engines.onnx_graph import parse_model
from tts_core.types import Samples

if TYPE_CHECKING:
    from onnxruntime import InferenceSession


class Spoken(NamedTuple):
    """What the network makes of a text."""

    samples: Samples
    """Float32, shape (n,)."""
    frames: NDArray[np.int64] | None
    """How many frames each number lasts; None for a network that does not tell."""


class PiperModel:
    """The network of one voice, or of several speakers."""

    def __init__(self, content: bytes, threads: int) -> None:
        """`content`: the ONNX file. Raises ValueError, or what ONNX Runtime does, for another.

        Durations are what the network rounds up, as in VITS (arXiv:2106.06103, section 2.3).
        """
        model = parse_model(content)
        made = [node.output[0] for node in model.graph.node if node.op_type == "Ceil"]
        del model
        self._has_durations = len(made) == 1
        extra = made[0] if self._has_durations else None
        self._session: InferenceSession = open_session(content, extra, threads)
        self._inputs = {value.name for value in self._session.get_inputs()}
        if missing := {"input", "input_lengths", "scales"} - self._inputs:
            raise ValueError(f"it has no input {min(missing)!r}, so it is no voice of Piper's")

    def speak(
        self, numbers: list[int], scales: tuple[float, float, float], speaker: int | None
    ) -> Spoken:
        """Return the sound. `scales`: noise, length, and noise of the durations.

        Raises what ONNX Runtime raises.
        """
        inputs: dict[str, NDArray[np.generic]] = {
            "input": np.array([numbers], np.int64),
            "input_lengths": np.array([len(numbers)], np.int64),
            "scales": np.array(scales, np.float32),
        }
        if "sid" in self._inputs:
            inputs["sid"] = np.array([speaker or 0], np.int64)
        samples, *durations = self._session.run(None, inputs)
        frames = None
        if self._has_durations:
            frames = np.asarray(durations[-1], np.float64).reshape(-1).astype(np.int64)
            if len(frames) != len(numbers):
                frames = None
        return Spoken(np.asarray(samples, np.float32).reshape(-1), frames)
