"""The weights there are: where on the Hub, which revision, how large, under which licence.

One table, and what can be told of it without a request. `downloads.py` fetches.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class HubFile:
    """One file of a repository, at one commit."""

    repo: str
    revision: str
    path: str
    optional: bool = False
    """Whether the weights are whole without it, so that its absence on the Hub is no fault."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What is fetched together, to be able to speak."""

    name: str
    """Unique, and fit for a command line: "pocket-english"."""
    engine: str
    label: str
    files: Sequence[HubFile]
    size: int
    """Bytes, about; what the Hub says when it is asked counts."""
    licence: str
    licence_url: str = ""
    must_agree: bool = False
    """Whether the licence has to be accepted once, on the page or by COQUI_TOS_AGREED=1."""
    gated: bool = False
    """Whether the Hub gives it only to accounts that accepted its terms there."""


XTTS_REVISION = "6c2b0d75eae4b7047358e3b6bd9325f857d43f77"
CHATTERBOX = ("ResembleAI/chatterbox", "5bb1f6ee58e50c3b8d408bc82a6d3740c2db6e18")
CHATTERBOX_TURBO = ("ResembleAI/chatterbox-turbo", "749d1c1a46eb10492095d68fbcf55691ccf137cd")

_TABLE = (
    Weights(
        name="xtts",
        engine="xtts",
        label="XTTS-v2",
        files=tuple(
            HubFile("coqui/XTTS-v2", XTTS_REVISION, path)
            for path in ("model.pth", "config.json", "vocab.json", "speakers_xtts.pth")
        ),
        size=1_876_000_000,
        licence="Coqui Public Model License (non-commercial)",
        licence_url="https://coqui.ai/cpml",
        must_agree=True,
    ),
    Weights(
        name="chatterbox-english",
        engine="chatterbox",
        label="Chatterbox (English)",
        files=tuple(
            HubFile(*CHATTERBOX, path)
            for path in (
                "t3_cfg.safetensors",
                "s3gen.safetensors",
                "ve.safetensors",
                "tokenizer.json",
                "conds.pt",
            )
        ),
        size=3_191_000_000,
        licence="MIT",
        licence_url="https://huggingface.co/ResembleAI/chatterbox",
    ),
    Weights(
        name="chatterbox-multilingual",
        engine="chatterbox",
        label="Chatterbox Multilingual",
        files=tuple(
            HubFile(*CHATTERBOX, path)
            for path in (
                "t3_mtl23ls_v2.safetensors",
                "s3gen.pt",
                "ve.pt",
                "grapheme_mtl_merged_expanded_v1.json",
                "conds.pt",
                "Cangjie5_TC.json",
            )
        ),
        size=3_209_000_000,
        licence="MIT",
        licence_url="https://huggingface.co/ResembleAI/chatterbox",
    ),
    Weights(
        name="chatterbox-turbo",
        engine="chatterbox",
        label="Chatterbox Turbo",
        files=tuple(
            HubFile(*CHATTERBOX_TURBO, path)
            for path in (
                "t3_turbo_v1.safetensors",
                "s3gen_meanflow.safetensors",
                "ve.safetensors",
                "tokenizer_config.json",
                "vocab.json",
                "merges.txt",
                "added_tokens.json",
                "special_tokens_map.json",
                "conds.pt",
            )
        ),
        size=2_988_000_000,
        licence="MIT",
        licence_url="https://huggingface.co/ResembleAI/chatterbox-turbo",
    ),
)
WEIGHTS: Mapping[str, Weights] = MappingProxyType({w.name: w for w in _TABLE})


def weights_of(engine: str) -> list[Weights]:
    """An engine's, the one to fetch first at the front."""
    return [w for w in WEIGHTS.values() if w.engine == engine]


def locate(file: HubFile, cache: Path) -> Path | None:
    """The file in the cache; None when it is not there. Sends no request."""
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(file.repo, file.path, cache_dir=cache, revision=file.revision)
    return Path(found) if isinstance(found, str) else None


def missing_files(weights: Weights, cache: Path) -> list[HubFile]:
    """Those that are not in the cache and without which the weights are of no use."""
    return [f for f in weights.files if not f.optional and locate(f, cache) is None]


def snapshot(weights: Weights, cache: Path) -> Path | None:
    """The folder of weights that are whole and of one repository; None when they are not whole."""
    if missing_files(weights, cache):
        return None
    first = weights.files[0]
    path = locate(first, cache)
    assert path is not None  # none is missing
    return path.parents[first.path.count("/")]
