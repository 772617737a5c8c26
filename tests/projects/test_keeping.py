"""Whose projects there are, how many, and projects as files."""

from __future__ import annotations

import errno
import json
import os
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, text

from tests.projects.conftest import Open
from tests.support.journal import noted
from tests.support.projects import ME, SENTENCES, begun, ended, texts
from tts_core.audio.decode import decode
from tts_core.errors import (
    DiskFullError,
    NotAuthorized,
    TooLargeError,
    UnknownNameError,
    ValidationError,
)
from tts_core.projects import database, tables
from tts_core.projects.asked import narration_of
from tts_core.service import SpeechService
from tts_core.settings import Settings
from tts_core.stats.migrations import MIGRATIONS
from tts_core.types import Caller

ANN, BOB = (Caller(owner_id=name, operator=False) for name in ("ann", "bob"))
NOBODY, OPERATOR = Caller(operator=False), Caller("key:1", "")


def test_owners_are_apart(open_service: Open, tmp_path: Path, database_url: str | None) -> None:
    service = open_service(history_scope="session", database_url=database_url)
    project = begun(service, tmp_path, caller=ANN)
    assert [p.project_id for p in service.projects.all(ANN)] == [project]
    assert [p.project_id for p in service.projects.all(OPERATOR)] == [project]
    assert service.projects.all(BOB) == service.projects.all(NOBODY) == []
    narration = service.projects.project(ANN, project).narration
    for stranger in (BOB, NOBODY):
        for work in (
            lambda c: service.projects.status(c, project),
            lambda c: service.projects.control(c, project, "delete"),
            lambda c: service.projects.control(c, project, "pause"),
            lambda c: service.projects.segments(c, project),
            lambda c: service.projects.edit(c, project, 0, text="Mine."),
            lambda c: service.projects.merge(c, project, 0),
            lambda c: service.projects.split(c, project, 0, 5),
            lambda c: service.projects.replace(c, project, "a", "b"),
            lambda c: service.projects.recast(c, project, narration),
            lambda c: service.projects.make_again(c, project, [0]),
            lambda c: service.projects.rename(c, project, title="Mine"),
            lambda c: service.projects.sound(c, project, 0),
            lambda c: service.projects.takes(c, project, 0),
            lambda c: service.projects.book(c, project),
            lambda c: service.projects.export(c, project, "project"),
        ):
            with pytest.raises(UnknownNameError, match="There is no project"):
                work(stranger)
    with pytest.raises(NotAuthorized, match="separate projects"):
        begun(service, tmp_path, caller=NOBODY)
    assert texts(service, project, ANN) == list(SENTENCES)


def test_shared_history_shares_projects(service: SpeechService, tmp_path: Path) -> None:
    project = begun(service, tmp_path, caller=ANN)
    assert [p.project_id for p in service.projects.all(NOBODY)] == [project]


@pytest.mark.parametrize("name", ["../x", "", "a/b", "x" * 100, "%00"])
def test_no_other_ids(service: SpeechService, name: str) -> None:
    with pytest.raises(UnknownNameError):
        service.projects.status(ME, name)


def test_limits(open_service: Open, tmp_path: Path) -> None:
    service = open_service(projects_per_owner=1, project_characters=100)
    with pytest.raises(TooLargeError, match=r"the limit is 100.*TTS_PROJECT_CHARACTERS"):
        begun(service, tmp_path, "All work and no play. " * 10)
    begun(service, tmp_path)
    with pytest.raises(TooLargeError, match=r"You have 1 projects.*TTS_PROJECTS_PER_OWNER"):
        begun(service, tmp_path)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"cast": "[]"}, "cast must be a JSON object"),
        ({"cast": "{"}, "cast is not valid JSON"),
        ({"cast": {"Ann": 5}}, "each speaker needs a voice"),
        ({"cast": {"Ann": {"speed": 9}}}, "cast: speed must be"),
        ({"cast": {" ": "ann"}}, "a speaker's name has 1 to 200"),
        ({"cast": {str(n): "ann" for n in range(201)}}, "the limit is 200"),
        ({"options": "{"}, "options is not valid JSON"),
        ({"speed": 0}, "speed must be"),
        ({"options": {"footnotes": 3}}, "footnotes"),
    ],
)
def test_what_is_asked_is_checked(asked: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        narration_of(**asked)


def test_unknown_names_are_refused_before_anything_is_kept(
    service: SpeechService, tmp_path: Path
) -> None:
    for asked in ({"voice": "nobody"}, {"engine": "none"}, {"cast": {"Ann": "nobody"}}):
        with pytest.raises(UnknownNameError):
            begun(service, tmp_path, **asked)
    assert service.projects.all(ME) == []
    assert not service.settings.projects_path.exists()


def test_database_of_an_earlier_version(
    open_service: Open, tmp_path: Path, database_url: str | None
) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path / "data", database_url=database_url)  # type: ignore[call-arg,arg-type]
    settings.data_path.mkdir()
    engine = create_engine(settings.history_url)
    with engine.begin() as connection:
        for step in MIGRATIONS[:4]:
            step(connection)
        connection.execute(text("INSERT INTO schema_version VALUES (4)"))
    engine.dispose()
    service = open_service(database_url=database_url)
    assert ended(service, begun(service, tmp_path)).state == "complete"


def exported(service: SpeechService, folder: Path, **options: object) -> tuple[str, Path]:
    project = begun(service, folder, **options)  # type: ignore[arg-type]
    ended(service, project)
    return project, service.projects.export(ME, project, "project")


def test_project_as_a_file(service: SpeechService, tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    project, path = exported(service, tmp_path, options={"journal": str(journal)})
    made = len(noted(journal))
    status = service.projects.import_package(ME, path)
    assert status.project_id != project
    assert (status.state, status.title) == ("complete", "book")
    for index in range(len(SENTENCES)):
        a, b = (
            decode(service.projects.sound(ME, name, index)).samples
            for name in (project, status.project_id)
        )
        assert (a == b).all()
    service.projects.edit(ME, status.project_id, 0, text="Changed.")
    service.projects.control(ME, status.project_id, "resume")
    assert ended(service, status.project_id).state == "complete"
    assert len(noted(journal)) == made + 1


def changed_package(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change `project.json` in a file."""
    with zipfile.ZipFile(path) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(content["project.json"])
    change(manifest)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, json.dumps(manifest) if name == "project.json" else data)


@pytest.mark.sample(6)
@pytest.mark.parametrize(
    "change",
    [
        lambda m: m.update(version=2),
        lambda m: m.update(segments=[]),
        lambda m: m.update(segments=[{"id": "x"}]),
        lambda m: m.update(segments=3),
        lambda m: m["segments"][0].update(chapter=5),
        lambda m: m["segments"][0].update(chapter=-1),
        lambda m: m["segments"][0].update(text="..."),
        lambda m: m["segments"][0].update(text="a" * 10_000),
        lambda m: m["segments"][0].update(pause=1e9),
        lambda m: m["segments"][0].update(kind="virus"),
        lambda m: m["narration"].update(speed=99),
        lambda m: m["narration"].update(extra=1),
        lambda m: m.update(chapters=["x"] * 10_001),
        lambda m: m["segments"].extend(m["segments"] * 100),
        lambda m: m["segments"][0].update(starts_at=1e12),
        lambda m: m["segments"][0].update(starts_at=float("nan")),
        lambda m: m["narration"].update(options={"x": "y" * 20_000}),
        lambda m: m["takes"][0].update(words=[{"text": "a", "start": float("nan"), "end": 1}]),
    ],
)
def test_hostile_manifests(
    open_service: Open, tmp_path: Path, change: Callable[[dict[str, Any]], object]
) -> None:
    service = open_service(project_characters=1_000)
    _, path = exported(service, tmp_path)
    changed_package(path, change)
    with pytest.raises(ValidationError, match=r"^file|text|segment"):
        service.projects.import_package(ME, path)
    assert len(list(service.settings.projects_path.iterdir())) == 1  # nothing of it is left


def test_hostile_archives(service: SpeechService, tmp_path: Path) -> None:
    _, path = exported(service, tmp_path)
    manifest = zipfile.ZipFile(path).read("project.json")
    take = next(n for n in zipfile.ZipFile(path).namelist() if n.startswith("takes/"))
    bomb = b"\0" * (60 << 20)

    def refused(entries: dict[str, bytes]) -> str:
        with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in entries.items():
                archive.writestr(name, data)
        with pytest.raises(ValidationError) as error:
            service.projects.import_package(ME, tmp_path / "x.zip")
        return str(error.value)

    assert "project.json is missing" in refused({"x": b""})
    deep = refused({"project.json": b"[" * 100_000})
    assert "(project.json: Invalid JSON: recursion limit exceeded" in deep
    assert "\n" not in deep
    assert "limit is 134,217,728" in refused({"project.json": b" " * (129 << 20)})
    assert "the sound " in refused({"project.json": manifest, take: b"no sound"})
    assert "limit is 52,428,800" in refused({"project.json": manifest, take: bomb})
    assert "limit is 52,428,800" in refused({"project.json": manifest, "source": bomb})
    padded = zipfile.ZipFile(path).read(take) + bytes(40 << 20)
    assert "file would be unpacked to" in refused(
        {"project.json": manifest, take: padded, "source": padded}
    )
    assert "values; the limit is" in refused({"project.json": b"[" + b"{}," * 5_000_000 + b"0]"})
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("a", "")
    end = (tmp_path / "x.zip").read_bytes()
    listed = end.index(b"PK\1\2"), end.index(b"PK\5\6")
    size = (100 << 20).to_bytes(4, "little")
    (tmp_path / "x.zip").write_bytes(end[: listed[1] + 12] + size + end[listed[1] + 16 :])
    with pytest.raises(TooLargeError, match="list of files of 104,857,600 bytes"):
        service.projects.import_package(ME, tmp_path / "x.zip")
    (tmp_path / "x.zip").write_bytes(b"no archive")
    with pytest.raises(ValidationError, match="is not a project"):
        service.projects.import_package(ME, tmp_path / "x.zip")
    assert len(list(service.settings.projects_path.iterdir())) == 1
    # Names in an archive are never paths here: others are not looked at.
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("project.json", manifest)
        archive.writestr("../../evil", b"x")
        archive.writestr("takes/../../evil.flac", b"x")
    status = service.projects.import_package(ME, tmp_path / "x.zip")
    assert (status.state, status.done_segments) == ("paused", 0)
    assert list(tmp_path.rglob("evil*")) == []


def test_names_of_files_that_are_no_text(service: SpeechService, tmp_path: Path) -> None:
    """What no JSON can hold would make the list of projects fail from then on."""
    (tmp_path / "x.txt").write_text("Hello there.")
    asked = narration_of(engine="journal")
    made = service.projects.narrate(ME, tmp_path / "x.txt", "a\ud800\0.txt", asked)
    assert made.document == service.projects.all(ME)[0].document == "a?.txt"
    json.dumps(made.as_dict(), ensure_ascii=False).encode()


def test_no_transaction_writes_a_whole_book(
    service: SpeechService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others wait for the lock of the database meanwhile: a request for its row in the history."""
    monkeypatch.setattr(database, "MOST_WRITTEN", 2)
    written: list[int] = []
    add = tables.add_segments

    def noted_add(connection: Connection, project_id: str, segments: Iterable[Any]) -> None:
        rows = list(segments)
        written.append(len(rows))
        add(connection, project_id, rows)

    monkeypatch.setattr(tables, "add_segments", noted_add)
    options = {"journal": str(tmp_path / "journal")}
    project, path = exported(service, tmp_path, options=options)
    imported = service.projects.import_package(ME, path).project_id
    assert texts(service, imported) == list(SENTENCES)
    assert service.projects.status(ME, imported).state == "complete"
    # What is made meanwhile would have the new voice already, and not be among what changed.
    service.projects.control(ME, project, "pause")
    change = service.projects.replace(ME, project, "is", "was")
    assert [s.position for s in change.after] == [0, 1, 2]
    assert texts(service, project)[0] == "Thwas was the first."
    narration = service.projects.project(ME, project).narration
    change = service.projects.recast(ME, project, narration.changed(speed=1.2))
    assert [s.position for s in change.after] == [0, 1, 2, 3]
    undone = service.projects.restore(ME, project, change)
    assert service.projects.project(ME, project).narration.speed == 1.0
    assert [s.position for s in undone.after] == [0, 1, 2, 3]
    service.projects.control(ME, project, "resume")
    assert ended(service, project).state == "complete"
    assert len(service.projects.make_again(ME, project, range(4)).after) == 4
    assert ended(service, project).state == "complete"
    assert max(written) == 2


def test_full_disk_while_a_file_is_written(
    service: SpeechService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = begun(service, tmp_path)
    ended(service, project)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as failing:
        failing.setattr(Path, "write_text", full)
        with pytest.raises(DiskFullError, match=r"disk is full\. Free some space"):
            service.projects.export(ME, project, "srt")
    with monkeypatch.context() as failing:
        failing.setattr(zipfile.ZipFile, "writestr", full)
        with pytest.raises(DiskFullError, match=r"disk is full\. Free some space"):
            service.projects.export(ME, project, "project")
    assert list(service.settings.outputs_path.iterdir()) == []
    assert service.projects.export(ME, project, "srt").is_file()
