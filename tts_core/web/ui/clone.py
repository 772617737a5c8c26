"""The tab where a recording becomes a voice: record, check, agree, keep, try."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from tts_core.audio.decode import FORMATS
from tts_core.audio.plots import spectrogram_png, waveform
from tts_core.errors import TTSError
from tts_core.service import SpeechService
from tts_core.types import SpeechRequest
from tts_core.validation import speech_request
from tts_core.voices.library import VoiceLibrary
from tts_core.voices.record import MAX_NAME, STATEMENT
from tts_core.web.callers import caller_of
from tts_core.web.ui.assets import call, template
from tts_core.web.ui.choices import AUTO, language_choices
from tts_core.web.ui.example_texts import preview_text
from tts_core.web.ui.player_events import News, TabState, narrate
from tts_core.web.ui.speak import PRIVATE, SpeakTab
from tts_core.web.ui.voices import VoiceBoard, build_voices
from tts_core.web.uploads import RECORDINGS, discard

WAVEFORM_COLUMNS = 360
SPECTROGRAM = (720, 160)
"""Pixels, width and height."""


@dataclass
class CloneTab:
    """The tab's controls, before they are connected to the player and to the Speak tab."""

    service: SpeechService
    audio: gr.Audio
    tidy: gr.Checkbox
    report: gr.HTML
    name: gr.Textbox
    language: gr.Dropdown
    tags: gr.Textbox
    consent: gr.Checkbox
    keep: gr.Button
    note: gr.HTML
    board: VoiceBoard

    def connect(
        self, tab_state: gr.State, player: gr.HTML, tab: gr.Tab, tabs: gr.Tabs, speak: SpeakTab
    ) -> None:
        """Let the buttons do what they say."""
        service, board = self.service, self.board

        def look(path: str | None, tidy: bool) -> Iterator[tuple[Any, Any]]:
            # The note stays when the recording goes, which is what keeping it does.
            note = "" if path else gr.skip()
            if path:
                yield _report({"busy": True}), note
            yield _report(look_at(service.library, path, tidy)), note

        def keep(
            request: gr.Request,
            path: str | None,
            name: str,
            language: str,
            tags: str,
            consent: bool,
            tidy: bool,
        ) -> list[Any]:
            try:
                voice = service.clone_voice(
                    [Path(path)] if path else [],
                    name,
                    consent=consent,
                    language=language or AUTO,
                    tags=tags,
                    trim=tidy,
                    gain=tidy,
                    caller=caller_of(request),
                )
            except TTSError as error:
                return [_note(str(error), bad=True), *[gr.skip()] * 5]
            if path:
                discard(path)
            done = _note(f"{voice['name']} is kept, and can be chosen on the Speak tab.")
            return [done, None, "", "", False, board.snapshot(fresh=voice["id"])]

        async def try_it(
            event: gr.EventData, request: gr.Request, tab_state: TabState
        ) -> AsyncIterator[News]:
            voice_id = str(event._data.get("id", ""))[:100]
            caller = caller_of(request)

            def wanted() -> SpeechRequest:
                language = service.library.get(voice_id).language
                text = preview_text("en" if language == AUTO else language)
                return speech_request(text=text, voice=voice_id, door="page")

            async for message in narrate(service, tab_state, wanted, caller, preview=True):
                yield message

        for event in (self.audio.change, self.tidy.change):
            event(look, [self.audio, self.tidy], [self.report, self.note], **PRIVATE, **RECORDINGS)
        given = [self.audio, self.name, self.language, self.tags, self.consent, self.tidy]
        cleared = [self.audio, self.name, self.tags, self.consent, board.html]
        self.keep.click(keep, given, [self.note, *cleared], **PRIVATE, **RECORDINGS)
        many = {**PRIVATE, "trigger_mode": "multiple"}
        board.html.try_request(try_it, [tab_state], [player], **many)
        board.connect(tab, tabs, speak)


def build_clone(service: SpeechService) -> CloneTab:
    """Draw the tab. Called inside its `gr.Tab`."""
    with gr.Row(elem_id="clone-studio", equal_height=False):
        with gr.Column(scale=3, min_width=320, elem_id="clip", elem_classes="card"):
            gr.HTML(
                "<h2>Recording</h2><p class='about'>10 to 30 seconds of one person, speaking as "
                f"they usually do, in a quiet room. {FORMATS}.</p>",
                apply_default_css=False,
                elem_classes="card-title",
            )
            audio = gr.Audio(
                sources=["upload", "microphone"],
                type="filepath",
                label="Recording",
                show_label=False,
                editable=False,
                buttons=[],
                elem_id="clip-audio",
            )
            report = gr.HTML(
                None,
                html_template=template("clone.html"),
                js_on_load=call("mountReport(element, props, watch)"),
                apply_default_css=False,
                elem_id="clone",
            )
            tidy = gr.Checkbox(
                True, label="Trim the silent ends and even out the loudness", container=False
            )
        with gr.Column(scale=2, min_width=320, elem_id="keep", elem_classes="card"):
            gr.HTML("<h2>Voice</h2>", apply_default_css=False, elem_classes="card-title")
            name = gr.Textbox(label="Name", placeholder="Anna", max_length=MAX_NAME, max_lines=1)
            language = gr.Dropdown(
                language_choices(list(service.registry.infos.values())),
                value=AUTO,
                label="Language",
                filterable=True,
            )
            tags = gr.Textbox(label="Tags", placeholder="calm, narrator", max_lines=1)
            consent = gr.Checkbox(False, label=STATEMENT, container=False, elem_id="consent")
            keep = gr.Button("Keep this voice", variant="primary", elem_id="keep-button")
            note = gr.HTML("", apply_default_css=False, elem_id="keep-note")
    board = build_voices(service)
    return CloneTab(service, audio, tidy, report, name, language, tags, consent, keep, note, board)


def look_at(library: VoiceLibrary, path: str | None, tidy: bool) -> dict[str, Any]:
    """What the page shows of a recording before it is kept."""
    if not path:
        return {}
    try:
        recording = library.inspect(Path(path))
    except TTSError as error:
        return {"error": str(error)}
    clip, prepared = recording.audio, recording.prepare(trim=tidy, gain=tidy)
    picture = base64.b64encode(spectrogram_png(clip, *SPECTROGRAM)).decode("ascii")
    return {
        **recording.report.to_json(),
        "waveform": [
            [round(low, 3), round(high, 3)] for low, high in waveform(clip, WAVEFORM_COLUMNS)
        ],
        "spectrogram": f"data:image/png;base64,{picture}",
        "kept": [round(prepared.start, 3), round(prepared.end, 3)],
        "gain_db": round(prepared.gain_db, 1),
    }


def _report(found: dict[str, Any]) -> dict[str, str]:
    """The report's value. JSON in a string: its texts are data, and are shown as such."""
    return {"json": json.dumps(found, separators=(",", ":"))}


def _note(text: str, *, bad: bool = False) -> str:
    kind, role = ("bad", "alert") if bad else ("good", "status")
    return f'<p class="{kind}" role="{role}">{html.escape(text)}</p>'
