"""A request's sound as one encoded stream."""

from __future__ import annotations

import asyncio
import base64
import io
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import soundfile

from tts_core.audio.encode import FORMATS, find_format, to_int16
from tts_core.errors import GenerationError
from tts_core.events import Audio, Finished
from tts_core.types import AudioChunk
from tts_core.web.api.openai.routes import AudioDelta
from tts_core.web.audio_stream import LARGEST_PIECE, encoded_audio
from tts_core.web.messages import MOST_AUDIO, files
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


@pytest.mark.parametrize("format", ["pcm", "wav"])
def test_what_a_slow_reader_gets_at_once_is_cut(format: str) -> None:
    *data, _ = taken(AllThere((1.0,) * 30), format)
    audio = b"".join(data)
    assert max(map(len, data)) <= LARGEST_PIECE < len(audio) / 20
    assert all(len(piece) % 2 == 0 for piece in data)
    line = AudioDelta(audio=base64.b64encode(b"x" * LARGEST_PIECE).decode()).model_dump_json()
    assert len(f"data: {line}\n") < 2**16
    if format == "pcm":
        assert audio == to_int16(np.full(30 * RATE, 0.1, np.float32)).tobytes()


def test_a_long_file_is_cut_where_it_is_quietest() -> None:
    samples = np.random.default_rng(1).normal(0, 0.1, 50 * RATE).astype(np.float32)
    pauses = [(at, at + RATE // 4) for at in range(RATE // 2, len(samples), 2 * RATE)]
    for start, end in pauses:
        samples[start:end] = 0
    found = files(samples, RATE, find_format("wav"))
    ends = [at for at, _ in found[1:]]
    assert len(found) == 4
    assert max(len(data) for _, data in found) <= MOST_AUDIO
    assert all(any(start < end < stop for start, stop in pauses) for end in ends)
    heard = [
        soundfile.read(io.BytesIO(base64.b64decode(data)), dtype="int16")[0] for _, data in found
    ]
    assert np.array_equal(np.concatenate(heard), to_int16(samples))
    assert [at for at, _ in found] == [0, *np.cumsum([len(part) for part in heard[:-1]])]


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
