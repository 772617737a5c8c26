"""The Speak tab: text, voice and parameters in, speech out."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import gradio as gr
from gradio.components import Component

from tts_core.errors import TTSError
from tts_core.service import SpeechService
from tts_core.types import SpeechRequest
from tts_core.validation import speech_request
from tts_core.web.callers import caller_of
from tts_core.web.streaming import in_thread
from tts_core.web.ui.assets import call, markup, template
from tts_core.web.ui.choices import (
    ANY_GENDER,
    AUTO,
    DEFAULT_VOICE,
    engine_choices,
    gender_choices,
    language_choices,
    ready_engines,
    voice_choices,
    voice_language,
    voice_of_gender,
)
from tts_core.web.ui.example_texts import EXAMPLES, preview_text
from tts_core.web.ui.gallery.button import build_gallery_button
from tts_core.web.ui.parameters import Parameter, chosen_options, draw_parameters
from tts_core.web.ui.player_events import PlayerMessage, TabState, stream_to_player
from tts_core.web.ui.readings import (
    readings_button,
    readings_html,
    readings_note,
    readings_view,
)
from tts_core.web.ui.texts import ENGLISH, Texts, texts_of, ui_text

PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
"""Options of every handler of the page: none of them is part of the API."""
ENGLISH_TEXTS = Texts(ENGLISH)
"""What can be chosen is listed in English first; `refresh.py` sends it in the page's language."""
_KEYS = markup(
    '<p class="keys"><span><kbd>[[key.ctrl]]</kbd> <kbd>[[key.enter]]</kbd> [[keys.speak]]</span>'
    "<span><kbd>Esc</kbd> [[keys.stop]]</span>"
    "<span><kbd>[[key.space]]</kbd> [[keys.play]]</span></p>"
)


@dataclass
class SpeakTab:
    """The tab's controls, before they are connected to the player."""

    service: SpeechService
    text: gr.Textbox
    title: gr.HTML
    """Of the voice card; opens the gallery."""
    engine: gr.Dropdown
    language: gr.Dropdown
    voice: gr.Dropdown
    gender: gr.Radio
    speed: gr.Slider
    pitch: gr.Slider
    parameters: dict[str, list[Parameter]]
    """By engine, including engines that are not ready yet."""
    groups: dict[str, gr.Column]
    """The column of each engine's parameters."""
    speak: gr.Button
    stop: gr.Button
    preview: gr.Button
    readings_button: gr.Button
    readings: gr.HTML

    def connect(self, tab_state: gr.State, player: gr.HTML) -> None:
        """Connect the buttons to their handlers."""
        service = self.service

        async def speak(
            request: gr.Request,
            tab_state: TabState,
            text: str,
            *settings: Any,  # noqa: ANN401
        ) -> AsyncIterator[PlayerMessage]:
            make_request = partial(self._request, text, settings)
            messages = stream_to_player(service, tab_state, make_request, caller_of(request))
            async for message in messages:
                yield message

        async def play_sample(
            request: gr.Request,
            tab_state: TabState,
            *settings: Any,  # noqa: ANN401
        ) -> AsyncIterator[PlayerMessage]:
            engines = ready_engines(service, settings[0])
            language = voice_language(service, engines, settings[2]) or settings[1]
            text = preview_text("en" if language == AUTO else language)
            make_request = partial(self._request, text, settings)
            messages = stream_to_player(
                service, tab_state, make_request, caller_of(request), preview=True
            )
            async for message in messages:
                yield message

        async def stop(tab_state: TabState) -> None:
            tab_state.stopped_number = tab_state.request_number
            if tab_state.request_id:
                await in_thread(partial(service.cancel, tab_state.request_id))

        settings = self._settings()
        options: dict[str, Any] = {**PRIVATE, "trigger_mode": "multiple"}

        async def readings(
            request: gr.Request,
            text: str,
            *settings: Any,  # noqa: ANN401
        ) -> str:
            texts = texts_of(request)
            if not text.strip():
                return readings_note(texts("readings.empty"))
            try:
                make = partial(self._request, text, settings)
                preview = await in_thread(lambda: service.preview(make()))
            except TTSError as error:
                return readings_note(str(error))
            return readings_html(preview, text, texts)

        # It hides when the text changes, so what is shown is always of the text that is there.
        toggle = "(...values) => { aloud.toggleReadings(); return values; }"
        inputs: list[Component] = [self.text, *settings]
        self.readings_button.click(readings, inputs, [self.readings], js=toggle, **options)
        self.speak.click(speak, [tab_state, self.text, *settings], [player], **options)
        self.preview.click(play_sample, [tab_state, *settings], [player], **options)
        self.stop.click(stop, [tab_state], None, queue=False, **options)

    def named_settings(self) -> dict[str, Component]:
        """Return all controls but the text by a name that lasts; "espeak.range" for a parameter."""
        drawn = {
            f"{engine}.{parameter.name}": parameter.component
            for engine, group in self.parameters.items()
            for parameter in group
        }
        return {
            "engine": self.engine,
            "language": self.language,
            "voice": self.voice,
            "gender": self.gender,
            "speed": self.speed,
            "pitch": self.pitch,
            **drawn,
        }

    def _settings(self) -> list[Component]:
        return list(self.named_settings().values())

    def _request(self, text: str, settings: Sequence[Any]) -> SpeechRequest:
        """Build the request. Raises ValidationError."""
        engine, language, voice, gender, speed, pitch, *values = settings
        if gender != ANY_GENDER and voice in (None, "", DEFAULT_VOICE):
            engines = ready_engines(self.service, engine or AUTO)
            voice = voice_of_gender(self.service, engines, language or AUTO, gender, text)
        named = self.engine_of_parameters(engine)
        options: dict[str, Any] = {}
        for name, group in self.parameters.items():
            own, values = values[: len(group)], values[len(group) :]
            if name == named:
                options = chosen_options(group, own)
        return speech_request(
            text=text,
            engine=engine or AUTO,
            language=language or AUTO,
            voice=voice or DEFAULT_VOICE,
            speed=speed,
            pitch=pitch,
            options=options,
            door="page",
        )

    def engine_of_parameters(self, engine: str) -> str:
        """Return the engine whose parameters apply; "auto" stands for a sole ready engine."""
        ready = self.service.engines.ready()
        return ready[0] if engine == AUTO and len(ready) == 1 else engine


def build_speak(service: SpeechService) -> SpeakTab:
    """Draw the tab. Called inside its `gr.Tab`."""
    with gr.Row(elem_id="studio", equal_height=False):
        with gr.Column(scale=3, min_width=320, elem_id="script", elem_classes="card"):
            text = _text_box()
            with gr.Row(elem_id="script-foot"):
                gr.HTML(
                    None,
                    html_template=template("script_meta.html"),
                    js_on_load=call("mountMeta(element, props)"),
                    apply_default_css=False,
                    elem_id="script-meta",
                    limit=service.settings.text_limit,
                )
                reading_of = readings_button()
                speak = gr.Button(ui_text("tab.speak"), variant="primary", elem_id="speak-button")
                stop = gr.Button(ui_text("stop"), variant="primary", elem_id="stop-button")
            readings = readings_view()
            chips = _chips()
            gr.HTML(
                None,
                html_template=template("recent.html"),
                js_on_load=call("mountRecent(element)"),
                apply_default_css=False,
                elem_id="recent",
            )
        with gr.Column(scale=2, min_width=320, elem_id="voice", elem_classes="card"):
            title = build_gallery_button()
            engine, language, gender, voice, preview = _voice_card(service)
            speed, pitch = _prosody(service)
            parameters, groups = _fine_tuning(service)
            gr.HTML(None, html_template=_KEYS, apply_default_css=False, elem_classes="hints")
    tab = SpeakTab(
        service,
        text,
        title,
        engine,
        language,
        voice,
        gender,
        speed,
        pitch,
        parameters,
        groups,
        speak,
        stop,
        preview,
        reading_of,
        readings,
    )
    _connect_text(tab, chips)
    return tab


def _text_box() -> gr.Textbox:
    with gr.Group(elem_id="script-stage"):
        text = gr.Textbox(
            placeholder=ui_text("speak.placeholder"),
            label=ui_text("speak.text"),
            show_label=False,
            lines=8,
            max_lines=8,
            container=False,
            elem_id="text",
            html_attributes=gr.InputHTMLAttributes(spellcheck=True),
        )
        gr.HTML(
            None,
            html_template=template("reader.html"),
            js_on_load=call("mountReader(element)"),
            apply_default_css=False,
            elem_id="reader",
        )
    return text


def _chips() -> list[gr.Button]:
    with gr.Row(elem_id="chips"):
        return [
            gr.Button(example.label, size="sm", elem_classes="chip", min_width=0)
            for example in EXAMPLES
        ]


def _voice_card(
    service: SpeechService,
) -> tuple[gr.Dropdown, gr.Dropdown, gr.Radio, gr.Dropdown, gr.Button]:
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
        gender_choices(ENGLISH_TEXTS), value=ANY_GENDER, label=ui_text("gender"), elem_id="gender"
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


def _prosody(service: SpeechService) -> tuple[gr.Slider, gr.Slider]:
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


def _fine_tuning(
    service: SpeechService,
) -> tuple[dict[str, list[Parameter]], dict[str, gr.Column]]:
    """Draw the parameters of every engine; only those of the chosen one are visible.

    Not in a `gr.Accordion`: that mounts its contents when it is first opened, and a frame later
    resets them to their initial values, whatever has been entered by then.
    """
    ready = service.engines.ready()
    drawn: dict[str, list[Parameter]] = {}
    groups: dict[str, gr.Column] = {}
    with gr.Column(elem_id="more"):
        gr.Button(ui_text("speak.fine_tuning"), elem_id="more-button")
        with gr.Column(elem_id="more-fields"):
            for name, info in service.engines.infos.items():
                with gr.Column(visible=ready == [name]) as group:
                    drawn[name] = draw_parameters(info.parameters)
                groups[name] = group
            reset = gr.Button(ui_text("speak.reset"), size="sm", elem_id="reset", min_width=0)
    every = [p for group in drawn.values() for p in group]
    reset.click(lambda: [p.default for p in every], None, [p.component for p in every], **PRIVATE)
    return drawn, groups


def _connect_text(tab: SpeakTab, chips: Sequence[gr.Button]) -> None:
    tab.text.change(None, [tab.text], None, js="text => { aloud.textChanged(text); }")
    tab.speed.change(None, [tab.speed], None, js="speed => { aloud.speedChanged(speed); }")
    for chip, example in zip(chips, EXAMPLES, strict=True):
        # Automatic fits every example, and whatever is pasted over it afterwards.
        values = json.dumps([example.text, AUTO, DEFAULT_VOICE])
        fill = f"() => {{ aloud.edit(); return {values}; }}"
        chip.click(None, None, [tab.text, tab.language, tab.voice], js=fill)
