"""Optional packages: which are missing, how to install them, and checks of their data."""

from __future__ import annotations

import hashlib
import importlib.util
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from tts_core.settings import in_checkout

EXTRAS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "xtts": ("TTS", "torch", "torchaudio", "torchcodec", "transformers"),
        "pocket": ("pocket_tts", "torch"),
        "groq": ("groq",),
        "chatterbox": ("chatterbox", "torch", "torchaudio", "transformers", "librosa"),
        "postgres": ("psycopg",),
    }
)
"""The modules that each extra needs; its name is also a target of the Makefile."""
_DISTRIBUTIONS = {"TTS": "coqui-tts", "pocket_tts": "pocket-tts", "chatterbox": "chatterbox-tts"}
"""The packages of modules that have another name."""


def missing_packages(extra: str) -> str | None:
    """Return which packages of an extra are missing and how to install them, or None.

    Nothing is imported, so a broken package counts as installed.
    """
    missing = [name for name in EXTRAS[extra] if importlib.util.find_spec(name) is None]
    if not missing:
        return None
    names = ", ".join(_DISTRIBUTIONS.get(name, name) for name in missing)
    return f"Not installed: {names}; run `{install_command(extra)}`."


def is_known_data(path: Path, sha256: str) -> bool:
    """Return whether a package's data file has the digest of the version that was reviewed.

    requirements/ has the digests of whole packages, but an installation without it may have any
    version.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except OSError:
        return False


def install_command(extra: str) -> str:
    """Return the shell command that installs an extra, in a checkout or for the installed package.

    Besides the names in `EXTRAS`, `extra` may be "engines", for all engines that are extras.
    """
    if in_checkout():
        return f"make {extra}"
    if extra == "chatterbox":
        # Its pins contradict ours, so it cannot be an extra; the file is in Aloud's repository.
        return f"{install_command('xtts')} && pip install --no-deps -r requirements/chatterbox.txt"
    return f"pip install 'aloud[{extra}]' -c requirements.txt"


def aloud_command(arguments: str) -> str:
    """Return the shell command that runs Aloud's command line with `arguments`."""
    if not in_checkout():
        return f"aloud {arguments}"
    program = Path(sys.executable).with_name("aloud")
    if not program.is_file():
        return f"python -m tts_core {arguments}"
    here = Path.cwd()
    name = program.relative_to(here) if program.is_relative_to(here) else program
    return f"{shlex.quote(str(name))} {arguments}"
