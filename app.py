"""Aloud: `python app.py` opens the studio."""

from __future__ import annotations


def main() -> None:
    """Read the settings, build the app, serve it until interrupted."""
    from tts_core.settings import Settings
    from tts_core.web.app import create_app

    create_app(Settings()).run()


if __name__ == "__main__":
    main()
