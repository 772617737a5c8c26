"""Downloads from a server that speaks the Hub's protocol, one at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.support.hub_server import HubServer
from tts_core.engines.weights.catalog import Weights
from tts_core.engines.weights.downloads import Downloads
from tts_core.settings import Settings

SOON = 20.0
"""Seconds within which things that take some hundredths have happened, however busy the machine."""


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
