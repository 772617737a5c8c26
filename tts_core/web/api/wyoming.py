"""Wyoming, the protocol of Home Assistant's voice services: speech over plain TCP.

The protocol has no keys, so that the server is off unless `TTS_WYOMING_PORT` is set. It reads what
clients send by itself: the package reads as many bytes as a client announces.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager, suppress
from typing import Any

from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.error import Error
from wyoming.event import Event, async_write_event
from wyoming.info import Attribution, Describe, Info, TtsProgram, TtsVoice
from wyoming.ping import Ping, Pong
from wyoming.tts import (
    Synthesize,
    SynthesizeChunk,
    SynthesizeStart,
    SynthesizeStop,
    SynthesizeStopped,
    SynthesizeVoice,
)

from tts_core import __version__
from tts_core.audio.encode import FORMATS
from tts_core.audio.join import PAUSE_SECONDS
from tts_core.errors import MalformedError, QueueFullError, TooLargeError, TTSError
from tts_core.service import SpeechService
from tts_core.settings import is_loopback
from tts_core.types import MULTILINGUAL, Caller, SpeechRequest
from tts_core.validation import speech_request
from tts_core.web.api.websocket.protocol import TextRequest
from tts_core.web.api.websocket.text_stream import Passage, TextStream
from tts_core.web.audio_stream import encoded_audio
from tts_core.web.callers import client_at
from tts_core.web.streaming import in_thread, is_silent, open_stream

log = logging.getLogger(__name__)

SOURCE = "wyoming"
RATE, WIDTH, CHANNELS = 24_000, 2, 1
"""Of the audio that is sent: Hz, bytes in a sample, mono."""
LONGEST_LINE = 64_000
"""Bytes of an event's first line."""
LONGEST_DATA = 1_000_000
"""Bytes of an event's data, a text in JSON."""
LONGEST_PAYLOAD = 1_000_000
"""Bytes of an event's payload, which is skipped: no event for speech has one."""
SILENT_SECONDS = 300.0
"""A client that sends nothing for so long is disconnected."""
READER_SECONDS = 300.0
"""So is one that reads nothing for so long."""
_ALOUD = Attribution(name="Aloud", url="")


@asynccontextmanager
async def wyoming_server(service: SpeechService) -> AsyncGenerator[WyomingServer | None, None]:
    """Serve Wyoming clients within the context, if the settings say so."""
    settings = service.settings
    if settings.wyoming_port is None:
        yield None
        return
    if settings.closed and settings.wyoming_host is None:
        log.error(
            "TTS_WYOMING_PORT is ignored: Wyoming has no keys, and this server requires one. Set "
            "TTS_WYOMING_HOST as well to serve everybody who can reach that address."
        )
        yield None
        return
    host = settings.wyoming_host or "127.0.0.1"
    server = WyomingServer(service)
    try:
        await server.start(host, settings.wyoming_port)
    except OSError as error:
        log.error(
            "Wyoming clients cannot be served on %s, port %d: %s. Set another TTS_WYOMING_PORT.",
            host,
            settings.wyoming_port,
            error.strerror or error,
        )
        yield None
        return
    try:
        yield server
    finally:
        await server.close()


class WyomingServer:
    """Listens for clients. Belongs to one event loop."""

    def __init__(self, service: SpeechService) -> None:
        self._service = service
        self._server: asyncio.Server | None = None
        self._discovery: Any = None
        self._clients: set[asyncio.Task[None]] = set()

    @property
    def port(self) -> int:
        """Return the port that it listens on."""
        assert self._server is not None
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def start(self, host: str, port: int) -> None:
        """Listen, and unless only this machine can connect, let Home Assistant find it by mDNS.

        Raises OSError.
        """
        self._server = await asyncio.start_server(self._accept, host, port, limit=LONGEST_LINE)
        log.info("Wyoming clients are served on %s, port %d", host, self.port)
        if not is_loopback(host):
            await self._announce(host)

    async def close(self) -> None:
        """Stop listening and disconnect everybody."""
        if self._server is not None:
            self._server.close()
        for task in self._clients:
            task.cancel()
        if self._clients:
            await asyncio.wait(self._clients, timeout=2)
        if self._discovery is not None:
            with suppress(Exception):
                await self._discovery._aiozc.async_close()

    async def _announce(self, host: str) -> None:
        from wyoming.zeroconf import HomeAssistantZeroconf

        address = None if host in ("0.0.0.0", "::", "") else host
        try:
            self._discovery = HomeAssistantZeroconf(self.port, name="aloud", host=address)
            await self._discovery.register_server()
        except Exception as error:  # speech does not depend on it
            log.warning("Wyoming cannot be announced on the network: %s", error)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        limit = self._service.settings.max_concurrent_connections
        if len(self._clients) >= limit:
            busy = QueueFullError(f"{limit} clients are connected, which is the limit.")
            with suppress(OSError):
                await async_write_event(_error(busy), writer)
            writer.close()
            return
        self._clients.add(task)
        try:
            await _Connection(self._service, reader, writer).serve()
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            pass  # the client is gone
        finally:
            self._clients.discard(task)
            # `close` would wait for a reader that never reads.
            if writer.transport.get_write_buffer_size():
                writer.transport.abort()
            writer.close()


class _Connection:
    """One client, whose events are answered in order."""

    def __init__(
        self, service: SpeechService, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._service = service
        self._reader = reader
        self._writer = writer
        peer = writer.get_extra_info("peername") or ("",)
        self._caller = Caller(client=client_at(str(peer[0])), operator=False)
        self._text: TextStream | None = None
        self._speaking: asyncio.Task[None] | None = None

    async def serve(self) -> None:
        """Answer until the client disconnects."""
        try:
            while (event := await self._read()) is not None:
                try:
                    await self._answer(event)
                except TTSError as error:
                    await self._send(_error(error))
                except (KeyError, TypeError, AttributeError, ValueError):
                    wrong = MalformedError(f"The event {event.type[:40]!r} is not complete.")
                    await self._send(_error(wrong))
        finally:
            await self._stop()

    async def _answer(self, event: Event) -> None:
        if Describe.is_type(event.type):
            await self._send((await in_thread(self._info)).event())
        elif Ping.is_type(event.type):
            await self._send(Pong(text=Ping.from_event(event).text).event())
        elif SynthesizeStart.is_type(event.type):
            await self._stop()
            first = self._request("", SynthesizeStart.from_event(event).voice)
            limit = self._service.settings.text_limit
            self._text = TextStream(TextRequest(first, FORMATS["pcm"]), limit)
            self._speaking = asyncio.create_task(self._speak_stream(self._text))
        elif SynthesizeChunk.is_type(event.type):
            if self._text is not None and not self._text.closed:
                self._text.add(_text(SynthesizeChunk.from_event(event).text))
        elif SynthesizeStop.is_type(event.type):
            if self._text is not None and self._speaking is not None:
                self._text.end()
                await self._speaking
                self._text = self._speaking = None
        elif Synthesize.is_type(event.type) and self._text is None:
            # With a stream, the whole text is sent once more for servers that do not stream.
            asked = Synthesize.from_event(event)
            request = self._request(_text(asked.text), asked.voice)
            await self._speak(request)

    def _request(self, text: str, voice: SynthesizeVoice | None) -> SpeechRequest:
        asked = voice or SynthesizeVoice()
        return speech_request(
            text=text,
            voice=asked.name or "default",
            language=asked.language or "auto",
            door=SOURCE,
            caller=self._caller,
        )

    async def _speak(self, request: SpeechRequest) -> None:
        """Speak a whole text. A text without anything to say is a moment of silence."""
        await self._send(AudioStart(RATE, WIDTH, CHANNELS).event())
        if not request.text.strip() or await is_silent(self._service, request):
            await self._pause(0.1)
        else:
            await self._speak_part(request)
        await self._send(AudioStop().event())

    async def _speak_stream(self, text: TextStream) -> None:
        """Speak what arrives, sentence by sentence, until the text ends."""
        await self._send(AudioStart(RATE, WIDTH, CHANNELS).event())
        last: Passage | None = None
        try:
            while (passage := await text.next_passage()) is not None:
                if last is not None:
                    await self._pause(PAUSE_SECONDS[last.pause])
                used = await self._speak_part(text.request_for(passage))
                text.request = used.model_copy(update={"text": ""})
                last = passage
        except TTSError as error:
            text.failed = True
            await self._send(_error(error))
        await self._send(AudioStop().event())
        await self._send(SynthesizeStopped().event())

    async def _speak_part(self, request: SpeechRequest) -> SpeechRequest:
        """Send a request's audio; return the request with the voice that was chosen for it."""
        stream = await open_stream(self._service, request)
        async with aclosing(encoded_audio(stream, FORMATS["pcm"], RATE)) as pieces:
            async for piece in pieces:
                if isinstance(piece, bytes):
                    await self._send(AudioChunk(RATE, WIDTH, CHANNELS, audio=piece).event())
                elif self._reader.at_eof() or self._writer.is_closing():
                    raise ConnectionResetError("the client is gone")
        plan = stream.plan
        chosen = {"language": plan.language}
        if request.voice == "default":
            chosen |= {"voice": plan.voice.id, "engine": plan.engine.name}
        return request.model_copy(update=chosen)

    async def _pause(self, seconds: float) -> None:
        silence = bytes(round(seconds * RATE) * WIDTH)
        await self._send(AudioChunk(RATE, WIDTH, CHANNELS, audio=silence).event())

    def _info(self) -> Info:
        """Describe the voices that can speak now."""
        engines = self._service.engines.infos
        voices = []
        for voice in self._service.voices.all():
            if not voice.engines:
                continue
            languages = [voice.language]
            if voice.language in (MULTILINGUAL, "auto"):
                names = {code.code for name in voice.engines for code in engines[name].languages}
                languages = sorted(names)
            voices.append(
                TtsVoice(
                    name=voice.id,
                    description=voice.name,
                    attribution=_ALOUD,
                    installed=True,
                    version=None,
                    languages=languages,
                )
            )
        program = TtsProgram(
            name="aloud",
            description="Aloud",
            attribution=_ALOUD,
            installed=True,
            version=__version__,
            voices=voices,
            supports_synthesize_streaming=True,
        )
        return Info(tts=[program])

    async def _read(self) -> Event | None:
        """Return the next event; None at the end. Raises OSError for one that is too large."""
        async with asyncio.timeout(SILENT_SECONDS):
            try:
                line = await self._reader.readline()
            except ValueError as error:  # a longer line
                raise OSError("line too long") from error
            if not line:
                return None
            try:
                head = json.loads(line)
                kind, data = str(head["type"]), dict(head.get("data") or {})
                sizes = (int(head.get(f"{name}_length") or 0) for name in ("data", "payload"))
                data_length, payload_length = sizes
            except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
                raise OSError("no event") from error
            if not (0 <= data_length <= LONGEST_DATA and 0 <= payload_length <= LONGEST_PAYLOAD):
                too_large = TooLargeError(f"An event may have {LONGEST_DATA:,} bytes.")
                await self._send(_error(too_large))
                raise OSError("event too large")
            rest = await self._reader.readexactly(data_length + payload_length)
        if data_length:
            try:
                data |= json.loads(rest[:data_length])
            except (ValueError, TypeError, RecursionError) as error:
                raise OSError("no event") from error
        return Event(kind, data)

    async def _send(self, event: Event) -> None:
        async with asyncio.timeout(READER_SECONDS):
            await async_write_event(event, self._writer)

    async def _stop(self) -> None:
        """End the stream that is being spoken, if there is one."""
        task, self._speaking, self._text = self._speaking, None, None
        if task is not None:
            task.cancel()
            await asyncio.wait({task})
            if not task.cancelled():
                task.exception()  # the client is gone: nobody is to be told


def _error(error: TTSError) -> Event:
    return Error(text=str(error), code=error.type).event()


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise MalformedError("text must be text.", "text")
    return value
