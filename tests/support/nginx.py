"""nginx in front of a server, with the configuration that docs/proxy.md has."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.support.live import free_port
from tests.support.waiting import wait_until

DOCUMENT = Path(__file__).parents[2] / "docs" / "proxy.md"
_MAIN = """
{user}
daemon off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
    access_log off;
    {paths}
    {servers}
}}
"""
_PATHS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def nginx() -> str | None:
    """The path of the program; None where there is none."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


def documented_servers(*, prefix: bool) -> str:
    """The document's configuration, with the second location instead of the first or not."""
    whole, location = re.findall(
        r"^```nginx\n(.*?)^```", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    if not prefix:
        return str(whole)
    return re.sub(r"    location / \{.*?\n    \}\n", lambda _: location, whole, flags=re.DOTALL)


@contextmanager
def behind_nginx(folder: Path, server_port: int, *, prefix: bool) -> Iterator[str]:
    """Yield the address at which nginx serves what listens on `server_port`, on loopback."""
    port = free_port()
    servers = documented_servers(prefix=prefix)
    servers = servers.replace("listen 80;", f"listen 127.0.0.1:{port};")
    servers = servers.replace("127.0.0.1:7860", f"127.0.0.1:{server_port}")
    config = folder / "nginx.conf"
    config.write_text(
        _MAIN.format(
            user="user root;" if os.geteuid() == 0 else "",
            folder=folder,
            paths="".join(f"{name}_temp_path {folder}/{name};" for name in _PATHS),
            servers=servers,
        ),
        encoding="utf-8",
    )
    program = nginx()
    assert program is not None
    address = f"http://127.0.0.1:{port}/{'tts/' if prefix else ''}"

    def up() -> bool:
        assert popen.poll() is None, (folder / "error.log").read_text(encoding="utf-8")
        try:
            return httpx.get(f"{address}health").is_success
        except httpx.TransportError:
            return False

    with subprocess.Popen(
        [program, "-c", str(config), "-e", f"{folder}/error.log", "-p", str(folder)]
    ) as popen:
        try:
            wait_until(up)
            yield address
        finally:
            popen.terminate()
