"""Reads jobs of the scheduler as a stream does, for tests that have no stream."""

from __future__ import annotations

from collections.abc import Iterator

from tts_core.synthesis.inbox import JobEnded, Message, UtteranceAudio
from tts_core.synthesis.job import Job

_PATIENCE_SECONDS = 10.0


def events_of(job: Job) -> Iterator[Message]:
    """Yield the job's messages before its JobEnded.

    Raises the error that ended the job, and TimeoutError when nothing comes for 10 s.
    """
    while not isinstance(message := job.inbox.get(_PATIENCE_SECONDS), JobEnded):
        yield message
    if message.error is not None:
        raise message.error


def audio_length(job: Job) -> int:
    """Return how many samples the job yields in all. Raises as `events_of` does."""
    return sum(len(m.chunk.samples) for m in events_of(job) if isinstance(m, UtteranceAudio))
