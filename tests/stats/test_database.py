"""The database: other versions, damage, a full disk, an outage. Synthesis goes on in all cases."""

from __future__ import annotations

import logging
import resource
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text

from tests.conftest import Amount, MakeService
from tests.stats.conftest import Open, ended, live, query
from tests.support.postgres import Server
from tests.support.waiting import wait_until
from tts_core.service import SpeechService
from tts_core.settings import Settings
from tts_core.stats import history as module
from tts_core.stats.history import History
from tts_core.stats.migrations import MIGRATIONS, VERSION
from tts_core.stats.schema import metadata
from tts_core.types import SpeechRequest


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RETRY_SECONDS", (0.1, 0.2))


def speak(service: SpeechService) -> str:
    with service.stream(SpeechRequest(text="Hello there.", engine="scripted")) as stream:
        return stream.read_to_end().info.request_id


def names(history: History) -> list[str]:
    return [r.request_id for r in history.recent(50)]


def test_the_tables_are_as_the_code_thinks(open_history: Open, url: str) -> None:
    open_history().recent(1)
    engine = create_engine(url)
    found = inspect(engine)
    assert set(found.get_table_names()) == set(metadata.tables)
    for name, table in metadata.tables.items():
        columns = {c["name"]: c["nullable"] for c in found.get_columns(name)}
        wanted = {c.name: c.nullable for c in table.columns}
        assert columns.keys() == wanted.keys()
        for column in wanted.keys() - {c.name for c in table.primary_key}:
            assert columns[column] == wanted[column], (name, column)
    engine.dispose()


def test_migration_from_version_1(open_history: Open, url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        MIGRATIONS[0](connection)
        connection.execute(text("INSERT INTO schema_version VALUES (1)"))
        for i, status in enumerate(("completed", "completed", "error", "running")):
            end = "NULL" if status == "running" else f"{1000.0 + i}"
            kind = "worker_died" if status == "error" else ""
            connection.execute(
                text(
                    f"INSERT INTO requests VALUES ('r{i}', 'p', 'test', '{status}', 'espeak', 'en',"
                    f" 'one', 10, 'Old', '', '{{}}', NULL, 1, 998.0, {end}, 0.5, 1.0, 4.0,"
                    f" '{kind}', '')"
                )
            )
    engine.dispose()
    history = open_history(days=0)
    assert names(history) == ["r2", "r1", "r0", "r3"]
    tally = history.sums()["all"]["espeak"]
    assert (tally.requests, tally.completed, tally.interrupted) == (4, 2, 1)
    assert tally.errors == {"worker_died": 1}
    assert tally.audio_seconds == 8.0
    assert query(url, "SELECT version FROM schema_version") == [(VERSION,)]


def test_a_migration_that_fails_leaves_nothing_behind(
    open_history: Open, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(connection: object) -> None:
        MIGRATIONS[1](connection)  # type: ignore[arg-type]
        raise RuntimeError("no further")

    monkeypatch.setattr("tts_core.stats.migrations.MIGRATIONS", (MIGRATIONS[0], broken))
    history = open_history()
    assert history.recent(1) == []
    assert history.error is not None
    engine = create_engine(url)
    assert inspect(engine).get_table_names() == []
    engine.dispose()
    monkeypatch.undo()
    history.end(ended("a")).wait()
    wait_until(lambda: history.error is None, 40)
    assert names(history) == ["a"]


def test_a_newer_database_is_left_alone(open_history: Open, url: str) -> None:
    first = open_history()
    first.end(ended("old")).wait()
    first.close()
    query(url, f"UPDATE schema_version SET version = {VERSION + 1}")
    history = open_history()
    history.end(ended("new")).wait()
    assert names(history) == ["new"]
    assert history.error is not None
    assert "written by a newer Aloud" in history.error
    assert "Update Aloud" in history.error
    assert query(url, "SELECT request_id FROM requests") == [("old",)]
    history.close()


def test_many_begin_it_at_once(open_history: Open, url: str) -> None:
    histories = [open_history() for _ in range(6)]
    for i, history in enumerate(histories):
        history.end(ended(f"r{i}"))
    wait_until(lambda: len(names(histories[0])) == 6)
    assert [h.error for h in histories] == [None] * 6
    assert query(url, "SELECT version FROM schema_version") == [(VERSION,)]


@pytest.mark.parametrize("kind", ["no database", "torn", "torn while open"])
def test_a_damaged_file_is_set_aside(
    tmp_path: Path, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "history.sqlite3"
    url = f"sqlite:///{path}"
    history = History(url)
    for i in range(200):
        history.end(ended(f"r{i}", text_preview="x" * 90))
    history.recent(1)
    if kind != "torn while open":
        history.close()
    if kind == "no database":
        path.write_bytes(b"This is no database at all. " * 100)
    else:
        with sqlite3.connect(path) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        with path.open("r+b") as file:
            file.seek(4096)
            file.write(b"\xaa" * (path.stat().st_size - 4096))
    if kind != "torn while open":
        history = History(url)
    for i in range(3):  # the last is written by then, whenever the damage is noticed
        history.end(ended(f"new{i}")).wait()
        wait_until(lambda: history.error is None)
    assert set(names(history)) == {"new0", "new1", "new2"}
    history.close()
    (aside,) = [p for p in tmp_path.glob("*.damaged-*") if not p.name.endswith(("-wal", "-shm"))]
    assert aside.stat().st_size > 2000
    assert "is damaged; renamed to" in caplog.text


def test_a_deleted_file_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    history = History(f"sqlite:///{path}")
    history.end(ended("a")).wait()
    path.unlink()
    history.end(ended("b")).wait()
    assert path.exists()
    assert names(history) == ["b"]
    history.close()


@contextmanager
def no_room(most_bytes: int) -> Iterator[None]:
    """Limit the size of files of this process."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_disk_full(make_service: MakeService, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "tts_core.stats")
    service = make_service(mark="off")  # its warning would be one more
    spoken = [speak(service)]
    with no_room(4096):
        began = time.monotonic()
        spoken += [speak(service) for _ in range(5)]
        assert time.monotonic() - began < 2
        status = service.report.status(include_history=True, include_stats=True, history_limit=10)
        assert "History database unavailable" in status["history_error"]
        assert status["statistics"]["completed_requests"] == 6
        assert [r["request_id"] for r in status["request_history"]] == spoken[::-1]
        assert [r.levelname for r in caplog.records].count("WARNING") == 1
    wait_until(lambda: service.report.status()["history_error"] is None)
    spoken.append(speak(service))
    url = service.settings.history_url
    assert {r for (r,) in query(url, "SELECT request_id FROM requests")} == set(spoken)
    assert service.report.statistics()["completed_requests"] == 7
    assert "available again" in caplog.text


def test_a_folder_that_cannot_be_written(make_service: MakeService, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    service = make_service(database_url=f"sqlite:///{tmp_path}/file/history.sqlite3")
    speak(service)
    assert "file" in service.report.status()["history_error"]
    assert service.report.statistics()["completed_requests"] == 1
    assert service.report.history(5)["total_records"] == 1


def test_locked_by_another_program(make_service: MakeService) -> None:
    service = make_service()
    first = speak(service)
    lock = sqlite3.connect(service.settings.data_path / "history.sqlite3", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    began = time.monotonic()
    others = [speak(service) for _ in range(3)]
    assert time.monotonic() - began < 4  # one of them waited for it
    assert "locked" in service.report.status()["history_error"]
    assert service.report.history(5)["request_history"][-1]["request_id"] == first
    lock.execute("ROLLBACK")
    lock.close()
    wait_until(lambda: service.report.status()["history_error"] is None)
    assert {r["request_id"] for r in service.report.history(5)["request_history"]} == {
        first,
        *others,
    }


@pytest.mark.postgres
def test_a_server_that_goes_and_comes(
    postgres: Server, make_service: MakeService, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    service = make_service(database_url=postgres.new_database())
    spoken = [speak(service)]
    postgres.stop()
    try:
        began = time.monotonic()
        spoken += [speak(service) for _ in range(3)]
        assert time.monotonic() - began < 3
        assert service.report.status()["history_error"] is not None
        assert "s3cret" not in service.report.status()["history_error"] + caplog.text
        assert service.report.history(1)["request_history"][0]["request_id"] == spoken[-1]
    finally:
        postgres.start()
    wait_until(lambda: service.report.status()["history_error"] is None)
    assert {r["request_id"] for r in service.report.history(9)["request_history"]} == set(spoken)
    assert service.report.statistics()["completed_requests"] == 4


@pytest.mark.parametrize(
    "given",
    ["postgresql://aloud:s3cret@127.0.0.1:1/aloud", "postgres:/s3cret", "mysql://a:s3cret@b/c"],
)
def test_a_password_is_never_told(given: str, caplog: pytest.LogCaptureFixture) -> None:
    settings = Settings(_env_file=None, database_url=given)  # type: ignore[call-arg,arg-type]
    assert "s3cret" not in repr(settings)
    history = History(settings.history_url)
    history.end(ended("a")).wait()
    history.close()
    assert history.error is not None
    assert "s3cret" not in history.error + caplog.text


def test_ends_are_on_disk_within_milliseconds(open_history: Open) -> None:
    history = open_history()
    history.end(ended("first")).wait()
    times = []
    for i in range(50):
        began = time.perf_counter()
        history.end(ended(f"r{i}")).wait()
        times.append(time.perf_counter() - began)
    assert sorted(times)[25] < 0.02  # alone on the machine 0.002


def test_beginnings_do_not_wait(open_history: Open) -> None:
    history = open_history()
    history.recent(1)
    began = time.perf_counter()
    for i in range(1000):
        history.begin(live(f"r{i}"))
    assert time.perf_counter() - began < 0.5
    history.close()
    assert [t for t in threading.enumerate() if t is history._thread] == []


@pytest.mark.sample(1)
def test_killed_at_random_moments(database_url: str, amount: Amount) -> None:
    """Run in a process without threads, which can fork."""
    url = "" if database_url.startswith("sqlite") else database_url
    code = f"from tests.support.history_kills import run; print(run({amount(2, 20)}, {url!r}))"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    assert " 0 answers" not in done.stdout
