"""How fast engines speak on this machine: measured while they speak, and remembered.

An engine that needs more time for its speech than the speech lasts lets a listener wait in the
middle of a sentence. What an engine declares (`EngineInfo.real_time`) is a guess about a computer
that it does not know, so what is measured counts instead, once it is known.

The unit is a stretch of `STRETCH_SECONDS` of speech, cached speech and loading not included. An
engine counts as slow when `STRETCHES` in a row were slower than `SLOW`, not counting those while
other programs kept the machine busy. One that was faster than `FAST` is proof that it keeps up. As
"auto" then avoids a slow engine, which nobody would measure again, the verdict expires after
`RETRY_SECONDS`, and the next stretch decides.
"""

from __future__ import annotations

import logging
import statistics
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil
from pydantic import BaseModel, Field, TypeAdapter

from tts_core.types import EngineInfo

log = logging.getLogger(__name__)

PACES = "paces.json"
"""Name of the file in the data folder."""
STRETCH_SECONDS = 20.0
STRETCHES = 3
SLOW = 0.9
"""Real-time factor, seconds of work for a second of sound, from which an engine is slow. It is
below 1, as the sound has to be joined, encoded and sent too."""
FAST = 0.8
"""Real-time factor up to which it keeps up; in between the verdict stays as it is."""
OVERLOAD = 1.5
"""Threads that want a core, for each that there is, from which the machine counts as too busy for
an engine to show what it can. The engine itself wants one for each at most."""
RETRY_SECONDS = 86_400.0
SAVE_SECONDS = 600.0
"""How often the file is written at most, unless a verdict changes."""


class _Pace(BaseModel):
    """What was measured of an engine."""

    version: str
    """Of the weights; those of another version are measured anew."""
    factors: list[float] = Field(default=[], max_length=STRETCHES)
    """Real-time factors of the last stretches, the newest at the end."""
    slow: bool | None = None
    """None: not decided yet."""
    decided: float = 0.0
    """When the last stretch ended, in seconds since the epoch."""


_FILE = TypeAdapter(dict[str, _Pace])


class Paces:
    """The measured pace of each engine. Thread-safe."""

    def __init__(self, has_gpu: Callable[[], bool] = lambda: False) -> None:
        """Know nothing yet. `has_gpu`: whether engines compute on a graphics card here."""
        self._has_gpu = has_gpu
        self._known: dict[str, _Pace] = {}
        self._begun: dict[str, tuple[float, float]] = {}  # work and sound of unfinished stretches
        self._path: Path | None = None
        self._saved = 0.0  # `time.monotonic()`
        self._lock = threading.Lock()

    def keep_in(self, path: Path) -> None:
        """Read what earlier processes have measured from a file, and write it there from now on."""
        try:
            known = _FILE.validate_json(path.read_bytes())
        except FileNotFoundError:
            known = {}
        except (OSError, ValueError) as error:  # pydantic's error is a ValueError
            log.warning("%s cannot be read, so engines are measured anew: %s", path, error)
            known = {}
        with self._lock:
            self._known, self._path = known, path

    def learn(self, info: EngineInfo, work: float, sound: float) -> None:
        """Take a finished utterance into account.

        `work`: seconds that the loaded engine has worked on it. `sound`: seconds of its sound.
        """
        with self._lock:
            before = self._begun.get(info.name, (0.0, 0.0))
            work, sound = work + before[0], sound + before[1]
            self._begun[info.name] = work, sound
            if sound < STRETCH_SECONDS:
                return
            del self._begun[info.name]
            if work / sound > FAST and _is_overloaded():
                return
            pace = self._pace(info) or _Pace(version=self._version(info))
            factors = [*pace.factors, work / sound][-STRETCHES:]
            slow = pace.slow
            if min(factors) <= FAST:
                slow = False
            elif len(factors) == STRETCHES and min(factors) > SLOW:
                slow = True
            if slow and not pace.slow:
                log.warning("%s is slower than real time here: %s", info.label, factors)
            self._known[info.name] = _Pace(
                version=pace.version, factors=factors, slow=slow, decided=time.time()
            )
            now = time.monotonic()
            if slow == pace.slow and len(factors) > 1 and now - self._saved < SAVE_SECONDS:
                return
            self._saved = now
            self._save()

    def factor(self, info: EngineInfo) -> float | None:
        """Return an engine's real-time factor, the median of the last stretches; None before."""
        pace = self._pace(info)
        return statistics.median(pace.factors) if pace and pace.factors else None

    def keeps_up(self, info: EngineInfo) -> bool:
        """Return whether an engine speaks faster than its sound plays, as far as is known."""
        pace = self._pace(info)
        if pace is not None and pace.slow is not None:
            recent = time.time() - pace.decided < RETRY_SECONDS
            if recent or not pace.slow:
                return not pace.slow
        return info.real_time or self._has_gpu()

    def why_slow(self, info: EngineInfo) -> str | None:
        """Return why "auto" prefers other engines that are as natural; None if it does not."""
        if self.keeps_up(info):
            return None
        factor = self.factor(info)
        if factor is not None and factor > FAST:
            how = f"needs {factor:.2g} s for a second of speech here"
        else:
            how = "is slower than real time without a graphics card"
        return f'{info.label} {how}: "auto" prefers engines that keep up.'

    def _pace(self, info: EngineInfo) -> _Pace | None:
        pace = self._known.get(info.name)
        return pace if pace is not None and pace.version == self._version(info) else None

    def _version(self, info: EngineInfo) -> str:
        return f"{info.weights} on a {'GPU' if self._has_gpu() else 'CPU'}"

    def _save(self) -> None:
        """Write the file. A failure is logged: it would only be measured again."""
        if self._path is None:
            return
        new = self._path.with_name(f"{self._path.name}.{uuid.uuid4().hex}.part")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            new.write_bytes(_FILE.dump_json(self._known, indent=1))
            new.replace(self._path)
        except OSError as error:
            log.warning("%s cannot be written: %s", self._path, error)
            with suppress(OSError):
                new.unlink(missing_ok=True)


def _is_overloaded() -> bool:
    """Return whether more threads wanted to run in the last minute than there are cores for."""
    return psutil.getloadavg()[0] > OVERLOAD * (psutil.cpu_count() or 1)
