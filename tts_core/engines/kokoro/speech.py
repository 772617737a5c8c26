"""Speaks what has been read for Kokoro's network piece by piece, so that it is soon heard.

The network makes silence before a text, and at times noise after it and inside marks: both are cut
by its durations.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tts_core.engines.kokoro.model import FRAME, SAMPLE_RATE, KokoroModel, Run
from tts_core.engines.kokoro.reading import Reading
from tts_core.types import Samples, WordTiming

LEAD = 3
"""Frames before the sound of a word that may belong to it."""
FIRST, LARGEST = 80, 240
"""The most frames that become sound at once, first and ever. A piece may have twice the frames of
the one before, since it is computed while that is played; the largest number bounds the memory."""
CHOICE = 1 / 3
"""A piece ends at the quietest gap between words in this last part of it."""
BEFORE, AFTER = 8, 6
"""Frames around a piece that become sound too and are thrown away: the network begins and ends with
a sound of its own. In bands of a third, the first frame of a piece differs by 13 dB from that of
the whole text, the last by 10; six frames in, the difference is mostly that of other frames."""
FADE = FRAME
"""Samples of the crossfade between two pieces."""
QUIET = 10 ** (-50 / 20)
"""Level (RMS) below which there is no speech."""
LATEST = 6 * FRAME
"""By how many samples a word may end later than by the durations, before a pause."""
_HOP = SAMPLE_RATE // 200
_FADE_OUT = np.linspace(1, 0, FADE, dtype=np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """Some sound of an utterance, and the words that begin in it.

    Their times are seconds from the start of the utterance.
    """

    samples: Samples
    words: tuple[WordTiming, ...]


def speak(
    model: KokoroModel, readings: Iterable[Reading], stop: threading.Event
) -> Iterator[Sound]:
    """Yield the sound of a text, without silence at its ends, until `stop` is set.

    `stop` has to be set in the end, since a thread waits for it. Raises what ONNX Runtime raises.
    """
    speaker = _Speaker(model, Run(stop))
    try:
        for reading in readings:
            for sound in speaker.speak(reading):
                if stop.is_set():
                    return
                yield sound
    except Exception:
        if not stop.is_set():  # an exception is how the network is interrupted
            raise


class _Speaker:
    """Makes the sound of one text, reading after reading."""

    def __init__(self, model: KokoroModel, run: Run) -> None:
        self._model = model
        self._run = run
        self._size = FIRST
        self._made = 0
        """Samples that have been yielded."""
        self._overlap: Samples | None = None
        """How the last piece goes on, up to `FADE` samples."""
        self._join = 0
        """The first of them, in samples from the start of the next word's sound."""

    def speak(self, reading: Reading) -> Iterator[Sound]:
        """Yield the sound of a reading. Samples are counted from the start of its prosody."""
        word, start = reading.start, reading.starts(reading.start) * FRAME
        start = max(0, start + (-LEAD * FRAME if self._overlap is None else self._join))
        while word < reading.end:
            choices = self._choices(reading, word, start // FRAME)
            until = reading.starts(choices[-1]) if choices else reading.finish
            if not choices:
                self._run.release_memory()
            samples, origin = self._sound(reading, start // FRAME, until)
            ends = _silence_pauses(samples, reading, origin)
            if self._overlap is None:
                start = max(start, ends.get(word - 1, 0) + FADE)
                start += max(0, int(np.argmax(np.abs(samples[start - origin :]) > QUIET)) - FADE)
            shift = self._made - start
            after = reading.end
            end = ends.get(after - 1, reading.finish * FRAME) + FADE
            if choices:
                after, end = _quietest(samples, reading, choices, start, origin)
            piece = samples[start - origin : end - origin]
            if self._overlap is not None:
                faded = min(len(piece), len(self._overlap))
                piece[:faded] += (self._overlap[:faded] - piece[:faded]) * _FADE_OUT[:faded]
            if choices:
                self._overlap = samples[end - origin :][:FADE]
                self._join = end - reading.starts(after) * FRAME
            yield Sound(piece, tuple(_timings(reading, range(word, after), ends, shift)))
            self._made += len(piece)
            self._size = min(2 * len(piece) // FRAME, LARGEST)
            word, start = after, end

    def _choices(self, reading: Reading, word: int, start: int) -> list[int]:
        """Return the words before which a piece may end that begins at a frame and at `word`.

        Empty when it is the last piece of the text.
        """
        goal, choice = start + self._size, int(self._size * CHOICE)
        if reading.finish > goal + choice:
            later = range(word + 1, reading.end)
            if within := [w for w in later if goal - choice < reading.starts(w) <= goal]:
                return within
            for beyond in later:
                if goal < reading.starts(beyond) < reading.finish - choice:
                    return [beyond]
        return [] if reading.is_last else [reading.end]

    def _sound(self, reading: Reading, start: int, end: int) -> tuple[Samples, int]:
        """Return the sound of some frames and those around them, and its first sample's number."""
        first = max(0, start - BEFORE)
        last = min(reading.prosody.frames, end + AFTER)
        sound = self._model.speak(reading.prosody, first, last, self._run.options)
        return sound.copy(), first * FRAME  # what the network returns cannot be written to


def _timings(
    reading: Reading, words: Iterable[int], ends: Mapping[int, int], shift: int
) -> Iterator[WordTiming]:
    """Yield when words are spoken.

    `ends`: the last samples of those whose end was heard. `shift`: what the number of a sample has
    to be raised by.
    """
    for number in words:
        start = reading.starts(number) * FRAME
        end = max(start, ends.get(number, reading.ends(number) * FRAME))
        if text := reading.words[number].text:
            yield WordTiming(
                text, max(0, start + shift) / SAMPLE_RATE, max(0, end + shift) / SAMPLE_RATE
            )


def _quietest(
    samples: Samples, reading: Reading, choices: Sequence[int], start: int, origin: int
) -> tuple[int, int]:
    """Return the word before which a crossfade is heard least, and the fade's first sample.

    `start`: the first sample of the piece. `origin`: the number of the first of `samples`.
    """
    energy = np.convolve(samples**2, np.ones(FADE, np.float32), "valid")
    best = (np.inf, choices[-1], max(start + FADE, reading.starts(choices[-1]) * FRAME))
    for word in choices:
        begin = reading.starts(word) * FRAME
        first = max(start + FADE, min(reading.ends(word - 1) * FRAME, begin - FADE))
        for sample in range(first, begin + 1, _HOP):
            if sample - origin < len(energy):
                best = min(best, (float(energy[sample - origin]), word, sample))
    return best[1], best[2]


def _silence_pauses(samples: Samples, reading: Reading, origin: int) -> dict[int, int]:
    """Silence what is not speech at marks and after the text, in place.

    Returns the samples at which the sound of the words before them ends: often long before it does
    by the durations. `origin`: the number of the first of `samples`.
    """
    ends = {}
    last = len(reading.words) - 1
    for word in range(len(reading.words)):
        if not (reading.has_mark(word) if word < last else reading.is_last):
            continue
        begin = max(0, reading.starts(word) * FRAME - origin)
        planned = reading.ends(word) * FRAME - origin
        after = (reading.starts(word + 1) - LEAD) * FRAME - origin if word < last else len(samples)
        pause = samples[: min(after, len(samples))]
        if begin < planned < len(pause) - FADE:
            cut = begin + _sound_end(pause[begin:], planned - begin)
            pause[cut:][:FADE] *= _FADE_OUT[: len(pause) - cut]
            pause[cut + FADE :] = 0
            ends[word] = origin + cut
    return ends


def _sound_end(samples: Samples, planned: int) -> int:
    """Return the end of the speech at the beginning of some sound, of which the rest is a pause.

    `planned`: where it ends by the durations.
    """
    hops = samples[: len(samples) // _HOP * _HOP].reshape(-1, _HOP)
    loud = np.sqrt(np.mean(hops**2, axis=1)) > QUIET
    at = min(planned // _HOP, len(loud) - 1)
    if loud[at]:
        later = np.flatnonzero(~loud[at : at + LATEST // _HOP])
        return int(at + later[0] if len(later) else at + LATEST // _HOP) * _HOP
    earlier = np.flatnonzero(loud[:at])
    return int(earlier[-1] + 1 if len(earlier) else at) * _HOP
