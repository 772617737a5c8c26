"""The weights of Pocket TTS's models on the Hugging Face Hub."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from tts_core.engines.pocket.models import (
    GATED_REPO,
    MODELS,
    OPEN_REPO,
    PREDEFINED_VOICES,
    VOICES_REVISION,
    PocketModel,
)
from tts_core.engines.weights.catalog import HubFile, Weights


def weights_of(model: PocketModel, *, cloning: bool) -> Weights:
    """Return the open weights of a model, or the gated ones, which can clone voices."""
    folder = f"languages/{model.config}"
    repo, revision = (GATED_REPO, model.gated) if cloning else (OPEN_REPO, model.open)
    return Weights(
        name=model.name + ("-cloning" if cloning else ""),
        engine="pocket",
        label=model.label + (", can clone" if cloning else ""),
        files=(
            HubFile(repo, revision, f"{folder}/model.safetensors"),
            HubFile(OPEN_REPO, model.tokenizer, f"{folder}/{model.tokenizer_file}"),
            *(
                HubFile(OPEN_REPO, VOICES_REVISION, f"{folder}/embeddings/{v}.safetensors", True)
                for v in PREDEFINED_VOICES
            ),
        ),
        size=model.size,
        license="CC BY 4.0 (voices: each its own, see hf.co/kyutai/tts-voices)",
        license_url="https://huggingface.co/kyutai/pocket-tts",
        gated=cloning,
    )


WEIGHTS: Mapping[str, Weights] = MappingProxyType(
    {
        weights.name: weights
        for model in MODELS
        for weights in (weights_of(model, cloning=False), weights_of(model, cloning=True))
    }
)
"""By name. Of each model first the open weights, then the gated ones."""
