"""Choices of the page's dropdowns: pairs of a label and a value."""

from __future__ import annotations

from collections.abc import Sequence

from tts_core.service import SpeechService
from tts_core.types import MULTILINGUAL, EngineInfo, Voice
from tts_core.voices.lookup import (
    base,
    can_clone,
    cloning_language,
    find_language,
    is_native,
    speaks,
)

Choices = list[tuple[str, str]]

AUTO = "auto"
DEFAULT_VOICE = "default"
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


def language_choices(engines: Sequence[EngineInfo]) -> Choices:
    """Return the languages of the engines, sorted by name, after "Automatic"."""
    names = {item.code: item.name for info in engines for item in info.languages}
    by_name = sorted(names.items(), key=lambda item: item[1].casefold())
    return [("Automatic – detected from the text", AUTO), *((name, code) for code, name in by_name)]


def voice_choices(service: SpeechService, engines: Sequence[EngineInfo], language: str) -> Choices:
    """Return the voices for a language: its default, the library's, then the engines' own."""
    cloned = _cloned_choices(service, engines, language)
    found = [
        voice
        for info in engines
        for voice in info.voices
        if language == AUTO or speaks(info, voice, language)
    ]
    infos = {info.name: info for info in engines}
    named = []
    for voice in found:
        info = infos[voice.engine]
        accent = "" if language == AUTO else _accent(info, voice, language)
        named.append((voice_label(voice, accent, info.label if len(engines) > 1 else ""), voice.id))
    first = "Automatic" if language == AUTO else _default_label(service, engines, language)
    return [(first, DEFAULT_VOICE), *cloned, *named]


def voice_label(voice: Voice, *more: str) -> str:
    """Return the label of a voice, such as "English (Scotland) · male"."""
    return " · ".join(part for part in (voice.name, voice.gender, *more) if part)


def voice_language(service: SpeechService, engines: Sequence[EngineInfo], voice: str) -> str:
    """Return the language code of the voice with this id; "" if none or if it is multilingual."""
    if (cloned := service.voices.find(voice)) is not None:
        return "" if cloned.language == AUTO else cloned.language
    languages = (v.language for info in engines for v in info.voices if v.id == voice)
    return next((code for code in languages if code != MULTILINGUAL), "")


def _cloned_choices(
    service: SpeechService, engines: Sequence[EngineInfo], language: str
) -> Choices:
    """Return the library's voices that an engine can speak, labeled as cloned or matched."""
    choices = []
    for record in service.voices.cloned():
        if AUTO not in (language, record.language) and base(language) != base(record.language):
            continue
        target = record.language if language == AUTO else language
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
    return f"{own.name} accent" if own else ""


def _default_label(service: SpeechService, engines: Sequence[EngineInfo], language: str) -> str:
    engine = engines[0].name if len(engines) == 1 else AUTO
    voice = service.voices.default(engine, language)
    return "Default" if voice is None else f"Default – {voice_label(voice)}"
