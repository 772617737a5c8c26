"""What was found at the first download of files whose commit or content was not known before.

A JSON file beside the other files of a repository, in the Hub's cache: by branch, the commit that
it named then, and the SHA-256 of each downloaded file. From then on that commit is used, and those
digests are checked.
"""

from __future__ import annotations

import functools
import json
import re
import threading
import uuid
from pathlib import Path
from typing import Any

NAME = "aloud.json"
_lock = threading.Lock()


def is_commit(revision: str) -> bool:
    """Return whether a revision is a commit, which always means the same files."""
    return re.fullmatch(r"[0-9a-f]{40}", revision) is not None


def recorded_commit(folder: Path, branch: str) -> str:
    """Return the commit of a branch that was recorded in a repository's folder; "" if none was."""
    commit = _branch(_read(folder), branch).get("commit")
    return commit if isinstance(commit, str) and is_commit(commit) else ""


def recorded_digest(folder: Path, branch: str, path: str) -> str:
    """Return the SHA-256 of a file that was recorded in a repository's folder; "" if none was."""
    digests = _branch(_read(folder), branch).get("sha256")
    digest = digests.get(path) if isinstance(digests, dict) else None
    return digest if isinstance(digest, str) else ""


def record(folder: Path, branch: str, commit: str, path: str, digest: str) -> str:
    """Record a downloaded file, and return the commit that is recorded of its branch.

    What has been recorded before is kept. Raises OSError.
    """
    with _lock:
        found = _read(folder)
        before = _branch(found, branch)
        digests = before.get("sha256")
        kept = digests if isinstance(digests, dict) else {}
        commit = recorded_commit(folder, branch) or commit
        new = {"commit": commit, "sha256": {path: digest} | kept}
        part = folder / f"{NAME}.{uuid.uuid4().hex}.part"
        try:
            part.write_text(json.dumps(found | {branch: new}, indent=1) + "\n", encoding="utf-8")
            part.replace(folder / NAME)
        finally:
            part.unlink(missing_ok=True)
    return commit


def _read(folder: Path) -> dict[str, Any]:
    path = folder / NAME
    try:
        seen = path.stat()
        return _parsed(path, (seen.st_ino, seen.st_mtime_ns, seen.st_size))
    except OSError:
        return {}


@functools.lru_cache(maxsize=32)
def _parsed(path: Path, stamp: tuple[int, int, int]) -> dict[str, Any]:
    """Return the content, which nobody changes; it is read again when the `stamp` is another.

    Each file of a repository is looked up in it, and a list of voices has hundreds.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _branch(found: dict[str, Any], branch: str) -> dict[str, Any]:
    of_branch = found.get(branch)
    return of_branch if isinstance(of_branch, dict) else {}
