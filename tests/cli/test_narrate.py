"""`aloud narrate`, without a server and through one."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from tests.cli.conftest import Start
from tests.support.live import running_app
from tests.support.projects import SENTENCES, TEXT
from tests.support.waiting import wait_until
from tts_core.cli.main import main
from tts_core.system import running_server as running
from tts_core.types import Caller


@pytest.fixture(autouse=True)
def _document(_surroundings: None, tmp_path: Path) -> None:
    (tmp_path / "book.txt").write_text(TEXT)


def takes(data: Path) -> dict[Path, int]:
    """Return when each take was made."""
    return {path: path.stat().st_mtime_ns for path in data.glob("projects/*/*.flac")}


def projects(data: Path) -> int:
    return len(list(data.glob("projects/*")))


@pytest.mark.thorough
def test_alone(data: Path) -> None:
    narrate = ["narrate", "book.txt", "--engine", "espeak", "-o"]
    assert main([*narrate, "book.srt"]) == 0
    assert "third" in Path("book.srt").read_text()
    made = takes(data)
    assert len(made) == len(SENTENCES)
    assert main([*narrate, "book.m4b", "--title", "New"]) == 0  # of the same project
    assert Path("book.m4b").stat().st_size > 10_000
    assert takes(data) == made
    assert main([*narrate, "book.vtt", "--voice", "en-gb"]) == 0
    assert (projects(data), len(takes(data))) == (1, 2 * len(SENTENCES))
    assert main([*narrate, "book.vtt", "--new"]) == 0
    assert projects(data) == 2
    assert list(data.glob("outputs/*")) == []


def test_errors(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("cast.json").write_text("[]")
    for arguments, status, said in (
        (["none.txt", "-o", "x.m4b"], 1, "none.txt cannot be read: No such file"),
        (["book.txt", "-o", "x.zzz"], 2, "ends in no format"),
        (["book.txt", "-o", "x", "--format", "zzz"], 2, "--format must be one of m4b"),
        (["book.txt", "-o", "x.m4b", "--voice", "nobody"], 1, "nobody"),
        (["book.txt", "-o", "x.m4b", "--cast", "none"], 1, "The cast none cannot be read"),
        (["book.txt", "-o", "x.m4b", "--cast", "cast.json"], 1, "cast must be a JSON object"),
    ):
        assert main(["narrate", *arguments]) == status
        assert said in capsys.readouterr().err
    assert projects(data) == 0
    assert not Path("x.m4b").exists()


def test_goes_on_after_a_kill(start: Start, data: Path) -> None:
    Path("book.txt").write_text(" ".join(f"Sentence number {n} is here." for n in range(30)))
    command = ["narrate", "book.txt", "--engine", "espeak", "-o", "book.srt"]
    process = start(*command)
    wait_until(lambda: len(takes(data)) > 3, 60)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    made = takes(data)
    assert not Path("book.srt").exists()
    assert main(command) == 0
    assert projects(data) == 1
    again = takes(data)
    assert len(again) == 30
    assert sum(again[path] != when for path, when in made.items()) <= 1


@pytest.mark.live
def test_through_the_server(data: Path) -> None:
    Path("cast.json").write_text(json.dumps({"Ann": "en-gb"}))
    with running.claimed(data), running_app(data) as app:
        arguments = ["--engine", "espeak", "--author", "Me", "--cast", "cast.json", "-o"]
        assert main(["narrate", "book.txt", *arguments, "book.srt"]) == 0
        assert "third" in Path("book.srt").read_text()
        assert main(["narrate", "book.txt", *arguments, "book.m4b", "--voice", "en-us"]) == 0
        [project] = app.service.projects.all(Caller())
        assert (project.author, project.state) == ("Me", "complete")
        narration = app.service.projects.project(Caller(), project.project_id).narration
        assert narration.part("ann").voice == "en-gb"


@pytest.mark.thorough
def test_folder(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = Path("texts")
    (texts / "deeper").mkdir(parents=True)
    for name, text in (
        ("a.txt", "The first text."),
        ("b.txt", "..."),
        ("c.md", "# One\n\nThe third text.\n\n# Two\n\nIts end."),
        ("c.txt", "The same name."),
        ("d.pdf", "no PDF"),
        (".hidden.txt", "Hidden."),
        ("notes.ini", "x = 1"),
    ):
        (texts / name).write_text(text)
    command = ["narrate", "texts", "--engine", "espeak", "-o", "spoken/all"]
    assert main(command) == 1
    told = capsys.readouterr()
    assert "3 of 5 documents were spoken into spoken/all." in told.out
    assert "Failed: b.txt, d.pdf." in told.out
    assert "b.txt: document: there is nothing to speak in it." in told.err
    folder = Path("spoken/all")
    assert sorted(path.name for path in folder.iterdir()) == ["a.m4b", "c.md.m4b", "c.txt.m4b"]
    made = takes(data)
    (texts / "b.txt").write_text("Now it has words.")
    (texts / "d.pdf").unlink()
    assert main([*command, "--format", "mp3"]) == 0
    assert {path.name for path in folder.iterdir()} >= {"a.mp3", "b.mp3", "c.md.zip", "c.txt.mp3"}
    again = takes(data)
    assert {path: again[path] for path in made} == made  # nothing was spoken twice


def test_errors_of_folders(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("empty").mkdir()
    Path("texts").mkdir()
    Path("texts/a.txt").write_text("Text.")
    for arguments, status, said in (
        (["empty", "-o", "out"], 1, "There is no document in the folder empty"),
        (["texts"], 2, "need a folder: name one with --output"),
        (["texts", "-o", "book.txt"], 1, "The folder book.txt cannot be made: File exists"),
        (["texts", "-o", "out", "--title", "x"], 2, "--title is for one document"),
    ):
        assert main(["narrate", *arguments]) == status
        assert said in capsys.readouterr().err
    assert projects(data) == 0


def test_documents_are_never_overwritten(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cue = "1\n00:00:00,000 --> 00:00:02,000\nHello there.\n"
    Path("texts").mkdir()
    Path("link").symlink_to("texts")
    document = Path("texts/a.srt")
    document.write_text(cue)
    for arguments, said in (
        (["texts", "-o", "texts", "--format", "srt"], "the folder of the documents"),
        (["texts", "-o", "link", "--format", "epub"], "the folder of the documents"),
        (["texts/a.srt", "-o", "link/a.srt"], "the document itself"),
    ):
        assert main(["narrate", *arguments]) == 2
        assert said in capsys.readouterr().err
    assert document.read_text() == cue
    assert projects(data) == 0
    assert main(["narrate", "texts", "-o", "texts", "--engine", "espeak", "--format", "wav"]) == 0
    assert sorted(path.name for path in Path("texts").iterdir()) == ["a.srt", "a.wav"]
