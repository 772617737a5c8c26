"""A speech service for one command, beside a data folder that may be a server's.

It works in a temporary folder. Of the data folder it reads the weights, the accepted licenses and
the voice that is wanted, and writes nothing there.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tts_core.cli.errors import CommandError
from tts_core.errors import VoiceLoadError
from tts_core.service import SpeechService
from tts_core.settings import Settings
from tts_core.voices.files import read_record
from tts_core.voices.record import VoiceRecord, folded


@contextmanager
def standalone(settings: Settings, voice: str = "") -> Iterator[SpeechService]:
    """Open a service that knows the engines' voices and, of the library, `voice` if it is there.

    Raises CommandError when that voice cannot be copied or there is no room for a folder.
    """
    try:
        temporary = TemporaryDirectory(prefix="aloud-", ignore_cleanup_errors=True)
    except OSError as error:
        raise CommandError(
            f"No temporary folder can be made ({error.strerror}); set TMPDIR to one that can be "
            "written."
        ) from error
    with temporary as folder:
        own = settings.model_copy(
            update={
                "data_dir": Path(folder).resolve(),
                "hub_cache": settings.models_path,
                "database_url": None,
                "history_text": "none",
                "history_audio_mb": 0.0,
                "cache_mb": 0.0,
                # Nobody is told of the results, but bad segments may be spoken again.
                "quality_check": "retry" if settings.quality_check == "retry" else "off",
            }
        )
        _copy_voice(voice, settings.voices_path, own.voices_path)
        service = SpeechService(own)
        try:
            yield service
        finally:
            service.close()


def library_voices(folder: Path) -> list[VoiceRecord]:
    """Read the voices of a library, the newest first, leaving out those that cannot be read.

    `VoiceLibrary`, when it opens a folder, deletes leftovers in it.
    """
    voices = []
    for path in folder.iterdir() if folder.is_dir() else ():
        try:
            voices.append(read_record(path))
        except VoiceLoadError:
            continue
    return sorted(voices, key=lambda voice: voice.created, reverse=True)


def _copy_voice(name: str, library: Path, target: Path) -> None:
    """Copy a voice that is in the library, by id, else by name; files half written are left."""
    wanted = folded(name.partition("+")[0])
    voices = library_voices(library) if wanted not in ("", "default") else []
    found = next((v for v in voices if v.id == wanted), None) or next(
        (v for v in voices if folded(v.name) == wanted), None
    )
    if found is None:
        return
    try:
        shutil.copytree(
            library / found.id,
            target / found.id,
            symlinks=True,
            ignore=shutil.ignore_patterns(".*"),
        )
    except OSError as error:
        raise CommandError(f"The voice {found.name} cannot be read: {error}.") from error
