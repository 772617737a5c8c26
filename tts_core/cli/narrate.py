"""`aloud narrate`: speaks a document into a file, through the running server or without one.

The work is kept as a project in the data folder: after Ctrl-C, or when the process was killed, the
same command goes on where it was. The documents of a folder are spoken one after the other.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from tts_core.cli.client import Client, find_client
from tts_core.cli.console import show, warn
from tts_core.cli.errors import CommandError, UsageError
from tts_core.cli.output import STDOUT, open_output
from tts_core.cli.settings import load_settings
from tts_core.errors import TTSError
from tts_core.projects.asked import cast_of, narration_of
from tts_core.service import SpeechService
from tts_core.settings import Settings
from tts_core.system.running_server import claimed
from tts_core.types import Caller
from tts_core.validation import shown

POLL_SECONDS = 0.5
"""How often to ask how far the project is."""
FORMATS = ("m4b", "mp3", "opus", "flac", "wav", "srt", "vtt", "epub", "project")
EXTENSIONS = (
    ".txt", ".md", ".html", ".htm", ".epub", ".docx", ".pdf", ".srt", ".vtt", ".csv",
)  # fmt: skip
"""How the names of a folder's documents end."""
_ALIASES = {"m4a": "m4b", "ogg": "opus"}
_OVERWRITING = ("epub", "srt", "vtt")
"""Formats whose files are documents, too: in the folder of the documents they would replace one, or
be spoken the next time."""
_HOW = ("voice", "engine", "language", "speed", "cast")
"""Options that say how a project is spoken."""


class Projects(Protocol):
    """The projects of a server, or of a service of this process."""

    def all(self) -> list[dict[str, Any]]:
        """Return all projects, the newest first."""

    def narrate(self, path: Path, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Make a project of a document."""

    def change(self, project_id: str, fields: Mapping[str, Any]) -> None:
        """Change how a project is spoken, its title and its author."""

    def resume(self, project_id: str) -> dict[str, Any]:
        """Let a project go on, before all others where this process does the work."""

    def status(self, project_id: str) -> dict[str, Any]:
        """Return how far a project is."""

    def export(self, project_id: str, format: str, sink: BinaryIO) -> None:
        """Write a complete project."""


def narrate(options: argparse.Namespace) -> int:
    """Write the speech of a document, or of each document of a folder, to `--output`.

    Raises TTSError, CommandError, UsageError.
    """
    settings, path = load_settings(), Path(options.document)
    is_folder = path.is_dir()
    format = options.format or ("m4b" if is_folder else _format_of(options.output))
    if format not in FORMATS:
        raise UsageError(f"--format must be one of {', '.join(FORMATS)}; got {shown(format)}.")
    if is_folder:
        documents, folder = _documents(path), _folder_of(options, format)
        with _projects(settings, options) as projects:
            return _narrate_all(projects, documents, folder, _fields(options), format, options.new)
    digest, fields = _digest(path), _fields(options)
    if options.output != STDOUT and _is_same(Path(options.output), path):
        raise UsageError("--output is the document itself, which would be lost; name another file.")
    with open_output(options.output) as sink, _projects(settings, options) as projects:
        complete = _spoken(projects, path, digest, fields, new=options.new)
        projects.export(complete["project_id"], format, sink)
    return 0


def _narrate_all(
    projects: Projects,
    documents: Sequence[Path],
    folder: Path,
    fields: Mapping[str, Any],
    format: str,
    new: bool,
) -> int:
    """Speak each document into a file of a folder; return 1 if any of them failed.

    What goes wrong with one of them is told, and the others are spoken all the same.
    """
    named = Counter(path.stem for path in documents)
    failed: list[str] = []
    for number, path in enumerate(documents, 1):
        warn(f"{path.name} ({number} of {len(documents)})")
        try:
            complete = _spoken(projects, path, _digest(path), fields, new=new)
            name = path.stem if named[path.stem] == 1 else path.name
            target = folder / f"{name}.{_extension(complete, format)}"
            with open_output(str(target)) as sink:
                projects.export(complete["project_id"], format, sink)
        except (CommandError, TTSError) as error:
            failed.append(path.name)
            warn(f"{path.name}: {error}")
    done = len(documents) - len(failed)
    show(f"{done:,} of {len(documents):,} documents were spoken into {folder}.")
    if failed:
        show(f"Failed: {', '.join(failed)}. Run the command again to try these once more.")
    return CommandError.status if failed else 0


def _documents(folder: Path) -> list[Path]:
    """Return the documents of a folder, by name; folders in it are not looked into."""
    found = [p for p in folder.iterdir() if p.suffix.lower() in EXTENSIONS and p.is_file()]
    found = sorted(path for path in found if not path.name.startswith("."))
    if not found:
        raise CommandError(
            f"There is no document in the folder {folder}: name one with files that end in "
            f"{', '.join(EXTENSIONS)}."
        )
    return found


def _is_same(output: Path, document: Path) -> bool:
    """Return whether two paths lead to one file or folder, as through links."""
    try:
        return output.samefile(document)
    except OSError:  # such as that there is no output yet
        return False


def _folder_of(options: argparse.Namespace, format: str) -> Path:
    """Return the folder of the results, and make it. Raises CommandError, UsageError."""
    if options.title is not None:
        raise UsageError("--title is for one document; those of a folder have their own.")
    if options.output == STDOUT:
        raise UsageError("Several documents need a folder: name one with --output.")
    folder = Path(options.output)
    if format in _OVERWRITING and _is_same(folder, Path(options.document)):
        raise UsageError(
            f"--output is the folder of the documents, where files of the format {format} could "
            "replace them; name another folder."
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(f"The folder {folder} cannot be made: {error.strerror}.") from error
    return folder


def _extension(project: Mapping[str, Any], format: str) -> str:
    """Return how the name of a project's file ends: chapters of their own come in a ZIP."""
    several = sum(chapter["segments"] > 0 for chapter in project["chapters"]) > 1
    zipped = format == "project" or (format in ("mp3", "opus", "flac") and several)
    return "zip" if zipped else format


def _digest(path: Path) -> str:
    """Return the SHA-256 of a document, by which its project is found again."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise CommandError(
            f"The document {path} cannot be read: {error.strerror or error}."
        ) from error


def _spoken(
    projects: Projects, path: Path, digest: str, fields: Mapping[str, Any], *, new: bool
) -> dict[str, Any]:
    """Have a document spoken, and return its complete project."""
    project = _found(projects, path, digest, fields, new=new)
    complete = _wait(projects, project["project_id"])
    for warning in complete["warnings"]:
        if warning not in project["warnings"]:
            warn(warning)
    return complete


def _fields(options: argparse.Namespace) -> dict[str, Any]:
    """Return what was asked for of the project, without what was left out."""
    names = ("voice", "engine", "language", "speed", "title", "author")
    given = {name: getattr(options, name) for name in names}
    if options.cast is not None:
        try:
            given["cast"] = Path(options.cast).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"The cast {options.cast} cannot be read: {error}.") from error
    return {name: value for name, value in given.items() if value is not None}


def _found(
    projects: Projects, path: Path, digest: str, fields: Mapping[str, Any], *, new: bool
) -> dict[str, Any]:
    """Return the project of a document: the one of an earlier run, else a new one."""
    same = (p for p in projects.all() if p["document_sha256"] == digest)
    known = None if new else next(same, None)
    if known is None:
        project = projects.narrate(path, fields)
        for warning in project["warnings"]:
            warn(warning)
    else:
        if fields:
            projects.change(known["project_id"], fields)
        project = known
    return projects.resume(project["project_id"])


def _wait(projects: Projects, project_id: str) -> dict[str, Any]:
    """Wait until a project is complete, show how far it is, and return it. Raises CommandError."""
    live = sys.stderr is not None and sys.stderr.isatty()
    while True:
        status = projects.status(project_id)
        if live:
            with suppress(OSError):
                print(f"\r\033[K{_line(status)}", end="", file=sys.stderr, flush=True)
        if status["state"] not in ("waiting", "working"):
            break
        time.sleep(POLL_SECONDS)
    if live:
        with suppress(OSError):
            print(file=sys.stderr, flush=True)
    if status["state"] == "complete":
        return status
    why = status["error"] or "it was paused meanwhile."
    raise CommandError(f"The project is {status['state']}: {why} Run the command again to go on.")


def _line(status: Mapping[str, Any]) -> str:
    """Return a project's progress on one line."""
    done, total, left = status["done_segments"], status["segments"], status["estimate_seconds"]
    if (planned := status["planned_percentage"]) < 100 and not done:
        return f"Reading the document: {planned:g} %"
    line = f"{status['progress_percentage']:g} % ({done:,} of {total:,} sentences)"
    if left:
        minutes, seconds = divmod(round(left), 60)
        line += f", about {minutes} min left" if minutes else f", about {seconds} s left"
    return line


def _format_of(output: str) -> str:
    extension = Path(output).suffix.removeprefix(".").lower() if output != STDOUT else ""
    format = _ALIASES.get(extension, extension) or "m4b"
    if format not in FORMATS:
        raise UsageError(
            f"{shown(output)!r} ends in no format that a document can be spoken into; name one "
            f"with --format, of: {', '.join(FORMATS)}."
        )
    return format


@contextmanager
def _projects(settings: Settings, options: argparse.Namespace) -> Iterator[Projects]:
    client = find_client(settings, options.url, options.key)
    if client is not None:
        yield ServerProjects(client)
        return
    os.umask(0o077)  # other users must not read texts and voices
    with claimed(settings.data_path):
        service = SpeechService(settings)
        try:
            yield OwnProjects(service)
        finally:
            service.close()


class OwnProjects:
    """The projects of a service of this process."""

    def __init__(self, service: SpeechService) -> None:
        self._projects = service.projects
        self._caller = Caller()

    def all(self) -> list[dict[str, Any]]:
        """Return all projects, the newest first."""
        return [status.as_dict() for status in self._projects.all(self._caller)]

    def narrate(self, path: Path, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Make a project of a document."""
        how = {name: fields[name] for name in _HOW if name in fields}
        named = {name: fields[name] for name in ("title", "author") if name in fields}
        status = self._projects.narrate(self._caller, path, path.name, narration_of(**how), **named)
        return status.as_dict()

    def change(self, project_id: str, fields: Mapping[str, Any]) -> None:
        """Change how a project is spoken, its title and its author."""
        given = dict(fields)
        named = {name: given.pop(name) for name in ("title", "author") if name in given}
        if named:
            self._projects.rename(self._caller, project_id, **named)
        if given:
            if "cast" in given:
                given["cast"] = cast_of(given["cast"])
            present = self._projects.project(self._caller, project_id).narration
            self._projects.recast(self._caller, project_id, present.changed(**given))

    def resume(self, project_id: str) -> dict[str, Any]:
        """Let a project go on, before all others."""
        self._projects.prefer(project_id)
        return self._projects.control(self._caller, project_id, "resume").as_dict()

    def status(self, project_id: str) -> dict[str, Any]:
        """Return how far a project is."""
        return self._projects.status(self._caller, project_id).as_dict()

    def export(self, project_id: str, format: str, sink: BinaryIO) -> None:
        """Write a complete project."""
        path = self._projects.export(self._caller, project_id, format)
        try:
            with path.open("rb") as file:
                shutil.copyfileobj(file, sink, 1 << 20)
        finally:
            shutil.rmtree(path.parent, ignore_errors=True)


class ServerProjects:
    """The projects of a server."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def all(self) -> list[dict[str, Any]]:
        """Return all projects, the newest first."""
        found: list[dict[str, Any]] = self._client.json("GET", "api/projects")
        return found

    def narrate(self, path: Path, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Make a project of a document."""
        form = {name: str(value) for name, value in fields.items()}
        files = {"document": (path.name, path.read_bytes())}
        return self._object("POST", "api/projects", data=form, files=files)

    def change(self, project_id: str, fields: Mapping[str, Any]) -> None:
        """Change how a project is spoken, its title and its author."""
        given = dict(fields)
        if "cast" in given:
            cast = cast_of(given["cast"])
            given["cast"] = {name: part.model_dump() for name, part in cast.items()}
        self._object("PATCH", f"api/projects/{project_id}", json=given)

    def resume(self, project_id: str) -> dict[str, Any]:
        """Let a project go on."""
        body = {"action": "resume"}
        return self._object("POST", f"api/projects/{project_id}/control", json=body)

    def status(self, project_id: str) -> dict[str, Any]:
        """Return how far a project is."""
        return self._object("GET", f"api/projects/{project_id}")

    def export(self, project_id: str, format: str, sink: BinaryIO) -> None:
        """Write a complete project."""
        self._client.download(f"api/projects/{project_id}/export?format={format}", sink.write)

    def _object(self, method: str, path: str, **options: Any) -> dict[str, Any]:  # noqa: ANN401
        found: dict[str, Any] = self._client.json(method, path, **options)
        return found
