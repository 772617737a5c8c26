"""Brings voices to one level whose engine does not do so itself, by a gain for each.

A voice is measured once, from the first request that lets it speak for `LEAST_SPEECH` seconds, and
the result is kept in a file. That first request is not delayed for it: it gets the usual gain of
the engine's other voices, and like every request keeps its gain to its end. Measuring the first
second instead would delay the first sound by as much, and be wrong by several LU.
"""

from __future__ import annotations

import logging
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
from pydantic import TypeAdapter, ValidationError

from tts_core.audio.level import SpeechLevel, factor, limited, speech_level
from tts_core.errors import VoiceLoadError
from tts_core.types import AudioChunk, EngineInfo, Samples, Voice
from tts_core.voices.conditioning import recordings_of

log = logging.getLogger(__name__)

LISTEN_SECONDS = 15.0
"""Of sound, with its pauses, from which a voice is measured; a shorter request may be enough."""
MOST_VOICES = 1_000
"""Kept in the file; the ones measured first are dropped."""


@dataclass(frozen=True, slots=True)
class VoiceKey:
    """What a voice's loudness depends on."""

    engine: str
    voice: str
    """`Voice.id`."""
    weights: str
    """`EngineInfo.weights`."""
    recordings: str = ""
    """Digests of a library voice's recordings."""

    @property
    def place(self) -> tuple[str, str]:
        """Return the key of a row, which other weights or recordings replace."""
        return self.engine, self.voice


@dataclass(frozen=True, slots=True)
class _Measured:
    voice: VoiceKey
    level: SpeechLevel


_ROWS = TypeAdapter(list[_Measured])


class VoiceLevels:
    """The measured voices. Thread-safe. Close it when done."""

    def __init__(self, path: Path) -> None:
        """Keep them in the file `path`, which need not exist."""
        self._path = path
        # In the order in which they were measured.
        self._rows = {row.voice.place: row for row in _read(path)}
        self._lock = threading.Lock()
        self._measuring = ThreadPoolExecutor(1, "levels")

    def leveler(self, engine: EngineInfo, voice: Voice) -> Leveler:
        """Return what brings a voice to level for one request."""
        if engine.leveled:
            return Leveler(None, 0.0, None)
        try:
            recordings = "" if voice.folder is None else recordings_of(voice.folder)
        except (OSError, VoiceLoadError):  # which the engine will report
            return Leveler(None, 0.0, None)
        key = VoiceKey(engine.name, voice.id, engine.weights, recordings)
        with self._lock:
            row = self._rows.get(key.place)
            if row is not None and row.voice == key:
                return Leveler(None, row.level.gain, None)
            related = [
                other.level.gain
                for other in self._rows.values()
                if (other.voice.engine, other.voice.weights) == (key.engine, key.weights)
            ]
        return Leveler(self, median(related) if related else 0.0, key)

    def measure(self, key: VoiceKey, chunk: AudioChunk) -> None:
        """Measure speech of a voice in the background, and remember the result."""
        try:
            self._measuring.submit(self._measure, key, chunk)
        except RuntimeError:
            log.debug("closed before %s could be measured", key)

    def forget(self, voice: str) -> None:
        """Forget a voice that was deleted, by its id, with all engines."""
        with self._lock:
            gone = [place for place, row in self._rows.items() if row.voice.voice == voice]
            for place in gone:
                del self._rows[place]
        if gone:
            self._write()

    def settle(self) -> None:
        """Wait for measurements that have begun."""
        with suppress(RuntimeError):  # closed
            self._measuring.submit(lambda: None).result()

    def close(self) -> None:
        """Finish measurements that have begun."""
        self._measuring.shutdown(cancel_futures=True)

    def _measure(self, key: VoiceKey, chunk: AudioChunk) -> None:
        try:
            level = speech_level(chunk)
        except Exception:
            log.warning("the level of %s could not be measured", key.voice, exc_info=True)
            return
        if level is None:
            return
        place, row = key.place, _Measured(key, level)
        with self._lock:
            before = self._rows.pop(place, row)
            # The first of several requests at the same time counts, so that the gain stays.
            self._rows[place] = before if before.voice == key else row
            while len(self._rows) > MOST_VOICES:
                del self._rows[next(iter(self._rows))]
        self._write()

    def _write(self) -> None:
        with self._lock:
            content = _ROWS.dump_json(list(self._rows.values()), indent=1)
            part = self._path.with_name(f".{self._path.name}.{uuid.uuid4().hex}.part")
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                part.write_bytes(content)
                part.replace(self._path)
            except OSError as error:  # such as a full disk; they are measured again next time
                log.warning("levels of voices could not be saved: %s", error)
                part.unlink(missing_ok=True)


class Leveler:
    """Applies one gain to the sound of one voice, and has it measured if it was not yet.

    Not thread-safe.
    """

    def __init__(self, levels: VoiceLevels | None, gain: float, key: VoiceKey | None) -> None:
        """`gain`: in dB. `levels` and `key`: where to measure which voice; None for nowhere."""
        self._levels, self._key = levels, key
        self._factor = factor(gain)
        self._heard: list[AudioChunk] = []
        self._seconds = 0.0

    @property
    def is_known(self) -> bool:
        """Return whether the voice's gain is known, and so the same for every request."""
        return self._levels is None

    def apply(self, chunk: AudioChunk) -> Samples:
        """Return a chunk's samples at level: float32 of the same shape (n,), within [-1, 1]."""
        if self._levels is not None:
            self._heard.append(chunk)
            self._seconds += chunk.duration
            if self._seconds >= LISTEN_SECONDS:
                self.finish()
        if self._factor == 1:
            return chunk.samples
        return limited(chunk.samples * self._factor)

    def finish(self) -> None:
        """Have measured what was heard; the voice's last sound has come."""
        levels, self._levels = self._levels, None
        if levels is not None and self._key is not None and self._heard:
            samples = np.concatenate([chunk.samples for chunk in self._heard])
            levels.measure(self._key, AudioChunk(samples, self._heard[0].sample_rate))
        self._heard.clear()


def _read(path: Path) -> list[_Measured]:
    """Return the rows of a file; none if there is none, or if it is damaged."""
    try:
        return _ROWS.validate_json(path.read_bytes())
    except FileNotFoundError:
        return []
    except (OSError, ValidationError) as error:
        log.warning("%s could not be read, so voices are measured again: %s", path.name, error)
        return []
