"""Cards of the cloned voices: try, use, rename, export, delete, withdraw consent."""

from __future__ import annotations

import html
import json
import secrets
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from tts_core.errors import TTSError, ValidationError
from tts_core.service import SpeechService
from tts_core.types import Caller
from tts_core.voices.record import STATEMENT, VoiceRecord
from tts_core.web.callers import caller_of
from tts_core.web.ui.assets import call, template
from tts_core.web.ui.choices import (
    ANY_GENDER,
    AUTO,
    language_name,
    ready_engines,
    voice_choices,
)
from tts_core.web.ui.player.stream import ERROR_TITLE
from tts_core.web.ui.speak import SpeakTab
from tts_core.web.ui.texts import Texts, texts_of, ui_text
from tts_core.web.ui.voice_card import PRIVATE
from tts_core.web.uploads import RECORDINGS, discard


@dataclass
class VoiceCards:
    """The cards and the button that imports a voice."""

    service: SpeechService
    html: gr.HTML
    package: gr.UploadButton

    def connect(self, tab: gr.Tab, tabs: gr.Tabs, speak: SpeakTab) -> None:
        """Connect the cards' buttons to their handlers."""
        service, cards = self.service, self.html

        def change(event: gr.EventData, request: gr.Request) -> Any:  # noqa: ANN401
            return self._after(
                request, lambda: change_voice(service, event._data, caller_of(request))
            )

        def export(event: gr.EventData, request: gr.Request) -> Any:  # noqa: ANN401
            return self._after(request, lambda: self._export(_id(event)))

        def original(event: gr.EventData, request: gr.Request) -> Any:  # noqa: ANN401
            return self._after(request, lambda: self._original(_id(event)))

        def import_package(path: str, request: gr.Request) -> Any:  # noqa: ANN401
            imported: list[str] = []

            def work() -> None:
                imported.append(service.voices.import_package(Path(path), caller_of(request)))
                discard(path)

            return self._after(request, work, lambda: imported[0])

        def shown(request: gr.Request) -> dict[str, Any]:
            return self.snapshot(texts_of(request))

        def use(event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
            voice_id = _id(event)
            choices = voice_choices(service, ready_engines(service), AUTO, texts_of(request))
            known = voice_id in [key for _, key in choices]
            return (
                gr.Tabs(selected="speak"),
                AUTO,
                AUTO,
                gr.Dropdown(choices, value=voice_id if known else "default"),
                ANY_GENDER,
            )

        options: dict[str, Any] = {**PRIVATE, "trigger_mode": "multiple"}
        tab.select(shown, None, [cards], **PRIVATE)
        cards.voice_request(change, None, [cards], **options)
        cards.export_request(export, None, [cards], **options)
        cards.original_request(original, None, [cards], **options)
        self.package.upload(import_package, [self.package], [cards], **PRIVATE, **RECORDINGS)
        chosen = [tabs, speak.engine, speak.language, speak.voice, speak.gender]
        cards.use_request(use, None, chosen, **options)

    def snapshot(
        self, texts: Texts, new_voice: str = "", file: gr.FileData | None = None
    ) -> dict[str, Any]:
        """Return the value of the cards component: JSON, so that its texts stay plain text.

        `new_voice`: the id of a voice just created. `file`: for the browser, which plays a
        recording and downloads anything else.
        """
        voices = self.service.voices
        content = {
            "voices": [self._card(voice, texts) for voice in voices.cloned()],
            "withdrawn": [
                {
                    "id": found.voice,
                    "name": found.name,
                    "given": min(c.given for c in found.consents).isoformat(),
                    "at": found.withdrawn.isoformat(),
                }
                for found in voices.withdrawals()
            ],
            "problems": [f"{p.folder}: {texts.said(p.reason)}" for p in voices.problems],
            "new_voice": new_voice,
            "nonce": secrets.token_hex(4) if file else "",
        }
        value: dict[str, Any] = {"json": json.dumps(content, separators=(",", ":"))}
        return value | ({"file": file.model_dump()} if file else {})

    def _card(self, record: VoiceRecord, texts: Texts) -> dict[str, Any]:
        voice = self.service.voices.get(record.id)
        labels = {i.name: i.label for i in self.service.engines.infos.values()}
        names = {x.code: x.name for i in self.service.engines.infos.values() for x in i.languages}
        clones = [
            labels[name]
            for name in voice.engines
            if self.service.engines.info(name).capabilities.cloning
        ]
        if not voice.clips:
            how = texts("voices.blend" if voice.engines else "voices.blend_missing")
        elif clones:
            how = texts("voices.clone", engines=", ".join(clones))
        else:
            how = texts("voices.match" if voice.engines else "voices.unusable")
        if voice.language == AUTO:
            language = texts("voices.any_language")
        else:
            language = language_name(names.get(voice.language, ""), voice.language, texts)
        count = voice.clips
        return {
            "id": voice.id,
            "name": voice.name,
            "facts": [
                language,
                *([texts("voices.recordings", count=count)] if count > 1 else []),
                *([texts("unit.s", value=round(voice.report["duration"]))] if count == 1 else []),
                *voice.tags,
            ],
            "how": how,
            "clone": bool(clones),
            "recorded": bool(voice.clips),
            "created": voice.created,
            "consent": _consent(record),
            "made": record.blend or voice.id,  # under which it is in the history
        }

    def _original(self, voice_id: str) -> gr.FileData:
        source = next(iter(self.service.voices.recordings(voice_id)), None)
        if source is None:
            raise ValidationError("A blend of voices has no recording; export it instead.", "voice")
        name = f"{self.service.voices.get(voice_id).id}.wav"
        path = self.service.new_folder_of_copies(voice_id) / name
        shutil.copyfile(source, path)
        return gr.FileData(path=str(path), orig_name=name)

    def _export(self, voice_id: str) -> gr.FileData:
        folder = self.service.new_folder_of_copies(self.service.voices.get(voice_id).id)
        path = self.service.voices.export(voice_id, folder)
        return gr.FileData(path=str(path), orig_name=path.name)

    def _after(
        self,
        request: gr.Request,
        work: Callable[[], Any],
        new_voice: Callable[[], str] = lambda: "",
    ) -> dict[str, Any]:
        """Do `work` and return the cards' new value; an error is shown as a toast."""
        texts = texts_of(request)
        try:
            result = work()
        except (TTSError, OSError) as error:
            told = texts.failure(error) if isinstance(error, TTSError) else str(error)
            gr.Warning(html.escape(told), title=ERROR_TITLE)
            return self.snapshot(texts)
        return self.snapshot(
            texts, new_voice(), result if isinstance(result, gr.FileData) else None
        )


def build_voices(service: SpeechService) -> VoiceCards:
    """Draw the cards. Called inside the tab."""
    with gr.Column(elem_id="voices-box"):
        cards = gr.HTML(
            None,
            html_template=template("voices.html"),
            # Gradio finds custom events by their quoted names in this source.
            js_on_load=call("mountVoices(element, props, watch, trigger)")
            + "/* 'voice_request' 'try_request' 'original_request' 'export_request'"
            " 'use_request' */",
            apply_default_css=False,
            elem_id="voice-board",
        )
        package = gr.UploadButton(
            str(ui_text("voices.import")),
            file_types=[".zip"],
            type="filepath",
            size="sm",
            elem_id="import",
        )
    return VoiceCards(service, cards, package)


def _consent(record: VoiceRecord) -> dict[str, str] | None:
    """Return the first consent for a voice; None for a blend.

    Its statement is "" where it is the usual one, which the page has in its language.
    """
    if not record.clips:
        return None
    consent = min((clip.consent for clip in record.clips), key=lambda consent: consent.given)
    statement = "" if consent.statement == STATEMENT else consent.statement
    return {"given": consent.given.isoformat(), "statement": statement}


def change_voice(service: SpeechService, data: Mapping[str, Any], caller: Caller) -> None:
    """Apply the action of a card's button, "rename", "delete" or "withdraw". Raises TTSError."""
    voice_id = str(data.get("id", ""))[:100]
    if data.get("action") == "delete":
        service.voices.delete(service.voices.get(voice_id).id)
    elif data.get("action") == "withdraw":
        service.consents.withdraw(service.voices.get(voice_id).id, "page", caller)
    elif data.get("action") == "rename":
        service.voices.rename(voice_id, str(data.get("name", ""))[:1000])


def _id(event: gr.EventData) -> str:
    return str(event._data.get("id", ""))[:100]
