"""Reads documents of every format, in a process of its own with limits of memory and time."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Final

from tts_core.documents.document import Document
from tts_core.documents.flow import title_of
from tts_core.documents.limits import LARGEST_FILE, invalid, too_large
from tts_core.documents.transfer import from_json
from tts_core.errors import TooLargeError
from tts_core.settings.secrets import environment_without_secrets

SECONDS: Final = 120
"""How long reading a document may take; a novel as PDF takes about ten seconds."""
MEGABYTES: Final = 1_000
"""Address space of the process, of which the interpreter and the parsers take about 200 MB."""
_AT_ONCE = threading.BoundedSemaphore(2)
"""Documents that are read at the same time; others wait."""
_LONGEST_EXTENSION = 20
_log = logging.getLogger(__name__)


def read_document(path: Path, name: str) -> Document:
    """Return a file as chapters of text.

    `path`: where it is; `name`: what its owner calls it, by whose extension and the content the
    format is told, and which is the title of a document without one. Supported are .txt, .md,
    .html, .epub, .docx, .pdf, .srt, .vtt and .csv. Nothing is fetched, run or unpacked to disk.

    Raises ValidationError for what cannot be read, and TooLargeError for what exceeds a limit in
    tts_core.documents.limits, both with the remedy.
    """
    _check_size(path)
    file = Path(name.replace("\0", "").replace("\\", "/"))
    extension = file.suffix.lstrip(".").casefold()
    if len(extension) > _LONGEST_EXTENSION or not extension.isalnum():
        extension = ""
    with _AT_ONCE:
        document = from_json(_run(path.resolve(), extension))
    return replace(document, title=document.title or title_of(file.stem))


def _check_size(path: Path) -> None:
    try:
        size = path.stat().st_size
    except OSError as error:
        raise invalid(f"The document cannot be opened: {error.strerror}. Send it again.") from error
    if size > LARGEST_FILE:
        raise too_large(
            f"The document has {size / 1e6:.1f} MB; the limit is {LARGEST_FILE / 1e6:.0f} MB. "
            "Split it, or leave its pictures out."
        )
    if size == 0:
        raise invalid("The document is empty: the file has 0 bytes. Check that it was saved.")


def _run(path: Path, extension: str) -> bytes:
    """Return what the process that reads the file answers. Raises ValidationError."""
    command = [sys.executable, "-m", "tts_core.documents.child"]
    arguments = [str(path), extension, str(SECONDS), str(MEGABYTES)]
    try:
        done = subprocess.run(
            [*command, *arguments],
            stdin=subprocess.DEVNULL,
            env=environment_without_secrets(os.environ),
            capture_output=True,
            timeout=2 * SECONDS,  # time of the clock, on a busy machine
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise _too_slow() from error
    answer = done.stdout
    if done.returncode != 0 or not answer:
        _log.warning(
            "A document could not be read: status %d, %s",
            done.returncode,
            done.stderr.decode("utf-8", "replace").strip()[-500:],
        )
        raise _too_slow() if done.returncode in _KILLED else _damaged()
    if answer.startswith(b'{"error":'):
        _raise(json.loads(answer))
    return answer


_KILLED = (-24, -9)
"""Statuses of a process that used up its processor time: SIGXCPU, SIGKILL."""


def _raise(answer: dict[str, str]) -> None:
    kind, message = answer["error"], answer["message"]
    if kind == "memory":
        raise too_large(
            f"The document needs more than {MEGABYTES:,} MB of memory to be read, which is the "
            "limit. Split it, or save it as plain text."
        )
    if kind == "nesting":
        raise invalid(
            "The document is nested too deeply to be read. Save it again with another program, or "
            "as plain text."
        )
    raise too_large(message) if kind == TooLargeError.type else invalid(message)


def _damaged() -> Exception:
    return invalid(
        "The document could not be read: it is damaged, or made in an unusual way. Save it again "
        "with another program, or as plain text."
    )


def _too_slow() -> Exception:
    return too_large(
        f"The document takes longer than {SECONDS} seconds to be read, which is the limit. Split "
        "it, or save it as plain text."
    )
