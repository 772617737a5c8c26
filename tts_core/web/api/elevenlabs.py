"""ElevenLabs' text-to-speech API, for its clients with `base_url="http://host:port"`."""

from __future__ import annotations

import base64
import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from types import MappingProxyType
from typing import Annotated, Any, Literal

from fastapi import Depends, Query, Request, Response
from fastapi import Path as PathParameter
from pydantic import BaseModel, Field

from tts_core.audio.encode import FORMATS, Format
from tts_core.errors import TTSError, UnknownNameError, ValidationError
from tts_core.events import Finished
from tts_core.service import SpeechService
from tts_core.services.voices import VoiceEntry
from tts_core.types import LONGEST_NAME, LONGEST_VOICE, SpeechRequest, StandIn, WordTiming
from tts_core.validation import shown, speech_request
from tts_core.voices.record import LIBRARY
from tts_core.web import streaming
from tts_core.web.api.http import (
    SPEECH_STATUSES,
    RequestCaller,
    Responses,
    Service,
    error_responses,
    router,
    whole_response,
)
from tts_core.web.api.reading import ReadingFields
from tts_core.web.audio_stream import (
    LINES,
    AudioResponse,
    Piece,
    encoded_audio,
    only_bytes,
    wait_for_first,
)

SOURCE = "elevenlabs"
PREMADE: Mapping[str, tuple[str, StandIn]] = MappingProxyType(
    {
        "21m00Tcm4TlvDq8ikWAM": ("Rachel", StandIn("female", 0)),
        "EXAVITQu4vr4xnSDxMaL": ("Sarah", StandIn("female", 1)),
        "AZnzlk1XvdvUeBnXmlld": ("Domi", StandIn("female", 2)),
        "MF3mGyEYCl7XYWbV9V6O": ("Elli", StandIn("female", 3)),
        "JBFqnCBsd6RMkjVDRZzb": ("George", StandIn("male", 0)),
        "pNInz6obpgDQGcFmaJgB": ("Adam", StandIn("male", 1)),
        "ErXwobaYiN019PkySvjV": ("Antoni", StandIn("male", 2)),
        "TxGEqnHWrfWFTfGW9XjX": ("Josh", StandIn("male", 3)),
        "VR6AewLTigWG4xSOukaG": ("Arnold", StandIn("male", 4)),
        "yoZ06aMxZJJ28mfd3POQ": ("Sam", StandIn("male", 5)),
    }
)
"""ElevenLabs' voices that its documents and many programs name: by id their names, and the kind of
voice that is used for each."""
FARTHEST = 200
"""Characters of the text that may be left out between two words."""
_OUTPUT = re.compile(r"(mp3|pcm|wav|opus|ulaw|alaw)_(\d{4,5})(?:_\d{2,3})?", re.ASCII)


class ErrorDetail(BaseModel):
    """What went wrong."""

    status: str = Field(examples=["not_found"])
    message: str = Field(examples=["There is no voice 'nobody'."])


class ElevenLabsError(BaseModel):
    """An error in the form of ElevenLabs'."""

    detail: ErrorDetail


def elevenlabs_body(error: TTSError, status: int) -> ElevenLabsError:
    """Return an error in the form of ElevenLabs'."""
    return ElevenLabsError(detail=ErrorDetail(status=error.type, message=str(error)))


routes = router(elevenlabs_body, ElevenLabsError, tags=["elevenlabs"])


class VoiceSettings(BaseModel):
    """How the voice speaks. What else ElevenLabs has is ignored."""

    stability: float | None = Field(None, ge=0, le=1, description="Little: it varies much.")
    speed: float | None = Field(None, ge=0.25, le=4)


class SpeechBody(ReadingFields):
    """What to say, and how. What else ElevenLabs has is ignored."""

    text: str = Field(examples=["The first move is what sets everything in motion."])
    model_id: str | None = Field(
        None,
        max_length=LONGEST_NAME,
        description="An engine's name; any other means the best engine that is ready.",
    )
    language_code: str | None = Field(None, max_length=LONGEST_NAME)
    voice_settings: VoiceSettings | None = None
    seed: int | None = Field(None, ge=0)


class Alignment(BaseModel):
    """When each character sounds, in seconds from the start of the audio."""

    characters: list[str] = Field(examples=[["H", "i"]])
    character_start_times_seconds: list[float] = Field(examples=[[0.0, 0.1]])
    character_end_times_seconds: list[float] = Field(examples=[[0.1, 0.2]])


class TimedAudio(BaseModel):
    """A piece of the audio, or all of it, and its characters."""

    audio_base64: str = Field(examples=["SUQzBAAAAAAA"])
    alignment: Alignment | None
    normalized_alignment: Alignment | None


class Voice(BaseModel):
    """A voice."""

    voice_id: str = Field(examples=["en-gb"])
    name: str = Field(examples=["English (Great Britain)"])
    category: Literal["premade", "cloned"]
    labels: dict[str, str] = Field(examples=[{"language": "en-gb", "gender": "male"}])
    description: str | None = None
    preview_url: str | None = None
    settings: dict[str, float] | None = None
    samples: list[str] | None = None
    available_for_tiers: list[str] = []
    high_quality_base_model_ids: list[str] = []


class Voices(BaseModel):
    """All voices."""

    voices: list[Voice]


class FoundVoices(Voices):
    """A page of voices."""

    has_more: bool = Field(examples=[False])
    total_count: int = Field(examples=[150])
    next_page_token: str | None = None


class Output(BaseModel):
    """The audio that a client wants."""

    format: str
    rate: int

    @property
    def entry(self) -> Format:
        """Return the format."""
        return FORMATS[self.format]


async def _output(
    output_format: Annotated[
        str,
        Query(
            max_length=LONGEST_NAME,
            description="mp3_44100_128, pcm_16000, wav_24000, opus_48000_64, ulaw_8000, …",
        ),
    ] = "mp3_44100_128",
) -> Output:
    found = _OUTPUT.fullmatch(output_format)
    if found is None:
        raise ValidationError(
            f"output_format: {shown(output_format)!r} is not known. Send one such as "
            "mp3_44100_128, pcm_16000, wav_24000, opus_48000_64, ulaw_8000 or alaw_8000.",
            "output_format",
        )
    name, rate = found[1], int(found[2])
    FORMATS[name].checked_rate(rate)
    return Output(format=name, rate=rate)


Wanted = Annotated[Output, Depends(_output)]
VoiceId = Annotated[str, PathParameter(max_length=LONGEST_VOICE, examples=["default"])]
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_AUDIO: Responses = {
    200: {"description": "The audio as it is generated.", "content": {"audio/mpeg": _BINARY}}
}
_LINES: Responses = {200: {"content": {LINES: {}}}}
_ERRORS = error_responses(ElevenLabsError, *SPEECH_STATUSES)


@routes.post("/v1/text-to-speech/{voice_id}", response_class=Response, responses=_AUDIO | _ERRORS)
@routes.post(
    "/v1/text-to-speech/{voice_id}/stream", response_class=Response, responses=_AUDIO | _ERRORS
)
async def speak(
    voice_id: VoiceId,
    body: SpeechBody,
    request: Request,
    service: Service,
    caller: RequestCaller,
    output: Wanted,
) -> Response:
    """Speak a text. The first bytes are sent before the last sentence is generated."""
    speech = _request(voice_id, body, _engine(service, body.model_id), caller)
    stream = await streaming.open_stream(service, speech)
    pieces = await wait_for_first(request, stream, encoded_audio(stream, output.entry, output.rate))
    return AudioResponse(only_bytes(pieces), stream, output.entry.mime_type)


@routes.post(
    "/v1/text-to-speech/{voice_id}/with-timestamps", response_model=TimedAudio, responses=_ERRORS
)
@routes.post(
    "/v1/text-to-speech/{voice_id}/stream/with-timestamps",
    response_model=TimedAudio,
    responses=_LINES | _ERRORS,
)
async def speak_with_timestamps(
    voice_id: VoiceId,
    body: SpeechBody,
    request: Request,
    service: Service,
    caller: RequestCaller,
    output: Wanted,
) -> Response:
    """Speak a text and say when each character sounds; streamed, an object in each line."""
    speech = _request(voice_id, body, _engine(service, body.model_id), caller)
    stream = await streaming.open_stream(service, speech)
    pieces = await wait_for_first(request, stream, encoded_audio(stream, output.entry, output.rate))
    streamed = request.url.path.endswith("/stream/with-timestamps")
    found = _timed(pieces, body.text, whole=not streamed)
    if not streamed:
        return await whole_response(request, found, stream)
    return AudioResponse(found, stream, LINES)


@routes.get("/v1/voices")
def list_voices(service: Service) -> Voices:
    """Return cloned voices, then those of the engines."""
    return Voices(voices=[_voice(voice) for voice in service.voices.all() if voice.engines])


@routes.get("/v2/voices")
def search_voices(service: Service, search: str = "") -> FoundVoices:
    """Return the voices whose names contain a text, all on one page."""
    wanted = search.strip().casefold()
    able = [voice for voice in service.voices.all() if voice.engines]
    found = [_voice(voice) for voice in able if wanted in voice.name.casefold()]
    return FoundVoices(voices=found, has_more=False, total_count=len(found))


@routes.get("/v1/voices/{voice_id}")
def get_voice(voice_id: VoiceId, service: Service) -> Voice:
    """Return one voice, or one of ElevenLabs' own for which there is a stand-in."""
    if voice_id in PREMADE:
        name, like = PREMADE[voice_id]
        labels = {"language": like.language, "gender": like.gender}
        return Voice(voice_id=voice_id, name=name, category="premade", labels=labels)
    for voice in service.voices.all():
        if voice.id == voice_id:
            return _voice(voice)
    raise UnknownNameError(
        f"There is no voice {shown(voice_id)!r}. /v1/voices names them all.", "voice_id"
    )


def _voice(voice: VoiceEntry) -> Voice:
    labels = {"language": voice.language, "gender": voice.gender}
    return Voice(
        voice_id=voice.id,
        name=voice.name,
        category="cloned" if voice.engine == LIBRARY else "premade",
        labels={name: value for name, value in labels.items() if value},
    )


def _request(
    voice_id: str,
    body: SpeechBody,
    engine: str,
    caller: Any,  # noqa: ANN401 - checked by `speech_request`
) -> SpeechRequest:
    settings = body.voice_settings or VoiceSettings(stability=None, speed=None)
    return speech_request(
        text=body.text,
        voice=voice_id,
        stand_in=PREMADE[voice_id][1] if voice_id in PREMADE else None,
        engine=engine,
        language=body.language_code,
        speed=settings.speed,
        variability=None if settings.stability is None else 1 - settings.stability,
        seed=None if body.seed is None else body.seed % 2**31,
        **body.reading,
        door=SOURCE,
        caller=caller,
    )


def _engine(service: SpeechService, model: str | None) -> str:
    """Return the engine that a model names; "auto" for ElevenLabs' own models and unknown ones."""
    name = (model or "").strip()
    known = name in service.engines.infos or name.casefold() in service.settings.engines_by_alias
    return name if known else "auto"


async def _timed(
    pieces: AsyncGenerator[Piece, None], text: str, *, whole: bool
) -> AsyncGenerator[bytes, None]:
    """Yield an object in a line for each piece; for a whole one, all in one at the end."""
    audio, times = bytearray(), CharacterTimes(text)

    def line() -> bytes:
        alignment = times.take()
        found = TimedAudio(
            audio_base64=base64.b64encode(audio).decode("ascii"),
            alignment=alignment,
            normalized_alignment=alignment,
        )
        audio.clear()
        return found.model_dump_json().encode() + b"\n"

    async with aclosing(pieces):
        async for piece in pieces:
            match piece:
                case bytes():
                    audio += piece
                case tuple():
                    times.add(piece)
                case Finished():
                    times.finish()
            if not whole and (audio or times.waiting):
                yield line()
        if whole:
            yield line()


class CharacterTimes:
    """Shares the times of words out among the characters of a text, in order."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0
        self._clock = 0.0
        self._farthest = FARTHEST
        self._found: list[tuple[str, float, float]] = []

    @property
    def waiting(self) -> bool:
        """Return whether there are characters to take."""
        return bool(self._found)

    def add(self, words: tuple[WordTiming, ...]) -> None:
        """Add the next words. What the text has before them takes the time until they begin."""
        for word in words:
            limit = self._position + len(word.text) + self._farthest
            start = self._text.find(word.text, self._position, limit)
            if start < 0:  # it has markup inside, or comes after a long address or comment
                self._farthest *= 2
                continue
            self._farthest = FARTHEST
            self._share(self._position, start, self._clock, word.start)
            self._position = start + len(word.text)
            self._share(start, self._position, word.start, word.end)
            self._clock = word.end

    def finish(self) -> None:
        """Add what the text has after its last word, which takes no time."""
        self._share(self._position, len(self._text), self._clock, self._clock)
        self._position = len(self._text)

    def take(self) -> Alignment | None:
        """Return the characters that have been added since the last call; None for none."""
        if not self._found:
            return None
        characters, starts, ends = (list(column) for column in zip(*self._found, strict=True))
        self._found.clear()
        return Alignment(
            characters=characters,
            character_start_times_seconds=starts,
            character_end_times_seconds=ends,
        )

    def _share(self, start: int, end: int, begin: float, finish: float) -> None:
        count = end - start
        step = max(0.0, finish - begin) / max(1, count)
        for number, character in enumerate(self._text[start:end]):
            at = begin + number * step
            self._found.append((character, round(at, 4), round(at + step, 4)))
