"""English of books, courts, addresses and reports: "pp. iv–x", "9th Cir.", "120 N. Main St."."""

from __future__ import annotations

from collections.abc import Iterator

from tts_core.text.reading.language import Language
from tts_core.text.reading.number import Number, roman_value
from tts_core.text.reading.rule import Place, Rule, any_of, rule
from tts_core.text.reading.tables import words

_PERIODS = {"y": "year", "q": "quarter", "m": "month"}
_STREETS = words(
    "St Ave Blvd Rd Dr Ln Ct Pl Hwy Pkwy Street Avenue Boulevard Road Drive Lane Court Place",
    "Parkway",
)
TRIGGERS = words("cir n")
"""Words of these rules that may be plain ones by their looks."""


def rules(english: Language) -> Iterator[Rule]:
    """Yield the rules of citations, addresses, factorials and reports."""
    yield rule(
        "code",
        "letter",
        r"(?<![\p{L}\p{N}])FY[ ]?(?P<y>(?:19|20)\d\d)[/–-](?P<z>\d\d)(?![\p{L}\p{N}/-])",
        lambda place: f"FY {english.year(int(place['y']))} {english.short_year(place['z'])}",
        words=("fy",),
    )
    yield from _of_books(english)
    yield from _of_addresses(english)
    yield from _factorials(english)


def _of_books(english: Language) -> Iterator[Rule]:
    """Yield the rules of "pp. iv–x", "3rd ed." and "9th Cir."."""
    roman = "(?=[ivxl])(?:xl|x{0,3})(?:ix|iv|v?i{0,3})"
    yield rule(
        "roman",
        "letter",
        rf"(?<![\p{{L}}\p{{N}}])(?P<word>[Pp]p?)\.[ ](?P<a>{roman})"
        rf"(?:[–-](?P<b>{roman}))?(?![\p{{L}}\p{{N}}'’-])",
        lambda place: _pages(english, place),
        then=".",
        words=("p", "pp"),
    )
    yield rule(
        "ordinal",
        "digit",
        r"(?<![\p{L}\p{N}.,])(?P<n>\d*[23])d(?=[ ]Cir\.)",
        lambda place: english.ordinal(int(place["n"])),
        then="d",
    )
    yield rule(
        "abbreviation",
        "letter",
        r"(?<=\d(?:st|nd|rd|th|d)[ ])(?P<word>ed|Cir)\.(?!\p{L})",
        lambda place: (
            ("edition" if place["word"] == "ed" else "Circuit")
            + ("." if english.sentence_follows(place) else "")
        ),
        then=".",
        words=("ed", "cir"),
    )
    yield rule(
        "abbreviation",
        "letter",
        r"(?<=(?:%|percent)[ ])(?P<of>[ymq])/(?P=of)(?!\p{L})",
        lambda place: f"{_PERIODS[place['of']]} on {_PERIODS[place['of']]}",
        then="/",
        words=_PERIODS,
    )


def _pages(english: Language, place: Place) -> str:
    word = "pages" if place["word"].lower() == "pp" else "page"
    ends = [english.cardinal(roman_value(place[end].upper())) for end in "ab" if place[end]]
    return f"{word} {f' {english.to} '.join(ends)}"


def _of_addresses(english: Language) -> Iterator[Rule]:
    """Yield the rules of "120 N. Main St." and "45 W. 42nd St."."""
    street = r"[ ](?:\p{Lu}[\p{L}'’]{1,20}|\d{1,3}(?:st|nd|rd|th))(?:[ ]\p{Lu}\p{Ll}{1,20})?[ ]"
    street += rf"{any_of(_STREETS)}(?!\p{{L}})"
    yield rule(
        "number",
        "digit",
        rf"(?<![\p{{L}}\p{{N}}.,])(?P<n>\d{{1,5}})(?=[ ][NSEW]\.?{street})",
        lambda place: english.number(Number(place["n"])),
        spaced="n",
        then="n",
    )
    yield rule(
        "abbreviation",
        "letter",
        rf"(?<![\p{{L}}\p{{N}}])(?P<d>[NSEW])\.?(?={street})",
        lambda place: english.compass[place["d"]].capitalize(),
        words=english.compass,
    )


def _factorials(english: Language) -> Iterator[Rule]:
    """Yield the rules of "5! = 120" and "n!/2"."""
    after = r"(?=[ ][=≈×*/+−][ ]|[/=](?!=))"
    # A number may only be exclaimed: "(in 2024!)", "We won by 3! - A record".
    in_formula = rf"(?:{after}|(?=[ ]-[ ]\d{{1,4}}!)|(?<=[*×·/][ ]?\d{{1,4}}!)(?=\)))"
    yield rule(
        "number",
        "digit",
        rf"(?<![\p{{L}}\p{{N}}.,])(?P<n>\d{{1,4}})!{in_formula}",
        lambda place: f"{english.cardinal(int(place['n']))} factorial",
        then="!",
    )
    yield rule(
        "sign",
        "letter",
        rf"(?<![\p{{L}}\p{{N}}'’])(?P<n>[nmkr])!(?:{after}|(?=[ ]-[ ]|\)))",
        lambda place: f"{place['n']} factorial",
        then="!",
        words=("n", "m", "k", "r"),
    )
