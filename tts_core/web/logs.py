"""The log on stderr, into which callers cannot forge entries.

Logged values may contain line breaks that a caller sent. In the text log the further lines of an
entry are indented; in the JSON log an entry is an object, and what libraries and the engines'
processes print becomes entries too.
"""

from __future__ import annotations

import atexit
import io
import logging
import os
import sys
import threading
from typing import BinaryIO, TextIO

from tts_core.settings import Settings
from tts_core.stats.request_log import JsonFormatter

log = logging.getLogger("output")

_FORM = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_CONTROLS = [*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029]
_ESCAPES = {c: ascii(chr(c))[1:-1] for c in _CONTROLS if c != ord("\n")}
_LONGEST_LINE = 65_536  # bytes
_TALKATIVE = ("httpx", "httpx2", "httpcore", "httpcore2")
"""Libraries that log every request at level INFO, including signed addresses."""


class TextFormatter(logging.Formatter):
    """Begins an entry with its time, in the first column, and indents its other lines."""

    def __init__(self) -> None:
        super().__init__(_FORM)

    def format(self, record: logging.LogRecord) -> str:
        """Return the entry, with control characters escaped since terminals interpret them."""
        return super().format(record).translate(_ESCAPES).replace("\n", "\n    ")


def start_logging(settings: Settings) -> None:
    """Log to stderr from now on, at the level and in the format of the settings."""
    formatter: logging.Formatter = TextFormatter()
    stream: TextIO = sys.stderr
    if settings.log_format == "json":
        formatter = JsonFormatter()
        stream = _redirect_output()
        logging.raiseExceptions = False  # a logging error would be logged, and fail again
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    level = "DEBUG" if settings.debug else settings.log_level
    logging.basicConfig(level=level, handlers=[handler])
    logging.captureWarnings(True)
    for library in _TALKATIVE:
        logging.getLogger(library).setLevel(logging.WARNING)


def _redirect_output() -> TextIO:
    """Log each line that this process and its children write to stdout or stderr from now on.

    Returns the original stderr.
    """
    stderr = os.fdopen(os.dup(2), "w", encoding="utf-8", errors="backslashreplace")
    reading, writing = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    os.dup2(writing, 1)
    os.dup2(writing, 2)
    os.close(writing)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)
    thread = threading.Thread(
        target=_log_lines, args=[os.fdopen(reading, "rb")], name="output", daemon=True
    )
    thread.start()

    def restore() -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        os.dup2(stderr.fileno(), 1)
        os.dup2(stderr.fileno(), 2)
        thread.join(1)  # s; a worker that is still running may keep the pipe open

    atexit.register(restore)
    return stderr


def _log_lines(output: BinaryIO) -> None:
    while line := output.readline(_LONGEST_LINE):
        if text := line.decode("utf-8", "backslashreplace").rstrip():
            log.info("%s", text)
