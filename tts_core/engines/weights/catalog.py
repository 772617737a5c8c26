"""Downloadable weights: where they are on the Hugging Face Hub, and which are on this machine.

Engines declare theirs (`Engine.weights`), and `downloads.py` fetches them. Nothing here sends a
request.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class HubFile:
    """One file of a repository, at one commit."""

    repo: str
    revision: str
    path: str
    optional: bool = False
    """Whether the weights are usable without it, and so complete if the Hub does not have it."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Files that are downloaded together, enough for an engine to speak."""

    name: str
    """Unique among all engines, and fit for a command line: "pocket-english"."""
    engine: str
    """The name of the engine that declares them."""
    label: str
    files: Sequence[HubFile]
    size: int
    """Approximate size in bytes; for a download, the sizes that the Hub reports count."""
    license: str
    license_url: str = ""
    must_agree: bool = False
    """Whether somebody has to accept the license before the weights are downloaded or used."""
    agreement_setting: str = ""
    """The field of `Settings` by which an operator can accept the license; "" if there is none."""
    gated: bool = False
    """Whether the Hub gives it only to accounts that have accepted its terms there."""


PARTIAL = ".incomplete"
"""The suffix of a file that has not been downloaded completely."""


def hub_files(repo: str, revision: str, *paths: str) -> tuple[HubFile, ...]:
    """Return several necessary files of one repository at one revision."""
    return tuple(HubFile(repo, revision, path) for path in paths)


def locate(file: HubFile, cache: Path) -> Path | None:
    """Return the path of a file in the cache, or None if it is not there.

    Like `huggingface_hub.try_to_load_from_cache`, whose import would take a third of a second.
    """
    path = repo_folder(file.repo, cache) / "snapshots" / file.revision / file.path
    return path if path.is_file() else None


def repo_folder(repo: str, cache: Path) -> Path:
    """Return the folder of a model repository in the Hub's cache."""
    return cache / f"models--{repo.replace('/', '--')}"


def missing_files(weights: Weights, cache: Path) -> list[HubFile]:
    """Return the necessary files that are not in the cache."""
    return [f for f in weights.files if not f.optional and locate(f, cache) is None]


def bytes_here(weights: Weights, cache: Path) -> int:
    """Return how many bytes of the weights are on this machine, incomplete files included.

    Incomplete files of other weights from the same repository count too: nothing tells them apart.
    """
    whole = [path for f in weights.files if (path := locate(f, cache)) is not None]
    folders = {repo_folder(f.repo, cache) / "blobs" for f in weights.files}
    parts = [path for folder in folders for path in folder.glob(f"*{PARTIAL}")]
    return sum(_size(path) for path in (*whole, *parts))


def snapshot(weights: Weights, cache: Path) -> Path | None:
    """Return the folder of weights from one repository, or None if they are not complete."""
    if missing_files(weights, cache):
        return None
    first = weights.files[0]
    return repo_folder(first.repo, cache) / "snapshots" / first.revision


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:  # it has just been completed, and so renamed
        return 0


def stamp(folder: Path) -> str:
    """Return a string that changes when a file in a folder does; the files are not read."""
    seen = [(path.name, path.stat()) for path in sorted(folder.iterdir()) if path.is_file()]
    facts = [(name, about.st_size, about.st_mtime_ns) for name, about in seen]
    return hashlib.sha256(repr((str(folder), facts)).encode()).hexdigest()[:16]
