"""A cache of spoken segments on disk, so that after an edit only the edited sentences are spoken.

The key is a digest of text, engine, weights, voice, parameters and seed. Each segment is one file
with its exact samples, in a folder of its voice, so that those of a voice can be deleted; the least
recently used are deleted first.
"""

from __future__ import annotations

import hashlib
import json
import logging
import math
import os
import queue
import shutil
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import numpy as np
from safetensors import safe_open
from safetensors.numpy import save

from tts_core.errors import VoiceLoadError
from tts_core.settings import Settings
from tts_core.system import disk
from tts_core.system.own_files import is_own_file
from tts_core.types import AudioChunk, EngineInfo, PhonemeTiming, Utterance, WordTiming
from tts_core.voices.conditioning import recordings_of

log = logging.getLogger(__name__)

VERSION = 4
"""Part of the key: raise it when the file format or the way engines speak changes."""
_VOICE_DIGITS = 16
"""Length of the names of folders. Files in others are of versions that did not sort by voice."""
FIRST_SECONDS, PIECE_SECONDS = 0.5, 2.0
"""Length of the first chunk that `get` returns and of the others, as short as an engine's, so that
slow readers get backpressure from cached sound too."""
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
        self._total = 0  # of those bytes
        self._deleted: set[str] = set()  # folders of voices
        self._lock = threading.Lock()
        self._waiting: queue.Queue[tuple[str, Sequence[AudioChunk]] | None] = queue.Queue(
            MOST_WAITING
        )
        self._thread = threading.Thread(target=self._run, name="segment-cache", daemon=True)
        self._thread.start()

    def key(self, engine: str, utterance: Utterance, economy: int) -> str | None:
        """Return the voice's folder and a digest of all that the sound of an utterance depends on.

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
        digest = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
        return f"{_folder_of(utterance.voice if folder is None else folder.name)}/{digest}"

    def get(self, key: str) -> list[AudioChunk] | None:
        """Return a segment's sound; None when it is not cached or its file is damaged."""
        with self._lock:
            if key not in self._sizes:
                return None
            self._sizes.move_to_end(key)
        path = self._path(key)
        try:
            if not is_own_file(path, self._folder):
                raise FileNotFoundError(path)
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

    def forget(self, voice: str) -> None:
        """Delete all segments of a cloned voice that was deleted, by its id, and cache no more."""
        folder = _folder_of(voice)
        with self._lock:
            self._deleted.add(folder)  # for those that are still waiting to be written
            for key in [key for key in self._sizes if key.startswith(f"{folder}/")]:
                self._total -= self._sizes.pop(key)
        # Also what is not listed yet, since the process has just started.
        shutil.rmtree(self._folder / folder, ignore_errors=True)

    def shrink(self, wanted: int) -> int:
        """Delete the least recently used segments, `wanted` bytes or more; return how many bytes.

        Less when the cache holds less.
        """
        deleted = 0
        keys = []
        with self._lock:
            while self._sizes and deleted < wanted:
                key, size = self._sizes.popitem(last=False)
                self._total -= size
                deleted += size
                keys.append(key)
        for key in keys:
            self._path(key).unlink(missing_ok=True)
        return deleted

    def held(self) -> int:
        """Return how many bytes `shrink` could delete."""
        with self._lock:
            return sum(self._sizes.values())

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
                self._total += size - self._sizes.pop(key, 0)
                self._sizes[key] = size
                deleted = key.partition("/")[0] in self._deleted
            if deleted:  # meanwhile
                self._forget(key)
            self._make_room()

    def _scan(self) -> None:
        """List the files of earlier processes, and delete those that were not finished."""
        found = []
        for path in self._folder.glob("*/*"):
            if path.parent.is_symlink():  # what it leads to is not ours to delete
                continue
            with suppress(OSError):
                folder = path.parent.name
                if path.suffix == ".safetensors" and len(folder) == _VOICE_DIGITS:
                    stat = path.stat()
                    found.append((stat.st_mtime, f"{folder}/{path.stem}", stat.st_size))
                else:
                    path.unlink()
        with self._lock:
            for _, key, size in sorted(found):
                self._sizes[key] = size
                self._total += size
        self._make_room()

    def _make_room(self) -> None:
        self.shrink(self._total - self._limit)

    def _forget(self, key: str) -> None:
        with self._lock:
            self._total -= self._sizes.pop(key, 0)
        self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.safetensors"


def cache_limit(settings: Settings) -> int:
    """Return how many bytes the settings allow; 0 for no cache."""
    return int(settings.cache_mb * 1e6)


def open_cache(settings: Settings, info: Callable[[str], EngineInfo]) -> SegmentCache | None:
    """Return the cache that the settings allow; None when they allow none."""
    limit = cache_limit(settings)
    return SegmentCache(settings.cache_path, limit, info) if limit else None


def _folder_of(voice: str) -> str:
    """Return the name of the folder with a voice's segments; its id may be no name of a folder."""
    return hashlib.sha256(voice.encode()).hexdigest()[:_VOICE_DIGITS]


def _write(path: Path, chunks: Sequence[AudioChunk]) -> int:
    """Write a segment's file and return its size in bytes."""
    words = [(w.text, w.start, w.end) for chunk in chunks for w in chunk.words]
    metadata = {
        "sample_rate": str(chunks[0].sample_rate),
        "words": json.dumps(words),
        "phonemes": json.dumps([phoneme for chunk in chunks for phoneme in chunk.phonemes]),
    }
    data = save({"samples": np.concatenate([chunk.samples for chunk in chunks])}, metadata)
    part = path.with_suffix(".part")
    try:
        part.write_bytes(data)
    except FileNotFoundError:  # the first of its voice
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(data)
    part.replace(path)
    return len(data)


def _read(path: Path) -> list[AudioChunk]:
    """Return a file's chunks, each with the words that start in it."""
    with safe_open(path, framework="numpy") as file:
        samples, metadata = file.get_tensor("samples"), file.metadata()
    words = [WordTiming(text, start, end) for text, start, end in json.loads(metadata["words"])]
    phonemes = [PhonemeTiming(*row) for row in json.loads(metadata["phonemes"])]
    rate = int(metadata["sample_rate"])
    starts = [0, *range(int(FIRST_SECONDS * rate), len(samples), int(PIECE_SECONDS * rate))]
    chunks = []
    for first, last in pairwise([*starts, len(samples)]):
        end = last if last < len(samples) else math.inf
        here = tuple(w for w in words if first <= round(w.start * rate) < end)
        sounding = tuple(p for p in phonemes if first <= round(p.start * rate) < end)
        chunks.append(AudioChunk(samples[first:last], rate, here, sounding))
    return chunks
