"""The Speak tab: text, voice and parameters in, speech out."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import gradio as gr
from gradio.components import Component

from tts_core.errors import TTSError
from tts_core.lexicon.entry import LONGEST_SPOKEN
from tts_core.service import SpeechService
from tts_core.types import SpeechRequest
from tts_core.validation import speech_request
from tts_core.web.callers import caller_of
from tts_core.web.streaming import in_thread
from tts_core.web.ui.assets import NUMBERED, STOPPED, call, markup, template
from tts_core.web.ui.choices import (
    ANY_GENDER,
    AUTO,
    DEFAULT_VOICE,
    ready_engines,
    voice_language,
    voice_of_gender,
)
from tts_core.web.ui.example_texts import EXAMPLES, preview_text
from tts_core.web.ui.gallery.button import build_gallery_button
from tts_core.web.ui.parameters import Parameter, chosen_options
from tts_core.web.ui.player.events import PlayerMessage
from tts_core.web.ui.player.stream import stream_to_player
from tts_core.web.ui.player.tab_state import TabState
from tts_core.web.ui.reading_options import Controls, chosen_reading
from tts_core.web.ui.readings import (
    pronunciations_button,
    pronunciations_panel,
    readings_button,
    readings_html,
    readings_note,
    readings_view,
)
from tts_core.web.ui.texts import texts_of, ui_text
from tts_core.web.ui.voice_card import PRIVATE, draw_fine_tuning, draw_prosody, draw_voice

_LANGUAGE_CHARACTERS = 1_000
"""Of the text, by which its language is found."""
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
    reading: Controls
    parameters: dict[str, list[Parameter]]
    """By engine, including engines that are not ready yet."""
    groups: dict[str, gr.Column]
    """The column of each engine's parameters."""
    speak: gr.Button
    stop: gr.Button
    preview: gr.Button
    readings_button: gr.Button
    readings: gr.HTML
    pronunciations: gr.HTML

    def connect(self, tab_state: gr.State, player: gr.HTML) -> None:
        """Connect the buttons to their handlers."""
        service = self.service

        async def speak(
            request: gr.Request,
            tab_state: TabState,
            number: object,
            text: str,
            *settings: Any,  # noqa: ANN401
        ) -> AsyncIterator[PlayerMessage]:
            make_request = partial(self._request, text, settings)
            messages = stream_to_player(service, tab_state, make_request, request, number)
            async for message in messages:
                yield message

        async def play_sample(
            request: gr.Request,
            tab_state: TabState,
            number: object,
            *settings: Any,  # noqa: ANN401
        ) -> AsyncIterator[PlayerMessage]:
            engines = ready_engines(service, settings[0])
            language = voice_language(service, engines, settings[2]) or settings[1]
            text = preview_text("en" if language == AUTO else language)
            make_request = partial(self._request, text, settings)
            messages = stream_to_player(
                service, tab_state, make_request, request, number, preview=True
            )
            async for message in messages:
                yield message

        async def hear(
            event: gr.EventData,
            request: gr.Request,
            tab_state: TabState,
            number: object,
            text: str,
            *settings: Any,  # noqa: ANN401
        ) -> AsyncIterator[PlayerMessage]:
            make_request = partial(self._pronunciation, event._data, text, settings)
            messages = stream_to_player(
                service, tab_state, make_request, request, number, preview=True
            )
            async for message in messages:
                yield message

        async def stop(tab_state: TabState, number: object) -> None:
            if request_id := tab_state.stop(number):
                await in_thread(partial(service.cancel, request_id))

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
                caller = {"caller": caller_of(request)}
                made = self._request(text, settings).model_copy(update=caller)
                preview = await in_thread(lambda: service.preview(made))
            except TTSError as error:
                return readings_note(texts.failure(error))
            return readings_html(preview, text, texts)

        # It hides when the text changes, so what is shown is always of the text that is there.
        toggle = "(...values) => { aloud.toggleReadings(); return values; }"
        inputs: list[Component] = [self.text, *settings]
        self.readings_button.click(readings, inputs, [self.readings], js=toggle, **options)
        state: list[Component] = [tab_state, player]
        speaking: dict[str, Any] = {"outputs": [player], "js": NUMBERED, **options}
        self.pronunciations.hear_request(hear, [*state, *inputs], **speaking)
        self.speak.click(speak, [*state, *inputs], **speaking)
        self.preview.click(play_sample, [*state, *settings], **speaking)
        self.stop.click(stop, state, None, js=STOPPED, queue=False, **options)

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
            **{f"reading.{name}": control for name, control in self.reading.items()},
            **drawn,
        }

    def _settings(self) -> list[Component]:
        return list(self.named_settings().values())

    def _request(self, text: str, settings: Sequence[Any]) -> SpeechRequest:
        """Build the request. Raises ValidationError."""
        engine, language, voice, gender, speed, pitch, *values = settings
        reading, values = values[: len(self.reading)], values[len(self.reading) :]
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
            **chosen_reading(self.reading, reading),
        )

    def _pronunciation(
        self, entry: Mapping[str, Any], text: str, settings: Sequence[Any]
    ) -> SpeechRequest:
        """Build the request that speaks an entry of the dictionary as it is in the panel's form.

        `text`: what the tab speaks, whose language tells how to read an entry for all languages.
        Raises ValidationError.
        """
        written, spoken, phonemes, language = (
            str(entry.get(name, ""))[:LONGEST_SPOKEN]
            for name in ("written", "spoken", "phonemes", "language")
        )
        asked = self._request(spoken or f"[{written}](/{phonemes}/)", settings)
        if asked.language == AUTO and not language and text.strip():
            found = self.service.preview(self._request(text[:_LANGUAGE_CHARACTERS], settings))
            language = found.segments[0].language
        return asked.model_copy(update={"language": language}) if language else asked

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
                    studio=_longest_in_studio(service),
                )
                reading_of = readings_button()
                pronunciations_button()
                speak = gr.Button(ui_text("tab.speak"), variant="primary", elem_id="speak-button")
                stop = gr.Button(ui_text("stop"), variant="primary", elem_id="stop-button")
            readings = readings_view()
            pronunciations = pronunciations_panel(service.engines.infos.values())
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
            engine, language, gender, voice, preview = draw_voice(service)
            speed, pitch = draw_prosody(service)
            reading, parameters, groups = draw_fine_tuning(service)
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
        reading,
        parameters,
        groups,
        speak,
        stop,
        preview,
        reading_of,
        readings,
        pronunciations,
    )
    _connect_text(tab, chips)
    return tab


def _longest_in_studio(service: SpeechService) -> int:
    """Return how many characters a text of the Studio may have; 0 where it makes no projects."""
    settings = service.settings
    return settings.project_characters if settings.projects_per_owner else 0


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


def _connect_text(tab: SpeakTab, chips: Sequence[gr.Button]) -> None:
    tab.text.change(None, [tab.text], None, js="text => { aloud.textChanged(text); }")
    tab.speed.change(None, [tab.speed], None, js="speed => { aloud.speedChanged(speed); }")
    for chip, example in zip(chips, EXAMPLES, strict=True):
        # Automatic fits every example, and whatever is pasted over it afterwards.
        values = json.dumps([example.text, AUTO, DEFAULT_VOICE])
        fill = f"() => {{ aloud.edit(); return {values}; }}"
        chip.click(None, None, [tab.text, tab.language, tab.voice], js=fill)
