"""Kokoro's downloads from the Hugging Face Hub: the voices of each language, and the fp32 model."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from tts_core.engines.kokoro.data import LANGUAGES, PACKAGED, VOICE_BYTES, VOICES
from tts_core.engines.weights.catalog import HubFile, Weights

REPO = "onnx-community/Kokoro-82M-v1.0-ONNX"
# The revision, and the digest of the model, are those that other projects pin. The digests of all
# 54 voices that are published with them are those of the package that data.py names.
REVISION = "1939ad2a8e416c0acfeecc08a694d14ef25f2231"
MODEL = HubFile(
    REPO,
    REVISION,
    "onnx/model.onnx",
    sha256="8fbea51ea711f2af382e88c833d9e288c6dc82ce5e98421ea61c058ce21a34cb",
)
"""The model in fp32."""
_MODEL_BYTES = 325_532_232
_LABELS = {
    "en-us": "American voices",
    "en-gb": "British voices",
    "es": "Spanish voices",
    "fr": "French voice",
    "hi": "Hindi voices",
    "it": "Italian voices",
    "pt-br": "Brazilian voices",
    "cmn": "Mandarin voices",
}

VOICE_FILES: Mapping[str, HubFile] = MappingProxyType(
    {
        voice.id: HubFile(REPO, REVISION, f"voices/{voice.id}.bin", sha256=voice.sha256)
        for voice in VOICES.values()
        if voice.id not in PACKAGED
    }
)
"""By the id of a voice, those that no package brings."""


def _weights(
    name: str, label: str, files: tuple[HubFile, ...], size: int, license: str = "Apache-2.0"
) -> Weights:
    return Weights(
        name=f"kokoro-{name}",
        engine="kokoro",
        label=f"Kokoro, {label}",
        files=files,
        size=size,
        license=license,
        license_url=f"https://huggingface.co/{REPO}",
    )


def _voices(language: str) -> Weights:
    names = [name for name in VOICE_FILES if VOICES[name].language == language]
    files = tuple(VOICE_FILES[name] for name in names)
    size = VOICE_BYTES * len(files)
    license = "Apache-2.0, recordings CC BY (SIWIS)" if language == "fr" else "Apache-2.0"
    return _weights(f"voices-{language}", _LABELS[language], files, size, license)


WEIGHTS: Mapping[str, Weights] = MappingProxyType(
    {
        weights.name: weights
        for weights in (
            *(_voices(language) for language in LANGUAGES.values() if language in _LABELS),
            _weights("fp32", "model in fp32", (MODEL,), _MODEL_BYTES),
        )
    }
)
"""By name, one row for the voices of each language that no package brings, and the model."""
VOICE_WEIGHTS: Mapping[str, Weights] = MappingProxyType(
    {name: WEIGHTS[f"kokoro-voices-{VOICES[name].language}"] for name in VOICE_FILES}
)
"""By the id of a voice, what brings it."""
