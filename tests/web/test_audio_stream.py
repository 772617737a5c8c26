"""A request's sound as one encoded stream."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tts_core.audio.encode import FORMATS, find_format
from tts_core.errors import GenerationError
from tts_core.events import Audio, Finished
from tts_core.types import AudioChunk
from tts_core.web.audio_stream import encoded_audio
from tts_core.web.streaming import KEEP_ALIVE_SECONDS, TOGETHER_SECONDS, EventReader

RATE = 22_050


class AllThere:
    """A stream whose events, and then an error, are there before anybody asks."""

    def __init__(self, seconds: Sequence[float], error: GenerationError | None = None) -> None:
        self.plan = SimpleNamespace(engine=SimpleNamespace(sample_rate=RATE))
        chunks = [AudioChunk(np.full(round(s * RATE), 0.1, np.float32), RATE, ()) for s in seconds]
        self.events: list[Any] = [Audio(0, chunk) for chunk in chunks]
        self.error = error
        self.comment = None
        if error is None:
            self.events.append(Finished(SimpleNamespace(), None))  # type: ignore[arg-type]

    def next_event(self, timeout: float | None = None) -> Any:
        if not self.events and self.error is not None:
            raise self.error
        return self.events.pop(0) if self.events else None

    def close(self) -> None:
        pass


def taken(stream: AllThere, format: str) -> list[Any]:
    """What came, an error last."""

    async def take() -> list[Any]:
        found: list[Any] = []
        try:
            async for piece in encoded_audio(stream, find_format(format)):  # type: ignore[arg-type]
                found.append(piece)
        except GenerationError as error:
            found.append(error)
        return found

    return asyncio.run(take())


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("seconds", [(), (0.03,), (0.1,), (0.25,), (0.5, 0.5, 3.0, 0.2)])
def test_whatever_its_length_it_ends(format: str, seconds: Sequence[float]) -> None:
    *data, end = taken(AllThere(seconds), format)
    assert isinstance(end, Finished)
    assert all(isinstance(piece, bytes) and piece for piece in data)
    if format == "pcm":
        assert sum(map(len, data)) == 2 * sum(round(s * RATE) for s in seconds)


def test_the_sound_before_an_error_is_heard() -> None:
    *data, end = taken(AllThere((0.5, 0.5), GenerationError("It broke.")), "pcm")
    assert str(end) == "It broke."
    assert sum(map(len, data)) == 2 * RATE


def test_events_are_waited_for_together_once_there_is_a_lead() -> None:
    """How long each call may wait: not at all for what follows the first sound."""
    patience: list[float] = []
    second = Audio(0, AudioChunk(np.zeros(22_050, np.float32), 22_050))

    class Script:
        def next_event(self, timeout: float) -> Audio:
            patience.append(timeout)
            if timeout < KEEP_ALIVE_SECONDS:  # nothing more is there
                raise TimeoutError
            return second

    reader = EventReader(Script())  # type: ignore[arg-type]
    assert [reader.read() for _ in range(2)] == [[second]] * 2
    assert patience == [KEEP_ALIVE_SECONDS, KEEP_ALIVE_SECONDS, 0.0]
    reader._heard = 60.0
    assert reader.read() == [second]
    assert 0 < patience[-1] <= TOGETHER_SECONDS
