"""What can be wrong with the library's folder: damage, links, leftovers, a full disk."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.voices.conftest import Recording, full_disk
from tts_core.errors import VoiceLoadError
from tts_core.voices.library import VoiceLibrary
from tts_core.voices.record import VoiceRecord


@pytest.fixture
def anna(library: VoiceLibrary, clip: Path) -> VoiceRecord:
    return library.add("Anna", [clip], consent=True)


@pytest.fixture
def ben(library: VoiceLibrary, recording: Recording) -> VoiceRecord:
    return library.add("Ben", [recording(1)], consent=True)


def edit(home: Path, **values: Any) -> None:
    path = home / "voice.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(record | values), encoding="utf-8")


def spoil_report(home: Path, report: object) -> None:
    record = json.loads((home / "voice.json").read_text(encoding="utf-8"))
    edit(home, clips=[record["clips"][0] | {"report": report}])


def swap_for_fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def move_and_link(path: Path, away: Path) -> None:
    path.rename(away / path.name)
    path.symlink_to(away / path.name)


DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "cut off": (
        lambda home: (home / "voice.json").write_bytes((home / "voice.json").read_bytes()[:-20]),
        "not what Aloud writes",
    ),
    "not text": (lambda home: (home / "voice.json").write_bytes(b"\xff\x00"), "Aloud writes"),
    "deep": (lambda home: (home / "voice.json").write_text("[" * 10**5), "not what Aloud writes"),
    "a list": (lambda home: (home / "voice.json").write_text("[]"), "not what Aloud writes"),
    "no record": (lambda home: (home / "voice.json").unlink(), "not a plain file"),
    "a pipe": (lambda home: swap_for_fifo(home / "voice.json"), "not a plain file"),
    "huge": (
        lambda home: (home / "voice.json").write_text(" " * 10**7 + "{}"),
        "voice.json is too large",
    ),
    "no clip": (lambda home: (home / "clip-1.wav").unlink(), "clip-1.wav is missing"),
    "no clips": (lambda home: edit(home, clips=[]), "clips"),
    "another's id": (lambda home: edit(home, id="ben-12345678"), "of another voice, 'ben-1234"),
    "id outside": (lambda home: edit(home, id="../ben"), "id: String should match"),
    "no zone": (lambda home: edit(home, created="2026-01-01T00:00:00"), "created"),
    "report": (lambda home: spoil_report(home, {"duration": "<b>"}), "report.duration"),
    "not finite": (
        lambda home: spoil_report(
            home,
            {"duration": float("nan"), "sample_rate": 1, "grade": "good", "checks": []},
        ),
        "report.duration",
    ),
}


@pytest.mark.sample(5)
@pytest.mark.parametrize("kind", DAMAGE)
def test_damage_is_reported_and_skipped(
    folder: Path, anna: VoiceRecord, ben: VoiceRecord, kind: str
) -> None:
    spoil, words = DAMAGE[kind]
    spoil(folder / anna.id)
    fresh = VoiceLibrary(folder)
    assert fresh.all() == [ben]
    (problem,) = fresh.problems
    assert problem.folder == anna.id
    assert words in problem.reason
    assert str(folder) not in problem.reason
    assert (folder / anna.id).exists()  # to be mended by hand


def test_other_things_in_the_folder(folder: Path, anna: VoiceRecord) -> None:
    (folder / "notes.txt").write_text("mine")
    (folder / ".git").mkdir()
    (folder / ".git" / "HEAD").write_text("ref")
    (folder / "empty").mkdir()
    fresh = VoiceLibrary(folder)
    assert fresh.all() == [anna]
    assert [problem.folder for problem in fresh.problems] == ["empty", "notes.txt"]
    assert (folder / "notes.txt").read_text() == "mine"
    assert (folder / ".git" / "HEAD").exists()


def test_links_are_not_followed(
    folder: Path, tmp_path: Path, anna: VoiceRecord, ben: VoiceRecord
) -> None:
    """Neither for reading nor for deleting."""
    away = tmp_path / "away"
    away.mkdir()
    move_and_link(folder / anna.id, away)
    move_and_link(folder / ben.id / "clip-1.wav", away)
    fresh = VoiceLibrary(folder)
    assert fresh.all() == []
    reasons = {problem.folder: problem.reason for problem in fresh.problems}
    assert "is a link" in reasons[anna.id]
    assert "clip-1.wav is missing" in reasons[ben.id]
    assert len(list(away.rglob("*.wav"))) == 2


@pytest.mark.parametrize("part", ["voice.json", "states"])
def test_links_inside_a_voice(folder: Path, tmp_path: Path, anna: VoiceRecord, part: str) -> None:
    (folder / anna.id / "states").mkdir()
    move_and_link(folder / anna.id / part, tmp_path)
    (problem,) = VoiceLibrary(folder).problems
    assert problem.folder == anna.id


def test_deleting_never_leaves_the_folder(
    library: VoiceLibrary, folder: Path, tmp_path: Path, anna: VoiceRecord
) -> None:
    """A voice that became a link while Aloud was running."""
    away = tmp_path / "away"
    away.mkdir()
    move_and_link(folder / anna.id, away)
    library.delete(anna.id)
    assert list(folder.iterdir()) == []
    assert (away / anna.id / "clip-1.wav").is_file()


def test_leftovers_are_swept(folder: Path, tmp_path: Path, anna: VoiceRecord) -> None:
    home = folder / anna.id
    treasure = tmp_path / "treasure"
    treasure.mkdir()
    (treasure / "x").touch()
    shutil.copytree(home, folder / ".new-1234")
    shutil.copytree(home, folder / ".gone-1234")
    (folder / ".gone-5678").symlink_to(treasure)
    (folder / ".new-5678").touch()
    (home / ".voice.json.part").write_text("{")
    (home / "clip-2.wav").touch()  # that no voice.json names
    (home / "states").mkdir()
    (home / "states" / ".espeak-1-2.safetensors.99.part").touch()
    (home / "states" / "espeak-1-2.safetensors").touch()
    fresh = VoiceLibrary(folder)
    assert fresh.all() == [anna]
    assert fresh.problems == ()
    assert [path.name for path in folder.iterdir()] == [anna.id]
    assert sorted(str(path.relative_to(home)) for path in home.rglob("*")) == [
        "clip-1.wav",
        "states",
        "states/espeak-1-2.safetensors",
        "voice.json",
    ]
    assert (treasure / "x").exists()


def test_a_file_where_the_folder_should_be(folder: Path, clip: Path) -> None:
    folder.parent.mkdir()
    folder.touch()
    library = VoiceLibrary(folder)
    assert "cannot be read (Not a directory)" in library.problems[0].reason
    with pytest.raises(VoiceLoadError, match=r"cannot be saved .* Check free disk space"):
        library.add("Anna", [clip], consent=True)
    assert library.all() == []


def test_a_full_disk(
    library: VoiceLibrary, folder: Path, recording: Recording, anna: VoiceRecord
) -> None:
    def tree() -> dict[str, int]:
        return {str(path): path.stat().st_size for path in folder.rglob("*")}

    before = tree()
    for room in (100, 100_000):
        with full_disk(room), pytest.raises(VoiceLoadError, match="Check free disk space"):
            library.add("Ben", [recording(1)], consent=True)
    with full_disk(100), pytest.raises(VoiceLoadError, match="Check free disk space"):
        library.change(anna.id, name="Anne")
    assert tree() == before
    assert library.all() == [anna] == VoiceLibrary(folder).all()
    library.add("Ben", [recording(1)], consent=True)


def test_a_clip_with_the_highest_number(folder: Path, anna: VoiceRecord) -> None:
    """As an imported voice may have one."""
    home = folder / anna.id
    (home / "clip-1.wav").rename(home / "clip-9999.wav")
    text = (home / "voice.json").read_text(encoding="utf-8").replace("clip-1.", "clip-9999.")
    (home / "voice.json").write_text(text, encoding="utf-8")
    library = VoiceLibrary(folder)
    assert [path.name for path in library.recordings(anna.id)] == ["clip-9999.wav"]
    assert library.problems == ()
