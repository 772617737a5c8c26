"""Speech with the times of its words, as Kokoro-FastAPI has it: `POST /dev/captioned_speech`."""

from __future__ import annotations

import base64
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Literal

from fastapi import Request, Response
from pydantic import BaseModel, Field

from tts_core.audio.encode import FORMATS
from tts_core.errors import TTSError
from tts_core.types import LONGEST_NAME, WordTiming
from tts_core.validation import speech_request
from tts_core.web import streaming
from tts_core.web.api.http import (
    SPEECH_STATUSES,
    RequestCaller,
    Responses,
    Service,
    error_responses,
    router,
    status_code,
    whole_response,
)
from tts_core.web.api.openai.names import (
    OpenAIError,
    engine_of,
    openai_body,
    openai_status,
    stand_in_of,
)
from tts_core.web.api.reading import ReadingFields
from tts_core.web.audio_stream import LINES, AudioResponse, Piece, encoded_audio, wait_for_first

SOURCE = "captioned"
LANGUAGES = {
    "a": "en-us",
    "b": "en-gb",
    "e": "es",
    "f": "fr",
    "h": "hi",
    "i": "it",
    "j": "ja",
    "p": "pt-br",
    "z": "cmn",
}
"""The languages of Kokoro-FastAPI's `lang_code`; ours are taken too."""
_LINES: Responses = {200: {"content": {LINES: {}}}}

routes = router(openai_body, OpenAIError, openai_status, prefix="/dev", tags=["openai"])


class CaptionedSpeechBody(ReadingFields):
    """What to say, and how. Other fields of Kokoro-FastAPI's are ignored."""

    model: str = Field("auto", max_length=LONGEST_NAME)
    input: str = Field(examples=["The quick brown fox jumped over the lazy dog."])
    voice: str = "default"
    response_format: Literal["mp3", "opus", "flac", "wav", "pcm", "aac"] = "mp3"
    speed: float = Field(1.0, ge=0.25, le=4)
    stream: bool = Field(True, description="One JSON object in each line; else one in all.")
    return_timestamps: bool = True
    lang_code: str | None = Field(None, max_length=LONGEST_NAME)


class WordTimestamp(BaseModel):
    """A word and when it sounds, in seconds from the start of the audio."""

    word: str = Field(examples=["The"])
    start_time: float = Field(examples=[0.01])
    end_time: float = Field(examples=[0.12])


class CaptionedSpeech(BaseModel):
    """A piece of the audio, or all of it, and words. In a stream they come soon after it."""

    audio: str = Field(description="In base64.", examples=["SUQzBAAAAAAA"])
    audio_format: str = Field(examples=["audio/mpeg"])
    timestamps: list[WordTimestamp] | None


@routes.post(
    "/captioned_speech",
    response_model=CaptionedSpeech,
    responses=_LINES | error_responses(OpenAIError, *SPEECH_STATUSES),
)
async def captioned_speech(
    body: CaptionedSpeechBody, request: Request, service: Service, caller: RequestCaller
) -> Response:
    """Speak a text and say when each word sounds."""
    speech = speech_request(
        text=body.input,
        voice=body.voice,
        stand_in=stand_in_of(body.voice),
        engine=engine_of(service, body.model),
        language=LANGUAGES.get(body.lang_code or "", body.lang_code),
        speed=body.speed,
        **body.reading,
        door=SOURCE,
        caller=caller,
    )
    format = FORMATS[body.response_format]
    stream = await streaming.open_stream(service, speech)
    pieces = await wait_for_first(request, stream, encoded_audio(stream, format))
    found = _lines(pieces, format.mime_type, words=body.return_timestamps, whole=not body.stream)
    if not body.stream:
        return await whole_response(request, found, stream)
    return AudioResponse(found, stream, LINES)


async def _lines(
    pieces: AsyncGenerator[Piece, None], mime_type: str, *, words: bool, whole: bool
) -> AsyncGenerator[bytes, None]:
    """Yield a JSON object in a line for each piece; for a whole one, all in one at the end."""
    audio, said = bytearray(), list[WordTiming]()

    def line() -> bytes:
        stamps = [WordTimestamp(word=w.text, start_time=w.start, end_time=w.end) for w in said]
        found = CaptionedSpeech(
            audio=base64.b64encode(audio).decode("ascii"),
            audio_format=mime_type,
            timestamps=stamps if words else None,
        )
        audio.clear()
        said.clear()
        return found.model_dump_json().encode() + b"\n"

    async with aclosing(pieces):
        try:
            async for piece in pieces:
                match piece:
                    case bytes():
                        audio += piece
                    case tuple() if words:
                        said += piece
                if not whole and (audio or said):
                    yield line()
            if whole:
                yield line()
        except TTSError as error:
            if whole:
                raise
            body = openai_body(error, status_code(error))
            yield body.model_dump_json().encode() + b"\n"
