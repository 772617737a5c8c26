"""What these programs share. They run in an environment that has neither Aloud nor pytest.

Each is given the address of a server and a folder. It speaks `TEXT` into `speak.*` there, streams
it into `stream.*`, begins `LONG` and cancels it, and prints a line of JSON.
"""

from __future__ import annotations

import json
import sys
import time
from importlib.metadata import version
from pathlib import Path
from urllib.request import urlopen

SERVER = sys.argv[1]
"""The server's address, which ends in a slash."""
BASE_URL = f"{SERVER}v1"
FOLDER = Path(sys.argv[2])
MODEL = "slow"
"""An engine that speaks at four times the pace of speech."""
TEXT = "The first sentence is short. The second one goes on for a while longer than the first."
LONG = " ".join(f"This is sentence number {number} of many." for number in range(120))


def speaking() -> bool:
    """Return whether the server is speaking."""
    with urlopen(f"{SERVER}status", timeout=10) as answer:
        return bool(json.load(answer)["active_requests"])


def check_speaking() -> None:
    """Raise AssertionError unless the server is still speaking: what has come was streamed."""
    assert speaking(), "the server had finished before the first sound came"


def check_stopped() -> None:
    """Raise AssertionError unless the server stops within ten seconds."""
    end = time.monotonic() + 10
    while speaking():
        assert time.monotonic() < end, "the server still speaks"
        time.sleep(0.05)


def report(package: str, **found: object) -> None:
    """Print what a test is to check."""
    print(json.dumps({"client": package, "version": version(package), **found}))
