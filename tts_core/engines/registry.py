"""The engines by name, best first. Adding one: a file in this folder and a row here."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType

from tts_core.engines.process import ProcessRunner
from tts_core.engines.runner import InlineRunner, Runner
from tts_core.engines.worker import engine_class
from tts_core.errors import UnknownNameError
from tts_core.settings import Settings
from tts_core.types import EngineInfo

ENGINES: Mapping[str, str] = MappingProxyType(
    {
        "pocket": "tts_core.engines.pocket:PocketEngine",
        "xtts": "tts_core.engines.xtts:XttsEngine",
        "chatterbox": "tts_core.engines.chatterbox:ChatterboxEngine",
        "groq": "tts_core.engines.groq:GroqEngine",
        "espeak": "tts_core.engines.espeak:EspeakEngine",
    }
)


RECHECK_SECONDS = 1.0


class Registry:
    """Knows the engines without loading any model."""

    def __init__(self, engines: Mapping[str, str] = ENGINES) -> None:
        self._targets = dict(engines)
        self._unavailable: dict[str, tuple[float, str | None]] = {}

    @cached_property
    def infos(self) -> Mapping[str, EngineInfo]:
        """What each engine says of itself."""
        return {name: engine_class(t).describe() for name, t in self._targets.items()}

    def info(self, name: str) -> EngineInfo:
        """Raises UnknownNameError, which lists the names there are."""
        if name not in self.infos:
            known = ", ".join(["auto", *self.infos])
            raise UnknownNameError(
                f"There is no engine {name!r}. Choose one of: {known}.", "engine"
            )
        return self.infos[name]

    def unavailable(self, name: str) -> str | None:
        """Why an engine cannot be used here and what to do; None when it can.

        Looked at anew once in `RECHECK_SECONDS`: it reads settings and files, at every request.
        """
        looked, reason = self._unavailable.get(name, (-math.inf, None))
        if time.monotonic() - looked >= RECHECK_SECONDS:
            reason = engine_class(self._targets[name]).unavailable()
            self._unavailable[name] = (time.monotonic(), reason)
        return reason

    def ready(self) -> list[str]:
        """The usable engines, best first."""
        return [name for name in self._targets if self.unavailable(name) is None]

    def runner(self, name: str, settings: Settings) -> Runner:
        """A new, unloaded runner for an engine."""
        if settings.runner == "inline":
            return InlineRunner(self._targets[name])
        return ProcessRunner(
            self._targets[name],
            load_timeout=settings.load_timeout,
            segment_timeout=settings.segment_timeout,
        )
