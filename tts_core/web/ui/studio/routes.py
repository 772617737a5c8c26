"""The Studio's routes: what the page needs beside the public API of the projects."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse
from pydantic import Field

from tts_core.errors import ConflictError
from tts_core.projects.project import Change
from tts_core.service import SpeechService
from tts_core.types import LONGEST_NAME, LONGEST_VOICE, Caller
from tts_core.web.api.history import as_attachment
from tts_core.web.api.http import RequestCaller, Strict, router
from tts_core.web.ui.studio.exports import Exports, Job

Json = dict[str, Any]
Indices = Annotated[list[int], Field(max_length=10_000)]


class Wanted(Strict):
    """Segments to be listed."""

    indices: Indices


class Corrected(Strict):
    """Changes to many segments; what is left out stays."""

    indices: Indices
    voice: str | None = Field(None, max_length=LONGEST_VOICE)
    speaker: str | None = Field(None, max_length=LONGEST_NAME)
    pause_after_seconds: float | None = None
    locked: bool | None = None


class Export(Strict):
    """A file to be made."""

    format: str = Field(max_length=LONGEST_NAME)
    preset: str = Field("", max_length=LONGEST_NAME)


def studio_routes(service: SpeechService) -> APIRouter:
    """Return the router of the routes below `/page/projects`."""
    routes = router(include_in_schema=False)
    projects, exports = service.projects, Exports()

    @routes.get("/page/projects/{project_id}")
    def state(caller: RequestCaller, project_id: str) -> Json:
        """Return how far a project is, and how much of it can be undone and redone."""
        undo, redo = projects.steps(caller, project_id)
        project = projects.status(caller, project_id).as_dict()
        return {"project": project, "undo": undo, "redo": redo}

    @routes.get("/page/projects/{project_id}/found")
    def found(caller: RequestCaller, project_id: str, kind: str = "all", find: str = "") -> Json:
        """Return the places of the segments of a kind that have a text."""
        return {"indices": projects.found(caller, project_id, kind[:LONGEST_NAME], find)}

    @routes.post("/page/projects/{project_id}/segments")
    def segments(caller: RequestCaller, project_id: str, body: Wanted) -> list[Json]:
        """Return segments by their places."""
        listed = projects.segments_at(caller, project_id, body.indices)
        return [segment.as_dict() for segment in listed]

    @routes.post("/page/projects/{project_id}/edit")
    def edit(caller: RequestCaller, project_id: str, body: Corrected) -> Json:
        """Change many segments alike."""
        given = body.model_dump()
        given["pause"] = given.pop("pause_after_seconds")
        return _changed(projects.edit_many(caller, project_id, given.pop("indices"), **given))

    @routes.post("/page/projects/{project_id}/undo")
    def undo(caller: RequestCaller, project_id: str) -> Json:
        """Undo the latest change."""
        return _changed(projects.undo(caller, project_id))

    @routes.post("/page/projects/{project_id}/redo")
    def redo(caller: RequestCaller, project_id: str) -> Json:
        """Make the change once more that was undone last."""
        return _changed(projects.redo(caller, project_id))

    @routes.get("/page/projects/{project_id}/cast")
    def cast(caller: RequestCaller, project_id: str) -> Json:
        """Return who speaks a project, and which engines change the pitch."""
        found = projects.cast(caller, project_id)
        infos = service.engines.infos.values()
        return {
            "narrator": found.narrator.model_dump(),
            "language": found.language,
            "speakers": [
                {"name": speaker.name, "segments": speaker.segments, **speaker.part.model_dump()}
                for speaker in found.speakers
            ],
            "pitch": {info.name: info.capabilities.pitch for info in infos},
        }

    @routes.post("/page/projects/{project_id}/export")
    def export(caller: RequestCaller, project_id: str, body: Export) -> Json:
        """Have a file of a project made, and return what to ask for."""
        projects.project(caller, project_id)
        make = partial(projects.export, caller, project_id, body.format, preset=body.preset)
        return _job(exports.begin(project_id, make))

    def job_of(caller: Caller, job_id: str) -> Job:
        job = exports.find(job_id)
        projects.project(caller, job.project_id)
        return job

    @routes.get("/page/exports/{job_id}")
    def export_state(caller: RequestCaller, job_id: str) -> Json:
        """Return whether a file is ready. Raises what its making has raised."""
        job = job_of(caller, job_id)
        if job.error is not None:
            raise job.error
        return _job(job)

    @routes.get("/page/exports/{job_id}/file")
    def export_file(caller: RequestCaller, job_id: str) -> Response:
        """Return a file that is ready."""
        job = job_of(caller, job_id)
        if not job.made.done() or job.error is not None:
            raise ConflictError("The file is not ready yet.", "export")
        path: Path = job.made.result()
        if not path.is_file():
            raise ConflictError("The file has been deleted meanwhile; export it again.", "export")
        headers = as_attachment(path.name.encode("ascii", "replace").decode())
        return FileResponse(path, headers={"Cache-Control": "private, no-store", **headers})

    return routes


def _changed(change: Change) -> Json:
    return {"changed": [segment.position for segment in change.after]}


def _job(job: Job) -> Json:
    return {"job": job.id, "ready": job.made.done() and job.error is None}
