"""The gallery's routes: its contents, the sound of each voice, blends to be saved.

A sound is a request like any other, within the same limits. It is kept twice: its segment by the
segment cache, and the answer by browsers, until the voice's engine has other weights. Segments of
voices in sight are made before they are asked for, where that takes long (`services/previews.py`).
"""

from __future__ import annotations

import gzip
import json
from functools import partial

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from tts_core.audio.encode import FORMATS
from tts_core.service import SpeechService
from tts_core.services.previews import MOST
from tts_core.types import LONGEST_NAME, LONGEST_VOICE, Caller, SpeechRequest
from tts_core.validation import speech_request
from tts_core.voices.record import LIBRARY
from tts_core.web.api.http import router
from tts_core.web.audio_stream import AudioResponse, encoded_audio, only_bytes, wait_for_first
from tts_core.web.callers import caller_of
from tts_core.web.streaming import in_thread, open_stream
from tts_core.web.ui.choices import AUTO
from tts_core.web.ui.example_texts import preview_text
from tts_core.web.ui.gallery.listing import listing
from tts_core.web.ui.texts import texts_of

SOUND = "/page/voices/sound"
SOUNDS = "/page/voices/sounds"
RATE = 24_000
"""Hz, of every sound, so that the browser needs one audio context for all."""
LONGEST_SAMPLE = 500
"""Characters of a text that tell its language."""
_SEED = 1
"""The same each time, so that engines that sample say the same each time."""
_KEPT = "private, max-age=2592000, immutable"


def gallery_routes(service: SpeechService) -> APIRouter:
    """Return the router of the routes below `/page/voices`."""
    routes = router(include_in_schema=False)

    @routes.post("/page/voices")
    async def voices(request: Request) -> Response:
        """Return `listing` as JSON. The body: the beginning of the text, as plain text.

        Query: `language`, the code chosen for it. Not GET, so that no log has the text.
        """
        text = (await request.body())[: 4 * LONGEST_SAMPLE].decode(errors="replace")
        language = request.query_params.get("language", AUTO)[:LONGEST_NAME]
        make = partial(listing, service, texts_of(request), language or AUTO, text[:LONGEST_SAMPLE])
        content = json.dumps(await in_thread(make), ensure_ascii=False, separators=(",", ":"))
        headers = {"Cache-Control": "no-store"}
        body = content.encode()
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
            body = gzip.compress(body, 5)
        return Response(body, media_type="application/json", headers=headers)

    @routes.post("/page/voices/blends")
    async def save(request: Request) -> Response:
        """Save a blend as a voice of the library. Query: `blend`, and the `name` it gets."""
        query = request.query_params
        blend, name = query.get("blend", ""), query.get("name", "")
        caller = caller_of(request)
        saved = await in_thread(lambda: service.voices.save_blend(blend, name, caller=caller))
        return JSONResponse({"id": saved.id, "name": saved.name})

    @routes.get(SOUND)
    async def sound(request: Request) -> Response:
        """Speak a sentence in a voice: 16-bit samples at `RATE`, without a header.

        Query: `engine`, `voice`, `language`, and `v`, which changes with the sound.
        """
        query = request.query_params
        speech = _speech(
            query.get("engine", "")[:LONGEST_NAME],
            query.get("voice", "")[:LONGEST_VOICE],
            query.get("language", "")[:LONGEST_NAME],
            caller_of(request),
        )
        stream = await open_stream(service, speech)
        pieces = encoded_audio(stream, FORMATS["pcm"], RATE)
        pieces = await wait_for_first(request, stream, pieces)
        answer = AudioResponse(only_bytes(pieces), stream, FORMATS["pcm"].mime_type)
        if query.get("v"):
            answer.headers["Cache-Control"] = _KEPT
        return answer

    @routes.post(SOUNDS, status_code=204)
    async def prepare(request: Request, voices: list[_Heard]) -> None:
        """Make the sounds of the voices in sight, in their order, while nothing else is spoken."""
        caller = caller_of(request)
        wanted = [_speech(v.engine, v.voice, v.language, caller) for v in voices[:MOST]]
        await in_thread(lambda: service.previews.prepare(caller.client, wanted))

    return routes


class _Heard(BaseModel):
    """A voice of the gallery, and the language in which it is heard."""

    engine: str = Field(max_length=LONGEST_NAME)
    voice: str = Field(max_length=LONGEST_VOICE)
    language: str = Field(max_length=LONGEST_NAME)


def _speech(engine: str, voice: str, language: str, caller: Caller) -> SpeechRequest:
    """Return the request for a voice's sound. Raises ValidationError."""
    language = language or AUTO
    speech = speech_request(
        text=preview_text("en" if language == AUTO else language),
        engine=AUTO if engine in ("", LIBRARY) else engine,
        voice=voice,
        language=language,
        seed=_SEED,
        door="page",
    )
    return speech.model_copy(update={"caller": caller})
