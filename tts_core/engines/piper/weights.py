"""Piper's downloads from the Hugging Face Hub: the list of its voices, and each voice in it."""

from __future__ import annotations

import functools
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path

from tts_core.engines.piper.files import PiperVoice, voices_of
from tts_core.engines.piper.voice_list import (
    CARD,
    LARGEST_LIST,
    ListedFile,
    ListedVoice,
    license_of,
    read_list,
)
from tts_core.engines.weights.catalog import HubFile, Weights, locate, read_checked, repo_folder
from tts_core.engines.weights.records import NAME
from tts_core.errors import ModelLoadError

log = logging.getLogger(__name__)

REPO = "rhasspy/piper-voices"
BRANCH = "main"
"""Its commit is recorded when the list is downloaded: all voices are then taken from that one."""
LIST_FILE = HubFile(REPO, BRANCH, "voices.json", largest=LARGEST_LIST)
PREFIX = "piper-"
LIST = f"{PREFIX}list"
_LIST_BYTES = 400_000
"""About, with the MODEL_CARDs."""
_UNREAD = "license in its MODEL_CARD"


def _list_row(cards: Sequence[HubFile] = ()) -> Weights:
    return Weights(
        name=LIST,
        engine="piper",
        label="Piper, list of voices with their licenses",
        files=(LIST_FILE, *cards),
        size=_LIST_BYTES,
        license="MIT",
        license_url=f"https://huggingface.co/{REPO}",
        lists=PREFIX,
    )


WEIGHTS = (_list_row(),)
"""What can be downloaded at first."""


def weights_in(cache: Path) -> Sequence[Weights]:
    """Return the list and, once that is in the cache, the voices in it with their licenses."""
    return _weights(cache, _stamp(cache))


def downloaded_in(cache: Path) -> dict[str, tuple[PiperVoice, Weights]]:
    """Return the usable downloaded voices by id, each with the row that brought it."""
    return {
        voice.id: (voice, row)
        for row in weights_in(cache)[1:]
        if (path := locate(row.files[0], cache)) and locate(row.files[1], cache)
        for voice in voices_of(path, repo_folder(REPO, cache))
    }


def _stamp(cache: Path) -> tuple[int, int]:
    """Return what changes whenever a file of the repository has been downloaded."""
    try:
        seen = (repo_folder(REPO, cache) / NAME).stat()
    except OSError:
        return 0, 0
    return seen.st_mtime_ns, seen.st_size


@functools.lru_cache(maxsize=4)
def _weights(cache: Path, stamp: tuple[int, int]) -> Sequence[Weights]:
    """Return the rows; they are read again when the `stamp` is another."""
    voices = _listed(cache)
    cards = [_file(v, CARD, v.card) for v in voices if v.card is not None]
    return _list_row(cards), *_voice_rows(voices, cache)


def _listed(cache: Path) -> list[ListedVoice]:
    if locate(LIST_FILE, cache) is None:
        return []
    try:
        return read_list(read_checked(LIST_FILE, WEIGHTS[0], cache))
    except (ModelLoadError, ValueError) as error:
        log.warning("Piper's list of voices cannot be used: %s", error)
        return []


def _voice_rows(voices: Sequence[ListedVoice], cache: Path) -> Iterator[Weights]:
    for voice in voices:
        files = [
            _file(voice, f"{voice.key}.onnx", voice.model),
            _file(voice, f"{voice.key}.onnx.json", voice.description),
        ]
        license = _UNREAD
        if voice.card is not None:
            files.append(_file(voice, CARD, voice.card))
            if (path := locate(files[-1], cache)) is not None:
                license = license_of(path.read_bytes())
        yield Weights(
            name=f"{PREFIX}{voice.key}",
            engine="piper",
            label=f"Piper, {voice.label}",
            files=tuple(files),
            size=sum(file.size or 0 for file in files),
            license=license,
            license_url=f"https://huggingface.co/{REPO}/blob/{BRANCH}/{voice.folder}/{CARD}",
        )


def _file(voice: ListedVoice, name: str, listed: ListedFile) -> HubFile:
    path = f"{voice.folder}/{name}"
    return HubFile(REPO, BRANCH, path, size=listed.size_bytes, md5=listed.md5_digest)
