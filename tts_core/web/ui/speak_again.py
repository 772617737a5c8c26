""" "Speak again": the Speak tab as it was for a request of the history."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

import gradio as gr
from gradio.components import Component

from tts_core.service import SpeechService
from tts_core.stats.entries import HistoryEntry
from tts_core.stats.live import PREVIEW
from tts_core.web.callers import caller_of
from tts_core.web.ui.choices import (
    AUTO,
    DEFAULT_VOICE,
    engine_choices,
    language_choices,
    ready_engines,
    voice_choices,
)
from tts_core.web.ui.speak import PRIVATE, SpeakTab

GONE = "This request is no longer in the history."
CUT = (
    "Only the beginning of the text was kept, and stands here now. TTS_HISTORY_TEXT=full keeps "
    "all of it."
)
NO_TEXT = "The text was not kept; yours stands here as before. The settings are those of then."


def connect_recall(board: gr.HTML, service: SpeechService, tabs: gr.Tabs, speak: SpeakTab) -> None:
    """Let the board's `speak_again` fill the Speak tab."""
    drawn = [p.component for group in speak.parameters.values() for p in group]
    outputs: list[Any] = [
        tabs, speak.text, speak.engine, speak.language, speak.voice, speak.speed, speak.pitch,
        *drawn,
    ]  # fmt: skip

    def recall(event: gr.EventData, request: gr.Request) -> list[Any]:
        owner = service.archive.viewer(caller_of(request))
        request_id = str(event._data.get("request_id", ""))[:100]
        record = service.archive.history.find(request_id, owner)
        if record is None:
            gr.Warning(GONE, title="That did not work")
            return [gr.skip()] * len(outputs)
        return [gr.Tabs(selected="speak"), *_values(service, speak, record)]

    edit = "() => { aloud.edit(); }"
    options: dict[str, Any] = {**PRIVATE, "trigger_mode": "multiple"}
    board.speak_again(recall, None, outputs, **options).then(None, None, None, js=edit)


def _values(service: SpeechService, speak: SpeakTab, record: HistoryEntry) -> list[Any]:
    """Of the text, the choices and the parameters."""
    ready = engine_choices(service)
    wanted = record.fallback["from"] if record.fallback else record.engine
    engine = wanted if wanted in [name for _, name in ready] else AUTO
    if engine != wanted:
        gr.Warning(html.escape(f"{wanted} is not ready here now; another engine will speak."))
    engines = ready_engines(service, engine)
    languages = language_choices(engines)
    language = record.language if record.language in [c for _, c in languages] else AUTO
    voices = voice_choices(service, engines, language)
    # After a fallback the voice is the other engine's.
    voice = DEFAULT_VOICE if record.fallback else record.voice_source
    if voice not in [key for _, key in voices]:
        voice = DEFAULT_VOICE
    return [
        _text(record),
        gr.Dropdown(ready, value=engine, visible=len(ready) > 2),
        gr.Dropdown(languages, value=language),
        gr.Dropdown(voices, value=voice),
        record.parameters.get("speed", 1.0),
        record.parameters.get("pitch", 1.0),
        *_parameters(speak, engine, record),
    ]


def _text(record: HistoryEntry) -> Any:  # noqa: ANN401 - or Gradio's "as it is"
    if record.text:
        return record.text
    kept = record.text_preview
    if not kept:
        gr.Info(NO_TEXT)
        return gr.skip()
    if record.text_length > PREVIEW or len(kept) >= PREVIEW:
        gr.Info(CUT)
    return kept.removesuffix("…") if len(kept) >= PREVIEW else kept


def _parameters(speak: SpeakTab, engine: str, record: HistoryEntry) -> list[Component | Any]:
    given: Mapping[str, Any] = {} if record.fallback else record.parameters
    values: list[Any] = []
    for name, group in speak.parameters.items():
        mine = name in (engine, record.engine)
        values += [given.get(p.name, p.default) if mine else gr.skip() for p in group]
    return values
