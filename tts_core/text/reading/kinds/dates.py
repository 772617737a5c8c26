"""Dates, years and decades: "2025-03-04", "03.05.2024", "3. Mai", "May 3rd, 2024", "the 1990s"."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator

import regex

from tts_core.text.reading.language import Language
from tts_core.text.reading.number import ascii_digits
from tts_core.text.reading.rule import (
    Place,
    Reader,
    Rule,
    any_before,
    any_of,
    firsts,
    following,
    rule,
)

_SPACE = r"[ \u00a0\u202f]"
_SHORT = 2
"""Letters. Days of the week that have no more are words without a full stop: "so 3/4 voll"."""
_PARTS = frozenset(("1/2", "1/3", "2/3", "1/4", "3/4"))
_FREE = r"(?<![\p{L}\p{N}:/=<>~-])(?<!\p{N}[.,])"
"""Not within a word or a longer number."""
_YEAR, _DAY = regex.compile(r"\d{4}"), regex.compile(r"\d{1,2}(?!\d)")


def rules(language: Language) -> Iterator[Rule]:
    """Yield the rules of dates, numeric ones first; none in languages that CLDR lacks."""
    if not language.cldr.is_known:
        return
    yield rule(
        "date",
        "digit",
        rf"{_FREE}(?P<y>\d{{4}})-(?P<m>\d\d)-(?P<d>\d\d)(?:T(?P<h>[01]\d|2[0-3]):(?P<min>[0-5]\d)"
        r"(?::(?P<s>[0-5]\d)(?:[.,]\d{1,9})?)?(?P<utc>Z|[+-]00:00)?(?![\p{L}\p{N}:])|(?![\p{N}-]))",
        lambda place: _stamp(language, place),
        then="-",
    )
    yield rule(
        "date",
        "digit",
        rf"{_FREE}(?P<a>\d{{1,4}})(?P<sign>[./-]){_SPACE}?(?P<b>\d{{1,2}})(?P=sign){_SPACE}?"
        rf"(?P<c>\d{{4}}|\d{{2}})(?![\p{{L}}\p{{N}}]|[./-]\d){_year_word(language)}",
        lambda place: _ordered(language, place),
        then="./-",
    )
    yield rule(
        "date",
        "digit",
        rf"{_FREE}(?P<y>(?:1[1-9]|20)\d\d)/(?P<m>\d{{1,2}})/(?P<d>\d{{1,2}})(?![\p{{N}}/-])",
        lambda place: _numeric(language, place, "ymd"),
        then="/",
    )
    yield rule(
        "date",
        "digit",
        rf"{_FREE}(?P<m>0[1-9]|1[0-2])/(?P<y>(?:19|20)\d\d)(?![\p{{L}}\p{{N}}/-]|[.,]\d)",
        lambda place: language.date(place, "", int(place["m"]), int(place["y"])),
        then="/",
    )
    days = [*language.weekdays, *language.weekdays.values()]
    long = [*language.before_short_dates, *(day for day in days if len(day) > _SHORT)]
    short = [day for day in days if len(day) <= _SHORT]
    if days and not language.unspaced:
        yield rule(
            "date",
            "digit",
            rf"(?<=(?<![\p{{L}}\p{{N}}])(?i:{any_before(long)}[.,]{{0,2}}|"
            rf"{any_before(short)}[.,]{{1,2}})[ ])"
            r"(?P<a>\d{1,2})/(?P<b>\d{1,2})(?![\p{L}\p{N}/]|[.,]\d)",
            lambda place: _short_date(language, place),
            then="/",
        )
    yield from _with_names(language)
    yield rule(
        "decade",
        "digit sign",
        r"(?<![\p{L}\p{N}])(?<!\p{N}[.,])['’]?(?P<n>(?:[1-2]\d)?\d0)(?P<s>['’]?s|ern?)(?![\p{L}\p{N}])",
        lambda place: language.decade(int(place["n"]), place),
        then="'’a",
    )
    yield rule(
        "date",
        "sign",
        r"(?<![\p{L}\p{N}])['’](?P<y>\d\d)(?![\p{L}\p{N}])",
        lambda place: language.short_year(place["y"]),
    )
    if "." in language.day_suffixes:
        yield rule(
            "date",
            "digit",
            rf"{_FREE}(?P<d>\d{{1,2}})\.{_SPACE}?(?P<m>\d{{1,2}})\.(?![\p{{N}}])",
            lambda place: _day_and_month(language, place),
            then=".",
        )


def _year_word(language: Language) -> str:
    words = any_of(language.year_words)
    return rf"(?:{_SPACE}?{words}(?!\p{{L}}))?" if language.year_words else ""


def _with_names(language: Language) -> Iterator[Rule]:
    name = rf"(?P<month>(?i:{any_of(language.months)}))(?![\p{{L}}\p{{M}}])"
    suffixes = any_of([*language.ordinal_suffixes, *language.day_suffixes])
    has_suffix = bool(language.ordinal_suffixes or language.day_suffixes)
    suffix = rf"(?:{suffixes}(?!\p{{L}}))?" if has_suffix else ""
    between = (
        rf"(?:{any_of(language.between_date_parts)}{_SPACE})?"
        if language.between_date_parts
        else ""
    )
    year = rf"(?:,?{_SPACE}{between}(?P<year>\d{{4}})(?![\p{{L}}\p{{N}}]|[.,:]\d))?"
    year = f"{year[:-2]}{_year_word(language)})?"
    parts = firsts([*language.months, *language.between_date_parts])
    days = rf"(?P<d>\d{{1,2}}){suffix}(?:[ ]?[–—-][ ]?(?P<last>\d{{1,2}}){suffix})?"
    yield rule(
        "date",
        "digit",
        rf"{_FREE}{days}{_SPACE}{between}{name}\.?(?:(?<=\.)|(?!\.\p{{L}})){year}",
        _named(language),
        named=True,
        then=firsts([*language.ordinal_suffixes, *language.day_suffixes, "-"]),
        spaced=f"{parts}-",
    )
    if language.to and not language.unspaced:
        yield rule(
            "range",
            "sign",
            r"[–—-](?=[ ]?[\p{L}\d])(?<=[\p{L}\d.][ ]?.)",
            lambda place: _between_dates(language, place),
        )
    then, spaced = following(language.months, ".", "0")
    yield rule(
        "date",
        "letter",
        rf"{name}\.?{_SPACE}{days}(?![\p{{L}}\p{{N}}:%]|[.,/]\d){year}",
        _named(language),
        then=then,
        words=language.months,
        spaced=spaced,
    )
    if language.capital_months:
        yield rule(
            "date",
            "letter",
            rf"(?<![\p{{L}}\p{{N}}]){name}\.(?![\p{{L}}\d]|[ ]\d)",
            lambda place: _month_alone(language, place),
            then=then,
            words=language.months,
            spaced=spaced,
        )
    then, spaced = following(language.months, ".,", f"0{firsts(language.between_date_parts)}")
    yield rule(
        "date",
        "letter",
        rf"{name}\.?,?{_SPACE}{between}(?P<year>\d{{4}})(?![\p{{L}}\p{{N}}]|[.,:-]\d)(?P<d>)(?P<last>)",
        _named(language),
        then=then,
        words=language.months,
        spaced=spaced,
    )


def _between_dates(language: Language, place: Place) -> str | None:
    """Read the dash of "25 Dec–6 Jan", "March 2019 - May 2021"; spaced ones need a number."""
    before, after = place.before(3), place.after(2)
    if before and _YEAR.fullmatch(before[-1]):
        before.pop()
    if before and _DAY.match(before[-1]):
        before.pop()
    if after and _DAY.match(after[0]):
        after.pop(0)
    if not (before and after and all(_is_month(language, w) for w in (before[-1], after[0]))):
        return None
    if place.next != " ":
        return f" {language.to} "
    near = place.source[place.end : place.end + 24].partition(after[0])
    has_number = near[0].strip()[:1].isdecimal() or near[2].strip()[:1].isdecimal()
    return language.to if has_number else None


def _is_month(language: Language, word: str) -> bool:
    is_name = word[0].isupper() or not language.capital_months
    return is_name and word.rstrip(".").lower() in language.months


def _month_alone(language: Language, place: Place) -> str | None:
    """Read "Jan." within a sentence."""
    month = language.months[place["month"].lower()]
    full = language.month(month)
    if full.lower() == place["month"].lower() or language.sentence_follows(place):
        return None
    return None if place["month"][0].islower() else full


def _named(language: Language) -> Reader:
    def read(place: Place) -> str | None:
        name = place["month"]
        month = language.months[name.lower()]
        if language.capital_months and name[0].islower():
            return None
        year = int(place["year"]) if place["year"] else None
        day, last = (int(place[group] or 0) for group in ("d", "last"))
        stop = "." if _ends_sentence(language, place, name) else ""
        if not place["d"]:
            return language.date(place, "", month, year) + stop
        if not _exists(2000, month, day) or (last and not _exists(2000, month, last)):
            return None
        spoken = language.day(day, place)
        if last:
            spoken = language.between(spoken, language.day(last, place))
        return language.date(place, spoken, month, year) + stop

    return read


def _ends_sentence(language: Language, place: Place, name: str) -> bool:
    """Return whether a full stop after the name of a month is that of the sentence."""
    full = name.lower() == language.month(language.months[name.lower()]).lower()
    return place.text.endswith(".") and (full or language.sentence_follows(place))


def _numeric(language: Language, place: Place, order: str) -> str | None:
    """Read a date whose groups are named by `order`, or None when there is no such day."""
    year, month, day = (int(place[part]) for part in "ymd")
    if not _exists(year, month, day):
        return None
    return language.date(place, language.day(day, place), month, year)


def _stamp(language: Language, place: Place) -> str | None:
    """Read "2024-12-31", and the time of "2024-12-31T23:59:00Z"."""
    said = _numeric(language, place, "ymd")
    if said is None or not place["h"]:
        return said
    second = int(place["s"]) if int(place["s"] or 0) else None
    time = language.time(int(place["h"]), int(place["min"]), second, place)
    zone = " UTC" if place["utc"] else ""
    return time and f"{said}, {time}{zone}"


def _ordered(language: Language, place: Place) -> str | None:
    """Read a date by the language's order, or the other way around where only that is possible."""
    a, b, c = place["a"], place["b"], place["c"]
    if len(a) > 2:
        candidates = [(a, b, c)] if len(a) == 4 and len(c) == 2 else []
    elif place["sign"] == "." or language.date_order == "dmy":
        candidates = [(c, b, a), (c, a, b)]
    elif language.date_order == "mdy":
        candidates = [(c, a, b), (c, b, a)]
    else:
        candidates = [(a, b, c), (c, b, a)]
    if len(c) == 2 and place["sign"] == "-" and len(a) < 3:
        return None  # "10-12-14" is more often something else
    for year, month, day in candidates:
        if _exists(_full_year(year), int(month), int(day)):
            spoken = language.day(int(day), place)
            return language.date(place, spoken, int(month), _full_year(year))
    return None


def _short_date(language: Language, place: Place) -> str | None:
    """Read "on 12/25", "le 11/09"; "9/11" is a name in English."""
    a, b = int(place["a"]), int(place["b"])
    month, day = (a, b) if language.date_order == "mdy" else (b, a)
    if not _exists(2000, month, day) or place.text == "9/11" or _is_part(language, place):
        return None
    return language.date(place, language.day(day, place), month, None)


def _is_part(language: Language, place: Place) -> bool:
    """Return whether a date with a slash is rather a fraction: "on Monday 3/4 of the class"."""
    if place.text not in _PARTS or place.next != " ":
        return False
    after = regex.match(r"[ ](\p{L}[\p{L}\p{M}]*)(?![ ]\d)", place.source, pos=place.end)
    if after is None:
        return False
    before = place.source[: place.start].rstrip()
    if place.word_before.lower() in language.weekdays and before[-1:].isalpha():
        return True  # rather a word, as the Portuguese "ter"
    return not language.after_fractions or after[1].lower() in language.after_fractions


def _day_and_month(language: Language, place: Place) -> str | None:
    day, month = int(place["d"]), int(place["m"])
    if not _exists(2000, month, day):
        return None
    return language.date(place, language.day(day, place), month, None)


def _full_year(digits: str) -> int:
    year = int(ascii_digits(digits))
    return year if len(digits) > 2 else year + (2000 if year < 50 else 1900)


def _exists(year: int, month: int, day: int) -> bool:
    return year > 0 and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]
