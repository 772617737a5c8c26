"""The player along the bottom, and the files it gives out.

The sound is played by `assets/deck.js`; this side sends it (`player_events.py`) and makes files.
Which request a file is of comes from the visit, never from the caller.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import av
import gradio as gr
import numpy as np

from tts_core.audio.encode import FORMATS, open_encoder
from tts_core.errors import TTSError, UnknownNameError, ValidationError
from tts_core.events import SpeechInfo
from tts_core.service import SpeechService
from tts_core.text.subtitles import Cue, cues_from, to_srt, to_vtt, word_cues
from tts_core.web.callers import caller_of
from tts_core.web.streaming import in_thread
from tts_core.web.ui.assets import call, template
from tts_core.web.ui.player_events import Messages, News, TabState, narrate_again

SUBTITLES: dict[str, Callable[..., str]] = {
    "srt": to_srt,
    "vtt": to_vtt,
    "srt-words": to_srt,
    "vtt-words": to_vtt,
}
GONE = "The finished sound is no longer here. Speak the text again to download it."
TITLE_WORDS = 6
TITLE_LENGTH = 48


def build_player(service: SpeechService, tab_state: gr.State) -> gr.HTML:
    """The bar, empty until there is sound."""
    engines = [service.registry.info(name) for name in service.registry.ready()]
    player = gr.HTML(
        None,
        html_template=template("player.html"),
        # Gradio finds the events by their quoted names.
        js_on_load=call("mountPlayer(element, props, watch, trigger)")
        + "/* 'fetch_file' 'make_again' */",
        apply_default_css=False,
        elem_id="aloud-player",
        sample_rate=engines[0].sample_rate if engines else 24_000,
    )

    async def fetch_file(event: gr.EventData, tab_state: TabState) -> News:
        """Any of the finished request's files, for the browser to download or to play."""
        purpose = "play" if event._data.get("purpose") == "play" else "download"
        try:
            path = await in_thread(
                lambda: make_file(service, tab_state, str(event._data["format"]))
            )
        except (TTSError, OSError) as error:
            text = str(error) if isinstance(error, TTSError) else GONE
            return Messages().make({"type": "file_failed", "message": text, "purpose": purpose})
        file = gr.FileData(path=str(path), orig_name=path.name).model_dump()
        return Messages().make({"type": "file", "name": path.name, "purpose": purpose}, file=file)

    player.fetch_file(
        fetch_file,
        inputs=[tab_state],
        outputs=[player],
        show_progress="hidden",
        trigger_mode="multiple",
        api_visibility="private",
    )

    async def make_again(
        request: gr.Request, event: gr.EventData, tab_state: TabState
    ) -> AsyncIterator[News]:
        """Another take of a sentence that did not come out well."""
        segment = int(event._data["segment"])
        async for message in narrate_again(service, tab_state, segment, caller_of(request)):
            yield message

    player.make_again(
        make_again,
        inputs=[tab_state],
        outputs=[player],
        show_progress="hidden",
        trigger_mode="multiple",
        api_visibility="private",
    )
    return player


def make_file(service: SpeechService, tab_state: TabState, name: str) -> Path:
    """The visit's finished sound or its subtitles, in a folder beside the finished files.

    Raises ValidationError for an unknown format or when there is no finished sound.
    """
    if name not in SUBTITLES and name not in FORMATS:
        raise UnknownNameError(f"There is no format {name[:20]!r} to download.", "format")
    source = service.output(tab_state.request_id)
    if tab_state.info is None or source is None:
        raise ValidationError(GONE, "format")
    # Unguessable, and the same for the same request, so that a second click finds the file.
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
            unfinished.write_text(SUBTITLES[name](_cues(tab_state.info, unit)), encoding="utf-8")
        elif name == "wav":
            _copy(source, unfinished)
        else:
            _convert(source, unfinished, name)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return target


def _cues(info: SpeechInfo, unit: str) -> list[Cue]:
    """Of lines, or of words where their times are known."""
    if not unit:
        return cues_from(info.segments, info.words)
    if info.words is None:
        raise ValidationError(
            "The times of this voice's words are not known; take the subtitles by line.", "format"
        )
    return word_cues(info.words)


def file_title(text: str) -> str:
    """The first words of a text as the stem of a file name, safe on every system."""
    words = re.findall(r"[^\W_]+", text[:400])[:TITLE_WORDS]
    stem = "-".join(words)[:TITLE_LENGTH].strip("-")
    # Gradio drops what is not ASCII from names on some paths: keep a name that survives.
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
