"""Dockerfile, .dockerignore and compose.yaml, as far as that goes without a container engine."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatch
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from tts_core.engines.registry import ENGINES, Registry
from tts_core.system.packages import POSTGRES, RECOGNISER

ROOT = Path(__file__).parents[1]
# One instruction a line.
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))


def copied() -> list[str]:
    """Return what the Dockerfile copies from the checkout."""
    lines = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    return [source.rstrip("/") for line in lines for source in line.split()]


def ignored(path: str) -> bool:
    """Return whether a file at the top, or in a folder there, stays out of the build.

    The last pattern that matches it or its folder decides.
    """
    out = False
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        pattern = line.removeprefix("!")
        if line and line[0] != "#" and any(fnmatch(p, pattern) for p in (path, path.split("/")[0])):
            out = line == pattern
    return out


def test_hadolint_finds_nothing() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    done = subprocess.run(
        [hadolint, "--no-color", "Dockerfile"],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.stdout + done.stderr == ""
    assert done.returncode == 0


def test_what_is_copied_is_there_and_not_ignored() -> None:
    assert {"requirements", "requirements.txt", "pyproject.toml", "tts_core"} <= set(copied())
    for source in copied():
        assert (ROOT / source).exists(), source
        assert not ignored(source), source


@pytest.mark.parametrize(
    "path",
    [
        ".venv",
        ".git",
        "data",
        "data/history.sqlite3",
        "tests",
        ".env",
        "out",
        "tts_core/__pycache__",
    ],
)
def test_what_is_private_or_large_stays_out(path: str) -> None:
    assert ignored(path)


def test_every_extra_can_be_built() -> None:
    extras = {extra.name for extra in (*Registry(ENGINES).extras, POSTGRES, RECOGNISER)}
    cases = re.search(r'case "\$extra" in (.+?) esac', DOCKERFILE, re.DOTALL)
    assert cases is not None
    names = {n for label in re.findall(r"([a-z |]+)\) ", cases[1]) for n in label.split(" | ")}
    assert {name.strip() for name in names} == extras
    assert all((ROOT / f"requirements/{name}.txt").is_file() for name in extras)


def test_the_image_runs_as_a_numbered_user_with_its_data_on_the_volume() -> None:
    user = re.search(r"^USER (\d+):\d+$", DOCKERFILE, re.MULTILINE)
    assert user is not None
    assert int(user[1]) > 0
    assert f"useradd --uid {user[1]} " in DOCKERFILE
    assert re.search(r"^VOLUME /data$", DOCKERFILE, re.MULTILINE)
    assert re.search(r"\bTTS_DATA_DIR=/data\b", DOCKERFILE)


@contextmanager
def health(status: int) -> Iterator[int]:
    """Serve this status at /health; yield the port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/health" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(("status", "healthy"), [(200, True), (503, False)])
def test_the_health_check_asks_the_server_itself(status: int, healthy: bool) -> None:
    command = re.search(r"^HEALTHCHECK .*CMD (\[.+\])$", DOCKERFILE, re.MULTILINE)
    assert command is not None
    python, *arguments = json.loads(command[1])
    assert python == "python"
    with health(status) as port:
        # A proxy that nobody listens at.
        environment = {**os.environ, "TTS_PORT": str(port), "http_proxy": "http://127.0.0.1:9"}
        done = subprocess.run(
            [sys.executable, *arguments],
            check=False,
            env=environment,
            capture_output=True,
            timeout=30,
        )
    assert (done.returncode == 0) is healthy, done.stderr


def defaulted(value: str) -> str:
    """Replace `${NAME:-default}` with the default."""
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value)


def test_compose_publishes_to_this_machine_only() -> None:
    aloud = COMPOSE["services"]["aloud"]
    assert [defaulted(port) for port in aloud["ports"]] == ["127.0.0.1:7860:7860"]
    assert "TTS_API_KEYS" in aloud["environment"]


def test_compose_keeps_data_and_waits_for_the_database() -> None:
    aloud, database = COMPOSE["services"]["aloud"], COMPOSE["services"]["db"]
    assert "data:/data" in aloud["volumes"]
    assert aloud["depends_on"]["db"]["condition"] == "service_healthy"
    assert "pg_isready" in database["healthcheck"]["test"]
    volumes = [v.split(":")[0] for service in (aloud, database) for v in service["volumes"]]
    assert set(volumes) == set(COMPOSE["volumes"])


def test_compose_builds_what_its_database_needs() -> None:
    aloud: dict[str, Any] = COMPOSE["services"]["aloud"]
    assert "postgres" in defaulted(aloud["build"]["args"]["EXTRAS"]).split(",")
    assert aloud["environment"]["TTS_DATABASE_URL"].startswith("postgresql://")
    wanted = "${POSTGRES_PASSWORD:?"
    assert aloud["environment"]["PGPASSWORD"].startswith(wanted)
    assert COMPOSE["services"]["db"]["environment"]["POSTGRES_PASSWORD"].startswith(wanted)
