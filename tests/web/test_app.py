"""`python app.py` as a whole: it starts, answers, keeps its files to itself, and ends."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest
from gradio_client import Client

from tests.support.served import Process
from tts_core.system.running_server import find_server

pytestmark = pytest.mark.live

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    process = Process(tmp_path_factory.mktemp("data"))
    yield process
    process.popen.kill()
    process.popen.wait()


def test_says_where_it_listens(process: Process) -> None:
    assert process.said == f"Aloud is listening on {process.url}\n"
    answer = httpx.get(process.url, headers={"Accept": "text/html"})
    assert answer.status_code == 200
    assert '"title":"Aloud"' in answer.text
    assert answer.headers["content-type"].startswith("text/html")


def test_listens_on_loopback_only(process: Process) -> None:
    listening = [
        c.laddr.ip
        for c in psutil.Process(process.popen.pid).net_connections("tcp")
        if c.status == psutil.CONN_LISTEN
    ]
    assert listening == ["127.0.0.1"]


@pytest.mark.parametrize(
    "path",
    [str(ROOT / "app.py"), str(ROOT / ".env"), "/etc/passwd", "app.py", "../../etc/passwd"],
)
def test_no_file_but_its_own_is_served(process: Process, path: str) -> None:
    for route in ("gradio_api/file=", "file="):
        answer = httpx.get(f"{process.url}{route}{path}")
        assert answer.status_code in (403, 404)
        assert "root:" not in answer.text


def test_everything_written_is_under_the_data_folder(process: Process, tmp_path: Path) -> None:
    client = Client(process.url, verbose=False, download_files=tmp_path)
    _, info = client.predict("Where is my file?", format="mp3", api_name="/synthesize")
    data = Path(psutil.Process(process.popen.pid).environ()["TTS_DATA_DIR"])
    assert (data / "outputs" / f"{info['request_id']}.mp3").is_file()
    history = {f"history.sqlite3{end}" for end in ("", "-shm", "-wal")}
    assert {p.name for p in data.iterdir()} <= {
        "outputs",
        "gradio",
        "cache",
        "recordings",
        "certificate",
        "server.json",
        ".lock",
        *history,
    }
    opened = [f.path for f in psutil.Process(process.popen.pid).open_files()]
    assert not [p for p in opened if p.startswith("/tmp") and not p.startswith(str(data))]


def test_monitoring_is_closed(process: Process) -> None:
    answer = httpx.get(f"{process.url}monitoring/summary")
    assert answer.status_code in (401, 403, 404) or "functions" not in answer.text


@pytest.mark.thorough
@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_ends_with_its_workers(tmp_path: Path, ending: signal.Signals) -> None:
    """That it does at SIGTERM while it speaks, tests/security/test_shutdown.py shows every time."""
    process = Process(tmp_path)
    deadline = time.monotonic() + 10
    while not (workers := process.workers()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(workers) == 1
    process.popen.send_signal(ending)
    process.popen.wait(timeout=10)
    assert not psutil.wait_procs(workers, timeout=5)[1]
    # Whoever was killed could not withdraw what says where it is; nobody believes it.
    path = tmp_path / "server.json"
    assert path.exists() == (ending is signal.SIGKILL)
    assert find_server(path) is None


@pytest.mark.thorough
def test_a_space_is_recognised(tmp_path: Path) -> None:
    process = Process(tmp_path, SPACE_ID="somebody/aloud", TTS_HOST="127.0.0.1")
    try:
        assert httpx.get(process.url).status_code == 200
    finally:
        process.popen.kill()
        process.popen.wait()
