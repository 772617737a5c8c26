"""A text that comes in pieces, as a language model's tokens do, and is spoken as it comes.

What has a sentence's end in it is spoken as a request of its own; the requests of one dictation
follow each other like the segments of one text, in the voice and the language of the first. While
one is spoken, more sentences come together for the next.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tts_core.errors import QueueFullError, TooLargeError
from tts_core.text.chunker import Chunk, chunk
from tts_core.text.normalize import is_speakable
from tts_core.types import Pause, SpeechRequest
from tts_core.voices.catalog import AUTO
from tts_core.web.api.websocket.merged_messages import MergedMessages
from tts_core.web.api.websocket.protocol import LONGEST_MESSAGE, Wish

SENTENCE_PATIENCE = 0.5
"""Seconds without a piece after which a sentence with its mark at the end is taken for whole."""
PATIENCE = 3.0
"""Seconds without a piece after which what there is of a sentence is spoken."""
END_PATIENCE = 300.0
"""Seconds without a piece after which there will be none."""
LONGEST_PENDING = 100_000
"""Characters that may wait to be spoken. Memory is no matter, a model that never stops is."""
LONGEST_SENTENCE = 500
"""Characters. A longer one is not waited for."""
_ENDS_AT_ONCE = "。！？｡।॥።፧។៕"
"""Marks after which no space has to show that the sentence is over."""
_MARKS = ".!?…؟۔:" + _ENDS_AT_ONCE


@dataclass(frozen=True, slots=True)
class Passage:
    """Finished sentences."""

    text: str
    pause: Pause
    """What follows them."""


class TextStream:
    """The pieces that have come, and what has been made of them."""

    def __init__(self, wanted: Wish, limit: int) -> None:
        """`wanted`: voice and parameters; its text is the first piece. `limit`: the most
        characters in one request.
        """
        seed = wanted.request.seed
        self.format = wanted.format
        self.request = wanted.request.model_copy(
            update={"seed": seed if seed >= 0 else secrets.randbelow(2**31)}
        )
        """What the next passage is asked for with."""
        self.failed = self.told = False
        """Whether it cannot be spoken on, and whether a client that goes on was told."""
        self.account = MergedMessages()
        self._limit = limit
        self._pending = self._all = ""
        self._ended = False
        self._heard = time.monotonic()
        self._news = asyncio.Event()
        self.add(wanted.request.text)

    def add(self, text: str) -> None:
        """Another piece. Raises QueueFullError or TooLargeError, and does not take it then."""
        if len(self._all) + len(text) > LONGEST_MESSAGE:
            raise TooLargeError(
                f"A text in pieces may have {LONGEST_MESSAGE:,} characters in all; send text_end, "
                "and begin another.",
                "text",
            )
        if len(self._pending) + len(text) > LONGEST_PENDING:
            raise QueueFullError(
                f"{len(self._pending):,} characters are waiting, and {LONGEST_PENDING:,} "
                "may: this piece was not taken. Send it again after the next audio_chunk."
            )
        self._pending += text
        self._all += text
        self._heard = time.monotonic()
        self._news.set()

    def end(self) -> None:
        """There will be no more."""
        self._ended = True
        self._news.set()

    @property
    def closed(self) -> bool:
        """Whether it takes no more."""
        return self._ended or self.failed

    @property
    def over(self) -> bool:
        """Whether nothing is left to be spoken, for good."""
        return self._ended and not is_speakable(self._pending)

    @property
    def text(self) -> str:
        """All that has come."""
        return self._all

    async def passage(self) -> Passage | None:
        """The next sentences, as soon as they are finished; None after the last."""
        while True:
            if (found := self.finished()) is not None:
                return found
            if self._ended:
                return self._rest()
            patience = self._patience()
            self._news.clear()
            try:
                async with asyncio.timeout(self._heard + patience - time.monotonic()):
                    await self._news.wait()
            except TimeoutError:
                if patience == END_PATIENCE:
                    self._ended = True
                elif (rest := self._rest()) is not None:
                    return rest

    def pin(self, used: SpeechRequest, started: Mapping[str, Any]) -> None:
        """Keep to the voice of the first passage. `started`: the data of its message."""
        update: dict[str, Any] = {"text": "", "language": started["language"]}
        if used.voice.strip().casefold() in ("", "default"):
            update["voice"] = started["voice"]
            if used.engine.strip().casefold() in ("", AUTO):
                update["engine"] = started["engine"]
        self.request = used.model_copy(update=update)

    def of(self, passage: Passage) -> SpeechRequest:
        """The request for a passage."""
        return self.request.model_copy(update={"text": passage.text})

    def _patience(self) -> float:
        if not is_speakable(self._pending):
            return END_PATIENCE
        marked = self._pending.rstrip().rstrip("\"'”’»)]*_")[-1:] in _MARKS
        return SENTENCE_PATIENCE if marked else PATIENCE

    def _rest(self) -> Passage | None:
        text, self._pending = self._pending[: self._limit], self._pending[self._limit :]
        return Passage(text, Pause.SENTENCE) if is_speakable(text) else None

    def finished(self) -> Passage | None:
        """The sentences that no further piece can change."""
        found = chunk(self._pending[: self._limit], min(LONGEST_SENTENCE, self._limit))
        finished, rest = found[:-1], found[-1:]
        if finished and not _settled(finished[-1], rest[0]):
            finished = finished[:-1]
        text = "".join(piece.text for piece in finished)
        if not is_speakable(text):
            return None
        self._pending = self._pending[len(text) :]
        return Passage(text, finished[-1].pause)


def _settled(last: Chunk, rest: Chunk) -> bool:
    """Whether enough has come after a sentence to see that it ended: a word, or its space."""
    return (
        last.text.rstrip()[-1:] in _ENDS_AT_ONCE
        or "\n" in last.text[len(last.text.rstrip()) :]
        or any(character.isspace() for character in rest.text.strip(" ")[1:] + rest.text[-1:])
    )
