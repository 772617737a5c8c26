"""OpenAI's speech API, for its clients with `base_url="http://host:port/v1"`."""

from __future__ import annotations

import base64
import math
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Literal

from fastapi import Request, Response
from pydantic import BaseModel, Field

from tts_core.audio.encode import FORMATS
from tts_core.errors import TTSError, UnknownNameError
from tts_core.events import Finished
from tts_core.service import SpeechService
from tts_core.types import LONGEST_NAME
from tts_core.validation import did_you_mean, shown, speech_request
from tts_core.web import streaming
from tts_core.web.api.http import (
    SPEECH_STATUSES,
    RequestCaller,
    Responses,
    Service,
    Strict,
    error_responses,
    router,
    status_code,
)
from tts_core.web.api.openai.names import (
    MODELS,
    PREFIX,
    VOICES,
    OpenAIError,
    OpenAIErrorText,
    is_openai_model,
    openai_body,
)
from tts_core.web.audio_stream import AudioResponse, Piece, encoded_audio, wait_for_first

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

routes = router(openai_body, OpenAIError, prefix=PREFIX, tags=["openai"])


class VoiceId(Strict):
    """A voice by its id."""

    id: str


class SpeechBody(Strict):
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
    response_format: Literal["mp3", "opus", "aac", "flac", "wav", "pcm"] = Field(
        "mp3", description="pcm: 24 kHz, 16 bit, mono, little-endian, no header."
    )
    speed: float = Field(1.0, ge=0.25, le=4, examples=[1.0])
    instructions: str | None = Field(
        None, description="Accepted and ignored: no engine here uses it."
    )
    stream_format: Literal["audio", "sse"] = "audio"


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
_AUDIO: Responses = {
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
    responses=_AUDIO | error_responses(OpenAIError, *SPEECH_STATUSES),
)
async def create_speech(
    body: SpeechBody, request: Request, service: Service, caller: RequestCaller
) -> Response:
    """Speak a text. The first bytes are sent before the last sentence is generated."""
    voice = body.voice if isinstance(body.voice, str) else body.voice.id
    speech = speech_request(
        text=body.input,
        voice=voice,
        stand_in=VOICES.get(voice.strip().casefold()),
        engine=_engine(service, body.model),
        speed=body.speed,
        door=SOURCE,
        caller=caller,
    )
    format = FORMATS[body.response_format]
    stream = await streaming.open_stream(service, speech)
    rate = PCM_RATE if format.name == "pcm" else None
    pieces = await wait_for_first(request, stream, encoded_audio(stream, format, rate))
    if body.stream_format == "sse":
        return AudioResponse(_events(pieces, len(body.input)), stream, "text/event-stream")
    return AudioResponse(_bytes(pieces), stream, format.mime_type)


@routes.get("/models")
def list_models(service: Service) -> Models:
    """Return OpenAI's names and our engines that are ready."""
    return Models(data=_models(service))


@routes.get("/models/{model:path}")
def get_model(model: str, service: Service) -> Model:
    """Return one model."""
    known = _models(service)
    for found in known:
        if model == found.id or (is_openai_model(model) and found.id == MODELS[0]):
            return found.model_copy(update={"id": model})
    raise _unknown_model(model, [found.id for found in known])


@routes.get("/audio/voices")
def list_voices(service: Service) -> Voices:
    """Return OpenAI's names, then cloned voices, then those of the engines that are ready."""
    aliases = [
        VoiceEntry(id=name, name=name.capitalize(), engine="", language="mul", gender=like.gender)
        for name, like in VOICES.items()
    ]
    fields = VoiceEntry.model_fields
    able = [voice for voice in service.voices.all() if voice.engines]
    own = [VoiceEntry(**{f: getattr(voice, f) for f in fields}) for voice in able]
    return Voices(voices=aliases + own)


def _models(service: SpeechService) -> list[Model]:
    engines = service.engines.ready()
    owners = [(name, "openai") for name in MODELS] + [(name, "aloud") for name in engines]
    return [Model(id=name, created=STARTED, owned_by=owner) for name, owner in owners]


def _engine(service: SpeechService, model: str) -> str:
    """Return the engine a model stands for. Raises UnknownNameError."""
    name = model.strip()
    if is_openai_model(name) or name == "auto":
        return "auto"
    if name not in service.engines.infos:
        raise _unknown_model(model, [*MODELS, *service.engines.infos])
    return name


def _unknown_model(model: str, known: list[str]) -> UnknownNameError:
    return UnknownNameError(
        f"The model {shown(model)!r} does not exist.{did_you_mean(model, known)} Choose one of: "
        f"{', '.join(known)}.",
        "model",
    )


async def _bytes(pieces: AsyncGenerator[Piece, None]) -> AsyncGenerator[bytes, None]:
    async with aclosing(pieces):
        async for piece in pieces:
            if isinstance(piece, bytes):
                yield piece


async def _events(
    pieces: AsyncGenerator[Piece, None], characters: int
) -> AsyncGenerator[bytes, None]:
    """Yield the server-sent events of a request whose text has so many characters."""
    async with aclosing(pieces):
        try:
            async for piece in pieces:
                match piece:
                    case bytes():
                        yield _event(AudioDelta(audio=base64.b64encode(piece).decode("ascii")))
                    case Finished():
                        usage = _usage(characters, piece.info.duration_seconds)
                        yield _event(AudioDone(usage=usage))
        except TTSError as error:
            yield _event(ErrorEvent(error=openai_body(error, status_code(error)).error))


def _usage(characters: int, seconds: float) -> Usage:
    """Return an estimate for a text and the seconds of audio made from it."""
    text = math.ceil(characters / CHARACTERS_PER_TOKEN)
    audio = round(seconds * TOKENS_PER_SECOND)
    return Usage(input_tokens=text, output_tokens=audio, total_tokens=text + audio)


def _event(data: BaseModel) -> bytes:
    return f"data: {data.model_dump_json()}\n\n".encode()
