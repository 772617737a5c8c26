"""Texts with their right readings (`tests/text/reading_cases/`), and how to compare them."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import NamedTuple

_FOLDER = Path(__file__).parents[1] / "text" / "reading_cases"


class ReadingCase(NamedTuple):
    language: str
    written: str
    spoken: tuple[str, ...]
    """Each of them is right."""


@cache
def reading_cases() -> dict[str, list[ReadingCase]]:
    """Return the cases of the tables by language; the tables' escapes are those of JSON.

    There are thousands: a test has those of a language, and lists which are wrong.
    """
    rows = [
        line.split("\t")
        for file in sorted(_FOLDER.glob("*.tsv"))
        for line in file.read_text(encoding="utf-8").splitlines()[1:]
    ]
    cases = defaultdict(list)
    for language, written, spoken in rows:
        case = ReadingCase(language, _unescaped(written), tuple(_unescaped(spoken).split("|")))
        cases[language].append(case)
    return dict(cases)


def _unescaped(text: str) -> str:
    quoted = text.replace('"', '\\"')
    return str(json.loads(f'"{quoted}"'))


def comparable(text: str, language: str) -> str:
    """Return a reading without the differences that are not heard.

    Case, punctuation and hyphens do not count; in English neither does "and", "a" is "one" and "oh"
    is "zero"; in Arabic vowel signs do not count; in Chinese, Japanese and Korean neither do
    spaces, nor which kana is used.
    """
    code = language[:2]
    text = unicodedata.normalize("NFKC", text)
    if code == "tr":
        text = text.replace("I", "ı").replace("İ", "i")
    text = text.casefold()
    text = re.sub("[-‐-―−/]", " ", text)
    text = "".join(c for c in text if not unicodedata.category(c).startswith("P"))
    if code == "en":
        text = re.sub(r"\band\b", " ", text)
        text = re.sub(r"\ban?\b", "one", text)
        text = re.sub(r"\b(?:oh|o)\b", "zero", text)
    if code == "hi":
        text = unicodedata.normalize("NFD", text).replace("\u093c", "").replace("\u0901", "\u0902")
    if code == "ar":
        text = re.sub("[\u064b-\u0652]", "", text)
    if code in ("zh", "ja", "ko"):
        hiragana = (chr(ord(c) - 0x60) if "ァ" <= c <= "ヶ" else c for c in text)
        return "".join("".join(hiragana).split())
    return " ".join(text.split())
