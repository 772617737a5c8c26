"""W3C's Pronunciation Lexicon Specification (PLS) 1.0, https://www.w3.org/TR/pronunciation-lexicon.

A PLS file has one language, and knows neither voices nor case; what an entry has of these is in
attributes of a namespace of our own, which other readers ignore.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NoReturn
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from tts_core.errors import ValidationError
from tts_core.lexicon.entry import LexiconEntry
from tts_core.validation import shown

_PLS = "http://www.w3.org/2005/01/pronunciation-lexicon"
_XML = "http://www.w3.org/XML/1998/namespace"
_OWN = "urn:aloud:lexicon"
_DEEPEST = 16
"""Elements within each other. PLS needs three."""
_LONGEST = 2_000
"""Characters that are kept of an element's text; more than any valid one has."""
_SEVERAL, _UNKNOWN = "mul", "und"
"""ISO 639 codes of several languages and of an undetermined one."""
_BLOCK = 1 << 16
"""Bytes parsed at once, so that rows come before the whole file is parsed."""

Row = tuple[int, dict[str, Any]]
"""Line number and values of an entry; "why" says why there is none."""


def write(entries: Iterable[LexiconEntry]) -> str:
    """Return entries as a PLS document."""
    listed = list(entries)
    languages = {entry.language for entry in listed}
    only = languages.pop() if len(languages) == 1 else _SEVERAL
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<lexicon version="1.0" xmlns="{_PLS}" xmlns:aloud="{_OWN}" alphabet="ipa" '
        f"xml:lang={quoteattr(only or _UNKNOWN)}>",
    ]
    for entry in listed:
        own = {
            "language": entry.language if only == _SEVERAL else "",
            "voice": entry.voice,
            "match-case": "true" if entry.match_case else "",
        }
        given = "".join(f" aloud:{name}={quoteattr(value)}" for name, value in own.items() if value)
        lines.append(f"  <lexeme{given}>")
        texts = {"grapheme": entry.written, "phoneme": entry.phonemes, "alias": entry.spoken}
        lines += [f"    <{tag}>{escape(text)}</{tag}>" for tag, text in texts.items() if text]
        lines.append("  </lexeme>")
    return "\n".join([*lines, "</lexicon>", ""])


def read(data: bytes) -> Iterator[Row]:
    """Yield the entries of a PLS document: one for each grapheme of a lexeme.

    Raises ValidationError for a document that is not well-formed or no PLS, or has a DTD.
    """
    document = _Document()
    try:
        for start in range(0, len(data), _BLOCK):
            document.parser.Parse(data[start : start + _BLOCK], False)
            yield from document.taken()
        document.parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise ValidationError(
            f"file is not well-formed XML: line {error.lineno}: {expat.ErrorString(error.code)}.",
            "file",
        ) from error
    except LookupError as error:
        raise ValidationError("file must be XML in UTF-8 or UTF-16.", "file") from error
    yield from document.taken()


class _Document:
    """Collects the lexemes of a document while it is parsed."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._refuse
        self._rows: list[Row] = []
        self._depth = 0
        self._language, self._alphabet = "", "ipa"
        self._lexeme: dict[str, Any] | None = None
        self._collected: list[str] | None = None
        self._is_preferred = False
        self._kept = 0

    def taken(self) -> list[Row]:
        """Return the rows since the last call."""
        rows, self._rows = self._rows, []
        return rows

    def _refuse(self, *_: object) -> NoReturn:
        raise ValidationError(
            "file has a document type declaration (<!DOCTYPE …>), which is not read. Delete it.",
            "file",
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ValidationError(
                f"file has elements in more than {_DEEPEST} levels; PLS has three.", "file"
            )
        namespace, _, tag = name.rpartition(" ")
        if self._depth == 1:
            if (namespace, tag) != (_PLS, "lexicon"):
                raise ValidationError(
                    f"file must be a PLS document, whose root is lexicon in the namespace {_PLS}; "
                    f"got {shown(name)}.",
                    "file",
                )
            language = attributes.get(f"{_XML} lang", "").lower()
            self._language = "" if language in (_SEVERAL, _UNKNOWN, "zxx") else language
            self._alphabet = attributes.get("alphabet", "ipa")
        elif namespace == _PLS and tag == "lexeme" and self._depth == 2:
            self._lexeme = {
                "line": self.parser.CurrentLineNumber,
                "language": attributes.get(f"{_OWN} language", self._language),
                "voice": attributes.get(f"{_OWN} voice", ""),
                "match_case": attributes.get(f"{_OWN} match-case", ""),
                "graphemes": [],
                "phoneme": "",
                "alias": "",
                "preferred": set(),
                "alphabet": "",
            }
        elif namespace == _PLS and self._lexeme is not None and self._depth == 3:
            if tag == "phoneme":
                alphabet = attributes.get("alphabet", self._alphabet)
                if alphabet.lower() != "ipa":
                    self._lexeme["alphabet"] = alphabet
                    return
            if tag in ("grapheme", "phoneme", "alias"):
                self._collected, self._kept = [], 0
                self._is_preferred = attributes.get("prefer") in ("true", "1")

    def _text(self, text: str) -> None:
        if self._collected is not None and self._kept < _LONGEST:
            self._collected.append(text[: _LONGEST - self._kept])
            self._kept += len(text)

    def _end(self, name: str) -> None:
        tag = name.rpartition(" ")[2]
        if self._depth == 3 and self._collected is not None and self._lexeme is not None:
            text = "".join(self._collected).strip()
            self._collected = None
            if tag == "grapheme":
                self._lexeme["graphemes"].append(text)
            elif not self._lexeme[tag] or (
                self._is_preferred and tag not in self._lexeme["preferred"]
            ):
                self._lexeme[tag] = text
                if self._is_preferred:
                    self._lexeme["preferred"].add(tag)
        elif self._depth == 2 and self._lexeme is not None:
            self._rows += _rows(self._lexeme)
            self._lexeme = None
        self._depth -= 1


def _rows(lexeme: dict[str, Any]) -> Iterator[Row]:
    line = lexeme["line"]
    values = {name: lexeme[name] for name in ("language", "voice", "match_case")}
    values |= {"spoken": lexeme["alias"], "phonemes": lexeme["phoneme"]}
    if not lexeme["graphemes"]:
        yield line, {"why": "The lexeme has no grapheme."}
    elif not lexeme["alias"] and not lexeme["phoneme"] and lexeme["alphabet"]:
        yield line, {"why": f"The phonemes are {shown(lexeme['alphabet'])}; only IPA is read."}
    else:
        yield from ((line, values | {"written": written}) for written in lexeme["graphemes"])
