"""Attributes quoted speech to speakers by rules, as novels follow them.

The rules, in this order, for the quotations of a paragraph: a verb of speech with its subject
beside them ("…," said Anna; Anna said, "…"); a subject of the sentence before or after them (Anna
laughed. "…"); a pronoun there stands for the person of its gender who speaks in turn; and without
any, the one who speaks in turn, unless the quotation addresses that person. Elson and McKeown,
"Automatic Attribution of Quoted Speech in Literary Narrative" (AAAI 2010), describe these patterns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import regex

from tts_core.documents.casting.names import (
    AFTER_NAME_FIRST,
    AFTER_VERB_FIRST,
    BEGINNING,
    IN_SENTENCE,
    NAME,
    Names,
    pronoun_gender,
)
from tts_core.documents.casting.quotations import Quotation, quotations
from tts_core.documents.casting.words import VERBS

NARRATOR = "I"
"""The narrator as a participant of a conversation."""
_GESTURE = 100
"""Characters of a paragraph that does not interrupt a conversation."""
_LONGEST_PARAGRAPH = 20_000
"""Characters, and"""
_MOST_QUOTATIONS = 100
"""quotations of a paragraph; with more it is no conversation, and the narrator's."""
_REMEMBERED = 12
"""Persons who may be meant by a pronoun."""
_SENTENCE = regex.compile(
    r"(?<=(?<!\b(?:\p{Lu}|Mr|Mrs|Ms|Dr|St|Prof|Capt|Rev))[.!?…])\s+(?=[\p{Lu}«„“\"])"
)
_INTRODUCES = regex.compile(r"[,:–—-]\s*$")
_VERB_BEFORE = regex.compile(rf"\b(?:{VERBS})\s*$")
_SPEECH_BEFORE = regex.compile(r"(?:^|[.!?…,:;–—-]|[”\"’»«])\s*$")
_ACTS = regex.compile(r",?\s+\p{Ll}")
_DASHES = "—–―"


@dataclass(slots=True)
class Paragraph:
    """A paragraph with what is said in it."""

    text: str
    said: list[Quotation]
    speakers: list[str] = field(default_factory=list)
    """Of each quotation; "" when unknown or the narrator."""
    words: str | None = None
    """See `said_in`, which sets it."""

    def before(self, index: int) -> str:
        """Return the narration between a quotation and the one before it."""
        start = self.said[index - 1].end if index else 0
        return self.text[start : self.said[index].start]

    def after(self, index: int) -> str:
        """Return the narration between a quotation and the next one."""
        last = index + 1 == len(self.said)
        return self.text[
            self.said[index].end : len(self.text) if last else self.said[index + 1].start
        ]

    def narration(self) -> str:
        """Return all that nobody says."""
        if not self.said:
            return self.text
        parts = [self.before(index) for index in range(len(self.said))]
        return " ".join([*parts, self.after(len(self.said) - 1)])


@dataclass(frozen=True, slots=True)
class _Hint:
    """What the text beside a quotation tells of its speaker."""

    name: str = ""
    pronoun: str = ""


def paragraph_of(text: str) -> Paragraph:
    """Return a paragraph with its quotations, without words that are merely quoted."""
    if len(text) > _LONGEST_PARAGRAPH:
        return Paragraph(text, [])
    found = [q for q in quotations(text) if _is_speech(text, q)]
    return Paragraph(text, found if len(found) <= _MOST_QUOTATIONS else [])


def _is_speech(text: str, quotation: Quotation) -> bool:
    """Return whether a quotation is said: a word in the middle of a sentence is not."""
    if text[quotation.start] in _DASHES or text.lstrip()[:1] in _DASHES:
        return True
    if _SPEECH_BEFORE.search(text, max(0, quotation.start - 20), quotation.start):
        return True
    inner = text[quotation.start + 1 : quotation.end - 1].rstrip()
    if _VERB_BEFORE.search(text, max(0, quotation.start - 40), quotation.start):
        return inner[:1].isupper() and inner[-1:] in ".!?…"
    after = text[quotation.end : quotation.end + 80]
    is_told = AFTER_VERB_FIRST.match(after) or AFTER_NAME_FIRST.match(after)
    return bool(is_told and inner[-1:] in ".,!?…")


def attribute(paragraphs: Sequence[Paragraph], names: Names) -> None:
    """Set the speakers of the paragraphs of a scene."""
    hints = [
        [_hint(paragraph, i, names) for i in range(len(paragraph.said))] for paragraph in paragraphs
    ]
    _Conversation(names, paragraphs, hints).follow()


def speakers_told(paragraph: Paragraph) -> list[str]:
    """Return the names that verbs of speech give as speakers in a paragraph."""
    found: list[str] = []
    for index in range(len(paragraph.said)):
        match = _told_after(paragraph, index) or _told_before(paragraph, index)
        if match and (name := match["name"] or match["person"]):
            found.append(name)
    return found


def _told_after(paragraph: Paragraph, index: int) -> regex.Match[str] | None:
    after = paragraph.after(index)
    return AFTER_VERB_FIRST.match(after) or AFTER_NAME_FIRST.match(after)


def _told_before(paragraph: Paragraph, index: int) -> regex.Match[str] | None:
    sentences = _SENTENCE.split(paragraph.before(index))
    return IN_SENTENCE.search(sentences[-1]) if sentences else None


def _hint(paragraph: Paragraph, index: int, names: Names) -> _Hint | None:
    """Return the speaker tag beside a quotation; one with a verb of speech comes first."""
    before = paragraph.before(index)
    introduces = _INTRODUCES.search(before) or _VERB_BEFORE.search(before)
    if introduces and not (index and _told_after(paragraph, index - 1)):
        match = _told_before(paragraph, index) or _subject(before, names)
        if match:
            return _hint_of(match)
    if match := _told_after(paragraph, index):
        return _hint_of(match)
    if match := _told_before(paragraph, index):
        return _hint_of(match)
    return None


def _hint_of(match: regex.Match[str]) -> _Hint:
    return _Hint(match["name"] or match["person"] or "", match["pronoun"] or "")


def _subject(narration: str, names: Names) -> regex.Match[str] | None:
    """Return the subject of the last sentence of a narration, if it is a person."""
    sentences = [part for part in _SENTENCE.split(narration.strip()) if part]
    return _subject_of(sentences[-1], names) if sentences else None


def _subject_of(sentence: str, names: Names) -> regex.Match[str] | None:
    match = BEGINNING.match(sentence)
    if match is None or match["pronoun"]:
        return match
    if match["person"]:
        return match if names.is_known(match["person"]) else None
    # Someone who is mentioned once may act too, if what follows goes on with a verb.
    is_person = names.is_known(match["name"]) or (
        names.may_be_name(match["name"]) and _ACTS.match(sentence, match.end()) is not None
    )
    return match if is_person else None


class _Conversation:
    """Follows who speaks in turn."""

    def __init__(
        self, names: Names, paragraphs: Sequence[Paragraph], hints: Sequence[Sequence[_Hint | None]]
    ) -> None:
        self._names = names
        self._paragraphs = paragraphs
        self._hints = hints
        self._turns: list[str] = []
        """Speakers of the paragraphs before, the last one last; "" for unknown ones."""
        self._recent: list[str] = []
        """Persons who spoke or were named, the last one last."""
        self._addressed = ""
        self._goes_on = False

    def follow(self) -> None:
        """Set the speakers of all paragraphs, in order."""
        for index, paragraph in enumerate(self._paragraphs):
            if not paragraph.said:
                self._note_narration(paragraph.text)
                continue
            speakers = self._speakers(index)
            if not any(speakers):
                speakers = [self._by_turn(index)] * len(speakers)
            self._note_turn(paragraph, speakers)
            paragraph.speakers = ["" if name == NARRATOR else name for name in speakers]

    def _speakers(self, index: int) -> list[str]:
        """Return the speaker of each quotation that the paragraph itself names; "" for others."""
        paragraph, hints = self._paragraphs[index], self._hints[index]
        found = [self._person(hint, paragraph, i) if hint else "" for i, hint in enumerate(hints)]
        if not any(found):
            by_beat = self._by_beat(paragraph) or self._by_introduction(paragraph)
            if not by_beat and self._goes_on and self._turns:
                by_beat = self._turns[-1]
            return [by_beat] * len(found)
        last = next(name for name in found if name)
        for i, name in enumerate(found):
            last = name or last
            found[i] = last
        return found

    def _person(self, hint: _Hint, paragraph: Paragraph, index: int) -> str:
        if hint.name:
            return self._names.canonical(hint.name)
        return self._by_pronoun(hint.pronoun, paragraph, index)

    def _by_beat(self, paragraph: Paragraph) -> str:
        """Return the person who acts beside what is said: Anna laughed. "Yes." """
        for index in range(len(paragraph.said)):
            before = paragraph.before(index).strip()
            after = _SENTENCE.split(paragraph.after(index).strip())[0]
            for sentence in (before, after):
                match = (
                    _subject(sentence, self._names)
                    if sentence is before
                    else _subject_of(sentence, self._names)
                )
                if match is None:
                    continue
                hint = _hint_of(match)
                if person := self._person(hint, paragraph, index):
                    return person
        return ""

    def _by_introduction(self, paragraph: Paragraph) -> str:
        """Return who says their own name."""
        match = _INTRODUCES_SELF.search(said_in(paragraph))
        return self._names.canonical(match[1]) if match else ""

    def _by_pronoun(self, pronoun: str, paragraph: Paragraph, index: int) -> str:
        """Return whom a pronoun means, "" when nobody fits."""
        gender = pronoun_gender(pronoun)
        if gender == "1":
            return NARRATOR
        # A subject of the same paragraph, before it.
        told = " ".join(paragraph.before(i) for i in range(max(0, index - 9), index + 1))
        for earlier in _SENTENCE.split(told)[::-1]:
            match = BEGINNING.match(earlier)
            if match and not match["pronoun"]:
                name = match["name"] or match["person"]
                if _subject_of(earlier, self._names) and self._fits(name, gender):
                    return self._names.canonical(name)
        return self._in_turn(gender, paragraph)

    def _fits(self, name: str, gender: str) -> bool:
        return self._names.gender(self._names.canonical(name)) in ("", gender)

    def _in_turn(self, gender: str, paragraph: Paragraph) -> str:
        """Return the person of a gender whose turn it is."""
        said = said_in(paragraph)
        candidates = [name for name in self._candidates() if not self._addresses(said, name)]
        certain = [name for name in candidates if self._names.gender(name) == gender]
        possible = [name for name in candidates if not self._names.gender(name)]
        previous = self._turns[-1] if self._turns else ""
        for group in (certain, possible):
            others = [name for name in group if name not in (previous, NARRATOR)]
            if others:
                self._names.genders.setdefault(others[0], gender)
                return others[0]
        if previous in certain or (previous in possible and previous != NARRATOR):
            return previous
        return ""

    def _candidates(self) -> list[str]:
        """Return who may speak: by turn, then by when they spoke or were named last."""
        in_turn = [name for name in self._turns[-2:-1] if name]
        ordered = [*in_turn, *reversed(self._recent)]
        return list(dict.fromkeys(ordered))

    def _by_turn(self, index: int) -> str:
        """Return whose turn it is in a paragraph that tells nothing of its speaker."""
        paragraph = self._paragraphs[index]
        said = said_in(paragraph)
        previous = self._turns[-1] if self._turns else ""
        if previous:
            if self._addressed and self._addressed != previous:
                return self._addressed
            for name in self._candidates():
                if name != previous and not self._addresses(said, name):
                    return name
        return self._from_what_follows(index, previous)

    def _from_what_follows(self, index: int, previous: str) -> str:
        """Return the speaker two paragraphs on, if only one other speaks between."""
        following: list[str] = []
        for offset in (1, 2):
            if index + offset >= len(self._paragraphs):
                return ""
            hints = self._hints[index + offset]
            named = next((hint.name for hint in hints if hint and hint.name), "")
            following.append(self._names.canonical(named) if named else "")
            if not self._paragraphs[index + offset].said:
                return ""
            if offset == 1 and previous and following[0] and following[0] != previous:
                return following[0]
        return following[1] if following[1] != following[0] else ""

    def _addresses(self, said: str, name: str) -> bool:
        """Return whether a person is spoken to: "Come here, Anna." """
        if name == NARRATOR or name.casefold() not in said.casefold():
            last = name.split()[-1] if name else ""
            if not last or last not in said:
                return False
        return any(self._names.canonical(match) == name for match in vocatives(said))

    def _note_narration(self, text: str) -> None:
        """Note a paragraph in which nobody speaks.

        If it is short, a person who acts in it takes a turn by that: Anna shook her head.
        """
        self._addressed, self._goes_on = "", False
        match = _subject_of(text, self._names) if len(text) <= _GESTURE else None
        if match and (name := match["name"] or match["person"]):
            self._turns.append(self._names.canonical(name))
        elif len(text) > _GESTURE or match or self._names.mentioned(text):
            self._turns.clear()
        self._note_mentions(text)

    def _note_turn(self, paragraph: Paragraph, speakers: Sequence[str]) -> None:
        self._note_mentions(paragraph.narration())
        for name in speakers:
            self._note(name)
        self._turns.append(speakers[-1])
        self._goes_on = paragraph.said[-1].is_open
        addressed = (self._names.canonical(name) for name in vocatives(said_in(paragraph)))
        known = [name for name in addressed if name in self._recent and name != speakers[-1]]
        self._addressed = known[-1] if known else ""

    def _note_mentions(self, text: str) -> None:
        for name in self._names.mentioned(text):
            self._note(name)

    def _note(self, name: str) -> None:
        if name:
            if name in self._recent:
                self._recent.remove(name)
            self._recent.append(name)
            del self._recent[:-_REMEMBERED]


_VOCATIVE = regex.compile(
    r"(?:^|[,.!?…]\s*(?:my\s+|dear\s+)*|(?:^|\s)(?:[Yy]es|[Nn]o|[Oo]h|[Tt]hank you|[Dd]ear)\s)"
    r"((?:\p{Lu}[\p{L}]*\.?\s+)?\p{Lu}[\p{L}'’-]*)(?=\s*[,.!?…]|\s*$)"
)


_INTRODUCES_SELF = regex.compile(
    r"\b(?:I'm|I’m|I am|[Mm]y name is|[Mm]y name's|[Ii]ch bin|[Ii]ch heiße|[Jj]e m'appelle"
    r"|[Jj]e m’appelle|[Mm]e llamo)\s+"
    rf"({NAME})(?=[.,!?])"
)


def vocatives(said: str) -> list[str]:
    """Return the names that stand alone between punctuation, as in an address."""
    return [match[1] for match in _VOCATIVE.finditer(said)]


def said_in(paragraph: Paragraph) -> str:
    """Return what is said in a paragraph, without quotation marks."""
    if paragraph.words is None:
        marks = '“”"„‟‘’«»‹›「」『』—–― '
        found = (paragraph.text[q.start : q.end].strip(marks) for q in paragraph.said)
        paragraph.words = " ".join(found)
    return paragraph.words
