"""What German has that other languages have not: "der 3. Platz", "18-jährig", "Karls V."."""

from __future__ import annotations

from collections.abc import Iterator

from tts_core.text.reading.data.rulers import MEN, WOMEN
from tts_core.text.reading.language import Language
from tts_core.text.reading.rule import Place, Rule, any_of, rule
from tts_core.text.reading.tables import words

DATIVE = words(
    "am im vom zum zur beim dem den des einem seinem ihrem unserem meinem diesem jedem jenem",
    "diesen",
    "meinen seinen ihren einen bis ab seit vor nach keinem welchem unseren deinem eurem ins ans",
)
"""After these, and after a preposition with "der", an ordinal ends in "n"."""
PREPOSITIONS = words("in an auf aus bei mit nach seit von zu während wegen trotz außer gegenüber")
INDEFINITE = words("ein kein mein dein sein ihr unser euer")
_BEFORE_DATIVE = PREPOSITIONS | words("unter vom beim zum zur dem vor neben zwischen samt")
_BEFORE_ACCUSATIVE = words("für durch gegen ohne um über den gegen wider")
_BEFORE_GENITIVE = words("des wegen trotz während statt anstatt eines")
_TITLES = words(
    "König Königin Kaiser Kaiserin Papst Zar Zarin Herzog Herzogin Kurfürst Fürst Fürstin Graf",
    "Prinz Sultan Pharao Kurfürsten Herzogs Königs Kaisers Papstes Zaren Grafen Fürsten",
)
_AFTER_ORDINAL = words(
    "Jahrhundert Jahrhunderts Jahrtausend Jahrzehnt Kapitel Klasse Platz Stock Stockwerk",
    "Etage Tag Woche Monat Jahr Lebensjahr Geburtstag Jahrestag Auflage Spieltag Runde",
    "Mal Minute Stunde Sinfonie Symphonie Weltkrieg Reich Bezirk Quartal Semester Schuljahr Band",
    "Akt Szene Teil Stufe Liga Rang Halbzeit Legislaturperiode Bundesliga Vorsitzende Vorsitzender",
    "FC Advent Mose Senat Auflage Ausgabe Etappe Rate Lesung Satz Gang Grad Preis Sieg Staffel",
    "Jh Jhd Jhdt Halbjahr Folge Schritt Versuch Jahrgang Generation Wahlgang Mannschaft Ordnung",
    "Welle Bataillon",
    "Division OG UG DG Obergeschoss Untergeschoss",
)
"""Nouns before which "3." is an ordinal, whatever stands before it."""
_JOINED = words(
    "jährig jährige jährigen jähriger jähriges tägig tägige tägigen tägiger stündig stündige",
    "stündigen stündiger minütig minütige minütigen minütiger wöchig wöchige wöchigen monatig",
    "monatige prozentig prozentige prozentigen köpfig köpfige köpfigen stellig stellige stelligen",
    "seitig seitige seitigen teilig teilige teiligen malig malige maligen fach faches mal sitzig",
    "stöckig stöckige stufig stufige Jährige Jährigen Jähriger fache fachen",
)
"""Written with digits and a hyphen, said as one word: "18-jährig"."""


def rules(german: Language) -> Iterator[Rule]:
    """Yield the rules that only German has."""
    nouns = "|".join(sorted(_AFTER_ORDINAL))
    contexts = "|".join(
        sorted(DATIVE | INDEFINITE | words("der die das eine diese jede keine seine ihre als"))
    )
    yield rule(
        "abbreviation",
        "letter",
        r"(?P<word>\p{L}{2,40})str\.(?!\p{L})",
        lambda place: f"{place['word']}straße" + ("." if german.sentence_follows(place) else ""),
    )
    yield rule(
        "abbreviation",
        "letter",
        r"(?<![\p{L}\p{N}.])v\.(?=[ ]?\d{1,2}\.[ ]?(?:\d{1,2}\.|\p{L}))",
        lambda place: "vom",
        then=".",
        words=("v",),
    )
    yield rule(
        "abbreviation",
        "letter",
        r"(?<=Abs(?:\.|atz)[ ]\d{1,2}[ ])S\.(?=[ ]\d)",
        lambda place: "Satz",
        then=".",
        words=("S",),
    )
    yield rule(
        "code",
        "digit",
        r"(?<=\d[ ]?\p{Ll}?,?[ \n])(?<=[,\n].?)\d{5}(?=[ ]\p{Lu}\p{Ll})",
        lambda place: german.digits(place.text),
    )
    yield rule(
        "times",
        "digit",
        r"(?<![\p{L}\p{N}.,])(?P<n>\d{1,3})[ ][x×](?=[ ]\p{L}{2})",
        lambda place: f"{_joined(german, place['n'])}mal",
        spaced="x×",
        then="",
    )
    yield rule(
        "ordinal",
        "digit",
        rf"(?<![\p{{L}}\p{{N}}.,:/-])(?P<n>\d{{1,3}})\.(?=[ \u00a0](?:{nouns})\b)|"
        rf"(?<=\b(?i:{contexts})[ ])(?P<n>\d{{1,3}})\.(?=[ \u00a0]\p{{L}})",
        lambda place: _ordinal(german, place),
    )
    yield rule(
        "number",
        "digit",
        rf"(?<![\p{{L}}\p{{N}}.,])(?P<n>\d{{1,4}})-?(?P<rest>{any_of(_JOINED)})(?!\p{{L}})",
        lambda place: _joined(german, place["n"]) + place["rest"].lower(),
    )
    yield rule(
        "number",
        "digit",
        r"(?<![\p{L}\p{N}.,])(?P<n>\d{1,4})[ ]?%(?P<rest>ige?[nrs]?)(?!\p{L})",
        lambda place: f"{_joined(german, place['n'])}prozent{place['rest']}",
    )
    yield rule(
        "number",
        "digit",
        r"(?<![\p{L}\p{N}.,])(?P<n>\d{1,3})er(?![\p{L}\p{N}])",
        lambda place: (
            f"{german.cardinal(int(place['n'])).capitalize()}er" if int(place["n"]) % 10 else None
        ),
    )


def _joined(german: Language, digits: str) -> str:
    """Return a number as the first part of a word: "hundertprozentig", "einmalig"."""
    number = int(digits)
    return "hundert" if number == 100 else "ein" if number == 1 else german.cardinal(number)


def _ordinal(german: Language, place: Place) -> str | None:
    """Read "3." unless a sentence probably ends there."""
    following = (place.after(1) or [""])[0]
    if following.lower() in german.starters and following[0].isupper():
        return None
    return german.ordinal(int(place["n"]), german.ordinal_form(place))


def ruler_of(name: str) -> str:
    """Return the name of a ruler in the nominative, "" for other words."""
    if name in MEN or name in WOMEN:
        return name
    base = name[:-1] if name.endswith("s") else ""
    return base if base in MEN or base in WOMEN else ""


def regnal(german: Language, number: int, place: Place) -> str:
    """Return "der Achte", "des Fünften" after a genitive, "dem Achten" after "unter"."""
    name = place.word_before
    base = ruler_of(name) or name
    is_woman = base in WOMEN
    before = [word for word in place.before(4)[:-1] if word not in _TITLES and word not in MEN]
    governing = before[-1].lower() if before else ""
    ordinal = german.ordinal(number).capitalize()
    if base != name or governing in _BEFORE_GENITIVE:
        return f"{'der' if is_woman else 'des'} {ordinal}n"
    if governing in _BEFORE_DATIVE or (is_woman and governing == "der"):
        return f"{'der' if is_woman else 'dem'} {ordinal}n"
    if governing in _BEFORE_ACCUSATIVE:
        return f"die {ordinal}" if is_woman else f"den {ordinal}n"
    return f"{'die' if is_woman else 'der'} {ordinal}"
