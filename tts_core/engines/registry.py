"""The engines by name, best first. Adding one: a file in this folder and a row here."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from pydantic import BaseModel

from tts_core.engines.process import ProcessRunner
from tts_core.engines.runner import InlineRunner, Runner
from tts_core.engines.worker import engine_class
from tts_core.errors import UnknownNameError
from tts_core.settings import Settings
from tts_core.system.packages import install_command
from tts_core.types import EngineInfo

log = logging.getLogger(__name__)

ENGINES: Mapping[str, str] = MappingProxyType(
    {
        "pocket": "tts_core.engines.pocket.engine:PocketEngine",
        "xtts": "tts_core.engines.xtts.engine:XttsEngine",
        "chatterbox": "tts_core.engines.chatterbox.engine:ChatterboxEngine",
        "groq": "tts_core.engines.groq.engine:GroqEngine",
        "espeak": "tts_core.engines.espeak.engine:EspeakEngine",
    }
)


RECHECK_SECONDS = 1.0
COOLDOWN_SECONDS = 60.0
"""How long "auto" avoids an engine after a failure; doubled for each failure in a row."""
LONGEST_COOLDOWN_SECONDS = 3600.0


class _NoParameters(BaseModel):
    pass


@dataclass(frozen=True, slots=True)
class _View:
    """What an engine said when it was last asked."""

    looked: float
    """`time.monotonic()`."""
    said: str | None
    """Its own answer to `unavailable`; when that changes it is asked to describe itself anew."""
    reason: str | None
    """Why it cannot be used: the same, or that it cannot even describe itself."""
    info: EngineInfo


@dataclass(frozen=True, slots=True)
class _Cooldown:
    until: float
    """`time.monotonic()`."""
    reason: str
    failures: int
    """In a row."""


class Registry:
    """Knows the engines without loading any model. Thread-safe.

    An engine whose module cannot be imported, or that fails when it is asked about itself, is
    there and not ready, with the reason; the others are none the worse.
    """

    def __init__(self, engines: Mapping[str, str] = ENGINES) -> None:
        self._targets = dict(engines)
        self._views: dict[str, _View] = {}
        self._cooldowns: dict[str, _Cooldown] = {}
        self._lock = threading.Lock()

    @property
    def infos(self) -> Mapping[str, EngineInfo]:
        """What each engine says of itself: new whenever its being usable or not changes."""
        return {name: self._look(name).info for name in self._targets}

    def info(self, name: str) -> EngineInfo:
        """Raises UnknownNameError, which lists the names there are."""
        if name not in self._targets:
            known = ", ".join(["auto", *self._targets])
            raise UnknownNameError(
                f"There is no engine {name!r}. Choose one of: {known}.", "engine"
            )
        return self._look(name).info

    def unavailable(self, name: str) -> str | None:
        """Why an engine cannot be used here and what to do; None when it can.

        Looked at anew once in `RECHECK_SECONDS`: it reads settings and files, at every request.
        """
        return self._look(name).reason

    def refresh(self) -> None:
        """Ask every engine anew: something that they may use has changed."""
        with self._lock:
            self._views.clear()
            self._cooldowns.clear()

    def ready(self) -> list[str]:
        """The usable engines, best first; those in trouble last."""
        usable = [name for name in self._targets if self.unavailable(name) is None]
        return sorted(usable, key=lambda name: self.cooldown_reason(name) is not None)

    def start_cooldown(self, name: str, reason: str) -> None:
        """An engine failed at its work: for a while, "auto" takes it only as a last resort."""
        with self._lock:
            if self.cooldown_reason(name) is not None:
                return  # of the same fault, most likely: others were waiting for it
            failures = self._cooldowns[name].failures + 1 if name in self._cooldowns else 1
            wait = min(COOLDOWN_SECONDS * 2 ** (failures - 1), LONGEST_COOLDOWN_SECONDS)
            self._cooldowns[name] = _Cooldown(time.monotonic() + wait, reason, failures)

    def end_cooldown(self, name: str) -> None:
        """An engine did its work: what went wrong before is forgotten."""
        with self._lock:
            self._cooldowns.pop(name, None)

    def cooldown_reason(self, name: str) -> str | None:
        """Why an engine failed lately; None when it did not."""
        cooldown = self._cooldowns.get(name)
        return cooldown.reason if cooldown and time.monotonic() < cooldown.until else None

    def runner(self, name: str, settings: Settings) -> Runner:
        """A new, unloaded runner for an engine."""
        if settings.runner == "inline":
            return InlineRunner(self._targets[name])
        return ProcessRunner(
            self._targets[name],
            load_timeout=settings.load_timeout,
            segment_timeout=settings.segment_timeout,
            network="cloud" in self.info(name).abilities,
        )

    def _look(self, name: str) -> _View:
        with self._lock:
            view = self._views.get(name)
            if view is None or time.monotonic() - view.looked >= RECHECK_SECONDS:
                view = self._views[name] = self._ask(name, view)
            return view

    def _ask(self, name: str, before: _View | None) -> _View:
        info = _nothing_known(name) if before is None else before.info
        said = None
        try:
            engine = engine_class(self._targets[name])
            said = reason = engine.unavailable()
            if before is None or said != before.said or before.reason != before.said:
                info = engine.describe()
        except (Exception, SystemExit) as error:
            reason = _fault(error)
            if before is None or before.reason != reason:
                log.warning("engine %s is out of use", name, exc_info=True)
                info = _nothing_known(name)
        return _View(time.monotonic(), said, reason, info)


def _nothing_known(name: str) -> EngineInfo:
    return EngineInfo(
        name=name,
        label=name,
        license="",
        sample_rate=24_000,
        languages=(),
        voices=(),
        parameters=_NoParameters,
    )


def _fault(error: BaseException) -> str:
    what = " ".join(f"{type(error).__name__}: {error}".split())[:300]
    remedy = f"run `{install_command('engines')}`, which installs what is missing"
    return f"It is broken here ({what}); {remedy}, or see the log."
