"""Names of voices and models that other programs send, and that the operator has given a meaning.

`TTS_VOICE_ALIASES` and `TTS_MODEL_ALIASES` hold for every API, and before all other names.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tts_core.errors import UnknownNameError
from tts_core.settings import Settings
from tts_core.types import SpeechRequest
from tts_core.validation import shown


class Aliases:
    """The other names of voices and engines."""

    def __init__(self, settings: Settings) -> None:
        self._voices = settings.voices_by_alias
        self._engines = settings.engines_by_alias

    def resolve(self, request: SpeechRequest) -> SpeechRequest:
        """Return a request with our names in place of aliases. An alias needs no stand-in."""
        changes: dict[str, str | None] = {}
        if (voice := self._voices.get(request.voice.strip().casefold())) is not None:
            changes |= {"voice": voice, "stand_in": None}
        if (engine := self._engines.get(request.engine.strip().casefold())) is not None:
            changes["engine"] = engine
        return request.model_copy(update=changes) if changes else request

    def voice(self, name: str) -> str:
        """Return the voice that a name in markup or a cast means: itself unless it is an alias."""
        return self._voices.get(name.strip().casefold(), name)

    @contextmanager
    def explained(self, request: SpeechRequest) -> Iterator[None]:
        """Name the setting in an error about a voice or an engine that only it has named."""
        try:
            yield
        except UnknownNameError as error:
            name = {"voice": request.voice, "engine": request.engine}.get(error.field or "", "")
            known = {"voice": self._voices, "engine": self._engines}.get(error.field or "", {})
            if name.strip().casefold() not in known:
                raise
            variable = "TTS_VOICE_ALIASES" if error.field == "voice" else "TTS_MODEL_ALIASES"
            raise UnknownNameError(
                f"{error} {variable} has it in place of {shown(name)!r}.", error.field
            ) from error
