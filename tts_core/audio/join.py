"""Joins segments of speech into one seamless stream."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from tts_core.types import AudioChunk, Pause, ReadingOptions, Samples

PAUSE_SECONDS: Mapping[Pause, float] = {
    Pause.NONE: 0.06,
    Pause.CLAUSE: 0.18,
    Pause.SENTENCE: 0.40,
    Pause.PARAGRAPH: 0.80,
}
"""Silence inserted after a segment, at speed 1.

Silent pauses in read speech fall into a brief (< 200 ms) and a medium (200-1000 ms) kind, in all
five languages of Campione & Véronis, "A Large-Scale Multilingual Study of Silent Pause Duration",
Speech Prosody 2002. Commas take the brief kind; sentences and paragraphs the lower and the upper
half of the medium one. A split inside a clause is no pause; its gap only lets the voice decay.
"""

ONSET = 10 ** (-48 / 20)
"""Samples no larger than this, -48 dBFS, count as silence at the beginning of a segment. Speech at
the level of `audio/level.py` is heard from about there: a soft "th" stays below -50 for 25 ms."""
SILENCE = 10 ** (-50 / 20)
"""The same at the end, -50 dBFS: there, a soft "sh" that is still heard may stay below -48."""
LEAD_SECONDS = 0.010
"""Kept before the first louder sample: plosives and fricatives begin below the threshold."""
TAIL_SECONDS = 0.020
"""Kept after the last louder sample, as far as there is that much, for the decay."""
FADE_SECONDS = 0.004

_NOTHING: Samples = np.zeros(0, np.float32)


def pauses_of(reading: ReadingOptions, speed: float) -> Mapping[Pause, float]:
    """Return the pauses of a request in seconds: as it wants them, else as usual at `speed`."""
    wanted = {Pause.SENTENCE: reading.pause_sentence, Pause.PARAGRAPH: reading.pause_paragraph}
    pauses = {pause: seconds / speed for pause, seconds in PAUSE_SECONDS.items()}
    return {**pauses, **{pause: s for pause, s in wanted.items() if s is not None}}


def bounded(samples: Samples) -> Samples:
    """Return a float32 copy with non-finite samples set to 0 and the others clipped to [-1, 1]."""
    samples = np.asarray(samples, dtype=np.float32)
    with np.errstate(over="ignore", invalid="ignore"):
        all_finite = np.isfinite(samples.sum())  # in a fifth of the time of looking at each
    if all_finite:
        return np.clip(samples, -1, 1)
    finite = np.where(np.isfinite(samples), samples, np.float32(0))
    return np.clip(finite, -1, 1, out=finite)


class Joiner:
    """Trims and fades segments and inserts the pauses between them.

    For each segment call `push` with its samples, in blocks of any size, then `finish_segment`;
    after the last one `close`. Each returns the samples, float32 of shape (n,), that are ready to
    be played; concatenated they are the stream, which does not depend on the block sizes.

    The fade at the end (`FADE_SECONDS`) and silence that may turn out to be trailing are held
    back. Silence inside a segment is kept. Around a silence of exact length only the fades remain
    of what is below the thresholds, and half of them counts as silence, so that it is heard at that
    length to 5 ms.
    """

    def __init__(
        self, sample_rate: int, pauses: Mapping[Pause, float] = PAUSE_SECONDS, lead: float = 0.0
    ) -> None:
        """Create a joiner for audio at `sample_rate` Hz with `pauses` in seconds.

        `lead`: seconds of silence before the first sound.
        """
        self._rate = sample_rate
        self._pauses = pauses
        self._lead = round(LEAD_SECONDS * sample_rate)
        self._tail = round(TAIL_SECONDS * sample_rate)
        ramp = max(1, round(FADE_SECONDS * sample_rate))
        phase = np.pi * (np.arange(ramp) + 0.5) / ramp
        self._fade: Samples = (0.5 - 0.5 * np.cos(phase)).astype(np.float32)
        self._position = 0
        self._pause = max(0, round((lead - FADE_SECONDS / 2) * sample_rate))
        """Samples of silence before the next sound."""
        self._exact = lead > 0
        """Whether that silence has a length that was asked for."""
        self._segment_start = 0.0
        self._word_offset = 0.0
        self._begin_segment()

    def _begin_segment(self) -> None:
        # Positions are in samples from the first one that the engine returned for this segment.
        self._received = 0
        self._sent = 0  # samples before this are emitted or trimmed; the rest is in _held
        self._held: list[Samples] = []
        self._start: int | None = (
            None  # the first sample to keep, known once a loud one has arrived
        )
        self._loud = 0  # one past the last loud sample

    @property
    def position(self) -> int:
        """Return the number of samples emitted so far."""
        return self._position

    @property
    def segment_start(self) -> float:
        """Return the time in the output, in seconds, at which the current segment begins.

        Like `word_offset`, valid from the segment's first non-empty output to the next segment's.
        """
        return self._segment_start

    @property
    def word_offset(self) -> float:
        """Return the seconds to add to a time in the engine's audio to get one in the output."""
        return self._word_offset

    def push(self, samples: Samples) -> Samples:
        """Add samples of the current segment; return what is ready, possibly nothing."""
        self._hold(bounded(samples))
        ready = min(self._received - len(self._fade), self._loud)
        return self._emit(ready) if ready > self._sent else _NOTHING

    def finish_segment(self, pause: Pause, silence: float | None = None) -> Samples:
        """End the current segment and return the rest of it.

        `silence`: exactly so many seconds in place of the pause. It is emitted before the next
        segment. A silent segment yields nothing, and only the longer one of its pause and the
        pause before it is kept; silences of exact length are added up and kept instead of pauses.
        """
        out = _NOTHING
        if self._start is not None:
            tail = self._tail if silence is None else len(self._fade)
            end = min(self._received, self._loud + tail)
            out = self._emit(end)
            faded = min(len(self._fade), end - self._start)
            out[-faded:] *= self._fade[:faded][::-1]
        due = round((self._pauses[pause] if silence is None else silence) * self._rate)
        if silence is not None:
            due = max(0, due - len(self._fade))
            self._pause = due + (self._pause if self._exact else 0)
            self._exact = True
        elif not self._exact:
            self._pause = max(self._pause, due) if self._position else 0
        self._begin_segment()
        return out

    def closing_silence(self) -> Samples:
        """Return the silence of exact length after the last segment; nothing for a pause.

        Of what may follow, in a stream of several texts, the usual quiet beginning is kept, so the
        silence is shorter by half of what that has more than a fade.
        """
        rest = self._pause - (self._lead - len(self._fade)) // 2
        out: Samples = np.zeros(max(0, rest) if self._exact else 0, np.float32)
        self._pause, self._exact = 0, False
        self._position += len(out)
        return out

    def close(self) -> Samples:
        """End the stream without a pause; return the rest of an unfinished segment."""
        out = self.finish_segment(Pause.NONE)
        self._pause, self._exact = 0, False
        return out

    def _hold(self, block: Samples) -> None:
        size = np.abs(block)
        before = self._received
        self._held.append(block)
        self._received += len(block)
        if self._start is None:
            lead = len(self._fade) if self._exact else self._lead
            keep_from = self._received - lead
            if len(onset := np.flatnonzero(size > ONSET)):
                keep_from = self._start = max(0, before + int(onset[0]) - lead)
            if keep_from > self._sent:
                self._held = [np.concatenate(self._held)[keep_from - self._sent :]]
                self._sent = keep_from
        if self._start is not None and len(loud := np.flatnonzero(size > SILENCE)):
            self._loud = before + int(loud[-1]) + 1

    def _emit(self, until: int) -> Samples:
        """Return the held samples before index `until`, faded in, after the pause that is due."""
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
            self._pause, self._exact = 0, False
        self._sent = until
        self._position += len(out)
        return out


def joined(chunks: Sequence[AudioChunk]) -> AudioChunk:
    """Return the chunks of one segment, one or more, as one."""
    return AudioChunk(
        np.concatenate([chunk.samples for chunk in chunks]),
        chunks[0].sample_rate,
        tuple(word for chunk in chunks for word in chunk.words),
        tuple(phoneme for chunk in chunks for phoneme in chunk.phonemes),
    )


def skip_samples(chunks: Iterator[AudioChunk], count: int) -> Iterator[AudioChunk]:
    """Yield chunks without their first `count` samples and the words that start in those."""
    left = count
    for chunk in chunks:
        skipped = min(left, len(chunk.samples))
        left -= skipped
        if skipped < len(chunk.samples):
            rate = chunk.sample_rate
            words = tuple(w for w in chunk.words if round(w.start * rate) >= count)
            phonemes = tuple(p for p in chunk.phonemes if round(p.start * rate) >= count)
            yield AudioChunk(chunk.samples[skipped:], rate, words, phonemes)
