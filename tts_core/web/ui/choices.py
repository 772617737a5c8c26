"""Choices of the page's dropdowns: pairs of a label and a value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from babel.numbers import format_percent

from tts_core.service import SpeechService
from tts_core.types import MULTILINGUAL, EngineInfo, Language, Voice
from tts_core.voices.lookup import (
    base,
    blend_shares,
    can_clone,
    cloning_language,
    find_blend,
    find_language,
    is_native,
    speaks,
)
from tts_core.web.ui.texts import Texts
from tts_core.web.ui.texts.native_names import NATIVE_NAMES

Choices = list[tuple[str, str]]

AUTO = "auto"
DEFAULT_VOICE = "default"
ANY_GENDER = "any"


def ready_engines(service: SpeechService, chosen: str = AUTO) -> list[EngineInfo]:
    """Return the ready engines, best first, or only the chosen one."""
    names = service.engines.ready()
    return [service.engines.info(name) for name in names if chosen in (AUTO, name)]


def gender_choices(texts: Texts) -> Choices:
    """Return the genders after "Any"."""
    return [(texts(f"gender.{name}"), name) for name in (ANY_GENDER, "female", "male")]


def engine_choices(service: SpeechService, texts: Texts) -> Choices:
    """Return the ready engines, best first, after "Automatic"."""
    engines = [(info.label, info.name) for info in ready_engines(service)]
    return [(texts("automatic"), AUTO), *engines]


def language_choices(engines: Sequence[EngineInfo], texts: Texts, preferred: str = "") -> Choices:
    """Return the languages of the engines after "Automatic".

    They are sorted by name, after those that the browser asks for. `preferred`: its header
    `Accept-Language`.
    """
    english = {item.code: item.name for info in engines for item in info.languages}
    names = {code: language_name(name, code, texts) for code, name in english.items()}
    asked = [part.split(";")[0].strip().casefold() for part in preferred.split(",")]
    asked = [find.code for code in asked if (find := _first_language(engines, code))]
    first = [code for code in dict.fromkeys(asked) if code in names]
    rest = sorted(names, key=lambda code: texts.sort_key(names[code]))
    codes = dict.fromkeys([*first, *rest])
    named = [(language_label(names[code], code, english[code]), code) for code in codes]
    return [(texts("language.automatic"), AUTO), *named]


def language_label(name: str, code: str, english: str = "") -> str:
    """Return a language's label with its other names and code, such as "German – Deutsch (de)".

    All of them are there to be found by. `name`: in the language of the page.
    """
    shown = "zh" if code == "cmn" else code
    if others := other_names(name, code, english):
        return f"{name} – {others} ({shown})"
    return f"{name} – {shown}" if name.endswith(")") else f"{name} ({shown})"


def language_name(name: str, code: str, texts: Texts) -> str:
    """Return a language's name in a list in the language of the page. `name`: in English."""
    found = texts.language_name(name, code)
    return found[:1].upper() + found[1:]


def other_names(name: str, code: str, english: str) -> str:
    """Return the language's own name and the English one, unless `name` has them."""
    own = NATIVE_NAMES.get(base(code), "")
    if own.casefold() in english.casefold():
        own = ""
    others: list[str] = []
    for other in (own, english):
        if other and other.casefold() not in " ".join([name, *others]).casefold():
            others.append(other)
    return ", ".join(others)


def voice_choices(
    service: SpeechService,
    engines: Sequence[EngineInfo],
    language: str,
    texts: Texts,
    gender: str = ANY_GENDER,
    *,
    chosen: str = "",
) -> Choices:
    """Return the voices for a language: its default, the library's, then the engines' own.

    Voices of an engine that has variants by gender are there once for each gender. `chosen`: a
    voice; if it is a blend of these voices, it is there too.
    """
    cloned = _cloned_choices(service, engines, language, texts)
    found = [
        voice
        for info in engines
        for own in _in_order(info.voices, texts)
        if language == AUTO or speaks(info, own, language)
        for voice in genders_of(info, own)
        if gender in (ANY_GENDER, voice.gender)
    ]
    infos = {info.name: info for info in engines}
    named = []
    for voice in found:
        info = infos[voice.engine]
        if language == AUTO:
            told = _language_of_person(info, voice, texts)
        else:
            told = _accent(info, voice, language, texts)
        engine = info.label if len(engines) > 1 else ""
        named.append((voice_label(voice, texts, told, engine), voice.id))
    first = texts("automatic")
    if language != AUTO:
        first = _default_label(service, engines, language, texts, gender)
    return [
        (first, DEFAULT_VOICE),
        *cloned,
        *_blend_choice(engines, chosen, language, texts),
        *named,
    ]


def _in_order(voices: Sequence[Voice], texts: Texts) -> Sequence[Voice]:
    """Return an engine's voices; those named for their languages as the page's language sorts."""
    if not all(map(named_for_language, voices)):
        return voices
    return sorted(voices, key=lambda voice: texts.sort_key(voice_name(voice, texts)))


def voice_label(voice: Voice, texts: Texts, *more: str) -> str:
    """Return the label of a voice, such as "English (Scotland) · male".

    A voice that is named for its language has that language's other names, too.
    """
    name = voice_name(voice, texts)
    if named_for_language(voice):
        name = _named(name, voice.language, voice.name)
    gender = texts(f"voice.{voice.gender}") if voice.gender in ("female", "male") else voice.gender
    return " · ".join(part for part in (name, gender, *more) if part)


def voice_name(voice: Voice, texts: Texts) -> str:
    """Return the name of a voice; of one that is named for its language, the language's."""
    named = named_for_language(voice)
    return language_name(voice.name, voice.language, texts) if named else voice.name


def _named(name: str, code: str, english: str) -> str:
    others = other_names(name, code, english.partition(" (")[0])
    return f"{name} – {others}" if others else name


def named_for_language(voice: Voice) -> bool:
    """Return whether a voice is called after its language; others have names of people."""
    return base(voice.id.partition("+")[0]) == base(voice.language)


def _language_of_person(info: EngineInfo, voice: Voice, texts: Texts) -> str:
    """Return the language of a voice that is called like a person, with its other names."""
    spoken = find_language(info, voice.language)
    if voice.language == MULTILINGUAL or spoken is None or named_for_language(voice):
        return ""
    name = language_name(spoken.name, spoken.code, texts)
    return _named(name, spoken.code, spoken.name)


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


def genders_of(info: EngineInfo, voice: Voice) -> list[Voice]:
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
    found = (
        next((own for own in info.voices if own.id == name), None) or find_blend(info, voice)
        for info in engines
    )
    languages = (spoken.language for spoken in found if spoken is not None)
    return next((code for code in languages if code != MULTILINGUAL), "")


def _cloned_choices(
    service: SpeechService, engines: Sequence[EngineInfo], language: str, texts: Texts
) -> Choices:
    """Return the library's voices that an engine can speak, with how it does."""
    choices = []
    for record in service.voices.cloned():
        if AUTO not in (language, record.language) and base(language) != base(record.language):
            continue
        target = record.language if language == AUTO else language
        if record.blend:
            if any(find_blend(info, record.blend) for info in engines):
                choices.append((f"{record.name} · {texts('voice.blend')}", record.id))
            continue
        capable = [
            i for i in engines if can_clone(i) and (target == AUTO or cloning_language(i, target))
        ]
        if capable:
            cloned = any(i.capabilities.cloning for i in capable)
            how = texts("voice.cloned" if cloned else "voice.match")
            choices.append((f"{record.name} · {how}", record.id))
    return choices


def _blend_choice(engines: Sequence[EngineInfo], name: str, language: str, texts: Texts) -> Choices:
    """Return the blend of that name, such as "Bella 70% + Sky 30%"; nothing if it is none."""
    for info in engines:
        shares = blend_shares(info, name)
        if len(shares) > 1 and all(language == AUTO or speaks(info, v, language) for v in shares):
            parts = (
                f"{voice.name} {format_percent(share, locale=texts.locale)}"
                for voice, share in shares.items()
            )
            return [(" + ".join(parts), name)]
    return []


def _accent(info: EngineInfo, voice: Voice, language: str, texts: Texts) -> str:
    """Return what to say of a voice that speaks a language which is not its own; else ""."""
    own = None if is_native(info, voice, language) else find_language(info, voice.language)
    if not own:
        return ""
    name = texts.language_name(own.name.partition(" (")[0], base(own.code))
    return texts("voice.accent", language=name)


def _default_label(
    service: SpeechService,
    engines: Sequence[EngineInfo],
    language: str,
    texts: Texts,
    gender: str,
) -> str:
    wanted = "" if gender == ANY_GENDER else gender
    voice = service.voices.default(_chosen(engines), language, wanted)
    default = texts("voice.default")
    return default if voice is None else f"{default} – {voice_label(voice, texts)}"
