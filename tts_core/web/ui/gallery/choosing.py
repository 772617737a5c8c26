"""What is asked for in the gallery: a voice to be chosen, weights to be downloaded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gradio as gr

from tts_core.service import SpeechService
from tts_core.types import LONGEST_NAME, LONGEST_VOICE
from tts_core.voices.lookup import find_blend, find_voice
from tts_core.web.ui.choices import (
    ANY_GENDER,
    AUTO,
    DEFAULT_VOICE,
    ready_engines,
    voice_choices,
)
from tts_core.web.ui.engines import handle_engine_request
from tts_core.web.ui.refresh import UNKNOWN
from tts_core.web.ui.speak import SpeakTab
from tts_core.web.ui.texts import Texts, texts_of
from tts_core.web.ui.voice_card import PRIVATE


def connect_gallery(title: gr.HTML, speak: SpeakTab, sent: gr.State) -> None:
    """Connect what is chosen and downloaded in the gallery.

    `sent`: the state that `refresh_choices` returned.
    """
    service = speak.service

    def choose(event: gr.EventData, request: gr.Request, engine: str, language: str) -> Any:  # noqa: ANN401
        return [*chosen(service, texts_of(request), event._data, engine, language), UNKNOWN]

    def engine_request(event: gr.EventData, request: gr.Request) -> None:
        handle_engine_request(service, event._data, texts_of(request))

    options: dict[str, Any] = {**PRIVATE, "trigger_mode": "multiple"}
    controls = [speak.engine, speak.language]
    title.choose_voice(
        choose, controls, [*controls, speak.voice, speak.gender, sent], preprocess=False, **options
    )
    title.engine_request(engine_request, None, None, **options)


def chosen(
    service: SpeechService, texts: Texts, data: Mapping[str, Any], engine: str, language: str
) -> list[Any]:
    """Return the values of engine, language, voice and gender that choose a voice.

    `data`: its "voice", an id or a blend, and its "engine"; `DEFAULT_VOICE` for none. `engine` and
    `language` are those chosen so far, which stay where the voice fits them.
    """
    voice = str(data.get("voice", ""))[:LONGEST_VOICE]
    wanted = str(data.get("engine", ""))[:LONGEST_NAME]
    if engine != wanted:
        engine = AUTO
    if engine == AUTO and _owner(service, voice) not in ("", wanted):
        engine = wanted  # Another engine has a voice of that name, and comes first.
    engines = ready_engines(service, engine)
    for spoken in (language, AUTO):
        voices = voice_choices(service, engines, spoken, texts, chosen=voice)
        if voice in [key for _, key in voices]:
            break
    else:
        voice = DEFAULT_VOICE  # It has gone meanwhile.
    return [engine, spoken, gr.Dropdown(voices, value=voice), ANY_GENDER]


def _owner(service: SpeechService, voice: str) -> str:
    """Return the first engine that has a voice of its own by this id; "" if none has."""
    for info in ready_engines(service):
        if find_voice(info, voice.partition("+")[0]) or find_blend(info, voice):
            return info.name
    return ""
