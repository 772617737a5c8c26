"""Another engine goes on when one cannot, and everybody is told."""

from __future__ import annotations

import logging

from tts_core.engines.registry import Registry
from tts_core.errors import (
    CloudError,
    ModelLoadError,
    OutOfMemory,
    TTSError,
    WorkerDied,
    WorkerHung,
)
from tts_core.synthesis.job import Job
from tts_core.synthesis.planner import Plan, Route, detour
from tts_core.synthesis.scheduler import Scheduler
from tts_core.voices.catalog import AUTO, VoiceCatalog, can_clone
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
        if not isinstance(error, (*MENDABLE, WorkerHung)):
            return None
        self._registry.start_cooldown(failed[-1], str(error))
        # A hang has cost the reader enough time.
        if not self._wanted or isinstance(error, WorkerHung):
            return None
        for name in self._ready(plan):
            if name in failed:
                continue
            try:
                choice = self._catalog.instead(name, plan.language, plan.voice)
                route = detour(plan, first, choice)
                job = self._scheduler.submit(name, route.utterances, plan.request.caller.client)
            except TTSError as unfit:
                log.info("%s cannot go on: %s", name, unfit)
                continue
            log.warning("%s failed (%s); %s goes on.", failed[-1], error, name)
            return route, job
        return None

    def _ready(self, plan: Plan) -> list[str]:
        """Best first; for a library voice before all those that can speak in it.

        No cloud where an engine of this machine was asked for: its text is to stay here.
        """
        infos = [self._registry.info(name) for name in self._registry.ready()]
        if (
            plan.request.engine.strip().casefold() not in ("", AUTO)
            and "cloud" not in plan.engine.abilities
        ):
            infos = [info for info in infos if "cloud" not in info.abilities]
        if plan.voice.engine == LIBRARY:
            infos.sort(key=lambda info: not can_clone(info))
        return [info.name for info in infos]
