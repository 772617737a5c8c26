"""A real server on loopback."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.support.scripted import SCRIPTED
from tts_core.engines.registry import ENGINES, Registry
from tts_core.settings import Settings
from tts_core.web.app import App, create_app

ALL_ENGINES = {**ENGINES, **SCRIPTED}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running_app(
    data_dir: Path, engines: Mapping[str, str] = ALL_ENGINES, **settings: object
) -> Iterator[App]:
    """Aloud with the scripted engines after the real ones, unless told which."""
    values = {"host": "127.0.0.1", "port": free_port(), "data_dir": data_dir, **settings}
    registry = Registry(engines)
    with create_app(Settings(_env_file=None, **values), registry) as app:  # type: ignore[arg-type]
        app.start()
        yield app
