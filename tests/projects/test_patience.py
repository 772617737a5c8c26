"""Projects wait for a database that is away, without filling the log, and go on when it is back."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from tests.projects.conftest import Open
from tests.support.projects import ME, begun, ended
from tests.support.waiting import wait_until
from tts_core.errors import StorageError
from tts_core.projects.database import ProjectDatabase
from tts_core.projects.work import patience
from tts_core.projects.work.patience import Patience


def test_pauses_grow_and_the_log_has_one_line(caplog: pytest.LogCaptureFixture) -> None:
    waiting = Patience(logging.getLogger("here"), "books wait for")
    caplog.set_level(logging.INFO)
    pauses = [waiting.after(StorageError("it is away")) for _ in range(2_000)]
    assert pauses[:6] == [2.0, 4.0, 8.0, 16.0, 30.0, 30.0]
    assert pauses[-1] == 30.0
    assert caplog.messages == ["books wait for the database: it is away"]
    waiting.reset()
    waiting.reset()
    assert caplog.messages[1:] == ["The database is available again."]
    assert waiting.after(StorageError("it is away")) == 2.0
    assert len(caplog.messages) == 3


def test_a_database_that_is_away_is_told_once_by_each_thread(
    open_service: Open,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(patience, "FIRST_SECONDS", 0.02)
    monkeypatch.setattr(patience, "LONGEST_SECONDS", 0.05)
    service = open_service()
    project = begun(service, tmp_path)
    ended(service, project)
    asked: list[object] = []

    def away(*work: object) -> None:
        asked.append(work)
        raise StorageError("it is away")

    with monkeypatch.context() as broken:
        broken.setattr(ProjectDatabase, "read", away)
        broken.setattr(ProjectDatabase, "write", away)
        service.projects._worker.wake()
        service.projects._planner.wake()
        wait_until(lambda: len(asked) > 20)
    told = [r for r in caplog.records if "wait for the database" in r.getMessage()]
    assert sorted(record.name.rpartition(".")[2] for record in told) == ["planner", "worker"]
    service.projects.edit(ME, project, 0, text="Another sentence.")
    assert ended(service, project).state == "complete"
