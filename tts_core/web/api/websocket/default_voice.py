"""The voice of a text on the WebSocket that names none."""

from __future__ import annotations

from tts_core.engines.groq.voices import FORMER_VOICES, former_voice, model_of
from tts_core.service import SpeechService
from tts_core.text.language import detect_language
from tts_core.types import SpeechRequest
from tts_core.voices.catalog import AUTO, base


def with_voice(request: SpeechRequest, service: SpeechService) -> SpeechRequest:
    """Return the request with a voice: `TTS_GROQ_VOICE`, or "default" where that does not fit.

    A PlayAI voice does not fit a text in another language, nor a request for an engine; any other
    voice of the setting is used for every text.
    """
    if request.voice.strip():
        return request
    preferred = service.settings.groq_voice
    if (former := former_voice(preferred)) is not None and not _fits(request, former, service):
        preferred = "default"
    return request.model_copy(update={"voice": preferred})


def _fits(request: SpeechRequest, former: str, service: SpeechService) -> bool:
    """Return whether a PlayAI voice can speak a request."""
    if request.engine.strip().casefold() not in ("", AUTO):
        return False
    model = model_of(FORMER_VOICES[former])
    assert model is not None
    language = request.language.strip().casefold()
    if language in ("", AUTO):
        infos = service.engines.infos.values()
        known = {base(item.code) for info in infos for item in info.languages}
        language = detect_language(request.text, known)
    return base(language) == model.language.code
