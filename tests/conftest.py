"""Shared fixtures, and the rule about skips: with CI=true a skipped test is a failure."""

from __future__ import annotations

import gc
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from tests.support.scripted import SCRIPTED
from tts_core.engines.registry import ENGINES, Registry
from tts_core.service import SpeechService
from tts_core.settings import Settings

# Torch and what uses it are a million objects, which stay: to look for garbage among them as often
# as by default is a sixth of the time that their import takes.
gc.set_threshold(50_000, 20, 20)

# CI judges a change, and so must not fail on an example that no one has seen before.
hypothesis.settings.register_profile("ci", derandomize=True)
if os.environ.get("CI") == "true":
    hypothesis.settings.load_profile("ci")

# Where several tests run at a time, each has a core, and so have the engines it starts.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")

# No test may reach a cloud: an empty variable wins over the developer's own and over a .env file.
os.environ["GROQ_API_KEY"] = ""
# Nor be answered with what was made for another: those of the cache switch it on.
os.environ["TTS_CACHE_MB"] = "0"

# What numba compiles is kept between runs and shared by the workers of all tests.
os.environ.setdefault("NUMBA_CACHE_DIR", str(Path(__file__).parents[1] / ".pytest_cache" / "numba"))

MakeService = Callable[..., SpeechService]


class _ByFile(LoadFileScheduling):
    """One worker has all tests of a file, and all files that import the neural engines, which takes
    half a minute. xdist's own groups do nothing with this pytest."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        return "neural" if re.search("neural|xtts|pocket|chatterbox", file) else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling:
    return _ByFile(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long files first, so that all workers have something to do until the end."""
    items.sort(key=lambda item: item.get_closest_marker("live") is None)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if report.skipped and os.environ.get("CI") == "true" and not item.get_closest_marker("gpu"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which CI=true forbids: {report.longrepr}"


@pytest.fixture
def make_service(tmp_path: Path) -> Iterator[MakeService]:
    """Services with the scripted engines after the real ones; closed after the test."""
    services: list[SpeechService] = []

    def make(**settings: object) -> SpeechService:
        values = {"data_dir": tmp_path, "runner": "inline", **settings}
        registry = Registry({**ENGINES, **SCRIPTED})
        services.append(SpeechService(Settings(_env_file=None, **values), registry))  # type: ignore[arg-type]
        return services[-1]

    yield make
    for service in services:
        service.close()


@pytest.fixture
def service(make_service: MakeService) -> SpeechService:
    return make_service()
