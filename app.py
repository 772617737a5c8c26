"""Starts the studio: `python app.py` is the same as `aloud run`."""

from __future__ import annotations

import sys

from tts_core.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["run"]))
