"""hibari's voices that can be downloaded from the Hugging Face Hub."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from tts_core.engines.hibari.data import VOICES, HibariVoice
from tts_core.engines.weights.catalog import HubFile, Weights

REPO = "maureesewilliams/hibari"
BRANCH = "main"
"""Its commit could not be seen during development, so it is recorded at the first download. The
files are known by their SHA-256 in any case."""


def _weights(voice: HibariVoice) -> Weights:
    accent = "British" if voice.language == "en-gb" else "American"
    return Weights(
        name=f"hibari-{voice.id}",
        engine="hibari",
        label=f"hibari, {voice.name} ({accent}, {voice.gender})",
        files=(HubFile(REPO, BRANCH, f"voices/{voice.file}", sha256=voice.sha256),),
        size=voice.size,
        license="Apache-2.0",
        license_url=f"https://huggingface.co/{REPO}",
    )


WEIGHTS: Mapping[str, Weights] = MappingProxyType(
    {voice.id: _weights(voice) for voice in VOICES.values()}
)
"""By the id of the voice."""
