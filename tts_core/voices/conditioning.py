"""Speaks in library voices. An engine's voice state (speaker embedding) is made on first use.

States are files of `engines/voice_state.py` in the voice's folder `states`, one for each engine,
its weights and the recordings: `xtts-5f0c9a13-77aa01b2.safetensors`. A state that the engine
rejects as damaged or made with other weights is skipped, and a new one made. It is made of the
prepared clips on disk, since an engine may need it long after the voice was cloned.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tts_core.audio.decode import decode
from tts_core.engines.runner import Runner
from tts_core.errors import StaleVoiceState, VoiceLoadError
from tts_core.types import AudioChunk, Utterance
from tts_core.voices.files import read_record
from tts_core.voices.record import VoiceRecord

log = logging.getLogger(__name__)

_ANY_DIGEST = "?" * 8
"""In the names of state files, which another engine's name may begin with too."""


def speak(
    engine: str,
    runner: Runner,
    utterance: Utterance,
    stop: threading.Event,
    *,
    suspend: bool = False,
) -> Iterator[AudioChunk]:
    """Speak as `Runner.speak` does, also in library voices (`Utterance.voice_folder`).

    An utterance in one of these is sent when its sound is asked for. Raises as `Runner.speak` does,
    and VoiceLoadError.
    """
    if utterance.voice_folder is None:
        return runner.speak(utterance, stop, suspend=suspend)
    return _speak_saved(engine, runner, utterance, utterance.voice_folder, stop, suspend=suspend)


def _speak_saved(
    engine: str,
    runner: Runner,
    utterance: Utterance,
    folder: Path,
    stop: threading.Event,
    *,
    suspend: bool,
) -> Iterator[AudioChunk]:
    try:
        yield from _speak(engine, runner, utterance, folder, stop, suspend=suspend)
    except (VoiceLoadError, OSError) as error:
        if folder.is_dir():
            raise
        raise VoiceLoadError(f"The voice {utterance.voice} was deleted; choose another.") from error


def _speak(
    engine: str,
    runner: Runner,
    utterance: Utterance,
    folder: Path,
    stop: threading.Event,
    *,
    suspend: bool,
) -> Iterator[AudioChunk]:
    record = read_record(folder)
    for path in _saved_states(folder, engine, record):
        try:
            spoken = replace(utterance, voice_state=path)
            yield from runner.speak(spoken, stop, suspend=suspend)
        except StaleVoiceState as error:
            log.info("%s", error)
        else:
            return
    made = _make_state(folder, engine, record, runner, stop)
    if made is not None:
        spoken = replace(utterance, voice_state=made)
        yield from runner.speak(spoken, stop, suspend=suspend)


def _saved_states(folder: Path, engine: str, record: VoiceRecord) -> list[Path]:
    """Return the state files that an engine may use, the newest first."""
    pattern = f"{engine}-{_ANY_DIGEST}-{_recordings_digest(record)}.safetensors"
    paths = (folder / "states").glob(pattern)
    return sorted(paths, key=lambda path: path.stat().st_mtime, reverse=True)


def _make_state(
    folder: Path, engine: str, record: VoiceRecord, runner: Runner, stop: threading.Event
) -> Path | None:
    """Make an engine's state of a voice and save it; return its file, None if stopped."""
    began = time.monotonic()
    clips = [decode(folder / clip.file) for clip in record.clips]
    state = runner.condition(clips, stop)
    if state is None:
        return None
    states = folder / "states"
    states.mkdir(exist_ok=True)
    path = states / f"{engine}-{_digest(state.weights)}-{_recordings_digest(record)}.safetensors"
    state.save(path)
    every = set(states.glob(f"{engine}-{_ANY_DIGEST}-{_ANY_DIGEST}.safetensors"))
    for old in every - set(_saved_states(folder, engine, record)):
        old.unlink(missing_ok=True)  # of other recordings
    log.info("%s made its state of %s in %.1f s", engine, folder.name, time.monotonic() - began)
    return path


def recordings_of(folder: Path) -> str:
    """Return the digests of the recordings of a library voice. Raises OSError, VoiceLoadError."""
    return " ".join(clip.sha256 for clip in read_record(folder).clips)


def _recordings_digest(record: VoiceRecord) -> str:
    return _digest(" ".join(clip.sha256 for clip in record.clips))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]
