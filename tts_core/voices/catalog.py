"""Resolves the voice, the engine and the language of a request, by the same rules for every API.

1. `voice` is looked for in the voice library by id, then name (a blend that is saved there is
   spoken as such); then in the engines by id, then
   name, then alias; always ignoring case. "name(2)+other" is a blend where both are voices of an
   engine that blends; else "name+variant" also sets the engine's option `variant`. "default" (or
   "") is the default voice of the language. A retired voice is replaced by its successor of the
   same engine, or else by a similar voice of another engine. A URL whose recording has been
   fetched (`urls.py`) is a library voice, and has no variant.
2. `engine="auto"` is the best usable engine that has the voice or speaks the language; for a
   library voice the best that can clone and speaks the language, and else the best that can match
   voices. The best is the first by `Registry.preference`, among equals one with a voice whose
   own language it is. An engine without voices of its own speaks in library voices only.
3. `language="auto"` is the voice's, or for a default or multilingual voice the text's
   (`text/language.py`); also for a voice that may speak it, where the text has other letters than
   the voice's own language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tts_core.engines.blends import parse_blend
from tts_core.engines.registry import Registry, RetiredVoice
from tts_core.errors import EngineUnavailable, UnknownNameError, ValidationError
from tts_core.text.language import detect_language
from tts_core.types import MULTILINGUAL, EngineInfo, Voice
from tts_core.validation import did_you_mean, shown
from tts_core.voices.library import VoiceLibrary
from tts_core.voices.lookup import (
    AUTO,
    base,
    bases_of,
    can_clone,
    cloning_language,
    codes_of,
    default_voice,
    find_blend,
    find_language,
    find_voice,
    is_blend,
    is_native,
    language_of,
    spoken_by,
    spoken_code,
    voices_for,
    with_region,
)
from tts_core.voices.record import LIBRARY, VoiceRecord
from tts_core.voices.unknown import unknown_language, unknown_voice
from tts_core.voices.urls import UrlVoices


@dataclass(frozen=True, slots=True)
class Choice:
    """The engine, voice and language that a request is spoken with."""

    engine: EngineInfo
    voice: Voice
    language: str
    options: Mapping[str, Any] = field(default_factory=dict)
    """Engine options that the name of the voice contains."""
    fallback: Mapping[str, str] | None = None
    """As in `SpeechInfo`, when it is not the voice that was requested."""
    saved_as: tuple[str, ...] = ()  # id and name of the saved blend that it is


class VoiceCatalog:
    """The voices of all engines and of the library, and voices by URL."""

    def __init__(
        self,
        registry: Registry,
        library: VoiceLibrary | None = None,
        urls: UrlVoices | None = None,
    ) -> None:
        self._registry = registry
        self._library = library
        self._urls = urls

    def voices(self, engine: str = "") -> list[Voice]:
        """Return the built-in voices of the ready engines, best first, or of one of them.

        Raises UnknownNameError.
        """
        names = self._registry.ready()
        if engine not in ("", AUTO):
            names = [name for name in names if name == self._registry.info(engine).name]
        return [voice for name in names for voice in self._registry.info(name).voices]

    def cloning_engines(self, language: str = AUTO) -> list[EngineInfo]:
        """Return the usable engines that can speak in a library voice, best first."""
        able = self._able_to_clone([self._registry.info(n) for n in self._registry.ready()])
        return [i for i in able if language == AUTO or cloning_language(i, language) is not None]

    def blending_engines(self, blend: str) -> list[EngineInfo]:
        """Return the usable engines that have all voices of a blend, best first."""
        ready = (self._registry.info(name) for name in self._registry.ready())
        return [info for info in ready if find_blend(info, blend) is not None]

    def blend(self, name: str) -> str:
        """Return the canonical spelling of a blend of two voices or more.

        Raises UnknownNameError for voices that are not here, ValidationError for what is no blend.
        """
        engines = self.usable(AUTO)
        if not any(is_blend(info, name) for info in engines):
            raise ValidationError(
                f"{shown(name)!r} is no blend of voices that are here. Join voices of one engine "
                "that can blend by +, each with a weight or none: af_bella(2)+af_sky(1).",
                "blend",
            )
        found = self._blended(engines, AUTO, name, AUTO, "").voice.id
        if parse_blend(found) is None:
            raise ValidationError("A blend needs two different voices.", "blend")
        return found

    def language_code(self, language: str) -> str:
        """Return the code of a language that some engine speaks, or AUTO.

        Raises UnknownNameError.
        """
        if language.strip().casefold() in ("", AUTO):
            return AUTO
        infos = self._registry.infos.values()
        wanted = language.strip().casefold().replace("_", "-")
        codes = {item.code for info in infos for item in info.languages}
        if wanted in codes:
            return wanted
        for info in infos:
            if (found := find_language(info, language)) is not None:
                return found.code
        raise unknown_language(language, list(self._registry.infos.values()))

    def choose(self, engine: str, voice: str, language: str, text: str) -> Choice:
        """Resolve what a request names; any of it may be "auto" or "default".

        Raises UnknownNameError, EngineUnavailable, or ValidationError when the engine, the voice
        and the language do not fit together.
        """
        engines = self.usable(engine)
        language = AUTO if language.strip().casefold() in ("", AUTO) else language
        name, _, variant = voice.strip().partition("+")
        if any(is_blend(info, voice) for info in engines):
            name, variant = voice.strip(), ""
        cloned = self._urls.find(voice) if self._urls else None
        if cloned is not None:
            variant = ""
        else:
            cloned = self._library_voice(name)
        blend = self._saved_blend(name) if cloned is None else None
        if name.casefold() in ("", "default"):
            if variant:
                engines = [info for info in engines if _has_variants(info)] or engines
            found = self._default(self._voiced(engines, engine), language, text)
        elif blend is not None:
            own = blend.language if language == AUTO else language
            found = self._blended(engines, engine, blend.blend, own, text)
            found = replace(found, saved_as=(blend.id, blend.name))
        elif cloned is not None:
            found = self._cloned(engines, cloned, language, text)
        elif (retired := self._registry.retired_voice(name)) is not None:
            found = self._successor(engines, retired, language, text)
        else:
            voiced = self._voiced(engines, engine, name)
            found = self._named(voiced, engine, name, language, text)
        if not variant:
            return found
        if not _has_variants(found.engine):
            raise UnknownNameError(
                f"{found.engine.label} has no voice variants; leave out {shown('+' + variant)!r}.",
                "voice",
            )
        return replace(found, options={"variant": variant})

    def usable(self, name: str) -> list[EngineInfo]:
        """Return the usable engines among those that a request names, best first.

        Raises UnknownNameError, EngineUnavailable.
        """
        if name.strip().casefold() in ("", AUTO):
            ready = [self._registry.info(n) for n in self._registry.ready()]
            if not ready:
                raise EngineUnavailable(
                    "No engine is ready; list_engines and /health/ready give the reasons."
                )
            return ready
        info = self._registry.info(name.strip())
        if reason := self._registry.unavailable(info.name):
            raise EngineUnavailable(f"{info.label} cannot be used: {reason}")
        return [info]

    def preferred(
        self,
        engines: Sequence[EngineInfo],
        language: str,
        gender: str | None = None,
        *,
        regional: bool = True,
    ) -> EngineInfo | None:
        """Return the engine that "auto" takes for a language; None when none of them speaks it.

        `gender`: of the voice that speaks (None: any). `regional`: whether an engine of American
        voices is no choice for British English.
        """
        able = []
        for info in engines:
            code = spoken_code(info, language, regional=regional)
            wanted = None if gender and info.variants.get(gender) else gender
            if code is not None and (voices := voices_for(info, code, wanted)):
                foreign = not is_native(info, voices[0], code)
                able.append((self._registry.preference(info.name), foreign, info))
        return min(able, key=lambda item: item[:2])[2] if able else None

    def has_option(self, name: str) -> bool:
        """Return whether any engine has a parameter of a name."""
        infos = self._registry.infos.values()
        return any(name in info.parameters.model_fields for info in infos)

    def replacement_for(self, engine: str, language: str, voice: Voice) -> Choice:
        """Return the voice with which an engine speaks in place of a voice of another engine.

        A library voice stays if the engine can clone; else it is a voice of the same gender if
        there is one. Raises UnknownNameError when the engine does not speak the language.
        """
        if voice.engine == LIBRARY and can_clone(self._registry.info(engine)):
            return self._cloned(self.usable(engine), voice, language, "")
        choice, gender = self.choose(engine, "default", language, ""), voice.gender
        if gender in ("", choice.voice.gender):
            return choice
        for other in voices_for(choice.engine, choice.language, gender):
            return replace(choice, voice=other)
        variant = next(iter(choice.engine.variants.get(gender, ())), "")
        return replace(choice, options={"variant": variant}) if variant else choice

    def _able_to_clone(self, engines: Sequence[EngineInfo]) -> list[EngineInfo]:
        """Return those that speak in library voices; a voice match comes after the clones.

        `engines`: best first.
        """

        def last(info: EngineInfo) -> tuple[bool, bool]:
            failed = self._registry.cooldown_reason(info.name) is not None
            return failed, not info.capabilities.cloning

        return sorted((info for info in engines if can_clone(info)), key=last)

    def _cloned_names(self) -> list[str]:
        return [record.name for record in self._library.all()] if self._library else []

    def _voiced(self, engines: list[EngineInfo], asked: str, name: str = "") -> list[EngineInfo]:
        """Return the engines with built-in voices, among those that the request named."""
        if voiced := [info for info in engines if info.voices]:
            return voiced
        if asked.strip().casefold() in ("", AUTO):
            raise EngineUnavailable(
                "The engines that are ready have no built-in voices; choose a cloned voice."
            )
        raise UnknownNameError(
            f"{engines[0].label} has no built-in voices: choose a cloned voice or another "
            f"engine.{did_you_mean(name, self._cloned_names())}",
            "voice",
        )

    def _library_voice(self, name: str) -> Voice | None:
        """Return a voice of the library, None if there is none of that name."""
        record = self._library.usable(name) if self._library and name else None
        if self._library is None or record is None or record.blend:
            return None
        return record.voice(self._library.folder(record.id))

    def _saved_blend(self, name: str) -> VoiceRecord | None:
        """Return a blend of the library, None if there is none of that name."""
        record = self._library.find(name) if self._library and name else None
        return record if record is not None and record.blend else None

    def _blended(
        self, engines: list[EngineInfo], asked: str, blend: str, language: str, text: str
    ) -> Choice:
        """Return the engine and the language for a saved blend."""
        able = [info for info in engines if info.capabilities.blending]
        if not able:
            raise ValidationError(
                f"{engines[0].label} cannot speak a blend of voices; leave engine on 'auto'.",
                "engine",
            )
        return self._named(able, asked, blend, language, text)

    def _cloned(self, engines: list[EngineInfo], voice: Voice, language: str, text: str) -> Choice:
        """Return the best engine for a library voice."""
        able = self._able_to_clone(engines)
        if not able:
            names = ", ".join(info.name for info in self.cloning_engines())
            raise ValidationError(
                f"{engines[0].label} cannot speak in a cloned voice"
                f"{f'; choose one of: auto, {names}' if names else ''}.",
                "engine",
            )
        wanted = language
        if language == AUTO and voice.language != MULTILINGUAL:
            wanted = voice.language
        if wanted == AUTO:
            wanted = detect_language(text, bases_of(able))
            fits = ((info, cloning_language(info, wanted)) for info in able)
            best, fit = next(((i, s) for i, s in fits if s), (able[0], able[0].languages[0]))
            return Choice(best, voice, fit.code)
        fits = ((info, cloning_language(info, wanted)) for info in able)
        spoken = [(info, fit.code) for info, fit in fits if fit is not None]
        if not spoken:
            raise unknown_language(wanted, able)
        best, code = spoken[0]
        if not best.capabilities.cloning:
            # A voice match has its base's accent, so one of the region is preferred.
            regional = (item for item in spoken if item[1] == with_region(item[1], wanted))
            best, code = next(regional, spoken[0])
        return Choice(best, voice, code)

    def _default(self, engines: list[EngineInfo], language: str, text: str) -> Choice:
        wanted = detect_language(text, bases_of(engines)) if language == AUTO else language
        for regional in (True, False):
            best = self.preferred(engines, wanted, regional=regional)
            if best is not None and (spoken := find_language(best, wanted)) is not None:
                return Choice(best, default_voice(best, spoken.code), spoken.code)
        if language == AUTO:
            info = engines[0]
            first = info.voices[0]
            return Choice(info, first, language_of(info, first, text))
        raise unknown_language(language, engines)

    def _successor(
        self, engines: list[EngineInfo], retired: RetiredVoice, language: str, text: str
    ) -> Choice:
        """Return the successor of a retired voice, else one of its language and gender."""
        name, label, voice = retired.name, retired.engine.label, retired.successor
        former = retired.engine.name
        found = self._named([retired.engine], former, voice.id, language, text)
        usable = len(engines) == 1 or self._registry.cooldown_reason(former) is None
        if usable and any(info.name == former for info in engines):
            reason = f"{name} was retired by {label}; {voice.name} is used instead."
            fallback = {"from": name, "to": voice.id, "reason": reason}
            return replace(found, fallback=fallback)
        unavailable = self._registry.unavailable(former) or self._registry.cooldown_reason(former)
        why = "another engine was requested"
        if unavailable:
            why = f"{label} cannot be used ({unavailable})"
        best = self.preferred(engines, found.language, voice.gender)
        best = best or self.preferred(engines, found.language)
        if best is None:
            raise unknown_language(found.language, engines)
        choice = self.replacement_for(best.name, found.language, voice)
        reason = f"{name} was a voice of {label}, but {why}; {best.label} speaks instead."
        return replace(choice, fallback={"from": former, "to": best.name, "reason": reason})

    def _named(
        self, engines: list[EngineInfo], asked: str, name: str, language: str, text: str
    ) -> Choice:
        unfit: tuple[EngineInfo, Voice] | None = None
        for info in engines:
            if (voice := find_voice(info, name) or find_blend(info, name)) is None:
                continue
            if language == AUTO:
                return Choice(info, voice, language_of(info, voice, text))
            spoken = find_language(info, language)
            if spoken is not None and spoken.code in codes_of(info, voice):
                return Choice(info, voice, spoken.code)
            if spoken is not None and base(spoken.code) == base(voice.language):
                foreign = info.foreign_voices and "-" in spoken.code
                return Choice(info, voice, spoken.code if foreign else voice.language)
            if spoken is not None and info.foreign_voices:
                return Choice(info, voice, spoken.code)
            unfit = unfit or (info, voice)
        if unfit is not None:
            raise ValidationError(
                f"The voice {unfit[1].name} speaks {spoken_by(*unfit)}, not {shown(language)!r}. "
                "Leave language on 'auto' or choose another voice.",
                "language",
            )
        blending = next((info for info in engines if is_blend(info, name)), None)
        if blending is not None:
            parts = (part for part, _ in parse_blend(name) or ())
            name = next(part for part in parts if find_voice(blending, part) is None)
            engines = [blending]
        elif asked.strip().casefold() in ("", AUTO):
            engines = list(self._registry.infos.values())
        raise unknown_voice(self._registry, engines, name, self._cloned_names())


def find_owner(registry: Registry, name: str) -> str | None:
    """Return the label of the engine that has a voice of a name, None if there is none."""
    infos = registry.infos.values()
    return next((info.label for info in infos if find_voice(info, name) is not None), None)


def _has_variants(info: EngineInfo) -> bool:
    """Return whether an engine's voices have variants."""
    return "variant" in info.parameters.model_fields
