"""Another engine goes on when one cannot, and everybody is told."""

from __future__ import annotations

import logging

from tts_core.engines.registry import Registry
from tts_core.errors import CloudError, ModelLoadError, OutOfMemory, TTSError, WorkerDied
from tts_core.job import Job
from tts_core.planner import Plan, Route, detour
from tts_core.scheduler import Scheduler
from tts_core.types import Voice
from tts_core.voices.catalog import VoiceCatalog, can_clone
from tts_core.voices.record import LIBRARY

log = logging.getLogger(__name__)

MENDABLE = (ModelLoadError, OutOfMemory, WorkerDied, CloudError)
"""Faults of an engine, not of the request: another engine may do better."""


class Fallback:
    """Finds who goes on. `wanted`: `Settings.fallback`; False finds nobody."""

    def __init__(
        self, registry: Registry, catalog: VoiceCatalog, scheduler: Scheduler, wanted: bool
    ) -> None:
        self._registry = registry
        self._catalog = catalog
        self._scheduler = scheduler
        self._wanted = wanted

    def find(
        self, plan: Plan, first: int, failed: list[str], error: TTSError
    ) -> tuple[Route, Job] | None:
        """Have the segments from `first` on spoken by an engine that has not `failed` yet.

        The last of `failed` raised `error`. None when no engine that is ready speaks the language.
        """
        if not isinstance(error, MENDABLE):
            return None
        self._registry.set_back(failed[-1], str(error))
        if not self._wanted:
            return None
        for name in self._ready(plan.voice):
            if name in failed:
                continue
            try:
                choice = self._catalog.instead(name, plan.language, plan.voice)
                route = detour(plan, first, choice)
                job = self._scheduler.submit(name, route.utterances)
            except TTSError as unfit:
                log.info("%s cannot go on: %s", name, unfit)
                continue
            log.warning("%s failed (%s); %s goes on.", failed[-1], error, name)
            return route, job
        return None

    def _ready(self, voice: Voice) -> list[str]:
        """Best first; for a library voice before all those that can speak in it."""
        names = self._registry.ready()
        if voice.engine == LIBRARY:
            names = sorted(names, key=lambda name: not can_clone(self._registry.info(name)))
        return names
