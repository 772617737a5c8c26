"""The Speak tab's card of the voice: what speaks, how fast and high, and the fine tuning."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr
from gradio.components import Component

from tts_core.service import SpeechService
from tts_core.web.ui.choices import (
    ANY_GENDER,
    AUTO,
    DEFAULT_VOICE,
    engine_choices,
    gender_choices,
    language_choices,
    ready_engines,
    voice_choices,
)
from tts_core.web.ui.parameters import Parameter, draw_parameters
from tts_core.web.ui.reading_options import draw_reading_options, shown_reading
from tts_core.web.ui.texts import ENGLISH, Texts, ui_text

PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
"""Options of every handler of the page: none of them is part of the API."""
ENGLISH_TEXTS = Texts(ENGLISH)
"""What can be chosen is listed in English first; `refresh.py` sends it in the page's language."""


def draw_voice(
    service: SpeechService,
) -> tuple[gr.Dropdown, gr.Dropdown, gr.Radio, gr.Dropdown, gr.Button]:
    """Draw engine, language, gender, voice and the button that plays a sample."""
    engines = ready_engines(service)
    engine = gr.Dropdown(
        engine_choices(service, ENGLISH_TEXTS),
        value=AUTO,
        label=ui_text("engine"),
        visible=len(engines) > 1,
    )
    language = gr.Dropdown(
        language_choices(engines, ENGLISH_TEXTS),
        value=AUTO,
        label=ui_text("language"),
        filterable=True,
        elem_id="language",
    )
    gender = gr.Radio(
        gender_choices(ENGLISH_TEXTS),
        value=ANY_GENDER,
        label=ui_text("gender"),
        elem_id="gender",
        elem_classes="segmented",
    )
    with gr.Row(elem_id="voice-row"):
        voice = gr.Dropdown(
            voice_choices(service, engines, AUTO, ENGLISH_TEXTS),
            value=DEFAULT_VOICE,
            label=ui_text("voice"),
            filterable=True,
            elem_id="speaker",
            scale=1,
        )
        preview = gr.Button(
            ui_text("speak.preview"), scale=0, min_width=0, elem_id="preview-button"
        )
    return engine, language, gender, voice, preview


def draw_prosody(service: SpeechService) -> tuple[gr.Slider, gr.Slider]:
    """Draw speed and pitch, as wide as any engine goes."""
    engines = ready_engines(service)
    speeds = _widest([info.speed_range for info in engines])
    pitches = _widest([info.pitch_range for info in engines])
    with gr.Row(elem_id="prosody"):
        speed = gr.Slider(
            *_slider_range(speeds),
            value=1,
            step=0.05,
            label=ui_text("speak.speed"),
            elem_id="speed",
            min_width=160,
        )
        pitch = gr.Slider(
            *_slider_range(pitches),
            value=1,
            step=0.05,
            label=ui_text("speak.pitch"),
            elem_id="pitch",
            min_width=160,
        )
    return speed, pitch


def _widest(ranges: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return the union of the ranges; an engine that supports less adds a warning to the result."""
    low, high = min((r[0] for r in ranges), default=1.0), max((r[1] for r in ranges), default=1.0)
    return (low, high) if low < high else (0.5, 2.0)  # A slider cannot be empty.


def _slider_range(bounds: tuple[float, float]) -> tuple[float, float]:
    """Return the widest range of whole slider steps (0.05) within the bounds."""
    low, high = bounds
    return max(0.25, -(-low * 20 // 1) / 20), min(4.0, high * 20 // 1 / 20)


def draw_fine_tuning(
    service: SpeechService,
) -> tuple[dict[str, Component], dict[str, list[Parameter]], dict[str, gr.Column]]:
    """Draw how text is read, and the parameters of every engine.

    Of the latter only those of the chosen one are visible.

    Not in a `gr.Accordion`: that mounts its contents when it is first opened, and a frame later
    resets them to their initial values, whatever has been entered by then.
    """
    ready = service.engines.ready()
    drawn: dict[str, list[Parameter]] = {}
    groups: dict[str, gr.Column] = {}
    with gr.Column(elem_id="more"):
        gr.Button(ui_text("speak.fine_tuning"), elem_id="more-button")
        with gr.Column(elem_id="more-fields"):
            reading = draw_reading_options()
            for name, info in service.engines.infos.items():
                with gr.Column(visible=ready == [name]) as group:
                    drawn[name] = draw_parameters(info.parameters)
                groups[name] = group
            reset = gr.Button(ui_text("speak.reset"), size="sm", elem_id="reset", min_width=0)
    every = [p for group in drawn.values() for p in group]
    reset.click(
        lambda: [*shown_reading(reading, {}), *(p.default for p in every)],
        None,
        [*reading.values(), *(p.component for p in every)],
        **PRIVATE,
    )
    return reading, drawn, groups
