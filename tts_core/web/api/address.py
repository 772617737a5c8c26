"""Speech by address, for players that can be given nothing but a URL: VLC, Sonos, `<audio>`."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request, Response

from tts_core.audio.encode import FORMATS, find_format
from tts_core.types import LONGEST_NAME, LONGEST_VOICE
from tts_core.validation import speech_request
from tts_core.web import streaming
from tts_core.web.api.http import (
    SPEECH_STATUSES,
    Error,
    RequestCaller,
    Responses,
    Service,
    error_responses,
    router,
)
from tts_core.web.api.openai.names import stand_in_of
from tts_core.web.api.reading import ReadingQuery
from tts_core.web.audio_stream import AudioResponse, encoded_audio, only_bytes, wait_for_first

SOURCE = "address"
PATH = "/tts"
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_AUDIO: Responses = {
    200: {
        "description": "The audio as it is generated.",
        "content": {format.mime_type: _BINARY for format in FORMATS.values()},
    }
}

routes = router(tags=["address"])

Name = Annotated[str, Query(max_length=LONGEST_NAME)]


@routes.get(
    PATH, response_class=Response, responses=_AUDIO | error_responses(Error, *SPEECH_STATUSES)
)
async def speak(
    request: Request,
    service: Service,
    caller: RequestCaller,
    reading: ReadingQuery,
    text: Annotated[str, Query(description="What to say.", examples=["Dinner is ready."])],
    voice: Annotated[str, Query(max_length=LONGEST_VOICE)] = "default",
    engine: Name = "auto",
    language: Name = "auto",
    speed: float = 1.0,
    pitch: float = 1.0,
    format: Annotated[Name, Query(description=f"{', '.join(FORMATS)}.")] = "mp3",
    sample_rate: Annotated[int | None, Query(description="In Hz, 8000 to 48000.")] = None,
    seed: int = -1,
) -> Response:
    """Speak a text. If the server requires a key, it may be sent as `api_key`."""
    kind = find_format(format)
    rate = kind.checked_rate(sample_rate)
    speech = speech_request(
        text=text,
        voice=voice,
        stand_in=stand_in_of(voice),
        engine=engine,
        language=language,
        speed=speed,
        pitch=pitch,
        seed=seed,
        **reading.reading,
        door=SOURCE,
        caller=caller,
    )
    stream = await streaming.open_stream(service, speech)
    pieces = await wait_for_first(request, stream, encoded_audio(stream, kind, rate))
    return AudioResponse(only_bytes(pieces), stream, kind.mime_type)


@routes.head(PATH, include_in_schema=False)
async def describe(format: Name = "mp3") -> Response:
    """Tell a player the type of the audio without generating any."""
    return Response(media_type=find_format(format).mime_type)
