"""Titles, which may hold anything, as file names and as text in tags and XML."""

from __future__ import annotations

import regex

_LONGEST_TITLE = 1_000
"""Code points."""
_LONGEST_NAME = 120
"""Bytes; file systems allow 255, and longer paths are a problem on Windows."""
_ILLEGAL = regex.compile(r"[[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]--[\t\n]]", regex.V1)
"""What XML 1.0 does not allow, and no other text needs."""
_UNSAFE = regex.compile(r'[\p{C}\p{Zl}\p{Zp}\s\\/:*?"<>|]+')
_RESERVED = regex.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")
"""Names of devices on Windows."""


def plain(text: str) -> str:
    """Return a text without control characters, as tags and XML need it."""
    return _ILLEGAL.sub(" ", text)


def title_of(text: str, otherwise: str) -> str:
    """Return a title on one line, at most 1,000 characters; `otherwise` when nothing is left."""
    return " ".join(plain(text).split())[:_LONGEST_TITLE] or otherwise


def file_name(title: str, otherwise: str = "Book") -> str:
    """Return a title as the name of a file, without extension; `otherwise` when nothing is left.

    Letters of all scripts stay. It is at most 120 bytes of UTF-8, never hidden, holds no directory,
    no control character and none that changes the direction of writing (so that
    "gpj.exe" stays what it is), and is no reserved name on Windows.
    """
    name = _UNSAFE.sub(" ", title[:_LONGEST_TITLE]).strip(" .")
    name = name.encode()[:_LONGEST_NAME].decode(errors="ignore").strip(" .") or otherwise
    return f"_{name}" if _RESERVED.match(name) else name
