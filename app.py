"""Aloud: `python app.py` opens the studio."""

from __future__ import annotations

import gc


def main() -> None:
    """Read the settings, build the app, serve it until interrupted."""
    # What the start makes stays: looking for garbage in it takes a tenth of the start.
    gc.disable()
    from tts_core.settings import Settings
    from tts_core.web.app import create_app

    create_app(Settings()).run()


if __name__ == "__main__":
    main()
