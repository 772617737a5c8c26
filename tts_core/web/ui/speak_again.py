"""Fill the Speak tab with the text and the settings of a request in the history."""

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
    ANY_GENDER,
    AUTO,
    DEFAULT_VOICE,
    engine_choices,
    language_choices,
    ready_engines,
    voice_choices,
)
from tts_core.web.ui.player.stream import ERROR_TITLE
from tts_core.web.ui.reading_options import shown_reading
from tts_core.web.ui.refresh import UNKNOWN
from tts_core.web.ui.speak import SpeakTab
from tts_core.web.ui.texts import Texts, texts_of
from tts_core.web.ui.voice_card import PRIVATE


def connect_speak_again(
    status: gr.HTML, service: SpeechService, tabs: gr.Tabs, speak: SpeakTab, sent: gr.State
) -> None:
    """Connect the Status tab's `speak_again` event to the Speak tab's controls.

    `sent`: the state that `refresh_choices` returned.
    """
    drawn = [p.component for group in speak.parameters.values() for p in group]
    outputs: list[Any] = [
        tabs, speak.text, speak.engine, speak.language, speak.voice, speak.gender, speak.speed,
        speak.pitch, *speak.reading.values(), *drawn, sent,
    ]  # fmt: skip

    def fill(event: gr.EventData, request: gr.Request) -> list[Any]:
        texts = texts_of(request)
        owner = service.history.viewer(caller_of(request))
        request_id = str(event._data.get("request_id", ""))[:100]
        record = service.history.find(request_id, owner)
        if record is None:
            gr.Warning(texts("again.gone"), title=ERROR_TITLE)
            return [gr.skip()] * len(outputs)
        return [gr.Tabs(selected="speak"), *_values(service, speak, record, texts), UNKNOWN]

    edit = "() => { aloud.editSoon(); }"
    options: dict[str, Any] = {**PRIVATE, "trigger_mode": "multiple"}
    status.speak_again(fill, None, outputs, **options).then(None, None, None, js=edit)


def _values(
    service: SpeechService, speak: SpeakTab, record: HistoryEntry, texts: Texts
) -> list[Any]:
    """Return the values of the text, the choices and the parameters."""
    ready = engine_choices(service, texts)
    requested = record.fallback["from"] if record.fallback else record.engine
    engine = requested if requested in [name for _, name in ready] else AUTO
    if engine != requested:
        gr.Warning(html.escape(texts("again.not_ready", engine=requested)))
    engines = ready_engines(service, engine)
    languages = language_choices(engines, texts)
    language = record.language if record.language in [c for _, c in languages] else AUTO
    voices = voice_choices(service, engines, language, texts)
    # After a fallback, the recorded voice belongs to the other engine.
    voice = DEFAULT_VOICE if record.fallback else record.voice_source
    if voice not in [key for _, key in voices]:
        voice = DEFAULT_VOICE
    return [
        _text(record, texts),
        gr.Dropdown(ready, value=engine, visible=len(ready) > 2),
        gr.Dropdown(languages, value=language),
        gr.Dropdown(voices, value=voice),
        ANY_GENDER,
        record.parameters.get("speed", 1.0),
        record.parameters.get("pitch", 1.0),
        *shown_reading(speak.reading, record.parameters),
        *_parameters(speak, engine, record),
    ]


def _text(record: HistoryEntry, texts: Texts) -> Any:  # noqa: ANN401 - a string or `gr.skip()`
    """Return the text, or what was saved of it; tell the user when that is not all."""
    if record.text:
        return record.text
    saved = record.text_preview
    if not saved:
        gr.Info(texts("again.no_text"))
        return gr.skip()
    if record.text_length > PREVIEW or len(saved) >= PREVIEW:
        gr.Info(texts("again.truncated"))
    return saved.removesuffix("…") if len(saved) >= PREVIEW else saved


def _parameters(speak: SpeakTab, engine: str, record: HistoryEntry) -> list[Component | Any]:
    given: Mapping[str, Any] = {} if record.fallback else record.parameters
    values: list[Any] = []
    for name, group in speak.parameters.items():
        concerned = name in (engine, record.engine)
        values += [given.get(p.name, p.default) if concerned else gr.skip() for p in group]
    return values
