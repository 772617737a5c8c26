"""Long documents, which are cut into segments while their projects are there already."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tests.projects.conftest import Open
from tests.support.planning import half_planned
from tests.support.projects import ME, begun, ended, texts
from tests.support.waiting import wait_until
from tts_core.errors import ConflictError, TooLargeError
from tts_core.projects import tables
from tts_core.projects.cutting import Cutter
from tts_core.projects.database import ProjectDatabase
from tts_core.projects.work import planner
from tts_core.service import SpeechService
from tts_core.services import projects

SENTENCES = [f"Sentence number {number} is here." for number in range(100)]
BOOK = "\n\n".join(
    [f"Chapter {n // 20 + 1}\n\n{s}" if n % 20 == 0 else s for n, s in enumerate(SENTENCES)]
)


@pytest.fixture(autouse=True)
def _slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have this book cut in many parts, with time between them."""
    monkeypatch.setattr(projects, "CUT_AT_ONCE", 1_000)
    monkeypatch.setattr(planner, "MOST_WRITTEN", 10)
    monkeypatch.setattr(planner, "PAUSE", 0.1)


def expected(service: SpeechService, folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the texts of the book when it is cut at once."""
    with monkeypatch.context() as at_once:
        at_once.setattr(projects, "CUT_AT_ONCE", 10**9)
        project = begun(service, folder, BOOK)
    found = texts(service, project)
    service.projects.control(ME, project, "delete")
    return found


def test_answer_comes_before_the_document_has_been_cut(
    service: SpeechService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = expected(service, tmp_path, monkeypatch)
    monkeypatch.setattr(planner, "MOST_WRITTEN", 60)
    with half_planned(service):
        project = begun(service, tmp_path, BOOK)
        first = service.projects.status(ME, project)
        assert first.planned_percentage < 100
        assert first.progress_percentage < 100
        assert first.state in ("waiting", "working")
        assert [c.title for c in first.chapters] == [f"Chapter {n}" for n in range(1, 6)]
        for format in ("srt", "project"):
            with pytest.raises(ConflictError, match="its document is still being read"):
                service.projects.export(ME, project, format)
        wait_until(lambda: service.projects.status(ME, project).done_segments > 0)  # it speaks
        assert len(texts(service, project)) == 60
    status = ended(service, project)
    assert (status.state, status.planned_percentage) == ("complete", 100)
    assert texts(service, project) == whole
    assert [c.segments for c in status.chapters] == [21] * 5


@pytest.mark.sample(1)
def test_next_process_goes_on(
    open_service: Open, tmp_path: Path, database_url: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = open_service(database_url=database_url)
    whole = expected(service, tmp_path, monkeypatch)
    with monkeypatch.context() as first:
        first.setattr(planner, "PAUSE", 600.0)  # which `close` ends
        project = begun(service, tmp_path, BOOK)
        wait_until(lambda: len(texts(service, project)) == 10)
        service.close()
    second = open_service(database_url=database_url)
    assert ended(second, project).state == "complete"
    assert texts(second, project) == whole


def test_next_version_goes_on_though_it_cuts_in_another_way(
    open_service: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is lost or comes twice, and what was edited before stays."""
    paragraphs = "\n\n".join(" ".join(SENTENCES[n : n + 5]) for n in range(0, len(SENTENCES), 5))
    service = open_service()
    with monkeypatch.context() as first:
        first.setattr(planner, "PAUSE", 600.0)  # which `close` ends
        project = begun(service, tmp_path, paragraphs)
        wait_until(lambda: len(texts(service, project)) == 10)
        service.projects.edit(ME, project, 4, voice="bob")
        planning = service.projects.project(ME, project).planning
        assert planning is not None
        # Of three sentences each: the tenth segment ends within one.
        later = replace(planning, shortest=3 * len(SENTENCES[0]) - 5, longest=1_000)
        write = service.projects._database.write
        write(lambda c: tables.set_planning(c, project, later))
        service.close()
    second = open_service()
    status = ended(second, project)
    assert status.state == "complete"
    found = second.projects.segments(ME, project, 0, 1_000)
    assert [s.text for s in found][:10] == SENTENCES[:10]
    assert len(found) < len(SENTENCES) / 2
    assert " ".join(s.text for s in found) == " ".join(SENTENCES)
    assert [s.index for s in found if s.own_voice] == [4]
    assert status.segments == len(found)


def test_next_version_that_finds_other_chapters_says_so(
    open_service: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = open_service()
    with monkeypatch.context() as first:
        first.setattr(planner, "PAUSE", 600.0)
        project = begun(service, tmp_path, BOOK)
        wait_until(lambda: len(texts(service, project)) == 10)
        service.close()
    monkeypatch.setattr(Cutter, "titles", lambda *_: ["All"])
    second = open_service()
    wait_until(lambda: second.projects.status(ME, project).state == "paused")
    assert "finds other chapters" in (second.projects.status(ME, project).error or "")


def test_undone_recasting_is_undone_for_what_was_read_since(
    service: SpeechService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planner, "MOST_WRITTEN", 60)
    with half_planned(service):
        project = begun(service, tmp_path, BOOK)
        wait_until(lambda: len(texts(service, project)) == 60)
        narration = service.projects.project(ME, project).narration
        service.projects.recast(ME, project, narration.changed(voice="bob"))
    assert ended(service, project).state == "complete"
    assert voices(service, project) == {"bob"}
    service.projects.undo(ME, project)
    assert ended(service, project).state == "complete"
    assert voices(service, project) == {"ann"}
    service.projects.redo(ME, project)
    assert service.projects.status(ME, project).state == "complete"  # nothing is made again
    assert voices(service, project) == {"bob"}


def voices(service: SpeechService, project: str) -> set[str]:
    """Return the voices in which the sentences are heard."""
    found = range(len(texts(service, project)))
    segments = (service.projects.segment(ME, project, index) for index in found)
    return {
        take.voice
        for index, segment in enumerate(segments)
        for take in service.projects.takes(ME, project, index)
        if take.name == segment.take
    }


def test_replacing_waits_for_the_whole_document(
    service: SpeechService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with half_planned(service):
        project = begun(service, tmp_path, BOOK)
        with pytest.raises(ConflictError, match="its document is still being read"):
            service.projects.replace(ME, project, "number", "no.")
    ended(service, project)
    assert len(service.projects.replace(ME, project, "number", "no.").after) == len(SENTENCES)


@pytest.mark.thorough
def test_project_is_changed_meanwhile(
    service: SpeechService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = expected(service, tmp_path, monkeypatch)
    project = begun(service, tmp_path, BOOK)
    narration = service.projects.project(ME, project).narration
    service.projects.recast(ME, project, narration.changed(speed=2.0, cast={"Ann": {}}))
    wait_until(lambda: len(texts(service, project)) > 20)
    service.projects.merge(ME, project, 3)
    service.projects.split(ME, project, 7, 8)
    service.projects.split(ME, project, 1, 8)
    assert ended(service, project).state == "complete"
    found = service.projects.segments(ME, project, 0, 1_000)
    assert [s.index for s in found] == list(range(len(whole) + 1))
    assert " ".join(s.text for s in found) == " ".join(whole)


@pytest.mark.thorough
def test_deleted_meanwhile(service: SpeechService, tmp_path: Path) -> None:
    project = begun(service, tmp_path, BOOK)
    wait_until(lambda: len(texts(service, project)) > 0)
    service.projects.control(ME, project, "delete")
    again = begun(service, tmp_path, BOOK)
    assert ended(service, again).state == "complete"
    assert list(service.settings.projects_path.iterdir()) == [
        service.settings.projects_path / again
    ]


@pytest.mark.thorough
def test_document_that_is_lost_meanwhile(
    service: SpeechService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as later:
        later.setattr(service.projects._planner, "wake", lambda: None)
        project = begun(service, tmp_path, BOOK)
    source = service.settings.projects_path / project / "source"
    moved = source.rename(tmp_path / "moved")
    service.projects.control(ME, project, "resume")
    wait_until(lambda: service.projects.status(ME, project).state == "paused")
    assert "could not be read to its end" in (service.projects.status(ME, project).error or "")
    moved.rename(source)
    service.projects.control(ME, project, "resume")
    assert ended(service, project).state == "complete"


def test_planner_outlives_what_nobody_foresaw(
    service: SpeechService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planner, "RETRY_SECONDS", 0.1)
    failed = threading.Event()

    def odd(_: object) -> None:
        failed.set()
        raise RuntimeError("odd")

    with monkeypatch.context() as failing:
        failing.setattr(tables, "to_be_planned", odd)
        project = begun(service, tmp_path, BOOK)
        assert failed.wait(30)
    assert ended(service, project).state == "complete"


def test_parallel_projects_stay_within_the_limit(
    open_service: Open, tmp_path: Path, database_url: str | None
) -> None:
    service = open_service(projects_per_owner=3, database_url=database_url)

    def made(number: int) -> bool:
        folder = tmp_path / str(number)
        folder.mkdir()
        try:
            begun(service, folder, f"Number {number}.")
        except TooLargeError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(made, range(8))) == 3
    assert len(service.projects.all(ME)) == 3
    assert len(list(service.settings.projects_path.iterdir())) == 3


def test_what_a_killed_process_had_begun_to_add_is_deleted(
    open_service: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = open_service()
    kept = begun(service, tmp_path)
    ended(service, kept)
    folder = service.settings.projects_path
    with monkeypatch.context() as killed:  # nothing is undone in a process that is killed

        def died(*_: object) -> None:
            raise KeyboardInterrupt

        killed.setattr(ProjectDatabase, "write", died)
        killed.setattr(service.projects._folder, "begin_delete", lambda _: None)
        with pytest.raises(KeyboardInterrupt):
            begun(service, tmp_path)
    assert len(list(folder.iterdir())) == 2
    service.close()
    again = open_service()
    wait_until(lambda: [path.name for path in folder.iterdir()] == [kept])
    assert ended(again, kept).state == "complete"
