"""Shared fixtures, and the rule about skips: with CI=true a skipped test is a failure."""

from __future__ import annotations

import gc
import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import hypothesis
import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from tests.support.scripted import SCRIPTED
from tts_core.engines.registry import ENGINES, Registry
from tts_core.marks import certificate
from tts_core.service import SpeechService
from tts_core.settings import Settings

# Torch and what uses it are a million objects, which stay: to look for garbage among them as often
# as by default is a sixth of the time that their import takes.
gc.set_threshold(50_000, 20, 20)

# Where several tests run at a time, each has a core, and so have the engines it starts.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")

# No test may reach a cloud: an empty variable wins over the developer's own and over a .env file.
os.environ["GROQ_API_KEY"] = ""
# Most tests are of what all engines share, with the one that speaks every language in milliseconds.
os.environ["TTS_ENGINE_ORDER"] = "*,hibari,kokoro"
# Nor be answered with what was made for another: those of the cache switch it on.
os.environ["TTS_CACHE_MB"] = "0"
# Nor use or change a developer's own data, such as the measures of the speech check.
_DATA = TemporaryDirectory(prefix="aloud-tests-", ignore_cleanup_errors=True)
os.environ["TTS_DATA_DIR"] = _DATA.name

MakeService = Callable[..., SpeechService]
Amount = Callable[[int, int], int]
EXAMPLES = 40, 600
"""Of hypothesis: as a rule, and with --thorough."""
HEAVY = re.compile(
    r"tests/engines/test_(xtts|pocket|chatterbox)|tests/voices/test_neural_clones"
    r"|tests/synthesis/test_directed"
)
"""Files that import the neural engines' libraries into the process of the tests."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--thorough",
        action="store_true",
        help="the long tests and all parameters too; more examples and kills",
    )
    usual, thorough = EXAMPLES
    parser.addoption(
        "--examples",
        type=int,
        help=f"examples of each test that names no number; {usual}, or {thorough} with --thorough",
    )


def pytest_configure(config: pytest.Config) -> None:
    hypothesis.settings.register_profile(
        "aloud",
        max_examples=config.getoption("examples") or EXAMPLES[config.getoption("thorough")],
        deadline=None,
        # CI judges a change, and so must not fail on an example that no one has seen before.
        derandomize=os.environ.get("CI") == "true",
    )
    hypothesis.settings.load_profile("aloud")


@pytest.fixture(scope="session")
def amount(pytestconfig: pytest.Config) -> Amount:
    """Choose between how many as a rule, and how many with --thorough."""

    def choose(usual: int, thorough: int) -> int:
        return (usual, thorough)[pytestconfig.getoption("thorough")]

    return choose


class _ByFile(LoadFileScheduling):
    """One worker has all tests of a file, and all of the heavy files, whose libraries take long to
    import. xdist's own groups do nothing with this pytest."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        return "heavy" if HEAVY.match(file) else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling:
    return _ByFile(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The long files first, so that all workers have something to do until the end.

    Those with a browser come one after another, because they share it.
    """
    if not config.getoption("thorough") and (left_out := _for_thorough(items)):
        config.hook.pytest_deselected(items=list(left_out))
        items[:] = [item for item in items if item not in left_out]
    live = {item.path for item in items if item.get_closest_marker("live")}
    browser = {item.path for item in items if item.get_closest_marker("browser")}
    items.sort(
        key=lambda item: (
            HEAVY.match(item.nodeid) is None,
            item.path not in browser,
            item.path not in live,
        )
    )


def _for_thorough(items: list[pytest.Item]) -> set[pytest.Item]:
    """Return what runs with --thorough only: what is marked so, and what no sample has.

    Of a test marked with sample(n), n of its parameters are in the sample, evenly spaced.
    """
    left_out, by_test = set(), defaultdict[str, list[pytest.Item]](list)
    for item in items:
        if item.get_closest_marker("thorough"):
            left_out.add(item)
        elif item.get_closest_marker("sample"):
            by_test[item.nodeid.split("[", 1)[0]].append(item)
    for cases in by_test.values():
        mark = cases[0].get_closest_marker("sample")
        assert mark is not None
        count = mark.args[0]
        usual = {round(i * (len(cases) - 1) / max(count - 1, 1)) for i in range(count)}
        left_out.update(case for place, case in enumerate(cases) if place not in usual)
    return left_out


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if item.get_closest_marker("gpu") or hasattr(report, "wasxfail"):  # a known gap is no skip
        return
    if report.skipped and os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"skipped, which CI=true forbids: {report.longrepr}"


@pytest.fixture(scope="session", autouse=True)
def one_certificate() -> Iterator[None]:
    """All data folders that begin without a certificate get the same one.

    The filters of the watermark depend on it, and are remembered; to compute them takes longer than
    to speak a sentence.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(certificate, "make_certificate", cache(certificate.make_certificate))
        yield


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
