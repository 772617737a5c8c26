"""Speech that was made before: the same segment of the same engine, weights, voice, parameters and
seed comes from the disk. So an edited text costs only what was edited.

One file for each segment, of its samples as they were; those not used for longest go first.
"""

from __future__ import annotations

import hashlib
import json
import logging
import math
import os
import queue
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
from safetensors import safe_open
from safetensors.numpy import save_file

from tts_core.errors import VoiceLoadError
from tts_core.system import disk
from tts_core.types import AudioChunk, EngineInfo, Utterance, WordTiming
from tts_core.voices.conditioning import recordings_of

log = logging.getLogger(__name__)

VERSION = 1
"""Of what is kept, and of how the engines speak."""
PIECE_SECONDS = 0.5
"""Sound comes out of the cache in pieces as out of an engine, for those who take it slowly."""
MOST_WAITING = 64
"""Segments that are to be written; when there are more, the newest are not kept."""


class SegmentCache:
    """Thread-safe. Close it when done."""

    def __init__(self, folder: Path, limit_bytes: int, info: Callable[[str], EngineInfo]) -> None:
        """At most `limit_bytes` of files in `folder`; `info`: of an engine, by its name."""
        self._folder, self._limit, self._info = folder, limit_bytes, info
        self._sizes: OrderedDict[str, int] = OrderedDict()  # by key, those used last at the end
        self._lock = threading.Lock()
        self._waiting: queue.Queue[tuple[str, Sequence[AudioChunk]] | None] = queue.Queue(
            MOST_WAITING
        )
        self._thread = threading.Thread(target=self._run, name="segment-cache", daemon=True)
        self._thread.start()

    def key(self, engine: str, utterance: Utterance, economy: int) -> str | None:
        """What the sound of an utterance depends on, as a digest; None when its voice cannot be
        read, and so cannot speak either."""
        info = self._info(engine)
        folder = utterance.voice_folder
        try:
            voice = utterance.voice if folder is None else recordings_of(folder)
        except (OSError, VoiceLoadError):
            return None
        parts = {
            "version": VERSION,
            "engine": engine,
            "weights": info.weights,
            "economy": economy,
            "text": utterance.text,
            "voice": voice,
            "language": utterance.language,
            "speed": utterance.speed,
            "pitch": utterance.pitch,
            "seed": utterance.seed if "sampling" in info.abilities else None,
            "options": dict(utterance.options),
        }
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

    def get(self, key: str) -> list[AudioChunk] | None:
        """The segment's sound; None when it is not here."""
        with self._lock:
            if key not in self._sizes:
                return None
            self._sizes.move_to_end(key)
        path = self._path(key)
        try:
            chunks = _read(path)
            os.utime(path)
        except Exception:  # damaged, or deleted by somebody: it is made anew
            log.warning("A segment of the cache could not be read: %s", path.name)
            self._forget(key)
            return None
        return chunks

    def put(self, key: str, chunks: Sequence[AudioChunk]) -> None:
        """Keep a whole segment; returns at once."""
        with suppress(queue.Full):
            self._waiting.put_nowait((key, chunks))

    def shrink(self, wanted: int) -> int:
        """Delete what was not used for longest until so many bytes are free again; how many."""
        deleted = 0
        gone = []
        with self._lock:
            while self._sizes and deleted < wanted:
                key, size = self._sizes.popitem(last=False)
                deleted += size
                gone.append(key)
        for key in gone:
            self._path(key).unlink(missing_ok=True)
        return deleted

    def close(self) -> None:
        """Write what waits."""
        self._waiting.put(None)
        self._thread.join(5)

    def _run(self) -> None:
        self._scan()
        while (item := self._waiting.get()) is not None:
            key, chunks = item
            if disk.is_low(self._folder):  # it would be deleted again at once
                continue
            try:
                size = _write(self._path(key), chunks)
            except Exception as error:  # a full disk: the next may fit
                log.warning("A segment was not kept: %s", error)
                continue
            with self._lock:
                self._sizes[key] = size
                self._sizes.move_to_end(key)
            self._make_room()

    def _scan(self) -> None:
        """Find what earlier processes kept, and delete what they left unfinished."""
        found = []
        for path in self._folder.glob("*/*"):
            with suppress(OSError):
                if path.suffix == ".safetensors":
                    seen = path.stat()
                    found.append((seen.st_mtime, path.stem, seen.st_size))
                else:
                    path.unlink()
        with self._lock:
            for _, key, size in sorted(found):
                self._sizes[key] = size
        self._make_room()

    def _make_room(self) -> None:
        with self._lock:
            total = sum(self._sizes.values())
        self.shrink(total - self._limit)

    def _forget(self, key: str) -> None:
        with self._lock:
            self._sizes.pop(key, None)
        self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key}.safetensors"


def _write(path: Path, chunks: Sequence[AudioChunk]) -> int:
    """Returns the file's size in bytes."""
    words = [(w.text, w.start, w.end) for chunk in chunks for w in chunk.words]
    about = {"sample_rate": str(chunks[0].sample_rate), "words": json.dumps(words)}
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    save_file({"samples": np.concatenate([chunk.samples for chunk in chunks])}, part, about)
    part.replace(path)
    return path.stat().st_size


def _read(path: Path) -> list[AudioChunk]:
    with safe_open(path, framework="numpy") as file:
        samples, about = file.get_tensor("samples"), file.metadata()
    words = [WordTiming(text, start, end) for text, start, end in json.loads(about["words"])]
    rate = int(about["sample_rate"])
    step = int(PIECE_SECONDS * rate)
    chunks = []
    for first in range(0, len(samples), step):
        end = first + step if first + step < len(samples) else math.inf
        begins = tuple(w for w in words if first <= round(w.start * rate) < end)
        chunks.append(AudioChunk(samples[first : first + step], rate, begins))
    return chunks
