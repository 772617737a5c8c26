"""What decides about sentence ends: abbreviations, ordinals, words with which sentences begin.

The abbreviations are those of the languages' readings (`reading/languages`), so that one table says
both how one is read and whether a sentence ends with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from tts_core.text.reading.abbreviation import Abbreviation
from tts_core.text.reading.languages import all_languages


def _words(*lines: str) -> frozenset[str]:
    """Return the words of some lines as a set."""
    return frozenset(" ".join(lines).split())


@dataclass(frozen=True, slots=True)
class Endings:
    """Abbreviations in lower case, without their final full stop, by what may follow them."""

    never_end: frozenset[str]
    """These never end a sentence: titles, "for example", "million"."""
    before_numbers: frozenset[str]
    """These do not end a sentence when a number follows."""
    often_end: frozenset[str]
    """A capital letter after these begins a sentence."""
    may_end: frozenset[str]
    """After these, as after initials and "U.S.", only a word of `starters` begins a sentence."""
    starters: frozenset[str]
    """Words with which sentences begin, but hardly any names."""


@lru_cache(maxsize=64)
def endings(language: str = "") -> Endings:
    """Return what is known about a language, given by its tag; about all languages for ""."""
    code = language.lower().replace("_", "-").partition("-")[0]
    found = [kind for tag, kind in all_languages() if not code or tag == code]
    if code and not found:
        return endings()
    tables = [kind.abbreviations for kind in found]
    words = frozenset[str]() if code else _PLAIN
    may_end = _keys(tables, lambda each: each.ends and not each.often_ends) | _OTHER
    often_end = _keys(tables, lambda each: each.often_ends)
    before = _keys(tables, lambda each: each.before_number) | _MONTHS | _DAYS
    ending = may_end | often_end | words
    never_end = _keys(tables, lambda each: not each.ends and not each.before_number) - ending
    starters = _words_of(kind.starters for kind in found)
    return Endings(never_end - _DAYS, before, often_end, may_end, starters)


def _keys(
    tables: Iterable[Mapping[str, Abbreviation]], holds: Callable[[Abbreviation], bool]
) -> frozenset[str]:
    """Return the keys of abbreviations with a full stop for which something holds."""
    return frozenset(
        key.lower()
        for table in tables
        for key, entry in table.items()
        if not key.endswith("!") and holds(entry)
    )


def _words_of(groups: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset[str]().union(*groups)


_MONTHS = _words(
    "jan feb mar apr jun jul aug sep sept oct okt nov dec dez janv févr fév avr juil août déc ene",
    "abr ago dic gen giu lug ott n°",
)
_DAYS = _words(
    "mon tue tues wed thu thur thurs fri sat sun lun mer jeu ven sam dim jue vie gio dom"
)
"""Months and days of the week. They do not end a sentence when a number follows."""

_OTHER = _words(
    "gmbh al ex est arch lic ing arq av avda ud uds vd vds bd boul др тыс млн млрд руб г гг вв"
)
"""Abbreviations after which a sentence may end although they stand before something as a rule."""

_PLAIN = _words(
    "max min mag mind id gem temp gent on mill obs s m d as pr nl ir ok ca mar a.c d.c a.d a.m a.s",
    "e.a d.d m.m d e.d p.f z.t red lit pow bul cad r p a v",
)
"""Abbreviations of one language that are words, or other abbreviations, of another."""

ORDINAL_CONTEXT = _words(
    "am im der die das dem den des vom zum zur bis ab seit beim nach vor ein einen einem eines",
    "den d dne el",
)
"""After these, "3." before a capital letter is an ordinal ("am 3. Mai", "der 2. Weltkrieg")."""

MONTHS = _words(
    "januar jänner februar märz april mai juni juli august september oktober november dezember",
    "jan feb mär apr jun jul aug sep sept okt nov dez",
)
"""German month names, before which the day is an ordinal."""

NUMBERED_BOOKS = _words("mose kön chr makk kor thess petr joh")
"""Books of the Bible in German that have a number: "1. Kor 13,4". "Sam" and "Tim" are left out:
they are first names, too, with which a sentence may begin after a number."""

CONJUNCTIONS = _words(
    "and or but because which who that while when where although though unless until so if than",
    "und oder aber weil dass wenn als sondern denn obwohl während",
    "et ou mais que qui car donc lorsque parce",
    "y o pero porque cuando mientras aunque e mas quando enquanto embora",
    "che ma perché mentre anche en of maar omdat och men eller",
    "и или но что который которая которые когда потому чтобы",
    "و أو لكن لأن और या लेकिन क्योंकि",
)
"""A long sentence may be cut before these."""

LEANING = _words(
    "the a an this that these those my your his her its our their no every each some any very",
    "of to in on at by for from with into onto over under about between through during without",
    "after before against within than as is are was were be been not mr mrs ms dr &",
    "der die das den dem des ein eine einen einem eines einer kein keine mein sein ihr unser",
    "im am zum zur vom beim mit von zu bei nach aus auf für durch gegen ohne um über unter vor",
    "hinter neben zwischen seit sehr nicht",
    "le la les un une des du de au aux ce cet cette ces mon ma mes ton ta tes son sa ses notre",
    "votre leur leurs à en dans sur sous par pour avec sans chez vers entre depuis très ne",
    "el los las una unos unas del al mi tu su sus con sin sobre desde hasta para por muy",
    "o os as um uma uns umas do da dos das no na nos nas ao à pelo pela em com sem até muito",
    "il lo gli i uno di da dal dalla della dello delle dei nel nella sul sulla col tra fra per",
    "het een van naar met voor op aan uit bij tot zonder door",
    "в во на с со к ко у о об от до из за по под над при для без через между не",
)
"""Articles, prepositions and the like: a line is not well ended with these."""

TRAILING = _words("का के की को से में पर ने तक है हैं था थी थे")
"""The same for words that belong to what is before them: a line does not well begin with these."""
