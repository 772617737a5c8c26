"""Choices of the page's dropdowns: pairs of a label and a value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tts_core.service import SpeechService
from tts_core.types import MULTILINGUAL, EngineInfo, Language, Voice
from tts_core.voices.lookup import (
    base,
    can_clone,
    cloning_language,
    find_blend,
    find_language,
    is_native,
    speaks,
)
from tts_core.web.ui.native_names import NATIVE_NAMES

Choices = list[tuple[str, str]]

AUTO = "auto"
DEFAULT_VOICE = "default"
ANY_GENDER = "any"
GENDERS: Choices = [("Any", ANY_GENDER), ("Female", "female"), ("Male", "male")]
ANY_LANGUAGE = "Any language"
"""Label of the language of a recording that names none."""
VOICE_MATCH = "Voice match (timbre and pitch), not a clone"


def ready_engines(service: SpeechService, chosen: str = AUTO) -> list[EngineInfo]:
    """Return the ready engines, best first, or only the chosen one."""
    names = service.engines.ready()
    return [service.engines.info(name) for name in names if chosen in (AUTO, name)]


def engine_choices(service: SpeechService) -> Choices:
    """Return the ready engines, best first, after "Automatic"."""
    engines = [(info.label, info.name) for info in ready_engines(service)]
    return [("Automatic", AUTO), *engines]


def language_choices(engines: Sequence[EngineInfo], preferred: str = "") -> Choices:
    """Return the languages of the engines after "Automatic".

    They are sorted by name, after those that the browser asks for. `preferred`: its header
    `Accept-Language`.
    """
    names = {item.code: item.name for info in engines for item in info.languages}
    asked = [part.split(";")[0].strip().casefold() for part in preferred.split(",")]
    asked = [find.code for code in asked if (find := _first_language(engines, code))]
    first = [code for code in dict.fromkeys(asked) if code in names]
    rest = sorted(names, key=lambda code: names[code].casefold())
    codes = dict.fromkeys([*first, *rest])
    named = [(language_label(names[code], code), code) for code in codes]
    return [("Automatic – detected from the text", AUTO), *named]


def language_label(name: str, code: str) -> str:
    """Return a language's label with its own name and code, such as "German – Deutsch (de)"."""
    own = NATIVE_NAMES.get(base(code), "")
    shown = "zh" if code == "cmn" else code
    if own and own.casefold() not in name.casefold():
        return f"{name} – {own} ({shown})"
    return f"{name} – {shown}" if name.endswith(")") else f"{name} ({shown})"


def voice_choices(
    service: SpeechService,
    engines: Sequence[EngineInfo],
    language: str,
    gender: str = ANY_GENDER,
) -> Choices:
    """Return the voices for a language: its default, the library's, then the engines' own.

    Voices of an engine that has variants by gender are there once for each gender.
    """
    cloned = _cloned_choices(service, engines, language)
    found = [
        voice
        for info in engines
        for own in info.voices
        if language == AUTO or speaks(info, own, language)
        for voice in _genders_of(info, own)
        if gender in (ANY_GENDER, voice.gender)
    ]
    infos = {info.name: info for info in engines}
    named = []
    for voice in found:
        info = infos[voice.engine]
        known = _language_of_person(info, voice) if language == AUTO else ""
        told = known or (_accent(info, voice, language) if language != AUTO else "")
        named.append((voice_label(voice, told, info.label if len(engines) > 1 else ""), voice.id))
    first = "Automatic" if language == AUTO else _default_label(service, engines, language, gender)
    return [(first, DEFAULT_VOICE), *cloned, *named]


def voice_label(voice: Voice, *more: str) -> str:
    """Return the label of a voice, such as "English (Scotland) · male".

    A voice that is named for its language has that language's own name, too.
    """
    own = NATIVE_NAMES.get(base(voice.language), "")
    name = voice.name
    if _named_for_language(voice) and own and own.casefold() not in name.casefold():
        name = f"{name} – {own}"
    return " · ".join(part for part in (name, voice.gender, *more) if part)


def _named_for_language(voice: Voice) -> bool:
    """Return whether a voice is called after its language; others have names of people."""
    return base(voice.id.partition("+")[0]) == base(voice.language)


def _language_of_person(info: EngineInfo, voice: Voice) -> str:
    """Return the language of a voice that is called like a person, in English and its own name."""
    spoken = find_language(info, voice.language)
    if voice.language == MULTILINGUAL or spoken is None or _named_for_language(voice):
        return ""
    own = NATIVE_NAMES.get(base(spoken.code), "")
    more = own and own.casefold() not in spoken.name.casefold()
    return f"{spoken.name} – {own}" if more else spoken.name


def voice_of_gender(
    service: SpeechService, engines: Sequence[EngineInfo], language: str, gender: str, text: str
) -> str:
    """Return the id of the voice of a gender to speak a text; `DEFAULT_VOICE` if there is none.

    `engines`: all ready ones, or the chosen one. `language`: a code, or `AUTO` for that of the
    text.
    """
    voice = service.voices.default(_chosen(engines), language, gender, text)
    return DEFAULT_VOICE if voice is None else voice.id


def _chosen(engines: Sequence[EngineInfo]) -> str:
    """Return the name of the only engine, `AUTO` for several."""
    return engines[0].name if len(engines) == 1 else AUTO


def _genders_of(info: EngineInfo, voice: Voice) -> list[Voice]:
    """Return the voice, and its variants of other genders, whose ids end in "+" and the variant."""
    variants = [
        replace(voice, id=f"{voice.id}+{names[0]}", gender=gender)
        for gender, names in info.variants.items()
        if names and gender != voice.gender
    ]
    return [voice, *variants]


def _first_language(engines: Sequence[EngineInfo], code: str) -> Language | None:
    return next((found for info in engines if (found := find_language(info, code))), None)


def voice_language(service: SpeechService, engines: Sequence[EngineInfo], voice: str) -> str:
    """Return the language code of the voice with this id; "" if none or if it is multilingual."""
    if (cloned := service.voices.find(voice)) is not None:
        return "" if cloned.language == AUTO else cloned.language
    name = voice.partition("+")[0]
    languages = (v.language for info in engines for v in info.voices if v.id == name)
    return next((code for code in languages if code != MULTILINGUAL), "")


def _cloned_choices(
    service: SpeechService, engines: Sequence[EngineInfo], language: str
) -> Choices:
    """Return the library's voices that an engine can speak, with how it does."""
    choices = []
    for record in service.voices.cloned():
        if AUTO not in (language, record.language) and base(language) != base(record.language):
            continue
        target = record.language if language == AUTO else language
        if record.blend:
            if any(find_blend(info, record.blend) for info in engines):
                choices.append((f"{record.name} · blend", record.id))
            continue
        capable = [
            i for i in engines if can_clone(i) and (target == AUTO or cloning_language(i, target))
        ]
        if capable:
            how = "cloned" if any(i.capabilities.cloning for i in capable) else "voice match"
            choices.append((f"{record.name} · {how}", record.id))
    return choices


def _accent(info: EngineInfo, voice: Voice, language: str) -> str:
    """Return what to say of a voice that speaks a language which is not its own; else ""."""
    own = None if is_native(info, voice, language) else find_language(info, voice.language)
    return f"{own.name.partition(' (')[0]} accent" if own else ""


def _default_label(
    service: SpeechService, engines: Sequence[EngineInfo], language: str, gender: str
) -> str:
    wanted = "" if gender == ANY_GENDER else gender
    voice = service.voices.default(_chosen(engines), language, wanted)
    return "Default" if voice is None else f"Default – {voice_label(voice)}"
