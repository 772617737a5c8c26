"""Device and precision of neural engines. Imports PyTorch, so only workers import this module."""

from __future__ import annotations

import torch

from tts_core.errors import EngineUnavailable


def find_device(wanted: str) -> str:
    """Return "cuda", "mps" or "cpu". `wanted`: of `TTS_DEVICE`. Raises EngineUnavailable."""
    found = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if wanted == "auto":
        return next(name for name, usable in found.items() if usable)
    if not found[wanted]:
        raise EngineUnavailable(
            f"TTS_DEVICE is {wanted}, but PyTorch finds no such device here; set it to auto."
        )
    return wanted


def find_precision(wanted: str, *, save: bool = False) -> torch.dtype:
    """Return the type of the weights. `wanted`: of `TTS_PRECISION`; `save`: at most 16 bits."""
    if wanted == "auto":
        wanted = "bfloat16" if save else "float32"
    if save and wanted == "float32":
        wanted = "bfloat16"
    return {
        "float32": torch.float32,
        "bfloat16": torch.bfloat16,
        "float16": torch.float16,
    }[wanted]
