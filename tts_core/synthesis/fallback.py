"""Fallback: continues a request with another engine when its own has failed."""

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
from tts_core.synthesis.inbox import Inbox
from tts_core.synthesis.job import Job
from tts_core.synthesis.planner import Plan, Route, fallback_route
from tts_core.synthesis.scheduler import Scheduler
from tts_core.voices.catalog import VoiceCatalog
from tts_core.voices.lookup import AUTO, can_clone
from tts_core.voices.record import LIBRARY

log = logging.getLogger(__name__)

ENGINE_FAILURES = (ModelLoadError, OutOfMemory, WorkerDied, CloudError)
"""Errors of the engine rather than of the request: another engine may succeed."""


class Fallback:
    """Chooses the engine that continues a request after a failure."""

    def __init__(
        self, registry: Registry, catalog: VoiceCatalog, scheduler: Scheduler, enabled: bool
    ) -> None:
        """Choose one only if `enabled` (`Settings.fallback`); otherwise failures end requests."""
        self._registry = registry
        self._catalog = catalog
        self._scheduler = scheduler
        self._enabled = enabled

    def find(
        self, plan: Plan, first: int, failed: list[str], error: TTSError, inbox: Inbox
    ) -> tuple[Route, Job] | None:
        """Submit the segments from `first` on to an engine that is not among `failed`.

        The last of `failed` raised `error`, and a cooldown starts for it. The sound goes into
        `inbox`. Return None when the error is the request's own or no other engine that is ready
        speaks the language.
        """
        if not isinstance(error, (*ENGINE_FAILURES, WorkerHung)):
            return None
        self._registry.start_cooldown(failed[-1], str(error))
        # A hang has already cost the reader the whole segment timeout.
        if not self._enabled or isinstance(error, WorkerHung):
            return None
        for name in self._ready(plan):
            if name in failed:
                continue
            try:
                choice = self._catalog.replacement_for(name, plan.language, plan.voice)
                route = fallback_route(plan, first, choice)
                client = plan.request.caller.client
                job = self._scheduler.submit(name, route.utterances, client, inbox)
            except TTSError as unsuitable:
                log.info("engine %s cannot be the fallback: %s", name, unsuitable)
                continue
            log.warning("engine %s failed, falling back to %s: %s", failed[-1], name, error)
            return route, job
        return None

    def _ready(self, plan: Plan) -> list[str]:
        """Return the engines that are ready, best first, those that clone first for a cloned voice.

        Engines in the cloud are left out if a local one was asked for by name, since the text must
        then stay on this machine.
        """
        infos = [self._registry.info(name) for name in self._registry.ready()]
        if (
            plan.request.engine.strip().casefold() not in ("", AUTO)
            and not plan.engine.capabilities.cloud
        ):
            infos = [info for info in infos if not info.capabilities.cloud]
        if plan.voice.engine == LIBRARY:
            infos.sort(key=lambda info: not can_clone(info))
        return [info.name for info in infos]
