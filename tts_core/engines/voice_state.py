"""What an engine keeps of a cloned voice: tensors in a safetensors file, never a pickle."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import safetensors
import safetensors.numpy
from numpy.typing import NDArray

from tts_core.errors import StaleVoiceState

_LARGEST_FILE = 512 * 2**20  # bytes; a state of Pocket TTS has 6 MB for ten seconds


@dataclass(frozen=True, slots=True, eq=False)
class VoiceState:
    """Made by `CloningEngine.condition`; fits the engine and the weights that made it."""

    engine: str
    weights: str
    """Which weights, as the engine names them. Another's state would speak noise."""
    tensors: Mapping[str, NDArray[np.generic]]

    def save(self, path: Path) -> None:
        """Written beside it first, then renamed: the file is whole or not there."""
        tensors = {name: np.ascontiguousarray(array) for name, array in self.tensors.items()}
        part = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            safetensors.numpy.save_file(
                tensors, part, metadata={"engine": self.engine, "weights": self.weights}
            )
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)

    @classmethod
    def made_for(cls, path: Path) -> tuple[str, str]:
        """The engine and the weights a file names, without its tensors. Raises StaleVoiceState."""
        try:
            with safetensors.safe_open(path, framework="numpy") as file:
                metadata = file.metadata() or {}
        except (OSError, ValueError, safetensors.SafetensorError) as error:
            raise _unreadable(path, error) from error
        return metadata.get("engine", ""), metadata.get("weights", "")

    @classmethod
    def load(cls, path: Path, engine: str, weights: str) -> VoiceState:
        """Raises StaleVoiceState when it cannot be read or is for something else."""
        try:
            if path.stat().st_size > _LARGEST_FILE:
                raise ValueError("it is too large")
            with safetensors.safe_open(path, framework="numpy") as file:
                metadata = file.metadata() or {}
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        except (OSError, ValueError, safetensors.SafetensorError) as error:
            raise _unreadable(path, error) from error
        made_for = metadata.get("engine", ""), metadata.get("weights", "")
        if made_for != (engine, weights):
            raise StaleVoiceState(
                f"The voice state {path.name} is for {made_for[0]} ({made_for[1]}), not for "
                f"{engine} ({weights}); it must be made anew from the recording."
            )
        if not all(np.isfinite(array).all() for array in tensors.values()):
            raise StaleVoiceState(
                f"The voice state {path.name} holds NaN; clone the voice once more."
            )
        return cls(engine, weights, tensors)


def _unreadable(path: Path, error: Exception) -> StaleVoiceState:
    return StaleVoiceState(
        f"The voice state {path.name} cannot be read ({error}); clone the voice once more."
    )
