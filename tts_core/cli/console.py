"""What a command prints: results on standard output, sentences on standard error."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tts_core.cli.errors import CommandError

STDOUT = "Standard output"
"""What messages call it."""


def warn(message: str) -> None:
    """Print a sentence on standard error; one that cannot be written is dropped."""
    with suppress(OSError):
        print(f"aloud: {message}", file=sys.stderr, flush=True)


def show(text: str, end: str = "\n") -> None:
    """Print text on standard output at once, escaping characters that its encoding lacks.

    Raises CommandError when it cannot be written, BrokenPipeError when its reader has left.
    """
    encoding = sys.stdout.encoding or "utf-8"
    with named_errors(STDOUT):
        printable = text.encode(encoding, "backslashreplace").decode(encoding)
        print(printable, end=end, flush=True)


def show_json(value: object) -> None:
    """Print a value as JSON, in ASCII where the encoding lacks a character. Raises as `show`."""
    text = json.dumps(value, indent=1, ensure_ascii=False)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(value, indent=1)
    show(text)


def discard_stdout() -> None:
    """Drop what is still buffered for standard output, so that the exit does not fail on it."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())
    os.close(null)


@contextmanager
def named_errors(name: str) -> Iterator[None]:
    """Turn an OSError into a CommandError that says what cannot be written, and why.

    A BrokenPipeError passes: that the reader has left is no error of the command.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise CommandError(f"{name} cannot be written: {error.strerror or error}.") from error
