"""Keys: guessed, mistyped, forgotten; and what strangers are told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pydantic
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.support.live import running_app
from tests.support.scripted import SCRIPTED
from tts_core.errors import RateLimited
from tts_core.settings import Settings
from tts_core.web.app import App
from tts_core.web.callers import caller_of
from tts_core.web.credentials import Credentials

ENGINES = {name: SCRIPTED[name] for name in ("scripted", "absent")}
GUESSES = 20


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    settings = {"api_keys": "sesame", "auth": "ann:pw", "runner": "inline"}
    with running_app(tmp_path_factory.mktemp("data"), ENGINES, **settings) as app:
        yield app


@pytest.fixture
def http(app: App) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=app.url) as client:
        yield client


def status(http: httpx.Client, address: str, **headers: str) -> httpx.Response:
    # What X-Forwarded-For says is believed of this machine.
    return http.get("status", headers={"X-Forwarded-For": address, **headers})


@pytest.mark.live
def test_keys_are_not_guessed_at_full_speed(app: App, http: httpx.Client) -> None:
    def guess(attempt: int) -> None:
        for i in range(GUESSES // 2):
            status(http, "192.0.2.1", **{"X-API-Key": f"guess {attempt} {i}"})
            status(http, "192.0.2.1", Authorization=f"Bearer guess {attempt} and {i}")

    for attempt in range(2):  # a minute may end meanwhile
        guess(attempt)
        answer = status(http, "192.0.2.1", **{"X-API-Key": "sesame"})
        if answer.status_code == 429:
            break
    assert answer.status_code == 429
    assert answer.json()["error"]["type"] == "rate_limited"
    assert 1 <= int(answer.headers["Retry-After"]) <= 61
    for key in ("sesame", "an old key"):  # load balancers may have one
        headers = {"X-Forwarded-For": "192.0.2.1", "X-API-Key": key}
        assert http.get("health", headers=headers).status_code == 200
        assert http.get("health/ready", headers=headers).json()["reasons"] == {}
    assert status(http, "192.0.2.2", **{"X-API-Key": "sesame"}).status_code == 200
    login = http.get("status", auth=("ann", "pw"), headers={"X-Forwarded-For": "192.0.2.1"})
    assert login.status_code == 200
    for way in ({"X-API-Key": "sesame"}, {}):
        with pytest.raises(InvalidStatus) as caught:
            connect(
                app.url.replace("http", "ws") + f"ws/tts{'' if way else '?api_key=sesame'}",
                additional_headers={"X-Forwarded-For": "192.0.2.1", **way},
            )
        assert caught.value.response.status_code == 429


def test_guesses_shut_out_nobody_who_has_a_long_key() -> None:
    long = "a-key-of-more-than-twenty-characters"
    credentials = Credentials(Settings(_env_file=None, api_keys=f"{long},short"), "own")
    for guess in range(GUESSES):
        assert credentials.by_key([f"guess {guess}"], "192.0.2.9") == ""
    with pytest.raises(RateLimited):
        credentials.by_key(["short"], "192.0.2.9")
    assert credentials.by_key([long], "192.0.2.9")
    assert credentials.by_password("anybody", long, "192.0.2.9")


@pytest.mark.live
def test_one_program_with_an_old_key_shuts_out_nobody(http: httpx.Client) -> None:
    for _ in range(2 * GUESSES):
        old = status(http, "192.0.2.3", Authorization="Bearer an old key")
        assert old.status_code == 401
    assert status(http, "192.0.2.3", Authorization="Bearer sesame").status_code == 200


def test_who_is_behind_an_unknown_request_is_no_operator() -> None:
    assert not caller_of(None).operator
    assert not caller_of(object()).operator


@pytest.mark.live
def test_strangers_are_not_told_why_an_engine_is_not_ready(http: httpx.Client) -> None:
    stranger = http.get("health/ready")
    assert stranger.json() == {"status": "ready", "engines": ["scripted"], "reasons": {}}
    known = http.get("health/ready", headers={"X-API-Key": "sesame"})
    assert "make absent" in known.json()["reasons"]["absent"]


@pytest.mark.parametrize("keys", [",", " , ,"])
@pytest.mark.parametrize("name", ["TTS_API_KEYS", "TTS_AUTH"])
def test_a_list_without_keys_does_not_open_every_door(
    monkeypatch: pytest.MonkeyPatch, name: str, keys: str
) -> None:
    monkeypatch.setenv(name, keys)
    with pytest.raises(pydantic.ValidationError, match=name.removeprefix("TTS_").lower()):
        Settings(_env_file=None)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        *((name, True) for name in (None, "127.0.0.1", "127.1.2.3", "localhost", "::1", "[::1]")),
        *((name, False) for name in ("0.0.0.0", "::", "192.0.2.7", "speech.example", "[::]")),
    ],
)
def test_where_it_listens(host: str | None, loopback: bool) -> None:
    assert Settings(_env_file=None, host=host).loopback == loopback


@pytest.mark.live
def test_a_door_open_to_everybody_is_not_silent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(Settings, "loopback", False)  # no test opens a door to everybody
    with running_app(tmp_path, ENGINES, runner="inline") as app:
        assert any(
            app.url in text and "TTS_API_KEYS" in text and "TTS_AUTH" in text
            for text in caplog.messages
        )
