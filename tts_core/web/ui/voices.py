"""The voices that were cloned here, as cards: try, use, rename, export, delete."""

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

from tts_core.errors import TTSError
from tts_core.service import SpeechService
from tts_core.voices.export import export_voice
from tts_core.voices.record import slug
from tts_core.web.callers import caller_of
from tts_core.web.ui.assets import call, template
from tts_core.web.ui.choices import AUTO, VOICE_MATCH, ready_engines, voice_choices
from tts_core.web.ui.speak import PRIVATE, SpeakTab
from tts_core.web.uploads import RECORDINGS, discard


@dataclass
class VoiceBoard:
    """The cards, and the button that imports a voice."""

    service: SpeechService
    html: gr.HTML
    package: gr.UploadButton

    def connect(self, tab: gr.Tab, tabs: gr.Tabs, speak: SpeakTab) -> None:
        """Let the cards do what they say."""
        service, board = self.service, self.html

        def change(event: gr.EventData) -> Any:  # noqa: ANN401
            return self._done(lambda: change_voice(service, event._data))

        def export(event: gr.EventData) -> Any:  # noqa: ANN401
            return self._done(lambda: self._export(_id(event)))

        def original(event: gr.EventData) -> Any:  # noqa: ANN401
            return self._done(lambda: self._original(_id(event)))

        def take_in(path: str, request: gr.Request) -> Any:  # noqa: ANN401
            fresh: list[str] = []

            def work() -> None:
                fresh.append(service.import_voice(Path(path), caller_of(request)))
                discard(path)

            return self._done(work, lambda: fresh[0])

        def use(event: gr.EventData) -> tuple[Any, ...]:
            voice_id = _id(event)
            choices = voice_choices(service, ready_engines(service), AUTO)
            known = voice_id in [key for _, key in choices]
            return (
                gr.Tabs(selected="speak"),
                AUTO,
                AUTO,
                gr.Dropdown(choices, value=voice_id if known else "default"),
            )

        many: dict[str, Any] = {**PRIVATE, "trigger_mode": "multiple"}
        tab.select(self.snapshot, None, [board], **PRIVATE)
        board.voice_request(change, None, [board], **many)
        board.export_request(export, None, [board], **many)
        board.original_request(original, None, [board], **many)
        self.package.upload(take_in, [self.package], [board], **PRIVATE, **RECORDINGS)
        chosen = [tabs, speak.engine, speak.language, speak.voice]
        board.use_request(use, None, chosen, **many)

    def snapshot(self, fresh: str = "", file: gr.FileData | None = None) -> dict[str, Any]:
        """The board's value. JSON in a string: its texts are data, and are shown as such.

        `fresh`: the voice that was just made. `file`: for the browser; a recording is played,
        anything else downloaded.
        """
        library = self.service.library
        news = {
            "voices": [self._card(voice.id) for voice in library.all()],
            "problems": [f"{p.folder}: {p.reason}" for p in library.problems],
            "fresh": fresh,
            "nonce": secrets.token_hex(4) if file else "",
        }
        value: dict[str, Any] = {"json": json.dumps(news, separators=(",", ":"))}
        return value | ({"file": file.model_dump()} if file else {})

    def _card(self, voice_id: str) -> dict[str, Any]:
        voice = self.service.voice(voice_id)
        labels = {i.name: i.label for i in self.service.registry.infos.values()}
        names = {x.code: x.name for i in self.service.registry.infos.values() for x in i.languages}
        clones = [
            labels[name]
            for name in voice["engines"]
            if "cloning" in self.service.registry.info(name).abilities
        ]
        if clones:
            how = f"Clone with {', '.join(clones)}"
        elif voice["engines"]:
            how = VOICE_MATCH
        else:
            how = "No engine here can speak it"
        language = "Any language" if voice["language"] == AUTO else voice["language"]
        count = voice["clips"]
        return {
            "id": voice["id"],
            "name": voice["name"],
            "facts": [
                names.get(voice["language"], language),
                f"{count} recordings" if count > 1 else f"{voice['report']['duration']:.0f} s",
                *voice["tags"],
            ],
            "how": how,
            "clone": bool(clones),
            "created": voice["created"],
        }

    def _original(self, voice_id: str) -> gr.FileData:
        source = self.service.library.recordings(voice_id)[0]
        name = f"{self.service.library.get(voice_id).id}.wav"
        path = self._new_folder() / name
        shutil.copyfile(source, path)
        return gr.FileData(path=str(path), orig_name=name)

    def _export(self, voice_id: str) -> gr.FileData:
        name = f"{slug(self.service.library.get(voice_id).name)}.zip"
        path = export_voice(self.service.library, voice_id, self._new_folder() / name)
        return gr.FileData(path=str(path), orig_name=name)

    def _new_folder(self) -> Path:
        """Of an unguessable name, among the files that may be given out."""
        folder = self.service.settings.outputs_path / secrets.token_hex(16)
        folder.mkdir(parents=True)
        return folder

    def _done(
        self, work: Callable[[], Any], fresh: Callable[[], str] = lambda: ""
    ) -> dict[str, Any]:
        """The board after `work`; what went wrong is shown as a warning."""
        try:
            made = work()
        except (TTSError, OSError) as error:
            _warn(error)
            return self.snapshot()
        return self.snapshot(fresh(), made if isinstance(made, gr.FileData) else None)


def build_voices(service: SpeechService) -> VoiceBoard:
    """Draw the cards. Called inside the tab."""
    board = gr.HTML(
        None,
        html_template=template("voices.html"),
        # Gradio finds the events by their quoted names.
        js_on_load=call("mountVoices(element, props, watch, trigger)")
        + "/* 'voice_request' 'try_request' 'original_request' 'export_request' 'use_request' */",
        apply_default_css=False,
        elem_id="voice-board",
    )
    package = gr.UploadButton(
        "Import a voice (.zip)", file_types=[".zip"], type="filepath", size="sm", elem_id="import"
    )
    return VoiceBoard(service, board, package)


def change_voice(service: SpeechService, data: Mapping[str, Any]) -> None:
    """A button of a card was pressed: "rename" or "delete". Raises TTSError."""
    voice_id = str(data.get("id", ""))[:100]
    if data.get("action") == "delete":
        service.delete_voice(service.library.get(voice_id).id)
    elif data.get("action") == "rename":
        service.rename_voice(voice_id, str(data.get("name", ""))[:1000])


def _id(event: gr.EventData) -> str:
    return str(event._data.get("id", ""))[:100]


def _warn(error: Exception) -> None:
    gr.Warning(html.escape(str(error)), title="That did not work")
