"""Makes one take of a segment: speaks it into a file, and reads what is known about it."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from tts_core.errors import ValidationError
from tts_core.events import SegmentQuality, SpeechInfo
from tts_core.export.timeline import LATE, rate_to_fit
from tts_core.marks.metadata import Unmarked
from tts_core.projects.folder import ProjectFolder
from tts_core.projects.project import Project, ProjectSegment, Take, request_of, take_name
from tts_core.projects.work.background import BackgroundSpeech
from tts_core.synthesis.stream import SpeechStream
from tts_core.types import SpeechRequest

SILENT_SECONDS = 0.2
"""Of a segment in which nothing is spoken, such as an emoji that is left out."""
_SILENT_RATE = 24_000
_FITTINGS = 2
"""Times that a cue is spoken again at most. An engine's speech at twice the speed need not take
half the time, so that the first of them may miss."""


def make_take(
    folder: ProjectFolder,
    speech: BackgroundSpeech,
    project: Project,
    segment: ProjectSegment,
    opened: Callable[[SpeechStream], object],
) -> Take:
    """Make the wanted take of a segment, and return it; its file is complete then.

    A cue that takes longer than its time is spoken again, as much faster as `rate_to_fit` allows.
    `opened`: called with the stream, which may be closed from another thread. Raises what
    `SpeechService.stream` and its streams raise, and OSError.
    """
    request = request_of(project, segment)
    name = take_name(segment.key, segment.wanted)
    began = time.monotonic()

    def spoken(request: SpeechRequest) -> SpeechInfo:
        with speech.speak(request, lambda rate: folder.recorder(project.id, name, rate)) as stream:
            opened(stream)
            return stream.read_to_end().info

    try:
        info = spoken(request)
    except ValidationError as error:
        if error.field != "text":
            raise
        return _silent_take(folder, project, segment)
    for _ in range(_FITTINGS):
        speed = _speed_to_fit(segment, info.duration_seconds, request.speed)
        if speed <= request.speed:
            break
        request = request.model_copy(update={"speed": speed})
        info = spoken(request)
    return _take(folder, project, segment, info, time.monotonic() - began)


def _speed_to_fit(segment: ProjectSegment, seconds: float, speed: float) -> float:
    """Return the speed that fits a segment's speech, of `seconds` at `speed`, into its slot."""
    if segment.slot is None or seconds <= segment.slot + LATE:
        return speed
    return rate_to_fit(seconds * speed, segment.slot)


def _take(
    folder: ProjectFolder,
    project: Project,
    segment: ProjectSegment,
    info: SpeechInfo,
    seconds: float,
) -> Take:
    quality = info.quality or ()
    scores = [found.quality.score for found in quality if found.quality.score is not None]
    issues = tuple(issue for found in quality for issue in _issues(found))
    name = take_name(segment.key, segment.wanted)
    return Take(
        key=segment.key,
        number=segment.wanted,
        text=segment.text,
        engine=info.engine,
        voice=info.voice,
        duration=info.duration_seconds,
        bytes=folder.take(project.id, name).stat().st_size,
        seconds=seconds,
        words=tuple(info.words or ()),
        issues=issues,
        score=min(scores, default=None),
        doubtful=bool(issues),
        notes=tuple(info.warnings),
    )


def _issues(found: SegmentQuality) -> list[str]:
    return [
        f"{issue.kind}: {', '.join(issue.words)}" if issue.words else issue.kind
        for issue in found.quality.issues
    ]


def _silent_take(folder: ProjectFolder, project: Project, segment: ProjectSegment) -> Take:
    """Return a take without speech, for a text in which there is nothing to speak."""
    name = take_name(segment.key, segment.wanted)
    recorder = folder.recorder(project.id, name, _SILENT_RATE)
    try:
        recorder.write(np.zeros(round(SILENT_SECONDS * _SILENT_RATE), np.float32))
        path, _ = recorder.finish(Unmarked())
    except BaseException:
        recorder.abandon()
        raise
    return Take(
        key=segment.key,
        number=segment.wanted,
        text=segment.text,
        engine="",
        voice="",
        duration=SILENT_SECONDS,
        bytes=path.stat().st_size,
        seconds=0.0,
        notes=("There is nothing to speak in this text.",),
    )
