"""Weights through the real huggingface_hub, from a server that speaks the Hub's protocol.

Where the server is, is told in one place: `settings` (HF_ENDPOINT, which `Downloads` hands to the
library at each call; the library's own reading of the variable, at import, plays no part).
"""

from __future__ import annotations

import json
import logging
import os
import stat
import threading
import time
from collections import namedtuple
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest
from huggingface_hub import constants, hf_hub_download, try_to_load_from_cache

from tests.support.hub_server import (
    GATED,
    KEY,
    LARGE,
    SIGNATURE,
    Cut,
    Fault,
    HubServer,
    Silence,
    Stall,
    Status,
    Trickle,
    Whole,
    Wrong,
    etag,
    hub_server,
)
from tts_core.engines.weights import downloads, hub, hub_errors
from tts_core.engines.weights import licenses as agreements
from tts_core.engines.weights.catalog import HubFile, Weights, locate, missing_files
from tts_core.engines.weights.downloads import Downloads
from tts_core.engines.xtts.weights import REVISION
from tts_core.errors import DownloadError, EngineUnavailable, UnknownNameError
from tts_core.settings import Settings

REPO = "somebody/voices"
BIG = "model/weights.safetensors"
FILES = {
    BIG: bytes(range(256)) * 800,  # 204,800 bytes
    "config.json": b'{"model": "tiny"}',
    "voices/alba.safetensors": b"\x01" * LARGE,
}
WEIGHTS = Weights(
    name="tiny",
    engine="scripted",
    label="Tiny",
    files=(
        *(HubFile(REPO, REVISION, path) for path in FILES),
        HubFile(REPO, REVISION, "voices/extra.safetensors", optional=True),
    ),
    size=sum(map(len, FILES.values())),
    license="MIT",
)
SOON = 20.0
"""Seconds within which things that take some hundredths have happened, however busy the machine."""
PROMPT = 1.0
"""The same for what is promised within 0.3 s."""

MakeDownloads = Callable[..., Downloads]


@pytest.fixture
def server() -> Iterator[HubServer]:
    with hub_server() as server:
        server.revision = REVISION
        server.files[REPO] = dict(FILES)
        yield server


@pytest.fixture
def rows() -> list[Weights]:
    """What can be downloaded."""
    return [WEIGHTS]


@pytest.fixture
def table(rows: list[Weights]) -> Callable[..., Weights]:
    """Replaces the row by one made of WEIGHTS and what is given."""

    def put(**fields: Any) -> Weights:
        rows[:] = [replace(WEIGHTS, **fields)]
        return rows[0]

    return put


@pytest.fixture
def settings(server: HubServer, tmp_path: Path) -> Settings:
    return Settings(_env_file=None, data_dir=tmp_path, HF_ENDPOINT=server.url, HF_TOKEN="")


@pytest.fixture
def make(
    settings: Settings, rows: list[Weights], monkeypatch: pytest.MonkeyPatch
) -> Iterator[MakeDownloads]:
    monkeypatch.setattr(hub, "FIRST_WAIT", 0.01)
    for name in ("HF_TOKEN", "HF_TOKEN_PATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", "/nowhere")
    made: list[Downloads] = []

    def make(changed: Callable[[], None] = lambda: None, **values: Any) -> Downloads:
        made.append(Downloads(settings.model_copy(update=values), lambda: rows, changed))
        return made[-1]

    yield make
    for one in made:
        one.close()


def fetch(one: Downloads, name: str = "tiny", **options: Any) -> dict[str, Any]:
    one.start(name, **options)
    progress = one.wait(name, SOON)
    assert progress["state"] in ("done", "failed", "cancelled"), progress
    return progress


def wait_for(condition: Callable[[], bool], seconds: float = SOON) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.005)


def partials(settings: Settings) -> list[Path]:
    return list(settings.models_path.rglob("*.incomplete"))


def assert_whole(settings: Settings, weights: Weights = WEIGHTS) -> None:
    """As the Hub's own library sees it."""
    for file in weights.files:
        if file.path in FILES:
            args = {"cache_dir": settings.models_path, "revision": file.revision}
            found = try_to_load_from_cache(file.repo, file.path, **args)
            assert isinstance(found, str)
            assert found == str(locate(file, settings.models_path))
            assert Path(found).read_bytes() == FILES[file.path]
            assert Path(found).resolve().name == etag(FILES[file.path])
            assert hf_hub_download(file.repo, file.path, local_files_only=True, **args) == found
    assert partials(settings) == []


def test_everything_arrives(make: MakeDownloads, server: HubServer, settings: Settings) -> None:
    told: list[bool] = []
    one = make(lambda: told.append(not missing_files(WEIGHTS, settings.models_path)))
    begun = one.start("tiny")
    assert begun["bytes_total"] == WEIGHTS.size
    progress = fetch(one)
    assert progress == {
        "name": "tiny",
        "engine": "scripted",
        "label": "Tiny",
        "state": "done",
        "bytes_done": WEIGHTS.size,
        "bytes_total": WEIGHTS.size,
        "bytes_per_second": 0,
        "seconds_left": None,
        "error": None,
    }
    assert_whole(settings)
    assert told == [True]
    assert one.progress() == [progress]
    assert "extra.safetensors" in {Path(r.file).name for r in server.requests}


def test_files_are_readable_by_whom_the_folder_is(make: MakeDownloads, settings: Settings) -> None:
    umask = os.umask(0o027)
    try:
        fetch(make())
    finally:
        os.umask(umask)
    path = locate(WEIGHTS.files[0], settings.models_path)
    assert path is not None
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_offline_with_a_full_cache(make: MakeDownloads, server: HubServer) -> None:
    before = make().weights("scripted")[0]
    assert (before["ready"], before["download"]) == (False, None)
    assert make().missing_bytes("scripted") == WEIGHTS.size
    fetch(make())
    seen = len(server.requests)
    one = make()
    progress = fetch(one)
    assert progress["state"] == "done"
    assert one.weights("scripted") == [before | {"ready": True, "download": progress}]
    assert one.missing_bytes("scripted") == 0
    assert len(server.requests) == seen


def test_optional_files(make: MakeDownloads, server: HubServer, settings: Settings) -> None:
    server.files[REPO]["voices/extra.safetensors"] = b"more"
    server.heads["voices/extra.safetensors"] = [Status(403)]  # there, and not for us
    assert fetch(make())["state"] == "failed"
    server.faults["config.json"] = [Status(403)]
    assert fetch(make())["state"] == "failed"
    # They come first: weights of which nothing necessary is missing are complete.
    extra = locate(WEIGHTS.files[-1], settings.models_path)
    assert extra is not None
    assert missing_files(WEIGHTS, settings.models_path)
    assert fetch(make())["state"] == "done"


# Breaks


def test_a_cut_connection(make: MakeDownloads, server: HubServer, settings: Settings) -> None:
    server.faults[BIG] = [Cut(100_000), Cut(50_000)]
    assert fetch(make())["state"] == "done"
    assert_whole(settings)
    assert [r.range for r in server.fetched(BIG)] == [None, "bytes=100000-", "bytes=150000-"]


def test_cut_again_and_again(make: MakeDownloads, server: HubServer, settings: Settings) -> None:
    """As long as something comes, it is worth going on."""
    server.faults[BIG] = [Cut(10_000)] * (hub.TRIES * 2)
    assert fetch(make())["state"] == "done"
    assert_whole(settings)


def test_nothing_ever_comes(make: MakeDownloads, server: HubServer) -> None:
    server.faults[BIG] = [Cut(0)] * 99
    progress = fetch(make())
    assert progress["state"] == "failed"
    assert "Check the network" in progress["error"]
    assert len(server.fetched(BIG)) == hub.TRIES


def test_a_server_that_knows_no_ranges(
    make: MakeDownloads, rows: list[Weights], server: HubServer, settings: Settings
) -> None:
    server.ranges = False
    server.faults[BIG] = [Cut(100_000)]
    assert fetch(make())["state"] == "done"
    assert_whole(settings)
    assert [r.range for r in server.fetched(BIG)] == [None, "bytes=100000-"]
    # It must not go on for ever, though bytes come each time.
    server.files[REPO]["voices/extra.safetensors"] = FILES[BIG]
    weights = replace(WEIGHTS, files=(replace(WEIGHTS.files[-1], optional=False),))
    server.faults["voices/extra.safetensors"] = [Cut(100_000)] * 99
    rows[:] = [weights]
    for path in settings.models_path.rglob("*"):
        if path.name == etag(FILES[BIG]):
            path.unlink()
    assert fetch(make())["state"] == "failed"
    assert len(server.fetched("voices/extra.safetensors")) == hub.TRIES


def test_a_stall_ends_in_another_try(
    make: MakeDownloads, server: HubServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(constants, "HF_HUB_DOWNLOAD_TIMEOUT", 0.2)
    server.faults[BIG] = [Stall(100_000)]
    assert fetch(make())["state"] == "done"
    assert_whole(settings)
    assert server.fetched(BIG)[1].range == "bytes=100000-"


@pytest.mark.sample(5)
@pytest.mark.parametrize("where", ["heads", "faults"])
@pytest.mark.parametrize("code", [408, 429, 500, 502, 503, 504])
def test_faults_that_pass(
    make: MakeDownloads, server: HubServer, settings: Settings, code: int, where: str
) -> None:
    getattr(server, where)[BIG] = [Status(code), Status(code)]
    assert fetch(make())["state"] == "done"
    assert_whole(settings)


def test_retry_after_is_obeyed(make: MakeDownloads, server: HubServer) -> None:
    server.faults[BIG] = [Status(429, {"Retry-After": "1"})]
    began = time.monotonic()
    one = make()
    one.start("tiny")
    wait_for(lambda: bool(server.fetched(BIG)) and one.progress()[0]["state"] == "waiting")
    assert one.wait("tiny", SOON)["state"] == "done"
    assert time.monotonic() - began >= 1


def test_told_to_wait_for_an_hour(make: MakeDownloads, server: HubServer) -> None:
    server.heads[BIG] = [Status(429, {"Retry-After": "3600"})] * 9
    progress = fetch(make())
    assert progress["state"] == "failed"
    assert "in 3600 seconds" in progress["error"]
    assert len([r for r in server.requests if r.file == BIG]) == 1


@pytest.mark.sample(6)
@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (GATED, ["is gated", f"https://huggingface.co/{REPO}", "`hf auth login`", "HF_TOKEN"]),
        (Status(403), ["accept the terms on", "`hf auth login`"]),
        (Status(401), ["`hf auth login`", "HF_TOKEN", f"https://huggingface.co/{REPO}"]),
        (Status(404, {"X-Error-Code": "EntryNotFound"}), ["no longer", BIG, "update Aloud"]),
        (Status(404), ["no longer", "update Aloud"]),
        (Status(404, {"X-Error-Code": "RevisionNotFound"}), ["revision", "update Aloud"]),
        (Status(410), ["410"]),
    ],
)
@pytest.mark.parametrize("where", ["heads", "faults"])
def test_faults_that_last(
    make: MakeDownloads, server: HubServer, fault: Fault, said: list[str], where: str
) -> None:
    getattr(server, where)[BIG] = [fault] * 99
    progress = fetch(make())
    assert progress["state"] == "failed"
    assert not [words for words in said if words not in progress["error"]], progress["error"]
    asked = [r.method for r in server.requests if r.file == BIG and "/resolve/" in r.path]
    assert asked == ["HEAD"] + ["GET"] * (where == "faults")  # tried once
    assert fetch(make())["state"] == "failed"  # and the next is a new try


def test_at_fault_for_long(make: MakeDownloads, server: HubServer) -> None:
    server.heads[BIG] = [Status(503)] * hub.TRIES
    progress = fetch(make())
    assert "503" in progress["error"]
    assert "later" in progress["error"]
    assert fetch(make())["state"] == "done"


def test_nobody_there(make: MakeDownloads) -> None:
    progress = fetch(make(hub_endpoint="http://127.0.0.1:9"))
    assert progress["state"] == "failed"
    assert "HF_ENDPOINT" in progress["error"]


def test_offline_by_wish(make: MakeDownloads, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert "unset it" in fetch(make())["error"]


def test_gated_with_a_key(make: MakeDownloads, server: HubServer, settings: Settings) -> None:
    server.gated.add(REPO)
    assert "is gated" in fetch(make())["error"]
    key = Settings(_env_file=None, HF_TOKEN=KEY).hub_token
    assert fetch(make(hub_token=key))["state"] == "done"
    assert_whole(settings)
    # The storage is another's: it would have refused a request with the key in it.
    stored = [r for r in server.requests if "/storage/" in r.path]
    assert stored
    assert {r.authorization for r in stored} == {None}


def test_keys_and_signed_addresses_stay_out_of_the_log(
    make: MakeDownloads, server: HubServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "tts_core")
    key = Settings(_env_file=None, HF_TOKEN=KEY).hub_token
    said = ""
    for fault in (Status(401), Status(500), GATED, Cut(0), Wrong()):
        server.faults[BIG] = [fault] * hub.TRIES
        said += str(fetch(make(hub_token=key)))
        server.faults[BIG] = []
    said += caplog.text
    assert "weights tiny: " in said
    assert KEY not in said
    assert SIGNATURE not in said
    assert server.storage not in said


# Checksums


@pytest.mark.parametrize("name", FILES)
def test_wrong_content_once(
    make: MakeDownloads, server: HubServer, settings: Settings, name: str
) -> None:
    server.faults[name] = [Wrong()]
    progress = fetch(make())
    assert progress["state"] == "done"
    assert progress["bytes_done"] == WEIGHTS.size
    assert_whole(settings)
    assert [r.range for r in server.fetched(name)] == [None, None]


@pytest.mark.parametrize("name", FILES)
def test_wrong_content_always(
    make: MakeDownloads, server: HubServer, settings: Settings, name: str
) -> None:
    server.faults[name] = [Wrong()] * 2
    progress = fetch(make())
    assert progress["state"] == "failed"
    assert "damaged twice" in progress["error"]
    file = next(f for f in WEIGHTS.files if f.path == name)
    assert locate(file, settings.models_path) is None
    assert not [p for p in settings.models_path.rglob("*") if p.name == etag(FILES[name])]
    assert fetch(make())["state"] == "done"
    assert_whole(settings)


def test_damage_in_what_was_here_before(
    make: MakeDownloads, server: HubServer, settings: Settings
) -> None:
    blobs = settings.models_path / "models--somebody--voices" / "blobs"
    blobs.mkdir(parents=True)
    (blobs / f"{etag(FILES[BIG])}.incomplete").write_bytes(b"\xff" * 1000)
    (blobs / f"{etag(FILES['config.json'])}.incomplete").write_bytes(b"\xff" * 1000)  # too long
    assert fetch(make())["state"] == "done"
    assert_whole(settings)
    assert [r.range for r in server.fetched(BIG)] == ["bytes=1000-", None]


def test_more_than_was_announced(
    make: MakeDownloads, server: HubServer, settings: Settings
) -> None:
    server.faults[BIG] = [Cut(100_000), Whole()]  # answers 200 and everything to a range
    assert fetch(make())["state"] == "done"
    assert_whole(settings)


def test_an_etag_that_is_no_name(make: MakeDownloads, server: HubServer, tmp_path: Path) -> None:
    server.heads[BIG] = [Status(200, {"ETag": '"../../../../escaped"', "X-Repo-Commit": "x"})]
    assert "ETag" in fetch(make())["error"]
    assert not list(tmp_path.rglob("escaped*"))


# Stopping


@pytest.mark.parametrize("fault", [Stall(100_000), Trickle(100_000), Stall(0), Silence()])
def test_cancel(
    make: MakeDownloads, server: HubServer, settings: Settings, fault: Fault,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(constants, "HF_HUB_DOWNLOAD_TIMEOUT", 600)  # no time-out helps
    server.faults[BIG] = [fault]
    one = make()
    one.start("tiny")
    assert server.busy.wait(SOON)
    after = getattr(fault, "after", 0)
    wait_for(lambda: one.progress()[0]["bytes_done"] >= after)
    began = time.monotonic()
    assert one.cancel("tiny") is True
    progress = one.wait("tiny", SOON)
    assert time.monotonic() - began < PROMPT
    assert progress["state"] == "cancelled"
    assert progress["error"] is None
    if not isinstance(fault, Silence):  # before an answer the library does not let go
        assert server.gone.wait(SOON)
    sizes = [path.stat().st_size for path in partials(settings)]
    assert one.cancel("tiny") is False
    assert fetch(one)["state"] == "done"
    assert_whole(settings)
    kept = max(sizes)
    assert server.fetched(BIG)[-1].range == (f"bytes={kept}-" if kept else None)


def test_cancel_before_there_is_an_answer(make: MakeDownloads, server: HubServer) -> None:
    server.heads[BIG] = [Silence()]
    one = make()
    one.start("tiny")
    assert server.busy.wait(SOON)
    began = time.monotonic()
    assert one.cancel("tiny") is True
    assert one.wait("tiny", SOON)["state"] == "cancelled"
    assert time.monotonic() - began < PROMPT
    assert fetch(one)["state"] == "done"


def test_cancel_while_it_waits_for_another_try(make: MakeDownloads, server: HubServer) -> None:
    server.heads[BIG] = [Status(503, {"Retry-After": "60"})]
    one = make()
    before = set(threading.enumerate())
    one.start("tiny")
    wait_for(lambda: bool(server.requests))
    time.sleep(0.1)
    one.close()
    assert one.wait("tiny", SOON)["state"] == "cancelled"
    ours = [t for t in set(threading.enumerate()) - before if t.name == "download tiny"]
    wait_for(lambda: not any(t.is_alive() for t in ours))


def test_nothing_to_cancel(make: MakeDownloads) -> None:
    assert make().cancel("tiny") is False
    assert make().cancel("nothing") is False
    with pytest.raises(UnknownNameError):
        make().wait("tiny", 0)


def test_cancel_at_any_moment(make: MakeDownloads, server: HubServer, settings: Settings) -> None:
    """However often it is stopped and started, the bytes are right in the end."""
    one = make()
    for i in range(25):
        server.faults[BIG] = [Trickle(8192 * i, 0.001)]
        one.start("tiny")
        time.sleep(0.004 * (i % 8))
        one.cancel("tiny")
    server.faults[BIG] = []
    assert fetch(one)["state"] == "done"
    assert_whole(settings)


# Several at once


def test_a_second_caller_joins(make: MakeDownloads, server: HubServer, settings: Settings) -> None:
    server.faults[BIG] = [Trickle(200_000, 0.00001)]
    one = make()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: one.start("tiny"), range(8)))
        ends = list(pool.map(lambda _: one.wait("tiny", SOON), range(8)))
    assert [end["state"] for end in ends] == ["done"] * 8
    assert_whole(settings)
    assert len(server.fetched()) == len(FILES)
    assert len([r for r in server.requests if r.method == "HEAD"]) == len(FILES) + 1
    assert len(one.progress()) == 1


def test_two_processes(make: MakeDownloads, server: HubServer, settings: Settings) -> None:
    """The second waits for the first and takes what it has fetched (locks are the system's)."""
    server.faults[BIG] = [Stall(100_000)]
    first, second = make(), make()
    first.start("tiny")
    assert server.busy.wait(SOON)
    second.start("tiny")
    wait_for(lambda: second.progress()[0]["bytes_done"] >= 100_000)
    assert second.wait("tiny", 0.3)["state"] == "waiting"
    assert len(server.fetched(BIG)) == 1
    first.close()
    assert second.wait("tiny", SOON)["state"] == "done"
    assert_whole(settings)
    assert server.fetched(BIG)[-1].range == "bytes=100000-"


# Room, names, licences


def test_no_room(
    make: MakeDownloads, server: HubServer, table: Callable[..., Weights],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    usage = namedtuple("usage", "free")
    monkeypatch.setattr(psutil, "disk_usage", lambda _: usage(500_000_000))
    table(size=400_000_000)
    with pytest.raises(DownloadError, match=r"needs 668 MB of free disk.*500 MB.*HF_HUB_CACHE"):
        make().start("tiny")
    assert server.requests == []
    assert make().progress() == []
    table(size=1000)  # the Hub knows better than the table
    monkeypatch.setattr(psutil, "disk_usage", lambda _: usage(256 * 2**20 + 100_000))
    assert "of free disk" in fetch(make())["error"]
    assert server.fetched() == []


def test_a_folder_that_cannot_be_written(make: MakeDownloads, settings: Settings) -> None:
    settings.models_path.write_text("a file where the folder should be")
    progress = fetch(make())
    assert progress["state"] == "failed"
    assert "HF_HUB_CACHE" in progress["error"]


def test_unknown_names(make: MakeDownloads) -> None:
    with pytest.raises(UnknownNameError, match=r"no weights 'tinny'. Did you mean tiny\?"):
        make().start("tinny")


def test_a_licence_to_accept(
    make: MakeDownloads, server: HubServer, settings: Settings, table: Callable[..., Weights]
) -> None:
    url = "https://example.org/licence"
    table(must_agree=True, license="No selling", license_url=url)
    with pytest.raises(EngineUnavailable) as refused:
        make().start("tiny")
    said = str(refused.value)
    for words in ("No selling", url, "--accept-license", "on the page"):
        assert words in said
    assert server.requests == []
    assert fetch(make(), accept=True)["state"] == "done"
    kept = json.loads((settings.data_path / "agreements.json").read_text())
    assert kept["tiny"].pop("accepted") > "2026"
    assert kept == {"tiny": {"licence": "No selling", "url": url, "by": "page"}}
    assert fetch(make())["state"] == "done"  # once is enough
    table(must_agree=True, license="No selling, no giving")  # another licence, another question
    with pytest.raises(EngineUnavailable):
        make().start("tiny")
    assert [p.name for p in settings.data_path.iterdir() if "agree" in p.name] == [
        "agreements.json"
    ]


def test_agreements_that_cannot_be_read(settings: Settings, table: Callable[..., Weights]) -> None:
    weights = table(must_agree=True)
    for content in ("", "[", "[1]", '{"tiny": 1}', '{"tiny": {}}'):
        settings.agreements_path.write_text(content)
        assert agreements.is_agreed(weights, settings) is False
    agreements.agree(weights, settings, "a test")
    assert agreements.is_agreed(weights, settings) is True


def test_accepting_when_the_weights_are_here(
    make: MakeDownloads, server: HubServer, table: Callable[..., Weights]
) -> None:
    fetch(make())
    table(must_agree=True)
    seen, told = len(server.requests), []
    assert fetch(make(lambda: told.append(1)), accept=True)["state"] == "done"
    assert told == [1]
    assert len(server.requests) == seen


# Progress


def test_speed_and_time_left(
    make: MakeDownloads, server: HubServer, table: Callable[..., Weights]
) -> None:
    server.faults[BIG] = [Trickle(150_000, 0.001)]
    one = make()
    one.start("tiny")
    wait_for(lambda: one.progress()[0]["bytes_per_second"] > 0)
    wait_for(lambda: one.progress()[0]["seconds_left"] is not None)
    progress = one.progress()[0]
    assert progress["state"] == "downloading"
    assert 0 < progress["bytes_done"] < progress["bytes_total"] == WEIGHTS.size
    left = (progress["bytes_total"] - progress["bytes_done"]) / progress["bytes_per_second"]
    assert progress["seconds_left"] == pytest.approx(left, rel=0.1, abs=0.2)


def test_a_stall_shows_in_the_speed(make: MakeDownloads, server: HubServer) -> None:
    server.faults[BIG] = [Stall(200_000)]
    one = make()
    one.start("tiny")
    wait_for(lambda: one.progress()[0]["bytes_per_second"] > 0)
    fastest = one.progress()[0]["bytes_per_second"]
    wait_for(lambda: one.progress()[0]["bytes_per_second"] < fastest * 0.7)


def test_what_ended_long_ago_is_not_told(
    make: MakeDownloads, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = make()
    fetch(one)
    assert len(one.progress()) == 1
    monkeypatch.setattr(downloads, "RECENT_SECONDS", 0.0)
    assert one.progress() == []


# Names for faults


def test_retry_after_in_every_form() -> None:
    import httpx2
    from huggingface_hub.errors import HfHubHTTPError

    def asked(headers: dict[str, str]) -> float | None:
        request = httpx2.Request("GET", "http://127.0.0.1")
        response = httpx2.Response(429, headers=headers, request=request)
        return hub_errors.retry_after(HfHubHTTPError("", response=response))

    assert asked({}) is None
    assert asked({"Retry-After": "7"}) == 7
    assert asked({"Retry-After": "soon"}) is None
    assert asked({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}) == 0
    assert asked({"RateLimit": '"api";r=0;t=55'}) == 55
    assert asked({"RateLimit": '"api";r=3;t=55'}) is None
    assert hub_errors.retry_after(ValueError()) is None
