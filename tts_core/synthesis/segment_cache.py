"""A cache of spoken segments on disk, so that after an edit only the edited sentences are spoken.

The key is a digest of text, engine, weights, voice, parameters and seed. Each segment is one file
with its exact samples; the least recently used are deleted first.
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

VERSION = 2
"""Part of the key: raise it when the file format or the way engines speak changes."""
PIECE_SECONDS = 0.5
"""Length of the chunks that `get` returns, as short as an engine's, so that slow readers get
backpressure from cached sound too."""
MOST_WAITING = 64
"""Maximum segments in the write queue; beyond it, new segments are not cached."""


class SegmentCache:
    """LRU cache in a folder, written by a thread of its own. Thread-safe. Close it when done."""

    def __init__(self, folder: Path, limit_bytes: int, info: Callable[[str], EngineInfo]) -> None:
        """Keep at most `limit_bytes` of files in `folder`. `info`: looks up an engine by name."""
        self._folder, self._limit, self._info = folder, limit_bytes, info
        self._sizes: OrderedDict[str, int] = (
            OrderedDict()
        )  # bytes by key, least recently used first
        self._lock = threading.Lock()
        self._waiting: queue.Queue[tuple[str, Sequence[AudioChunk]] | None] = queue.Queue(
            MOST_WAITING
        )
        self._thread = threading.Thread(target=self._run, name="segment-cache", daemon=True)
        self._thread.start()

    def key(self, engine: str, utterance: Utterance, economy: int) -> str | None:
        """Return a digest of everything the sound of an utterance depends on.

        `economy`: see `Runner.economy`. None when the voice's recordings cannot be read, in which
        case the engine will fail too.
        """
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
            "seed": utterance.seed if info.capabilities.sampling else None,
            "options": dict(utterance.options),
        }
        if utterance.phonemes and info.capabilities.phonemes:
            parts["phonemes"] = utterance.phonemes
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

    def get(self, key: str) -> list[AudioChunk] | None:
        """Return a segment's sound; None when it is not cached or its file is damaged."""
        with self._lock:
            if key not in self._sizes:
                return None
            self._sizes.move_to_end(key)
        path = self._path(key)
        try:
            chunks = _read(path)
            os.utime(path)
        except Exception:  # damaged, or deleted by another program: speak it again
            log.warning("cached segment could not be read: %s", path.name)
            self._forget(key)
            return None
        return chunks

    def put(self, key: str, chunks: Sequence[AudioChunk]) -> None:
        """Queue a complete segment to be written; return at once."""
        with suppress(queue.Full):
            self._waiting.put_nowait((key, chunks))

    def shrink(self, wanted: int) -> int:
        """Delete the least recently used segments, `wanted` bytes or more; return how many bytes.

        Less when the cache holds less.
        """
        deleted = 0
        keys = []
        with self._lock:
            while self._sizes and deleted < wanted:
                key, size = self._sizes.popitem(last=False)
                deleted += size
                keys.append(key)
        for key in keys:
            self._path(key).unlink(missing_ok=True)
        return deleted

    def close(self) -> None:
        """Write what is queued, waiting up to 5 s."""
        self._waiting.put(None)
        self._thread.join(5)

    def _run(self) -> None:
        self._scan()
        while (item := self._waiting.get()) is not None:
            key, chunks = item
            if disk.is_low(self._folder):  # the next sweep would delete it again
                continue
            try:
                size = _write(self._path(key), chunks)
            except Exception as error:  # such as a full disk, where a shorter segment may fit
                log.warning("segment could not be cached: %s", error)
                continue
            with self._lock:
                self._sizes[key] = size
                self._sizes.move_to_end(key)
            self._make_room()

    def _scan(self) -> None:
        """List the files of earlier processes, and delete those that were not finished."""
        found = []
        for path in self._folder.glob("*/*"):
            with suppress(OSError):
                if path.suffix == ".safetensors":
                    stat = path.stat()
                    found.append((stat.st_mtime, path.stem, stat.st_size))
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
    """Write a segment's file and return its size in bytes."""
    words = [(w.text, w.start, w.end) for chunk in chunks for w in chunk.words]
    metadata = {"sample_rate": str(chunks[0].sample_rate), "words": json.dumps(words)}
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    save_file({"samples": np.concatenate([chunk.samples for chunk in chunks])}, part, metadata)
    part.replace(path)
    return path.stat().st_size


def _read(path: Path) -> list[AudioChunk]:
    """Return a file's chunks of `PIECE_SECONDS`, each with the words that start in it."""
    with safe_open(path, framework="numpy") as file:
        samples, metadata = file.get_tensor("samples"), file.metadata()
    words = [WordTiming(text, start, end) for text, start, end in json.loads(metadata["words"])]
    rate = int(metadata["sample_rate"])
    step = int(PIECE_SECONDS * rate)
    chunks = []
    for first in range(0, len(samples), step):
        end = first + step if first + step < len(samples) else math.inf
        starting = tuple(w for w in words if first <= round(w.start * rate) < end)
        chunks.append(AudioChunk(samples[first : first + step], rate, starting))
    return chunks
