"""Downloadable weights: where they are on the Hugging Face Hub, and which are on this machine.

Engines declare theirs (`Engine.weights`), and `downloads.py` fetches them. Nothing here sends a
request.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tts_core.engines.weights.records import is_commit, recorded_commit, recorded_digest
from tts_core.errors import ModelLoadError
from tts_core.system.packages import aloud_command


@dataclass(frozen=True, slots=True)
class HubFile:
    """One file of a repository."""

    repo: str
    revision: str
    """A commit, or a branch: its commit is then recorded at the first download, and kept."""
    path: str
    optional: bool = False
    """Whether the weights are usable without it, and so complete if the Hub does not have it."""
    sha256: str = ""
    """In hexadecimal. Empty: it is not known; of a branch's file it is then recorded at the first
    download."""
    size: int | None = None
    """In bytes, where a list tells it; a file of another size is refused."""
    md5: str = ""
    """In hexadecimal, where a list tells it: checked when the file is downloaded."""
    largest: int | None = None
    """The most bytes that are taken of a file whose size is not known."""

    @property
    def recorded(self) -> bool:
        """Return whether its commit is recorded at the first download."""
        return not is_commit(self.revision)


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
    """Whether the license has to be accepted before the weights are downloaded or used."""
    agreement_setting: str = ""
    """The field of `Settings` by which an operator can accept the license; "" if there is none."""
    gated: bool = False
    """Whether the Hub gives it only to accounts that have accepted its terms there."""
    lists: str = ""
    """The beginning of the names of further weights, which are known once these are here. More
    files may then belong to these, too."""

    @property
    def note(self) -> str:
        """Tell people what is recorded at the first download because it was not known before."""
        if not any(file.recorded for file in self.files):
            return ""
        if all(file.md5 for file in self.files):
            return "size and MD5 known; SHA-256 recorded at the first download"
        if all(file.sha256 for file in self.files):
            return "SHA-256 known; revision recorded at the first download"
        return "revision and SHA-256 recorded at the first download"


PARTIAL = ".incomplete"
"""The suffix of a file that has not been downloaded completely."""


def hub_files(repo: str, revision: str, *paths: str) -> tuple[HubFile, ...]:
    """Return several necessary files of one repository at one revision."""
    return tuple(HubFile(repo, revision, path) for path in paths)


def locate(file: HubFile, cache: Path) -> Path | None:
    """Return the path of a file in the cache, or None if it is not there.

    Like `huggingface_hub.try_to_load_from_cache`, whose import would take a third of a second.
    """
    commit = commit_of(file, cache)
    path = repo_folder(file.repo, cache) / "snapshots" / commit / file.path
    return path if commit and path.is_file() else None


def commit_of(file: HubFile, cache: Path) -> str:
    """Return the commit at which a file is used; "" if it has not been recorded yet."""
    if not file.recorded:
        return file.revision
    return recorded_commit(repo_folder(file.repo, cache), file.revision)


def expected_digest(file: HubFile, cache: Path) -> str:
    """Return the SHA-256 that a file must have, as known or recorded; "" if any is right."""
    if file.sha256 or not file.recorded:
        return file.sha256
    return recorded_digest(repo_folder(file.repo, cache), file.revision, file.path)


def read_checked(file: HubFile, weights: Weights, cache: Path) -> bytes:
    """Return a downloaded file's content, whose SHA-256 is known or was recorded.

    `weights`: the row that brings it. Raises ModelLoadError, with the remedy, when it is not here,
    cannot be read or has changed.
    """
    again = f"`{aloud_command(f'download {weights.name}')}`"
    path = locate(file, cache)
    if path is None:
        raise ModelLoadError(f"{weights.label} is not downloaded; run {again}.")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelLoadError(f"{path} cannot be read ({error.strerror}).") from error
    if hashlib.sha256(content).hexdigest() != expected_digest(file, cache):
        raise ModelLoadError(
            f"{path} is not the file that belongs there (its SHA-256 is wrong). Delete "
            f"{path.resolve()} and run {again}."
        )
    return content


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
    return repo_folder(first.repo, cache) / "snapshots" / commit_of(first, cache)


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
