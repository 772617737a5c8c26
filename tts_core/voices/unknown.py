"""Errors for voices and languages that are not here."""

from __future__ import annotations

from collections.abc import Sequence

from tts_core.engines.registry import Registry
from tts_core.errors import UnknownNameError
from tts_core.system.packages import aloud_command
from tts_core.types import EngineInfo
from tts_core.validation import did_you_mean, shown


def unknown_language(language: str, engines: Sequence[EngineInfo]) -> UnknownNameError:
    """Return the error for a language that none of the engines speaks."""
    known = sorted({item.code for info in engines for item in info.languages})
    return UnknownNameError(
        f"No engine here speaks the language {shown(language)!r}."
        f"{did_you_mean(language, known)} Use 'auto' or a code such as 'en', 'de' or 'hi'.",
        "language",
    )


def unknown_voice(
    registry: Registry, engines: Sequence[EngineInfo], name: str, cloned: Sequence[str]
) -> UnknownNameError:
    """Return the error for a voice that none of the engines has on this machine.

    `cloned`: the names of the voices of the library.
    """
    elsewhere = {i.casefold(): (i, info) for info in engines for i in info.downloadable_voices}
    if (found := elsewhere.get(name.casefold())) is not None:
        voice_id, info = found
        command = aloud_command(f"download {info.downloadable_voices[voice_id]}")
        return UnknownNameError(
            f"The voice {voice_id} of {info.label} is not on this machine: press Download on "
            f"the page, or run `{command}`.",
            "voice",
        )
    known = [*cloned, *(voice_id for voice_id, _ in elsewhere.values())]
    usable = [info for info in engines if registry.unavailable(info.name) is None]
    known += [n for i in usable for v in i.voices for n in (v.id, v.name, *v.aliases)]
    return UnknownNameError(
        f"There is no voice {shown(name)!r}.{did_you_mean(name, known)} "
        "list_voices and /v1/audio/voices name them all.",
        "voice",
    )
