"""Prometheus metrics: counters and histograms of ended requests, gauges of the present state.

Imported by the web part only, so that nothing else needs the client library.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from tts_core.stats.live import LiveRequest, Status

FIRST_AUDIO = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
"""Upper bounds of the buckets of times to first audio and of waits, in seconds."""
DURATIONS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800)
"""The same of generation times."""
FACTORS = (0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 4)
"""The same of real-time factors."""

Now = Callable[[], Mapping[str, Mapping[tuple[str, ...], float]]]
"""Returns the present values of the gauges: by name, then by values of the labels."""
GAUGES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "aloud_requests_active": ("Requests speaking or waiting.", ()),
    "aloud_requests_queued": ("Requests waiting for an engine.", ()),
    "aloud_workers": ("Engines, by what they are doing.", ("engine", "state")),
    "aloud_memory_bytes": ("Resident memory.", ("part",)),
    "aloud_history_in_order": ("1 while the history can be written.", ()),
}
CONTENT_TYPE = CONTENT_TYPE_LATEST


class Metrics:
    """The metrics of one service, which it observes. Thread-safe."""

    def __init__(self, now: Now) -> None:
        self._registry = registry = CollectorRegistry()
        self._accepted = Counter(
            "aloud_requests_accepted",
            "Requests accepted into the queue.",
            ("door",),
            registry=registry,
        )
        self._requests = Counter(
            "aloud_requests",
            "Requests that ended.",
            ("engine", "door", "status"),
            registry=registry,
        )
        self._errors = Counter(
            "aloud_errors", "Requests that failed.", ("engine", "type"), registry=registry
        )
        self._audio = Counter(
            "aloud_audio_seconds", "Seconds of audio generated.", ("engine",), registry=registry
        )
        self._characters = Counter(
            "aloud_characters", "Length of the texts.", ("engine",), registry=registry
        )
        self._segments = Counter(
            "aloud_segments", "Segments spoken.", ("engine", "cached"), registry=registry
        )
        self._fallbacks = Counter(
            "aloud_fallbacks", "Requests continued by another engine.", ("to",), registry=registry
        )

        def histogram(name: str, about: str, bounds: tuple[float, ...]) -> Histogram:
            return Histogram(name, about, ("engine",), buckets=bounds, registry=registry)

        self._first = histogram(
            "aloud_time_to_first_audio_seconds", "Time from request to first audio.", FIRST_AUDIO
        )
        self._generation = histogram(
            "aloud_generation_seconds", "Work of the engine for a request.", DURATIONS
        )
        self._queue = histogram("aloud_queue_seconds", "Wait for an engine.", FIRST_AUDIO)
        self._factor = histogram(
            "aloud_real_time_factor", "Compute seconds per second of audio.", FACTORS
        )
        registry.register(_Gauges(now))

    def accepted(self, request: LiveRequest) -> None:
        """Count a request that is in the queue."""
        self._accepted.labels(request.door).inc()

    def ended(self, request: LiveRequest) -> None:
        """Count a request that has ended."""
        engine = request.engine or "none"
        self._requests.labels(engine, request.door, request.status.value).inc()
        self._characters.labels(engine).inc(request.text_length)
        self._audio.labels(engine).inc(request.audio_seconds)
        self._segments.labels(engine, "true").inc(request.cached)
        self._segments.labels(engine, "false").inc(request.segments_done - request.cached)
        if request.error_type:
            self._errors.labels(engine, request.error_type).inc()
        if request.fallback is not None:
            self._fallbacks.labels(request.fallback["to"]).inc()
        if request.time_to_first_audio_seconds is not None:
            self._first.labels(engine).observe(request.time_to_first_audio_seconds)
        if request.queue_seconds is not None:
            self._queue.labels(engine).observe(request.queue_seconds)
        if request.status is Status.COMPLETED and request.audio_seconds:
            self._generation.labels(engine).observe(request.generation_seconds)
            self._factor.labels(engine).observe(request.generation_seconds / request.audio_seconds)

    def exposition(self) -> bytes:
        """Return all metrics in the text format of Prometheus."""
        return generate_latest(self._registry)


class _Gauges(Collector):
    def __init__(self, now: Now) -> None:
        self._now = now

    def collect(self) -> Iterator[Any]:
        values = self._now()
        for name, (about, labels) in GAUGES.items():
            family = GaugeMetricFamily(name, about, labels=labels)
            for named, value in values.get(name, {}).items():
                family.add_metric(list(named), value)
            yield family
