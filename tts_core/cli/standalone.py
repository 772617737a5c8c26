"""A speech service for one command, next to a data folder that a server may be using.

It works in a temporary folder. From the data folder it reads the weights, the accepted licenses and
the requested voice, and writes nothing there.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tts_core.cli.errors import CommandError
from tts_core.engines.registry import Registry
from tts_core.errors import VoiceLoadError
from tts_core.marks.certificate import CHAIN, KEY
from tts_core.service import SpeechService
from tts_core.settings import Settings
from tts_core.voices.files import read_record
from tts_core.voices.record import VoiceRecord, folded
from tts_core.voices.withdrawals import FOLDER


@contextmanager
def standalone(settings: Settings, voice: str = "") -> Iterator[SpeechService]:
    """Open a service with the engines' voices and the library voice `voice`, if there is one.

    Raises CommandError when that voice cannot be copied or no temporary folder can be created.
    """
    try:
        temporary = TemporaryDirectory(prefix="aloud-", ignore_cleanup_errors=True)
    except OSError as error:
        raise CommandError(
            f"No temporary folder can be created ({error.strerror}); set TMPDIR to a folder that "
            "can be written."
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
                # The results are not reported, but bad segments may be regenerated.
                "quality_check": "retry" if settings.quality_check == "retry" else "off",
                **_certificate(settings),
            }
        )
        _copy_voice(voice, settings.voices_path, own.voices_path)
        # The engines use the weights and the accepted licenses of the data folder.
        service = SpeechService(own, Registry(settings=settings))
        try:
            yield service
        finally:
            service.close()


def _certificate(settings: Settings) -> dict[str, Path]:
    """Return the settings by which files are signed as the server signs them, if it has yet."""
    chain, key = settings.certificate_path / CHAIN, settings.certificate_path / KEY
    given = settings.c2pa_certificate or settings.c2pa_key
    if given or not (chain.is_file() and key.is_file()):
        return {}
    return {"c2pa_certificate": chain, "c2pa_key": key}


def library_voices(folder: Path) -> list[VoiceRecord]:
    """Read the voices of a library, the newest first, skipping those that cannot be read.

    `VoiceLibrary` is not used, because it deletes leftovers in a folder when it opens it.
    """
    voices = []
    for path in folder.iterdir() if folder.is_dir() else ():
        if (folder / FOLDER / f"{path.name}.json").exists():
            continue  # its consent was withdrawn; the next server deletes what is left of it
        try:
            voices.append(read_record(path))
        except VoiceLoadError:
            continue
    return sorted(voices, key=lambda voice: voice.created, reverse=True)


def _copy_voice(name: str, library: Path, target: Path) -> None:
    """Copy a voice of the library, found by id, else by name, without partial files.

    Raises CommandError.
    """
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
