"""What a text's markup makes of its runs, and what the engine makes of the markup."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from tts_core.errors import TTSError
from tts_core.events import HonouredMarkup
from tts_core.synthesis.foreign import Run, in_language, language_name
from tts_core.text.directions.model import Directions, Effect, Element, Gap, Manner
from tts_core.text.directions.say_as import override_of
from tts_core.text.reading.assembly import Source
from tts_core.text.reading.override import Override, merged
from tts_core.types import EngineInfo, Pause, SpeechRequest
from tts_core.voices.catalog import Choice, VoiceCatalog
from tts_core.voices.lookup import AUTO, base, find_language, voices_for

_MARKS = re.compile(r"[,.;:!?…)\]\"”’»]{1,9}(?=\s|\Z)|[、，；：。！？」』）]{1,9}")
_NEAR = 20
"""Code points before a border in which the mark of a sentence or a clause is looked for."""
_ORDER = list(Pause)

MOST_COMPARED = 24
"""Voices and languages in a text up to which another engine is looked for that has more of them:
each is looked up in each engine."""


class _Who(NamedTuple):
    """What markup says of who speaks, in which language."""

    language: str
    voice: str
    gender: str


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What became of a wish for a voice and a language: notes say why not, or how nearly."""

    choice: Choice
    has_voice: bool = True
    voice_note: str = ""
    has_language: bool = True
    language_note: str = ""


def _who(manner: Manner) -> _Who:
    return _Who(manner.language, manner.voice, manner.gender)


class DirectedText:
    """A text with its markup, and the choices made for it."""

    def __init__(
        self,
        directions: Directions,
        catalog: VoiceCatalog,
        voice_meant: Callable[[str], str] = str,
    ) -> None:
        """`voice_meant`: returns what a voice's name stands for."""
        self.directions = directions
        self._catalog = catalog
        self._voice_meant = voice_meant
        self._outcomes: dict[tuple[_Who, str, str, str], _Outcome] = {}
        self._of_element: dict[_Who, _Outcome] = {}
        """The outcome that is reported: that of the first run of its kind."""
        self._overrides: dict[str, tuple[Override, ...]] = {}
        """By language."""
        self._as_written: set[int] = set()
        """Elements with another reading that the language does not have."""

    @property
    def wishes(self) -> set[_Who]:
        """Return the voices and languages that the markup asks for."""
        return {_who(e.manner) for e in self.directions.elements} - {_Who("", "", "")}

    @property
    def is_plain(self) -> bool:
        """Return whether the text has no markup, so that all of it is spoken in one way."""
        found = self.directions
        return not (found.elements or found.changes or found.gaps or found.is_ssml)

    @property
    def warnings(self) -> list[str]:
        """Return what to warn of besides the report: what is malformed, and who cannot speak.

        Valid once the runs are known.
        """
        outcomes = self._of_element.values()
        found = [o.voice_note for o in outcomes if not o.has_voice]
        found += [o.language_note for o in outcomes if not o.has_language]
        return [*self.directions.warnings, *dict.fromkeys(found)]

    def best_choice(self, choice: Choice, text: str, *, free: bool) -> Choice:
        """Return the choice with which most voices and languages of the markup can be honored.

        `free`: whether it may be another engine's.
        """
        wishes = self.wishes
        if not (free and 0 < len(wishes) <= MOST_COMPARED):
            return choice
        best, most = choice, self._count(wishes, choice)
        for info in self._catalog.usable(AUTO):
            if most == len(wishes):
                break
            if info is choice.engine or not info.voices:
                continue
            if find_language(info, base(choice.language)) is None:
                continue
            other = self._catalog.choose(info.name, "default", choice.language, text)
            if (count := self._count(wishes, other)) > most:
                best, most = other, count
        return best

    def _count(self, wishes: set[_Who], choice: Choice) -> int:
        outcomes = [self._outcome(who, choice) for who in wishes]
        return sum(outcome.has_voice and outcome.has_language for outcome in outcomes)

    def runs(self, source: Source, runs: Sequence[Run]) -> list[Run]:
        """Return the runs of a text, cut where the markup changes something."""
        directions = self.directions
        if not (directions.changes or directions.gaps):
            return list(runs)
        text = source.text
        gaps: dict[int, list[Gap]] = {}
        for gap in directions.gaps:
            gaps.setdefault(_border(source, gap.at), []).append(gap)
        changes = [(_border(source, change.at), change.manner) for change in directions.changes]
        borders = {*gaps, *(at for at, _ in changes), *(run.end for run in runs)} - {0}
        found: list[Run] = []
        number, manner, run = 0, Manner(), 0
        for start, end in pairwise([0, *sorted(borders)]):
            while number < len(changes) and changes[number][0] <= start:
                manner = changes[number][1]
                number += 1
            while runs[run].end <= start:
                run += 1
            part = self._part(runs[run], start, end, manner)
            if end < runs[run].end or end in gaps:
                part = replace(part, pause=_usual_pause(text, end))
            if found and start not in gaps and _sounds_alike(found[-1], part):
                part = replace(part, start=found.pop().start)
            found.append(_with_gaps(part, gaps.get(end, ())))
        return found

    def leading_silence(self, source: Source) -> float:
        """Return how many seconds of silence the markup asks for before the text."""
        at_start = (gap for gap in self.directions.gaps if _border(source, gap.at) == 0)
        return sum(gap.seconds or 0.0 for gap in at_start)

    def _part(self, run: Run, start: int, end: int, manner: Manner) -> Run:
        who = _who(manner)
        choice = run.choice
        if who != _Who("", "", ""):
            outcome = self._outcome(who, run.choice)
            self._of_element.setdefault(who, outcome)
            choice = outcome.choice
        return Run(start, end, choice, manner.rate, manner.pitch, manner.volume)

    def overrides(self, source: Source, run: Run) -> Sequence[Override]:
        """Return how parts of a run are spoken in its language, by the markup."""
        if not (self.directions.overrides or self.directions.say_as):
            return ()
        language = run.choice.language
        if language not in self._overrides:
            self._overrides[language] = self._all_overrides(source, language)
        first, last = source.span(run.start, run.end)
        found = self._overrides[language]
        return found[bisect_left(found, (first,)) : bisect_left(found, (last,))]

    def _all_overrides(self, source: Source, language: str) -> tuple[Override, ...]:
        found = list(self.directions.overrides)
        for wanted in self.directions.say_as:
            written = source.cleaned(wanted.start, wanted.end)
            if (override := override_of(wanted, written, language)) is None:
                self._as_written.add(wanted.number)
            else:
                found.append(override)
        return merged(found)

    def report(self, engine: EngineInfo, request: SpeechRequest) -> list[HonouredMarkup]:
        """Return what an engine makes of the markup. `engine`: the chosen one, or a fallback."""
        return [
            HonouredMarkup(element.name, element.offset, honoured, note)
            for number, element in enumerate(self.directions.elements)
            for honoured, note in [self._judged(number, element, engine, request)]
        ]

    def _judged(
        self, number: int, element: Element, engine: EngineInfo, request: SpeechRequest
    ) -> tuple[bool, str]:
        results = [self._effect(e, number, element, engine, request) for e in element.effects]
        notes = [element.note, *(note for _, note in results)]
        return any(ok for ok, _ in results), " ".join(note for note in notes if note)

    def _effect(
        self,
        effect: Effect,
        number: int,
        element: Element,
        engine: EngineInfo,
        request: SpeechRequest,
    ) -> tuple[bool, str]:
        """Return whether an engine has an effect, and a note."""
        manner = element.manner
        match effect:
            case Effect.RATE:
                wanted = request.speed * manner.rate
                return _within("speed", wanted, engine.speed_range, engine)
            case Effect.PITCH:
                wanted = request.pitch * manner.pitch
                return _within("pitch", wanted, engine.pitch_range, engine)
            case Effect.PHONEMES if not engine.capabilities.phonemes:
                return False, f"{engine.label} reads the word by its spelling."
            case Effect.SPOKEN if number in self._as_written:
                return False, "It cannot be read in this way, and is read as without markup."
            case Effect.VOICE | Effect.LANGUAGE:
                outcome = self._of_element.get(_who(manner))
                if outcome is None:
                    return False, "There is nothing to speak in it."
                if outcome.choice.engine.name != engine.name:
                    return False, f"{engine.label} took over, and speaks all in one voice."
                if effect is Effect.VOICE:
                    return outcome.has_voice, outcome.voice_note
                return outcome.has_language, outcome.language_note
        return True, ""

    def _outcome(self, who: _Who, choice: Choice) -> _Outcome:
        """Return what becomes of a wish where a choice would speak otherwise."""
        key = who, choice.engine.name, choice.voice.id, choice.language
        if key not in self._outcomes:
            self._outcomes[key] = self._decided(who, choice)
        return self._outcomes[key]

    def _decided(self, who: _Who, choice: Choice) -> _Outcome:
        outcome = _Outcome(choice)
        if who.voice:
            outcome = self._named(who, choice)
            if outcome.has_voice and not who.language:
                return outcome
        if who.language and not (who.voice and outcome.has_voice):
            found, has, note = self._in_language(who.language, outcome.choice)
            outcome = replace(outcome, choice=found, has_language=has, language_note=note)
        if who.gender and not who.voice:
            found, has, note = _of_gender(who.gender, outcome.choice)
            outcome = replace(outcome, choice=found, has_voice=has, voice_note=note)
        return outcome

    def _named(self, who: _Who, choice: Choice) -> _Outcome:
        engine, wanted = choice.engine, self._voice_meant(who.voice)
        failure = ""
        for language in dict.fromkeys((who.language or AUTO, AUTO)):
            try:
                found = self._catalog.choose(engine.name, wanted, language, "")
            except TTSError as error:
                failure = failure or str(error)
                continue
            kept = language == AUTO and bool(who.language)
            note = f"{found.voice.name} does not speak {who.language}." if kept else ""
            if not who.language and find_language(engine, choice.language) is not None:
                found = self._still(found, wanted, choice)
            return _Outcome(found, has_language=not kept, language_note=note)
        try:
            other = self._catalog.choose(AUTO, wanted, AUTO, "")
        except TTSError:
            return _Outcome(choice, has_voice=False, voice_note=failure)
        note = (
            f"{other.voice.name} is a voice of {other.engine.label}, and {engine.label} speaks "
            f"this text; {choice.voice.name} speaks instead. Choose engine={other.engine.name}."
        )
        return _Outcome(choice, has_voice=False, voice_note=note)

    def _still(self, found: Choice, voice: str, choice: Choice) -> Choice:
        """Return how a voice speaks the language of the text around it, if it does."""
        try:
            return self._catalog.choose(choice.engine.name, voice, choice.language, "")
        except TTSError:
            return found

    def _in_language(self, language: str, choice: Choice) -> tuple[Choice, bool, str]:
        """Return who speaks a language, whether it is spoken, and a note."""
        spoken = find_language(choice.engine, language)
        if spoken is not None and (
            spoken.code == choice.language or base(choice.language) == language.casefold()
        ):
            return choice, True, ""
        found = in_language(choice, language, self._catalog)
        name = language_name(choice.engine, language)
        if found is None:
            own = language_name(choice.engine, choice.language)
            note = f"{choice.engine.label} has no voice for {name}; it is read as {own}."
            return choice, False, note
        if found.voice.id == choice.voice.id:
            return found, True, ""
        return found, True, f"Another voice speaks it: {found.voice.name}."


def _of_gender(gender: str, choice: Choice) -> tuple[Choice, bool, str]:
    """Return who of a gender speaks, whether there is one, and a note."""
    if choice.voice.gender == gender:
        return choice, True, ""
    engine = choice.engine
    for voice in voices_for(engine, choice.language, gender):
        return replace(choice, voice=voice), True, f"Another voice speaks it: {voice.name}."
    if engine.variants.get(gender):
        options = {**choice.options, "variant": engine.variants[gender][0]}
        return replace(choice, options=options), True, "The voice is varied."
    note = f"{engine.label} has no {gender} voice for this language; {choice.voice.name} speaks."
    return choice, False, note


def _within(
    name: str, wanted: float, bounds: tuple[float, float], engine: EngineInfo
) -> tuple[bool, str]:
    """Return whether an engine can change something, and a note where it cannot do so fully."""
    low, high = bounds
    if low == high:
        return wanted == low, "" if wanted == low else f"{engine.label} cannot change its {name}."
    used = min(max(wanted, low), high)
    if abs(used - wanted) < 1e-9:
        return True, ""
    return True, f"{engine.label} supports a {name} of {low:g} to {high:g}; {used:g} was used."


def _border(source: Source, written: int) -> int:
    """Return where to cut a text at a place in the written one: after the marks that follow."""
    place = source.index_of(written)
    marks = _MARKS.match(source.text, place)
    before = source.text[place - 1 : place]
    return marks.end() if marks and before and not before.isspace() else place


def _sounds_alike(run: Run, other: Run) -> bool:
    return replace(run, start=0, end=0, pause=other.pause) == replace(other, start=0, end=0)


def _usual_pause(text: str, place: int) -> Pause:
    """Return the pause that the punctuation before a place in a text asks for."""
    before = text[max(0, place - _NEAR) : place]
    bare, after = before.rstrip(), text[place : place + _NEAR]
    spaces = before[len(bare) :] + after[: len(after) - len(after.lstrip())]
    if spaces.count("\n") > 1:
        return Pause.PARAGRAPH
    mark = bare.rstrip("\"'”’»)]*_」』）")[-1:]
    if mark in tuple(".!?…。！？।؟") or "\n" in spaces or place == len(text):
        return Pause.SENTENCE
    return Pause.CLAUSE if mark in tuple(",;:—–、，；：،؛") else Pause.NONE


def _with_gaps(run: Run, gaps: Sequence[Gap]) -> Run:
    """Return a run with the pause that markup asks for after it."""
    kinds = [gap.pause for gap in gaps if gap.pause is not None]
    exact = [gap.seconds for gap in gaps if gap.seconds is not None]
    if kinds:
        run = replace(run, pause=max(kinds, key=_ORDER.index))
    return replace(run, silence=sum(exact)) if exact else run
