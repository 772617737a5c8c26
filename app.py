"""Aloud: `python app.py` opens the studio, as `aloud run` does."""

from __future__ import annotations

import sys

from tts_core.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["run"]))
