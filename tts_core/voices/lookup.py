"""Looks voices and languages up in what one engine says of itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tts_core.text.language import detect_language
from tts_core.types import MULTILINGUAL, EngineInfo, Language, Voice

AUTO = "auto"
_SAME_LANGUAGE = {"zh": "cmn", "no": "nb", "iw": "he", "in": "id", "tl": "fil"}
"""Codes by which a language is asked for, and the one that engines have for it."""


def can_clone(info: EngineInfo) -> bool:
    """Return whether an engine speaks in library voices, by cloning or by voice matching."""
    return info.capabilities.library_voices


def cloning_language(info: EngineInfo, code: str) -> Language | None:
    """Return a language in which an engine speaks library voices, as `find_language` does."""
    found = find_language(info, code)
    if found and info.cloning_languages and found.code not in info.cloning_languages:
        return None
    return found


def find_voice(info: EngineInfo, name: str) -> Voice | None:
    """Return an engine's voice by id, name or alias, in that order, ignoring case."""
    wanted = name.strip().casefold()
    keys: tuple[Any, ...] = (
        lambda v: [v.id],
        lambda v: [v.name],
        lambda v: v.aliases,
    )
    for key in keys:
        for voice in info.voices:
            if wanted in (n.casefold() for n in key(voice)):
                return voice
    return None


def find_language(info: EngineInfo, code: str) -> Language | None:
    """Return a language by code ("pt-BR", "zh") or English name; without its region if need be."""
    wanted = code.strip().casefold().replace("_", "-")
    for candidate in _candidates(wanted):
        for language in info.languages:
            if candidate in (language.code.casefold(), language.name.casefold()):
                return language
    return None


def default_voice(info: EngineInfo, language: str) -> Voice:
    """Return the voice tagged "default" of a language, else its first, else the engine's first.

    Raises IndexError when the engine has none.
    """
    exact = [v for v in info.voices if language in (v.language, *codes_of(info, v))]
    related = [v for v in info.voices if base(v.language) == base(language)]
    tagged = [v for v in exact if f"default:{language}" in v.tags]
    tagged += [v for v in exact + related if "default" in v.tags]
    first = tagged + exact if base(language) == language else exact + tagged
    return [*first, *related, *info.voices][0]


def speaks(info: EngineInfo, voice: Voice, language: str) -> bool:
    """Return whether an engine's voice speaks a language, given by its code.

    A base language is spoken by all its regional voices, a regional one by its own and by those
    without a region.
    """
    if voice.language == MULTILINGUAL:
        spoken = find_language(info, language)
        return spoken is not None and spoken.code in codes_of(info, voice)
    if base(voice.language) != base(language):
        return False
    return base(language) == language.casefold() or voice.language in (language, base(language))


def language_of(info: EngineInfo, voice: Voice, text: str) -> str:
    """Return the voice's language; for a multilingual voice that of the text, else the first."""
    if voice.language != MULTILINGUAL:
        return voice.language
    spoken = find_language(info, detect_language(text, bases_of([info])))
    codes = codes_of(info, voice)
    return spoken.code if spoken is not None and spoken.code in codes else codes[0]


def spoken_by(info: EngineInfo, voice: Voice) -> str:
    """Return the languages of a voice, for an error message."""
    if voice.language != MULTILINGUAL:
        return repr(voice.language)
    return ", ".join(sorted(codes_of(info, voice)))


def codes_of(info: EngineInfo, voice: Voice) -> tuple[str, ...]:
    """Return the languages of a multilingual voice; none for other voices."""
    if voice.language != MULTILINGUAL:
        return ()
    return voice.languages or tuple(language.code for language in info.languages)


def bases_of(engines: list[EngineInfo]) -> set[str]:
    """Return the languages of some engines, with the other codes of the same language."""
    codes = {base(language.code) for info in engines for language in info.languages}
    return codes | {other for other, code in _SAME_LANGUAGE.items() if code in codes}


def base(code: str) -> str:
    """Return the language of a code without its region: "pt" for "pt-br"."""
    return code.split("-")[0].casefold()


def with_region(code: str, wanted: str) -> str:
    """Return the language that was asked for if it is a region of the language `code`, else `code`.

    "en-gb" for "en" and "en-GB"; "en" for "en" and "English".
    """
    wanted = wanted.strip().casefold().replace("_", "-")
    return wanted if "-" not in code and wanted.startswith(f"{code}-") else code


def _candidates(code: str) -> Iterator[str]:
    yield code
    if code in _SAME_LANGUAGE:
        yield _SAME_LANGUAGE[code]
    if "-" in code:
        yield from _candidates(code.split("-")[0])
