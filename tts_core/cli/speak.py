"""`aloud speak`: speaks a text into a file, through the running server or without one."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import BinaryIO

from tts_core.audio.encode import Encoder, find_format, open_encoder
from tts_core.audio.resample import StreamResampler
from tts_core.cli.client import Client, find_client
from tts_core.cli.console import warn
from tts_core.cli.errors import CommandError, UsageError
from tts_core.cli.output import correct_wav, format_of, open_output
from tts_core.cli.settings import load_settings
from tts_core.cli.standalone import standalone
from tts_core.events import Audio, Notice, SegmentFinished, Started
from tts_core.marks.metadata import CARRIERS
from tts_core.service import SpeechService
from tts_core.settings import Settings
from tts_core.synthesis.stream import SpeechStream
from tts_core.types import Samples, SpeechRequest
from tts_core.validation import speech_request

SOURCE = "command line"
PCM_RATE = 24_000
"""Hz; raw samples do not carry their rate, so it is the same as the server's."""


def speak(options: argparse.Namespace) -> int:
    """Write the speech of a text to `--output` as it is made. Raises TTSError, CommandError."""
    settings = load_settings()
    format = find_format(options.format or format_of(options.output)).name
    with open_output(options.output) as sink:
        request = speech_request(
            text=_text(options.text),
            voice=options.voice,
            engine=options.engine,
            speed=options.speed,
            door=SOURCE,
        )
        client = find_client(settings, options.url, options.key)
        if client is None:
            _speak_standalone(settings, request, format, sink)
        else:
            _speak_on_server(client, request, format, sink)
    return 0


def _text(given: str | None) -> str:
    """Return the text of the argument, or of standard input. Raises UsageError, CommandError."""
    if given not in (None, "-"):
        return str(given)
    if sys.stdin is None or (given is None and sys.stdin.isatty()):
        raise UsageError('There is no text: give one, as in `aloud speak "Hello."`, or pipe it in.')
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CommandError("The text on standard input is not UTF-8; convert it first.") from error
    except OSError as error:
        raise CommandError(f"Standard input cannot be read: {error.strerror or error}.") from error


def _speak_on_server(client: Client, request: SpeechRequest, format: str, sink: BinaryIO) -> None:
    whole = sink.seekable() and format in CARRIERS
    body = {
        "model": request.engine,
        "input": request.text,
        "voice": request.voice,
        "response_format": format,
        "speed": request.speed,
        # The server signs a finished file, as it cannot a stream.
        "stream_format": "file" if whole else "audio",
    }
    client.speak(body, sink.write)
    if format == "wav" and sink.seekable() and not whole:
        correct_wav(sink)


def _speak_standalone(
    settings: Settings, request: SpeechRequest, format: str, sink: BinaryIO
) -> None:
    with standalone(settings, request.voice) as service, service.stream(request) as stream:
        rate = stream.plan.engine.sample_rate
        if format != "pcm" or rate == PCM_RATE:
            with open_encoder(format, rate, sink) as encoder:
                _encode(stream, encoder)
            if format in CARRIERS and sink.seekable():
                _mark(service, stream, sink, format)
            return
        resampler = StreamResampler(rate, PCM_RATE)
        with open_encoder(format, PCM_RATE, sink) as encoder:
            _encode(stream, encoder, resampler)
            encoder.write(resampler.finish())


def _mark(service: SpeechService, stream: SpeechStream, sink: BinaryIO, format: str) -> None:
    """Sign a finished file in its place. `sink`: a file, which is not written to any more."""
    sink.flush()
    record = stream.record
    mark = service.marks.of_speech(record.request_id, record.engine, record.voices)
    marks = mark(Path(sink.name), format)
    if not marks.c2pa and service.settings.mark != "off":
        warn(f"the file is not marked as generated. {marks.why_not}")


def _encode(
    stream: SpeechStream, encoder: Encoder, resampler: StreamResampler | None = None
) -> None:
    """Encode all audio of a stream, without waiting for word timestamps, which come last."""
    left = len(stream.plan.segments)

    def write(samples: Samples) -> None:
        encoder.write(resampler.push(samples) if resampler else samples)

    for event in stream:
        match event:
            case Started():
                for note in event.warnings:
                    warn(note)
                if event.fallback:
                    warn(event.fallback["reason"])
            case Notice():
                warn(event.message)
            case Audio():
                write(event.chunk.samples)
            case SegmentFinished():
                left -= 1
                if not left:
                    return
