"""`aloud run`: serves the studio."""

from __future__ import annotations

import argparse
import gc
import os
import signal
from types import FrameType


def run(_: argparse.Namespace) -> int:
    """Serve the app until Ctrl-C or SIGTERM.

    Raises CannotStart when the settings do not fit this machine, UsageError when they are invalid.
    """
    # Objects made at the start stay; collecting garbage among them takes a tenth of the start.
    gc.disable()
    os.umask(0o077)  # other users must not read texts and voices
    signal.signal(signal.SIGTERM, _interrupt)
    from tts_core.cli.settings import load_settings
    from tts_core.system.running_server import claimed

    settings = load_settings()
    # Parts of Gradio read this variable when imported, others at every use.
    os.environ["GRADIO_TEMP_DIR"] = str(settings.uploads_path)
    from tts_core.web.app import create_app

    with claimed(settings.data_path):
        create_app(settings).run()
    return 0


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    """End on SIGTERM as on Ctrl-C; service managers and containers send it."""
    raise KeyboardInterrupt
