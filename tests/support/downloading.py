"""Downloads from a server that speaks the Hub's protocol, one at a time."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from tests.support.hub_server import HubServer
from tts_core.engines.weights.catalog import Weights
from tts_core.engines.weights.downloads import Downloads
from tts_core.settings import Settings

SOON = 20.0
"""Seconds within which things that take some hundredths have happened, however busy the machine."""


def roomy_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have this process see a terabyte of free disk: before a download there must be room for what
    the catalog says, gigabytes, though a test downloads some kilobytes."""
    monkeypatch.setattr(psutil, "disk_usage", lambda _: SimpleNamespace(free=10**12))


def settings_for(server: HubServer, folder: Path, **fields: Any) -> Settings:
    """Return the settings of a data folder whose weights come from the server."""
    return Settings(
        _env_file=None, data_dir=folder, HF_ENDPOINT=server.url, HF_TOKEN="", HF_HUB_CACHE="",
        **fields,
    )  # fmt: skip


def download(settings: Settings, *rows: Weights) -> dict[str, Any]:
    """Download rows one after the other; return the progress of the last."""
    one = Downloads(settings, lambda: rows)
    progress: dict[str, Any] = {}
    for row in rows:
        one.start(row.name)
        progress = one.wait(row.name, SOON)
    one.close()
    return progress
