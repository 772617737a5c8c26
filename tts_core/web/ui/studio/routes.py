"""The Studio's routes: what the page needs beside the public API of the projects."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse
from pydantic import Field

from tts_core.errors import ConflictError
from tts_core.projects.project import Take
from tts_core.service import SpeechService
from tts_core.types import LONGEST_NAME, Caller
from tts_core.web.api.history import as_attachment
from tts_core.web.api.http import RequestCaller, Strict, router
from tts_core.web.api.projects.turns import long_work
from tts_core.web.api.projects.upload import sent_file
from tts_core.web.ui.studio.exports import Exports, Job, Watch
from tts_core.web.ui.texts import Texts, texts_of

Json = dict[str, Any]
SHORT = 10_000
"""Characters of a document that becomes the text of the Speak tab: ten minutes of speech."""
Indices = Annotated[list[int], Field(max_length=10_000)]


class Wanted(Strict):
    """Segments to be listed."""

    indices: Indices


class Export(Strict):
    """A file to be made."""

    format: str = Field(max_length=LONGEST_NAME)
    preset: str = Field("", max_length=LONGEST_NAME)


def studio_routes(service: SpeechService) -> APIRouter:
    """Return the router of the routes below `/page/projects`."""
    routes = router(include_in_schema=False)
    projects, exports = service.projects, Exports()

    @routes.post("/page/document")
    async def document(request: Request, caller: RequestCaller, name: str = "document") -> Json:
        """Return the text of a document, if it is short and has no chapters: else "".

        The body is the file.
        """
        async with sent_file(request, service.settings, service.reclaim_disk_space) as path:
            found = await long_work(caller, lambda: projects.read(caller, path, name[:1_000]))
        chapters = [chapter for chapter in found.chapters if not chapter.front_matter]
        blocks = [block.text for chapter in chapters for block in chapter.blocks]
        is_short = len(chapters) <= 1 and sum(map(len, blocks)) <= SHORT
        return {"text": "\n\n".join(blocks) if is_short else ""}

    @routes.get("/page/projects/{project_id}")
    def state(request: Request, caller: RequestCaller, project_id: str) -> Json:
        """Return how far a project is, what can be undone and redone, and the file being made.

        The error and the warnings are in the language of the page.
        """
        undo, redo = projects.steps(caller, project_id)
        texts, project = texts_of(request), projects.status(caller, project_id).as_dict()
        project["error"] = texts.said(project["error"] or "")
        project["warnings"] = [texts.said(warning) for warning in project["warnings"]]
        made = exports.present(project_id)
        return {"project": project, "undo": undo, "redo": redo, "export": made and _job(made)}

    @routes.get("/page/projects/{project_id}/found")
    def found(caller: RequestCaller, project_id: str, kind: str = "all", find: str = "") -> Json:
        """Return the places of the segments of a kind that have a text."""
        return {"indices": projects.found(caller, project_id, kind[:LONGEST_NAME], find)}

    @routes.post("/page/projects/{project_id}/segments")
    def segments(
        request: Request, caller: RequestCaller, project_id: str, body: Wanted
    ) -> list[Json]:
        """Return segments by their places; errors are in the language of the page."""
        texts = texts_of(request)
        listed = (s.as_dict() for s in projects.segments_at(caller, project_id, body.indices))
        return [segment | {"error": texts.said(segment["error"] or "")} for segment in listed]

    @routes.get("/page/projects/{project_id}/segments/{index}/takes")
    def takes(request: Request, caller: RequestCaller, project_id: str, index: int) -> list[Json]:
        """Return the takes of a segment, and what is to be told of them."""
        texts = texts_of(request)
        return [
            {"number": take.number, "duration": take.duration, "told": _told(take, texts)}
            for take in projects.takes(caller, project_id, index)
        ]

    _export_routes(routes, service, exports)
    return routes


def _export_routes(routes: APIRouter, service: SpeechService, exports: Exports) -> None:
    """Add the routes of files that are made."""
    projects = service.projects

    @routes.post("/page/projects/{project_id}/export")
    def export(caller: RequestCaller, project_id: str, body: Export) -> Json:
        """Have a file of a project made, and return what to ask for."""
        projects.project(caller, project_id)

        def make(watch: Watch) -> Path:
            return projects.export(caller, project_id, body.format, preset=body.preset, watch=watch)

        return _job(exports.begin(project_id, make, caller.client))

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

    @routes.post("/page/exports/{job_id}/cancel")
    def export_cancel(caller: RequestCaller, job_id: str) -> Json:
        """Stop making a file; does nothing when it is ready."""
        job = job_of(caller, job_id)
        job.cancel()
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


def _told(take: Take, texts: Texts) -> list[str]:
    """Return issues and notes of a take in the language of the page."""
    issues = []
    for issue in take.issues:
        kind, _, words = issue.partition(": ")
        found = texts(f"issue.{kind.replace(' ', '_')}", words=f"“{words}”")
        issues.append(texts("issue", issues=found))
    return [*issues, *map(texts.said, take.notes)]


def _job(job: Job) -> Json:
    ready = job.made.done() and job.error is None
    return {"job": job.id, "ready": ready, "done": job.done, "chapters": job.chapters}
