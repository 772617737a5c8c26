"""The player at the bottom of the page, and the files it offers for download.

`assets/playback.js` plays the audio; this side sends it (`stream.py`) and makes the files.
Which request a file belongs to comes from the tab's state, never from the browser.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import av
import gradio as gr
import numpy as np

from tts_core.audio.encode import FORMATS, open_encoder
from tts_core.errors import TTSError, ValidationError
from tts_core.events import SpeechInfo
from tts_core.service import SpeechService
from tts_core.text.subtitles import write_subtitles
from tts_core.web.streaming import in_thread
from tts_core.web.ui.assets import NUMBERED, call, template
from tts_core.web.ui.player.events import MessageSequence, PlayerMessage
from tts_core.web.ui.player.stream import stream_retake
from tts_core.web.ui.player.tab_state import TabState

SUBTITLES = {"srt", "vtt", "srt-words", "vtt-words"}
GONE = "The audio is no longer available. Speak the text again to download it."
TITLE_WORDS = 6
TITLE_LENGTH = 48


def build_player(service: SpeechService, tab_state: gr.State) -> gr.HTML:
    """Draw the player and connect it."""
    engines = [service.engines.info(name) for name in service.engines.ready()]
    player = gr.HTML(
        None,
        html_template=template("player.html"),
        # Gradio finds custom events by their quoted names in this source.
        js_on_load=call("mountPlayer(element, props, watch, trigger)")
        + "/* 'fetch_file' 'retake' */",
        apply_default_css=False,
        elem_id="aloud-player",
        sample_rate=engines[0].sample_rate if engines else 24_000,
    )

    async def fetch_file(event: gr.EventData, tab_state: TabState) -> PlayerMessage:
        """Make a file of the finished request for the browser to download or play."""
        purpose = "play" if event._data.get("purpose") == "play" else "download"
        try:
            path = await in_thread(
                lambda: make_file(service, tab_state, str(event._data["format"]))
            )
        except (TTSError, OSError) as error:
            known = error if isinstance(error, TTSError) else ValidationError(GONE)
            failure = {"type": "file_failed", "message": str(known), "kind": known.type}
            failure["purpose"] = purpose
            return MessageSequence().message(failure)
        file = gr.FileData(path=str(path), orig_name=path.name).model_dump()
        ready = {"type": "file", "name": path.name, "purpose": purpose}
        return MessageSequence().message(ready, file=file)

    player.fetch_file(
        fetch_file,
        inputs=[tab_state],
        outputs=[player],
        show_progress="hidden",
        trigger_mode="multiple",
        api_visibility="private",
    )

    async def retake(
        request: gr.Request, event: gr.EventData, tab_state: TabState, number: object
    ) -> AsyncIterator[PlayerMessage]:
        """Make a new take of one sentence."""
        segment = int(event._data["segment"])
        async for message in stream_retake(service, tab_state, segment, request, number):
            yield message

    player.retake(
        retake,
        inputs=[tab_state, player],
        outputs=[player],
        js=NUMBERED,
        show_progress="hidden",
        trigger_mode="multiple",
        api_visibility="private",
    )
    return player


def make_file(service: SpeechService, tab_state: TabState, name: str) -> Path:
    """Make the audio or the subtitles of the tab's finished request and return the path.

    `name`: a key of FORMATS or SUBTITLES. Raises ValidationError for any other, and when there is
    no finished audio, or no word timestamps for subtitles by word.
    """
    if name not in SUBTITLES and name not in FORMATS:
        raise ValidationError(f"Unknown download format {name[:20]!r}.", "format")
    source = service.output(tab_state.request_id)
    if tab_state.info is None or source is None:
        raise ValidationError(GONE, "format")
    # Hard to guess, yet stable for a request, so that a second click reuses the file.
    folder = source.parent / hashlib.sha256(tab_state.request_id.encode()).hexdigest()
    kind, _, unit = name.partition("-")
    extension = f"{unit and '-'}{unit}.{kind}" if name in SUBTITLES else FORMATS[name].extension
    target = folder / (file_title(tab_state.text) + extension)
    if target.exists():
        return target
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f".{secrets.token_hex(8)}.part"
    try:
        if name in SUBTITLES:
            unfinished.write_text(_subtitles(tab_state.info, kind, unit), encoding="utf-8")
        else:
            if name == "wav":
                _copy(source, unfinished)
            else:
                _convert(source, unfinished, name)
            service.marks.of_request(tab_state.info)(unfinished, name)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return target


def _subtitles(info: SpeechInfo, format: str, unit: str) -> str:
    """Return subtitles by line, or by word when `unit` is "words"."""
    if unit and info.words is None:
        raise ValidationError(
            "This voice has no word timestamps. Use SRT or VTT by line instead.",
            "format",
        )
    return write_subtitles(info.segments, info.words, format, "word" if unit else "line")


def file_title(text: str) -> str:
    """Return the first words of a text as a file name stem that is safe on every system."""
    words = re.findall(r"[^\W_]+", text[:400])[:TITLE_WORDS]
    stem = "-".join(words)[:TITLE_LENGTH].strip("-")
    # Gradio drops non-ASCII characters from names on some paths.
    return f"aloud-{stem}" if stem.isascii() and stem else "aloud-speech"


def _copy(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        target.write_bytes(source.read_bytes())


def _convert(source: Path, target: Path, format: str) -> None:
    with av.open(str(source)) as container, target.open("wb") as sink:
        stream = container.streams.audio[0]
        with open_encoder(format, stream.rate, sink) as encoder:
            for frame in container.decode(stream):
                encoder.write(frame.to_ndarray()[0].astype(np.float32) / np.float32(32768))
