"""The weights there are: where on the Hub, which revision, how large, under which licence.

One table, and what can be told of it without a request. `downloads.py` fetches.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from tts_core.engines.pocket.models import (
    GATED_REPO,
    MODELS,
    OPEN_REPO,
    PREDEFINED_VOICES,
    VOICES_REVISION,
    PocketModel,
)


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
    license: str
    license_url: str = ""
    must_agree: bool = False
    """Whether the licence has to be accepted once, on the page or by COQUI_TOS_AGREED=1."""
    gated: bool = False
    """Whether the Hub gives it only to accounts that accepted its terms there."""


PARTIAL = ".incomplete"
"""What the name of a file ends with that is not whole yet."""

XTTS_REVISION = "6c2b0d75eae4b7047358e3b6bd9325f857d43f77"
CHATTERBOX = ("ResembleAI/chatterbox", "5bb1f6ee58e50c3b8d408bc82a6d3740c2db6e18")
CHATTERBOX_TURBO = ("ResembleAI/chatterbox-turbo", "749d1c1a46eb10492095d68fbcf55691ccf137cd")


def _pocket(model: PocketModel) -> Iterator[Weights]:
    """Two rows: the open weights, and the gated ones, which can clone."""
    folder = f"languages/{model.config}"
    others = (
        HubFile(OPEN_REPO, model.tokenizer, f"{folder}/{model.tokenizer_file}"),
        *(
            HubFile(OPEN_REPO, VOICES_REVISION, f"{folder}/embeddings/{v}.safetensors", True)
            for v in PREDEFINED_VOICES
        ),
    )
    for gated in (False, True):
        repo, revision = (GATED_REPO, model.gated) if gated else (OPEN_REPO, model.open)
        yield Weights(
            name=model.name + ("-cloning" if gated else ""),
            engine="pocket",
            label=model.label + (", can clone" if gated else ""),
            files=(HubFile(repo, revision, f"{folder}/model.safetensors"), *others),
            size=model.size,
            license="CC BY 4.0 (voices: each its own, see hf.co/kyutai/tts-voices)",
            license_url="https://huggingface.co/kyutai/pocket-tts",
            gated=gated,
        )


def _files(repo: str, revision: str, *paths: str) -> tuple[HubFile, ...]:
    return tuple(HubFile(repo, revision, path) for path in paths)


# fmt: off
_TABLE = (
    Weights(
        name="xtts",
        engine="xtts",
        label="XTTS-v2",
        files=_files(
            "coqui/XTTS-v2", XTTS_REVISION,
            "model.pth", "config.json", "vocab.json", "speakers_xtts.pth",
        ),
        size=1_876_000_000,
        license="Coqui Public Model License (non-commercial)",
        license_url="https://coqui.ai/cpml",
        must_agree=True,
    ),
    *(row for model in MODELS for row in _pocket(model)),
    Weights(
        name="chatterbox-english",
        engine="chatterbox",
        label="Chatterbox, English",
        files=_files(
            *CHATTERBOX,
            "t3_cfg.safetensors", "s3gen.safetensors", "ve.safetensors", "tokenizer.json",
            "conds.pt",
        ),
        size=3_191_000_000,
        license="MIT",
        license_url="https://huggingface.co/ResembleAI/chatterbox",
    ),
    Weights(
        name="chatterbox-multilingual",
        engine="chatterbox",
        label="Chatterbox, multilingual",
        files=_files(
            *CHATTERBOX,
            "t3_mtl23ls_v2.safetensors", "s3gen.pt", "ve.pt",
            "grapheme_mtl_merged_expanded_v1.json", "conds.pt", "Cangjie5_TC.json",
        ),
        size=3_209_000_000,
        license="MIT",
        license_url="https://huggingface.co/ResembleAI/chatterbox",
    ),
    Weights(
        name="chatterbox-turbo",
        engine="chatterbox",
        label="Chatterbox, Turbo (English)",
        files=_files(
            *CHATTERBOX_TURBO,
            "t3_turbo_v1.safetensors", "s3gen_meanflow.safetensors", "ve.safetensors",
            "tokenizer_config.json", "vocab.json", "merges.txt", "added_tokens.json",
            "special_tokens_map.json", "conds.pt",
        ),
        size=2_988_000_000,
        license="MIT",
        license_url="https://huggingface.co/ResembleAI/chatterbox-turbo",
    ),
)
# fmt: on
WEIGHTS: Mapping[str, Weights] = MappingProxyType({w.name: w for w in _TABLE})


def weights_of(engine: str) -> list[Weights]:
    """An engine's, the one to fetch first at the front."""
    return [w for w in WEIGHTS.values() if w.engine == engine]


def locate(file: HubFile, cache: Path) -> Path | None:
    """The file in the cache; None when it is not there. Sends no request.

    As `huggingface_hub.try_to_load_from_cache`, whose import would take a third of a second.
    """
    path = repo_folder(file.repo, cache) / "snapshots" / file.revision / file.path
    return path if path.is_file() else None


def repo_folder(repo: str, cache: Path) -> Path:
    """Where the Hub's own cache keeps a model repository."""
    return cache / f"models--{repo.replace('/', '--')}"


def missing_files(weights: Weights, cache: Path) -> list[HubFile]:
    """Those that are not in the cache and without which the weights are of no use."""
    return [f for f in weights.files if not f.optional and locate(f, cache) is None]


def bytes_here(weights: Weights, cache: Path) -> int:
    """How much of the weights is on this machine; a download that broke off counts.

    What broke off cannot be told from that of other weights of the same repository.
    """
    whole = [path for f in weights.files if (path := locate(f, cache)) is not None]
    folders = {repo_folder(f.repo, cache) / "blobs" for f in weights.files}
    parts = [path for folder in folders for path in folder.glob(f"*{PARTIAL}")]
    return sum(_size(path) for path in (*whole, *parts))


def snapshot(weights: Weights, cache: Path) -> Path | None:
    """The folder of weights that are whole and of one repository; None when they are not whole."""
    if missing_files(weights, cache):
        return None
    first = weights.files[0]
    return repo_folder(first.repo, cache) / "snapshots" / first.revision


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:  # it has just become whole
        return 0


def stamp(folder: Path) -> str:
    """Tells a folder's files from what they were before they were changed, without reading them."""
    seen = [(path.name, path.stat()) for path in sorted(folder.iterdir()) if path.is_file()]
    facts = [(name, about.st_size, about.st_mtime_ns) for name, about in seen]
    return hashlib.sha256(repr((str(folder), facts)).encode()).hexdigest()[:16]
