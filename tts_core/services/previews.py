"""`SpeechService.previews`: previews of voices, generated before anybody asks for them."""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable

from tts_core.engines.registry import Registry
from tts_core.errors import Cancelled, TTSError
from tts_core.projects.work.background import BackgroundSpeech
from tts_core.settings import Settings
from tts_core.synthesis.rate_limit import RateLimiter
from tts_core.synthesis.segment_cache import cache_limit
from tts_core.synthesis.stream import SpeechStream
from tts_core.types import SpeechRequest

log = logging.getLogger(__name__)

MOST = 16
"""Requests that a client may have waiting."""
CLIENTS = 16
"""Clients that may have any; those who asked longest ago lose theirs."""
KEPT_SECONDS = 120.0
"""For how long a list waits. Whoever sent it does not look at the same voices for longer."""
PAUSE_SECONDS = 0.2
"""How often it is checked whether the service has nothing else to do."""


class PreviewService:
    """Speaks short requests into the segment cache while nothing else is spoken. Thread-safe.

    One is generated at a time, for the clients in turn. Any other request stops it at once; it
    starts again when the service is idle. The rate limit applies to each client's previews with a
    count of their own.
    """

    def __init__(
        self,
        speech: BackgroundSpeech,
        registry: Registry,
        settings: Settings,
        *,
        resolve: Callable[[SpeechRequest], SpeechRequest],
        is_busy: Callable[[], bool],
    ) -> None:
        """`settings`: without a segment cache nothing is made. `resolve`: see `Aliases.resolve`.

        `is_busy`: whether anything else is being spoken.
        """
        self._speech, self._registry = speech, registry
        self._limiter = RateLimiter(settings.rate_limit)
        self._is_kept = cache_limit(settings) > 0
        self._resolve, self._is_busy = resolve, is_busy
        self._wanted: OrderedDict[str, tuple[float, deque[SpeechRequest]]] = OrderedDict()
        """By client: when its list came, and what is left of it."""
        self._stream: SpeechStream | None = None
        """What is in the making."""
        self._thread: threading.Thread | None = None
        self._closed = False
        self._changed = threading.Condition()

    def prepare(self, client: str, requests: Iterable[SpeechRequest]) -> None:
        """Have requests made soon, the first first, instead of those the client sent before.

        Those that do not pay are left out: see `_pays`.
        """
        paying = (request for request in requests if self._is_kept and self._pays(request))
        chosen = list(itertools.islice(paying, MOST))
        with self._changed:
            self._wanted.pop(client, None)
            if self._closed or not chosen:
                return
            self._wanted[client] = time.monotonic(), deque(chosen)
            if len(self._wanted) > CLIENTS:
                self._wanted.popitem(last=False)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="previews", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def give_way(self) -> None:
        """Stop what is in the making; called when any other request has begun."""
        with self._changed:
            stream = self._stream
        if stream is not None:
            stream.close()

    @property
    def waiting(self) -> int:
        """Return how many requests are still to be made."""
        with self._changed:
            return sum(len(requests) for _, requests in self._wanted.values())

    def close(self) -> None:
        """Make no more."""
        with self._changed:
            self._closed = True
            self._wanted.clear()
            self._changed.notify_all()
        self.give_way()

    def _pays(self, request: SpeechRequest) -> bool:
        """Return whether a request is worth making ahead.

        Its voice has to be the own one of an engine that works here. The engine costs no money and
        keeps up with real time, but needs more than the milliseconds of one that can be the
        aligner's reference. Cloned voices speak only when somebody wants to hear them.
        """
        request = self._resolve(request)
        try:
            info = self._registry.info(request.engine)
        except TTSError:
            return False
        return (
            not info.capabilities.cloud
            and not info.reference_languages
            and any(voice.id == request.voice for voice in info.voices)
            and self._registry.unavailable(info.name) is None
            and self._registry.cooldown_reason(info.name) is None
            and self._registry.paces.keeps_up(info)
        )

    def _run(self) -> None:
        while (found := self._next()) is not None:
            client, request = found
            try:
                self._limiter.count(request.caller)
                made = self._make(request)
            except TTSError as error:
                log.info("the preview of %s was not made: %s", request.voice, error)
                made = True
            except Exception:
                log.exception("the preview of %s could not be made", request.voice)
                made = True
            if made:
                self._done(client, request)

    def _next(self) -> tuple[str, SpeechRequest] | None:
        """Wait until there is something to make and nothing else is spoken; None when closed."""
        with self._changed:
            while not self._closed:
                oldest = time.monotonic() - KEPT_SECONDS
                for client in [c for c, (asked, _) in self._wanted.items() if asked < oldest]:
                    del self._wanted[client]
                if not self._wanted:
                    self._changed.wait()
                elif self._is_busy():
                    self._changed.wait(PAUSE_SECONDS)
                else:
                    client, (_, requests) = next(iter(self._wanted.items()))
                    return client, requests[0]
            return None

    def _make(self, request: SpeechRequest) -> bool:
        """Speak a request; return False when it gave way to another. Raises TTSError."""
        with self._speech.speak(request) as stream:
            with self._changed:
                self._stream = stream
            try:
                if self._closed or self._is_busy():  # since just now
                    return False
                stream.read_to_end()
            except Cancelled:
                return False
            finally:
                with self._changed:
                    self._stream = None
        return True

    def _done(self, client: str, request: SpeechRequest) -> None:
        """Take a request off its list, and let the next client have a turn."""
        with self._changed:
            _, requests = self._wanted.get(client, (0.0, deque()))
            if not requests or requests[0] is not request:
                return  # another list came meanwhile
            requests.popleft()
            if requests:
                self._wanted.move_to_end(client)
            else:
                del self._wanted[client]
