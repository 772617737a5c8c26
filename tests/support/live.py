"""A real server on loopback."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from tests.support.scripted import SCRIPTED
from tts_core.engines.registry import ENGINES, Registry
from tts_core.settings import Settings
from tts_core.web.app import App, create_app

ALL_ENGINES = {**ENGINES, **SCRIPTED, "slow": "tests.support.slow_engine:SlowEngine"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running_app(
    data_dir: Path, engines: Mapping[str, str] = ALL_ENGINES, **settings: object
) -> Iterator[App]:
    """Aloud with the scripted engines and the slow one after the real ones, unless told which."""
    values = {"host": "127.0.0.1", "port": free_port(), "data_dir": data_dir, **settings}
    made = Settings(_env_file=None, **values)  # type: ignore[arg-type]
    # The last app made sets the folder of uploads for its process; who runs on has its own again.
    with patch.dict(os.environ), create_app(made, Registry(engines)) as app:
        app.start()
        yield app


def empty_library(app: App) -> None:
    """Delete the voices that tests have cloned."""
    for voice in app.service.voices.library.all():
        app.service.voices.library.delete(voice.id)
