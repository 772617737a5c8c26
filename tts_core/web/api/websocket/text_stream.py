"""A text that arrives in pieces, such as a language model's tokens, and is spoken meanwhile.

Finished sentences are spoken as requests of their own, which follow each other like the segments
of one text, in the voice and the language of the first. While one request is spoken, more sentences
are collected for the next.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass

from tts_core.errors import QueueFullError, TooLargeError, ValidationError
from tts_core.text.chunker import Chunk, chunk
from tts_core.text.directions.brackets import PAUSES, bracket_spans, without_pauses
from tts_core.text.directions.find import directions_of
from tts_core.text.directions.ssml import document_end
from tts_core.text.markup.uncut import uncut_spans, with_line_ends
from tts_core.text.normalize import is_speakable
from tts_core.text.reading.reader import has_words, read
from tts_core.text.reading.reading import Options
from tts_core.types import Pause, SpeechRequest
from tts_core.voices.lookup import AUTO
from tts_core.web.api.websocket.merged_messages import MergedMessages
from tts_core.web.api.websocket.protocol import LONGEST_MESSAGE, TextRequest
from tts_core.web.messages import StartedData

SENTENCE_PATIENCE = 0.5
"""Seconds without a new piece after which a sentence that ends with a mark counts as finished."""
PATIENCE = 3.0
"""Seconds without a new piece after which an unfinished sentence is spoken."""
END_PATIENCE = 300.0
"""Seconds without a new piece after which the text counts as ended."""
LONGEST_PENDING = 100_000
"""Characters that may wait to be spoken. They need little memory; this stops a model that never
ends."""
_LONGEST_ELEMENT = 2_000
"""Characters of an element for whose end is waited."""
_TAG = re.compile(r"[a-z]{2,3}(-[a-z0-9]+)*")
_OPEN_BRACKET = re.compile(r"\s*+\[[^\[\]\n]{0,40}\Z")
_SHORT_WORD_AT_END = re.compile(r"(?:^|\W)[^\W\d_]{1,5}\.\s*\Z")
_CONTEXT = 100
"""Characters before and after an end that tell whether it is one."""
LONGEST_SENTENCE = 500
"""Characters. A longer sentence is spoken before its end."""
_ENDS_AT_ONCE = "。！？｡।॥።፧។៕"
"""Marks that end a sentence without a space after them."""
_MARKS = ".!?…؟۔:" + _ENDS_AT_ONCE
_CHEAP_SECONDS = 0.002
"""Processor time that looking for sentences may take each time a piece arrives."""
_REST = 20
"""If it takes longer, it is not done again for so many times as long: marks of which none is closed
take 0.2 s for 10,000 characters, in which the server does nothing else."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Finished sentences, which are spoken as one request."""

    text: str
    pause: Pause
    """The pause after them."""
    start: int
    """Where they begin in the whole text."""
    reopened: str = ""
    """Markup to begin with, for elements that were begun before."""

    @property
    def ends_with_silence(self) -> bool:
        """Whether markup at the end says how long the pause is."""
        return any(match.end() == len(self.text) for match in PAUSES.finditer(self.text))


class TextStream:
    """The pieces that have arrived, and the messages made of them."""

    def __init__(self, first: TextRequest, limit: int) -> None:
        """`first`: voice, parameters and the first piece. `limit`: most characters per request."""
        seed = first.request.seed
        self.format = first.format
        self.request = first.request.model_copy(
            update={"seed": seed if seed >= 0 else secrets.randbelow(2**31)}
        )
        """The request for the next passage, without its text."""
        self.failed = False
        """Whether the rest cannot be spoken."""
        self.failure_told = False
        """Whether a client that went on was told so."""
        self.merged = MergedMessages()
        self._limit = limit
        self._pending = self._all = ""
        self._taken = 0
        """Characters that have been taken away from the beginning."""
        self._reopened = ""
        """Elements of markup that were open where the last passage ended; none if they are long."""
        self._look_again = 0
        """Characters that must wait before sentences are looked for again."""
        self._rests_until = 0.0  # `time.monotonic()`
        self._ended = False
        self._last_added = time.monotonic()
        self._changed = asyncio.Event()
        self.add(first.request.text)

    def add(self, text: str) -> None:
        """Add a piece. Raises QueueFullError or TooLargeError, and then leaves it out."""
        if len(self._all) + len(text) > LONGEST_MESSAGE:
            raise TooLargeError(
                f"A text in pieces may have {LONGEST_MESSAGE:,} characters in all; send text_end, "
                "and begin another.",
                "text",
            )
        if len(self._pending) + len(text) > LONGEST_PENDING:
            raise QueueFullError(
                f"{len(self._pending):,} characters are waiting; the limit is "
                f"{LONGEST_PENDING:,}, so this piece was left out. Send it again after the next "
                "audio_chunk."
            )
        self._pending += text
        self._all += text
        self._last_added = time.monotonic()
        self._changed.set()

    def end(self) -> None:
        """End the text: there are no more pieces."""
        self._ended = True
        self._changed.set()

    @property
    def closed(self) -> bool:
        """Whether no more pieces can be added."""
        return self._ended or self.failed

    @property
    def exhausted(self) -> bool:
        """Whether the text has ended and nothing of it is left to be spoken."""
        return self._ended and not self._has_words(self._pending)

    @property
    def text(self) -> str:
        """All pieces so far."""
        return self._all

    async def next_passage(self) -> Passage | None:
        """Return the next sentences as soon as they are finished; None after the last."""
        while True:
            await asyncio.sleep(max(0.0, self._rests_until - time.monotonic()))
            begun = time.thread_time()
            if (found := self.take_finished()) is not None:
                return found
            if self._ended:
                return self._take_rest()
            patience = self._patience()
            if (cost := time.thread_time() - begun) > _CHEAP_SECONDS:
                self._rests_until = time.monotonic() + _REST * cost
            self._changed.clear()
            try:
                async with asyncio.timeout(self._last_added + patience - time.monotonic()):
                    await self._changed.wait()
            except TimeoutError:
                if patience == END_PATIENCE:
                    self._ended = True
                elif (rest := self._take_rest()) is not None:
                    return rest

    def keep_voice(self, used: SpeechRequest, started: StartedData) -> None:
        """Use the voice and the language of the first passage for the following ones.

        `used`: the request for the first passage. `started`: the data of its first message.
        """
        update = {"text": "", "language": started["language"]}
        if used.voice.strip().casefold() in ("", "default"):
            update["voice"] = started["voice"]
            if used.engine.strip().casefold() in ("", AUTO):
                update["engine"] = started["engine"]
        self.request = used.model_copy(update=update)

    def request_for(self, passage: Passage) -> SpeechRequest:
        """Return the request for a passage."""
        return self.request.model_copy(update={"text": passage.reopened + passage.text})

    @property
    def _language(self) -> str:
        """Return the tag of the text's language; "" while it is not known."""
        named = self.request.language.strip().casefold()
        return named if _TAG.fullmatch(named) else ""

    def take_finished(self) -> Passage | None:
        """Remove and return the sentences that no further piece can change; None without any."""
        if len(self._pending) < self._look_again and not self._ended:
            return None
        pending = self._pending[: self._limit - len(self._reopened)]
        as_markup = self.request.reading.markup != "off"
        document = document_end(pending) if as_markup else None
        if document is not None and document <= self._limit:
            return self._take(document, Pause.PARAGRAPH) if document <= len(pending) else None
        found = chunk(
            with_line_ends(without_pauses(pending)) if as_markup else pending,
            min(LONGEST_SENTENCE, self._limit),
            language=self._language,
        )
        finished = found[:-1]
        while finished and not self._has_ended(finished[-1], found[len(finished)]):
            finished.pop()
        if finished and as_markup and _OPEN_BRACKET.match(pending, finished[-1].end):
            finished = finished[:-1]  # it may be followed by a pause
        is_found = bool(finished)
        for start, end in reversed(self._uncut(pending) if finished else []):
            while finished and start < finished[-1].end < end:
                finished.pop()
        text = pending[: finished[-1].end] if finished else ""
        if not self._has_words(text):
            # Long code is not looked at again for every token of it.
            self._look_again = len(self._pending) + len(self._pending) // 32 if is_found else 0
            return None
        return self._take(len(text), finished[-1].pause)

    def _has_ended(self, last: Chunk, rest: Chunk) -> bool:
        """Return whether what follows a sentence shows that it has ended: a word, or its space."""
        if last.text.rstrip()[-1:] in _ENDS_AT_ONCE or "\n" in last.text[len(last.text.rstrip()) :]:
            return True
        if not any(c.isspace() for c in rest.text.strip(" ")[1:] + rest.text[-1:]):
            return False
        language = self._language
        if not language or not _SHORT_WORD_AT_END.search(last.text):
            return True
        # It may end with an abbreviation, whose reading depends on what follows: "Sa. 10–14 Uhr".
        # A number is not enough for that: "Wo. 3 jan."
        following = rest.text.lstrip()
        if following[:1].isdigit() and len(following.split()) + following[-1].isspace() < 3:
            return False
        before, after = last.text[-_CONTEXT:], rest.text[:_CONTEXT]
        apart = _words(before, language) + _words(after, language)
        return apart == _words(before + after, language)

    def _take(self, length: int, pause: Pause) -> Passage:
        """Remove and return the beginning of what is pending."""
        text, self._pending = self._pending[:length], self._pending[length:]
        self._look_again = 0
        passage = Passage(text, pause, self._taken, self._reopened)
        self._taken += length
        with suppress(ValidationError):  # of which the client is told when it is spoken
            reading = self.request.reading
            markup = "off" if reading.markup == "off" else "auto"
            found = directions_of(passage.reopened + text, markup, reading.cast)
            is_short = len(found.reopened) <= self._limit // 2  # the rest is for the next sentences
            self._reopened = found.reopened if is_short else ""
        return passage

    def _has_words(self, text: str) -> bool:
        return bool(text.strip()) and has_words(text, Options.of(self.request.reading))

    def _uncut(self, text: str) -> list[tuple[int, int]]:
        if self.request.reading.markup == "off":
            return []
        elements = [s for s in bracket_spans(text) if s[1] - s[0] <= _LONGEST_ELEMENT]
        return sorted([*uncut_spans(text, self._limit), *elements])

    def _take_rest(self) -> Passage | None:
        while self._pending:
            passage = self._take(self._limit - len(self._reopened), Pause.SENTENCE)
            if self._has_words(passage.text):
                return passage
        return None

    def _patience(self) -> float:
        """Return how many seconds to wait for another piece."""
        as_markup = self.request.reading.markup != "off"
        if not is_speakable(self._pending) or (as_markup and document_end(self._pending)):
            return END_PATIENCE
        uncut = self._uncut(self._pending[: self._limit])
        if any(end > len(self._pending) for _, end in uncut):
            return PATIENCE
        marked = self._pending.rstrip().rstrip("\"'”’»)]*_")[-1:] in _MARKS
        return SENTENCE_PATIENCE if marked else PATIENCE


def _words(text: str, language: str) -> list[str]:
    return re.findall(r"\w+", read(text, language).spoken.casefold())
