"""Times of day: "14:05", "9am–5pm", "14h30", "14.30 Uhr", "12:00:30"."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from tts_core.text.reading.data.signs import UNITS
from tts_core.text.reading.language import Language
from tts_core.text.reading.number import Number
from tts_core.text.reading.rule import DASH, Place, Rule, any_before, any_of, firsts, rule

_FREE = r"(?<![\p{L}\p{N}:/]|\d[.,-])"
_SPACE = r"[ \u00a0\u202f]"
_HALF = r"(?:[ \u00a0\u202f]?(?P<half{0}>[aApP]\.?[ ]?[mM]|(?<=:\d\d)[ap])(?![\p{{L}}\p{{N}}])\.?)"


def rules(language: Language) -> Iterator[Rule]:
    """Yield the rules of ranges of times and of single times."""
    sign = any_of(language.hour_signs)
    words = (
        rf"(?:{_SPACE}?(?P<word>{any_of(language.hour_words)})(?!\p{{L}}))"
        if language.hour_words
        else "(?P<word>(?!))"
    )
    clock = rf"(?P<h{{0}}>[01]?\d|2[0-4])(?:{sign}(?P<m{{0}}>[0-5]\d)(?::(?P<s{{0}}>[0-5]\d))?)?"
    first_word = words.replace("word", "first")
    one, other = clock.replace("{0}", "1"), clock.replace("{0}", "2")
    half1, half2 = (_HALF.format(number) for number in "12")
    after = r"(?![\p{L}\p{N}]|[.,:/]\d)"
    then = firsts([*language.hour_signs, *language.hour_words, "am"])
    spaced = firsts([*language.hour_words, "am"])
    yield rule(
        "time",
        "digit",
        rf"{_FREE}{one}(?:{half1}|{first_word})?[ ]?{DASH}[ ]?{other}"
        rf"(?:{half2}|{words}|(?<={_minutes(language)})){after}",
        lambda place: _range(language, place),
        named=True,
        then=f"{then}-",
        spaced=f"{spaced}-",
    )
    yield _duration(language)
    decimal = regex.escape(language.decimal_sign)
    yield rule(
        "time",
        "digit",
        rf"{_FREE}(?P<m>[0-5]?\d):(?P<s>[0-5]\d){decimal}(?P<part>\d{{1,3}})(?![\p{{L}}\p{{N}}:]|[.,]\d)",
        lambda place: _tenths(language, place),
        then=":",
    )
    if "." not in language.hour_signs:
        yield rule(
            "time",
            "digit",
            rf"{_FREE}(?P<h1>0?[1-9]|1[0-2])\.(?P<m1>[0-5]\d){half1}{after}",
            lambda place: _time(language, place, "1"),
            then=".",
        )
    if "." in language.hour_signs and language.decimal_sign == ",":
        yield rule(
            "time",
            "digit",
            rf"{_FREE}(?P<h1>[01]?\d|2[0-4])\.(?P<m1>[0-5]\d)[ ]?{DASH}[ ]?"
            rf"(?P<h2>[01]?\d|2[0-4])\.(?P<m2>[0-5]\d){words}?{after}",
            lambda place: _range(language, place),
            named=True,
            then=".",
        )
    if "." in language.hour_signs and language.hour_words:
        yield rule(
            "time",
            "digit",
            rf"{_FREE}(?P<h1>[01]?\d|2[0-4])\.(?P<m1>[0-5]\d)(?=[ ]\p{{L}}{{2,4}}[ ]\d{{1,2}}"
            rf"[.:][0-5]\d{_SPACE}?{any_of(language.hour_words)}(?!\p{{L}}))",
            lambda place: _time(language, place, "1"),
            named=True,
            then=".",
        )
    if language.before_times:
        yield rule(
            "time",
            "digit",
            rf"(?<=(?<!\p{{L}})(?i:{any_before(language.before_times)})[ ])"
            rf"(?P<h1>[01]?\d|2[0-4])\.(?P<m1>[0-5]\d)(?:{half1}|{words})?{after}",
            lambda place: _time(language, place, "1"),
            named=True,
            then=".",
        )
    yield rule(
        "time",
        "digit",
        rf"{_FREE}{one}(?:{half1}|{words}|(?<={_minutes(language)})){after}",
        lambda place: _time(language, place, "1"),
        named=True,
        then=then,
        spaced=spaced,
    )


def _minutes(language: Language) -> str:
    """Return a pattern that a time must end with when neither "pm" nor "Uhr" follows."""
    plain = [sign for sign in language.hour_signs if sign != "."]
    return rf"{any_of(plain)}[0-5]\d"


def _duration(language: Language) -> Rule:
    """Return the rule of "1h30min", "2 h 15 min", "3 min 20 s"."""
    units = {**UNITS, **language.unit_signs}
    hours, minutes, seconds = (
        any_of({sign for sign, unit in units.items() if unit == f"duration-{name}"} | extra)
        for name, extra in (("hour", set()), ("minute", {"m"}), ("second", set()))
    )
    more = rf"(?:[ ]?(?P<s>[0-5]?\d)[ ]?{seconds})?"
    long = rf"(?P<h>\d{{1,3}})[ ]?{hours}[ ]?(?P<m>[0-5]?\d)[ ]?{minutes}{more}"
    only_hours = r"(?P<h>\d{1,2})(?:h|hr|hrs)(?P<m>[0-5]\d)" if not _has(language, "h") else "(?!)"
    short = rf"(?P<m>\d{{1,3}})[ ]?{minutes}[ ]?(?P<s>[0-5]?\d)[ ]?{seconds}"

    def read(place: Place) -> str | None:
        parts = [
            language.quantity(Number(place[part]), f"duration-{unit}")
            for part, unit in (("h", "hour"), ("m", "minute"), ("s", "second"))
            if place[part]
        ]
        stop = "." if place.text[-1] == "." and language.sentence_follows(place) else ""
        return None if None in parts else language.joint.join(filter(None, parts)) + stop

    return rule(
        "time",
        "digit",
        rf"{_FREE}(?:{long}|{only_hours}|{short})(?![\p{{L}}\p{{N}}])",
        read,
        named=True,
        then="a",
        spaced="a",
    )


def _tenths(language: Language, place: Place) -> str | None:
    """Read the time of a race: "3:59.4" is three minutes fifty-nine point four seconds."""
    minutes = language.quantity(Number(str(int(place["m"]))), "duration-minute")
    number = Number(str(int(place["s"])), place["part"])
    seconds = language.quantity(number, "duration-second")
    if minutes is None or seconds is None:
        return None
    return language.joint.join((minutes, seconds) if int(place["m"]) else (seconds,))


def _has(language: Language, sign: str) -> bool:
    return sign in language.hour_signs


def _time(language: Language, place: Place, number: str, *, half: str = "") -> str | None:
    hour, minute, second = (place[f"{part}{number}"] for part in "hms")
    half = place[f"half{number}"] or half
    if half and not 0 < int(hour) < 13:
        half = ""
    said = language.time(
        int(hour),
        int(minute or 0),
        int(second) if second else None,
        place,
        half=language.half_day(half) if half else "",
    )
    return f"{said}." if said and _ends_sentence(language, place) else said


def _ends_sentence(language: Language, place: Place) -> bool:
    """Return whether the full stop of "9 u." is that of the sentence, too."""
    if not place["word"].endswith("."):
        return False
    rest = place.source[place.end : place.end + 2].strip()
    return rest[:1].isupper() or language.sentence_follows(place)


def _range(language: Language, place: Place) -> str | None:
    hour = place["h1"]
    first = _time(language, place, "1")
    is_bare = not place["m1"] and not place["first"]
    is_full = int(place["m1"] or 0) == 0 and bool(place["half2"])  # "2:00–3:30 PM"
    if (is_bare or is_full) and not place["half1"]:
        first = language.cardinal(int(hour))
    last = _time(language, place, "2")
    if first is None or last is None:
        return None
    return language.time_range(place, first, last)
