"""E-mail and web addresses, file names, hashtags and handles."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from tts_core.text.reading.language import Language
from tts_core.text.reading.number import Number
from tts_core.text.reading.rule import Rule, any_of, rule
from tts_core.text.reading.tables import words

_DOMAINS = words(
    "com ly org net edu gov mil int info biz name io ai app dev co me tv eu uk de fr es it",
    "pt br nl be at ch pl cz sk hu ro bg gr tr ru ua by se no dk fi is ie us ca mx ar cl",
    "in cn jp kr tw hk sg au nz za il ae sa eg ir pk th vn id my ph xyz site online shop",
    "blog page tech cloud museum",
)
_FILES = words(
    "pdf txt doc docx xls xlsx ppt pptx csv json xml html htm md zip gz tar png jpg jpeg",
    "gif svg mp3 mp4 wav flac ogg avi mov mkv exe dll py js ts css java cpp rs go sh epub",
)
_PARTS = regex.compile(r"\p{L}[\p{L}\p{M}]*|\d+|.", regex.DOTALL)
_CAMEL = regex.compile(r"\p{Lu}+(?!\p{Ll})|\p{Lu}?[\p{Ll}\p{M}]+|\d+|[^\W\d_]+")
_HOST = r"[\p{L}\p{N}][\p{L}\p{N}-]{0,62}+(?:\.[\p{L}\p{N}-]{1,63}+){0,8}"
_NO_NUMBER = r"(?=\D|[\p{N}._%+-]*+[\p{L}@])"
"""Saves most of the time for numbers, which are more frequent than names with digits first."""
_YEAR = 4
"""Digits of a year in a hashtag."""
_LONGEST = 200
"""Code points of an address. The rest of a longer one is read as text."""


def rules(language: Language) -> Iterator[Rule]:
    """Yield the rules of addresses; those that need a scheme or an "@" first."""
    tail = rf"(?:[/?#][^\s<>\"“”«»]{{0,{_LONGEST}}}(?<![.,;:!?)\]'’*]))?"
    yield rule(
        "address",
        "letter",
        rf"(?i:https?|ftp)://(?P<rest>{_HOST}(?::\d{{1,5}})?{tail})/?",
        lambda place: spoken(language, place["rest"]),
        then=":",
    )
    yield rule(
        "address",
        "letter digit",
        rf"{_NO_NUMBER}(?<![\p{{L}}\p{{N}}])(?:mailto:)?(?P<rest>[\p{{L}}\p{{N}}][\p{{L}}\p{{N}}._%+-]{{0,63}}+@{_HOST}\.\p{{L}}{{2,24}})",
        lambda place: spoken(language, place["rest"]),
        then="a0._%+-@:",
    )
    yield rule(
        "address",
        "letter digit",
        rf"{_NO_NUMBER}(?<![\p{{L}}\p{{N}}@.])(?P<rest>(?i:www\.){_HOST}{tail}|{_HOST}\.(?:{any_of(_DOMAINS)})(?![\p{{L}}\p{{N}}-]|\.\p{{L}}){tail})/?",
        lambda place: spoken(language, place["rest"]) if _is_address(place["rest"]) else None,
        then="a0.-",
    )
    yield rule(
        "address",
        "digit",
        r"(?<![\p{L}\p{N}.])(?P<rest>\d{1,3}(?:\.\d{1,3}){3}:\d{2,5})(?![\p{L}\p{N}]|[.:]\d)",
        lambda place: spoken(language, place["rest"]),
        then=".",
    )
    yield rule(
        "address",
        "letter digit",
        r"(?<![\p{L}\p{N}:-])[\dA-Fa-f]{2}(?P<sign>[:-])[\dA-Fa-f]{2}(?:(?P=sign)[\dA-Fa-f]{2}){4}"
        r"(?![\p{L}\p{N}:-])",
        lambda place: ", ".join(
            " ".join(language.digits(c) if c.isdecimal() else c.upper() for c in pair)
            for pair in place.text.split(place["sign"])
        ),
        then="a0:-",
    )
    yield rule(
        "file name",
        "letter digit",
        rf"{_NO_NUMBER}(?<![\p{{L}}\p{{N}}.])(?P<rest>[\p{{L}}\p{{N}}_-]{{1,64}}\.(?:{any_of(_FILES)}))(?![\p{{L}}\p{{N}}]|\.\p{{L}})",
        lambda place: spoken(language, place["rest"]),
        then="a0_.-",
    )
    number = language.symbols.get("number", "")
    yield rule(
        "code", "sign", r"(?<!\S)#(?=[A-Z]{1,5}-\d)", lambda place: number or None, signs="#"
    )
    yield rule(
        "hashtag",
        "sign",
        r"(?<![\p{Alphabetic}\p{N}&])#(?P<name>(?=[\p{N}_]{0,64}\p{Alphabetic})[\p{Alphabetic}\p{M}\p{N}_]{1,64})",
        lambda place: _named(language, "hashtag", place["name"]),
    )
    yield rule(
        "handle",
        "sign",
        r"(?<![\p{L}\p{N}])@(?P<name>[\p{L}\p{N}_](?:[\p{L}\p{M}\p{N}_.]{0,62}[\p{L}\p{N}_])?)",
        lambda place: _named(language, "@", place["name"]),
    )


def _is_address(text: str) -> bool:
    """Return whether a dotted name without a scheme is a web address: "e.g. it.He" is none."""
    host = regex.split("[/?#:]", text, maxsplit=1)[0]
    labels = host.split(".")
    return len(labels[0]) > 1 and (host == host.lower() or host == host.upper() or len(labels) > 2)


def spoken(language: Language, text: str) -> str:
    """Return an address with its signs in words."""
    said = []
    for part in _PARTS.findall(text.rstrip("/")):
        if part[0].isdecimal():
            short = len(part) < 3 and part[0] != "0"
            said.append(language.number(Number(part)) if short else language.digits(part))
        elif part[0].isalpha():
            said.append(" ".join(part) if part.lower() == "www" else language.address_part(part))
        elif word := language.symbols.get(part, ""):
            said.append(word)
    return " ".join(said)


def _named(language: Language, sign: str, name: str) -> str:
    parts = []
    for part in _CAMEL.findall(name):
        is_year = part.isdecimal() and len(part) == _YEAR and part[:2] in ("19", "20")
        if is_year:
            parts.append(language.year(int(part)))
        else:
            parts.append(language.number(Number(part)) if part.isdecimal() else part)
    if word := language.symbols.get(sign, ""):
        parts.insert(0, word)
    return " ".join(parts)
