"""Reads files in ZIP archives, in bounded memory, and never writes them to disk."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

from tts_core.documents.limits import (
    HIGHEST_RATIO,
    LARGEST_ENTRY,
    MOST_ENTRIES,
    MOST_UNPACKED,
    invalid,
    too_large,
)

_BLOCK = 1 << 16
_SMALL = 1_000_000
"""Bytes below which a file may be packed as tightly as it likes."""
_DAMAGED = (
    "The document is damaged: its ZIP archive cannot be read ({}). Save or download it again."
)
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 1
"""Flag of an entry."""


class Archive:
    """An EPUB or DOCX file as a mapping of names to contents."""

    def __init__(self, path: Path) -> None:
        """Read the directory. Raises ValidationError, and TooLargeError for too many files."""
        try:
            self._file = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise invalid(_DAMAGED.format(error)) from error
        self._unpacked = 0
        self._entries = {entry.filename: entry for entry in self._file.infolist()}
        count = len(self._file.infolist())
        if count > MOST_ENTRIES:
            raise too_large(
                f"The document contains {count:,} files; the limit is {MOST_ENTRIES:,}. Save it "
                "again with another program, or split it."
            )

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def names(self) -> list[str]:
        """Return the names of all files."""
        return list(self._entries)

    def size(self, name: str) -> int:
        """Return the unpacked size of a file in bytes, as the directory says; 0 if missing."""
        entry = self._entries.get(name)
        return entry.file_size if entry else 0

    def read(self, name: str) -> bytes:
        """Return the content of a file.

        Raises ValidationError when it is missing, damaged or encrypted, and TooLargeError when it
        unpacks to too much.
        """
        entry = self._entries.get(name)
        if entry is None:
            raise invalid(
                f"The document is damaged: {name[:100]!r} is missing in it. Save or download it "
                "again."
            )
        if entry.flag_bits & _ENCRYPTED:
            raise invalid(
                "The document is encrypted with a password. Save it without one and try again."
            )
        if entry.compress_type not in _METHODS:
            raise invalid(
                f"The document is packed by method {entry.compress_type}, which is not supported. "
                "Save it again with another program."
            )
        content = bytearray()
        try:
            with self._file.open(entry) as file:
                while block := file.read(_BLOCK):
                    content += block
                    self._check(entry, len(content), len(block))
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
            raise invalid(_DAMAGED.format(error)) from error
        return bytes(content)

    def _check(self, entry: zipfile.ZipInfo, size: int, more: int) -> None:
        """Raise TooLargeError when what was unpacked exceeds a limit."""
        self._unpacked += more
        if size > LARGEST_ENTRY:
            raise too_large(
                f"The document is refused: {entry.filename[:100]!r} in it unpacks to more than "
                f"{LARGEST_ENTRY / 1e6:.0f} MB, which is the limit. Split the document."
            )
        if size > max(_SMALL, entry.compress_size * HIGHEST_RATIO):
            raise too_large(
                f"The document is refused as a ZIP bomb: {entry.filename[:100]!r} in it unpacks "
                f"to more than {HIGHEST_RATIO} times its size, which is the limit. Save the "
                "document again with another program."
            )
        if self._unpacked > MOST_UNPACKED:
            raise too_large(
                f"The document unpacks to more than {MOST_UNPACKED / 1e6:.0f} MB, which is the "
                "limit. Split it into several files."
            )
