"""What the status tab is told once a second, by a route of its own: only what has changed.

Through Gradio's queue each question would cost five times as much (a fifth of a core for forty
open pages). What is the same for all pages is made once for all of them.
"""

from __future__ import annotations

import json
import threading
import time
import zlib
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from fastapi import APIRouter, Request, Response

from tts_core.service import SpeechService
from tts_core.stats.live import LiveRequest
from tts_core.stats.report import live_dict
from tts_core.web.api.http import router
from tts_core.web.callers import caller_of
from tts_core.web.streaming import in_thread
from tts_core.web.ui.engines import engine_cards

STATISTICS_SECONDS = (2.0, 30.0)
"""The sums are asked for at most so often; and, when nothing has ended here, at least so often,
since the windows move and other processes write too."""
ENGINES_SECONDS = (1.5, 6.0)
NAMES_SECONDS = (10.0, 10.0)
MAX_KNOWN = 500
"""Characters of what a page says it knows."""
_LIVE = (
    "request_id", "status", "text_preview", "duration_seconds", "queue_position", "door",
)  # fmt: skip


class StatusFeed:
    """The tab's news, in sections. Thread-safe."""

    def __init__(self, service: SpeechService) -> None:
        self._service = service
        archive = service.archive
        self._shared = {
            "engines": Kept(
                lambda: engine_cards(service),
                ENGINES_SECONDS,
                lambda: (service.engine_states(), service.downloads()),
            ),
            "statistics": Kept(
                service.report.statistics, STATISTICS_SECONDS, lambda: archive.version
            ),
            "names": Kept(self._names, NAMES_SECONDS),
        }

    @property
    def due(self) -> bool:
        """Whether `refresh` has something to do."""
        return any(kept.due for kept in self._shared.values())

    def refresh(self) -> None:
        """Make anew what is old; it asks the database and the disk."""
        for kept in self._shared.values():
            kept.refresh()

    def news(self, known: Mapping[str, str], owner: str | None) -> str:
        """JSON: `sections`, those of which the caller knows another tag or none, and the `tags` of
        all. `known`: tags by section."""
        service = self._service
        live = [_live(record) for record in service.active(owner)]
        state = {
            "version": service.archive.version,
            "error": service.report.history_error,
            "shared": owner is None,
        }
        sections = {name: kept.section for name, kept in self._shared.items()}
        sections |= {"active": Section.of(live), "state": Section.of(state)}
        tags = {name: section.tag for name, section in sections.items()}
        changed = (
            f"{_json(name)}:{section.text}"
            for name, section in sections.items()
            if known.get(name) != section.tag
        )
        return f'{{"tags":{_json(tags)},"sections":{{{",".join(changed)}}}}}'

    def _names(self) -> dict[str, Any]:
        """What ids are called."""
        infos = self._service.registry.infos.values()
        voices = {voice.id: voice.name for info in infos for voice in info.voices}
        voices |= {record.id: record.name for record in self._service.library.all()}
        return {
            "engines": {info.name: info.label for info in infos},
            "voices": voices,
            "doors": self._service.archive.history.doors(),
        }


class Section(NamedTuple):
    """JSON, and a name for what it says."""

    text: str
    tag: str

    @classmethod
    def of(cls, value: object) -> Section:
        text = _json(value)
        return cls(text, f"{zlib.crc32(text.encode()):08x}")


class Kept:
    """A section that is made anew when it is old, by one thread while others take the old."""

    def __init__(
        self,
        make: Callable[[], object],
        seconds: tuple[float, float],
        version: Callable[[], object] = lambda: None,
    ) -> None:
        """Made anew after the first of the `seconds` when `version` has changed, else after the
        second."""
        self._make, self._seconds, self._version = make, seconds, version
        self.section = Section("", "")
        """The present one, or one that is being replaced."""
        self._of: object = None
        self._made = 0.0
        self._lock = threading.Lock()

    def refresh(self) -> None:
        """Make it anew if it is old; the first callers wait for it."""
        if not self._lock.acquire(blocking=not self.section.text):
            return
        try:
            if self.due:
                self._of = self._version()
                self.section = Section.of(self._make())
                self._made = time.monotonic()
        finally:
            self._lock.release()

    @property
    def due(self) -> bool:
        """Whether it is old, or not there yet."""
        soonest, latest = self._seconds
        age = time.monotonic() - self._made
        if not self.section.text or age > latest:
            return True
        return age > soonest and self._version() != self._of


def board_routes(service: SpeechService) -> APIRouter:
    """`/page/board`."""
    routes, board = router(include_in_schema=False), StatusFeed(service)

    @routes.get("/page/board")
    async def news(request: Request) -> Response:
        """The query's `known`: `section:tag`, separated by commas."""
        if board.due:
            await in_thread(board.refresh)
        known = request.query_params.get("known", "")[:MAX_KNOWN]
        pairs = (pair.split(":", 1) for pair in known.split(",") if ":" in pair)
        text = board.news(dict(pairs), service.archive.viewer(caller_of(request)))
        headers = {"Cache-Control": "no-store"}
        return Response(text, media_type="application/json", headers=headers)

    return routes


def _live(record: LiveRequest) -> dict[str, Any]:
    found = live_dict(record)
    return {name: found[name] for name in _LIVE} | {
        "engine": record.engine,
        "voice": record.voice_source,
        "fallback": record.fallback,
        **{k: v for k, v in found["progress"].items() if k != "current_chunk"},
    }


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
