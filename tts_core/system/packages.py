"""Optional packages: which are missing, how to install them, and checks of their data.

Imports tts_core.settings inside functions only: its libraries take a tenth of a second to import,
which the worker processes of engines without optional packages can do without.
"""

from __future__ import annotations

import hashlib
import importlib.util
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Extra:
    """Optional packages that are installed together."""

    name: str
    """Of the extra in pyproject.toml, and of the target in the Makefile."""
    modules: Mapping[str, str]
    """What has to be importable: by module, the package that brings it."""
    command: str = ""
    """The shell command that installs them beside the package Aloud. Empty: as an extra of it."""


POSTGRES = Extra("postgres", {"psycopg": "psycopg"})
"""For a history in PostgreSQL. Engines declare theirs themselves (`Engine.extra`)."""
RECOGNISER = Extra("recogniser", {"faster_whisper": "faster-whisper"})
"""For a second opinion on speech (`TTS_RECOGNISER`)."""


def missing_packages(extra: Extra) -> str | None:
    """Return which packages of an extra are missing and how to install them, or None.

    Nothing is imported, so a broken package counts as installed.
    """
    missing = [
        package
        for module, package in extra.modules.items()
        if importlib.util.find_spec(module) is None
    ]
    if not missing:
        return None
    return f"Not installed: {', '.join(missing)}; run `{install_command(extra)}`."


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


def install_command(extra: Extra) -> str:
    """Return the shell command that installs an extra, in a checkout or for the package."""
    from tts_core.settings import in_checkout

    if in_checkout():
        return f"make {extra.name}"
    return extra.command or f"pip install 'aloud[{extra.name}]' -c requirements.txt"


def install_engines_command() -> str:
    """Return the shell command that installs the packages of all engines that are extras."""
    return install_command(Extra("engines", {}))


def aloud_command(arguments: str) -> str:
    """Return the shell command that runs Aloud's command line with `arguments`."""
    from tts_core.settings import in_checkout

    if not in_checkout():
        return f"aloud {arguments}"
    program = Path(sys.executable).with_name("aloud")
    if not program.is_file():
        return f"python -m tts_core {arguments}"
    here = Path.cwd()
    name = program.relative_to(here) if program.is_relative_to(here) else program
    return f"{shlex.quote(str(name))} {arguments}"
