"""Fixtures of the history: each test that uses them runs on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from tests.support.postgres import Server, postgres_server, programs
from tts_core.settings import Settings
from tts_core.stats.entries import HistoryEntry
from tts_core.stats.history import History
from tts_core.stats.live import LiveRequest, Status

Open = Callable[..., History]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    bin = programs()
    if bin is None:
        pytest.skip("no PostgreSQL here; apt-get install postgresql")
    with postgres_server(bin) as server:
        yield server


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL as a user sets it in TTS_DATABASE_URL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'history.sqlite3'}"
    server: Server = request.getfixturevalue("postgres")
    return server.new_database()


@pytest.fixture
def url(database_url: str) -> str:
    """Return the URL in SQLAlchemy's form."""
    return Settings(_env_file=None, database_url=database_url).history_url  # type: ignore[call-arg,arg-type]


@pytest.fixture
def open_history(url: str) -> Iterator[Open]:
    """Yield a function that opens histories on the test's database; they are closed after it."""
    opened: list[History] = []

    def open(**options: object) -> History:
        opened.append(History(str(options.pop("url", url)), **options))  # type: ignore[arg-type]
        return opened[-1]

    yield open
    for history in opened:
        history.close()


def live(name: str, **values: object) -> LiveRequest:
    """Return a request that has just come in."""
    return LiveRequest(**_values(name, values))  # type: ignore[arg-type]


def _values(name: str, values: dict[str, object]) -> dict[str, object]:
    usual: dict[str, object] = {
        "request_id": name,
        "door": "test",
        "text_length": 10,
        "text_preview": f"Text of {name}",
        "text": f"Text of {name}, all of it",
        "voice_source": "one",
        "parameters": {"speed": 1.0},
        "engine": "scripted",
        "language": "en",
    }
    return usual | values


def ended(name: str, status: Status = Status.COMPLETED, **values: object) -> HistoryEntry:
    """Return a request that has ended: two seconds of work, four of sound."""
    now = time.time()
    usual: dict[str, object] = {
        "start_time": now - 2,
        "end_time": now,
        "status": status,
        "generation_seconds": 2.0,
        "audio_seconds": 4.0,
        "time_to_first_audio_seconds": 0.5,
        "chunks": 3,
    }
    return HistoryEntry(**_values(name, usual | values))  # type: ignore[arg-type]


def query(url: str, sql: str) -> list[tuple[object, ...]]:
    """Run SQL on the database and return its rows."""
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            result = connection.exec_driver_sql(sql)
            return [tuple(row) for row in result] if result.returns_rows else []
    finally:
        engine.dispose()
