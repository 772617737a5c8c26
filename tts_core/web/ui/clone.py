"""The Clone tab: record or upload a clip, check it, give consent, save the voice; check a file."""

from __future__ import annotations

import base64
import html
import json
import secrets
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
from babel.lists import format_list

from tts_core.audio.decode import FORMATS
from tts_core.audio.plots import spectrogram_png, waveform
from tts_core.errors import TTSError, ValidationError
from tts_core.service import SpeechService
from tts_core.services.voices import LibraryVoice, VoiceService
from tts_core.types import Caller, SpeechRequest
from tts_core.validation import speech_request
from tts_core.voices.lookup import can_clone
from tts_core.voices.record import MAX_NAME, agreed
from tts_core.web.callers import caller_of
from tts_core.web.ui.assets import NUMBERED, call, markup, template
from tts_core.web.ui.choices import (
    AUTO,
    Choices,
    language_choices,
    ready_engines,
)
from tts_core.web.ui.example_texts import preview_text
from tts_core.web.ui.player.events import PlayerMessage
from tts_core.web.ui.player.stream import stream_to_player
from tts_core.web.ui.player.tab_state import TabState
from tts_core.web.ui.speak import SpeakTab
from tts_core.web.ui.texts import ENGLISH, Texts, texts_of, ui_text
from tts_core.web.ui.voice_card import PRIVATE
from tts_core.web.ui.voices import VoiceCards, build_voices
from tts_core.web.uploads import RECORDINGS, discard

WAVEFORM_COLUMNS = 360
SPECTROGRAM = (720, 160)
"""Pixels, width and height."""


@dataclass
class CloneTab:
    """The tab's controls, before they are connected to the player and to the Speak tab."""

    service: SpeechService
    hint: gr.HTML
    audio: gr.Audio
    clean: gr.Checkbox
    report: gr.HTML
    name: gr.Textbox
    language: gr.Dropdown
    tags: gr.Textbox
    consent: gr.Checkbox
    save: gr.Button
    note: gr.HTML
    cards: VoiceCards

    def connect(
        self, tab_state: gr.State, player: gr.HTML, tab: gr.Tab, tabs: gr.Tabs, speak: SpeakTab
    ) -> None:
        """Connect the controls to their handlers."""
        service, cards = self.service, self.cards

        def check(path: str | None, clean: bool, request: gr.Request) -> Iterator[tuple[Any, Any]]:
            if not path:
                # Saving a voice clears the recording, which must not clear the note about that.
                yield _report({}), gr.skip()
                return
            yield _report({"busy": True}), ""
            report = _report(clip_report(service.voices, path, clean))
            yield report, _known(service.voices, path, texts_of(request))

        def save(
            request: gr.Request,
            path: str | None,
            name: str,
            language: str,
            tags: str,
            consent: bool,
            clean: bool,
        ) -> Iterator[list[Any]]:
            texts = texts_of(request)
            if missing := _missing(path, name, consent):
                told = _note(texts(f"clone.missing.{missing}"), bad=True, field=missing)
                yield [told, *[gr.skip()] * 5]
                return
            try:
                voice = service.voices.clone(
                    [Path(path)] if path else [],
                    name,
                    consent=agreed("page") if consent else False,
                    language=language or AUTO,
                    tags=tags,
                    trim=clean,
                    gain=clean,
                    caller=caller_of(request),
                )
            except TTSError as error:
                field = error.field if isinstance(error, ValidationError) else ""
                yield [_note(texts.failure(error), bad=True, field=field), *[gr.skip()] * 5]
                return
            if path:
                discard(path)
            done = texts("clone.done", name=voice.name)
            snapshot = cards.snapshot(texts, new_voice=voice.id)
            yield [_note(done), None, "", "", False, snapshot]
            similar = _similarity(service, voice, caller_of(request), texts)
            # Always, since Gradio sends again at the end what was yielded last, and by then the
            # visitor may have filled in the form for the next voice, or deleted this one.
            yield [_note(f"{done} {similar}") if similar else gr.skip(), *[gr.skip()] * 5]

        async def try_voice(
            event: gr.EventData, request: gr.Request, tab_state: TabState, number: object
        ) -> AsyncIterator[PlayerMessage]:
            voice_id = str(event._data.get("id", ""))[:100]

            def make_request() -> SpeechRequest:
                language = service.voices.get(voice_id).language
                text = preview_text("en" if language == AUTO else language)
                return speech_request(text=text, voice=voice_id, door="page")

            messages = stream_to_player(
                service, tab_state, make_request, request, number, preview=True
            )
            async for message in messages:
                yield message

        def shown(request: gr.Request) -> tuple[str, Any]:
            texts = texts_of(request)
            return _hint(service, texts), gr.Dropdown(_recording_languages(service, texts))

        tab.select(shown, None, [self.hint, self.language], **PRIVATE)
        for event in (self.audio.change, self.clean.change):
            event(
                check, [self.audio, self.clean], [self.report, self.note], **PRIVATE, **RECORDINGS
            )
        inputs = [self.audio, self.name, self.language, self.tags, self.consent, self.clean]
        outputs = [self.note, self.audio, self.name, self.tags, self.consent, cards.html]
        self.save.click(save, inputs, outputs, **PRIVATE, **RECORDINGS)
        options = {**PRIVATE, "trigger_mode": "multiple"}
        cards.html.try_request(try_voice, [tab_state, player], [player], js=NUMBERED, **options)
        cards.connect(tab, tabs, speak)


def build_clone(service: SpeechService) -> CloneTab:
    """Draw the tab. Called inside its `gr.Tab`."""
    hint = gr.HTML(
        "",
        # Until it is known what can be said here, something as long keeps its place.
        html_template="${value || `"
        + markup('<p class="unknown">[[clone.hint.match]] [[clone.hint.add]]</p>')
        + "`}",
        apply_default_css=False,
        elem_id="clone-hint",
    )
    with gr.Row(elem_id="clone-studio", equal_height=False):
        with gr.Column(scale=3, min_width=320, elem_id="clip", elem_classes="card"):
            gr.HTML(
                None,
                html_template=markup(
                    "<h2>[[clone.recording]]</h2>"
                    f"<p class='about'>[[clone.about]] {FORMATS.replace(' or ', ', ')}.</p>"
                ),
                apply_default_css=False,
                elem_classes="card-title",
            )
            audio = gr.Audio(
                sources=["upload", "microphone"],
                type="filepath",
                label=ui_text("clone.recording"),
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
                formats=FORMATS.replace(" or ", ", "),
            )
            clean = gr.Checkbox(True, label=ui_text("clone.clean"), container=False)
        with gr.Column(scale=2, min_width=320, elem_id="clone-side"):
            with gr.Column(elem_id="keep", elem_classes="card"):
                gr.HTML(
                    None,
                    html_template=markup("<h2>[[voice]]</h2>"),
                    apply_default_css=False,
                    elem_classes="card-title",
                )
                name = gr.Textbox(
                    label=ui_text("clone.name"),
                    placeholder=ui_text("clone.name_example"),
                    max_length=MAX_NAME,
                    max_lines=1,
                )
                language = gr.Dropdown(
                    _recording_languages(service, Texts(ENGLISH)),
                    value=AUTO,
                    label=ui_text("language"),
                    filterable=True,
                )
                tags = gr.Textbox(
                    label=ui_text("clone.tags"),
                    placeholder=ui_text("clone.tags_example"),
                    max_lines=1,
                )
                consent = gr.Checkbox(
                    False, label=ui_text("clone.consent"), container=False, elem_id="consent"
                )
                save = gr.Button(ui_text("clone.save"), variant="primary", elem_id="keep-button")
                note = gr.HTML("", apply_default_css=False, elem_id="keep-note")
            gr.HTML(
                None,
                html_template=template("check.html"),
                js_on_load=call("mountCheck(element)"),
                apply_default_css=False,
                elem_id="check",
            )
    cards = build_voices(service)
    return CloneTab(
        service, hint, audio, clean, report, name, language, tags, consent, save, note, cards
    )


def _similarity(service: SpeechService, voice: LibraryVoice, caller: Caller, texts: Texts) -> str:
    """Return, in words, how similar speech in a voice is to its recording; "" if not known."""
    language = "en" if voice.language == AUTO else voice.language
    try:
        found = service.similarity(voice.id, " ".join([preview_text(language)] * 3), caller)
    except TTSError:
        return ""  # the voice is saved all the same; what is wrong shows when it speaks
    if found is None:
        return ""
    return texts("clone.similarity", speech=round(found.speech, 2), halves=round(found.halves, 2))


def _hint(service: SpeechService, texts: Texts) -> str:
    """Return, as markup, what the engines that are ready make of a recording."""
    engines = [info for info in ready_engines(service) if can_clone(info)]
    cloning = [info.label for info in engines if info.capabilities.cloning]
    if cloning:
        named = format_list(cloning, style="or", locale=texts.locale)
        return f"<p>{html.escape(texts('clone.hint.clones', engines=named))}</p>"
    made = html.escape(texts("clone.hint.match" if engines else "clone.hint.none"))
    return f'<p>{made} <a href="#engines">{html.escape(texts("clone.hint.add"))}</a></p>'


def _recording_languages(service: SpeechService, texts: Texts) -> Choices:
    """Return the languages of all engines; a recording without one may speak any language."""
    _, *named = language_choices(list(service.engines.infos.values()), texts)
    return [(texts("voices.any_language"), AUTO), *named]


def _known(voices: VoiceService, path: str, texts: Texts) -> str:
    """Return a note that names the voices made of a recording already; "" if there are none."""
    try:
        found = voices.made_of(voices.inspect(Path(path)))
    except TTSError:
        return ""  # of which the report tells
    if not found:
        return ""
    names = format_list([voice.name for voice in found], locale=texts.locale)
    return _note(texts("clone.known", names=names))


def clip_report(voices: VoiceService, path: str, clean: bool) -> dict[str, Any]:
    """Return what the page shows about a recording before it is saved.

    An "error" instead of checks when it cannot be decoded.
    """
    try:
        recording = voices.inspect(Path(path))
    except TTSError as error:
        return {"error": str(error), "kind": error.type}
    clip, prepared = recording.audio, recording.prepare(trim=clean, gain=clean)
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
    """Return the value of the report component: JSON, so that its texts stay plain text."""
    return {"json": json.dumps(found, separators=(",", ":"))}


def _missing(path: str | None, name: str, consent: bool) -> str:
    """Return the field that keeps a voice from being saved: clip, name or consent; "" if none."""
    if not path:
        return "clip"
    if not name.strip():
        return "name"
    return "" if consent else "consent"


def _note(text: str, *, bad: bool = False, field: str = "") -> str:
    """Return the text as markup, announced by screen readers; `bad`: as an error.

    `field`: to which field it belongs. A number makes each note differ from the one before, so that
    it is shown again when it has been hidden.
    """
    kind, role = ("bad", "alert") if bad else ("good", "status")
    marks = f'id="keep-told" data-field="{field}" data-number="{secrets.token_hex(4)}"'
    return f'<p class="{kind}" role="{role}" {marks}>{html.escape(text)}</p>'
