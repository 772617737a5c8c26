"""The route that the Status tab polls; it answers with the sections that have changed.

Through Gradio's queue each poll would cost five times as much (a fifth of a core for forty open
pages). Sections that are the same for all pages are computed once for all of them.
"""

from __future__ import annotations

import functools
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
from tts_core.web.ui.choices import language_name, named_for_language
from tts_core.web.ui.engines import engine_cards, translated_cards
from tts_core.web.ui.texts import ENGLISH, LANGUAGES, Texts, texts_of

STATISTICS_SECONDS = (2.0, 30.0)
"""Minimum and maximum age of the statistics. They age without a request ending here, since the
time windows move and other processes write to the database, too."""
ENGINES_SECONDS = (1.5, 6.0)
NAMES_SECONDS = (10.0, 10.0)
MAX_KNOWN = 500
"""Maximum length of the `known` parameter."""
_LIVE = (
    "request_id", "status", "text_preview", "duration_seconds", "queue_position", "door",
)  # fmt: skip


class StatusFeed:
    """The contents of the Status tab, in sections with tags. Thread-safe."""

    def __init__(self, service: SpeechService) -> None:
        self._service = service
        history = service.history
        self._shared = {
            "engines": CachedSection(
                lambda: engine_cards(service),
                ENGINES_SECONDS,
                lambda: (service.engines.states(), service.engines.downloads()),
            ),
            "engines_for_visitors": CachedSection(
                lambda: engine_cards(service, visitor=True),
                ENGINES_SECONDS,
                lambda: (service.engines.states(), service.engines.downloads()),
            ),
            "statistics": CachedSection(
                service.report.statistics, STATISTICS_SECONDS, lambda: history.version
            ),
            "names": CachedSection(self._names, NAMES_SECONDS),
        }

    @property
    def stale(self) -> bool:
        """Whether `refresh` has something to do."""
        return any(section.stale for section in self._shared.values())

    def refresh(self) -> None:
        """Recompute stale sections. Blocks: reads the database and the disk."""
        for section in self._shared.values():
            section.refresh()

    def changes(
        self, known: Mapping[str, str], owner: str | None, trusted: bool, language: str = ENGLISH
    ) -> str:
        """Return JSON with the `tags` of all sections and the `sections` whose tag has changed.

        `known`: the tags that the page has, by section. `owner`: whose live requests to include;
        None for everybody's. `trusted`: whether what concerns the machine is said, too.
        `language`: of the page.
        """
        service = self._service
        live = [_live(record) for record in service.active(owner)]
        state = {
            "version": service.history.version,
            "error": service.history.error,
            "shared": owner is None,
        }
        sections = {name: cached.section for name, cached in self._shared.items()}
        for_visitors = sections.pop("engines_for_visitors")
        if not trusted:
            sections["engines"] = for_visitors
        for name in ("engines", "names"):
            sections[name] = _translated(name, sections[name], language)
        sections |= {"active": Section.of(live), "state": Section.of(state)}
        tags = {name: section.tag for name, section in sections.items()}
        changed = (
            f"{_json(name)}:{section.text}"
            for name, section in sections.items()
            if known.get(name) != section.tag
        )
        return f'{{"tags":{_json(tags)},"sections":{{{",".join(changed)}}}}}'

    def _names(self) -> dict[str, Any]:
        """Return the labels of engines and voices by id, and the sources to filter by."""
        infos = self._service.engines.infos.values()
        own = [voice for info in infos for voice in info.voices]
        voices = {voice.id: voice.name for voice in own}
        library = {found.voice: found.name for found in self._service.voices.withdrawals()}
        library |= {
            record.blend or record.id: record.name for record in self._service.voices.cloned()
        }
        return {
            "engines": {info.name: info.label for info in infos},
            "voices": library | voices,
            "library": list(library.items()),
            "doors": self._service.history.sources(),
            # Of voices that are named for their languages.
            "languages": {v.id: v.language for v in own if named_for_language(v)},
        }


class Section(NamedTuple):
    """JSON text and a tag that changes with it."""

    text: str
    tag: str

    @classmethod
    def of(cls, value: object) -> Section:
        """Return the section with this value."""
        text = _json(value)
        return cls(text, f"{zlib.crc32(text.encode()):08x}")


class CachedSection:
    """A section that one thread recomputes when it is stale, while others use the previous one."""

    def __init__(
        self,
        make: Callable[[], object],
        seconds: tuple[float, float],
        version: Callable[[], object] = lambda: None,
    ) -> None:
        """Set how a section is computed, and when.

        `seconds`: its minimum age before it is recomputed because `version` has changed, and the
        age from which it is recomputed in any case.
        """
        self._make, self._seconds, self._version = make, seconds, version
        self.section = Section("", "")
        """The latest one; empty before the first `refresh`."""
        self._made_from: object = None
        self._made_at = 0.0
        self._lock = threading.Lock()

    def refresh(self) -> None:
        """Recompute the section if it is stale; callers wait only for the first one."""
        if not self._lock.acquire(blocking=not self.section.text):
            return
        try:
            if self.stale:
                self._made_from = self._version()
                self.section = Section.of(self._make())
                self._made_at = time.monotonic()
        finally:
            self._lock.release()

    @property
    def stale(self) -> bool:
        """Whether the section is too old or missing."""
        soonest, latest = self._seconds
        age = time.monotonic() - self._made_at
        if not self.section.text or age > latest:
            return True
        return age > soonest and self._version() != self._made_from


def status_feed_routes(service: SpeechService) -> APIRouter:
    """Return the router of `/page/board`."""
    routes, feed = router(include_in_schema=False), StatusFeed(service)

    @routes.get("/page/board")
    async def changes(request: Request) -> Response:
        """Return changed sections. Query: `known`, pairs `section:tag` separated by commas."""
        if feed.stale:
            await in_thread(feed.refresh)
        known = request.query_params.get("known", "")[:MAX_KNOWN]
        pairs = (pair.split(":", 1) for pair in known.split(",") if ":" in pair)
        caller, settings = caller_of(request), service.settings
        trusted = caller.operator or (settings.loopback and not settings.closed)
        viewer, language = service.history.viewer(caller), texts_of(request).language
        text = feed.changes(dict(pairs), viewer, trusted, language)
        headers = {"Cache-Control": "no-store"}
        return Response(text, media_type="application/json", headers=headers)

    return routes


@functools.lru_cache(maxsize=4 * len(LANGUAGES))
def _translated(name: str, section: Section, language: str) -> Section:
    """Return the section "engines" or "names", which are in English, in a language."""
    if language == ENGLISH or not section.text:
        return section
    value, texts = json.loads(section.text), Texts(language)
    if name == "engines":
        return Section.of(translated_cards(value, texts))
    for voice, code in value["languages"].items():
        value["voices"][voice] = language_name(value["voices"][voice], code, texts)
    return Section.of(value)


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
