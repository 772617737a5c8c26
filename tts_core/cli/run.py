"""`aloud run`: the studio."""

from __future__ import annotations

import argparse
import gc
import os
import signal
from types import FrameType


def run(_: argparse.Namespace) -> int:
    """Read the settings, build the app, serve it until Ctrl-C or SIGTERM.

    Raises CannotStart when the settings do not suit this machine.
    """
    # What the start makes stays: looking for garbage in it takes a tenth of the start.
    gc.disable()
    os.umask(0o077)  # texts and voices are nobody else's
    signal.signal(signal.SIGTERM, _interrupt)
    from tts_core.cli.settings import load_settings
    from tts_core.system.running_server import claimed

    settings = load_settings()
    # Parts of Gradio read it when they are imported, others at every use.
    os.environ["GRADIO_TEMP_DIR"] = str(settings.uploads_path)
    from tts_core.web.app import create_app

    with claimed(settings.data_path):
        create_app(settings).run()
    return 0


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    """End as Ctrl-C does: service managers and containers send SIGTERM."""
    raise KeyboardInterrupt
