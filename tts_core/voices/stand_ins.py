"""Voices by which other services' names are spoken: a voice of that name, or a similar one."""

from __future__ import annotations

from dataclasses import replace

from tts_core.errors import UnknownNameError
from tts_core.text.language import detect_language
from tts_core.types import MULTILINGUAL, SpeechRequest, StandIn
from tts_core.validation import shown
from tts_core.voices.catalog import Choice, VoiceCatalog
from tts_core.voices.lookup import AUTO, base, bases_of, find_language, voices_for


def named_or_similar(
    catalog: VoiceCatalog, request: SpeechRequest, who: StandIn, text: str
) -> Choice:
    """Return the voice of the name that a request has, or one of the gender of `who` instead.

    The voice of that name speaks the language of the text, if its engine lets it. Voices of two
    genders are never the same. Raises as `VoiceCatalog.choose` does, also UnknownNameError for an
    engine whose voices are all of the other gender.
    """
    asked = request.language.strip().casefold()
    language = who.language if asked in ("", AUTO) else asked
    requested = shown(request.voice)
    try:
        named = catalog.choose(request.engine, request.voice, request.language, text)
    except UnknownNameError as error:
        if error.field != "voice":
            raise
        reason = f"There is no voice {requested!r} here"
    else:
        spoken = _spoken(catalog, named, request.engine, language, text)
        if spoken is not None:
            return replace(named, language=spoken)
        reason = f"The voice {requested!r} does not speak the language of the text"
    choice = similar(catalog, request.engine, who, language, text)
    name = "+".join((choice.voice.id, *choice.options.values()))
    reason = f"{reason}; {name} of {choice.engine.label} speaks instead."
    return replace(choice, fallback={"from": requested, "to": name, "reason": reason})


def _spoken(
    catalog: VoiceCatalog, named: Choice, engine: str, language: str, text: str
) -> str | None:
    """Return the language in which a voice speaks in the name of one that speaks any language.

    Return None if that is the text's, and the voice does not speak it.
    """
    info, voice = named.engine, named.voice
    if language != AUTO or not info.foreign_voices or voice.language == MULTILINGUAL:
        return named.language
    found = find_language(info, detect_language(text, bases_of(catalog.usable(engine))))
    if found is None:
        return None
    return voice.language if base(found.code) == base(voice.language) else found.code


def similar(catalog: VoiceCatalog, engine: str, who: StandIn, language: str, text: str) -> Choice:
    """Return a voice of a gender, of the best engine that has any for a language.

    `engine`, `language`: as in requests. Raises as `named_or_similar` does.
    """
    first = catalog.choose(engine, "default", language, text)
    info = catalog.preferred(catalog.usable(engine), first.language, who.gender)
    if info is None:
        return _of_no_gender(first, who)
    choice = catalog.choose(info.name, "default", first.language, text)
    if variants := info.variants.get(who.gender):
        variant = variants[who.number % len(variants)]
        return replace(choice, options={"variant": variant} if variant else {})
    voices = voices_for(info, choice.language, who.gender)
    voice = voices[who.number % len(voices)]
    if voice != choice.voice and base(voice.language) == choice.language:
        return replace(choice, voice=voice, language=voice.language)  # with its region
    return replace(choice, voice=voice)


def _of_no_gender(first: Choice, who: StandIn) -> Choice:
    """Return one of the voices that do not tell their gender, others for women than for men."""
    voices = voices_for(first.engine, first.language, "")
    if not voices:
        raise UnknownNameError(
            f"{first.engine.label} has no {who.gender} voice for this language. Name one of its "
            "voices, or another engine.",
            "voice",
        )
    half = voices[who.gender == "male" :: 2] or voices
    return replace(first, voice=half[who.number % len(half)])
