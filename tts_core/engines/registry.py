"""Knows the engines: what they are, whether they can be used, which have failed lately.

An engine of Aloud's own is a row of `ENGINES`. Any installed package can add one by an entry point
of the group `ENTRY_POINTS`, `name = "package.module:Class"`.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from types import MappingProxyType
from typing import Any

from tts_core.engines.base import Engine, EngineContext
from tts_core.engines.execution import engine_class
from tts_core.engines.pace import Paces
from tts_core.engines.process import ProcessRunner
from tts_core.engines.runner import InlineRunner, Runner
from tts_core.engines.weights.catalog import Weights
from tts_core.engines.weights.recognizers import WEIGHTS as RECOGNIZERS
from tts_core.errors import UnknownNameError
from tts_core.settings import Settings
from tts_core.system.gpu import has_gpu
from tts_core.system.packages import Extra, install_engines_command
from tts_core.types import EngineInfo, Voice

log = logging.getLogger(__name__)

ENGINES: Mapping[str, str] = MappingProxyType(
    {
        "pocket": "tts_core.engines.pocket.engine:PocketEngine",
        "xtts": "tts_core.engines.xtts.engine:XttsEngine",
        "chatterbox": "tts_core.engines.chatterbox.engine:ChatterboxEngine",
        "groq": "tts_core.engines.groq.engine:GroqEngine",
        "hibari": "tts_core.engines.hibari.engine:HibariEngine",
        "piper": "tts_core.engines.piper.engine:PiperEngine",
        "kokoro": "tts_core.engines.kokoro.engine:KokoroEngine",
        "espeak": "tts_core.engines.espeak.engine:EspeakEngine",
    }
)
"""Where each engine is; of engines that are otherwise equal the first is preferred."""
ENTRY_POINTS = "aloud.engines"

RECHECK_SECONDS = 1.0
COOLDOWN_SECONDS = 60.0
"""How long "auto" avoids an engine after a failure; doubled for each failure in a row."""
LONGEST_COOLDOWN_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class RetiredVoice:
    """A voice that an engine no longer has."""

    name: str
    engine: EngineInfo
    successor: Voice
    """The voice of the engine that speaks instead."""


@dataclass(frozen=True, slots=True)
class _View:
    """What was found out about an engine the last time."""

    looked: float
    """`time.monotonic()`."""
    said: str | None
    """The answer of `Engine.unavailable`; when it changes, the engine is described again."""
    reason: str | None
    """Why it cannot be used: the same, or that it failed to answer."""
    info: EngineInfo


@dataclass(frozen=True, slots=True)
class _Cooldown:
    until: float
    """`time.monotonic()`."""
    reason: str
    failures: int
    """In a row."""


class Registry:
    """The engines of a service. Loads no model. Thread-safe.

    An engine whose module cannot be imported, or that fails to describe itself, is listed as not
    ready, with the reason, and does not affect the others.
    """

    def __init__(
        self, engines: Mapping[str, str] | None = None, settings: Settings | None = None
    ) -> None:
        """Know `engines`, "package.module:Class" by name; None: all that are installed.

        `settings`: those of the engines; None: read from the environment.
        """
        self._targets = installed_engines() if engines is None else dict(engines)
        settings = settings or Settings()
        self.context = EngineContext(settings)
        """What the engines get from their surroundings."""
        names = settings.engine_order.split(",")
        self._order = {name.strip(): place for place, name in enumerate(names)}
        self.paces = Paces(lambda: settings.device in ("auto", "cuda") and has_gpu())
        """What is known about the speed of the engines on this machine."""
        self._views: dict[str, _View] = {}
        self._cooldowns: dict[str, _Cooldown] = {}
        self._lock = threading.Lock()

    @property
    def infos(self) -> Mapping[str, EngineInfo]:
        """The description of each engine by name, in the order of preference.

        That is TTS_ENGINE_ORDER, then naturalness, then whether it keeps up with real time. An
        engine is described again whenever it becomes usable or unusable.
        """
        found = {name: self._look(name).info for name in self._targets}
        return dict(sorted(found.items(), key=lambda item: self._rank(*item)))

    @property
    def weights(self) -> list[Weights]:
        """Return the downloadable weights of all engines, in the order to fetch them in.

        Those of the recognizer follow, where TTS_RECOGNISER allows one.
        """
        found: dict[str, Weights] = {}
        for engine in self._classes():
            for weights in engine.weights_in(self.context):
                found.setdefault(weights.name, weights)
        if self.context.settings.recogniser != "off":
            found |= {weights.name: weights for weights in RECOGNIZERS.values()}
        return list(found.values())

    @property
    def extras(self) -> list[Extra]:
        """The optional packages of all engines."""
        return [engine.extra for engine in self._classes() if engine.extra is not None]

    def info(self, name: str) -> EngineInfo:
        """Return the description of an engine.

        Raises UnknownNameError, which lists the names.
        """
        if name not in self._targets:
            known = ", ".join(["auto", *self._targets])
            raise UnknownNameError(
                f"There is no engine {name!r}. Choose one of: {known}.", "engine"
            )
        return self._look(name).info

    def unavailable(self, name: str) -> str | None:
        """Return why an engine cannot be used and what to do about it, or None if it can be.

        Every request asks, and the answer takes reading settings and files, so it is kept for
        `RECHECK_SECONDS`.
        """
        return self._look(name).reason

    def retired_voice(self, name: str) -> RetiredVoice | None:
        """Return the retired voice of a name, ignoring case; None if no engine had it."""
        wanted = name.strip().casefold()
        for info in self.infos.values():
            for retired, successor in info.retired_voices.items():
                voice = next((v for v in info.voices if v.id == successor), None)
                if retired.casefold() == wanted and voice is not None:
                    return RetiredVoice(retired, info, voice)
        return None

    def refresh(self) -> None:
        """Forget what is known, because something that engines may use has changed."""
        with self._lock:
            self._views.clear()
            self._cooldowns.clear()

    def ready(self) -> list[str]:
        """Return the names of the usable engines, the best first and those that failed last."""
        return sorted(
            (name for name in self.infos if self.unavailable(name) is None), key=self.preference
        )

    def preference(self, name: str) -> tuple[Any, ...]:
        """Return a sort key of engines: the lower it is, the more "auto" prefers the engine.

        What a request needs may tell engines with equal keys apart.
        """
        return self.cooldown_reason(name) is not None, *self._rank(name, self.info(name))

    def start_cooldown(self, name: str, reason: str) -> None:
        """Make "auto" avoid an engine for a while, because it failed."""
        with self._lock:
            if self.cooldown_reason(name) is not None:
                return  # most likely the same fault, reported by another request
            failures = self._cooldowns[name].failures + 1 if name in self._cooldowns else 1
            wait = min(COOLDOWN_SECONDS * 2 ** (failures - 1), LONGEST_COOLDOWN_SECONDS)
            self._cooldowns[name] = _Cooldown(time.monotonic() + wait, reason, failures)

    def end_cooldown(self, name: str) -> None:
        """Forget the failures of an engine, because it has worked."""
        with self._lock:
            self._cooldowns.pop(name, None)

    def cooldown_reason(self, name: str) -> str | None:
        """Return why an engine failed lately, or None if it did not."""
        cooldown = self._cooldowns.get(name)
        return cooldown.reason if cooldown and time.monotonic() < cooldown.until else None

    def target(self, name: str) -> str:
        """Return where an engine is, as "package.module:Class". Raises UnknownNameError."""
        self.info(name)
        return self._targets[name]

    def runner(self, name: str, settings: Settings) -> Runner:
        """Return a new, unloaded runner of an engine, of the kind that the settings say."""
        if settings.runner == "inline":
            return InlineRunner(self._targets[name], self.context)
        return ProcessRunner(
            self._targets[name],
            self.context,
            load_timeout=settings.load_timeout,
            segment_timeout=settings.segment_timeout,
            network=self.info(name).capabilities.cloud,
            suspendable=(engine := self._class(name)) is not None and engine.suspendable,
        )

    def _rank(self, name: str, info: EngineInfo) -> tuple[int, int, bool]:
        place = self._order.get(name, self._order.get("*", len(self._order)))
        return place, -info.naturalness, self._gives_way(info)

    def _gives_way(self, info: EngineInfo) -> bool:
        """Return whether engines that keep up with real time are preferred to this one.

        So they are to a cloud service where a slow engine of this machine is ready: that the
        latter is slow is no reason to send texts away.
        """
        if not info.capabilities.cloud:
            return not self.paces.keeps_up(info)
        views = (self._look(name) for name in self._targets)
        return any(
            v.reason is None and not v.info.capabilities.cloud and self._gives_way(v.info)
            for v in views
        )

    def _classes(self) -> list[type[Engine[Any]]]:
        """Return the classes of all engines that can be imported."""
        return [engine for name in self._targets if (engine := self._class(name)) is not None]

    def _class(self, name: str) -> type[Engine[Any]] | None:
        """Return the class of an engine; None if it cannot be imported."""
        try:
            engine = engine_class(self._targets[name])
        except (Exception, SystemExit):  # `_ask` reports it
            return None
        return engine if isinstance(engine, type) and issubclass(engine, Engine) else None

    def _look(self, name: str) -> _View:
        with self._lock:
            view = self._views.get(name)
            if view is None or time.monotonic() - view.looked >= RECHECK_SECONDS:
                view = self._views[name] = self._ask(name, view)
            return view

    def _ask(self, name: str, before: _View | None) -> _View:
        """Find out about an engine. `before`: what was found out the last time."""
        info = _unknown(name) if before is None else before.info
        said = None
        try:
            engine = engine_class(self._targets[name])(self.context)
            if not isinstance(engine, Engine):
                raise TypeError(f"{type(engine).__name__} is not derived from Engine")
            said = reason = engine.unavailable()
            if before is None or said != before.said or before.reason != before.said:
                info = engine.describe()
            if info.name != name:
                raise ValueError(f"the engine {name!r} calls itself {info.name!r}")
        except (Exception, SystemExit) as error:
            reason = _broken(error)
            if before is None or before.reason != reason:
                log.warning("engine %s cannot be used", name, exc_info=True)
                info = _unknown(name)
        return _View(time.monotonic(), said, reason, info)


def installed_engines() -> dict[str, str]:
    """Return Aloud's engines and those of other installed packages, the latter last.

    An entry point with the name of another engine is logged and left out.
    """
    found = dict(ENGINES)
    for entry in sorted(entry_points(group=ENTRY_POINTS), key=lambda entry: entry.name):
        if found.setdefault(entry.name, entry.value) != entry.value:
            log.warning(
                "The engine %r of the package %s is ignored: %s has that name. Uninstall the "
                "package, or ask its author for another name.",
                entry.name,
                entry.dist.name if entry.dist else "?",
                found[entry.name],
            )
    return found


def _unknown(name: str) -> EngineInfo:
    """Return the description of an engine that could not be asked."""
    return EngineInfo(
        name=name, label=name, license="", sample_rate=24_000, languages=(), voices=()
    )


def _broken(error: BaseException) -> str:
    what = " ".join(f"{type(error).__name__}: {error}".split())[:300]
    remedy = f"run `{install_engines_command()}`, which installs missing packages"
    return f"It failed to start ({what}); {remedy}, or see the log."
