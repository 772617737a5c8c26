"""A project as one file: a ZIP of `project.json` and the sound of its takes.

    project.json       title, narration, segments, and what is known about their takes
    takes/NAME.flac    the sound of each take
    source, cover      the document as it was given, and its picture, if there are any

An imported file may come from anybody: every name, number and size in it is checked, and nothing is
written but what is expected.
"""

from __future__ import annotations

import json
import re
import time
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from math import isfinite
from pathlib import Path
from typing import Any

import av
import pydantic
from pydantic import TypeAdapter

from tts_core.documents.limits import LATEST_CUE
from tts_core.errors import TooLargeError, TTSError, ValidationError
from tts_core.projects.checks import one_line, storable
from tts_core.projects.cutting import new_id
from tts_core.projects.edits import check_text, with_take
from tts_core.projects.folder import COVER, FORMAT, SOURCE, ProjectFolder
from tts_core.projects.project import Narration, Project, ProjectSegment, Source, Take, key_of
from tts_core.types import Caller
from tts_core.validation import LONGEST_OPTIONS

VERSION = 1
"""Of the format of `project.json`."""
MANIFEST, TAKES = "project.json", "takes/"
LARGEST_MANIFEST = 128 << 20
"""Bytes of `project.json`; a book of 100,000 words has about 10 MB."""
LARGEST_FILE = 50 << 20
"""Bytes of any other file in it."""
MOST_UNPACKED = 64 << 20
"""Bytes by which all of these may be more than the whole file: a document may be compressed."""
MOST_FILES = 200_000
MOST_VALUES = 8_000_000
"""Values of `project.json`: each takes up to a hundred times its bytes once it is parsed. A book of
100,000 words has about 500,000."""
LARGEST_DIRECTORY = 64 << 20
"""Bytes of the list of the files in it, of which each takes 500 bytes once it is read."""
LONGEST_TAKE = 600.0
"""Seconds."""
MOST_CHAPTERS = 10_000
_TAKE_NAME = re.compile(r"[0-9a-f]{32}-\d{1,6}")
_BLOCK = 1 << 20


class _Manifest(pydantic.BaseModel):
    """The content of `project.json`."""

    version: int
    title: str
    author: str
    chapters: list[str]
    narration: dict[str, Any]
    document: str
    cover: str
    segments: list[dict[str, Any]]
    takes: list[dict[str, Any]]


_SEGMENT, _TAKE = TypeAdapter(ProjectSegment), TypeAdapter(Take)


@dataclass(frozen=True, slots=True)
class Imported:
    """What an imported file has: a project of its new owner, not stored yet."""

    project: Project
    segments: Sequence[ProjectSegment]
    takes: Sequence[Take]


def write_package(
    project: Project,
    segments: Sequence[ProjectSegment],
    takes: Sequence[Take],
    folder: ProjectFolder,
    path: Path,
) -> None:
    """Write a project to a file, which appears when it is complete. Raises OSError."""
    manifest = {
        "version": VERSION,
        "title": project.title,
        "author": project.author,
        "chapters": list(project.chapters),
        "narration": project.narration.model_dump(mode="json"),
        "document": project.source.name,
        "cover": project.source.cover,
        "segments": [asdict(segment) for segment in segments],
        "takes": [asdict(take) for take in takes],
    }
    part = path.with_name(f".{path.name}.part")
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as archive:
            text = json.dumps(manifest, ensure_ascii=False)
            archive.writestr(MANIFEST, text, zipfile.ZIP_DEFLATED)
            for name in (SOURCE, COVER):
                if folder.owns(file := folder.of(project.id) / name):
                    archive.write(file, name)
            for take in takes:
                archive.write(
                    folder.take(project.id, take.name), f"{TAKES}{take.name}{FORMAT.extension}"
                )
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def read_package(
    path: Path, owner: str, caller: Caller, most_characters: int, folder: ProjectFolder
) -> Imported:
    """Read a project's file into a new folder of `folder`.

    Raises ValidationError or TooLargeError for a file that is no project of at most
    `most_characters`, OSError; then nothing is left.
    """
    with _opened(path) as archive:
        _check_sizes(archive, path.stat().st_size)
        sizes = {info.filename: info.file_size for info in archive.infolist()}
        manifest = _manifest(archive, sizes)
        project = _project(manifest, owner, caller)
        segments = _segments(manifest, project, most_characters)
        folder.create(project.id, None, None)
        try:
            for name in (SOURCE, COVER):
                if name in sizes:
                    _extract(archive, name, sizes, folder.of(project.id) / name)
            takes = _takes(manifest, archive, sizes, project, folder)
        except BaseException:
            folder.begin_delete(project.id)
            folder.finish_delete(project.id)
            raise
    by_name = {take.name: take for take in takes}
    segments = [_with_sound(segment, by_name) for segment in segments]
    return Imported(project, segments, takes)


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        _check_directory(path)
        with zipfile.ZipFile(path) as archive:
            if len(archive.infolist()) > MOST_FILES:
                raise TooLargeError(
                    f"file has {len(archive.infolist()):,} files in it; the limit is "
                    f"{MOST_FILES:,}.",
                    "file",
                )
            yield archive
    except TTSError:
        raise
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        reason: object = error
        if isinstance(error, pydantic.ValidationError):
            # As a whole it has several lines and names our classes.
            reason = f"{MANIFEST}: {error.errors()[0]['msg']}"
        raise ValidationError(
            f"file is not a project that was exported here, or it is damaged ({reason}). Export "
            "it again with the format `project`.",
            "file",
        ) from error


def _check_directory(path: Path) -> None:
    """Raise TooLargeError for an archive whose list of files is too long to be read.

    Found by the function with which `zipfile` itself looks for that list: another one could be led
    to another place by bytes that look like the record of it.
    """
    with path.open("rb") as file:
        end = zipfile._EndRecData(file)  # type: ignore[attr-defined]
    if end is None:
        return  # which is no archive
    size = end[zipfile._ECD_SIZE]  # type: ignore[attr-defined]
    if size > LARGEST_DIRECTORY:
        raise TooLargeError(
            f"file has a list of files of {size:,} bytes; the limit is {LARGEST_DIRECTORY:,}.",
            "file",
        )


def _check_sizes(archive: zipfile.ZipFile, size: int) -> None:
    """Raise TooLargeError if an archive would take much more room than it does: sound is stored."""
    unpacked = sum(i.file_size for i in archive.infolist() if i.filename != MANIFEST)
    if unpacked > (most := size + MOST_UNPACKED):
        raise TooLargeError(
            f"file would be unpacked to {unpacked:,} bytes; the limit is {most:,}. Export it again "
            "with the format `project`.",
            "file",
        )


def _manifest(archive: zipfile.ZipFile, sizes: dict[str, int]) -> _Manifest:
    data = _content(archive, MANIFEST, sizes, LARGEST_MANIFEST)
    values = sum(map(data.count, (b",", b"[", b"{")))
    if values > MOST_VALUES:
        raise TooLargeError(
            f"{MANIFEST} has {values:,} values; the limit is {MOST_VALUES:,}.", "file"
        )
    found = _Manifest.model_validate_json(data)
    if found.version > VERSION:
        raise ValidationError(
            f"file was exported by a newer Aloud (version {found.version} of the format; this one "
            f"knows {VERSION}). Update Aloud.",
            "file",
        )
    return found


def _project(manifest: _Manifest, owner: str, caller: Caller) -> Project:
    if len(manifest.chapters) > MOST_CHAPTERS:
        raise TooLargeError(
            f"file has {len(manifest.chapters):,} chapters; the limit is {MOST_CHAPTERS:,}.", "file"
        )
    cover = manifest.cover if manifest.cover in ("image/jpeg", "image/png") else ""
    source = Source(
        name=one_line(manifest.document),
        cover=cover,
        client=caller.client if caller.operator else "",
        operator=caller.operator,
    )
    narration = Narration.model_validate(manifest.narration)
    if len(json.dumps(dict(narration.options))) > LONGEST_OPTIONS:
        raise TooLargeError(
            f"file has options of more than {LONGEST_OPTIONS:,} characters, which is the limit.",
            "file",
        )
    return Project(
        id=new_id(),
        owner=owner,
        created=time.time(),
        title=one_line(manifest.title) or "Untitled",
        author=one_line(manifest.author),
        chapters=tuple(map(one_line, manifest.chapters)),
        narration=narration,
        source=source,
        paused=True,  # its voices may not be here: what has no sound waits for its new owner
    )


def _segments(manifest: _Manifest, project: Project, most_characters: int) -> list[ProjectSegment]:
    found: list[ProjectSegment] = []
    characters = 0
    for position, values in enumerate(manifest.segments):
        segment = _SEGMENT.validate_python(values)
        segment = replace(
            segment,
            id=new_id(),
            position=position,
            text=storable(segment.text).strip(),
            speaker=one_line(segment.speaker),
            voice=one_line(segment.voice),
            error=one_line(segment.error),
        )
        check_text(segment.text)
        for at in (segment.starts_at, segment.ends_at):
            if at is not None and not 0 <= at <= LATEST_CUE:
                raise ValueError(f"segment {position} has no possible time")
        earlier = found[-1].chapter if found else 0
        in_order = earlier <= segment.chapter < len(project.chapters)
        if not in_order or not 0 <= segment.pause <= LONGEST_TAKE:
            raise ValueError(f"segment {position} is not in order")
        characters += len(segment.text)
        if characters > most_characters:
            raise TooLargeError(
                f"file has more than {most_characters:,} characters, which is the limit; see "
                "TTS_PROJECT_CHARACTERS.",
                "file",
            )
        found.append(replace(segment, key=_key(segment, project)))
    if not found:
        raise ValueError("it has no segments")
    return found


def _key(segment: ProjectSegment, project: Project) -> str:
    """Return a segment's key; that of a take of other words, if it is locked and keeps it."""
    key = key_of(project, segment)
    return segment.key if segment.locked and _is_key(segment.key) else key


def _is_key(text: str) -> bool:
    return _TAKE_NAME.fullmatch(f"{text}-0") is not None


def _takes(
    manifest: _Manifest,
    archive: zipfile.ZipFile,
    sizes: dict[str, int],
    project: Project,
    folder: ProjectFolder,
) -> list[Take]:
    found: dict[str, Take] = {}
    for values in manifest.takes:
        take = _TAKE.validate_python(values)
        name = f"{TAKES}{take.name}{FORMAT.extension}"
        if not _TAKE_NAME.fullmatch(take.name) or name not in sizes or take.name in found:
            continue
        path = folder.take(project.id, take.name)
        if not all(0 <= t.start <= t.end <= LONGEST_TAKE for t in take.words):
            raise ValueError(f"the words of {take.name} have no possible times")
        _extract(archive, name, sizes, path)
        found[take.name] = replace(
            take,
            text=storable(take.text),
            engine=one_line(take.engine),
            voice=one_line(take.voice),
            duration=_duration(path),
            bytes=path.stat().st_size,
            seconds=0.0,
            score=take.score if take.score is not None and isfinite(take.score) else None,
        )
    return list(found.values())


def _duration(path: Path) -> float:
    """Return the seconds of a take's file. Raises ValueError unless it is one of ours."""
    try:
        with av.open(str(path), format="flac") as container:
            [stream] = container.streams.audio
            frames, channels, rate = stream.duration, stream.channels, stream.sample_rate
            seconds = float((frames or 0) * (stream.time_base or 0))
    except (av.FFmpegError, ValueError) as error:
        raise ValueError(f"the sound {path.name} cannot be read") from error
    if channels != 1 or not 8_000 <= rate <= 192_000 or not 0 < seconds <= LONGEST_TAKE:
        raise ValueError(f"the sound {path.name} is not one of a take")
    return seconds


def _with_sound(segment: ProjectSegment, takes: dict[str, Take]) -> ProjectSegment:
    """Return a segment with the take that was heard in it, if there is one."""
    take = takes.get(segment.take)
    if take is not None and take.key == segment.key:
        return with_take(segment, take)
    return replace(
        segment, state="waiting", error="", take="", wanted=0, duration=0.0, doubtful=False
    )


def _content(archive: zipfile.ZipFile, name: str, sizes: dict[str, int], most: int) -> bytes:
    if name not in sizes:
        raise ValueError(f"{name} is missing")
    if sizes[name] > most:
        raise TooLargeError(f"{name} has {sizes[name]:,} bytes; the limit is {most:,}.", "file")
    with archive.open(name) as file:
        return file.read(most + 1)


def _extract(archive: zipfile.ZipFile, name: str, sizes: dict[str, int], path: Path) -> None:
    """Write a file of the archive to `path`. Raises TooLargeError."""
    if sizes[name] > LARGEST_FILE:
        raise TooLargeError(
            f"{name} has {sizes[name]:,} bytes; the limit is {LARGEST_FILE:,}.", "file"
        )
    left = sizes[name]
    with archive.open(name) as source, path.open("wb") as target:
        while left > 0 and (block := source.read(min(_BLOCK, left))):
            target.write(block)
            left -= len(block)
