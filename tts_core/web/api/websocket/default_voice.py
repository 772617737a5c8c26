"""The voice of a text on the WebSocket that names none."""

from __future__ import annotations

from tts_core.service import SpeechService
from tts_core.settings import Settings
from tts_core.text.language import detect_language
from tts_core.types import SpeechRequest
from tts_core.voices.lookup import AUTO, base


def with_voice(request: SpeechRequest, service: SpeechService) -> SpeechRequest:
    """Return the request with a voice: `TTS_GROQ_VOICE`, or "default" where that does not fit.

    A retired voice does not fit a text in another language, nor a request for an engine; any other
    voice of the setting is used for every text. Where Groq cannot be used, nobody chose the voice
    that the setting has by default, and "default" speaks as in all other APIs.
    """
    if request.voice.strip():
        return request
    preferred = service.settings.groq_voice
    retired = service.engines.retired_voice(preferred)
    unset = preferred == Settings.model_fields["groq_voice"].default
    if retired is None:
        fits = not unset  # Groq's engine, which had that voice, is not here
    else:
        usable = service.engines.cannot_speak_reason(retired.engine.name) is None
        fits = (usable or not unset) and _fits(request, retired.successor.language, service)
    preferred = preferred if fits else "default"
    return request.model_copy(update={"voice": preferred})


def _fits(request: SpeechRequest, spoken: str, service: SpeechService) -> bool:
    """Return whether a request is for any engine and for speech in a language."""
    if request.engine.strip().casefold() not in ("", AUTO):
        return False
    language = request.language.strip().casefold()
    if language in ("", AUTO):
        infos = service.engines.infos.values()
        known = {base(item.code) for info in infos for item in info.languages}
        language = detect_language(request.text, known)
    return base(language) == base(spoken)
