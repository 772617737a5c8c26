"""The cases of Russian: "до ста человек", "две книги", "Петра Первого", "в девятнадцатом веке"."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from tts_core.text.reading.language import Language
from tts_core.text.reading.number import roman_value
from tts_core.text.reading.rule import DASH, Place, Rule, any_of, rule
from tts_core.text.reading.tables import words

_GENITIVE = words(
    "до от около из более менее свыше больше меньше без для после у порядка против кроме среди",
    "ниже выше ок",
)
_DATIVE = words("к ко")
_INSTRUMENTAL = words("между над под перед")
_LOCATIVE_NOUNS = ("ах", "ях")
_INSTRUMENTAL_NOUNS = ("ами", "ями", "ьми")
_MASCULINE = words("мужчина мужчины папа папы дядя дедушка юноша судья коллега")
_FEMININE_SOFT = words(
    "ночь дверь часть вещь тетрадь кровать площадь жизнь соль печь роль цель сеть"
)
_ENDINGS = {
    "": "", "а": "-genitive", "я": "-genitive", "у": "-dative", "ю": "-dative",
    "ом": "-ablative", "ем": "-ablative", "е": "-locative",
}  # fmt: skip
_FEMININE_ENDINGS = {
    "а": "", "я": "", "ы": "-genitive", "и": "-genitive", "е": "-dative", "у": "-accusative",
    "ю": "-accusative", "ой": "-ablative", "ей": "-ablative",
}  # fmt: skip
_MEN = words(
    "Петр Пётр Александр Иван Людовик Карл Генрих Фридрих Вильгельм Георг Эдуард Яков Филипп Павл",
    "Наполеон Иоанн Бенедикт Фёдор Федор Михаил Рамзес Юстиниан Рихард Ричард Франц Иосиф Эрик",
    "Якоб",
    "Константин Григори Васили Алексе Никола Анатоли Клемент Климент Лев Лев Стефан Сигизмунд",
    "Мехмед Селим Мурад Альфонс Альберт Леопольд Фердинанд Максимилиан Оттон Конрад Рудольф Август",
    "Антоний Пий Пи Урбан Христиан Кристиан Густав Олаф Харальд Гарольд Хуан Карлос Педро Жуан",
    "Юрий Юри Юли Дарий Дари Кир Ксеркс Птолеме Тутмос Аменхотеп",
)
"""Names of rulers without the ending of a case, or without "й"."""
_WOMEN = words("Екатерин Елизавет Анн Мари Изабелл Маргарит Виктори Клеопатр Кристин Беатрикс")
_PLACES = {
    **dict.fromkeys(
        words("классе этаже томе месте ряду месяце разделе пункте подъезде туре сезоне вагоне"),
        "masculine",
    ),
    **dict.fromkeys(
        words("главе серии части квартире группе статье странице минуте строке палате"), "feminine"
    ),
}
"""Nouns in the locative singular, which a number before them tells apart from others."""
_CENTURIES = {
    "век": "",
    "века": "-genitive",
    "веке": "-locative",
    "веку": "-dative",
    "веком": "-ablative",
}
HUNDREDS = (
    "", "сот", "двухсот", "трёхсот", "четырёхсот", "пятисот", "шестисот", "семисот", "восьмисот",
    "девятисот",
)  # fmt: skip
"""Ordinals of hundreds without their ending."""
TIME_NOUNS = {
    "hour-genitive": ("часа", "часов"),
    "hour-dative": ("часу", "часам"),
    "minute-genitive": ("минуты", "минут"),
    "minute-dative": ("минуте", "минутам"),
}
"""After one and after others."""
_COMPOUNDS = {
    1: "одно",
    2: "двух",
    3: "трёх",
    4: "четырёх",
    40: "сорока",
    90: "девяносто",
    100: "сто",
    1000: "тысяче",
}


def gender_of(noun: str, number: int) -> str:
    """Return the gender of a noun after a number that ends in 1 ("книга") or 2 ("книги")."""
    if noun in _MASCULINE:
        return "masculine"
    if number % 10 == 1 and number % 100 != 11:
        if noun.endswith(("а", "я", "сть")) or noun in _FEMININE_SOFT:
            return "feminine"
        return "neuter" if noun.endswith(("о", "е")) else "masculine"
    return "feminine" if noun.endswith(("ы", "и")) else "masculine"


def case_of(place: Place) -> str:
    """Return the ending of the rule set for the case that the words around a number demand."""
    before = _word_before(place)
    noun = (place.after(1) or [""])[0].lower().rstrip(".")
    sign = place.source[: place.start].rstrip()[-1:]
    if before.rstrip(".") in _GENITIVE or sign in tuple("√<>≤≥"):
        return "-genitive"
    if before in _DATIVE:
        return "-dative"
    is_second = before == "и" and "между" in (word.lower() for word in place.before(3))
    if (
        before in _INSTRUMENTAL
        or is_second
        or (before in ("с", "со") and noun.endswith(_INSTRUMENTAL_NOUNS))
    ):
        return "-ablative"
    if before in ("с", "со") and (
        noun in ("до", "по") or noun.startswith(("час", "минут", "лет", "год"))
    ):
        return "-genitive"
    if before in ("о", "об", "в", "на", "при") and noun.endswith(_LOCATIVE_NOUNS):
        return "-locative"
    return ""


def accusative(text: str) -> str:
    """Return a decimal fraction in the accusative: "одну целую пять десятых"."""
    return regex.sub(r"(?<!\p{L})одна (цел|десят|сот|тысячн)ая", r"одну \1ую", text)


def _word_before(place: Place) -> str:
    """Return the word before a number, which may have a plus sign."""
    if place.source[: place.start].endswith("+"):
        return (place.before(1) or [""])[0].lower()
    row = [word.lower() for word in place.before(4)]  # "у 21 студента и 2 подруг"
    if row[3:] == ["и"] and row[0] in _GENITIVE and row[1].isdecimal():
        return row[0]
    return place.word_before.lower()


def ruler_case(name: str) -> str | None:
    """Return gender and case of the name of a ruler, None for other words."""
    for ending, case in _ENDINGS.items():
        stem = name.removesuffix(ending) if ending else name.removesuffix("й")
        if name.endswith(ending) and stem in _MEN:
            return f"masculine{case}"
    if name == "Павел":
        return "masculine"
    for ending, case in _FEMININE_ENDINGS.items():
        if name.endswith(ending) and name.removesuffix(ending) in _WOMEN:
            return f"feminine{case}"
    return None


_SPANS = {"сут": "сутки", "день": "день", "нед": "неделю", "мес": "месяц"}
_GENDERS = {
    **dict.fromkeys(("ый", "ий", "ой"), "masculine"),
    "ая": "feminine",
    "ую": "feminine-accusative",
    "ое": "neuter",
}
"""Forms of ordinals by the ending of the adjective after them: "II мировая"."""


def rules(russian: Language) -> Iterator[Rule]:
    """Yield the rules that only Russian has."""
    months = any_of(russian.months)
    roman = r"(?=[IVX])X{0,3}(?:IX|IV|V?I{0,3})"
    yield rule(
        "roman",
        "letter",
        rf"(?<![\p{{L}}\p{{N}}-])(?P<n>{roman})(?:[ ]?{DASH}[ ]?(?P<last>{roman}))?"
        r"[ \u00a0](?P<word>вв?\.)(?!\p{L})"
        rf"|(?<![\p{{L}}\p{{N}}-])(?P<n>{roman})[ ]?{DASH}[ ]?(?P<last>{roman})"
        r"[ \u00a0](?P<word>ве\p{L}{1,4})",
        lambda place: _century(russian, place),
    )
    yield rule(
        "times",
        "digit",
        r"(?<![\p{L}\p{N}.,])(?P<n>\d{1,2})[ ]?р\.?(?:/|[ ]в[ ])"
        r"(?P<of>сут|день|нед|мес)\.?(?!\p{L})",
        lambda place: _as_often(russian, int(place["n"]), place["of"]),
    )
    yield rule(
        "roman",
        "letter",
        r"(?<![\p{L}\p{N}'’-])(?P<n>(?=[IVX])X{0,3}(?:IX|IV|V?I{0,3}))"
        r"(?=[ ]\p{Ll}{3,}(?P<ending>ая|ый|ий|ой|ое|ую)(?!\p{L}))",
        lambda place: russian.ordinal(roman_value(place["n"]), _GENDERS[place["ending"]]),
    )
    yield rule(
        "number",
        "digit",
        r"(?<![\p{L}\p{N}.,])(?P<n>\d{1,4})-(?P<rest>(?!(?:ого|его|ому|ему|ыми|ими|ый|ий|ой|ая|яя|ое|ее|ые|ие|ых|их|ым|им)(?!\p{L}))\p{Ll}{3,})",
        lambda place: f"{_compound(russian, int(place['n']))}{place['rest']}",
    )
    yield rule(
        "date",
        "digit",
        r"(?<=(?<!\p{L})[сСпП]о?[ ])"
        rf"(?P<d>\d{{1,2}})(?=[ ]по[ ]\d{{1,2}}[ ](?i:{months})(?!\p{{L}}))",
        lambda place: russian.ordinal(int(place["d"]), "neuter-genitive"),
    )
    yield rule(
        "date",
        "digit",
        r"(?<=(?<!\p{L})(?i:с|от)[ ])"
        r"(?P<n>(?:1[1-9]|20)\d\d)(?=[ ](?:по|до)[ ](?:1[1-9]|20)\d\d(?!\d))",
        lambda place: russian.ordinal(int(place["n"]), "masculine-genitive"),
    )
    yield rule(
        "ordinal",
        "digit",
        r"(?<=(?<!\p{L})(?i:в|на|о)[ ])"
        rf"(?P<n>\d{{1,2}})(?=[ ](?P<noun>{any_of(_PLACES)})(?!\p{{L}}))",
        lambda place: russian.ordinal(int(place["n"]), f"{_PLACES[place['noun']]}-locative"),
    )
    yield rule(
        "ordinal",
        "digit",
        r"(?<![\p{L}\p{N}.,])(?P<n>(?:1\d|20)?\d0)-(?P<suffix>е|ые)(?!\p{L})",
        lambda place: russian.ordinal(int(place["n"]), "plural"),
    )


def _as_often(russian: Language, number: int, per: str) -> str:
    """Read "3 р./сут." as "три раза в сутки"."""
    times = "раза" if number % 10 in (2, 3, 4) and number not in (12, 13, 14) else "раз"
    return f"{russian.cardinal(number)} {times} в {_SPANS[per]}"


def _century(russian: Language, place: Place) -> str:
    before = place.word_before.lower()
    word, numbers = (
        place["word"],
        [roman_value(place[name]) for name in ("n", "last") if place[name]],
    )
    if word in _CENTURIES:
        form = f"masculine{_CENTURIES[word]}"
    elif word[0] == "в" and word.endswith(".") and before in ("в", "во"):
        form, word = "masculine-locative", "веках" if len(numbers) > 1 else "веке"
    elif word.endswith("."):
        genitive = bool(before) and not before.endswith((".", ",", ":", ";")) and before != "это"
        plural = ("веков", "века") if len(numbers) > 1 else ("века", "век")
        form, word = ("masculine-genitive", plural[0]) if genitive else ("masculine", plural[1])
    else:
        form = (
            "masculine-locative"
            if word == "веках"
            else "masculine-genitive"
            if word == "веков"
            else "masculine"
        )
    stop = "." if place.text.endswith(".") and russian.sentence_follows(place) else ""
    return " – ".join(russian.ordinal(number, form) for number in numbers) + f" {word}{stop}"


def _compound(russian: Language, number: int) -> str:
    """Return a number as the first part of a word: "восемнадцати" of "восемнадцатилетний"."""
    if number in _COMPOUNDS:
        return _COMPOUNDS[number]
    if number % 100 and number > 100:
        head = russian.cardinal(number // 100 * 100, "masculine-genitive").replace(" ", "")
        head = "сто" if number // 100 == 1 else head
        return head + _compound(russian, number % 100)
    if number % 10 and number > 20:
        tens = {4: "сорока", 9: "девяносто"}.get(number // 10)
        head = tens or russian.cardinal(number // 10 * 10, "masculine-genitive")
        return head + _compound(russian, number % 10)
    return russian.cardinal(number, "masculine-genitive").replace(" ", "")


def with_dots(text: str) -> str:
    """Return numerals with "ё" where CLDR writes "е", and "восьмидесятые" where it is wrong."""
    text = text.replace("восемьдесятые", "восьмидесятые")
    text = regex.sub(r"четверт(?=ы|о|а|у)", "четвёрт", text)
    text = regex.sub(r"(?<!\p{L})трех|(?<=ырн)трех", "трёх", text)
    return regex.sub(r"четырех", "четырёх", text)
