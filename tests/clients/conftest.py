"""A server for the clients, and a table of what they did."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.live import free_port, running_app
from tts_core.web.app import App

ROWS = pytest.StashKey[list[dict[str, str]]]()


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with running_app(tmp_path_factory.mktemp("data"), wyoming_port=free_port()) as app:
        yield app


@pytest.fixture
def rows(pytestconfig: pytest.Config) -> list[dict[str, str]]:
    """The table's rows; a test adds one for each client."""
    return pytestconfig.stash.setdefault(ROWS, [])


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    for row in config.stash.get(ROWS, []):
        terminalreporter.write_line("  ".join(f"{value:24}" for value in row.values()))
