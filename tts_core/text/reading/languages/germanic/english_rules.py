"""What English has that other languages have not: "a $5 million deal", "six 6s", "John 3:16"."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from tts_core.text.reading.abbreviation import Abbreviation
from tts_core.text.reading.language import Language
from tts_core.text.reading.number import Number
from tts_core.text.reading.rule import Place, Rule, any_before, rule
from tts_core.text.reading.tables import words

_ARTICLES = words("a an another each every one")
_DETERMINERS = words(
    "the this that these those his her its their our my your any no first second third last next",
    "new whole single total full entire extra",
)
_NO_NOUNS = words(
    "a an the and or but nor so yet if as at by for from in into of off on onto out over per than",
    "that then there these this those to toward towards under until up upon via when where which",
    "while who whom whose why with within without worth is are was were be been being am has have",
    "had do does did can could may might must shall should will would he she it we they you i me",
    "him us them not also only just now again ago away back down each every every more less most",
    "later earlier before after during since too very still ever never here about above below",
    "apiece annually monthly weekly daily yearly together plus minus versus vs such like because",
    "though although went goes came comes got gets made makes paid pays spent spends lost won",
    "given gave owed raised earned saved sent cash",
)
"""After an amount they are not what the amount describes."""
_DESCRIBED = words(
    "bill bills note notes coin coins fine ticket tickets voucher banknote banknotes check checks",
    "cheque cheques payment payments bonus bonuses reward rewards loan loans deposit",
)
_COUNTED = words(
    "people users customers copies homes jobs views viewers visitors votes voters households",
    "workers followers subscribers tons tonnes barrels children women men adults residents",
    "patients americans britons members passengers students vehicles cars tickets shares units",
    "downloads accounts players deaths cases doses tests migrants refugees lives records readers",
    "listeners shoppers families tourists pensioners employees consumers fans pupils animals trees",
    "pounds dollars euros years",
)
"""What there may be millions of: "1.2m people"."""
_BESIDE = words(
    "from of in to for with at by on or and per between behind above below under within"
)
"""Before what is counted by itself: "2m from people" are meters."""
_AFTER = regex.compile(r"(?P<gap>[ -])(?P<word>\p{Ll}[\p{Ll}’'-]*)")
_AFTER_ARTICLE = regex.compile(r" \p{Lu}[\p{L}\p{N}-]")
_ROOMS = words(
    "room route highway interstate flight suite apartment boeing airbus area rooms hwy rt apt bus",
)
_SECONDS_BEFORE = words("in for after within than to about under every takes took lasts lasted of")
_TITLES = words("king queen pope emperor empress tsar czar kaiser prince saint st")
_AFTER_RULER = words(
    "of was is and had died reigned ruled became in the who to from by as did has at on or with"
)
"""After the number of a ruler, but not after "I"; "was" and "had" are more often after a ruler."""
_RULING = words(
    "ascended abdicated succeeded invaded granted founded ordered reigned conquered issued",
    "dissolved",
    "annexed executed crowned beheaded acceded decreed s",
)
"""What rulers do and who writes of himself seldom does."""
_OF_OLD = regex.compile(
    r"(?i:in|by|until|since|before|after) (?:[1-9]\d\d|1[0-8]\d\d),? \p{Lu}\p{Ll}+ \Z"
)
"""A year long ago and a name: "In 1649 Charles I met his end"."""
_STAGES = words("phase stage type level grade class")
"""Nouns after which "I" is more often a number: "a phase I trial"."""
_VERBS = words(
    "am was have had do did can could will would should must may might know think like love want "
    "need saw see made make teach took take found find use used went go got get bought chose wrote "
    "read said meant prefer remember never always still just"
)
_AFTER_NUMBERS = words("of is has and to or in through contains covers shows describes begins")
_NEXT_WORD = regex.compile(r" (?P<word>\p{Ll}++)")
_COMPOUND = regex.compile(r"\d-\p{L}+\.?$")
_SCALES = {"C": "Celsius", "F": "Fahrenheit"}


def is_compound(place: Place) -> bool:
    """Return whether an amount has a hyphen before its unit: "a 5-km run"."""
    return _COMPOUND.search(place.text) is not None


def is_attributive(place: Place) -> bool:
    """Return whether an amount describes the noun after it, and so has its unit in the singular."""
    match = _AFTER.match(place.source, place.end)
    if match is None and place.word_before.lower() in ("a", "an"):
        return _AFTER_ARTICLE.match(place.source, place.end) is not None  # "a 512 GB SSD"
    if match is None or (match["gap"] == "-" and match["word"].startswith("-")):
        return False
    before, word = place.word_before.lower(), match["word"]
    if match["gap"] == "-":
        return True
    if word in _DESCRIBED:
        return True
    if word in _NO_NOUNS or word.replace("’", "'").partition("'")[0] in _NO_NOUNS:
        return False
    return before in _ARTICLES or (
        before in _DETERMINERS and not word.endswith(("ed", "ly")) and len(word) > 1
    )


def rules(english: Language) -> Iterator[Rule]:
    """Yield the rules that only English has."""
    yield rule(
        "code",
        "digit",
        r"(?<![\p{L}\p{N}.,$£€-])7(?P<n>[0-8]7)-(?P<series>[1-9])00(?:(?P<er>ER|LR|F)|(?!\p{L}))(?![\p{N}-])",
        lambda place: _airliner(english, place),
        then="-",
    )
    yield rule(
        "number",
        "digit",
        rf"(?=[1-9]\d\d)(?<=(?<!\p{{L}})(?i:{any_before(_ROOMS)})[ ])"
        r"(?P<n>[1-9]\d\d)(?P<s>s?)(?![\p{L}\p{N}]|[.,:-]\d)",
        lambda place: _hundreds(english, place["n"]) + place["s"],
    )
    yield rule(
        "number",
        "digit",
        r"(?<![\p{N}.,])(?<!\p{L}{2})(?P<n>\d{1,4})(?:['’]?s)(?![\p{L}\p{N}])",
        lambda place: _plural(english, place),
        then="'’s",
    )
    yield rule(
        "unit",
        "digit",
        r"(?<![\p{L}\p{N}.,])(?P<n>\d{1,4}(?:\.\d+)?)"
        r"[ ]degrees?[ ](?P<scale>[CF])(?![\p{L}\p{N}'’])",
        lambda place: f"{english.number(_number(place['n']))} degrees {_SCALES[place['scale']]}",
        then=".",
        spaced="d",
    )
    yield rule(
        "number",
        "digit",
        r"(?<![\p{L}\p{N}.,])(?P<n>\d{1,4}(?:\.\d{1,3})?)m(?=[ ]\p{L})",
        lambda place: _millions(english, place),
        then=".m",
    )
    yield rule(
        "fraction",
        "digit",
        r"(?<![\p{L}\p{N}.,/])(?P<n>\d{1,2}(?:\.\d{1,2})?)/(?P<of>5|10|100)"
        r"(?![\p{L}\p{N}/]|[.,]\d|[ ](?:of|inch|inches|mile|miles)(?!\p{L}))",
        lambda place: _rating(english, place),
        then="./",
    )
    yield rule(
        "unit",
        "digit",
        r"(?<![\p{L}\p{N}.,])(?P<feet>[4-7])['’](?P<inches>\d|1[01])(?![\p{L}\p{N}.:\"”″'’])",
        lambda place: (
            f"{english.cardinal(int(place['feet']))} foot {english.cardinal(int(place['inches']))}"
        ),
        then="'’",
    )
    yield rule(
        "range",
        "sign",
        r"(?=[–-])(?<=(?<!\d)(?:19|20)\d\d[ ]?)[–-](?=(?i:[ ]?present|now|today|date)(?![\p{L}-])"
        r"|[ ](?i:now|today|date)[ ]?(?:[.;)\]\n]|\Z))",  # not "in 2019 - now he is back"
        lambda place: "to" if place.next == " " else " to ",
        signs="–-",
    )
    yield rule(
        "time",
        "digit",
        r"(?<![\p{L}\p{N}.,])(?P<h>[01]\d|2[0-3])(?P<m>[0-5]\d)(?=[ ]?(?:hours|hrs)(?!\p{L}))",
        lambda place: _military(english, place["h"], place["m"]),
        then="h",
        spaced="h",
    )
    yield rule(
        "emoji",
        "sign",
        r"(?=[<❤♥💕💗💖💜💙💚])(?:(?<=(?<!\p{L})(?i:I|we|you|they|who)[ ])"
        r"(?:<3|[❤♥💕💗💖💜💙💚]\ufe0f?)(?=[ ]\p{L})|"
        r"(?<=(?<!\p{L})(?i:I|we|you|they|who|and)[ ])<3(?=[ ]?[.!\n]|\Z))",
        lambda place: "love",
        signs="<❤♥💕💗💖💜💙💚",
    )
    yield rule(
        "code",
        "digit",
        r"(?<![\p{L}\p{N}.,])(?P<n>40[13])\((?P<letter>[a-z])\)",
        lambda place: f"{_hundreds(english, place['n'])} {place['letter'].upper()}",
        then="(",
    )


def _millions(english: Language, place: Place) -> str | None:
    """Read "1.2m people", "3m new users"; other small letters are meters."""
    following = [word.rstrip(".").lower() for word in place.after(2)]
    counted = not _COUNTED.isdisjoint(following) and following[0] not in _BESIDE
    return f"{english.number(_number(place['n']))} million" if counted else None


def _rating(english: Language, place: Place) -> str | None:
    """Read "8/10", "4.5/5" and "85/100" as what is given of the most that can be."""
    number, most = _number(place["n"]), int(place["of"])
    if not number.fraction and (int(number.whole) * 10 <= most or int(number.whole) >= most):
        return None
    if most == 5 and not number.fraction and not place.source.startswith(" star", place.end):
        return None
    return f"{english.number(number)} out of {english.cardinal(most)}"


def _number(text: str) -> Number:
    whole, _, fraction = text.partition(".")
    return Number(whole, fraction)


def _airliner(english: Language, place: Place) -> str:
    """Read "747-400", as Boeing's types are called: "seven forty-seven four hundred"."""
    digits = place["n"]
    tens = f"oh {english.cardinal(7)}" if digits[0] == "0" else english.cardinal(int(digits))
    series = english.cardinal(int(place["series"]) * 100)
    return f"{english.cardinal(7)} {tens} {series} {' '.join(place['er'])}".strip()


def _military(english: Language, hour: str, minute: str) -> str | None:
    """Read "0700 hours" as "zero seven hundred", but not a number such as "1500 hours"."""
    if minute == "00" and hour[0] != "0":
        return None
    said = english.digits(hour) if hour[0] == "0" else english.cardinal(int(hour))
    return f"{said} {'hundred' if minute == '00' else english.cardinal(int(minute))}"


def _hundreds(english: Language, digits: str) -> str:
    """Read "276" as "two seventy-six", "101" as "one oh one"; whole hundreds as such."""
    if digits.endswith("00"):
        return english.cardinal(int(digits))
    first, rest = english.cardinal(int(digits[0])), english.cardinal(int(digits[1:]))
    return f"{first} oh {rest}" if digits[1] == "0" else f"{first} {rest}"


def _plural(english: Language, place: Place) -> str | None:
    """Read "the 6s" as "the sixes"; None where seconds or a decade may be meant."""
    digits = place["n"]
    if digits[-1] == "0" and len(digits) in (2, 4):
        return None  # a decade
    if len(digits) < 3 and place.word_before.lower() in _SECONDS_BEFORE:
        return None
    said = _hundreds(english, digits) if len(digits) == 3 else english.cardinal(int(digits))
    if said.endswith("y"):
        return f"{said[:-1]}ies"
    return f"{said}es" if said.endswith(("x", "s")) else f"{said}s"


def is_first(place: Place) -> bool:
    """Return whether "I" after the name of a ruler is a number, and not the pronoun."""
    following = (place.after(1) or [""])[0].lower().rstrip(".")
    title = any(word.lower() in _TITLES for word in place.before(3)[:-1])
    if title or not place.next.isspace() or following in _AFTER_RULER or following in _RULING:
        return True
    return _OF_OLD.search(place.source[max(0, place.start - 32) : place.start]) is not None


def abbreviation(english: Language, word: str, place: Place) -> Abbreviation | None:
    """Return what "v.", "St." and "Dr." mean by what stands around them; None for others."""
    if word == "V" and english.is_ruler(place.word_before):
        return None  # "Charles V. Then"
    if word == "rev" or (
        word == "Rev" and place.source[place.end : place.end + 2].strip().isdecimal()
    ):
        return Abbreviation("revision" if word == "Rev" else "revised")
    if word in ("no", "nos") and place.source.startswith(" of ", place.end):
        return Abbreviation("number" if word == "no" else "numbers")
    if word == "inc":
        return Abbreviation("including")
    if word.lower() == "v" and place.next == " " and place.word_before[:1].isupper():
        versus = (place.after(1) or [""])[0][:1].isupper()
        return Abbreviation("versus") if versus else None
    if word.lower().rstrip("!") not in ("st", "dr"):
        return None
    title, street = ("Saint", "Street") if word[:2].lower() == "st" else ("Doctor", "Drive")
    after, before = place.after(1), place.word_before
    named = bool(after) and after[0][0].isupper() and place.next == " "
    is_street = (
        before[:1].isupper() and before[-1:].isalnum() and before.lower() not in english.starters
    )
    if named and not (is_street and english.sentence_follows(place)):
        return Abbreviation(title) if not is_street or title == "Doctor" else Abbreviation(street)
    return Abbreviation(street, ends=True)


def is_pronoun(place: Place) -> bool:
    """Return whether "I" after a word such as "part" is no number: "the part I like"."""
    before = place.word_before
    if before == "mark":
        return True  # "question mark v"; Mark V has a capital
    after = _NEXT_WORD.match(place.source, place.end)
    if place.text not in ("I", "i") or after is None:
        return False
    if before.lower() == "no":
        return True
    if before in _STAGES:
        return after["word"] in _VERBS
    return before.islower() and after["word"] not in _AFTER_NUMBERS
