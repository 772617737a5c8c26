"""What the gallery shows: every voice that can speak, with its language, its engine, its grade."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from tts_core.service import SpeechService
from tts_core.services.voices import LibraryVoice, VoiceEntry
from tts_core.text.language import detect_language
from tts_core.types import MULTILINGUAL, EngineInfo, Voice
from tts_core.voices.lookup import base, bases_of, codes_of, find_language
from tts_core.voices.record import LIBRARY
from tts_core.web.ui.choices import (
    AUTO,
    genders_of,
    language_name,
    named_for_language,
    other_names,
    ready_engines,
)
from tts_core.web.ui.example_texts import preview_text
from tts_core.web.ui.texts import Texts

Json = dict[str, Any]
_GRADE = "grade:"


def listing(service: SpeechService, texts: Texts, language: str, text: str) -> Json:
    """Return the gallery's contents for `assets/gallery.js`, in the language of the page.

    `language`: the code that is chosen for the text, or `AUTO`; `text`: its beginning.

    The voices are sorted as they are shown within a language: natural engines first, then each
    engine's default voice, then by grade. "language" is that of the text, without its region.
    """
    engines = ready_engines(service)
    voices = [
        _own(info, voice)
        for info in sorted(engines, key=lambda info: -info.naturalness)
        for own in sorted(info.voices, key=_rank)
        for voice in genders_of(info, own)
    ]
    library = [_library(voice) for voice in service.voices.all(LIBRARY) if voice.engines]
    return {
        "language": _language_of(engines, texts, language, text),
        "languages": _languages(engines, texts),
        "engines": {info.name: _engine(info) for info in engines},
        "voices": [*library, *voices],
    }


def _own(info: EngineInfo, voice: Voice) -> Json:
    named = find_language(info, voice.language)
    return {
        "id": voice.id,
        "engine": info.name,
        # A voice that is named for its language has no other name.
        "name": "" if named_for_language(voice) and named else voice.name,
        "language": voice.language if voice.language == MULTILINGUAL or named else "",
        "gender": voice.gender,
        "grade": _grade(voice),
        **({"languages": codes_of(info, voice)} if voice.language == MULTILINGUAL else {}),
    }


def _library(voice: VoiceEntry) -> Json:
    version = [voice.created, *voice.engines] if isinstance(voice, LibraryVoice) else []
    return {
        "id": voice.id,
        "engine": LIBRARY,
        "name": voice.name,
        "language": "" if voice.language == AUTO else voice.language,
        "gender": voice.gender,
        "grade": "",
        "by": list(voice.engines[:1]),
        "version": _digest(*map(str, version)),
    }


def _engine(info: EngineInfo) -> Json:
    return {
        "label": info.label,
        "natural": info.naturalness > 0,
        "blends": info.capabilities.blending,
        # Their sounds are kept by browsers until this changes.
        "version": _digest(info.name, info.weights, preview_text("en")),
    }


def _languages(engines: Sequence[EngineInfo], texts: Texts) -> Mapping[str, Json]:
    """Return, by code, each language's name and its other names; those of groups included."""
    english = {item.code: item.name for info in engines for item in info.languages}
    for code, name in list(english.items()):
        english.setdefault(base(code), name.partition(" (")[0])
    found = {}
    for code, name in english.items():
        shown = language_name(name, code, texts)
        words = other_names(shown, code, name)
        found[code] = {"name": shown, "words": f"{words} {'zh' if code == 'cmn' else ''}".strip()}
    return found


def _language_of(engines: Sequence[EngineInfo], texts: Texts, language: str, text: str) -> str:
    """Return the language of the text, that of the page when there is none."""
    asked = language
    if language == AUTO:
        asked = detect_language(text, bases_of([*engines])) if text.strip() else texts.language
    spoken = (find_language(info, asked) for info in engines)
    return next((base(found.code) for found in spoken if found is not None), base(asked))


def _rank(voice: Voice) -> tuple[bool, tuple[str, int], str]:
    """Return what sorts an engine's voices: the default of a language, then by grade, by name."""
    own = base(voice.language)
    default = any(base(tag) in ("default", f"default:{own}") for tag in voice.tags)
    grade = _grade(voice)
    graded = (grade[0], ("+", "", "-").index(grade[1:])) if grade else ("Z", 0)
    return not default, graded, voice.name.casefold()


def _grade(voice: Voice) -> str:
    """Return the grade of a voice, such as "B-", that its engine has in its tags; else ""."""
    return next((t.removeprefix(_GRADE) for t in voice.tags if t.startswith(_GRADE)), "")


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:8]
