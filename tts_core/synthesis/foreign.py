"""Who speaks sentences that are in another language than the rest of their text."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from tts_core.errors import UnknownNameError
from tts_core.text.language import sentence_languages
from tts_core.types import MULTILINGUAL, EngineInfo, Pause
from tts_core.voices.catalog import Choice, VoiceCatalog
from tts_core.voices.lookup import AUTO, base, find_language

_MOST = 20_000
"""Code points in which foreign sentences are looked for: a third of a millisecond for each."""
_SAME = {"cmn": "zh"}


@dataclass(frozen=True, slots=True)
class Run:
    """A part of a cleaned text that is spoken in one way."""

    start: int
    end: int
    choice: Choice
    rate: float = 1.0
    """Factor on the request's speed."""
    pitch: float = 1.0
    """Factor on the request's pitch."""
    volume: float = 1.0
    """Factor on the amplitude."""
    pause: Pause = Pause.SENTENCE
    """The pause after it."""
    silence: float | None = None
    """Exactly so many seconds of silence after it instead."""


@dataclass(frozen=True, slots=True)
class Runs:
    """The runs of a text, which together are the text, and what to tell the caller."""

    choice: Choice
    """Who speaks what is in the text's own language."""
    runs: Sequence[Run]
    warnings: Sequence[str]


def whole(text: str, choice: Choice) -> Runs:
    """Return a text as one run."""
    return Runs(choice, [Run(0, len(text), choice)], [])


def find_foreign(text: str, choice: Choice) -> Runs:
    """Return a text as one run, with a warning that names the languages of foreign sentences."""
    found = {language for _, _, language in _parts(text, choice) if language}
    told = [
        f"Some of the text seems to be {language_name(choice.engine, language)}, and is read as "
        f"{language_name(choice.engine, choice.language)}. With foreign=switch it gets a voice of "
        "its own."
        for language in sorted(found)
    ]
    return Runs(choice, [Run(0, len(text), choice)], told)


def switch_voices(text: str, choice: Choice, catalog: VoiceCatalog, *, free: bool) -> Runs:
    """Return the runs of a text, each spoken by a voice of its language.

    `free`: whether another engine may speak the text, if it speaks more of its languages. What no
    voice speaks stays with the choice, and a warning says so.
    """
    parts = list(_parts(text, choice))
    languages = {language for _, _, language in parts if language}
    if not languages:
        return whole(text, choice)
    if free:
        choice = _most_languages(choice, languages, catalog, text)
    voices: dict[str, Choice | None] = {
        language: in_language(choice, language, catalog) for language in sorted(languages)
    }
    told = [
        f"{choice.engine.label} has no voice for {language_name(choice.engine, language)}, which "
        "some of the text seems to be; it is read as "
        f"{language_name(choice.engine, choice.language)}."
        for language, voice in voices.items()
        if voice is None
    ]
    runs: list[Run] = []
    for start, end, language in parts:
        spoken = (voices[language] if language else None) or choice
        if runs and runs[-1].choice == spoken:
            runs[-1] = Run(runs[-1].start, end, spoken)
        else:
            runs.append(Run(start, end, spoken))
    return Runs(choice, runs, told)


def _parts(text: str, choice: Choice) -> Iterator[tuple[int, int, str]]:
    """Yield the parts of a text with their languages; "" for the one that was chosen."""
    own = _code(choice.language)
    end = 0
    for start, end, language in sentence_languages(text[:_MOST], choice.language):
        yield start, end, "" if _code(language) == own else language
    if end < len(text):
        yield end, len(text), ""


def _code(language: str) -> str:
    return _SAME.get(base(language), base(language))


def in_language(choice: Choice, language: str, catalog: VoiceCatalog) -> Choice | None:
    """Return how the engine of a choice speaks another language; None if it does not."""
    spoken = find_language(choice.engine, language)
    if spoken is None:
        return None
    if choice.voice.language == MULTILINGUAL:
        return replace(choice, language=spoken.code)
    try:
        return catalog.replacement_for(choice.engine.name, spoken.code, choice.voice)
    except UnknownNameError:
        return None


def _most_languages(
    choice: Choice, languages: Collection[str], catalog: VoiceCatalog, text: str
) -> Choice:
    """Return the choice, or that of the best engine that speaks more of the languages."""

    def spoken(info: EngineInfo) -> int:
        return sum(find_language(info, language) is not None for language in languages)

    best = choice.engine
    for info in catalog.usable(AUTO):
        own = find_language(info, base(choice.language))
        if info.voices and own is not None and spoken(info) > spoken(best):
            best = info
    if best is choice.engine:
        return choice
    return catalog.choose(best.name, "default", choice.language, text)


def language_name(engine: EngineInfo, code: str) -> str:
    """Return a language's name in English."""
    import babel

    found = find_language(engine, code)
    if found is not None:
        return found.name.partition(" (")[0]
    try:
        return babel.Locale.parse(code, sep="-").get_language_name("en") or code
    except (ValueError, babel.UnknownLocaleError):
        return code
