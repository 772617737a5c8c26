"""The weights of Chatterbox's three models on the Hugging Face Hub."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from tts_core.engines.weights.catalog import Weights, hub_files

ENGLISH, MULTILINGUAL, TURBO = "english", "multilingual", "turbo"
REPO = ("ResembleAI/chatterbox", "5bb1f6ee58e50c3b8d408bc82a6d3740c2db6e18")
TURBO_REPO = ("ResembleAI/chatterbox-turbo", "749d1c1a46eb10492095d68fbcf55691ccf137cd")


def _weights(model: str, label: str, repo: tuple[str, str], files: str, size: int) -> Weights:
    return Weights(
        name=f"chatterbox-{model}",
        engine="chatterbox",
        label=label,
        files=hub_files(*repo, *files.split()),
        size=size,
        license="MIT",
        license_url=f"https://huggingface.co/{repo[0]}",
    )


WEIGHTS: Mapping[str, Weights] = MappingProxyType(
    {
        ENGLISH: _weights(
            ENGLISH,
            "Chatterbox, English",
            REPO,
            "t3_cfg.safetensors s3gen.safetensors ve.safetensors tokenizer.json conds.pt",
            3_191_000_000,
        ),
        MULTILINGUAL: _weights(
            MULTILINGUAL,
            "Chatterbox, multilingual",
            REPO,
            "t3_mtl23ls_v2.safetensors s3gen.pt ve.pt grapheme_mtl_merged_expanded_v1.json "
            "conds.pt Cangjie5_TC.json",
            3_209_000_000,
        ),
        TURBO: _weights(
            TURBO,
            "Chatterbox, Turbo (English)",
            TURBO_REPO,
            "t3_turbo_v1.safetensors s3gen_meanflow.safetensors ve.safetensors "
            "tokenizer_config.json vocab.json merges.txt added_tokens.json "
            "special_tokens_map.json conds.pt",
            2_988_000_000,
        ),
    }
)
"""By model."""
