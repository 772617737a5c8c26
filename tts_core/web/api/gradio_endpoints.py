"""Gradio's public endpoints: for gradio_client, curl on /gradio_api/call, and MCP.

Gradio names parameters and tools after the Python functions here and shows their docstrings. It
reads the annotations as objects, hence no `from __future__ import annotations`.
"""

import inspect
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import asdict
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import gradio as gr
from gradio.events import api as gradio_api

from tts_core.audio.encode import find_format
from tts_core.errors import TTSError
from tts_core.service import SpeechService
from tts_core.validation import checked_name, speech_request
from tts_core.web import streaming
from tts_core.web.api.status import cleared
from tts_core.web.api.subtitles import subtitles_file
from tts_core.web.callers import caller_of
from tts_core.web.messages import Json, error_message, messages
from tts_core.web.uploads import RECORDINGS, discard, uploaded

P = ParamSpec("P")
R = TypeVar("R")


def add_endpoints(service: SpeechService) -> None:
    """Register every public endpoint; call it inside `gr.Blocks`."""
    _add_speech(service)
    _add_voices(service)
    _add_lists(service)
    _add_status(service)


def _add_speech(service: SpeechService) -> None:
    async def synthesize(
        text: str,
        voice: str = "default",
        engine: str = "auto",
        language: str = "auto",
        speed: float = 1.0,
        pitch: float = 1.0,
        format: str = "wav",
        seed: int = -1,
        options: str = "{}",
        caller: gr.Request = None,  # type: ignore[assignment]
    ) -> tuple[gr.FileData, Json]:
        """Speak a text into an audio file.

        Args:
            text: What to say.
            voice: Id, name or alias of a voice from list_voices; "default" suits the language.
            engine: Name from list_engines, or "auto" for the best that is ready.
            language: Code such as "en" or "pt-br", or "auto".
            speed: Factor on the pace, 0.25 to 4.
            pitch: Factor on the pitch, 0.5 to 2.
            format: wav, mp3, flac, opus, aac or pcm.
            seed: Makes engines that sample repeat themselves; -1 for a new one each time.
            options: The engine's own parameters as a JSON object; see list_engines.

        Returns:
            The audio file, and what is known about it: duration, timings of segments and words.
        """
        try:
            request = speech_request(
                text=text,
                voice=voice,
                engine=engine,
                language=language,
                speed=speed,
                pitch=pitch,
                seed=seed,
                options=options,
                door="gradio",
                caller=caller_of(caller),
            )
            path, info = await streaming.synthesize(service, request, format or "wav")
        except TTSError as error:
            raise gradio_error(error) from error
        return gr.FileData(path=str(path), orig_name=path.name), info.as_dict()

    async def stream(
        text: str,
        voice: str = "default",
        engine: str = "auto",
        language: str = "auto",
        speed: float = 1.0,
        pitch: float = 1.0,
        format: str = "wav",
        seed: int = -1,
        options: str = "{}",
        caller: gr.Request = None,  # type: ignore[assignment]
    ) -> AsyncIterator[Json]:
        """Speak a text sentence by sentence, each as soon as it is generated.

        The parameters are those of synthesize. Yields the messages of the WebSocket:
        generation_started, one audio_chunk for each sentence with its audio as a base64 file in
        `format`, generation_complete; or error, after which the call fails.
        """
        told = False
        try:
            audio_format = find_format(format or "wav")
            request = speech_request(
                text=text,
                voice=voice,
                engine=engine,
                language=language,
                speed=speed,
                pitch=pitch,
                seed=seed,
                options=options,
                door="gradio",
                caller=caller_of(caller),
            )
            opened = await streaming.open_stream(service, request)
            async with aclosing(messages(opened, audio_format)) as found:
                async for message in found:
                    if message is not None:
                        told = message["type"] == "error"
                        yield dict(message)
        except TTSError as error:
            # Whoever iterates over a job of gradio_client does not learn that the call failed.
            if not told:
                yield dict(error_message(error))
            raise gradio_error(error) from error

    def preview(
        text: str,
        voice: str = "default",
        engine: str = "auto",
        language: str = "auto",
        options: str = "{}",
        caller: gr.Request = None,  # type: ignore[assignment]
    ) -> Json:
        """Tell what will be spoken of a text, word by word, without generating speech.

        Args:
            text: What to say.
            voice: Id, name or alias of a voice from list_voices; "default" suits the language.
            engine: Name from list_engines, or "auto" for the best that is ready.
            language: Code such as "en" or "pt-br", or "auto".
            options: As for synthesize; how the text is read depends on emoji, code and markup.

        Returns:
            Segments and words as written and as spoken, what is skipped and why, what becomes of
            markup, warnings.
        """
        try:
            request = speech_request(
                text=text,
                voice=voice,
                engine=engine,
                language=language,
                options=options,
                door="gradio",
                caller=caller_of(caller),
            )
            return service.preview(request).as_dict()
        except TTSError as error:
            raise gradio_error(error) from error

    gradio_api(synthesize, api_name="synthesize")
    gradio_api(preview, api_name="preview")
    gradio_api(stream, api_name="stream")


def _add_voices(service: SpeechService) -> None:
    def clone_voice(
        audio: gr.FileData,
        name: str,
        language: str = "auto",
        consent: bool = False,
        caller: gr.Request = None,  # type: ignore[assignment]
    ) -> Json:
        """Clone a voice from a recording of its speaker, and keep it in the library.

        Args:
            audio: 10 to 30 seconds of one person speaking: wav, mp3, flac, ogg, m4a, webm or aac.
            name: What to call the voice.
            language: Code of the language it speaks, or "auto" for that of each text.
            consent: True when you are the speaker, or have their permission to clone the voice.

        Returns:
            The voice, with a report on the recording and the engines that can speak it.
        """
        try:
            path = uploaded(audio, service.settings)
            voice = service.voices.clone(
                [path],
                checked_name(name, "name"),
                consent=consent,
                language=checked_name(language or "auto", "language"),
                caller=caller_of(caller),
            )
        except TTSError as error:
            raise gradio_error(error) from error
        discard(path)
        return asdict(voice)

    @gradio_errors
    def delete_voice(voice_id: str) -> Json:
        """Delete a voice of the library, with everything made from it.

        Args:
            voice_id: Its id or name, from list_voices.
        """
        return {"deleted": service.voices.delete(checked_name(voice_id, "voice_id"))}

    gradio_api(clone_voice, api_name="clone_voice", **RECORDINGS)
    gradio_api(delete_voice, api_name="delete_voice", queue=False)


def _add_lists(service: SpeechService) -> None:
    @gradio_errors
    def list_voices(engine: str = "") -> list[Any]:
        """List all voices, or those of one engine.

        Args:
            engine: Name from list_engines; "" for all.
        """
        return [asdict(v) for v in service.voices.all(checked_name(engine, "engine"))]

    def list_engines() -> list[Any]:
        """List all engines: whether each is ready, why not, its languages and its parameters."""
        return [asdict(engine) for engine in service.engines.all()]

    @gradio_errors
    def cancel(
        request_id: str,
        caller: gr.Request = None,  # type: ignore[assignment]
    ) -> Json:
        """Stop a running request.

        Args:
            request_id: From status, or from stream's first message.
        """
        owner = service.history.viewer(caller_of(caller))
        return {"cancelled": service.cancel(checked_name(request_id, "request_id"), owner)}

    gradio_api(list_voices, api_name="list_voices", queue=False)
    gradio_api(list_engines, api_name="list_engines", queue=False)
    gradio_api(cancel, api_name="cancel", queue=False)


def _add_status(service: SpeechService) -> None:
    def viewer(caller: gr.Request) -> str | None:
        return service.history.viewer(caller_of(caller))

    @gradio_errors
    def status(
        include_memory: bool = False,
        include_history: bool = False,
        include_stats: bool = False,
        history_limit: int = 5,
        caller: gr.Request = None,  # type: ignore[assignment]
    ) -> Json:
        """Tell which requests are running.

        Args:
            include_memory: Also the memory of the app and its workers.
            include_history: Also the last requests.
            include_stats: Also the totals.
            history_limit: How many of the last requests, 1 to 20.
        """
        return service.report.status(
            include_memory=include_memory,
            include_history=include_history,
            include_stats=include_stats,
            history_limit=history_limit,
            owner=viewer(caller),
        )

    def progress(
        caller: gr.Request = None,  # type: ignore[assignment]
    ) -> Json:
        """Tell how far the request that started first has got; light enough for polling."""
        return service.report.progress(viewer(caller))

    def statistics(include_memory: bool = False) -> Json:
        """Give totals over all requests.

        Args:
            include_memory: Also the memory of the app and its workers.
        """
        return service.report.statistics(include_memory=include_memory)

    @gradio_errors
    def history(
        limit: int = 10,
        caller: gr.Request = None,  # type: ignore[assignment]
    ) -> Json:
        """List the last requests, newest first.

        Args:
            limit: How many, 1 to 50.
        """
        return service.report.history(limit, viewer(caller))

    @gradio_errors
    def subtitles(
        request_id: str,
        format: str = "srt",
        by: str = "line",
        caller: gr.Request = None,  # type: ignore[assignment]
    ) -> gr.FileData:
        """Make subtitles of a request that has ended, with the times of what was said.

        Args:
            request_id: From synthesize, stream or history.
            format: "srt" (SubRip) or "vtt" (WebVTT).
            by: "line" for lines of text, or "word" for one word at a time.
        """
        request_id = checked_name(request_id, "request_id")
        path = subtitles_file(service, request_id, format, by, viewer(caller))
        return gr.FileData(path=str(path), orig_name=path.name)

    @gradio_errors
    def clear_history(
        confirm: bool = False,
        caller: gr.Request = None,  # type: ignore[assignment]
    ) -> Json:
        """Delete the requests that have ended; the statistics stay.

        Args:
            confirm: True, or nothing is done.
        """
        return cleared(service, confirm is True, viewer(caller)).model_dump()

    for endpoint in (status, progress, statistics, history, subtitles, clear_history):
        gradio_api(endpoint, api_name=endpoint.__name__, queue=False)


def gradio_errors(function: Callable[P, R]) -> Callable[P, R]:
    """Have a function raise our errors as Gradio's, which reach the client as a sentence.

    A parameter that is None has its default: JavaScript clients send null for what was left out.
    """
    signature = inspect.signature(function)

    @wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        given = signature.bind(*args, **kwargs)
        for name, value in given.arguments.items():
            default = signature.parameters[name].default
            if value is None and default is not inspect.Parameter.empty:
                given.arguments[name] = default
        try:
            return function(*given.args, **given.kwargs)
        except TTSError as error:
            raise gradio_error(error) from error

    return wrapper


class _PlainError(gr.Error):
    """Gradio's error, whose text does not get quotes of its own on the way to an MCP client."""

    def __str__(self) -> str:
        return str(self.message)


def gradio_error(error: TTSError) -> gr.Error:
    return _PlainError(str(error), print_exception=False, title=error.type)
