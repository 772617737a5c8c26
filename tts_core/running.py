"""How others find the server that uses a data folder: `server.json`, with its URL and process.

The file outlives a server that was killed, so a reader trusts it only after asking the server.
"""

from __future__ import annotations

import json
import os
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path

HEALTH_SECONDS = 2.0
"""A server that takes longer to say that it lives is taken for none."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server as its file describes it."""

    url: str
    """With a slash at its end."""
    pid: int


def announce(path: Path, url: str) -> None:
    """Write that this process serves at `url`. Raises OSError.

    Only the file's owner may read it: it tells others where their requests go.
    """
    new = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")
    try:
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(asdict(Server(url, os.getpid())), file)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def withdraw(path: Path, url: str) -> None:
    """Delete the file unless another server has written it since. Raises OSError."""
    if _read(path) == Server(url, os.getpid()):
        path.unlink(missing_ok=True)


def find_server(path: Path) -> Server | None:
    """Return the server of a data folder if it lives; waits up to `HEALTH_SECONDS`."""
    import httpx2
    import psutil

    server = _read(path)
    if server is None or not psutil.pid_exists(server.pid):
        return None
    try:
        # A proxy from the environment would look for the address on its own machine.
        health = httpx2.get(f"{server.url}health", timeout=HEALTH_SECONDS, trust_env=False)
        return server if health.json()["service"] == "Aloud" else None
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError, KeyError, TypeError):
        return None


def _read(path: Path) -> Server | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        server = Server(found["url"], found["pid"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    sound = isinstance(server.url, str) and type(server.pid) is int and server.pid > 0
    return server if sound else None
