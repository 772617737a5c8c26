"""Ways round TTS_RATE_LIMIT."""

from __future__ import annotations

import json
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.live import running_app
from tests.support.recordings import encoded, spoken
from tests.support.scripted import SCRIPTED
from tts_core.errors import RateLimited
from tts_core.synthesis.rate_limit import RateLimiter
from tts_core.types import Caller
from tts_core.voices.export import export_voice
from tts_core.voices.library import VoiceLibrary
from tts_core.web.app import App

SPEECH = {"text": "Hello.", "voice": "one"}
ENGINES = {"scripted": SCRIPTED["scripted"]}


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    settings = {"api_keys": "key-a,key-b", "auth": "ann:pw", "rate_limit": "2/hour"}
    folder = tmp_path_factory.mktemp("data")
    with running_app(folder, ENGINES, runner="inline", **settings) as app:
        yield app


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    folder = tmp_path_factory.mktemp("data")
    with running_app(folder, ENGINES, runner="inline", rate_limit="2/hour") as app:
        yield app


def speak(app: App, **options: Any) -> int:
    return httpx.post(f"{app.url}generate", json=SPEECH, **options).status_code


@pytest.mark.live
def test_a_key_under_many_user_names_is_one_caller(locked: App) -> None:
    named = [speak(locked, auth=(f"user {i}", "key-a")) for i in range(3)]
    assert named == [200, 200, 429]
    assert speak(locked, headers={"X-API-Key": "key-a"}) == 429
    for user in ("eve", "ann"):
        with httpx.Client(base_url=locked.url) as http:
            signed_in = http.post("login", data={"username": user, "password": "key-a"})
            assert signed_in.status_code == 200
            http.cookies = httpx.Cookies(dict(http.cookies))  # whatever the scheme
            assert http.post("generate", json=SPEECH).status_code == 429
    assert speak(locked, headers={"X-API-Key": "key-b"}) == 200
    assert speak(locked, auth=("ann", "pw")) == 200


def from_address(address: str) -> httpx.Client:
    """A client whose word on other addresses uvicorn does not take."""
    return httpx.Client(transport=httpx.HTTPTransport(local_address=address), timeout=30)


def ask_agent(http: httpx.Client, app: App, **headers: str) -> dict[str, Any]:
    """An MCP server's answer to one call of `synthesize`."""
    call = {"name": "synthesize", "arguments": SPEECH}
    answer = http.post(
        f"{app.url}gradio_api/mcp/",
        headers={"Accept": "application/json, text/event-stream", **headers},
        json={"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call},
    )
    line = next(line for line in answer.text.splitlines() if line.startswith("data:"))
    result: dict[str, Any] = json.loads(line.removeprefix("data:"))["result"]
    return result


@pytest.mark.live
def test_an_agent_does_not_forge_its_address(opened: App) -> None:
    with from_address("127.0.0.2") as http:
        for i in range(3):
            made_up = f"192.0.2.{i}"
            result = ask_agent(
                http,
                opened,
                **{"X-Forwarded-For": made_up, "Forwarded": f"for={made_up}"},
                **{"X-Aloud-Caller": json.dumps({"client": made_up, "visitor": ""})},
            )
            assert result["isError"] == (i == 2), result
        assert "at most 2 per 1 hour" in result["content"][0]["text"]


@pytest.mark.live
def test_agents_do_not_use_up_each_others_share(opened: App) -> None:
    with from_address("127.0.0.3") as first, from_address("127.0.0.4") as second:
        assert [ask_agent(first, opened)["isError"] for _ in range(3)] == [False, False, True]
        assert not ask_agent(second, opened)["isError"]
        assert second.post(f"{opened.url}generate", json=SPEECH).status_code == 200
        assert ask_agent(second, opened)["isError"]


@pytest.mark.live
def test_a_made_up_caller_is_not_believed(opened: App) -> None:
    with from_address("127.0.0.5") as http:
        answers = [
            http.post(
                f"{opened.url}generate",
                json=SPEECH,
                headers={"X-Aloud-Caller": json.dumps({"client": f"somebody {i}"})},
            ).status_code
            for i in range(3)
        ]
    assert answers == [200, 200, 429]


@pytest.mark.live
def test_a_network_of_ipv6_addresses_is_one_visitor(opened: App) -> None:
    def from_(address: str) -> int:
        return speak(opened, headers={"X-Forwarded-For": address})  # believed of this machine

    network = [from_(f"2001:db8:0:1:{i}::{i}") for i in (1, 2, 3)]
    assert network == [200, 200, 429]
    assert from_("2001:db8:0:2::1") == 200
    mapped = [from_(address) for address in ("::ffff:192.0.2.80", "192.0.2.80", "192.0.2.80")]
    assert mapped == [200, 200, 429]


@pytest.fixture
def packages(tmp_path: Path) -> list[bytes]:
    """Three times nearly the same voice, under made-up digests."""
    recording = tmp_path / "anna.wav"
    recording.write_bytes(encoded(spoken(), "wav", "pcm_s16le"))
    library = VoiceLibrary(tmp_path / "voices")
    voice = library.add("Anna", [recording], consent=True)
    whole = export_voice(library, voice.id, tmp_path / "anna.zip")
    with zipfile.ZipFile(whole) as package:
        files = {entry.filename: package.read(entry) for entry in package.infolist()}
    made = []
    for i in range(3):
        record = json.loads(files["voice.json"])
        record["clips"][0]["sha256"] = str(i) * 64
        clip = record["clips"][0]["file"]
        changed = {clip: files[clip][:-1] + bytes([i]), "voice.json": json.dumps(record).encode()}
        path = tmp_path / f"{i}.zip"
        with zipfile.ZipFile(path, "w") as package:
            for name, data in (files | changed).items():
                package.writestr(name, data)
        made.append(path.read_bytes())
    return made


@pytest.mark.live
def test_imports_of_voices_count(opened: App, packages: list[bytes]) -> None:
    blocks = opened.demo.blocks.items()
    button = next(key for key, block in blocks if getattr(block, "elem_id", "") == "import")
    number = next(n for n, f in opened.demo.fns.items() if (button, "upload") in f.targets)
    with from_address("127.0.0.6") as http:
        http.base_url = httpx.URL(f"{opened.url}gradio_api/")
        for i, package in enumerate(packages):
            path = http.post("upload", files={"files": (f"{i}.zip", package)}).json()[0]
            file = {"path": path, "meta": {"_type": "gradio.FileData"}}
            event = {"data": [file], "fn_index": number, "session_hash": f"visit{i}"}
            assert http.post("queue/join", json=event).status_code == 200
            http.get("queue/data", params={"session_hash": f"visit{i}"})
    assert len(opened.service.voices.library.all()) == 2


def test_a_clock_that_is_set_back_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    limiter, caller = RateLimiter("1/minute;5/day"), Caller(client="somebody")
    limiter.count(caller)
    real = time.time
    monkeypatch.setattr("time.time", lambda: real() - 7200)
    with pytest.raises(RateLimited) as caught:
        limiter.count(caller)
    assert caught.value.retry_after <= 60


def test_all_limits_hold_as_time_goes_by(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    limiter, caller = RateLimiter("2/minute;3/hour"), Caller(client="somebody")

    def waits() -> float:
        try:
            limiter.count(caller)
        except RateLimited as error:
            return error.retry_after
        return 0.0

    assert [waits() for _ in range(3)] == [0, 0, 60]
    RateLimiter("").count(caller)
    limiter.count(Caller())  # nobody knows who that is
    now += 60
    assert [waits(), waits()] == [0, 3540]  # the hour's limit, from the first request on
    now += 3540
    assert [waits(), waits(), waits()] == [0, 0, 60]
    now += 7200
    limiter.count(Caller(client="another"))
    assert list(limiter._requests) == ["another"]  # who is long gone takes no memory
