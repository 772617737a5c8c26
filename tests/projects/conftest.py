"""A service with projects, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.journal import JOURNAL
from tests.support.postgres import Server, postgres_server, programs
from tests.support.scripted import SCRIPTED
from tts_core.engines.registry import ENGINES, Registry
from tts_core.service import SpeechService
from tts_core.settings import Settings

Open = Callable[..., SpeechService]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    bin = programs()
    if bin is None:
        pytest.skip("no PostgreSQL here; apt-get install postgresql")
    with postgres_server(bin) as server:
        yield server


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str | None:
    if request.param == "sqlite":
        return None
    server: Server = request.getfixturevalue("postgres")
    return server.new_database()


@pytest.fixture
def open_service(tmp_path: Path) -> Iterator[Open]:
    """Yield a function that opens services on the test's data folder; they are closed after it."""
    opened: list[SpeechService] = []

    def open(**settings: object) -> SpeechService:
        values = {"data_dir": tmp_path / "data", "runner": "inline", **settings}
        made = Settings(_env_file=None, **values)  # type: ignore[arg-type]
        opened.append(SpeechService(made, Registry({**ENGINES, **SCRIPTED, **JOURNAL})))
        return opened[-1]

    yield open
    for service in opened:
        service.close()


@pytest.fixture
def service(open_service: Open) -> SpeechService:
    return open_service()
