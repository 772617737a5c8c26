"""Reads a document in a process of its own: `python -m tts_core.documents.child PATH EXTENSION
SECONDS MEGABYTES`.

The process limits itself before it opens the file, and writes one line of JSON: what
`transfer.to_json` makes, or {"error": …, "message": …}.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from pathlib import Path

from tts_core.documents.formats.detect import read_here
from tts_core.documents.transfer import to_json
from tts_core.errors import ValidationError

_NICENESS = 5
"""Speech has the right of way."""


def main(arguments: list[str]) -> None:
    """Read the file that the arguments name, and write the result to standard output."""
    path, extension, seconds, megabytes = arguments
    _limit(int(seconds), int(megabytes))
    try:
        answer = to_json(read_here(Path(path), extension))
    except ValidationError as error:
        answer = json.dumps({"error": error.type, "message": error.message})
    except MemoryError:
        answer = json.dumps({"error": "memory", "message": ""})
    except RecursionError:
        answer = json.dumps({"error": "nesting", "message": ""})
    sys.stdout.buffer.write(answer.encode("utf-8", "replace"))


def _limit(seconds: int, megabytes: int) -> None:
    """Limit this process's processor time and memory, as far as the system can."""
    with suppress(OSError):
        os.nice(_NICENESS)
    try:
        import resource
    except ImportError:  # Windows: the parent's deadline remains
        return
    for limit, value in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, megabytes * 1_000_000),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        with suppress(OSError, ValueError):  # macOS cannot limit address space
            resource.setrlimit(limit, (value, value))


if __name__ == "__main__":
    main(sys.argv[1:])
