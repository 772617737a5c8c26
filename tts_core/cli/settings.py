"""Reads the settings for a command; what is wrong with them ends it with one sentence."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tts_core.cli.errors import UsageError

if TYPE_CHECKING:
    import pydantic

    from tts_core.settings import Settings

ENV_FILE = Path(".env")


def load_settings() -> Settings:
    """Read the settings from the environment and from `.env` in the current folder.

    Raises UsageError when a variable has an invalid value, or `.env` cannot be read as UTF-8.
    """
    import pydantic

    from tts_core.settings import Settings

    try:
        return Settings()
    except pydantic.ValidationError as error:
        raise UsageError(_invalid_variable(error)) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise UsageError(
            f"{ENV_FILE} is not UTF-8 text: line {line} has the byte 0x"
            f"{error.object[error.start]:02x}. Save it as UTF-8."
        ) from error
    except OSError as error:
        raise UsageError(
            f"{ENV_FILE} cannot be read: {error.strerror or error}. Change its permissions, or "
            "start Aloud in another folder."
        ) from error


def _invalid_variable(error: pydantic.ValidationError) -> str:
    """Describe the first invalid variable, without its value, which may be a key."""
    first = error.errors(include_url=False, include_input=False)[0]
    name = str(first["loc"][0]) if first["loc"] else ""
    variable = name if name.isupper() else f"TTS_{name.upper()}"
    message = first["msg"].removeprefix("Value error, ").rstrip(".")
    return f"{variable}: {message[:1].lower()}{message[1:]}. Set it in the environment or in .env."
