"""Finds misspelled settings."""

from __future__ import annotations

import os
from difflib import get_close_matches

from tts_core.settings import Settings, variable_of

FOREIGN_VARIABLES = frozenset({"TTS_HOME"})
"""Variables with the prefix `TTS_` that coqui-tts reads."""


def unknown_variables() -> dict[str, str | None]:
    """Return the `TTS_…` variables of the environment and `.env` that are no settings.

    The value is the setting that was probably meant, or None. A misspelled TTS_API_KEYS would
    otherwise leave the server open without a warning.
    """
    from dotenv import dotenv_values

    prefix = str(Settings.model_config["env_prefix"])
    known = {variable_of(name) for name in Settings.model_fields}
    names = {name.upper() for name in (*os.environ, *dotenv_values(".env"))}
    unknown = {name for name in names - known if name.startswith(prefix)} - FOREIGN_VARIABLES
    return {name: next(iter(get_close_matches(name, known, 1)), None) for name in sorted(unknown)}
