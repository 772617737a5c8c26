"""The pronunciation dictionary: its routes, and its Gradio endpoints, which are also MCP tools.

Gradio reads the annotations as objects, hence no `from __future__ import annotations`.
"""

import secrets
from dataclasses import asdict
from pathlib import Path
from typing import Any

import gradio as gr
from fastapi import Request, Response
from gradio.events import api as gradio_api
from pydantic import Field

from tts_core.errors import as_tts_error
from tts_core.lexicon.entry import LONGEST_SPOKEN, LONGEST_WRITTEN
from tts_core.lexicon.files import MIME_TYPES, LexiconFormat
from tts_core.service import SpeechService
from tts_core.types import LONGEST_VOICE, Caller
from tts_core.web.api.gradio_endpoints import gradio_errors
from tts_core.web.api.history import as_attachment
from tts_core.web.api.http import RequestCaller, Responses, Service, Strict, router
from tts_core.web.api.models import Answer
from tts_core.web.callers import caller_of
from tts_core.web.messages import Json
from tts_core.web.streaming import in_thread
from tts_core.web.uploads import discard, uploaded

_FILE: Responses = {
    200: {"content": {kind: {"schema": {"type": "string"}} for kind in MIME_TYPES.values()}}
}
_UPLOAD: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {kind.partition(";")[0]: {"schema": {}} for kind in MIME_TYPES.values()},
    }
}
_ID = "6f1d1f0a4c7b4a52a3a64a7b3c9a7f10"
_EXAMPLE = {
    "id": _ID, "written": "Nikon", "spoken": "Nick-on", "phonemes": "ˈnɪkɒn", "language": "en",
    "voice": "", "match_case": False,
}  # fmt: skip
_ENTRIES: Responses = {200: {"content": {"application/json": {"example": [_EXAMPLE]}}}}

routes = router(tags=["lexicon"])


class Entry(Answer):
    """How a word or phrase is spoken."""

    id: str = Field(examples=[_ID])
    written: str = Field(examples=["Nikon"])
    spoken: str = Field(examples=["Nick-on"])
    phonemes: str = Field(description="In IPA.", examples=["ˈnɪkɒn"])
    language: str = Field(description="Of the texts it applies to.", examples=["en"])
    voice: str = Field(description="The voice it applies to.", examples=[""])
    match_case: bool = Field(examples=[False])


class NewEntry(Strict):
    """How a word or phrase is to be spoken: respelled, in IPA, or both."""

    written: str = Field(max_length=LONGEST_WRITTEN, examples=["Nikon"])
    spoken: str = Field("", max_length=LONGEST_SPOKEN, examples=["Nick-on"])
    phonemes: str = Field("", max_length=LONGEST_SPOKEN, examples=["ˈnɪkɒn"])
    language: str = Field("", max_length=LONGEST_VOICE, examples=["en"])
    voice: str = Field("", max_length=LONGEST_VOICE, examples=[""])
    match_case: bool = False
    entry_id: str = Field("", description="Of the entry to replace.", max_length=LONGEST_VOICE)


class DeletedEntry(Answer):
    """Which entry was deleted."""

    deleted: str = Field(examples=[_ID])


class SkippedLine(Answer):
    """A part of a file that is no valid entry, and why."""

    line: int = Field(examples=[3])
    why: str


class Imported(Answer):
    """What became of a file."""

    added: int = Field(examples=[12])
    replaced: int = Field(examples=[1])
    skipped: list[SkippedLine]


@routes.get("/lexicon", responses=_ENTRIES)
def lexicon(service: Service, caller: RequestCaller, language: str = "") -> list[Entry]:
    """Return the entries of your dictionary, or those that apply to texts in one language."""
    found = service.lexicon.all(caller, language)
    return [Entry.model_validate(entry) for entry in found]


@routes.post("/lexicon")
def lexicon_save(service: Service, caller: RequestCaller, body: NewEntry) -> Entry:
    """Add an entry to your dictionary, or replace the one for the same words."""
    return Entry.model_validate(service.lexicon.save(caller, **body.model_dump()))


@routes.delete("/lexicon/{entry_id}")
def lexicon_delete(service: Service, caller: RequestCaller, entry_id: str) -> DeletedEntry:
    """Delete an entry of your dictionary."""
    return DeletedEntry(deleted=service.lexicon.delete(caller, entry_id))


@routes.get("/lexicon/export", response_class=Response, responses=_FILE)
def lexicon_export(
    service: Service, caller: RequestCaller, format: LexiconFormat = "pls"
) -> Response:
    """Return your dictionary as a file: W3C's PLS 1.0, or CSV."""
    text = service.lexicon.export(caller, format)
    headers = as_attachment(_file_name(format)) | {"Cache-Control": "private, no-store"}
    return Response(text, media_type=MIME_TYPES[format], headers=headers)


@routes.post("/lexicon/import", openapi_extra=_UPLOAD)
async def lexicon_import(service: Service, caller: RequestCaller, request: Request) -> Imported:
    """Add the entries of a PLS or CSV file, which is the body, to your dictionary; entries for the
    same words are replaced."""
    data = await request.body()
    report = await in_thread(lambda: service.lexicon.import_file(caller, data))
    return Imported.model_validate(report)


def add_lexicon_endpoints(service: SpeechService) -> None:
    """Register the Gradio endpoints; call it inside `gr.Blocks`."""

    @gradio_errors
    def lexicon(
        language: str = "",
        caller: gr.Request = None,  # type: ignore[assignment]
    ) -> list[Any]:
        """List the entries of your pronunciation dictionary.

        Args:
            language: Only those that apply to texts in this language, such as "en"; "" for all.
        """
        return [asdict(entry) for entry in service.lexicon.all(caller_of(caller), language)]

    @gradio_errors
    def lexicon_save(
        written: str,
        spoken: str = "",
        phonemes: str = "",
        language: str = "",
        voice: str = "",
        match_case: bool = False,
        entry_id: str = "",
        caller: gr.Request = None,  # type: ignore[assignment]
    ) -> Json:
        """Have a word or phrase spoken in another way from now on.

        Args:
            written: The word or phrase as it is written, at most 200 characters.
            spoken: What is said in its place; or give phonemes, or both.
            phonemes: How it sounds in IPA, for engines that take it.
            language: Of the texts it applies to, such as "en"; "" for all.
            voice: Id or name of the voice it applies to; "" for all.
            match_case: Whether it applies only where upper and lower case are the same.
            entry_id: From lexicon, to replace that entry.

        Returns:
            The entry.
        """
        saved = service.lexicon.save(
            caller_of(caller), written, spoken, phonemes, language, voice, match_case, entry_id
        )
        return asdict(saved)

    @gradio_errors
    def lexicon_delete(
        entry_id: str,
        caller: gr.Request = None,  # type: ignore[assignment]
    ) -> Json:
        """Delete an entry of your pronunciation dictionary.

        Args:
            entry_id: From lexicon.
        """
        return {"deleted": service.lexicon.delete(caller_of(caller), entry_id)}

    @gradio_errors
    def lexicon_export(
        format: str = "pls",
        caller: gr.Request = None,  # type: ignore[assignment]
    ) -> gr.FileData:
        """Make a file of your pronunciation dictionary.

        Args:
            format: "pls" (W3C Pronunciation Lexicon) or "csv".
        """
        path = _exported(service, caller_of(caller), format)
        return gr.FileData(path=str(path), orig_name=path.name)

    @gradio_errors
    def lexicon_import(
        file: gr.FileData,
        caller: gr.Request = None,  # type: ignore[assignment]
    ) -> Json:
        """Add the entries of a file to your pronunciation dictionary.

        Args:
            file: W3C PLS 1.0, or CSV with the columns written, spoken, phonemes, language, voice
                and match_case.

        Returns:
            How many were added and replaced, and what was skipped and why.
        """
        path = uploaded(file, service.settings, "file")
        try:
            data = path.read_bytes()
        except OSError as error:
            raise as_tts_error(error) from error
        report = service.lexicon.import_file(caller_of(caller), data)
        discard(path)
        return asdict(report)

    for endpoint in (lexicon, lexicon_save, lexicon_delete, lexicon_export, lexicon_import):
        gradio_api(endpoint, api_name=endpoint.__name__, queue=False)


def _exported(service: SpeechService, caller: Caller, format: str) -> Path:
    """Write a caller's dictionary to a file that may be served, and return its path."""
    text = service.lexicon.export(caller, format)
    path = service.settings.outputs_path / secrets.token_hex(16) / _file_name(format)
    try:
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise as_tts_error(error) from error
    return path


def _file_name(format: str) -> str:
    return f"aloud-pronunciations.{format}"
