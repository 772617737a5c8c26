"""Speaks phonemes with Kokoro's network piece by piece, so that a long sentence is soon heard.

What the network does badly is put right by its durations: silence before a text, noise after it and
inside some marks, words run together in short texts, haste in long ones.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tts_core.engines.kokoro.model import FRAME, SAMPLE_RATE, Interruption, KokoroModel, Prosody
from tts_core.engines.phonemes.base import SILENT, Phonemes, Word
from tts_core.types import Samples, WordTiming

EARLY = 3
"""By how many frames the sound of a phoneme precedes its place by the durations."""
LEAD, TAIL = 3, 8
"""Frames that are kept before the first word's sound and after the last one's."""
FIRST, LARGEST = 80, 240
"""The most frames that become sound at once, first and ever. A piece may have twice the frames of
the one before, since it is computed while that is played; the largest number bounds the memory."""
BEFORE, AFTER = 20, 10
"""Frames around them that become sound too and are thrown away: the network begins and ends with
a sound of its own."""
CHOICE = 1 / 3
"""A piece ends at the quietest gap between words in this last part of it."""
MOST_READ = 280
"""Phonemes that are read at once: with 510 the network speaks up to 17 % faster."""
CONTEXT = 40
"""Phonemes that are read before and after a part of a longer text."""
LONGEST_WORD = 100
"""Phonemes of a word that are kept together."""
FADE = FRAME
"""Samples of the crossfade between two pieces."""
QUIET = 10 ** (-50 / 20)
"""RMS below which there is no speech."""
_HOP = SAMPLE_RATE // 200
_MARKS = set(SILENT) - {" "}


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """Some sound of an utterance, and the words that begin in it.

    Their times are seconds from the start of the utterance.
    """

    samples: Samples
    words: tuple[WordTiming, ...]


def speak(
    model: KokoroModel,
    phonemes: Phonemes,
    pack: NDArray[np.float32],
    speed: float,
    stop: threading.Event,
) -> Iterator[Sound]:
    """Yield the sound of a phoneme string, without silence at its ends, until `stop` is set.

    `pack`: the voice, shape (510, 256). `speed`: a factor on its own. `stop` has to be set in the
    end, since a thread waits for it. Raises what ONNX Runtime raises.
    """
    speaker = _Speaker(model, Interruption(stop))
    phonemes = Phonemes(phonemes.text, list(_divided(phonemes)))
    try:
        for read, spoken in _portions(phonemes):
            reading = _read(model, phonemes, read, spoken, pack, speed)
            for sound in speaker.speak(reading):
                if stop.is_set():
                    return
                yield sound
    except Exception:
        if not stop.is_set():  # the network is interrupted by an exception
            raise


@dataclass(frozen=True, slots=True)
class _Reading:
    """A part of a text with its neighbors, and how it is spoken."""

    prosody: Prosody
    text: str
    words: Sequence[Word]
    start: int
    """The first word of the part."""
    end: int
    """The first word after it."""

    def starts(self, word: int) -> int:
        """Return the frame in which the sound of a word begins, in the end that of the text."""
        if word == len(self.words):
            return self.prosody.frames
        return max(0, int(self.prosody.onsets[self.words[word].start]) - EARLY)

    def ends(self, word: int) -> int:
        """Return the frame in which the sound of a word ends."""
        return max(0, int(self.prosody.onsets[self.words[word].end]) - EARLY)

    @property
    def whole(self) -> bool:
        """Return whether nothing comes after it."""
        return self.end == len(self.words)

    def finish(self) -> int:
        """Return the frame after the last one."""
        if not self.whole:
            return self.starts(self.end)
        return min(self.prosody.frames, self.ends(self.end - 1) + TAIL)

    def has_mark(self, word: int) -> bool:
        """Return whether a mark follows a word."""
        until = self.words[word + 1].start if word + 1 < len(self.words) else len(self.text)
        return not _MARKS.isdisjoint(self.text[self.words[word].end : until])


def _divided(phonemes: Phonemes) -> Iterator[Word]:
    """Yield the words, of overlong ones ("aaaa…", spelled out) the rest as words without a text."""
    for word in phonemes.words:
        text, start = word.text, word.start
        while word.end - start > LONGEST_WORD:
            cut = phonemes.text.rfind(" ", start + 1, start + LONGEST_WORD) + 1
            cut = cut or start + LONGEST_WORD
            yield Word(text, start, cut)
            text, start = "", cut
        yield Word(text, start, word.end)


def _portions(phonemes: Phonemes) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Yield ranges of words to read at once, each with the range of those to speak."""
    words, length = phonemes.words, len(phonemes.text)
    count = 1 if length <= MOST_READ else -(-length // (MOST_READ - 2 * CONTEXT))
    cuts = [0]
    for number in range(1, count):
        goal = length * number // count
        cut = min(range(len(words)), key=lambda word: _distance(phonemes, word, goal))
        if cut > cuts[-1]:
            cuts.append(cut)
    if words:
        cuts.append(len(words))
    for start, end in pairwise(cuts):
        first, last = start, end
        while first > 0 and words[start].start - words[first - 1].start <= CONTEXT:
            first -= 1
        while last < len(words) and words[last].end - words[end].start <= CONTEXT:
            last += 1
        yield (first, last), (start, end)


def _distance(phonemes: Phonemes, word: int, goal: int) -> int:
    """Return how far before a word a cut is from `goal`, in phonemes; less at a mark."""
    start = phonemes.words[word].start
    mark = phonemes.text[:start].rstrip()[-1:]
    bonus = 40 if mark in {".", "!", "?", "…"} else 25 if mark in _MARKS else 0
    return abs(start - goal) - bonus


def _read(
    model: KokoroModel,
    phonemes: Phonemes,
    read: tuple[int, int],
    spoken: tuple[int, int],
    pack: NDArray[np.float32],
    speed: float,
) -> _Reading:
    """Read the words of one range, to speak those of another."""
    words = phonemes.words
    begin = words[read[0]].start if read[0] > 0 else 0
    until = words[read[1]].start if read[1] < len(words) else len(phonemes.text)
    text = phonemes.text[begin:until]
    moved = []
    for word in words[read[0] : read[1]]:
        start, end = word.start - begin, word.end - begin
        while start < end - 1 and text[start] in SILENT:
            start += 1
        moved.append(Word(word.text, start, end))
    start, end = (number - read[0] for number in spoken)
    return _Reading(model.read(text, pack, speed), text, moved, start, end)


class _Speaker:
    """Makes the sound of one utterance, reading after reading."""

    def __init__(self, model: KokoroModel, interruption: Interruption) -> None:
        self._model = model
        self._interruption = interruption
        self._size = FIRST
        self._made = 0
        """Samples that have been yielded."""
        self._overlap: Samples | None = None
        """How the last piece goes on, `FADE` samples."""
        self._join = 0
        """The first of them, in samples from the start of the next word's sound."""

    def speak(self, reading: _Reading) -> Iterator[Sound]:
        """Yield the sound of a reading. Samples are counted from the start of its prosody."""
        word, finish = reading.start, reading.finish()
        start = max(0, reading.starts(word) - LEAD) * FRAME
        if self._overlap is not None:
            start = max(0, reading.starts(word) * FRAME + self._join)
        shift = self._made - start
        while word < reading.end:
            choices = self._choices(reading, word, start // FRAME, finish)
            until = reading.starts(choices[-1]) if choices else finish
            samples, origin = self._sound(reading, start // FRAME, until)
            after, end = reading.end, finish * FRAME
            if choices:
                after, end = _quietest(samples, reading, choices, start, origin)
            piece = samples[start - origin : end - origin]
            if self._overlap is not None:
                faded = min(len(piece), len(self._overlap))
                piece[:faded] += (self._overlap[:faded] - piece[:faded]) * _FADE_OUT[:faded]
            self._overlap = None
            if choices:
                self._overlap = samples[end - origin :][:FADE]
                self._join = end - reading.starts(after) * FRAME
            yield Sound(piece, tuple(_timings(reading, range(word, after), shift)))
            self._made += len(piece)
            self._size = min(2 * len(piece) // FRAME, LARGEST)
            word, start = after, end

    def _choices(self, reading: _Reading, word: int, start: int, finish: int) -> list[int]:
        """Return the words before which a piece may end that begins at a frame and at `word`.

        Empty when it is the last piece of the text.
        """
        goal, choice = start + self._size, int(self._size * CHOICE)
        if finish > goal + choice:
            later = range(word + 1, reading.end)
            if within := [w for w in later if goal - choice < reading.starts(w) <= goal]:
                return within
            if beyond := [w for w in later if goal < reading.starts(w) < finish - choice]:
                return beyond[:1]
        return [] if reading.whole else [reading.end]

    def _sound(self, reading: _Reading, start: int, end: int) -> tuple[Samples, int]:
        """Return the sound of some frames and those around them, and its first sample's number."""
        first = max(0, start - BEFORE)
        last = min(reading.prosody.frames, end + AFTER)
        sound = self._model.speak(reading.prosody, first, last, self._interruption.options)
        samples = sound.copy()  # what the network returns cannot be written to
        _silence_pauses(samples, reading, first * FRAME)
        return samples, first * FRAME


_FADE_OUT = np.linspace(1, 0, FADE, dtype=np.float32)


def _timings(reading: _Reading, words: Iterable[int], shift: int) -> Iterator[WordTiming]:
    for number in words:
        start, end = (
            max(0, frame * FRAME + shift) / SAMPLE_RATE
            for frame in (reading.starts(number), reading.ends(number))
        )
        if text := reading.words[number].text:
            yield WordTiming(text, start, max(start, end))


def _quietest(
    samples: Samples, reading: _Reading, choices: Sequence[int], start: int, origin: int
) -> tuple[int, int]:
    """Return the word before which a crossfade is heard least, and the fade's first sample.

    `start`: the first sample of the piece. `origin`: the number of the first of `samples`.
    """
    levels = np.convolve(samples**2, np.ones(FADE, np.float32), "valid")
    best = (np.inf, choices[-1], max(start + FADE, reading.starts(choices[-1]) * FRAME))
    for word in choices:
        begin = reading.starts(word) * FRAME
        first = max(start + FADE, min(reading.ends(word - 1) * FRAME, begin - FADE))
        for sample in range(first, begin + 1, _HOP):
            if sample - origin < len(levels):
                best = min(best, (float(levels[sample - origin]), word, sample))
    return best[1], best[2]


def _silence_pauses(samples: Samples, reading: _Reading, origin: int) -> None:
    """Silence what is not speech at marks and after the text, in place."""
    for word in range(len(reading.words)):
        if word + 1 < len(reading.words):
            if not reading.has_mark(word):
                continue
            end = (reading.starts(word + 1) - LEAD) * FRAME - origin
        elif reading.whole:
            end = len(samples)
        else:
            continue
        start = max(0, reading.ends(word) * FRAME - origin)
        end = min(end, len(samples))
        latest = start + 2 * EARLY * FRAME
        while start < latest and start + _HOP < end and _level(samples[start:][:_HOP]) > QUIET:
            start += _HOP
        if end - start > 2 * _HOP:
            samples[start:][:_HOP] *= _FADE_OUT[:: FADE // _HOP]
            samples[start + _HOP : end] = 0


def _level(samples: Samples) -> float:
    """Return the RMS."""
    return float(np.sqrt(np.mean(samples**2)))
