"""A real PostgreSQL of our own, in a temporary folder, reached through a socket in it."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


def programs() -> Path | None:
    """The folder of initdb and pg_ctl, of the newest version installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[4]))
    if found:
        return found[-1].parent
    there = shutil.which("initdb")
    return None if there is None else Path(there).resolve().parent


class Server:
    """Databases for the asking."""

    def __init__(self, folder: Path, bin: Path) -> None:
        self._folder, self._bin, self._count = folder, bin, 0
        self._user: dict[str, Any] = {}
        if os.getuid() == 0:  # initdb refuses root
            nobody = pwd.getpwnam("nobody")
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
            self._user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._bin / program), *arguments]
        log = (self._folder / "log").open("ab")
        subprocess.run(
            command, check=True, cwd=self._folder, stdout=log, stderr=log, timeout=60, **self._user
        )

    def create(self) -> None:
        data = str(self._folder / "data")
        self._run(
            "initdb", "-D", data, "-U", "aloud", "-A", "trust", "-E", "UTF8", "--no-sync",
            "--locale=C",
        )  # fmt: skip
        self.start()

    def start(self) -> None:
        options = f"-c listen_addresses='' -c fsync=off -k {self._folder}"
        self._run("pg_ctl", "-D", str(self._folder / "data"), "-w", "-o", options, "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self._folder / "data"), "-w", "-m", "immediate", "stop")

    def new_database(self) -> str:
        """Its URL, as a user writes it."""
        self._count += 1
        name = f"aloud{self._count}"
        self._run("createdb", "-h", str(self._folder), "-U", "aloud", name)
        return f"postgresql://aloud:s3cret@/{name}?host={self._folder}"


@contextmanager
def postgres_server(bin: Path) -> Iterator[Server]:
    """Running until the block is left."""
    with tempfile.TemporaryDirectory(prefix="aloud-pg-") as name:
        server = Server(Path(name), bin)
        server.create()
        try:
            yield server
        finally:
            server.stop()
