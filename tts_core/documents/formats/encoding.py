"""Decodes files of text."""

from __future__ import annotations

import codecs
import re

from tts_core.documents.limits import invalid

_BYTE_ORDER_MARKS = (
    # UTF-32's begins with UTF-16's.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(
    rb"<\?xml[^>]{0,200}encoding\s*=\s*[\"']([\w.:-]{1,40})|<meta[^>]{0,200}charset\s*=\s*[\"']?"
    rb"([\w.:-]{1,40})",
    re.I,
)
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_BEGINNING = 4_096
"""Bytes searched for a declared encoding, and for UTF-16 without a byte order mark."""
_MOST_CONTROLS = 0.01
"""Share of control characters above which a file is no text."""


def decoded(data: bytes, *, markup: bool = False) -> tuple[str, str]:
    """Return a file of text decoded, and a warning, which is "" when the encoding is certain.

    A byte order mark decides; then, in `markup`, what XML or HTML declares; then whether it is
    valid UTF-8; then whether it looks like UTF-16; and then it is Windows-1252. Raises
    ValidationError for what is no text.
    """
    for mark, name in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _checked(_decode(data, name)), ""
    declared = _DECLARED.search(data[:_BEGINNING]) if markup else None
    if declared and (name := _known((declared[1] or declared[2]).decode("ascii"))):
        return _checked(data.decode(name, "replace")), ""
    try:
        return _checked(data.decode("utf-8")), ""
    except UnicodeDecodeError:
        pass
    beginning = data[:_BEGINNING]
    for name, zeros in (("utf-16-le", beginning[1::2]), ("utf-16-be", beginning[::2])):
        if zeros and zeros.count(0) > len(zeros) * 0.4:
            return _checked(_decode(data, name)), ""
    text = _checked(data.decode("cp1252", "replace"))
    return text, (
        "The file is not in UTF-8, so it was read as Windows-1252. If letters are wrong, save it "
        "as UTF-8."
    )


def _decode(data: bytes, name: str) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError as error:
        raise invalid(
            f"The document is damaged: it is no valid {name.upper()} from byte {error.start:,} on. "
            "Save it again as UTF-8."
        ) from error


def _known(name: str) -> str:
    """Return the codec of a declared encoding, "" when there is none for text or it is wide."""
    try:
        codec = codecs.lookup(name).name
        b"<".decode(codec)  # neither UTF-16, which has a mark, nor a codec that makes no text
    except (LookupError, ValueError, AssertionError):
        return ""
    return "" if codec in ("idna", "punycode", "unicode_escape", "raw_unicode_escape") else codec


def _checked(text: str) -> str:
    """Return a text. Raises ValidationError when it is something else."""
    if len(_CONTROLS.findall(text)) > len(text) * _MOST_CONTROLS:
        raise invalid(
            "The document is no text but binary data, whatever its name says. Save it as .txt in "
            "UTF-8, or give a file in one of the supported formats."
        )
    return text
