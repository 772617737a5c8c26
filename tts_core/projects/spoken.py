"""Makes a complete project a spoken book, which the exporters take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from tts_core.export.book import SpokenBook, SpokenChapter, SpokenSegment
from tts_core.projects.folder import ProjectFolder
from tts_core.projects.project import Project, ProjectSegment, Take


def spoken_book(
    project: Project,
    segments: Sequence[ProjectSegment],
    takes: Mapping[str, Sequence[Take]],
    folder: ProjectFolder,
) -> SpokenBook:
    """Return the book. `takes`: by key, those that are heard among them."""
    by_name = {take.name: take for some in takes.values() for take in some}
    chapters = []
    for number, found in groupby(segments, key=lambda segment: segment.chapter):
        spoken = tuple(
            SpokenSegment(
                text=segment.text,
                audio=folder.take(project.id, segment.take),
                duration=segment.duration,
                pause_after=segment.pause,
                words=by_name[segment.take].words,
                speaker=segment.speaker,
                begins_paragraph=segment.begins_paragraph,
                starts_at=segment.starts_at,
            )
            for segment in found
        )
        chapters.append(SpokenChapter(project.chapters[number], spoken))
    return SpokenBook(
        title=project.title,
        author=project.author,
        language=project.narration.language,
        chapters=tuple(chapters),
        cover=folder.cover(project.id),
    )
