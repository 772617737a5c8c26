"""Looks voices and languages up in what one engine says of itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tts_core.engines.blends import HEAVIEST, MOST_VOICES, blend_name, parse_blend
from tts_core.errors import ValidationError
from tts_core.text.language import detect_language, is_written_in
from tts_core.types import MULTILINGUAL, EngineInfo, Language, Voice
from tts_core.validation import shown

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


def is_blend(info: EngineInfo, name: str) -> bool:
    """Return whether a name means a blend of an engine's voices, though it may not have them all.

    It does if the first one is the engine's: in other names a variant follows the "+". Raises
    ValidationError for a blend that is not well-formed.
    """
    first, plus, _ = name.partition("+")
    first = first.partition("(")[0].strip()
    if not plus or not info.capabilities.blending:
        return False
    downloadable = (voice.casefold() for voice in info.downloadable_voices)
    if find_voice(info, first) is None and first.casefold() not in downloadable:
        return False
    if parse_blend(name) is None:
        raise ValidationError(
            f"{shown(name)!r} is no blend of voices. Join at most {MOST_VOICES} by +, each with a "
            f"weight above 0 and at most {HEAVIEST:g}, or none: {first}(2)+{first}(1).",
            "voice",
        )
    return True


def find_blend(info: EngineInfo, name: str) -> Voice | None:
    """Return the voice that a blend of an engine's voices stands for; None if `name` is none.

    Its language is that of the heaviest one, among equals the first.
    """
    weights = _weights(info, name)
    if len(weights) < 2:
        return next(iter(weights), None)
    heaviest = max(weights, key=lambda voice: weights[voice])
    blend = blend_name([(voice.id, weight) for voice, weight in weights.items()])
    genders = {voice.gender for voice in weights}
    return Voice(
        blend, blend, info.name, heaviest.language, genders.pop() if len(genders) == 1 else ""
    )


def blend_shares(info: EngineInfo, name: str) -> dict[Voice, float]:
    """Return the voices of a blend with their shares, whose sum is 1; none if `name` is none."""
    weights = _weights(info, name)
    total = sum(weights.values())
    return {voice: weight / total for voice, weight in weights.items()}


def _weights(info: EngineInfo, name: str) -> dict[Voice, float]:
    """Return the voices of a blend with their weights; none if the engine has not all of them."""
    parts = parse_blend(name) if info.capabilities.blending else None
    weights: dict[Voice, float] = {}
    for part, weight in parts or ():
        if (voice := find_voice(info, part)) is None:
            return {}
        weights[voice] = weights.get(voice, 0) + weight
    return weights


def find_language(info: EngineInfo, code: str) -> Language | None:
    """Return a language by code ("pt-BR", "zh") or English name; without its region if need be."""
    wanted = code.strip().casefold().replace("_", "-")
    for candidate in _candidates(wanted):
        for language in info.languages:
            if candidate in (language.code.casefold(), language.name.casefold()):
                return language
    return None


def default_voice(info: EngineInfo, language: str) -> Voice:
    """Return the voice of a language that an engine prefers, else its first for the language.

    An engine prefers the voices tagged "default:fr", then those tagged "default". Its last resort
    are voices whose own language is another. Raises ValueError when it has no voice.
    """

    def rank(voice: Voice) -> tuple[bool, ...]:
        native = base(voice.language) == base(language)
        exact = language in (voice.language, *codes_of(info, voice))
        named, tagged = f"default:{language}" in voice.tags, "default" in voice.tags
        foreign = not (native or exact)
        if base(language) == language:
            return foreign, not named, not tagged, not exact
        return foreign, not exact, not named, not tagged

    return min(info.voices, key=rank)


def voices_for(info: EngineInfo, language: str, gender: str | None = None) -> list[Voice]:
    """Return an engine's voices that speak a language, if there are any its own ones only.

    `gender`: as in `Voice`; None: any.
    """
    able = [v for v in info.voices if gender in (None, v.gender) and speaks(info, v, language)]
    return [v for v in able if is_native(info, v, language)] or able


def speaks(info: EngineInfo, voice: Voice, language: str) -> bool:
    """Return whether an engine's voice speaks a language, given by its code, as a native or not."""
    if is_native(info, voice, language):
        return True
    found = find_language(info, language) if info.foreign_voices else None
    if found is None:
        return False
    if language.casefold() in (found.code, base(language)):
        return True
    # Another region of it: where the engine tells regions apart, that is another language.
    return not any(x.code.startswith(f"{base(found.code)}-") for x in info.languages)


def is_native(info: EngineInfo, voice: Voice, language: str) -> bool:
    """Return whether a language, given by its code, is a voice's own.

    A base language is that of all its regional voices, a regional one that of its own voices and
    of those without a region.
    """
    if voice.language == MULTILINGUAL:
        spoken = find_language(info, language)
        return spoken is not None and spoken.code in codes_of(info, voice)
    if base(voice.language) != base(language):
        return False
    return base(language) == language.casefold() or voice.language in (language, base(language))


def language_of(info: EngineInfo, voice: Voice, text: str) -> str:
    """Return the language in which a voice speaks a text, where a request does not name one.

    It is the voice's own. A multilingual voice speaks that of the text, else its first; and so
    does a voice that may speak foreign languages when its own has other letters.
    """
    own = codes_of(info, voice) or (voice.language,)
    if len(own) == 1 and (not info.foreign_voices or is_written_in(text, base(own[0]))):
        return own[0]
    spoken = find_language(info, detect_language(text, bases_of([info])))
    if spoken is not None and (spoken.code in own or speaks(info, voice, spoken.code)):
        return spoken.code
    return own[0]


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


def spoken_code(info: EngineInfo, language: str, *, regional: bool = True) -> str | None:
    """Return the code of a language that an engine speaks, however it is asked for; else None.

    `regional`: whether a region that was asked for is kept, although the engine does not list it.
    """
    spoken = find_language(info, language)
    if spoken is None:
        return None
    return with_region(spoken.code, language) if regional else spoken.code


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
