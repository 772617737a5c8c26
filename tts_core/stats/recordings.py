"""The sound of ended requests, kept so that the history can play it again.

While a request speaks its samples go to a file without a name, which no kill leaves behind: 20 µs
for a second of sound. After the end a thread of its own makes a FLAC file of them, at a thousandth
of the sound's duration, which is a tenth of what MP3 or Opus cost. FLAC is exact, half the size of
WAV (500 MB hold six hours at 22 kHz), and every browser has played it since 2017; Ogg Opus, a
third of that size, is unknown to Safari before 18.4.
"""

from __future__ import annotations

import errno
import logging
import os
import tempfile
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

import numpy as np
import psutil

from tts_core.audio.encode import find_format, open_encoder, to_int16
from tts_core.errors import TTSError
from tts_core.stats.outputs import Recorder
from tts_core.system import disk
from tts_core.types import Samples

log = logging.getLogger(__name__)

FORMAT = find_format("flac")
PIECE = 1 << 16
"""Bytes encoded at a time."""
STALE_SECONDS = 3600.0
"""An unfinished file of this age is nobody's, whoever has its process's number now."""
PATIENCE_SECONDS = 2.0
"""How long `close` waits for what is being encoded."""


class Recordings:
    """A folder of at most so many bytes, the oldest out first. Thread-safe. Close it when done."""

    def __init__(self, folder: Path, budget: int) -> None:
        """`budget`: bytes; 0 keeps nothing, and deletes what an earlier start has kept."""
        self._folder, self._budget = folder, budget
        self._sizes: dict[str, int] = {}  # bytes by request, the oldest first
        self._total = 0
        self._waiting: deque[Spool] = deque()
        self._working: str | None = None
        self._closing = self._failing = False
        self._thread: threading.Thread | None = None
        self._changed = threading.Condition()
        self.version = 0
        """Another number whenever something has come or gone."""

    def record(self, request_id: str, sample_rate: int) -> Spool | None:
        """Begin to keep a request's sound; None when nothing is kept or the disk is nearly full."""
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
        """The file of a request's sound, while it is kept."""
        if not request_id.isalnum():
            return None
        path = self._path(request_id)
        return path if path.exists() else None

    def __contains__(self, request_id: str) -> bool:
        """Whether `find` finds something, without looking at the disk."""
        return request_id in self._sizes

    def names(self) -> Sequence[str]:
        """The requests whose sound is here; what a killed process left unfinished goes."""
        with self._changed:
            found = sorted(self._look())
            self._sizes = {name: size for _, name, size in found}
            self._total = sum(self._sizes.values())
            self._fit()
            return list(self._sizes)

    def discard(self, request_ids: Iterable[str]) -> None:
        """Delete the sound of these requests, also what is still to be encoded."""
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
        """Delete the oldest until so many bytes are free again, or nothing is left; how many."""
        with self._changed:
            before = self._total
            while self._sizes and before - self._total < wanted:
                self._delete(next(iter(self._sizes)))
            if self._total < before:
                self.version += 1
            return before - self._total

    def close(self) -> None:
        """Finish what there is to encode, if that is quick."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(PATIENCE_SECONDS)

    # The thread.

    def keep(self, spool: Spool) -> None:
        """For the spool: it is complete."""
        with self._changed:
            if self._closing:
                spool.close()
                return
            self._waiting.append(spool)
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
            except (OSError, TTSError) as error:  # speech goes on
                self.complain(error)
            finally:
                spool.close()

    def _encode(self, spool: Spool) -> None:
        unfinished = self._folder / f".{spool.request_id}.{os.getpid()}.part"
        try:
            with (
                unfinished.open("wb") as sink,
                open_encoder(FORMAT.name, spool.sample_rate, sink) as encoder,
            ):
                for piece in spool.pieces():
                    if self._working is None:  # discarded meanwhile
                        return
                    encoder.write(piece)
            size = unfinished.stat().st_size
            with self._changed:
                if self._working is None or size > self._budget:
                    return
                unfinished.replace(self._path(spool.request_id))
                self._total += size - self._sizes.pop(spool.request_id, 0)
                self._sizes[spool.request_id] = size
                self._fit()
                self.version += 1
        finally:
            unfinished.unlink(missing_ok=True)
            self._working = None

    # With the lock.

    def _look(self) -> Iterator[tuple[int, str, int]]:
        """When each file was finished, its request, its bytes."""
        with suppress(FileNotFoundError), os.scandir(self._folder) as entries:
            for entry in entries:
                with suppress(OSError):  # gone meanwhile
                    stat = entry.stat()
                    path = Path(entry.path)
                    if path.suffix == FORMAT.extension:
                        yield stat.st_mtime_ns, path.stem, stat.st_size
                    elif path.suffix == ".part" and self._abandoned(path.stem, stat.st_mtime):
                        path.unlink()

    def _abandoned(self, name: str, changed: float) -> bool:
        """Whether nobody is at work on an unfinished file, by its name: `.REQUEST.PROCESS`."""
        _, request_id, pid = name.split(".") if name.count(".") == 2 else ("", "", "")
        if not pid.isdecimal() or time.time() - changed > STALE_SECONDS:
            return True
        if int(pid) == os.getpid():  # or of an earlier process that had our number
            return request_id != self._working
        return not psutil.pid_exists(int(pid))

    def _fit(self) -> None:
        self.shrink(self._total - self._budget)

    def _delete(self, request_id: str) -> None:
        self._total -= self._sizes.pop(request_id, 0)
        if request_id.isalnum():
            with suppress(OSError):
                self._path(request_id).unlink(missing_ok=True)

    def _path(self, request_id: str) -> Path:
        return self._folder / (request_id + FORMAT.extension)

    def complain(self, error: BaseException) -> None:
        """Say once in the log that sound cannot be kept."""
        if not self._failing:
            log.warning("The sound of requests cannot be kept for replay: %s.", error)
        self._failing = True


class Spool:
    """The samples of one request until they are a file. One thread writes."""

    def __init__(
        self, recordings: Recordings, request_id: str, sample_rate: int, file: IO[bytes]
    ) -> None:
        self.request_id, self.sample_rate = request_id, sample_rate
        self._recordings = recordings
        self._file: IO[bytes] | None = file
        self._empty, self._handed_over = True, False

    def write(self, samples: Samples) -> None:
        """float32, shape (n,). Never raises: when there is no room, nothing is kept."""
        if self._file is None:
            return
        try:
            self._file.write(to_int16(samples).tobytes())
            self._empty = self._empty and not len(samples)
        except OSError as error:
            self._recordings.complain(error)
            self.close()

    def finish(self) -> None:
        """It is complete."""
        if self._empty:
            self.close()
        elif self._file is not None:
            self._handed_over = True
            self._recordings.keep(self)

    def abandon(self) -> None:
        """It is not to be kept, complete or not."""
        if self._handed_over:
            self._recordings.discard([self.request_id])
        else:
            self.close()

    def close(self) -> None:
        """Let go of the samples."""
        file, self._file = self._file, None
        if file is not None:
            with suppress(OSError):  # what is still to be written has no room
                file.close()

    def pieces(self) -> Iterator[Samples]:
        """Everything written."""
        if self._file is None:
            return
        self._file.seek(0)
        while data := self._file.read(PIECE):
            yield np.frombuffer(data, np.int16).astype(np.float32) / np.float32(32767)


class Tee:
    """A file that was asked for, and the sound for the history: either may be missing."""

    def __init__(self, recorder: Recorder | None, spool: Spool | None) -> None:
        self._recorder, self._spool = recorder, spool

    def write(self, samples: Samples) -> None:
        """float32, shape (n,). Raises OSError when the file cannot be written."""
        if self._recorder is not None:
            self._recorder.write(samples)
        if self._spool is not None:
            self._spool.write(samples)

    def finish(self) -> Path | None:
        """Complete both; the path of the file."""
        path = self._recorder.finish() if self._recorder is not None else None
        if self._spool is not None:
            self._spool.finish()
        return path

    def abandon(self) -> None:
        """Delete both."""
        if self._recorder is not None:
            self._recorder.abandon()
        if self._spool is not None:
            self._spool.abandon()
