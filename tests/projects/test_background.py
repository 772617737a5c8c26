"""The making of projects: beside short requests, after restarts and kills, and when it fails."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Amount
from tests.projects.conftest import Open
from tests.support.journal import noted
from tests.support.projects import ME, SENTENCES, begun, ended
from tests.support.waiting import wait_until
from tts_core.audio.decode import decode
from tts_core.errors import ConflictError
from tts_core.service import SpeechService
from tts_core.system import disk
from tts_core.types import Caller, SpeechRequest

ROOT = Path(__file__).parents[2]
WORDS = ("one", "two", "three", "four", "five")
MANY = " ".join(f"Sentence number {number} of the book." for number in range(20))


@pytest.mark.thorough
def test_killed_processes_lose_at_most_what_they_were_at(amount: Amount) -> None:
    code = f"from tests.support.project_kills import run; print(run({amount(2, 20)}))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    print(done.stdout)
    assert done.returncode == 0, done.stderr


def test_a_short_request_waits_for_one_sentence_of_a_book(
    service: SpeechService, tmp_path: Path
) -> None:
    journal = tmp_path / "journal"
    options = {"journal": str(journal), "seconds": 0.02}
    project = begun(service, tmp_path, MANY, options=options)
    for number in range(len(WORDS)):
        wait_until(lambda: len(noted(journal, "begun")) > 3 * number)  # noqa: B023 - called at once
        short = SpeechRequest(text=f"Short {WORDS[number]}.", engine="journal", options=options)
        with service.stream(short) as stream:
            before = len(noted(journal, "begun"))
            stream.read_to_end()
        place = noted(journal, "begun").index(short.text)
        assert place <= before + 1
    assert service.projects.status(ME, project).state in ("working", "complete")
    # The book itself is in no history.
    assert all(entry.door != "project" for entry in service.history.recent(50))


def test_owners_take_turns(open_service: Open, tmp_path: Path) -> None:
    service = open_service(history_scope="session")
    journal = tmp_path / "journal"
    options = {"journal": str(journal), "seconds": 0.01}
    ann, bob = (Caller(owner_id=name, operator=False) for name in ("ann", "bob"))
    long = MANY + " " + MANY.replace("book", "tale")

    def paused(text: str, caller: Caller) -> str:
        project = begun(service, tmp_path, text, caller, options=options)
        service.projects.control(caller, project, "pause")
        return project

    first, second = paused(long, ann), paused(MANY.replace("book", "play"), ann)
    third = paused(MANY.replace("book", "script"), bob)
    for caller, project in ((ann, first), (ann, second), (bob, third)):
        service.projects.control(caller, project, "resume")
    ended(service, third, bob)
    assert service.projects.status(ann, first).done_segments < 40
    assert service.projects.status(ann, second).done_segments < 3  # the first comes before it
    of_bob = ["script" in text for text in noted(journal)]
    assert of_bob[-35:-1] in ([True, False] * 17, [False, True] * 17)


def test_pause_resume_and_delete(service: SpeechService, tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    project = begun(service, tmp_path, MANY, options={"journal": str(journal), "seconds": 0.02})
    wait_until(lambda: len(noted(journal)) > 3)
    assert service.projects.control(ME, project, "pause").state == "paused"
    made = service.projects.status(ME, project).done_segments
    wait_until(lambda: service.projects.status(ME, project).done_segments >= made)
    with pytest.raises(ConflictError, match="not complete"):
        service.projects.book(ME, project)
    assert service.projects.control(ME, project, "resume").state == "working"
    wait_until(lambda: (service.projects.status(ME, project).estimate_seconds or 0) > 0)
    service.projects.control(ME, project, "delete")
    assert service.projects.all(ME) == []
    assert list((service.settings.projects_path).iterdir()) == []


@pytest.mark.sample(1)
def test_next_process_goes_on(open_service: Open, tmp_path: Path, database_url: str | None) -> None:
    journal = tmp_path / "journal"
    first = open_service(database_url=database_url)
    project = begun(first, tmp_path, MANY, options={"journal": str(journal), "seconds": 0.01})
    wait_until(lambda: len(noted(journal)) > 5)
    first.close()
    second = open_service(database_url=database_url)
    assert ended(second, project).state == "complete"
    spoken = noted(journal)
    assert len(spoken) - len(set(spoken)) <= 1


def test_failing_sentence_does_not_stop_the_rest(service: SpeechService, tmp_path: Path) -> None:
    project = begun(service, tmp_path, "One is fine. This is nonsense. Three is fine.")
    status = ended(service, project)
    assert (status.state, status.done_segments, status.failed_segments) == ("failed", 2, 1)
    assert status.error is not None
    assert "Segment 1: " in status.error
    assert "nonsense cannot be spoken" in status.error
    assert service.projects.control(ME, project, "resume").state == "working"  # tries again
    assert ended(service, project).state == "failed"
    service.projects.edit(ME, project, 1, text="This is sense.")
    assert ended(service, project).state == "complete"


def test_project_in_which_all_fails_is_paused(service: SpeechService, tmp_path: Path) -> None:
    project = begun(service, tmp_path, " ".join(f"It is nonsense {n}." for n in range(20)))
    status = ended(service, project)
    assert (status.state, status.failed_segments) == ("paused", 8)
    assert status.error is not None
    assert "8 segments in a row could not be spoken" in status.error


def test_full_disk_pauses(
    service: SpeechService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = begun(service, tmp_path, "First sentence.")
    ended(service, project)
    monkeypatch.setattr(disk, "MARGIN_BYTES", 2**60)
    service.projects.edit(ME, project, 0, text="Another sentence.")
    status = ended(service, project)
    assert status.state == "paused"
    assert status.error is not None
    assert status.error.startswith("The disk is nearly full. Free some space")
    monkeypatch.undo()
    assert service.projects.control(ME, project, "resume").error is None
    assert ended(service, project).state == "complete"


def test_lost_and_damaged_files_are_made_again(open_service: Open, tmp_path: Path) -> None:
    service = open_service()
    project = begun(service, tmp_path)
    ended(service, project)
    paths = [service.projects.sound(ME, project, index) for index in range(len(SENTENCES))]
    paths[0].unlink()
    paths[2].write_bytes(paths[2].read_bytes()[:-1])
    (paths[1].parent / ".left-over.part").touch()
    service.close()
    again = open_service()
    wait_until(lambda: not (paths[1].parent / ".left-over.part").exists())
    assert ended(again, project).state == "complete"
    wait_until(lambda: all(path.exists() for path in paths))
    again.projects.book(ME, project)


def test_level_of_a_voice_is_known_before_its_first_sentence(
    service: SpeechService, tmp_path: Path
) -> None:
    text = "A first sentence. " + "Here are some more words of the book. " * 8
    first, second = (begun(service, tmp_path, text, engine="scripted") for _ in range(2))
    for project in (first, second):
        assert ended(service, project).state == "complete"
    a, b = (decode(service.projects.sound(ME, project, 0)).samples for project in (first, second))
    assert (a == b).all()
    assert abs(a).max() < 0.4  # it was brought down, as loud as the engine is
