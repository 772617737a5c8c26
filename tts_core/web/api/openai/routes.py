"""OpenAI's text-to-speech protocol: its clients work with `base_url="http://host:port/v1"`."""

from __future__ import annotations

import base64
import json
import math
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import Field

from tts_core.audio.encode import FORMATS
from tts_core.errors import TTSError, UnknownNameError
from tts_core.events import Finished
from tts_core.service import SpeechService
from tts_core.types import LONGEST_NAME
from tts_core.validation import did_you_mean, shown, speech_request
from tts_core.web import streaming
from tts_core.web.api.http import SPEECH_STATUSES, Strict, documented, router, status_code
from tts_core.web.api.openai.names import (
    MODELS,
    PREFIX,
    VOICES,
    OpenAIError,
    is_theirs,
    openai_body,
)
from tts_core.web.audio_stream import Piece, SoundResponse, begun, sound
from tts_core.web.callers import caller_of

DOOR = "openai"
PCM_RATE = 24_000
"""Hz. Raw samples do not say their rate; OpenAI's have this one."""
CHARACTERS_PER_TOKEN = 4
"""OpenAI's rule of thumb for English."""
TOKENS_PER_SECOND = 1250 / 60
"""Of sound: what OpenAI's two prices for gpt-4o-mini-tts, by token and by minute, come to."""


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
    voice: str | VoiceId = Field(  # `SpeechRequest` bounds it
        description=f"{', '.join(VOICES)}, for which one of ours of the same sex stands in; or any "
        "voice of `/v1/audio/voices`.",
        examples=["alloy"],
    )
    response_format: Literal["mp3", "opus", "aac", "flac", "wav", "pcm"] = Field(
        "mp3", description="pcm: 24 kHz, 16 bit, mono, little-endian, no header."
    )
    speed: float = Field(1.0, ge=0.25, le=4, examples=[1.0])
    instructions: str | None = Field(
        None, description="Taken and ignored: no engine here heeds it."
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


_BINARY = {"schema": {"type": "string", "format": "binary"}}
_SPOKEN: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The sound as it is made; or, with `stream_format` sse, events "
        "`speech.audio.delta` with pieces of it in base64 and one `speech.audio.done`.",
        "content": {
            **{format.mime_type: _BINARY for format in FORMATS.values()},
            "text/event-stream": {},
        },
    }
}


def openai_routes(service: SpeechService) -> APIRouter:
    """`/v1/audio/speech`, `/v1/models`, `/v1/audio/voices`."""
    routes = router(openai_body, OpenAIError, prefix=PREFIX, tags=["openai"])
    started = int(time.time())

    def models() -> list[Model]:
        engines = service.registry.ready()
        owners = [(name, "openai") for name in MODELS] + [(name, "aloud") for name in engines]
        return [Model(id=name, created=started, owned_by=owner) for name, owner in owners]

    @routes.post(
        "/audio/speech",
        response_class=Response,
        responses=_SPOKEN | documented(OpenAIError, *SPEECH_STATUSES),
    )
    async def create_speech(body: SpeechBody, request: Request) -> Response:
        """Speak a text. The first bytes are sent before the last sentence is spoken."""
        voice = body.voice if isinstance(body.voice, str) else body.voice.id
        wanted = speech_request(
            text=body.input,
            voice=voice,
            stand_in=VOICES.get(voice.strip().casefold()),
            engine=_engine(service, body.model),
            speed=body.speed,
            door=DOOR,
            caller=caller_of(request),
        )
        format = FORMATS[body.response_format]
        stream = await streaming.open_stream(service, wanted)
        rate = PCM_RATE if format.name == "pcm" else None
        pieces = await begun(request, stream, sound(stream, format, rate))
        if body.stream_format == "sse":
            told = _events(pieces, len(body.input))
            return SoundResponse(told, stream, "text/event-stream")
        return SoundResponse(_bytes(pieces), stream, format.mime_type)

    @routes.get("/models")
    def list_models() -> Models:
        """OpenAI's names and our engines that are ready."""
        return Models(data=models())

    @routes.get("/models/{model:path}")
    def get_model(model: str) -> Model:
        """One model."""
        for found in models():
            if model == found.id or (is_theirs(model) and found.id == MODELS[0]):
                return found.model_copy(update={"id": model})
        raise _unknown_model(model, [found.id for found in models()])

    @routes.get("/audio/voices")
    def list_voices() -> Voices:
        """OpenAI's names, then cloned voices, then those of the engines."""
        theirs = [
            VoiceEntry(
                id=name, name=name.capitalize(), engine="", language="mul", gender=like.gender
            )
            for name, like in VOICES.items()
        ]
        fields = VoiceEntry.model_fields
        ours = [VoiceEntry(**{f: voice[f] for f in fields}) for voice in service.voices()]
        return Voices(voices=theirs + ours)

    return routes


def _engine(service: SpeechService, model: str) -> str:
    name = model.strip()
    if is_theirs(name) or name == "auto":
        return "auto"
    if name not in service.registry.infos:
        raise _unknown_model(model, [*MODELS, *service.registry.infos])
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
    async with aclosing(pieces):
        try:
            async for piece in pieces:
                match piece:
                    case bytes():
                        audio = base64.b64encode(piece).decode("ascii")
                        yield _event({"type": "speech.audio.delta", "audio": audio})
                    case Finished():
                        usage = _usage(characters, piece.info.duration_seconds)
                        yield _event({"type": "speech.audio.done", "usage": usage})
        except TTSError as error:
            yield _event({"type": "error", **_told(error)})


def _told(error: TTSError) -> dict[str, Any]:
    body: Any = openai_body(error, status_code(error))
    return dict(body)


def _usage(characters: int, seconds: float) -> dict[str, int]:
    """Estimated: nothing here counts in tokens."""
    spoken = math.ceil(characters / CHARACTERS_PER_TOKEN)
    heard = round(seconds * TOKENS_PER_SECOND)
    return {"input_tokens": spoken, "output_tokens": heard, "total_tokens": spoken + heard}


def _event(data: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(data)}\n\n".encode()
