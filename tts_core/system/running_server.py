"""Allows one server per data folder, and lets other processes find it.

The server holds a lock on `.lock`, which ends with it however it ends. `server.json` has its URL
and process id; the file outlives a server that was killed, so readers check the lock and ask the
server before they trust it.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import stat
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

log = logging.getLogger(__name__)

LOCK = ".lock"
"""The name of the lock file in a data folder."""
HEALTH_SECONDS = 2.0
"""A server that does not answer a health check in this time counts as absent."""
PATIENCE_SECONDS = 15.0
"""How long a new server waits for its predecessor to end."""
_RETRY_SECONDS = 0.1


class CannotStart(Exception):
    """The server cannot start; `str(error)` says why, naming the variable to change."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server as its file describes it."""

    url: str
    """With a slash at its end."""
    pid: int


@contextmanager
def claimed(folder: Path) -> Iterator[None]:
    """Create a data folder, private to its owner, and lock it for this process.

    Two processes would delete each other's partial files. Waits up to `PATIENCE_SECONDS` for
    another one to end. Raises CannotStart.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        fresh = _is_fresh(folder)
        lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise CannotStart(
            f"TTS_DATA_DIR: {folder} cannot be written ({error.strerror}); choose another folder."
        ) from error
    try:
        if fresh:
            _make_private(folder)
        _lock(lock, folder)
        yield
    finally:
        os.close(lock)


def _is_fresh(folder: Path) -> bool:
    """Return whether this version uses a folder for the first time: empty, or of version 0.1.0.

    Later, its owner may have given others access, or chosen a folder with other files in it.
    """
    if (folder / LOCK).exists():
        return False
    return (folder / "history.sqlite3").exists() or not any(folder.iterdir())


def _make_private(folder: Path) -> None:
    """Deny other users access to our folder, unless it is meant for all, such as /tmp."""
    status = folder.stat()
    if status.st_uid == os.geteuid() and not status.st_mode & stat.S_ISVTX:
        with suppress(OSError):  # a file system without modes
            folder.chmod(stat.S_IMODE(status.st_mode) & 0o700)


def _lock(lock: int, folder: Path) -> None:
    """Lock an open file and write this process's id into it. Raises CannotStart."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    warned = False
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):  # the latter on NFS
            holder = os.pread(lock, 20, 0).decode("ascii", "replace").strip() or "unknown"
            if time.monotonic() >= deadline:
                raise CannotStart(
                    f"Another Aloud (process {holder}) is using the data folder {folder}; end it, "
                    "or set TTS_DATA_DIR to a folder that no other one uses."
                ) from None
            if not warned:
                warned = True
                log.warning("Waiting for process %s, which is using %s, to end.", holder, folder)
            time.sleep(_RETRY_SECONDS)
        except OSError as error:
            log.info("%s is on a file system without locks: %s", folder, error.strerror)
            return
        else:
            break
    with suppress(OSError):  # a full disk; the lock is what counts
        os.ftruncate(lock, 0)
        os.pwrite(lock, str(os.getpid()).encode(), 0)


def announce(path: Path, url: str) -> None:
    """Write a file that says that this process serves at `url`. Raises OSError.

    Only its owner may read or write it, since it decides where requests are sent.
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
    """Return the server of a data folder if it is alive; waits up to `HEALTH_SECONDS`.

    `path` is the folder's `server.json`. The server must hold the folder's lock: the file outlives
    a server that was killed, and another process may have got its id since.
    """
    import httpx2

    server = _read(path)
    if server is None or not _holds_lock(server.pid, path.with_name(LOCK)):
        return None
    try:
        # A proxy from the environment would look for the address on its own machine.
        health = httpx2.get(f"{server.url}health", timeout=HEALTH_SECONDS, trust_env=False)
        return server if health.json()["service"] == "Aloud" else None
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError, KeyError, TypeError):
        return None


def _holds_lock(pid: int, path: Path) -> bool:
    """Return whether the process `pid` holds a lock file, into which it wrote its id."""
    try:
        lock = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):  # it is locked; the latter on NFS
        return os.pread(lock, 20, 0).strip() == str(pid).encode()
    except OSError:  # a file system without locks
        import psutil

        return psutil.pid_exists(pid)
    else:
        return False
    finally:
        os.close(lock)


def _read(path: Path) -> Server | None:
    """Read a server's file; None when it is absent or damaged."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        server = Server(found["url"], found["pid"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    valid = isinstance(server.url, str) and type(server.pid) is int and server.pid > 0
    return server if valid else None
