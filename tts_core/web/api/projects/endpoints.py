"""The projects' Gradio endpoints, which are also MCP tools.

Gradio reads the annotations as objects, hence no `from __future__ import annotations`.
"""

from typing import Any

import gradio as gr
from gradio.events import api as gradio_api

from tts_core.errors import ValidationError
from tts_core.projects.asked import narration_of
from tts_core.service import SpeechService
from tts_core.validation import checked_name, checked_text
from tts_core.web.api.gradio_endpoints import gradio_errors
from tts_core.web.callers import caller_of
from tts_core.web.messages import Json
from tts_core.web.uploads import RECORDINGS, discard, uploaded

_LOCKED = {"true": True, "false": False, "": None}


def add_project_endpoints(service: SpeechService) -> None:
    """Register the Gradio endpoints; call it inside `gr.Blocks`."""

    @gradio_errors
    def narrate(
        document: gr.FileData,
        voice: str = "default",
        engine: str = "auto",
        language: str = "auto",
        title: str = "",
        author: str = "",
        cast: str = "{}",
        options: str = "{}",
        caller: gr.Request = None,  # type: ignore[assignment]
    ) -> Json:
        """Speak a document in the background, sentence by sentence, and keep it as a project.

        Args:
            document: .txt, .md, .html, .epub, .docx, .pdf, .srt, .vtt or .csv (a script).
            voice: The narrator's, from list_voices; "default" suits the language.
            engine: Name from list_engines, or "auto" for the best that is ready.
            language: Code such as "en" or "pt-br", or "auto".
            title: "" for the document's own.
            author: "" for the document's own.
            cast: The voice of each speaker as a JSON object: {"Anna": "en-us"}, or {"Anna":
                {"voice": "en-us", "speed": 1.1, "pitch": 1}}.
            options: The engine's and the reader's options as a JSON object, and speakers (true to
                find out who says what also without a cast), front_matter and footnotes (true to
                have them spoken).

        Returns:
            The project; project_status tells how far it is.
        """
        path = uploaded(document, service.settings, "document")
        try:
            status = service.projects.narrate(
                caller_of(caller),
                path,
                _name_of(document, path.name),
                narration_of(
                    voice=voice, engine=engine, language=language, options=options, cast=cast
                ),
                title=checked_name(title, "title"),
                author=checked_name(author, "author"),
            )
        finally:
            discard(path)
        return status.as_dict()

    @gradio_errors
    def projects(
        caller: gr.Request = None,  # type: ignore[assignment]
    ) -> list[Any]:
        """List your projects, the newest first."""
        return [status.as_dict() for status in service.projects.all(caller_of(caller))]

    @gradio_errors
    def project_status(
        project_id: str,
        caller: gr.Request = None,  # type: ignore[assignment]
    ) -> Json:
        """Tell how far a project is.

        Args:
            project_id: From narrate or projects.
        """
        return service.projects.status(caller_of(caller), project_id).as_dict()

    @gradio_errors
    def project_control(
        project_id: str,
        action: str = "pause",
        caller: gr.Request = None,  # type: ignore[assignment]
    ) -> Json:
        """Pause, resume or delete a project.

        Args:
            project_id: From narrate or projects.
            action: "pause", "resume" (also tries again what has failed) or "delete".
        """
        return service.projects.control(caller_of(caller), project_id, action).as_dict()

    @gradio_errors
    def project_segments(
        project_id: str,
        start: int = 0,
        limit: int = 100,
        caller: gr.Request = None,  # type: ignore[assignment]
    ) -> list[Any]:
        """List the sentences of a project.

        Args:
            project_id: From narrate or projects.
            start: The first one's index.
            limit: How many, 1 to 1000.
        """
        found = service.projects.segments(caller_of(caller), project_id, start, limit)
        return [segment.as_dict() for segment in found]

    @gradio_errors
    def project_edit(
        project_id: str,
        index: int,
        text: str = "",
        voice: str = "",
        pause_after_seconds: float = -1,
        take: int = -1,
        again: bool = False,
        locked: str = "",
        caller: gr.Request = None,  # type: ignore[assignment]
    ) -> Json:
        """Change a sentence of a project; with another text or voice it is made again.

        Args:
            project_id: From narrate or projects.
            index: From project_segments.
            text: "" leaves it as it is.
            voice: "" leaves it as it is; "default" is the speaker's.
            pause_after_seconds: Silence after it, 0 to 60; -1 leaves it as it is.
            take: The number of the take to be heard, from 0; -1 leaves it as it is.
            again: Whether to make another take.
            locked: "true" leaves it out of everything that changes many sentences; "false" ends
                that; "" leaves it as it is.

        Returns:
            The sentence.
        """
        who = caller_of(caller)
        lock = str(locked).strip().lower()
        if lock not in _LOCKED:
            raise ValidationError('locked must be "true", "false" or "".', "locked")
        wanted = checked_name(voice, "voice").strip()
        service.projects.edit(
            who,
            project_id,
            index,
            text=checked_text(text, "text") or None,
            voice=None if not wanted else "" if wanted.casefold() == "default" else wanted,
            pause=None if pause_after_seconds == -1 else pause_after_seconds,
            take=None if take == -1 else take,
            again=again is True,
            locked=_LOCKED[lock],
        )
        return service.projects.segments(who, project_id, index, 1)[0].as_dict()

    def export_project(
        project_id: str,
        format: str = "m4b",
        caller: gr.Request = None,  # type: ignore[assignment]
    ) -> gr.FileData:
        """Make a file of a complete project.

        Args:
            project_id: From narrate or projects.
            format: m4b (an audiobook with chapters), mp3, opus or flac (by chapter, zipped), wav,
                srt, vtt, epub (the text with its sound) or project (to be imported elsewhere).
        """
        path = service.projects.export(caller_of(caller), project_id, format)
        return gr.FileData(path=str(path), orig_name=path.name)

    listed = (projects, project_status, project_control, project_segments, project_edit)
    for endpoint in listed:
        gradio_api(endpoint, api_name=endpoint.__name__, queue=False)
    gradio_api(narrate, api_name="narrate", **RECORDINGS)
    gradio_api(gradio_errors(export_project), api_name="export_project", **RECORDINGS)


def _name_of(file: object, otherwise: str) -> str:
    """Return what an uploaded file was called by who sent it."""
    name = file.get("orig_name") if isinstance(file, dict) else getattr(file, "orig_name", None)
    return name[:1_000] if isinstance(name, str) and name else otherwise
