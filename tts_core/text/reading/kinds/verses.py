"""Verses of the Bible: "Rom. 8:28", "1 Kor 13,4–8", "Ps 23"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tts_core.text.reading.data.books import BOOKS, FIRST_NAMES, FIRST_TO_THIRD, PSALMS
from tts_core.text.reading.data.signs import UNITS
from tts_core.text.reading.language import Language
from tts_core.text.reading.rule import Place, Rule, any_of, rule


def rules(language: Language) -> Iterator[Rule]:
    """Yield the rules of chapters and verses after the abbreviation of a book."""
    code = language.tag[:2]
    if code not in BOOKS:
        return
    books = BOOKS[code]
    between = ":" if language.decimal_sign == "." else ":,"
    book = rf"(?P<book>{any_of(books)})\.?"
    verses = (
        rf"[ ](?P<c>\d{{1,3}})(?:(?P<sign>[{between}])[ ]?(?P<v>\d{{1,3}})[ab]?"
        r"(?:[–-](?P<w>\d{1,3})[ab]?)?)?"
        rf"(?![\p{{L}}\p{{N}}:–-]|[.,]\d|{_measured(language)})"
    )

    def read(place: Place) -> str | None:
        return _verse(language, books, place)

    yield rule(
        "verse",
        "letter",
        rf"(?<![\p{{L}}\p{{N}}'’-]){book}{verses}",
        read,
        then=".",
        spaced="0",
        words=books,
    )
    yield rule(
        "verse",
        "digit",
        rf"(?<![\p{{L}}\p{{N}}.,:–-])(?P<n>[1-3])(?:\.?[ ])?{book}{verses}",
        read,
        alone=True,
        then="a.",
        spaced="a",
    )


def _measured(language: Language) -> str:
    """Return a pattern for what follows a quantity or a time: "Sal 5 g", "call Mark 9:30 p.m."."""
    units = {*UNITS, *language.unit_signs} - set(language.words_like_units)
    signs = any_of([*units, *language.magnitudes])
    return rf"[ \u00a0]?(?:(?:{signs})(?![\p{{L}}\p{{N}}])|[ap]\.?[ ]?m(?!\p{{L}}))"


def _verse(language: Language, books: Mapping[str, str], place: Place) -> str | None:
    name = books[place["book"]]
    if not place["v"] and name not in PSALMS:
        return None
    is_name = place["book"] in FIRST_NAMES or (place["book"] == name and place["sign"] == ",")
    if is_name and not place["n"]:
        return None  # "Jean 3,5"
    if place["n"]:
        name = f"{FIRST_TO_THIRD[language.tag[:2]][int(place['n']) - 1]} {name}"
    said = f"{name} {language.cardinal(int(place['c']))}"
    if place["v"]:
        verse = language.cardinal(int(place["v"]))
        if place["w"]:
            verse = language.between(verse, language.cardinal(int(place["w"])))
        said = f"{said}, {verse}"
    return said
