"""Many segments of speech made into one seamless stream."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tts_core.types import Pause, Samples

PAUSE_SECONDS: Mapping[Pause, float] = {
    Pause.NONE: 0.06,
    Pause.CLAUSE: 0.18,
    Pause.SENTENCE: 0.40,
    Pause.PARAGRAPH: 0.80,
}
"""Silence put after a segment, at speed 1.

Silent pauses in read speech fall into a brief (< 200 ms) and a medium (200-1000 ms) kind, in all
five languages of Campione & Véronis, "A Large-Scale Multilingual Study of Silent Pause Duration",
Speech Prosody 2002. Commas take the brief kind; sentences and paragraphs the lower and the upper
half of the medium one. A hard split is no pause at all, only room for the voice to settle.
"""

SILENCE = 10 ** (-50 / 20)
"""Samples no larger than this, -50 dBFS, count as silence at either end of a segment."""
LEAD_SECONDS = 0.010
"""Kept before the first louder sample: plosives and fricatives begin below the threshold."""
TAIL_SECONDS = 0.020
"""Kept, where there is as much, after the last louder sample, for the decay."""
FADE_SECONDS = 0.004

_NOTHING: Samples = np.zeros(0, np.float32)


def bounded(samples: Samples) -> Samples:
    """A float32 copy with non-finite samples made 0 and the others clipped to [-1, 1]."""
    samples = np.asarray(samples, dtype=np.float32)
    finite = np.where(np.isfinite(samples), samples, np.float32(0))
    return np.clip(finite, -1, 1, out=finite)


class Joiner:
    """Trims and fades segments, and puts the pauses between them.

    For each segment `push` its samples, in pieces of any size, then `finish_segment`; after the
    last one `close`. Each returns the samples, float32 of shape (n,), that are ready to be heard;
    all of them together are the stream. It does not depend on how the input was cut.

    What is held back is the fade at the end (`FADE_SECONDS`) and silence that may turn out to be
    the segment's last. Silence inside a segment is kept as it is.
    """

    def __init__(self, sample_rate: int, speed: float = 1.0) -> None:
        """`sample_rate`: Hz. `speed`: the speaker's pace, by which pauses are divided."""
        self._rate = sample_rate
        self._speed = speed
        self._lead = round(LEAD_SECONDS * sample_rate)
        self._tail = round(TAIL_SECONDS * sample_rate)
        ramp = max(1, round(FADE_SECONDS * sample_rate))
        phase = np.pi * (np.arange(ramp) + 0.5) / ramp
        self._fade: Samples = (0.5 - 0.5 * np.cos(phase)).astype(np.float32)
        self._position = 0
        self._pause = 0
        self._segment_start = 0.0
        self._word_offset = 0.0
        self._begin_segment()

    def _begin_segment(self) -> None:
        # All counted in samples from the first one the engine gave for this segment.
        self._received = 0
        self._sent = 0  # everything before this is emitted or trimmed; the rest is in _held
        self._held: list[Samples] = []
        self._start: int | None = None  # the first sample to keep, once a loud one has come
        self._end = 0  # one past the last to keep, if no louder sample follows

    @property
    def position(self) -> int:
        """Samples emitted so far."""
        return self._position

    @property
    def segment_start(self) -> float:
        """Seconds into the output at which the current segment's sound begins.

        Like `word_offset`, valid from the segment's first non-empty output to the next segment's.
        """
        return self._segment_start

    @property
    def word_offset(self) -> float:
        """Seconds to add to a time in the segment, as its engine counts, to get the output's."""
        return self._word_offset

    def push(self, samples: Samples) -> Samples:
        """Takes more of the current segment; returns what is ready, possibly nothing."""
        self._hold(bounded(samples))
        ready = min(self._received, self._end) - len(self._fade)
        return self._emit(ready) if ready > self._sent else _NOTHING

    def finish_segment(self, pause: Pause) -> Samples:
        """Ends the current segment; returns the rest of it.

        The pause comes out before the next sound. A segment without sound yields nothing, and
        of its pause and the one before it only the longer is made.
        """
        out = _NOTHING
        if self._start is not None:
            end = min(self._received, self._end)
            out = self._emit(end)
            faded = min(len(self._fade), end - self._start)
            out[-faded:] *= self._fade[:faded][::-1]
        owed = round(PAUSE_SECONDS[pause] / self._speed * self._rate)
        self._pause = max(self._pause, owed) if self._position else 0
        self._begin_segment()
        return out

    def close(self) -> Samples:
        """Ends the stream, without a pause; returns what was left of an unfinished segment."""
        out = self.finish_segment(Pause.NONE)
        self._pause = 0
        return out

    def _hold(self, piece: Samples) -> None:
        loud = np.flatnonzero(np.abs(piece) > SILENCE)
        before = self._received
        self._held.append(piece)
        self._received += len(piece)
        if len(loud):
            self._end = before + int(loud[-1]) + 1 + self._tail
        if self._start is not None:
            return
        keep_from = self._received - self._lead
        if len(loud):
            keep_from = self._start = max(0, before + int(loud[0]) - self._lead)
        if keep_from > self._sent:
            self._held = [np.concatenate(self._held)[keep_from - self._sent :]]
            self._sent = keep_from

    def _emit(self, until: int) -> Samples:
        """The held samples before index `until`, faded in, with the pause owed before them."""
        assert self._start is not None
        held = np.concatenate(self._held)
        out = held[: until - self._sent]
        self._held = [held[until - self._sent :]]
        into = self._sent - self._start
        ramp = self._fade[into : into + len(out)]
        out[: len(ramp)] *= ramp
        if into == 0:
            self._segment_start = (self._position + self._pause) / self._rate
            self._word_offset = self._segment_start - self._start / self._rate
            out = np.concatenate((np.zeros(self._pause, np.float32), out))
            self._pause = 0
        self._sent = until
        self._position += len(out)
        return out
