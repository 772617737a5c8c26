"""`aloud run`: the studio."""

from __future__ import annotations

import argparse
import gc


def run(_: argparse.Namespace) -> int:
    """Read the settings, build the app, serve it until interrupted."""
    # What the start makes stays: looking for garbage in it takes a tenth of the start.
    gc.disable()
    from tts_core.settings import Settings
    from tts_core.web.app import create_app

    create_app(Settings()).run()
    return 0
