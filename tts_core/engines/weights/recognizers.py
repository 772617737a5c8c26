"""The weights of Whisper, which gives a second opinion on speech (`alignment/recognizer.py`).

They are those that SYSTRAN has converted for CTranslate2, by the names that Whisper gives them.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from tts_core.engines.weights.catalog import Weights, hub_files

_FILES = ("config.json", "model.bin", "tokenizer.json", "vocabulary.txt")
_SIZES = {"tiny": 78_000_000, "base": 147_900_000, "small": 486_200_000}


def _weights(name: str, size: int) -> Weights:
    repo = f"Systran/faster-whisper-{name}"
    return Weights(
        name=f"whisper-{name}",
        engine="recogniser",
        label=f"Whisper {name}",
        files=hub_files(repo, "main", *_FILES),
        size=size,
        license="MIT",
        license_url=f"https://huggingface.co/{repo}",
    )


WEIGHTS: Mapping[str, Weights] = MappingProxyType({n: _weights(n, s) for n, s in _SIZES.items()})
"""By the name of the model."""
