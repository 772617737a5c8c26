"""Times of day: "14:05", "9am–5pm", "14h30", "14.30 Uhr", "12:00:30"."""

from __future__ import annotations

from collections.abc import Iterator

from tts_core.text.reading.language import Language
from tts_core.text.reading.rule import Place, Rule, any_of, rule

_FREE = r"(?<![\p{L}\p{N}:/]|\d[.,-])"
_SPACE = r"[ \u00a0\u202f]"
_HALF = r"(?:[ \u00a0\u202f]?(?P<half{0}>[aApP]\.?[ ]?[mM])(?![\p{{L}}\p{{N}}])\.?)"


def rules(language: Language) -> Iterator[Rule]:
    """Yield the rules of ranges of times and of single times."""
    sign = any_of(language.hour_signs)
    words = (
        rf"(?:{_SPACE}?(?P<word>{any_of(language.hour_words)})(?!\p{{L}}))"
        if language.hour_words
        else "(?P<word>(?!))"
    )
    clock = rf"(?P<h{{0}}>[01]?\d|2[0-4])(?:{sign}(?P<m{{0}}>[0-5]\d)(?::(?P<s{{0}}>[0-5]\d))?)?"
    one, other = clock.replace("{0}", "1"), clock.replace("{0}", "2")
    half1, half2 = (_HALF.format(number) for number in "12")
    after = r"(?![\p{L}\p{N}:]|[.,]\d)"
    yield rule(
        "time",
        "digit",
        rf"{_FREE}{one}{half1}?[ ]?[–—-][ ]?{other}(?:{half2}|{words}|(?<=:[0-5]\d)){after}",
        lambda place: _range(language, place),
    )
    yield rule(
        "time",
        "digit",
        rf"{_FREE}{one}(?:{half1}|{words}|(?<={_minutes(language)})){after}",
        lambda place: _time(language, place, "1"),
    )


def _minutes(language: Language) -> str:
    """Return a pattern that a time must end with when neither "pm" nor "Uhr" follows."""
    plain = [sign for sign in language.hour_signs if sign != "."]
    return rf"{any_of(plain)}[0-5]\d"


def _time(language: Language, place: Place, number: str, *, half: str = "") -> str | None:
    hour, minute, second = (place[f"{part}{number}"] for part in "hms")
    half = place[f"half{number}"] or half
    if half and not 0 < int(hour) < 13:
        half = ""
    return language.time(
        int(hour),
        int(minute or 0),
        int(second) if second else None,
        place,
        half=language.half_day(half) if half else "",
    )


def _range(language: Language, place: Place) -> str | None:
    first = _time(language, place, "1")
    last = _time(language, place, "2")
    if first is None or last is None:
        return None
    return language.between(first, last)
