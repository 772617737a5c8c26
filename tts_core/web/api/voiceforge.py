"""The backend API of VoiceForge Studio: speech and voices as data URIs.

VoiceForge Studio's `/api/train-voice` has no field for consent, for which the application is
responsible. Without the field, the record kept with the voice says that the calling application
vouched for it (`VOUCHED`), unless the operator requires the field
(`TTS_TRAIN_VOICE_VOUCHED=false`).
"""

from __future__ import annotations

import base64
import binascii
from functools import partial
from typing import Literal

import anyio.to_thread
from fastapi import Request
from pydantic import Field

from tts_core.audio.decode import MAX_BYTES
from tts_core.errors import TooLargeError, ValidationError
from tts_core.service import SpeechService
from tts_core.types import LONGEST_NAME, LONGEST_VOICE, Caller, StandIn
from tts_core.validation import shown, speech_request
from tts_core.voices.files import discard
from tts_core.voices.record import Consent, agreed, now
from tts_core.web import streaming
from tts_core.web.api.http import (
    SPEECH_STATUSES,
    Detail,
    RequestCaller,
    Service,
    Strict,
    detail_body,
    error_responses,
    router,
    while_connected,
)
from tts_core.web.api.reading import ReadingFields

SOURCE = "voiceforge"
DEFAULT = "default-"
"""Prefix of the ids of voices that were not trained."""
VOUCHED = (
    "The application that called /api/train-voice vouches for the consent of the person in this "
    "recording; it was not asked for in words."
)
_LONGEST_HEADER = 200  # characters
_PIECE = 2**20
"""Characters of base64 that are decoded at a time; every four of them are three bytes."""
_EXAMPLE_AUDIO = "data:audio/wav;base64,UklGRiQAAABXQVZFZm10IBAAAAABAAEA…"

# Each recording may take some hundred megabytes of memory while it is checked.
_RECORDINGS = anyio.CapacityLimiter(2)

routes = router(detail_body, Detail, tags=["voiceforge"])


class TTSRequest(Strict, ReadingFields):
    """What to say, in which voice."""

    text: str = Field(examples=["Hello from VoiceForge."])
    voice_id: str = Field(
        alias="voiceId",
        max_length=LONGEST_VOICE,
        description="A `modelId` of `/api/train-voice`, `default-male`, `default-female`, another "
        "id that begins with `default-`, or any other voice of the service.",
        examples=["default-female"],
    )
    speed: float | None = Field(1.0, ge=0.5, le=2, examples=[1.0])
    variability: float | None = Field(
        0.5,
        ge=0,
        le=1,
        description="How much the voice varies: from half the engine's default temperature to "
        "twice as much. Engines without a temperature ignore it.",
        examples=[0.5],
    )


class TTSResponse(Strict):
    """Speech."""

    audio_data_uri: str = Field(
        alias="audioDataUri", description="A WAV file.", examples=[_EXAMPLE_AUDIO]
    )


class TrainVoiceRequest(Strict):
    """A recording to clone a voice from."""

    name: str = Field(alias="modelName", max_length=LONGEST_NAME, examples=["Anna"])
    audio_data_uri: str = Field(
        alias="audioDataUri",
        description="`data:audio/…;base64,…`: 10 to 30 seconds of one person speaking; WAV, MP3, "
        "FLAC, Ogg, Opus, M4A, AAC or WebM, at most 50 MB and 5 minutes.",
        examples=[_EXAMPLE_AUDIO],
    )
    consent: bool | None = Field(
        None,
        description="Whether the person in the recording agrees. If left out, the calling "
        "application vouches for it, and the record kept says so; `false` is refused.",
    )


class TrainVoiceResponse(Strict):
    """The new voice; every API accepts `modelId` as a voice."""

    training_status: Literal["completed"] = Field(alias="trainingStatus")
    model_id: str = Field(alias="modelId", examples=["anna-1f9a2c04"])


@routes.post("/api/tts", responses=error_responses(Detail, *SPEECH_STATUSES))
async def speak(
    body: TTSRequest, request: Request, service: Service, caller: RequestCaller
) -> TTSResponse:
    """Speak a text."""
    speech = speech_request(
        text=body.text,
        voice=_voice(body.voice_id),
        stand_in=_stand_in(body.voice_id),
        speed=1.0 if body.speed is None else body.speed,
        variability=body.variability,
        **body.reading,
        door=SOURCE,
        caller=caller,
    )
    speaking = streaming.synthesize(service, speech, "wav")
    path, _ = await while_connected(request, speaking)
    audio = await streaming.in_thread(lambda: base64.b64encode(path.read_bytes()).decode())
    return TTSResponse(audioDataUri=f"data:audio/wav;base64,{audio}")


@routes.post("/api/train-voice", responses=error_responses(Detail, 409, 413, 415, 503, 507))
async def train_voice(
    body: TrainVoiceRequest, service: Service, caller: RequestCaller
) -> TrainVoiceResponse:
    """Clone a voice from a recording. Every API can use it at once."""
    work = partial(_train, service, body, caller)
    voice_id = await anyio.to_thread.run_sync(work, limiter=_RECORDINGS)
    return TrainVoiceResponse(trainingStatus="completed", modelId=voice_id)


def _voice(voice_id: str) -> str:
    """Return the voice an id means: "default" for those that begin with `DEFAULT`."""
    known = voice_id.startswith(DEFAULT) and _stand_in(voice_id) is None
    return "default" if known else voice_id


def _stand_in(voice_id: str) -> StandIn | None:
    """Return the kind of voice that "default-female" and "default-male" mean."""
    gender = voice_id.removeprefix(DEFAULT)
    return StandIn(gender) if voice_id != gender and gender in ("female", "male") else None


def _train(service: SpeechService, body: TrainVoiceRequest, caller: Caller) -> str:
    """Clone a voice and return its id."""
    consent: bool | Consent = bool(body.consent)
    if body.consent is None and service.settings.train_voice_vouched:
        consent = Consent(statement=VOUCHED, given=now(), door=SOURCE)
    elif consent:
        consent = agreed(SOURCE)
    data = decode_data_uri(body.audio_data_uri)
    folder = service.voices.new_folder()
    try:
        recording = folder / "audioDataUri"
        recording.write_bytes(data)
        voice = service.voices.clone([recording], body.name, consent=consent, caller=caller)
    finally:
        discard(folder)
    return voice.id


def decode_data_uri(uri: str) -> bytes:
    """Return the content of a `data:audio/…;base64,…`.

    Raises ValidationError for another type or encoding, TooLargeError above `MAX_BYTES`.
    """
    header, comma, encoded = uri.partition(",")
    scheme, _, mime_type = header.partition(";")[0].partition(":")
    plain = comma and len(header) <= _LONGEST_HEADER and header.lower().endswith(";base64")
    if not plain or scheme.lower() != "data":
        raise ValidationError(
            "audioDataUri is not a data URI with base64; send data:audio/wav;base64,…",
            "audioDataUri",
        )
    if not mime_type.lower().startswith("audio/"):
        raise ValidationError(
            f"Invalid audio file type: {shown(mime_type)}. Please use WAV or MP3.", "audioDataUri"
        )
    if len(encoded) > MAX_BYTES * 4 / 3 + 4:
        raise TooLargeError(
            f"The recording has {len(encoded) * 3 / 4e6:.0f} MB; at most "
            f"{MAX_BYTES / 1e6:.0f} MB are allowed. Send an excerpt: 10 to 30 seconds of speech "
            "are plenty.",
            "audioDataUri",
        )
    try:
        return _decode(encoded)
    except (binascii.Error, ValueError) as error:  # ValueError: not ASCII
        raise ValidationError(
            f"audioDataUri is not valid base64 ({error}); encode the file again.",
            "audioDataUri",
        ) from error


def _decode(encoded: str) -> bytes:
    """Decode base64 in pieces. Raises binascii.Error, or ValueError if it is not ASCII.

    Decoding holds the interpreter lock, and so all other threads: 300 ms for 50 MB at once.
    """
    if encoded.find("=", 0, -2) >= 0:
        raise binascii.Error("Excess data after padding")
    pieces = range(0, len(encoded), _PIECE)
    return b"".join(base64.b64decode(encoded[n : n + _PIECE], validate=True) for n in pieces)
