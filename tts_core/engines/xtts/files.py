"""Checks an XTTS-v2 folder and reads the names of its speakers, without PyTorch."""

from __future__ import annotations

import hashlib
import pickletools
import zipfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

SPEAKERS = "speakers_xtts.pth"
"""Contains the checkpoint's own voices. Optional: a fine-tuned one without it can still clone."""
FILES = ("model.pth", "config.json", "vocab.json")

_MOST_SPEAKERS = 1_000
_LONGEST_NAME = 100  # code points
_LARGEST_FILE = 256 * 2**20  # bytes; XTTS-v2's has 58 speakers in 8 MB
_LARGEST_PICKLE = 8 * 2**20  # bytes, unpacked; each speaker takes a few hundred
_TEXTS = {"BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8", "UNICODE"}
_MEMO = {"PUT", "BINPUT", "LONG_BINPUT", "MEMOIZE"}


def missing_files(folder: Path) -> list[str]:
    """Return which of `FILES` are missing from a folder."""
    return [name for name in FILES if not (folder / name).is_file()]


def speaker_names(folder: Path) -> tuple[str, ...]:
    """Return the keys of speakers_xtts.pth in their order; none when it cannot be read.

    No code in the file is run: the pickle is read as a list of instructions, not unpickled.
    """
    path = folder / SPEAKERS
    try:
        seen = path.stat()
    except OSError:
        return ()
    if seen.st_size > _LARGEST_FILE:
        return ()
    return _names_in(path, seen.st_mtime_ns, seen.st_size)


def fingerprint(folder: Path) -> str:
    """Return what identifies the weights, without reading all of them.

    model.pth is a ZIP file whose directory has a checksum of every tensor. Raises OSError, and
    zipfile's errors when it is not one.
    """
    digest = hashlib.sha256()
    with zipfile.ZipFile(folder / "model.pth") as archive:
        for item in archive.infolist():
            if "/data/" in item.filename:  # the other entries tell how and when it was saved
                digest.update(f"{item.file_size} {item.CRC}\n".encode())
    return f"model.pth {digest.hexdigest()[:16]}"


@lru_cache(maxsize=4)
def _names_in(path: Path, _modified: int, _size: int) -> tuple[str, ...]:
    try:
        names = dict.fromkeys(_keys_of_dicts(_pickle_of(path)))
    except Exception:
        # A damaged or malicious file can make zipfile and pickletools raise almost anything.
        return ()
    valid = [n for n in names if n.isprintable() and 0 < len(n.strip()) <= _LONGEST_NAME]
    return tuple(valid[:_MOST_SPEAKERS])


def _pickle_of(path: Path) -> bytes:
    """Return the pickle in a file of `torch.save`. Raises what zipfile raises, or ValueError."""
    with zipfile.ZipFile(path) as archive:
        name = next(n for n in archive.namelist() if n.endswith("/data.pkl"))
        with archive.open(name) as file:
            data = file.read(_LARGEST_PICKLE + 1)
    if len(data) > _LARGEST_PICKLE:
        raise ValueError("the pickle is too large")
    return data


def _keys_of_dicts(data: bytes) -> Iterator[str]:
    """Yield the strings right before a dict, which in {name: {field: tensor}} are the names."""
    text = None
    for opcode, value, _ in pickletools.genops(data):
        if opcode.name in _TEXTS:
            text = value
        elif opcode.name == "EMPTY_DICT" and text is not None:
            yield text
            text = None
        elif opcode.name not in _MEMO:
            text = None
