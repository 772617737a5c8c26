"""English words that are written alike and sound different, told by the words beside them.

The front end tells most of them by their part of speech, which leaves those of one part of speech
("a lead pipe", "a bass guitar") and those in which its tagger is often wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

_NEAR = 4
"""Tokens before a word in which "have" makes a question of it: "Have any of you read it?"."""


def _words(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


_METALS = _words("mercury zinc copper tin arsenic cadmium silver iron gold nickel chromium steel")
_LEADEN = _words(
    "poisoning paint paints pipe pipes pencil pencils acid bullet bullets ore mine mines oxide",
    "glass crystal shot levels exposure pollution contamination apron roof roofs solder acetate",
    "chromate sulfide nitrate isotopes toxicity plumbing sinker sinkers",
)
_PARTS = _words(
    "made out traces levels amounts ounces pounds tons tonnes grams piece pieces lump lumps",
    "sheet sheets pound ton consists composed content concentration concentrations",
)
_MUSICAL = _words(
    "guitar guitars guitarist guitarists player players drum drums line lines clef solo solos note",
    "notes voice voices section part parts riff riffs singer singers amp amps string strings",
    "clarinet trombone response frequency frequencies baritone instrument instruments track tracks",
    "music sound sounds tone tones boost reflex",
)
_PLAYED = _words(
    "play plays played playing double upright electric acoustic deep heavy drum drums guitar",
)
_SMALL = _words(
    "detail details amount amounts quantity quantities particle particles trace traces difference",
    "differences change changes fraction fractions quantities fragments crystals organisms",
)
_POSSESSIVE = _words("my your his her their our")
_SUBJECTS = _words("i we they you")
_SINGULAR = _words("he she it who that")
_BEING = _words(
    "am is are was were be been being 'm 's 're feel feels felt seem seems seemed quite not",
)
_HAVE = _words("have has had 've haven't hasn't hadn't")
_RESUMING = _words("of function button command point operation option token")
_BAND = _words("guitar guitars drum drums piano keyboard keyboards vocals treble synth percussion")
_TAKING = _words("take takes took taken taking")
_BETWEEN = _words(
    "you he she they we i it anyone everyone someone ever already not never also just all"
)
_AFTER_SUBJECTS = _words("to that a an the growth losses sales profits")
_SHIPS = _words("ship boat vessel yacht canoe ferry tanker submarine")
_OBJECTS = _words("the a an your this that these those it its his her their our my all any each")
_START = ("", ".", ":", "!", "?")
_PAUSES = ("", ".", ",", ";", ":", "!", "?", ")")
_CONTAINING = _words("contain contains contained containing molten melted")
_LED = _words("role roles story stories time times generation singer singers")
"""Nouns that the metal does not describe, besides those of persons: "lead engineers"."""
_TREATED = _words("free based lined acid containing")
_COUNTING = _words(
    "- last final per one two three four five ten fifteen twenty thirty forty-five sixty ninety",
)
"""Before a minute of sixty seconds: "a last-minute change"."""
_VERY = _words("so too extremely incredibly infinitely exceedingly relatively")
_HOURS = _words("one two three four five six seven eight nine ten eleven twelve noon midnight")
_DOING = _words("do does did")
_WHERE = _words("in on at near with here there now together alone like today")
_WAYS = _words(
    "path road river trail street lane stream creek valley staircase track route line railway",
)
_FORECASTERS = _words(
    "analysts economists forecasters experts researchers scientists officials models planners",
)
_SCHOLARS = _words(
    "man men woman women professor professors scholar scholars friend friends judge judges",
    "society societies doctor doctors gentleman counsel journal journals treatise",
)
_LEARNED_AFTER = _words("a the my his her your our many most very of and")
_RELATIVES = _words(
    "parent parents mother father grandmother grandfather aunt uncle relative relatives man woman",
    "men women people persons lady gentleman couple",
)
_RIVIERA = _words("france cannes monaco antibes marseille menton")
_BY_READING = _words("berkshire pennsylvania england")


class Token(Protocol):
    """A word or mark of the front end; those that have phonemes keep them."""

    text: str
    phonemes: str | None
    rating: int | None


def settle(tokens: Sequence[Token], *, british: bool = False) -> None:
    """Set the phonemes of those tokens about which the words beside them leave no doubt."""
    lower = [token.text.lower() for token in tokens]
    for index, word in enumerate(lower):
        if tokens[index].phonemes is None and (found := _sound(word, lower, index)):
            tokens[index].phonemes = found[british]
            tokens[index].rating = 5


def _sound(word: str, words: Sequence[str], index: int) -> tuple[str, str] | None:
    """Return a word's phonemes, American and British; None where the front end is to tell."""
    rules = _RULES.get(word)
    if rules is None:
        return None
    before = [*([""] * _NEAR), *words[max(0, index - _NEAR) : index]][-_NEAR:]
    after = [*words[index + 1 : index + 4], "", "", ""][:3]
    for test, *sounds in rules:
        if test(before, after):
            return sounds[0], sounds[-1]
    return None


def _is_metal(before: Sequence[str], after: Sequence[str]) -> bool:
    if after[0] in _LED or after[0].endswith(("er", "ers", "or", "ors", "ist", "ists")):
        return False
    of = before[-1] in ("of", "from", "in") and before[-2] in _PARTS
    beside = after[0] in ("and", "or", ",") and after[1] in _METALS
    is_verb = after[0] in _OBJECTS  # "won gold and lead the table"
    listed = before[-1] in ("and", "or", ",") and before[-2] in _METALS and not is_verb
    treated = after[0] == "-" and after[1] in _TREATED
    contained = before[-1] in _CONTAINING and after[0] in (*_PAUSES, "and", "or", "in")
    return of or beside or listed or treated or contained or after[0] in _LEADEN


def _is_music(before: Sequence[str], after: Sequence[str]) -> bool:
    played = before[-1] == "on" and after[0] in (*_PAUSES, "and")
    with_others = before[-1] in ("and", ",") and before[-2] in _BAND
    return played or with_others or before[-1] in _PLAYED or after[0] in _MUSICAL


def _is_summary(before: Sequence[str], after: Sequence[str]) -> bool:
    if after[0] in _OBJECTS or after[0] in _RESUMING:
        return False  # "let her resume the work"
    return before[-1] in _POSSESSIVE or before[-1] == "a"


def _is_read_by_now(before: Sequence[str], after: Sequence[str]) -> bool:
    """Return whether "read" is a participle after an inverted "have": "Have you read it?"."""
    have = [place for place, word in enumerate(before) if word in _HAVE]
    between = before[have[-1] + 1 :] if have else []
    return bool(between) and _BETWEEN.issuperset(between)


def _is_glad(before: Sequence[str], after: Sequence[str]) -> bool:
    is_owner = before[-1] == "'s" and before[-2] not in _SINGULAR  # "the site's content to users"
    return before[-1] in _BEING and after[0] in ("with", "to") and not is_owner


def _is_tiny(before: Sequence[str], after: Sequence[str]) -> bool:
    counted = before[-1] in _COUNTING or before[-1][:1].isdecimal()
    return before[-1] in _VERY or (after[0] in _SMALL and not counted)


def _is_objection(before: Sequence[str], after: Sequence[str]) -> bool:
    return before[-1] in _SUBJECTS and after[0] in ("to", "if", ".", "!")


def _is_forecast(before: Sequence[str], after: Sequence[str]) -> bool:
    return before[-1] in (_SUBJECTS | _FORECASTERS) and after[0] in _AFTER_SUBJECTS


def _is_bent(before: Sequence[str], after: Sequence[str]) -> bool:
    """Return whether "bow" is what actors take, or the front of a ship."""
    taken = before[-1] == "a" and before[-2] in _TAKING
    armed = after[0] == "from" or any(word.startswith("arrow") for word in after)
    ship = after[0] == "of" and not _SHIPS.isdisjoint(after)
    return (taken and not armed) or ship or before[-2:] == ["across", "the"]


def _is_home(before: Sequence[str], after: Sequence[str]) -> bool:
    """Return whether "live" is a verb that the tagger misses: "Where do your parents live?"."""
    asked = before[-1].endswith("s") and not _DOING.isdisjoint(before[:-1])
    return asked and after[0] in (*_PAUSES, *_WHERE)


def _is_shut(before: Sequence[str], after: Sequence[str]) -> bool:
    hour = after[1] in _HOURS or after[1].partition(":")[0] in _CLOCK
    is_near = before[-1] in _BEING  # "The score was close at 10-9."
    return before[-1].endswith("s") and after[0] == "at" and hour and not is_near


def _is_curving(before: Sequence[str], after: Sequence[str]) -> bool:
    return before[-1] in _WAYS or after[:2] == ["its", "way"]


def _is_rip(before: Sequence[str], after: Sequence[str]) -> bool:
    inside = after[0] == "in" and after[1] in _OBJECTS
    return before[-1] == "a" and inside and after[2] not in ("eye", "eyes")


def _is_order(before: Sequence[str], after: Sequence[str]) -> bool:
    """Return whether a word is a verb in the imperative, at the beginning of a sentence."""
    return before[-1] in _START and after[0] in _OBJECTS


def _is_misuse(before: Sequence[str], after: Sequence[str]) -> bool:
    return before[-1] in ("who", *_SUBJECTS) and after[0] in _OBJECTS


def _is_riviera(before: Sequence[str], after: Sequence[str]) -> bool:
    joined = (",", "and", "or", "to")
    follows = after[0] in joined and after[1] in _RIVIERA
    return follows or (before[-1] in joined and before[-2] in _RIVIERA)


def _is_town(before: Sequence[str], after: Sequence[str]) -> bool:
    county = after[0] == "," and after[1] in _BY_READING
    return county or before[-2:] == ["university", "of"]


_Test = Callable[[Sequence[str], Sequence[str]], bool]
_Rule = tuple[_Test, str] | tuple[_Test, str, str]
_CLOCK = frozenset(map(str, range(1, 13)))
_RULES: Mapping[str, Sequence[_Rule]] = {
    "lead": [(_is_metal, "lˈɛd")],
    "bass": [(_is_music, "bˈAs")],
    "resume": [(_is_summary, "ɹˈɛzəmˌA", "ɹˈɛzjuːmˌA")],
    "read": [(_is_read_by_now, "ɹˈɛd")],
    "content": [(_is_glad, "kəntˈɛnt")],
    "minute": [(_is_tiny, "mInˈut", "mInjˈuːt")],
    "object": [(_is_objection, "əbʤˈɛkt")],
    "project": [(_is_forecast, "pɹəʤˈɛkt")],
    "bow": [(_is_bent, "bˈW")],
    "live": [
        (lambda b, a: b[-1] in _START and a[0] == "from", "lˈIv"),
        (_is_home, "lˈɪv"),
    ],
    "close": [(_is_shut, "klˈOz", "klˈQz")],
    "winds": [(_is_curving, "wˈIndz")],
    "tear": [(_is_rip, "tˈɛɹ", "tˈɛː")],
    "insert": [(_is_order, "ɪnsˈɜɹt", "ɪnsˈɜːt")],
    "polish": [(_is_order, "pˈɑlɪʃ", "pˈɒlɪʃ")],
    "abuse": [(_is_misuse, "əbjˈuz", "əbjˈuːz")],
    "learned": [(lambda b, a: b[-1] in _LEARNED_AFTER and a[0] in _SCHOLARS, "lˈɜɹnɪd", "lˈɜːnɪd")],
    "aged": [(lambda b, a: b[-1] in _OBJECTS and a[0] in _RELATIVES, "ˈAʤᵻd", "ˈAʤɪd")],
    "moped": [(lambda b, a: b[-1] in _OBJECTS, "mˈOpˌɛd", "mˈQpɛd")],
    "job": [(lambda b, a: b[-2:] == ["book", "of"], "ʤˈOb", "ʤˈQb")],
    "nice": [(_is_riviera, "nˈis", "nˈiːs")],
    "reading": [(_is_town, "ɹˈɛdɪŋ")],
    "houses": [(lambda b, a: True, "hˈWzᵻz", "hˈWzɪz")],  # made of "house" by the front end
}
"""What tells the less frequent sound of a word by those before and after it, and that sound:
American, and British where it differs."""
