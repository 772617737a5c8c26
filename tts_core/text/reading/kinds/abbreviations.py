"""Abbreviations with a full stop ("Dr.", "z. B.", "No. 5") and initials ("U.S.A.", "J. Smith")."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from tts_core.text.reading.language import Language
from tts_core.text.reading.rule import Place, Rule, any_of, following, rule

_NUMBER = regex.compile(r"[ \u00a0]?[#(]?(?:\d|[IVXLC]{2,}\b|[IVXLC]\b(?! \p{Ll}))")


def rules(language: Language) -> Iterator[Rule]:
    """Yield the rules of abbreviations, the longest first."""
    written = {key for key in language.abbreviations if not key.endswith("!")}
    dotted = [key for key in written if "." in key]
    words = [*written, *(key.replace(".", ". ", count) for key in dotted for count in (1, -1))]
    if written:
        then, spaced = following(words, ".")
        yield rule(
            "abbreviation",
            "letter",
            rf"(?<![\p{{L}}\p{{M}}\p{{N}}.])(?P<word>(?i:{any_of(words)}))"
            r"\.(?!\p{L})",
            lambda place: _expanded(language, place),
            then=then,
            words=words,
            spaced=spaced,
        )
    bare = {key.rstrip("!") for key in language.abbreviations if key.endswith("!")}
    if bare:
        yield rule(
            "abbreviation",
            "letter",
            rf"(?<![\p{{L}}\p{{M}}\p{{N}}.])(?P<word>{any_of(bare)})(?:(?<=[°º.])|(?![\p{{N}}]))(?![\p{{L}}\p{{M}}.'’])",
            lambda place: _bare(language, place),
            words=bare,
        )
    yield rule(
        "initialism",
        "letter",
        r"(?<![\p{L}\p{M}\p{N}.])\p{Lu}(?:\.[ ]?\p{Lu}){1,7}\.(?!\p{L})(?P<s>['’]s)?|"
        r"(?<![\p{L}\p{M}\p{N}.])\p{Lu}(?:\.\p{Lu}){1,7}(?![\p{L}.])",
        lambda place: _initials(language, place),
        then=".",
    )


def _expanded(language: Language, place: Place) -> str | None:
    word = place["word"].replace(" ", "")
    known = language.abbreviation(word, place)
    if known is None:
        return None
    follows = language.sentence_follows(place)
    is_initialism = len(word) > 1 and word.isalpha() and word.isupper()
    if is_initialism and follows and word not in language.abbreviations:
        return None  # the name of something: "of the CF."
    if known.before_number and not _NUMBER.match(place.source, place.end):
        return None
    spoken = known.spoken or word
    if known.often_ends and not follows:
        follows = (place.after(1) or [""])[0][:1].isupper()
    return f"{spoken}." if known.ends and follows else spoken


def _bare(language: Language, place: Place) -> str | None:
    known = language.abbreviation(f"{place['word']}!", place)
    if known is None:
        return None
    if known.before_number and not place.source[place.end : place.end + 2].lstrip()[:1].isdecimal():
        return None
    return known.spoken


def _initials(language: Language, place: Place) -> str | None:
    """Read "U.S.A." as "USA"; leave the initials of a person as they are."""
    letters = "".join(character for character in place.text if character.isupper())
    follows = language.sentence_follows(place)
    name = (place.after(1) or [""])[0].rstrip(".")
    is_person = place.next == " " and len(name) > 1 and name[0].isupper()
    if " " in place.text or (is_person and not follows and letters not in language.initialisms):
        return None
    spoken = language.letters(letters) + place["s"]
    return f"{spoken}." if place.text.endswith(".") and follows else spoken
