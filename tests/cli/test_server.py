"""Commands where a server is running on the same data folder: it does the work."""

from __future__ import annotations

import json
import os
import stat
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Start
from tests.support.file_server import Answer, file_server
from tests.support.live import running_app
from tests.support.recordings import encoded, spoken
from tts_core.cli.main import main
from tts_core.system import running_server as running
from tts_core.web.app import App

pytestmark = pytest.mark.live

KEY, LOGIN = "key-of-the-tests", "ann:pass-word"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """A server that requires a key or a login."""
    folder = tmp_path_factory.mktemp("data")
    with (
        running.claimed(folder),
        running_app(folder, api_keys=f"{KEY},another", auth=LOGIN) as app,
    ):
        yield app
    assert not app.settings.server_path.exists()


@pytest.fixture
def data(app: App) -> Path:
    """The server's data folder."""
    return app.settings.data_path


@pytest.fixture(autouse=True)
def _known(_surroundings: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TTS_API_KEYS", KEY)


def test_the_server_says_where_it_is(app: App) -> None:
    path = app.settings.server_path
    assert json.loads(path.read_text()) == {"url": app.url, "pid": os.getpid()}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert running.find_server(path) == running.Server(app.url, os.getpid())
    running.withdraw(path, "http://127.0.0.1:1/")  # another's; it stays
    assert path.exists()


def test_the_server_speaks(app: App, tmp_path: Path) -> None:
    text = "First this. Then that."
    assert main(["speak", text, "--engine", "scripted", "--voice", "Two", "-o", "a.wav"]) == 0
    with wave.open("a.wav") as file:
        assert file.getframerate() == 8_000
        assert file.getnframes() > 1_000
    record = app.service.history.recent(1)[0]
    assert (record.engine, record.door) == ("scripted", "openai")
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]


def test_the_server_marks_the_file(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["speak", "Hello there.", "--engine", "scripted", "-o", "a.mp3"]) == 0
    assert main(["verify", "a.mp3", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["marked"], found["c2pa"]["valid"]) == (True, True)
    speech = found["c2pa"]["assertions"]["aloud.speech"]
    assert speech["request_id"] == app.service.history.recent(1)[0].request_id


def test_a_consent_is_withdrawn_by_the_server(
    app: App, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recording = tmp_path / "anna.wav"
    recording.write_bytes(encoded(spoken(), "wav", "pcm_s16le"))
    voice = app.service.voices.clone([recording], "Anna", consent=True)
    assert main(["voices", "withdraw", "anna", "--yes"]) == 0
    assert "The consent for Anna was withdrawn" in capsys.readouterr().out
    [withdrawal] = app.service.voices.withdrawals()
    assert (withdrawal.voice, withdrawal.door) == (voice.id, "REST")
    assert withdrawal.by.startswith("key:")


def test_streamed_through_a_pipe(app: App, start: Start) -> None:
    process = start("speak", "Hello there.", "--engine", "scripted")
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, b"")
    assert out[:8] == b"RIFF\xff\xff\xff\xff"


def test_who_may_ask(
    app: App, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    speak = ["speak", "Hello there.", "--engine", "scripted", "-o", "a.wav"]
    monkeypatch.setenv("TTS_API_KEYS", "")
    for command in (speak, [*speak, "--key", "wrong"], ["voices"]):
        assert main(command) == 1
        assert "pass --key KEY, or set TTS_API_KEYS" in capsys.readouterr().err
    assert not Path("a.wav").exists()
    assert main([*speak, "--key", "another"]) == 0
    monkeypatch.setenv("TTS_AUTH", LOGIN)
    assert main(speak) == 0
    assert main([*speak, "--url", app.url]) == 1  # not to whatever server the user names
    assert "set TTS_API_KEYS" in capsys.readouterr().err


def test_what_the_server_says_is_wrong(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["speak", "Hello.", "--voice", "Nobody", "-o", "a.wav"]) == 1
    assert "There is no voice 'Nobody'." in capsys.readouterr().err
    assert not Path("a.wav").exists()


def test_the_servers_voices(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["voices", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {"scripted", "espeak"} <= {voice["engine"] for voice in found}
    assert "alloy" not in {voice["id"] for voice in found}
    assert main(["voices", "--engine", "scripted", "--language", "en-us"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 3


@pytest.mark.thorough
def test_check(
    app: App, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TTS_AUTH", LOGIN)
    monkeypatch.setenv("GROQ_API_KEY", "gsk_secret")
    files = {path.name for path in app.settings.data_path.iterdir()}
    assert main(["check", "--json"]) == 0
    out = capsys.readouterr().out
    found = json.loads(out)
    assert found["server"] == {"url": app.url, "pid": os.getpid()}
    assert found["keys"] == ["GROQ_API_KEY", "TTS_API_KEYS", "TTS_AUTH"]
    assert not [secret for secret in (KEY, "gsk_secret", "pass-word") if secret in out]
    assert {path.name for path in app.settings.data_path.iterdir()} == files


def test_a_url_is_trusted_only_if_an_aloud_of_this_machine_is_there(
    data: Path, tmp_path: Path
) -> None:
    path = tmp_path / "server.json"
    with running.claimed(tmp_path), file_server() as other:
        for content in (b'{"service": "Other"}', b"[]", b"hello"):
            other.answers["/health"] = Answer(content)
            running.announce(path, other.url("/"))
            assert running.find_server(path) is None
        for text in ("", "[]", '{"url": 1, "pid": 2}', '{"url": "http://[", "pid": 1}', "\0"):
            path.write_text(text)
            assert running.find_server(path) is None
        path.unlink()
        assert running.find_server(path) is None


def test_a_process_number_is_no_proof(tmp_path: Path) -> None:
    """The file names a living process and a living Aloud, but the server that wrote it is dead."""
    path = tmp_path / "server.json"
    with file_server() as other:
        other.answers["/health"] = Answer(b'{"service": "Aloud"}')
        url = other.url("/")
        running.announce(path, url)
        assert running.find_server(path) is None  # never locked
        with running.claimed(tmp_path):
            assert running.find_server(path) == running.Server(url, os.getpid())
        assert running.find_server(path) is None  # no longer locked
        with running.claimed(tmp_path):  # by a new server, which has not said yet where it is
            path.write_text(json.dumps({"url": url, "pid": os.getppid()}))
            assert running.find_server(path) is None


def test_servers_that_fail(capsys: pytest.CaptureFixture[str]) -> None:
    with file_server() as other:
        for answer, said in (
            (Answer(b'{"voi', length=100), "ended the connection"),
            (Answer(b"<html>", status=502), "answered 502 Bad Gateway"),
            (Answer(b"[]"), "is not an Aloud server; check --url"),
        ):
            other.answers["/v1/audio/voices"] = answer
            assert main(["voices", "--url", other.url("")]) == 1
            err = capsys.readouterr().err
            assert said in err
            assert err.count("\n") == 1
