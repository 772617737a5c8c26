"""Streams speech from Groq's API, with retries and immediate cancellation.

Uses Groq's asynchronous client behind a synchronous interface: a task that waits for DNS, a
connection, a response or the next retry can be cancelled at any moment, a thread cannot.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import AsyncExitStack

import groq
import httpx
import numpy as np
import tenacity

from tts_core.engines.groq.errors import retry_after, translated
from tts_core.engines.groq.wav_stream import WavStream
from tts_core.errors import ModelLoadError
from tts_core.types import Samples

log = logging.getLogger(__name__)

PIECE_SECONDS = 0.15
POLL_SECONDS = 0.05
"""How often a stop is checked for while nothing arrives."""
TIMEOUT = httpx.Timeout(30.0, connect=5.0)
"""Seconds; at most 30 between two pieces of a response."""
TRIES = 3
LONGEST_WAIT = 10.0
"""Seconds between two tries. A longer wait that the server asks for is reported instead."""


class _Stopped(Exception):
    pass


class GroqClient:
    """A client of the speech API. Each call has its own connection and event loop."""

    def __init__(self, key: str, base_url: str | None) -> None:
        """Prepare the client. `base_url`: the host's root; None: Groq's. Raises ModelLoadError."""
        self._key = key
        self._base_url = base_url or "https://api.groq.com"
        try:
            httpx.URL(self._base_url)
        except httpx.InvalidURL as error:
            raise ModelLoadError(f"Is GROQ_BASE_URL a web address? {error}") from error
        self._certificates = httpx.create_ssl_context()  # once, since it takes 100 ms

    def speech(
        self, model: str, voice: str, text: str, speed: float, rate: int, stop: threading.Event
    ) -> Iterator[Samples]:
        """Yield samples at `rate` Hz, shape (n,), as they arrive; end soon after `stop` is set.

        All pieces but the last have `PIECE_SECONDS`. Raises EngineUnavailable, ValidationError,
        GenerationError.
        """
        loop = asyncio.new_event_loop()
        answer = self._answer(model, voice, text, speed)
        wav = WavStream(rate)
        piece = round(PIECE_SECONDS * rate)
        ready = np.zeros(0, np.float32)
        try:
            while data := loop.run_until_complete(_unless_stopped(answer, stop)):
                ready = np.concatenate((ready, wav.push(data)))
                while len(ready) >= piece:
                    yield ready[:piece]
                    ready = ready[piece:]
            rest = np.concatenate((ready, wav.finish()))
            if len(rest):
                yield rest
        except _Stopped:
            return
        except (groq.GroqError, httpx.HTTPError) as error:
            raise translated(error, self._key, model) from error
        finally:
            loop.run_until_complete(loop.shutdown_asyncgens())  # closes the connection
            loop.close()

    async def _answer(
        self, model: str, voice: str, text: str, speed: float
    ) -> AsyncGenerator[bytes, None]:
        """Yield the bytes of the WAV file. Retries until the first ones have arrived."""
        async with AsyncExitStack() as stack:
            client = await stack.enter_async_context(self._connection())

            async def begin() -> tuple[bytes, AsyncIterator[bytes]]:
                request = client.audio.speech.with_streaming_response.create(
                    model=model,
                    voice=voice,
                    input=text,
                    response_format="wav",
                    # Not every model accepts a speed, so the default is not sent.
                    speed=groq.omit if speed == 1 else speed,
                )
                response = await stack.enter_async_context(request)
                body = response.iter_bytes()
                return await anext(body, b""), body

            begun: tuple[bytes, AsyncIterator[bytes]] = await tenacity.AsyncRetrying(
                retry=tenacity.retry_if_exception(_worth_retrying),
                stop=tenacity.stop_after_attempt(TRIES) | tenacity.stop_after_delay(60),
                wait=_pause,
                before_sleep=_log_retry,
                reraise=True,
            )(begin)
            first, body = begun
            yield first
            async for data in body:
                yield data

    def _connection(self) -> groq.AsyncGroq:
        return groq.AsyncGroq(
            api_key=self._key,
            base_url=self._base_url,
            timeout=TIMEOUT,
            max_retries=0,  # the retries here can be stopped, and report why they failed
            http_client=groq.DefaultAsyncHttpxClient(verify=self._certificates),
        )


async def _unless_stopped(answer: AsyncGenerator[bytes, None], stop: threading.Event) -> bytes:
    """Return the next bytes, or b"" at the end. Cancels and raises _Stopped once `stop` is set."""

    async def following() -> bytes:
        return await anext(answer, b"")

    task = asyncio.create_task(following())
    while not task.done():
        if stop.is_set():
            task.cancel()
            await asyncio.wait({task})
            raise _Stopped
        await asyncio.wait({task}, timeout=POLL_SECONDS)
    return task.result()


def _worth_retrying(error: BaseException) -> bool:
    """Return whether an error may be temporary; a timeout is not worth waiting for twice."""
    if isinstance(error, groq.APITimeoutError | httpx.TimeoutException):
        return False
    if isinstance(error, groq.RateLimitError | groq.InternalServerError):
        return (retry_after(error) or 0) <= LONGEST_WAIT
    return isinstance(error, groq.APIConnectionError | httpx.TransportError)


_backoff = tenacity.wait_exponential_jitter(multiplier=0.5, max=LONGEST_WAIT, jitter=0.5)


def _pause(state: tenacity.RetryCallState) -> float:
    """Return the seconds to wait before the next try."""
    error = state.outcome.exception() if state.outcome else None
    requested = retry_after(error) if error else None
    return _backoff(state) if requested is None else requested


def _log_retry(state: tenacity.RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    log.warning("Groq failed (%s), retrying in %.1f s", type(error).__name__, state.upcoming_sleep)
