"""OpenAI's speech API, for its clients with `base_url="http://host:port/v1"`."""

from __future__ import annotations

import base64
import math
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, Literal

import numpy as np
from fastapi import Request, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from tts_core.audio.encode import FORMATS, Format, StreamSink, open_encoder
from tts_core.errors import TTSError, ValidationError
from tts_core.events import Finished
from tts_core.service import SpeechService
from tts_core.types import LONGEST_NAME, Caller, SpeechRequest
from tts_core.validation import speech_request
from tts_core.web import streaming
from tts_core.web.api.http import (
    SPEECH_STATUSES,
    RequestCaller,
    Responses,
    Service,
    Strict,
    error_responses,
    router,
    while_connected,
)
from tts_core.web.api.openai.names import (
    MODELS,
    PREFIX,
    VOICES,
    OpenAIError,
    OpenAIErrorText,
    engine_of,
    is_foreign_model,
    openai_body,
    openai_status,
    stand_in_of,
    unknown_model,
)
from tts_core.web.api.reading import ReadingFields
from tts_core.web.audio_stream import (
    AudioResponse,
    Piece,
    encoded_audio,
    only_bytes,
    wait_for_first,
)

SOURCE = "openai"
PCM_RATE = 24_000
"""Hz. Raw samples do not say their rate; OpenAI's have this one."""
CHARACTERS_PER_TOKEN = 4
"""OpenAI's rule of thumb for English."""
TOKENS_PER_SECOND = 1250 / 60
"""Tokens per second of audio, from OpenAI's two prices for gpt-4o-mini-tts, by token and by
minute."""
STARTED = int(time.time())
"""When this server started, in seconds since the epoch."""

SILENCE_SECONDS = 0.1
"""What a text without anything to say becomes. OpenAI's clients send what a language model writes
piece by piece, also "…" alone, and Home Assistant asks for "." to find out whether all is well."""

routes = router(openai_body, OpenAIError, openai_status, prefix=PREFIX, tags=["openai"])


class VoiceId(Strict):
    """A voice by its id."""

    id: str


class SpeechBody(Strict, ReadingFields):
    """What to say, and how."""

    model: str = Field(
        max_length=LONGEST_NAME,
        description=f"{', '.join(MODELS)}: the best engine that is ready; or an engine's name.",
        examples=["gpt-4o-mini-tts"],
    )
    input: str = Field(examples=["The quick brown fox jumped over the lazy dog."])
    voice: str | VoiceId = Field(  # `SpeechRequest` limits its length
        description=f"{', '.join(VOICES)}, for which the voice of that name is used, or else one "
        "of the same gender; or any voice of `/v1/audio/voices`, or a blend of voices.",
        examples=["alloy"],
    )
    response_format: Literal["mp3", "opus", "aac", "flac", "wav", "pcm", "ulaw", "alaw"] = Field(
        "mp3",
        description="pcm: 24 kHz, 16 bit, mono, little-endian, no header. ulaw and alaw: G.711 at "
        "8 kHz, no header. Ours; OpenAI has none of these two.",
    )
    sample_rate: int | None = Field(
        None, strict=False, description="In Hz, 8000 to 48000. Not OpenAI's.", examples=[16_000]
    )
    speed: float = Field(1.0, ge=0.25, le=4, strict=False, examples=[1.0])
    instructions: str | None = Field(
        None, description="Accepted and ignored: no engine here uses it."
    )
    stream_format: Literal["audio", "sse", "file"] = Field(
        "audio",
        description="file, which is not OpenAI's: the finished file at once, with the signed "
        "metadata that a stream cannot carry.",
    )
    timestamp_granularities: list[Literal["word"]] = Field(
        [], description="With sse: also events `speech.audio.words`. Not OpenAI's."
    )

    @field_validator("voice", mode="before")
    @classmethod
    def _text_or_object(cls, value: Any) -> Any:  # noqa: ANN401 - what the client sent
        """Raise an error that names both kinds; pydantic would name the first one only."""
        if isinstance(value, str) or (isinstance(value, dict) and isinstance(value.get("id"), str)):
            return value
        raise PydanticCustomError("voice_type", "Send a name, or an object with the text `id`")

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, values: Any) -> Any:  # noqa: ANN401 - what the client sent
        """Take null as left out, as OpenAI does: typed clients send every field."""
        if not isinstance(values, dict):
            return values
        return {name: value for name, value in values.items() if value is not None}


class Model(Strict):
    """A model."""

    id: str = Field(examples=["tts-1"])
    object: Literal["model"] = "model"
    created: int = Field(description="When this server started.", examples=[1767225600])
    owned_by: str = Field(examples=["aloud"])


class Models(Strict):
    """All models."""

    object: Literal["list"] = "list"
    data: list[Model]


class AudioModels(Models):
    """All models under two names."""

    models: list[Model]


class VoiceEntry(Strict):
    """A voice."""

    id: str = Field(examples=["alloy"])
    name: str = Field(examples=["Alloy"])
    engine: str = Field(description='"" for OpenAI\'s names.', examples=[""])
    language: str = Field(examples=["mul"])
    gender: str = Field(examples=["female"])


class Voices(Strict):
    """All voices."""

    voices: list[VoiceEntry]


class AudioDelta(BaseModel):
    """An event with a piece of the encoded audio."""

    type: Literal["speech.audio.delta"] = "speech.audio.delta"
    audio: str


class SpokenWord(BaseModel):
    """A word and when it sounds, in seconds from the start of the audio."""

    word: str
    start: float
    end: float


class AudioWords(BaseModel):
    """An event with words whose audio has been sent or is sent soon, each word once."""

    type: Literal["speech.audio.words"] = "speech.audio.words"
    words: list[SpokenWord]


class Usage(BaseModel):
    """Tokens, estimated: nothing here counts in tokens."""

    input_tokens: int
    output_tokens: int
    total_tokens: int


class AudioDone(BaseModel):
    """The last event."""

    type: Literal["speech.audio.done"] = "speech.audio.done"
    usage: Usage


class ErrorEvent(BaseModel):
    """The last event of a request that fails."""

    type: Literal["error"] = "error"
    error: OpenAIErrorText


_BINARY = {"schema": {"type": "string", "format": "binary"}}
AUDIO: Responses = {
    200: {
        "description": "The audio as it is generated; or, with `stream_format` sse, events "
        "`speech.audio.delta` with pieces of it in base64 and one `speech.audio.done`.",
        "content": {
            **{format.mime_type: _BINARY for format in FORMATS.values()},
            "text/event-stream": {},
        },
    }
}


@routes.post(
    "/audio/speech",
    response_class=Response,
    responses=AUDIO | error_responses(OpenAIError, *SPEECH_STATUSES),
)
async def create_speech(
    body: SpeechBody, request: Request, service: Service, caller: RequestCaller
) -> Response:
    """Speak a text. The first bytes are sent before the last sentence is generated."""
    return await speak(body, request, service, caller)


async def speak(
    body: SpeechBody, request: Request, service: SpeechService, caller: Caller
) -> Response:
    """Return the response to a request for speech. Raises TTSError."""
    voice = body.voice if isinstance(body.voice, str) else body.voice.id
    speech = speech_request(
        text=body.input,
        voice=voice,
        stand_in=stand_in_of(voice),
        engine=engine_of(service, body.model),
        speed=body.speed,
        **body.reading,
        door=SOURCE,
        caller=caller,
    )
    format = FORMATS[body.response_format]
    rate = format.checked_rate(body.sample_rate) or (PCM_RATE if format.name == "pcm" else None)
    if body.input.strip() and await streaming.is_silent(service, speech):
        return await _silence(format, rate, events=body.stream_format == "sse")
    if body.stream_format == "file":
        return await _file(request, service, speech, format, body.sample_rate)
    stream = await streaming.open_stream(service, speech)
    pieces = await wait_for_first(request, stream, encoded_audio(stream, format, rate))
    if body.stream_format == "sse":
        found = _events(pieces, len(body.input), words="word" in body.timestamp_granularities)
        return AudioResponse(found, stream, "text/event-stream")
    return AudioResponse(only_bytes(pieces), stream, format.mime_type)


@routes.get("/audio/models", include_in_schema=False)
def list_audio_models(service: Service) -> AudioModels:
    """Return the models as Open WebUI reads them, and as `/models` does."""
    found = _models(service)
    return AudioModels(data=found, models=found)


@routes.get("/models/", include_in_schema=False)
@routes.get("/models")
def list_models(service: Service) -> Models:
    """Return OpenAI's names, our engines that are ready, and names that the operator has added."""
    return Models(data=_models(service))


@routes.get("/models/{model:path}")
def get_model(model: str, service: Service) -> Model:
    """Return one model."""
    known = _models(service)
    for found in known:
        if model == found.id or (is_foreign_model(model) and found.id == MODELS[0]):
            return found.model_copy(update={"id": model})
    raise unknown_model(model, [found.id for found in known])


@routes.get("/audio/voices/{model:path}", include_in_schema=False)
@routes.get("/audio/voices")
def list_voices(service: Service, model: str = "") -> Voices:
    """Return OpenAI's names, then the cloned voices and those of the engines that can speak now.

    `model`: only the voices of an engine.
    """
    engine = engine_of(service, model) if model else "auto"
    if engine == "auto":
        engine = ""
    aliases = [
        VoiceEntry(id=name, name=name.capitalize(), engine="", language="mul", gender=like.gender)
        for name, like in VOICES.items()
    ]
    fields = VoiceEntry.model_fields
    able = [voice for voice in service.voices.all(engine) if voice.engines]
    own = [VoiceEntry(**{f: getattr(voice, f) for f in fields}) for voice in able]
    return Voices(voices=own if engine else aliases + own)


async def _file(
    request: Request,
    service: SpeechService,
    speech: SpeechRequest,
    format: Format,
    sample_rate: int | None,
) -> Response:
    """Return a finished file. Raises TTSError."""
    if sample_rate is not None:
        raise ValidationError(
            "sample_rate does not go with stream_format file, which has the engine's rate; leave "
            "one of them out.",
            "sample_rate",
        )
    speaking = streaming.synthesize(service, speech, format.name)
    path, info = await while_connected(request, speaking)
    headers = {"X-Request-Id": info.request_id, "Cache-Control": "no-store"}
    return FileResponse(path, media_type=format.mime_type, headers=headers)


async def _silence(format: Format, rate: int | None, *, events: bool) -> Response:
    """Return the answer to a text in which there is nothing to say: a moment of silence."""

    def encoded() -> bytes:
        sink = StreamSink()
        with open_encoder(format.name, PCM_RATE, sink, rate) as encoder:
            encoder.write(np.zeros(round(SILENCE_SECONDS * PCM_RATE), np.float32))
        return sink.drain()

    data = await streaming.in_thread(encoded)
    if not events:
        return Response(data, media_type=format.mime_type)
    delta = AudioDelta(audio=base64.b64encode(data).decode("ascii"))
    end = AudioDone(usage=_usage(0, SILENCE_SECONDS))
    return Response(_event(delta) + _event(end), media_type="text/event-stream")


def _models(service: SpeechService) -> list[Model]:
    engines = service.engines.ready()
    added = service.settings.engines_by_alias
    owners = dict.fromkeys(MODELS, "openai")
    owners |= dict.fromkeys((*engines, *added), "aloud")
    return [Model(id=name, created=STARTED, owned_by=owner) for name, owner in owners.items()]


async def _events(
    pieces: AsyncGenerator[Piece, None], characters: int, *, words: bool
) -> AsyncGenerator[bytes, None]:
    """Yield the server-sent events of a request whose text has so many characters.

    `words`: whether the times of words are wanted.
    """
    async with aclosing(pieces):
        try:
            async for piece in pieces:
                match piece:
                    case bytes():
                        yield _event(AudioDelta(audio=base64.b64encode(piece).decode("ascii")))
                    case tuple() if words:
                        said = [SpokenWord(word=w.text, start=w.start, end=w.end) for w in piece]
                        yield _event(AudioWords(words=said))
                    case Finished():
                        usage = _usage(characters, piece.info.duration_seconds)
                        yield _event(AudioDone(usage=usage))
        except TTSError as error:
            yield _event(ErrorEvent(error=openai_body(error, openai_status(error)).error))


def _usage(characters: int, seconds: float) -> Usage:
    """Return an estimate for a text and the seconds of audio made from it."""
    text = math.ceil(characters / CHARACTERS_PER_TOKEN)
    audio = round(seconds * TOKENS_PER_SECOND)
    return Usage(input_tokens=text, output_tokens=audio, total_tokens=text + audio)


def _event(data: BaseModel) -> bytes:
    return f"data: {data.model_dump_json()}\n\n".encode()
