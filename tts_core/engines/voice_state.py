"""Cloned voices as engines keep them: tensors in safetensors files, never a pickle."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
import safetensors
import safetensors.numpy
from numpy.typing import NDArray

from tts_core.errors import StaleVoiceState

T = TypeVar("T")

_LARGEST_FILE = 512 * 2**20  # bytes; a state of Pocket TTS has 6 MB for ten seconds


@dataclass(frozen=True, slots=True, eq=False)
class VoiceState:
    """A cloned voice. Made by `Engine.condition`; fits only the engine and weights that made it."""

    engine: str
    weights: str
    """Identifies the weights. With the state of other weights an engine would speak noise."""
    tensors: Mapping[str, NDArray[np.generic]]

    def save(self, path: Path) -> None:
        """Write the state to a file, which is complete or does not exist. Raises OSError."""
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
        """Return the engine and the weights that a file names, without reading its tensors.

        Raises StaleVoiceState when it cannot be read.
        """
        try:
            with safetensors.safe_open(path, framework="numpy") as file:
                metadata = file.metadata() or {}
        except (OSError, ValueError, safetensors.SafetensorError) as error:
            raise _unreadable(path, error) from error
        return metadata.get("engine", ""), metadata.get("weights", "")

    @classmethod
    def load(cls, path: Path, engine: str, weights: str) -> VoiceState:
        """Read a state. Raises StaleVoiceState when it is unreadable or for other weights."""
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
                f"{engine} ({weights}); it must be made again from the recording."
            )
        if not all(np.isfinite(array).all() for array in tensors.values()):
            raise StaleVoiceState(f"The voice state {path.name} holds NaN; clone the voice again.")
        return cls(engine, weights, tensors)


class VoiceStateCache(Generic[T]):
    """The voices that were read last from files, in the form in which an engine uses them."""

    def __init__(self, kept: int) -> None:
        """Make a cache of at most `kept` voices."""
        self._kept = kept
        self._voices: OrderedDict[tuple[Hashable, ...], T] = OrderedDict()

    def get(self, path: Path, read: Callable[[], T], *key: Hashable) -> T:
        """Return what `read` makes of a file; it is called again when the file has changed.

        `key`: what the result depends on besides the file. Raises StaleVoiceState when the file is
        gone, or when `read` raises KeyError or ValueError for its content; and what `read` raises.
        """
        try:
            found = path, path.stat().st_mtime_ns, *key
        except OSError as error:
            raise StaleVoiceState(f"The voice {path.stem} is gone: {error}.") from error
        if found not in self._voices:
            try:
                self._voices[found] = read()
            except (KeyError, ValueError) as error:
                raise StaleVoiceState(
                    f"The voice state {path.name} is damaged ({error}); clone the voice again."
                ) from error
            if len(self._voices) > self._kept:
                self._voices.popitem(last=False)
        self._voices.move_to_end(found)
        return self._voices[found]


def _unreadable(path: Path, error: Exception) -> StaleVoiceState:
    return StaleVoiceState(
        f"The voice state {path.name} cannot be read ({error}); clone the voice again."
    )
