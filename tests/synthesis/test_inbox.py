"""The inbox of a request: nothing is lost, answers overtake sound, the first close counts."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from tts_core.errors import Cancelled, GenerationError, TTSError
from tts_core.synthesis import inbox as module
from tts_core.synthesis.inbox import (
    Inbox,
    JobEnded,
    UtteranceAligned,
    UtteranceAudio,
    UtteranceDone,
)
from tts_core.types import AlignmentResult, AudioChunk

RATE = 100


def audio(index: int, seconds: float = 1.0) -> UtteranceAudio:
    return UtteranceAudio(index, AudioChunk(np.zeros(round(seconds * RATE), np.float32), RATE))


def aligned(segment: int) -> UtteranceAligned:
    return UtteranceAligned(segment, segment, AlignmentResult(()))


def test_alignment_overtakes_unread_sound_and_keeps_its_order() -> None:
    inbox = Inbox(buffer_seconds=60)
    sound = [audio(0), audio(1)]
    answers = [aligned(0), aligned(1)]
    for message in (*sound, *answers):
        inbox.put(message)
    inbox.put(JobEnded())
    assert [inbox.get() for _ in range(5)] == [*answers, *sound, JobEnded()]


def test_a_full_inbox_takes_everything_and_tells_when_there_is_room() -> None:
    inbox = Inbox(buffer_seconds=2.0)
    calls: list[bool] = []
    inbox.on_room = lambda: calls.append(inbox.full)
    for index in range(4):
        inbox.put(audio(index))
    assert inbox.full
    for _ in range(2):
        inbox.get()
    assert (inbox.full, calls) == (True, [])
    inbox.get()
    assert (inbox.full, calls) == (False, [False])
    inbox.get()
    assert calls == [False]


def test_the_rest_of_an_utterance_is_got_together() -> None:
    inbox = Inbox(buffer_seconds=5.0)
    rooms: list[bool] = []
    inbox.on_room = lambda: rooms.append(inbox.full)
    sound = [audio(0), audio(0), audio(0), audio(1), audio(1)]
    done = UtteranceDone(0, 0.1, 0)
    for message in (*sound[:3], done, *sound[3:], JobEnded()):
        inbox.put(message)
    first = inbox.get()
    assert isinstance(first, UtteranceAudio)
    assert inbox.rest_of(first, 2.0) == [sound[1]]
    assert inbox.rest_of(first, 60.0) == [sound[2], done]  # nothing of the next utterance
    assert (inbox.full, rooms) == (False, [False])
    second = inbox.get()
    assert isinstance(second, UtteranceAudio)
    assert inbox.rest_of(second, 60.0) == [sound[4]]  # it goes on
    assert inbox.get() == JobEnded()
    assert inbox.rest_of(second, 60.0) == []


def test_it_tells_how_long_the_sound_lasts_for_a_listener() -> None:
    inbox = Inbox(buffer_seconds=60)
    assert inbox.seconds_ahead == 0
    inbox.put(audio(0, seconds=50))
    inbox.put(audio(1, seconds=50))
    assert 60 < inbox.seconds_ahead <= 100
    inbox.get()  # who reads it does not play it faster
    assert inbox.seconds_ahead > 60


def test_who_has_waited_for_sound_plays_it_from_then_on(monkeypatch: pytest.MonkeyPatch) -> None:
    times = [100.0]
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: times[-1]))
    inbox = Inbox(buffer_seconds=60)
    inbox.put(audio(0, seconds=2))
    times.append(110.0)
    assert inbox.seconds_ahead == pytest.approx(-8)
    inbox.put(audio(1, seconds=5))
    assert inbox.seconds_ahead == pytest.approx(5)


def test_the_first_close_counts_and_drops_what_is_unread() -> None:
    inbox = Inbox(buffer_seconds=1.0)
    ends: list[TTSError] = []
    inbox.on_close = ends.append
    inbox.put(audio(0))
    first = GenerationError("first")
    inbox.close(first)
    inbox.close(Cancelled("second"))
    inbox.put(audio(1))
    assert ends == [first]
    assert inbox.closed.is_set()
    assert not inbox.full
    assert inbox.unread_seconds == 0
    for _ in range(2):
        with pytest.raises(GenerationError, match="first"):
            inbox.get(timeout=0)
