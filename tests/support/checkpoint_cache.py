"""Random weights, made once and kept for all runs and workers in `.pytest_cache/checkpoints`."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

CACHE = Path(__file__).parents[2] / ".pytest_cache" / "checkpoints"


def kept(
    name: str, make: Callable[[Path], object], *, code: Sequence[str], packages: Sequence[str]
) -> Path:
    """The folder that `make` has filled, now or in a run before; to be read only.

    `code`: the source files that decide what is made; `packages`: the distributions that make it.
    What older code or packages made under that `name` is deleted.
    """
    digest = hashlib.sha256()
    for file in code:
        digest.update(Path(file).read_bytes())
    digest.update(repr([(package, version(package)) for package in packages]).encode())
    folder = CACHE / name / digest.hexdigest()[:16]
    whole = folder.with_suffix(".whole")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # until it is closed
        if not whole.exists() or whole.read_text() != _state(folder):
            shutil.rmtree(folder.parent)
            folder.mkdir(parents=True)
            make(folder)
            whole.write_text(_state(folder))
    return folder


def _state(folder: Path) -> str:
    """Which changes when a test has spoiled what is to be read only."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    states = [(path.relative_to(folder), path.stat()) for path in files]
    return "\n".join(f"{path} {state.st_size} {state.st_mtime_ns}" for path, state in states)
