"""Abbreviated days of the week: "Mon–Fri", "Mo., 3. Mai", "seg. a sex.", "lun. 3 mai"."""

from __future__ import annotations

from collections.abc import Iterator

from tts_core.text.reading.language import Language
from tts_core.text.reading.rule import DASH, Place, Rule, any_of, following, rule


def rules(language: Language) -> Iterator[Rule]:
    """Yield the rules of ranges of days, and of days before dates. CLDR knows the names."""
    days = language.weekdays
    if not days or language.unspaced:
        return
    day = rf"(?i:{any_of(days)})"
    words = any_of({language.to, "a", "à", "au", "al", "till", "until", "through"} - {""})
    to = rf"(?:[ ]?{DASH}[ ]?|[ ](?:(?P<to>{words}))[ ])"
    months = any_of(language.months)
    between = any_of([*language.between_date_parts, "-"])
    date = rf"\d{{1,2}}[./ ](?:{between}[ ])?(?:\d|(?i:{months}))"
    start = r"(?<![\p{L}\p{M}\p{N}.'’-])"

    then, spaced = following(days, ".-", "a-")
    yield rule(
        "date",
        "letter",
        rf"{start}(?P<day>{day})\.?{to}(?P<last>{day})"
        r"(?![\p{L}\p{M}'’-])(?:\.(?=[ ]?[\p{Ll}\d,:]))?",
        lambda place: _range(language, place),
        then=then,
        words=days,
        spaced=spaced,
    )
    clock = r"\d{1,2}(?:[:.]\d\d)?[ ]?(?:[–-][ ]?\d|h|Uhr|[ap]\.?m|uur)"
    then, spaced = following(days, ".,", "a0")
    if language.capital_months:
        yield rule(
            "date",
            "letter",
            rf"{start}(?P<day>{day})(?:\.|(?=[ ]))(?=[ ]{clock})",
            lambda place: _before_date(language, place),
            then=then,
            words=days,
            spaced=spaced,
        )
    yield rule(
        "date",
        "letter",
        rf"{start}(?P<day>{day})(?:\.|(?=[, ]))(?=,?[ ](?:{date}|(?i:{months})\.?[ ]\d)|,[ ]\d)",
        lambda place: _before_date(language, place),
        then=then,
        words=days,
        spaced=spaced,
    )


def _range(language: Language, place: Place) -> str:
    first, last = (language.weekdays[place[day].lower()] for day in ("day", "last"))
    return f"{first} {place['to']} {last}" if place["to"] else language.between(first, last)


def _before_date(language: Language, place: Place) -> str | None:
    """Return the name of a day, unless it is a month too ("mar 3")."""
    written = place["day"]
    if language.capital_months and written[0].islower():
        return None
    return language.weekday(language.weekdays[written.lower()], place)
