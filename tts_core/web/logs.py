"""The log on stderr, in which nobody else can write entries.

Callers can get line breaks into what is logged. In the text log an entry's further lines are
indented; in the JSON log an entry is an object, and what libraries and the engines' processes print
becomes entries too.
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
_LONGEST_LINE = 65_536
_TALKATIVE = ("httpx", "httpx2", "httpcore", "httpcore2")
"""Libraries that tell of every request at level INFO, with signed addresses and all."""


class TextFormatter(logging.Formatter):
    """Begins an entry with its time, in the first column, and indents its other lines."""

    def __init__(self) -> None:
        super().__init__(_FORM)

    def format(self, record: logging.LogRecord) -> str:
        """See `logging.Formatter`. Control characters are escaped: terminals obey them."""
        return super().format(record).translate(_ESCAPES).replace("\n", "\n    ")


def start_logging(settings: Settings) -> None:
    """Log to stderr from now on, as the settings say."""
    formatter: logging.Formatter = TextFormatter()
    stream: TextIO = sys.stderr
    if settings.log_format == "json":
        formatter = JsonFormatter()
        stream = _take_output()
        logging.raiseExceptions = False  # the complaint would be an entry, whose complaint…
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    level = "DEBUG" if settings.debug else settings.log_level
    logging.basicConfig(level=level, handlers=[handler])
    logging.captureWarnings(True)
    for library in _TALKATIVE:
        logging.getLogger(library).setLevel(logging.WARNING)


def _take_output() -> TextIO:
    """Log, line by line, what this process and those it starts write to stdout and stderr.

    Returns stderr as it was.
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

    def give_back() -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        os.dup2(stderr.fileno(), 1)
        os.dup2(stderr.fileno(), 2)
        thread.join(1)  # a worker that is still there may have it open

    atexit.register(give_back)
    return stderr


def _log_lines(output: BinaryIO) -> None:
    while line := output.readline(_LONGEST_LINE):
        if text := line.decode("utf-8", "backslashreplace").rstrip():
            log.info("%s", text)
