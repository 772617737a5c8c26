"""`aloud voices`: lists the voices of the running server, or of this installation.

`aloud voices withdraw` withdraws the consent for one of them.
"""

from __future__ import annotations

import argparse
import sys
from typing import Any

from tts_core.cli.client import find_client
from tts_core.cli.console import show, show_json, warn
from tts_core.cli.errors import CommandError, UsageError
from tts_core.cli.settings import load_settings
from tts_core.cli.standalone import library_voices
from tts_core.engines.registry import Registry
from tts_core.service import SpeechService
from tts_core.settings import Settings
from tts_core.system.running_server import claimed
from tts_core.types import MULTILINGUAL, Caller
from tts_core.validation import did_you_mean, shown
from tts_core.voices.catalog import VoiceCatalog
from tts_core.voices.lookup import AUTO, base
from tts_core.voices.record import LIBRARY

SOURCE = "command line"
"""What the record of a withdrawal names as its source."""
FIELDS = ("id", "name", "engine", "language", "gender")


def voices(options: argparse.Namespace) -> int:
    """Print the voices, one per line. Raises TTSError, CommandError."""
    settings = load_settings()
    registry = Registry(settings=settings)
    catalog = VoiceCatalog(registry)
    client = find_client(settings, options.url, options.key)
    found = client.voices() if client else _own_voices(settings, catalog)
    if options.engine:
        _check_engine(options.engine, found, registry)
        found = [voice for voice in found if voice["engine"] == options.engine]
    if options.language:
        wanted = catalog.language_code(options.language)
        found = [voice for voice in found if _speaks(voice["language"], wanted)]
    rows = [{field: voice[field] for field in FIELDS} for voice in found]
    if options.json:
        show_json(rows)
    else:
        _print_table(rows)
    return 0


def withdraw(options: argparse.Namespace) -> int:
    """Withdraw the consent for a cloned voice, after a question.

    Raises TTSError, CommandError, UsageError and CannotStart.
    """
    settings = load_settings()
    if not options.yes:
        _confirm(options.voice)
    if (client := find_client(settings, options.url, options.key)) is not None:
        name, *others = client.withdraw_consent(options.voice)
    else:
        name, *others = _withdraw_here(settings, options.voice)
    show(f"The consent for {name} was withdrawn, and the voice was deleted.")
    if others:
        show(f"So were other voices made from the same recording: {', '.join(others)}.")
    return 0


def _confirm(voice: str) -> None:
    if not sys.stdin.isatty():
        raise UsageError("This cannot be undone; confirm it with --yes.")
    warn(
        f"the voice {shown(voice)} will be deleted with all that was made of its recordings, other "
        "voices included. This cannot be undone. Type yes to go on:"
    )
    if sys.stdin.readline().strip().casefold() not in ("y", "yes"):
        raise CommandError("Nothing was changed.")


def _withdraw_here(settings: Settings, voice: str) -> list[str]:
    """Withdraw a consent without a server; return what `Client.withdraw_consent` returns."""
    with claimed(settings.data_path):
        service = SpeechService(settings)
        try:
            found, *others = service.consents.withdraw(voice, SOURCE, Caller())
            return [found.name, *(other.voice for other in others)]
        finally:
            service.close()


def _own_voices(settings: Settings, catalog: VoiceCatalog) -> list[dict[str, Any]]:
    """Return cloned voices, then those of the engines, as the server lists them."""
    cloned = [record.public() for record in library_voices(settings.voices_path)]
    return cloned + [{f: getattr(voice, f) for f in FIELDS} for voice in catalog.voices()]


def _check_engine(name: str, found: list[dict[str, Any]], registry: Registry) -> None:
    known = dict.fromkeys([*registry.infos, LIBRARY, *(voice["engine"] for voice in found)])
    if name not in known:
        raise CommandError(
            f"There is no engine {shown(name)!r}.{did_you_mean(name, known)} Choose one of: "
            f"{', '.join(known)}."
        )


def _speaks(language: str, wanted: str) -> bool:
    """Return whether a voice of `language` speaks `wanted`, as far as its language tells."""
    if AUTO in (language, wanted) or language == MULTILINGUAL:
        return True
    if base(language) != base(wanted):
        return False
    return base(wanted) == wanted or language in (wanted, base(wanted))


def _print_table(rows: list[dict[str, Any]]) -> None:
    widths = {field: max([len(field), *(len(row[field]) for row in rows)]) for field in FIELDS}
    for row in [{field: field for field in FIELDS}, *rows]:
        show("  ".join(row[field].ljust(widths[field]) for field in FIELDS).rstrip())
