"""The log: nobody else writes entries into it, nor texts that are not to be kept."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from tests.support.live import free_port, running_app
from tests.support.scripted import SCRIPTED
from tts_core.stats.request_log import JsonFormatter
from tts_core.web.app import App
from tts_core.web.logs import TextFormatter

ROOT = Path(__file__).parents[2]
FORGED = '\n2026-11-26 00:00:00,000 ERROR forged: {"level":"ERROR","forged":true}\n'


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    engines = {"scripted": SCRIPTED["scripted"]}
    data = tmp_path_factory.mktemp("data")
    with running_app(data, engines, runner="inline", history_text="none") as app:
        yield app


def provoke(url: str) -> None:
    """Requests that fail, each with a forged entry somewhere in it."""
    path = {"path": f"/etc/x{FORGED}", "meta": {"_type": "gradio.FileData"}}
    calls: tuple[tuple[str, list[object]], ...] = (
        ("synthesize", [FORGED]),
        ("clone_voice", [path, FORGED, FORGED, True]),
        ("synthesize", [FORGED, FORGED, FORGED, FORGED, FORGED, {}, FORGED, FORGED, FORGED]),
    )
    with httpx.Client(base_url=url, timeout=20) as http:
        for name, data in calls:
            posted = http.post(f"gradio_api/call/{name}", json={"data": data})
            if posted.status_code == 200:
                http.get(f"gradio_api/call/{name}/{posted.json()['event_id']}")
        for number in range(60):  # of all events of the page, with what none of them expects
            body = {"fn_index": number, "data": [FORGED] * 9, "event_data": FORGED}
            http.post("gradio_api/run/predict", json=body)
        quoted = "/a" + quote(FORGED)
        for prefix in ("custom_component", "call", "run", "file=", "heartbeat", "mcp"):
            http.get(f"gradio_api/{prefix}{quoted}/client/x/y")
        http.post(f"gradio_api/call{quoted}", json={"data": []})
        http.post("gradio_api/call/v2/synthesize", json={FORGED: FORGED})
        http.post("generate", json={"text": "x", "voice": FORGED})


@pytest.mark.live
def test_gradio_prints_nothing_of_what_callers_send(
    app: App, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    provoke(app.url)
    written = "".join(capfd.readouterr())
    logged = "\n".join(map(TextFormatter().format, caplog.records))
    assert "forged" not in written + logged
    assert not any(record.name == "uvicorn.error" for record in caplog.records)


@pytest.mark.live
@pytest.mark.usefixtures("app")
def test_the_servers_log_does_not_bypass_ours(caplog: pytest.LogCaptureFixture) -> None:
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).error("found by %s", name)
        assert logging.getLogger(name).handlers == []
        assert f"found by {name}" in caplog.text


@pytest.mark.thorough
@pytest.mark.live
def test_every_line_of_the_json_log_is_an_entry(tmp_path: Path) -> None:
    port = free_port()
    settings = {
        "TTS_PORT": str(port),
        "TTS_DATA_DIR": str(tmp_path),
        "TTS_LOG_FORMAT": "json",
        "TTS_LOG_LEVEL": "DEBUG",
        "TTS_HISTORY_TEXT": "none",
    }
    with subprocess.Popen(
        [sys.executable, "-u", str(ROOT / "app.py")],
        env=os.environ | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    ) as process:
        assert process.stdout is not None
        lines = []
        try:
            for line in process.stdout:
                lines.append(line)
                if "Aloud is listening" in line:
                    provoke(f"http://127.0.0.1:{port}/")
                    process.send_signal(signal.SIGINT)
        finally:
            process.kill()
    entries = [json.loads(line) for line in lines]
    assert entries
    assert all({"time", "level", "logger"} <= entry.keys() for entry in entries)
    assert not any("forged" in entry for entry in entries)


@pytest.mark.thorough
def test_what_libraries_and_programs_print_becomes_entries(tmp_path: Path) -> None:
    program = """
import ctypes, os, subprocess, sys, warnings
from tts_core.web.logs import start_logging
from tts_core.settings import Settings
start_logging(Settings(_env_file=None, log_format="json"))
print("printed")
sys.stderr.write("written\\n")
warnings.warn("warned")
os.write(2, b"by C \\xff\\n")
subprocess.run([sys.executable, "-c", "print('by a worker'); raise SystemExit('in trouble')"])
print("the last")
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout == ""
    said = [json.loads(line)["message"] for line in done.stderr.splitlines()]
    for text in ("printed", "written", "by C \\xff", "by a worker", "in trouble", "the last"):
        assert text in said
    assert any("warned" in text for text in said)


def entry(message: str) -> logging.LogRecord:
    return logging.LogRecord("x", logging.INFO, __file__, 1, "%s", (message,), None)


@pytest.mark.parametrize("breaks", ["\n", "\r", "\r\n", "\x0b", "\x0c", "\x85", "\u2028"])
def test_no_message_begins_a_line_of_the_log(breaks: str) -> None:
    text = TextFormatter().format(entry(f"hello{breaks}2026-11-26 ERROR forged"))
    assert [line for line in text.splitlines() if line.startswith("2026-11-26 ERROR")] == []
    assert len(JsonFormatter().format(entry(f"hello{breaks}forged")).splitlines()) == 1


def test_terminals_get_no_commands() -> None:
    text = TextFormatter().format(entry("\x1b[2J\x9b2J\b\b"))
    assert "\\x1b[2J\\x9b2J\\x08\\x08" in text
