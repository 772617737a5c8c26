"""What can be done with the segments of a project, and undone."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.projects.conftest import Open
from tests.support.journal import noted
from tests.support.projects import ME, SENTENCES, begun, ended, texts
from tts_core.audio.decode import decode
from tts_core.errors import ConflictError, TooLargeError, UnknownNameError, ValidationError
from tts_core.projects import database, edits, tables
from tts_core.projects.project import Part, ProjectSegment
from tts_core.service import SpeechService


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "journal"


@pytest.fixture
def options(journal: Path) -> dict[str, object]:
    return {"journal": str(journal)}


def test_sentences_of_a_document(service: SpeechService, tmp_path: Path) -> None:
    project = begun(service, tmp_path, "Chapter 1\n\n" + "\n\n".join(["Hello there.", "* * *"]))
    status = ended(service, project)
    assert (status.state, status.progress_percentage) == ("complete", 100.0)
    assert (status.title, status.voice, status.language) == ("book", "ann", "en")
    found = service.projects.segments(ME, project)
    assert [s.text for s in found][-1] == "Hello there."
    assert found[-1].begins_paragraph
    end = status.duration_seconds - found[-1].pause_after_seconds
    assert found[-1].end == pytest.approx(end, abs=0.002)
    assert sum(c.done for c in status.chapters) == status.segments == status.done_segments


def test_text_is_made_again_and_comes_back(
    open_service: Open,
    database_url: str | None,
    tmp_path: Path,
    journal: Path,
    options: dict[str, object],
) -> None:
    service = open_service(database_url=database_url)
    project = begun(service, tmp_path, options=options)
    ended(service, project)
    assert noted(journal) == list(SENTENCES)
    before = service.projects.segments(ME, project)
    change = service.projects.edit(ME, project, 1, text="Something else.")
    assert [s.text for s in change.before] == ["This is the second."]
    ended(service, project)
    assert noted(journal)[4:] == ["Something else."]
    redo = service.projects.restore(ME, project, change)
    assert service.projects.segments(ME, project) == before  # with its sound, at once
    service.projects.restore(ME, project, redo)
    assert texts(service, project)[1] == "Something else."
    assert service.projects.status(ME, project).state == "complete"
    with pytest.raises(ConflictError, match="changed since"):
        service.projects.restore(ME, project, redo)
    assert len(noted(journal)) == 5


def test_steps_undone_at_the_same_time_are_undone_one_after_another(
    service: SpeechService, tmp_path: Path
) -> None:
    project = begun(service, tmp_path)
    for number in range(8):
        service.projects.edit(ME, project, 1, text=f"Version {number}.")
    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(service.projects.undo, ME, project) for _ in range(8)]:
            done.result()
    assert texts(service, project) == list(SENTENCES)
    assert service.projects.steps(ME, project) == (0, 8)


def test_takes(service: SpeechService, tmp_path: Path, options: dict[str, object]) -> None:
    project = begun(service, tmp_path, options=options)
    ended(service, project)
    first = service.projects.sound(ME, project, 0)
    service.projects.edit(ME, project, 0, again=True)
    assert service.projects.sound(ME, project, 0) == first  # until there is another one
    ended(service, project)
    [segment] = service.projects.segments(ME, project, 0, 1)
    assert (segment.takes, segment.chosen_take) == (2, 1)
    assert service.projects.sound(ME, project, 0) != first
    service.projects.edit(ME, project, 0, take=0)
    assert service.projects.sound(ME, project, 0) == first
    assert [take.number for take in service.projects.takes(ME, project, 0)] == [0, 1]
    with pytest.raises(UnknownNameError, match="no take 7; there are: 0, 1"):
        service.projects.edit(ME, project, 0, take=7)


def test_number_of_takes_is_limited(
    service: SpeechService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edits, "MOST_TAKES", 1)
    project = begun(service, tmp_path)
    ended(service, project)
    with pytest.raises(TooLargeError, match="has 1 takes, which is the limit"):
        service.projects.edit(ME, project, 0, again=True)


def test_cast(
    service: SpeechService, tmp_path: Path, journal: Path, options: dict[str, object]
) -> None:
    project = begun(service, tmp_path, options=options)
    for index in (0, 1, 2):
        service.projects.edit(ME, project, index, speaker="Anna")
    service.projects.edit(ME, project, 1, locked=True)
    service.projects.edit(ME, project, 2, voice="ann")
    ended(service, project)
    made = len(noted(journal))
    narration = service.projects.project(ME, project).narration
    change = service.projects.recast(
        ME, project, narration.changed(cast={"anna": Part(voice="bob")})
    )
    assert [s.position for s in change.after] == [0]  # 1 is locked, 2 has a voice of its own
    ended(service, project)
    assert noted(journal)[made:] == [SENTENCES[0]]
    assert service.projects.segments(ME, project)[0].voice == "bob"
    service.projects.restore(ME, project, change)
    assert service.projects.project(ME, project).narration == narration
    assert service.projects.status(ME, project).state == "complete"
    with pytest.raises(UnknownNameError, match="nobody"):
        service.projects.recast(ME, project, narration.changed(cast={"B": Part(voice="nobody")}))


def test_merge_and_split(service: SpeechService, tmp_path: Path) -> None:
    project = begun(service, tmp_path)
    ended(service, project)
    before = service.projects.segments(ME, project)
    merged = service.projects.merge(ME, project, 0)
    assert texts(service, project) == [" ".join(SENTENCES[:2]), *SENTENCES[2:]]
    assert [s.index for s in service.projects.segments(ME, project)] == [0, 1, 2]
    split = service.projects.split(ME, project, 0, len(SENTENCES[0]))
    assert texts(service, project) == list(SENTENCES)
    assert service.projects.status(ME, project).state == "complete"  # the sound is still there
    service.projects.restore(ME, project, split)
    service.projects.restore(ME, project, merged)
    assert service.projects.segments(ME, project) == before
    for offset in (0, 1_000):
        with pytest.raises(ValidationError, match="something to speak before and after"):
            service.projects.split(ME, project, 0, offset)
    with pytest.raises(UnknownNameError):
        service.projects.merge(ME, project, 3)


def test_find_and_replace(service: SpeechService, tmp_path: Path) -> None:
    project = begun(service, tmp_path)
    service.projects.edit(ME, project, 1, locked=True)
    change = service.projects.replace(ME, project, "the", r"a \1")
    assert texts(service, project)[0] == r"This is a \1 first."
    assert texts(service, project)[1] == SENTENCES[1]
    assert texts(service, project)[3] == r"a \1 end."
    service.projects.restore(ME, project, change)
    service.projects.replace(ME, project, "the", "a", match_case=True)
    assert texts(service, project)[3] == SENTENCES[3]
    with pytest.raises(ValidationError, match="nothing to speak"):
        service.projects.replace(ME, project, SENTENCES[3], "…")


@pytest.mark.sample(3)
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"text": "..."}, "nothing to speak"),
        ({"text": "a" * 6_000}, "limit of a segment is 5,000"),
        ({"voice": "nobody"}, "nobody"),
        ({"pause": 61}, "0 to 60"),
        ({"pause": float("nan")}, "0 to 60"),
    ],
)
def test_invalid_edits(
    service: SpeechService, tmp_path: Path, changes: dict[str, object], said: str
) -> None:
    project = begun(service, tmp_path)
    before = texts(service, project)
    with pytest.raises(ValidationError, match=said):
        service.projects.edit(ME, project, 0, **changes)  # type: ignore[arg-type]
    with pytest.raises(UnknownNameError, match="no segment 4"):
        service.projects.edit(ME, project, 4, text="x")
    assert texts(service, project) == before


def test_same_text_gives_the_same_samples(service: SpeechService, tmp_path: Path) -> None:
    first, second = (begun(service, tmp_path, engine="hibari") for _ in range(2))
    for project in (first, second):
        ended(service, project)
    for index in range(len(SENTENCES)):
        a, b = (decode(service.projects.sound(ME, p, index)) for p in (first, second))
        assert (a.samples == b.samples).all()
        assert a.duration > 0.3


def test_locked_sentence_keeps_its_sound_when_its_pause_is_changed(
    service: SpeechService, tmp_path: Path
) -> None:
    """Also after the cast was changed, which it does not follow."""
    project = begun(service, tmp_path)
    ended(service, project)
    service.projects.edit(ME, project, 1, locked=True)
    sound = service.projects.segments(ME, project)[1].sound
    narration = service.projects.project(ME, project).narration
    service.projects.recast(ME, project, narration.changed(speed=2.0))
    service.projects.edit(ME, project, 1, pause=3.0)
    service.projects.edit_many(ME, project, [0, 1], pause=2.5, locked=True)
    [segment] = service.projects.segments(ME, project, 1, 1)
    assert (segment.sound, segment.state, segment.pause_after_seconds) == (sound, "done", 2.5)
    service.projects.edit(ME, project, 1, locked=False)
    assert ended(service, project).state == "complete"
    assert service.projects.segments(ME, project)[1].sound != sound


def test_many_are_changed_in_parts_and_in_one_step(
    open_service: Open, tmp_path: Path, database_url: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No other writer waits for a whole book."""
    service = open_service(database_url=database_url)
    project = begun(service, tmp_path)
    ended(service, project)
    before = service.projects.segments(ME, project)
    monkeypatch.setattr(database, "MOST_WRITTEN", 2)
    written: list[int] = []
    add = tables.add_segments

    def noted_add(connection: Any, project_id: str, segments: Iterable[ProjectSegment]) -> None:
        some = list(segments)
        written.append(len(some))
        add(connection, project_id, some)

    monkeypatch.setattr(tables, "add_segments", noted_add)
    change = service.projects.edit_many(ME, project, range(len(SENTENCES)), pause=3.0)
    assert written == [2, 2]
    assert len(change.after) == len(SENTENCES)
    assert {s.pause_after_seconds for s in service.projects.segments(ME, project)} == {3.0}
    assert service.projects.steps(ME, project) == (1, 0)
    service.projects.undo(ME, project)
    assert service.projects.segments(ME, project) == before


@pytest.mark.parametrize("index", [-1, 2**31 - 1, 10**30])
def test_impossible_places_of_many(service: SpeechService, tmp_path: Path, index: int) -> None:
    project = begun(service, tmp_path)
    for call in (
        lambda: service.projects.edit_many(ME, project, [0, index], locked=True),
        lambda: service.projects.segments_at(ME, project, [0, index]),
    ):
        with pytest.raises(ValidationError, match="place is from 0 to 2,147,483,646"):
            call()
