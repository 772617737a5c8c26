"""Processes that load models and open documents know no key, password or token."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tts_core.documents import read
from tts_core.engines.registry import ENGINES, Registry
from tts_core.engines.runner import Runner
from tts_core.settings import Settings
from tts_core.settings.secrets import without_secrets

SECRETS = {
    "TTS_API_KEYS": "key-of-clients",
    "TTS_AUTH": "me:password",
    "TTS_DATABASE_URL": "postgresql://me:word@nowhere/base",
    "GROQ_API_KEY": "key-of-groq",
    "HF_TOKEN": "token-of-the-hub",
}


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    return Settings(_env_file=None, data_dir=tmp_path)  # type: ignore[call-arg]


@pytest.fixture
def runner(settings: Settings) -> Iterator[Runner]:
    made = Registry(ENGINES, settings).runner("espeak", settings)
    made.load()
    yield made
    made.unload()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems hide environments")
def test_no_secret_is_in_a_workers_environment(runner: Runner) -> None:
    environment = psutil.Process(runner.pid).environ()
    assert "PATH" in environment
    assert [name for name in SECRETS if name in environment] == []


def test_no_secret_is_in_a_workers_settings(settings: Settings) -> None:
    context = Registry(ENGINES, settings).context
    alone = context.for_worker(network=False).settings
    assert without_secrets(settings) == alone
    assert [word for word in SECRETS.values() if word in repr(_plain(alone))] == []
    assert alone.data_path == settings.data_path


def test_only_an_engine_of_the_cloud_knows_the_clouds_key(settings: Settings) -> None:
    online = Registry(ENGINES, settings).context.for_worker(network=True).settings
    known = repr(_plain(online))
    assert [w for w in SECRETS.values() if w in known] == ["key-of-groq"]


@pytest.mark.usefixtures("settings")
def test_no_secret_is_told_to_what_opens_documents(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told: list[dict[str, str]] = []
    run = subprocess.run

    def noting(*arguments: Any, **options: Any) -> Any:
        told.append(options["env"])
        return run(*arguments, **options)

    monkeypatch.setattr(subprocess, "run", noting)
    (tmp_path / "book.txt").write_text("Once upon a time.")
    assert read.read_document(tmp_path / "book.txt", "book.txt").chapters
    assert [name for name in SECRETS if name in told[0]] == []


def _plain(settings: Settings) -> dict[str, str]:
    """The settings with their secrets readable."""
    return {
        name: value.get_secret_value() if hasattr(value, "get_secret_value") else str(value)
        for name, value in settings
    }
