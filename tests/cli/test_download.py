"""`aloud download`, from a server that speaks the Hub's protocol."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from huggingface_hub import constants

from tests.cli.conftest import Start
from tests.support.downloading import roomy_disk
from tests.support.hub_server import KEY, LARGE, HubServer, Stall, hub_server
from tests.support.piper_hub import JOE, serve_joe
from tts_core.cli.main import main
from tts_core.engines.pocket.weights import WEIGHTS
from tts_core.engines.weights.catalog import locate
from tts_core.engines.xtts.weights import REVISION

MODEL = bytes(range(256)) * 800  # 204,800 bytes
SMALL = WEIGHTS["pocket-english-2m"]
"""Of the catalog's models the one with the smallest files: a process of its own asks for room for
them on the real disk, whatever the server has."""
SMALL_MODEL = SMALL.files[0]
SOON = 20.0
"""Seconds within which things that take some hundredths have happened, however busy the machine."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[HubServer]:
    """Has the files of XTTS-v2 and of `SMALL`, small ones."""
    with hub_server() as server:
        server.revision = REVISION
        for file in SMALL.files:
            server.former.add(file.revision)
            if not file.optional:
                content = MODEL if file is SMALL_MODEL else b"{}"
                server.files.setdefault(file.repo, {})[file.path] = content
        server.files["coqui/XTTS-v2"] = {
            "model.pth": MODEL,
            "config.json": b"{}",
            "vocab.json": b'{"a": 1}',
            "speakers_xtts.pth": b"\x02" * LARGE,
        }
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
        monkeypatch.setattr(constants, "HF_TOKEN_PATH", "/nowhere")
        for name in ("COQUI_TOS_AGREED", "HF_HUB_CACHE"):
            monkeypatch.delenv(name, raising=False)
        yield server


def test_resumes_after_a_kill(start: Start, server: HubServer, data: Path) -> None:
    server.faults[SMALL_MODEL.path] = [Stall(123_456)]
    first = start("download", SMALL.name)
    assert server.busy.wait(SOON)
    deadline = time.monotonic() + SOON
    while [p.stat().st_size for p in data.rglob("*.incomplete")] != [123_456]:
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.005)
    first.send_signal(signal.SIGKILL)
    first.communicate()
    second = start("download", SMALL.name)
    out, err = second.communicate(timeout=60)
    assert second.returncode == 0, err
    assert f"{SMALL.label}: done, 205 kB of 205 kB".encode() in out
    assert server.fetched(SMALL_MODEL.path)[-1].range == "bytes=123456-"
    path = locate(SMALL_MODEL, data / "models")
    assert path is not None
    assert path.read_bytes() == MODEL


def test_lists_and_downloads(
    server: HubServer,
    data: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    roomy_disk(monkeypatch)
    assert main(["download"]) == 0
    out, err = capsys.readouterr()
    assert "1.9 GB  not here  Coqui Public Model License (non-commercial), to be accepted" in out
    assert err == ""
    for name, said in (("xtts", "--accept-license"), ("xtt", "Did you mean xtts?")):
        assert main(["download", name]) == 1
        out, err = capsys.readouterr()
        assert said in err
        assert err.count("\n") == 1
    assert server.requests == []
    server.gated.add("coqui/XTTS-v2")
    monkeypatch.setenv("COQUI_TOS_AGREED", "1")
    assert main(["download", "xtts"]) == 1
    assert "hf auth login" in capsys.readouterr().err
    assert not (data / "agreements.json").exists()
    monkeypatch.delenv("COQUI_TOS_AGREED")
    monkeypatch.setenv("HF_TOKEN", KEY)
    assert main(["download", "xtts", "--accept-licence"]) == 0  # as it was spelled before
    assert "XTTS-v2: done, 225 kB of 225 kB" in capsys.readouterr().out
    assert json.loads((data / "agreements.json").read_text())["xtts"]["by"] == "command line"
    assert main(["download", "xtts"]) == 0
    assert main(["download"]) == 0
    assert "is here" in capsys.readouterr().out


def test_a_listed_voice(server: HubServer, capsys: pytest.CaptureFixture[str]) -> None:
    serve_joe(server, real=False)
    assert main(["download", f"piper-{JOE}"]) == 1
    assert "download piper-list first" in capsys.readouterr().err
    for name in ("piper-list", f"piper-{JOE}"):
        assert main(["download", name]) == 0
        assert ": done, " in capsys.readouterr().out
    assert main(["download"]) == 0
    (line,) = (r for r in capsys.readouterr().out.splitlines() if r.startswith(f"piper-{JOE} "))
    assert "is here   CC0" in line


def test_interrupted(start: Start, server: HubServer) -> None:
    server.faults[SMALL_MODEL.path] = [Stall(1000)]
    process = start("download", SMALL.name)
    assert server.busy.wait(SOON)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=SOON)
    assert process.returncode == 130
    assert b"run the same command to resume" in err
    assert b"Traceback" not in err
