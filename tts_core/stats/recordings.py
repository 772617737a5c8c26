"""Recordings: the audio of ended requests, kept so that the history can play it again.

While a request is spoken, its samples are written to an unnamed temporary file, which cannot be
left behind by a killed process: 20 µs for a second of audio. After the end, a background thread
encodes them to FLAC in a thousandth of the audio's duration, a tenth of what MP3 or Opus take.
FLAC is lossless, half the size of WAV (500 MB hold six hours at 22 kHz), and has been supported by
every browser since 2017; Ogg Opus, a third of that size, is not by Safari before 18.4.

Beside a recording, `ID.timings.json` tells when its segments and words are heard, for subtitles. It
is written after the recording and deleted before it, so that none is left alone.
"""

from __future__ import annotations

import errno
import json
import logging
import os
import tempfile
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
import psutil
from pydantic import TypeAdapter, ValidationError

from tts_core.audio.encode import find_format, open_encoder, to_int16
from tts_core.errors import TTSError
from tts_core.events import Marking, Marks, timing_dict
from tts_core.stats.outputs import Recorder
from tts_core.system import disk
from tts_core.system.own_files import is_own_file
from tts_core.types import Samples, WordTiming

log = logging.getLogger(__name__)

FORMAT = find_format("flac")
TIMINGS = ".timings.json"
"""How the name of a file with timings ends."""
PIECE = 1 << 16
"""Bytes that are encoded at a time."""
STALE_SECONDS = 3600.0
"""Age from which an unfinished file is abandoned, even if a process has the number in its name."""
PATIENCE_SECONDS = 2.0
"""How long `close` waits for the encoder."""


@dataclass(frozen=True, slots=True)
class Timings:
    """When the segments and words of a request are heard, in seconds from the start."""

    segments: Sequence[WordTiming]
    words: Sequence[WordTiming] | None
    """None without word timestamps."""

    def as_json(self) -> bytes:
        """Return them as the API has them, with times to a tenth of a millisecond."""
        words = None if self.words is None else [timing_dict(word) for word in self.words]
        found = {"segments": [timing_dict(segment) for segment in self.segments], "words": words}
        # A client's text may have lone surrogates in it.
        return json.dumps(found, ensure_ascii=False).encode("utf-8", "replace")


_TIMINGS = TypeAdapter(Timings)


class Recordings:
    """A folder of limited size; the oldest recordings are deleted first. Thread-safe. Close it when
    done.
    """

    def __init__(self, folder: Path, budget: int, *, keep_timings: bool = True) -> None:
        """`budget`: the limit in bytes; 0 keeps nothing, and deletes recordings of earlier runs.

        `keep_timings`: whether to keep timings too, which contain what is said.
        """
        self._folder, self._budget, self._keep_timings = folder, budget, keep_timings
        self._sizes: dict[str, int] = {}  # bytes with timings by request id, the oldest first
        self._total = 0
        self._waiting: deque[Spool] = deque()
        self._timings: dict[str, Timings] = {}  # not yet in files, by request id
        self._working: str | None = None
        self._closing = self._failing = False
        self._thread: threading.Thread | None = None
        self._changed = threading.Condition()
        self.version = 0
        """A number that changes whenever a recording is added or deleted."""

    def record(self, request_id: str, sample_rate: int) -> Spool | None:
        """Begin a recording; returns None when none are kept or the disk is nearly full."""
        if not self._budget or not request_id.isalnum():
            return None
        try:
            if disk.is_low(self._folder):
                raise OSError(errno.ENOSPC, "the disk is nearly full")
            self._folder.mkdir(parents=True, exist_ok=True)
            return Spool(self, request_id, sample_rate, tempfile.TemporaryFile(dir=self._folder))
        except OSError as error:
            self.complain(error)
            return None

    def find(self, request_id: str) -> Path | None:
        """Return the file of a recording; None when there is none."""
        if not request_id.isalnum():
            return None
        path = self._path(request_id)
        return path if is_own_file(path, self._folder) else None

    def timings(self, request_id: str) -> Timings | None:
        """Return the timings of a recording, also of one that is still being encoded.

        None when there are none, as for recordings made before timings were kept, or when their
        file is damaged.
        """
        if (found := self._timings.get(request_id)) is not None or not request_id.isalnum():
            return found
        path = self._timings_path(request_id)
        with suppress(OSError, ValidationError):
            if is_own_file(path, self._folder):
                return _TIMINGS.validate_json(path.read_bytes())
        return None

    def __contains__(self, request_id: str) -> bool:
        """Return whether there is a recording of a request, without looking at the disk."""
        return request_id in self._sizes

    def names(self) -> Sequence[str]:
        """Return the ids of all requests with recordings.

        Reads the folder anew, and deletes unfinished files of killed processes and timings whose
        recordings are gone.
        """
        with self._changed:
            self._sizes = self._look()
            self._total = sum(self._sizes.values())
            self._fit()
            return list(self._sizes)

    def discard(self, request_ids: Iterable[str]) -> None:
        """Delete the recordings of these requests, also those that are not encoded yet."""
        gone = set(request_ids)
        if not gone:
            return
        with self._changed:
            for spool in [s for s in self._waiting if s.request_id in gone]:
                self._waiting.remove(spool)
                spool.close()
            if self._working in gone:
                self._working = None
            for name in gone:
                self._delete(name)
            self.version += 1

    def shrink(self, wanted: int) -> int:
        """Delete the oldest recordings until `wanted` bytes are freed; returns how many were."""
        with self._changed:
            before = self._total
            while self._sizes and before - self._total < wanted:
                self._delete(next(iter(self._sizes)))
            if self._total < before:
                self.version += 1
            return before - self._total

    def held(self) -> int:
        """Return how many bytes `shrink` could delete."""
        with self._changed:
            return self._total

    def close(self) -> None:
        """Finish encoding, waiting for at most `PATIENCE_SECONDS`."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(PATIENCE_SECONDS)

    # The background thread.

    def keep(self, spool: Spool, timings: Timings) -> None:
        """Encode a complete spool in the background. Called by the spool."""
        with self._changed:
            if self._closing:
                spool.close()
                return
            self._waiting.append(spool)
            if self._keep_timings:
                self._timings[spool.request_id] = timings
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="recordings", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._closing)
                if not self._waiting:
                    return
                spool = self._waiting.popleft()
                self._working = spool.request_id
            try:
                self._encode(spool)
                self._failing = False
            except (OSError, TTSError) as error:  # synthesis must not depend on recordings
                self.complain(error)
            finally:
                spool.close()
                self._timings.pop(spool.request_id, None)

    def _encode(self, spool: Spool) -> None:
        unfinished = self._folder / f".{spool.request_id}.{os.getpid()}.part"
        timings = self._folder / f".{spool.request_id}.{os.getpid()}{TIMINGS}.part"
        try:
            with (
                unfinished.open("wb") as sink,
                open_encoder(FORMAT.name, spool.sample_rate, sink) as encoder,
            ):
                for piece in spool.pieces():
                    if self._working is None:  # deleted meanwhile
                        return
                    encoder.write(piece)
            if spool.marking is not None:
                spool.marking(unfinished, FORMAT.name)
            size = unfinished.stat().st_size
            if (found := self._timings.get(spool.request_id)) is not None:
                size += timings.write_bytes(found.as_json())
            with self._changed:
                if self._working is None or size > self._budget:
                    return
                unfinished.replace(self._path(spool.request_id))
                if found is not None:
                    timings.replace(self._timings_path(spool.request_id))
                self._total += size - self._sizes.pop(spool.request_id, 0)
                self._sizes[spool.request_id] = size
                self._fit()
                self.version += 1
        finally:
            unfinished.unlink(missing_ok=True)
            timings.unlink(missing_ok=True)
            self._working = None

    # The following need the lock.

    def _look(self) -> dict[str, int]:
        """Return the size of each recording with its timings, by request id, the oldest first."""
        recordings: list[tuple[int, str, int]] = []  # time (ns), request id, bytes
        timings: dict[str, int] = {}
        with suppress(FileNotFoundError), os.scandir(self._folder) as entries:
            for entry in entries:
                with suppress(OSError):  # deleted meanwhile
                    stat = entry.stat()
                    path = Path(entry.path)
                    if path.suffix == FORMAT.extension:
                        recordings.append((stat.st_mtime_ns, path.stem, stat.st_size))
                    elif path.name.endswith(TIMINGS):
                        timings[path.name.removesuffix(TIMINGS)] = stat.st_size
                    elif path.suffix == ".part" and self._abandoned(path.stem, stat.st_mtime):
                        path.unlink()
        sizes = {name: size + timings.pop(name, 0) for _, name, size in sorted(recordings)}
        for name in timings:
            if not self._path(name).exists():  # or it has been written meanwhile
                with suppress(OSError):
                    self._timings_path(name).unlink(missing_ok=True)
        return sizes

    def _abandoned(self, name: str, changed: float) -> bool:
        """Return whether no process works on an unfinished file `.REQUEST.PROCESS…`."""
        _, request_id, pid, *_ = [*name.split("."), "", ""]
        if not pid.isdecimal() or time.time() - changed > STALE_SECONDS:
            return True
        if int(pid) == os.getpid():  # ours, or an earlier process's of the same number
            return request_id != self._working
        return not psutil.pid_exists(int(pid))

    def _fit(self) -> None:
        self.shrink(self._total - self._budget)

    def _delete(self, request_id: str) -> None:
        self._total -= self._sizes.pop(request_id, 0)
        self._timings.pop(request_id, None)
        if request_id.isalnum():
            for path in (self._timings_path(request_id), self._path(request_id)):
                with suppress(OSError):
                    path.unlink(missing_ok=True)

    def _path(self, request_id: str) -> Path:
        return self._folder / (request_id + FORMAT.extension)

    def _timings_path(self, request_id: str) -> Path:
        return self._folder / (request_id + TIMINGS)

    def complain(self, error: BaseException) -> None:
        """Log that recordings cannot be kept; once until the next success."""
        if not self._failing:
            log.warning("Recordings for the history cannot be kept: %s.", error)
        self._failing = True


class Spool:
    """The samples of one request until they are encoded. One thread writes."""

    def __init__(
        self, recordings: Recordings, request_id: str, sample_rate: int, file: IO[bytes]
    ) -> None:
        self.request_id, self.sample_rate = request_id, sample_rate
        self._recordings = recordings
        self._file: IO[bytes] | None = file
        self._empty, self._handed_over = True, False
        self.marking: Marking | None = None
        """Marks the finished recording."""

    def write(self, samples: Samples) -> None:
        """Append samples, float32 of shape (n,).

        Never raises: when there is no room, the recording is dropped.
        """
        if self._file is None:
            return
        try:
            self._file.write(to_int16(samples).tobytes())
            self._empty = self._empty and not len(samples)
        except OSError as error:
            self._recordings.complain(error)
            self.close()

    def finish(self, timings: Timings, marking: Marking | None = None) -> None:
        """Hand the complete samples over for encoding, with the timings of what they say."""
        self.marking = marking
        if self._empty:
            self.close()
        elif self._file is not None:
            self._handed_over = True
            self._recordings.keep(self, timings)

    def abandon(self) -> None:
        """Drop the recording, complete or not."""
        if self._handed_over:
            self._recordings.discard([self.request_id])
        else:
            self.close()

    def close(self) -> None:
        """Close the temporary file, which deletes the samples."""
        file, self._file = self._file, None
        if file is not None:
            with suppress(OSError):  # the disk has no room for the rest
                file.close()

    def pieces(self) -> Iterator[Samples]:
        """Yield all samples, float32 in [-1, 1]."""
        if self._file is None:
            return
        self._file.seek(0)
        while data := self._file.read(PIECE):
            yield np.frombuffer(data, np.int16).astype(np.float32) / np.float32(32767)


class Tee:
    """Writes to the requested file and to the recording for the history; either may be missing."""

    def __init__(self, recorder: Recorder | None, spool: Spool | None) -> None:
        self._recorder, self._spool = recorder, spool

    def write(self, samples: Samples) -> None:
        """Append samples, float32 of shape (n,). Raises OSError when the file cannot be written."""
        if self._recorder is not None:
            self._recorder.write(samples)
        if self._spool is not None:
            self._spool.write(samples)

    def finish(
        self, timings: Timings, marking: Marking, *, mark_file: bool = True
    ) -> tuple[Path, Marks | None] | None:
        """Complete both; returns the path and the marks of the file, if one was requested.

        `timings`: kept with the recording. `marking`: marks the recording, and with `mark_file` the
        file, too.
        """
        file = None
        if self._recorder is not None:
            file = self._recorder.finish(marking if mark_file else None)
        if self._spool is not None:
            self._spool.finish(timings, marking)
        return file

    def abandon(self) -> None:
        """Delete both, finished or not."""
        if self._recorder is not None:
            self._recorder.abandon()
        if self._spool is not None:
            self._spool.abandon()
