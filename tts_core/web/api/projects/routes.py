"""The routes of the projects: documents that are spoken in the background, kept and corrected."""

from __future__ import annotations

import shutil
from functools import partial
from typing import Annotated

from fastapi import Query, Request, Response
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from tts_core.projects.asked import cast_of, narration_of
from tts_core.projects.project import Change
from tts_core.service import SpeechService
from tts_core.types import Caller
from tts_core.web.api.history import as_attachment
from tts_core.web.api.http import Error, RequestCaller, Responses, Service, error_responses, router
from tts_core.web.api.projects.models import (
    PROJECT_ID,
    CastAnswer,
    ChangeAnswer,
    Control,
    Corrected,
    Divided,
    Edited,
    MadeAgain,
    Merged,
    PartAnswer,
    ProjectAnswer,
    Recast,
    Replaced,
    SegmentAnswer,
    SpeakerAnswer,
    TakeAnswer,
)
from tts_core.web.api.projects.turns import Turns, long_work
from tts_core.web.api.projects.upload import FORM, PACKAGE, sent_document, sent_file

_FLAC: Responses = {200: {"content": {"audio/flac": {}}}}
_LISTED: Responses = {
    200: {"content": {"application/json": {"example": [{"project_id": PROJECT_ID}]}}}
}
_SEGMENTS: Responses = {
    200: {"content": {"application/json": {"example": [{"index": 0, "text": "Hello."}]}}}
}
_TAKES: Responses = {200: {"content": {"application/json": {"example": [{"number": 0}]}}}}
_INDICES: Responses = {200: {"content": {"application/json": {"example": [3, 4]}}}}
_PRIVATE = {"Cache-Control": "private, no-store"}

_EXPORTS = Turns()
"""By project."""

routes = router(tags=["projects"])


@routes.post("/api/projects", openapi_extra=FORM, responses=error_responses(Error, 413, 503, 507))
async def narrate(request: Request, service: Service, caller: RequestCaller) -> ProjectAnswer:
    """Speak a document in the background, and keep it as a project."""
    async with sent_document(request, service.settings) as sent:
        fields = dict(sent.fields)
        title, author = fields.pop("title", ""), fields.pop("author", "")
        narration = narration_of(**fields)
        status = await long_work(
            caller,
            lambda: service.projects.narrate(
                caller, sent.path, sent.name, narration, title=title, author=author
            ),
        )
    return ProjectAnswer.model_validate(status)


@routes.post(
    "/api/projects/import", openapi_extra=PACKAGE, responses=error_responses(Error, 413, 507)
)
async def project_import(
    request: Request, service: Service, caller: RequestCaller
) -> ProjectAnswer:
    """Add a project that was exported with the format `project`; the body is the file."""
    async with sent_file(request, service.settings, service.reclaim_disk_space) as path:
        status = await long_work(caller, lambda: service.projects.import_package(caller, path))
    return ProjectAnswer.model_validate(status)


@routes.get("/api/projects", responses=_LISTED)
def projects(service: Service, caller: RequestCaller) -> list[ProjectAnswer]:
    """Return your projects, the newest first."""
    return [ProjectAnswer.model_validate(found) for found in service.projects.all(caller)]


@routes.get("/api/projects/{project_id}")
def project_status(service: Service, caller: RequestCaller, project_id: str) -> ProjectAnswer:
    """Return how far a project is."""
    return ProjectAnswer.model_validate(service.projects.status(caller, project_id))


@routes.post("/api/projects/{project_id}/control")
def project_control(
    service: Service, caller: RequestCaller, project_id: str, body: Control
) -> ProjectAnswer:
    """Pause, resume or delete a project; resuming also tries again what has failed."""
    status = service.projects.control(caller, project_id, body.action)
    return ProjectAnswer.model_validate(status)


@routes.delete("/api/projects/{project_id}")
def project_delete(service: Service, caller: RequestCaller, project_id: str) -> ProjectAnswer:
    """Delete a project with all its sound."""
    return ProjectAnswer.model_validate(service.projects.control(caller, project_id, "delete"))


@routes.patch("/api/projects/{project_id}")
def project_recast(
    service: Service, caller: RequestCaller, project_id: str, body: Recast
) -> ProjectAnswer:
    """Change title, author, cast, voice or engine; segments that sound otherwise then are made
    again, unless they are locked."""
    given = body.model_dump(exclude_none=True)
    named = {name: given.pop(name) for name in ("title", "author") if name in given}
    if named:
        service.projects.rename(caller, project_id, **named)
    if given:
        present = service.projects.project(caller, project_id).narration
        if "cast" in given:
            given["cast"] = cast_of(given["cast"])
        service.projects.recast(caller, project_id, present.changed(**given))
    return ProjectAnswer.model_validate(service.projects.status(caller, project_id))


@routes.get("/api/projects/{project_id}/segments", responses=_SEGMENTS)
def project_segments(
    service: Service,
    caller: RequestCaller,
    project_id: str,
    start: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
) -> list[SegmentAnswer]:
    """Return the segments of a project from a place on."""
    found = service.projects.segments(caller, project_id, start, limit)
    return [SegmentAnswer.model_validate(segment) for segment in found]


@routes.patch("/api/projects/{project_id}/segments/{index}")
def project_edit(
    service: Service, caller: RequestCaller, project_id: str, index: int, body: Edited
) -> SegmentAnswer:
    """Change a segment; with another text or voice it is made again."""
    given = body.model_dump()
    given["pause"] = given.pop("pause_after_seconds")
    service.projects.edit(caller, project_id, index, **given)
    return _segment(service, caller, project_id, index)


@routes.get("/api/projects/{project_id}/segments/{index}/takes", responses=_TAKES)
def project_takes(
    service: Service, caller: RequestCaller, project_id: str, index: int
) -> list[TakeAnswer]:
    """Return the takes of a segment's text in its voice."""
    found = service.projects.takes(caller, project_id, index)
    return [TakeAnswer.model_validate(take) for take in found]


@routes.get(
    "/api/projects/{project_id}/segments/{index}/audio",
    response_class=Response,
    responses=_FLAC,
)
def project_audio(
    service: Service,
    caller: RequestCaller,
    project_id: str,
    index: int,
    take: Annotated[int, Query(ge=-1)] = -1,
) -> Response:
    """Return the sound of a segment as FLAC: of the chosen take, or of another."""
    sound = service.projects.marked_sound(caller, project_id, index, take)
    return Response(sound, media_type="audio/flac", headers=_PRIVATE)


@routes.post("/api/projects/{project_id}/segments/{index}/merge")
def project_merge(
    service: Service, caller: RequestCaller, project_id: str, index: int, body: Merged
) -> SegmentAnswer:
    """Join a segment and those that follow it."""
    service.projects.merge(caller, project_id, index, body.count)
    return _segment(service, caller, project_id, index)


@routes.post("/api/projects/{project_id}/segments/{index}/split", responses=_SEGMENTS)
def project_split(
    service: Service, caller: RequestCaller, project_id: str, index: int, body: Divided
) -> list[SegmentAnswer]:
    """Cut a segment in two."""
    service.projects.split(caller, project_id, index, body.offset)
    found = service.projects.segments(caller, project_id, index, 2)
    return [SegmentAnswer.model_validate(segment) for segment in found]


@routes.post("/api/projects/{project_id}/replace", responses=error_responses(Error, 409))
def project_replace(
    service: Service, caller: RequestCaller, project_id: str, body: Replaced
) -> ChangeAnswer:
    """Replace a text in all segments that are not locked; 409 while the document is being read."""
    return _changed(service.projects.replace(caller, project_id, **body.model_dump()))


@routes.post("/api/projects/{project_id}/again")
def project_again(
    service: Service, caller: RequestCaller, project_id: str, body: MadeAgain
) -> ChangeAnswer:
    """Make another take of each of these segments that is not locked."""
    return _changed(service.projects.make_again(caller, project_id, body.indices))


@routes.post("/api/projects/{project_id}/edit")
def project_edit_many(
    service: Service, caller: RequestCaller, project_id: str, body: Corrected
) -> ChangeAnswer:
    """Change many segments alike, in one step that can be undone; locked ones stay as they are
    unless `locked` is given."""
    given = body.model_dump()
    given["pause"] = given.pop("pause_after_seconds")
    indices = given.pop("indices")
    return _changed(service.projects.edit_many(caller, project_id, indices, **given))


@routes.post("/api/projects/{project_id}/undo", responses=error_responses(Error, 409))
def project_undo(service: Service, caller: RequestCaller, project_id: str) -> ChangeAnswer:
    """Undo the latest change; the server forgets changes when it ends."""
    return _changed(service.projects.undo(caller, project_id))


@routes.post("/api/projects/{project_id}/redo", responses=error_responses(Error, 409))
def project_redo(service: Service, caller: RequestCaller, project_id: str) -> ChangeAnswer:
    """Make the change once more that was undone last."""
    return _changed(service.projects.redo(caller, project_id))


@routes.get("/api/projects/{project_id}/cast")
def project_cast(service: Service, caller: RequestCaller, project_id: str) -> CastAnswer:
    """Return who speaks a project, and how; `PATCH` of the project changes it."""
    found = service.projects.cast(caller, project_id)
    infos = service.engines.infos.values()
    speakers = (
        SpeakerAnswer(name=s.name, segments=s.segments, **s.part.model_dump())
        for s in found.speakers
    )
    return CastAnswer(
        narrator=PartAnswer.model_validate(found.narrator.model_dump()),
        language=found.language,
        speakers=list(speakers),
        pitch={info.name: info.capabilities.pitch for info in infos},
    )


@routes.get("/api/projects/{project_id}/doubtful", responses=_INDICES)
def project_doubtful(service: Service, caller: RequestCaller, project_id: str) -> list[int]:
    """Return the places of the segments in which the speech check found something."""
    return service.projects.doubtful(caller, project_id)


@routes.get(
    "/api/projects/{project_id}/export",
    response_class=FileResponse,
    responses={**error_responses(Error, 409, 507), 200: {"content": {"audio/mp4": {}}}},
)
async def project_export(
    service: Service,
    caller: RequestCaller,
    project_id: str,
    format: str = "m4b",
    preset: str = "",
) -> Response:
    """Return a complete project as one file: an audiobook (m4b), sound by chapter (mp3, opus,
    flac), one wav, subtitles (srt, vtt), an EPUB with its sound, or the project itself."""
    work = partial(service.projects.export, caller, project_id, format, preset=preset)
    async with _EXPORTS.of(project_id):  # the others would wait, each in a thread
        path = await long_work(caller, work)
    headers = _PRIVATE | as_attachment(path.name.encode("ascii", "replace").decode())
    sent = BackgroundTask(shutil.rmtree, path.parent, ignore_errors=True)
    return FileResponse(path, headers=headers, background=sent)


def _segment(service: SpeechService, caller: Caller, project_id: str, index: int) -> SegmentAnswer:
    return SegmentAnswer.model_validate(service.projects.segments(caller, project_id, index, 1)[0])


def _changed(change: Change) -> ChangeAnswer:
    return ChangeAnswer(changed=[segment.position for segment in change.after])
