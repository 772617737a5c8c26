"""Limits what Gradio keeps for readers that do not come.

Gradio puts each message of an event into a queue of the event's session, from which the client's
`queue/data` or `call/…/{event_id}` reads it. By itself it runs a generator to its end whether or
not somebody reads, and keeps unread messages as long as the process runs. Here

- a generator continues only when its reader has read the messages before, and is ended when nothing
  was read for a minute;
- a session is dropped a minute after its last message was put or read;
- the number of unread messages is limited; beyond it, the oldest session of the client with the
  most is dropped;
- reading a session that is not there ends properly, not as an error with a page of traceback;
- one client has at most three quarters of the places for events (`fair_share.py`), and generators
  that wait for a reader are ended when all places are taken.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import gradio as gr
from gradio.queueing import Queue
from gradio.server_messages import HeartbeatMessage
from gradio.utils import LRUCache
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tts_core.synthesis.fair_share import find_unused, most_places
from tts_core.web.callers import caller_of

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 60.0
"""How long unread messages are kept."""
GIVE_WAY_SECONDS = 10.0
"""How long a generator may wait for its reader when its place is needed."""
SWEEP_SECONDS = 5.0
MOST_AHEAD = 2
"""Unread messages with which a generator may go on. Gradio itself sends two before the first, so a
request that nobody reads generates no audio."""
MOST_IN_SESSION = 200
"""Events of one session whose result has not been read."""
MOST_IN_ALL = 500
"""Unread messages of all sessions. The largest, 20 s of sound for the player, takes 1.3 MB."""
NOBODY = "Nobody read the result of this request, so it was ended. Please send it again."

MESSAGES = "/gradio_api/queue/data"
"""The path at which a session's messages are read."""

_Push = Callable[..., Awaitable[tuple[bool, Any, str]]]


class Mailbox(asyncio.Queue[Any]):
    """The unread messages of one session."""

    client = ""
    """The client whose session it is; see `Caller.client`."""
    waited_for = 0
    """How many generators wait for the reader."""

    def _init(self, maxsize: int) -> None:
        super()._init(maxsize)
        self.dropped = False
        self.taken = asyncio.Event()
        self._put_at = self._taken_at = time.monotonic()

    def _put(self, item: Any) -> None:  # noqa: ANN401 - Gradio's messages
        if not isinstance(item, HeartbeatMessage):  # these come even if nobody reads
            if self.empty():
                self._taken_at = time.monotonic()  # the reader has read everything so far
            self._put_at = time.monotonic()
        super()._put(item)

    def _get(self) -> Any:  # noqa: ANN401
        self._taken_at = time.monotonic()
        self.taken.set()
        return super()._get()

    @property
    def unused_seconds(self) -> float:
        """How long the reader has read nothing though there are messages."""
        return 0.0 if self.empty() else time.monotonic() - self._taken_at

    @property
    def still_seconds(self) -> float:
        """How long nothing has been put or read."""
        return time.monotonic() - max(self._put_at, self._taken_at)


class _Mailboxes(LRUCache[str, Any]):
    """Gradio's sessions, with mailboxes in place of its queues."""

    def __setitem__(self, session: str, queue: object) -> None:
        """Add a session with a mailbox, whatever queue Gradio gives it."""
        super().__setitem__(session, Mailbox())

    def __delitem__(self, session: str) -> None:
        """Delete a session, if it is there: Gradio also does so when a stream breaks off."""
        if session in self:
            super().__delitem__(session)


class UnreadResults:
    """Applies the limits of this module to one app, on its event loop."""

    def __init__(self, queue: Queue, limit: int) -> None:
        """`queue`: its mailboxes are replaced. `limit`: events that run at once."""
        self._queue = queue
        self._limit = limit
        self._places = limit + (queue.max_size or 0)
        self._mailboxes: _Mailboxes = _Mailboxes(queue.pending_messages_per_session.max_size)
        self._sweeper: asyncio.Task[None] | None = None
        queue.pending_messages_per_session = self._mailboxes

    async def push(self, push: _Push, **event: Any) -> tuple[bool, Any, str]:  # noqa: ANN401
        """Queue an event with Gradio's `push` if there is a place for it, and return its answer."""
        client = caller_of(event["request"]).client
        if (refusal := self._refusal(client, event["body"].session_hash)) is not None:
            return False, refusal, "queue_full"
        if sum(box.qsize() for box in self._mailboxes.values()) >= MOST_IN_ALL:
            await self._drop(self._oldest())
        answer = await push(**event)
        # Gradio has given a call without a session one of its own.
        mailbox = self._mailboxes.get(event["body"].session_hash)
        if mailbox is not None:
            mailbox.client = client
        if self._sweeper is None or self._sweeper.done():
            self._sweeper = asyncio.create_task(self._sweep())
        return answer

    async def wait_for_reader(self, session: str | None) -> None:
        """Wait until a generator may continue. Raises gr.Error when nobody reads."""
        mailbox = self._mailboxes.get(session)
        if mailbox is None:
            raise gr.Error(NOBODY, print_exception=False)
        since = time.monotonic()
        mailbox.waited_for += 1
        try:
            while mailbox.qsize() > MOST_AHEAD and not mailbox.dropped:
                mailbox.taken.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(min(GIVE_WAY_SECONDS, PATIENCE_SECONDS)):
                        await mailbox.taken.wait()
                        continue
                if min(time.monotonic() - since, mailbox.unused_seconds) >= PATIENCE_SECONDS:
                    await self._drop(mailbox)
                elif len(self._queue.event_ids_to_events) >= self._limit:
                    waiting = [box for box in self._mailboxes.values() if box.waited_for]
                    await self._drop(find_unused(waiting, self._limit, GIVE_WAY_SECONDS))
        finally:
            mailbox.waited_for -= 1
        if mailbox.dropped:
            raise gr.Error(NOBODY, print_exception=False)

    def _refusal(self, client: str, session: str | None) -> str | None:
        """Return why there is no place for an event; None when there is."""
        others = self._queue.event_ids_to_events.values()
        own = sum(caller_of(other.request).client == client for other in others)
        most = most_places(client, self._places)
        if own >= most and most < self._places:  # otherwise Gradio's own limit is enough
            return (
                f"{own} of your requests are running, which is the limit for one client. Please "
                "try again when one has ended."
            )
        unread = len(self._queue.pending_event_ids_session.get(session or "", ()))
        if unread >= MOST_IN_SESSION:
            return (
                f"The results of {unread} requests of this session have not been read, which is "
                "the limit. Please read them before the next one."
            )
        return None

    async def _sweep(self) -> None:
        """Drop old sessions from time to time, while there are sessions."""
        while self._mailboxes:
            await asyncio.sleep(SWEEP_SECONDS)
            try:
                for mailbox in self._idle():
                    if mailbox.still_seconds >= PATIENCE_SECONDS:
                        await self._drop(mailbox)
            except Exception:  # Gradio's; the next sweep tries again
                log.exception("unread results could not be dropped")

    def _idle(self) -> list[Mailbox]:
        """Return the mailboxes of sessions without a running event."""
        running = {event.session_hash for event in self._queue.event_ids_to_events.values()}
        return [box for session, box in self._mailboxes.items() if session not in running]

    def _oldest(self) -> Mailbox | None:
        """Return the oldest mailbox with messages, of the client that has the most."""
        full = [mailbox for mailbox in self._idle() if not mailbox.empty()]
        counts: Counter[str] = Counter()
        for mailbox in full:
            counts[mailbox.client] += mailbox.qsize()
        return max(full, key=lambda m: (counts[m.client], m.unused_seconds), default=None)

    async def _drop(self, mailbox: Mailbox | None) -> None:
        """Drop a session and end its generators."""
        found = (name for name, box in self._mailboxes.items() if box is mailbox)
        session = next(found, None)
        if mailbox is None or session is None:
            return
        if not mailbox.empty():
            log.info("%d unread messages were dropped", mailbox.qsize())
        mailbox.dropped = True
        mailbox.taken.set()
        del self._mailboxes[session]
        self._queue.pending_event_ids_session.pop(session, None)
        # After this Gradio sends nothing to the session's events.
        await self._queue.clean_events(session_hash=session)


class LostSessions:
    """ASGI middleware that ends the messages of a session that is not there, or no more.

    Gradio tells the client so in a message, and then raises what would be the status if it had not
    begun to answer. Anybody could fill the log with that.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, and end its response if the session is lost."""
        if scope["type"] != "http" or scope["path"] != MESSAGES:
            await self._app(scope, receive, send)
            return
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except RuntimeError as error:
            if not begun or not isinstance(error.__cause__, HTTPException):
                raise
            await send({"type": "http.response.body", "body": b"", "more_body": False})


def bound_unread_results(demo: gr.Blocks, limit: int) -> None:
    """Apply the limits; call it between `queue` and `launch`. `limit`: events that run at once."""
    unread = UnreadResults(demo._queue, limit)
    blocks: Any = demo
    push, process = demo._queue.push, demo.process_api

    async def pushing(**event: Any) -> tuple[bool, Any, str]:  # noqa: ANN401
        return await unread.push(push, **event)

    async def processing(**step: Any) -> Any:  # noqa: ANN401
        if step.get("iterator") is not None:  # a generator's second message, or a later one
            await unread.wait_for_reader(step["session_hash"])
        return await process(**step)

    blocks._queue.push = pushing
    blocks.process_api = processing
