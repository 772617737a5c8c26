"""The user's own folder of voices and models for Kokoro, `TTS_KOKORO_PATH`.

Its content is checked, since it may come from anywhere: only voices are listed that are regular
files of the right size, inside the folder.
"""

from __future__ import annotations

import functools
import logging
import stat
from collections.abc import Iterator
from pathlib import Path

from tts_core.engines.kokoro.data import VOICE_BYTES
from tts_core.errors import ModelLoadError, VoiceLoadError

log = logging.getLogger(__name__)

MOST_VOICES = 1_000
LONGEST_NAME = 100
"""Of a voice, in characters."""
LARGEST_MODEL = 1_000_000_000
"""Bytes; the fp32 model has 326 MB."""


def own_voices(folder: Path) -> dict[str, Path]:
    """Return the files of the usable voices in the folder, by id. None of them is read.

    Why others are left out is logged, once.
    """
    found = {}
    for path, problem in _voices(folder):
        if problem is None:
            found[path.stem] = path
        else:
            _warn(f"{path} is not offered as a voice: {problem}")
    return found


def find_voice(folder: Path, name: str) -> Path | None:
    """Return the file of a voice, None if it has none. Raises VoiceLoadError for an unusable one.

    Only the listed files are compared with the name, which may come from a request.
    """
    for path, problem in _voices(folder):
        if path.stem == name and path.suffix == ".bin":
            if problem is not None:
                raise VoiceLoadError(f"{path} is no voice for Kokoro: {problem}")
            return path
    return None


def read_voice(path: Path) -> bytes:
    """Return the content of a voice's file. Raises VoiceLoadError, which names the file."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise VoiceLoadError(f"{path} cannot be read ({error.strerror}).") from error


def own_model(folder: Path) -> Path | None:
    """Return the model in the folder: model.onnx, or else the only *.onnx; None without one.

    Raises ModelLoadError, which names the files.
    """
    models = sorted(folder.glob("*.onnx"))
    chosen = [path for path in models if path.name == "model.onnx"] or models
    if len(chosen) > 1:
        names = ", ".join(path.name for path in chosen[:5])
        raise ModelLoadError(f"{folder} has several models ({names}); call one of them model.onnx.")
    return chosen[0] if chosen else None


def read_model(path: Path) -> bytes:
    """Return the content of a model's file. Raises ModelLoadError, which names the file."""
    if problem := _problem(path, path.parent):
        raise ModelLoadError(f"{path} cannot be Kokoro's model: {problem}")
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelLoadError(f"{path} cannot be read ({error.strerror}).") from error


def _voices(folder: Path) -> Iterator[tuple[Path, str | None]]:
    """Yield the files that are meant as voices, and what is wrong with each."""
    files = sorted(path for path in folder.iterdir() if path.suffix in (".bin", ".pt"))
    for number, path in enumerate(files):
        if number >= MOST_VOICES:
            yield path, f"there are more than {MOST_VOICES} in the folder; remove some."
            return
        if path.suffix == ".pt":
            yield path, _pickle(path)
        else:
            yield path, _problem_of_name(path.stem) or _problem(path, folder, VOICE_BYTES)


def _problem(path: Path, folder: Path, size: int | None = None) -> str | None:
    """Return what is wrong with a file, which is not read. `size`: what it must have, in bytes."""
    try:
        resolved = path.resolve(strict=True)
        seen = resolved.stat()
    except (OSError, RuntimeError):  # a loop of links
        return "it is a link to nothing; remove it."
    if not resolved.is_relative_to(folder.resolve()):
        return "it is a link to a file outside the folder; copy that file into it."
    if not stat.S_ISREG(seen.st_mode):
        return "it is not a regular file; remove it."
    if size is not None and seen.st_size != size:
        return f"it has {seen.st_size:,} bytes instead of {size:,} (510 x 256 float32)."
    if seen.st_size > LARGEST_MODEL:
        return f"it has {seen.st_size:,} bytes, and at most {LARGEST_MODEL:,} are read."
    return None


def _problem_of_name(name: str) -> str | None:
    """Return what is wrong with a voice's name, which requests have to be able to spell."""
    if len(name) > LONGEST_NAME or name != name.strip() or not name.isprintable():
        return f"its name has to be printable and of at most {LONGEST_NAME} characters; rename it."
    if set("+()") & set(name):
        return "its name has one of the characters +(), which mix voices in requests; rename it."
    return None


def _pickle(path: Path) -> str:
    code = (
        f"import torch; torch.load({path.name!r}, weights_only=True).float().numpy()"
        f".tofile({path.with_suffix('.bin').name!r})"
    )
    return (
        "it is a pickle, which can run any code when it is opened. Convert it where you trust it: "
        f'python -c "{code}"'
    )


@functools.lru_cache(maxsize=1_000)
def _warn(message: str) -> None:
    """Log a warning the first time that it is given."""
    log.warning("%s", message)
