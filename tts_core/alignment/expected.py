"""Measures how far a sound departs from the phonemes that its engine meant to say, and when.

An engine that decides how long each phoneme lasts before it makes the sound tells so in
`AudioChunk.phonemes`; then no other speech of the text is needed to find a sound that says
something else ("goodness of pronunciation": Witt and Young, "Phone-level pronunciation scoring and
assessment for interactive language learning", Speech Communication 30, 2000). What the engine's
front end misreads cannot be found. The limits are in `baselines.json` under `DURATIONS`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tts_core.alignment.baselines import baseline_of
from tts_core.alignment.divergence import Divergence, Values, noisiness, silences
from tts_core.alignment.phones import SILENCE, labels, numbers, phones
from tts_core.alignment.quality import assess
from tts_core.audio.features import FRAME_SECONDS, RATE, Mask, Spectrum, spectrum
from tts_core.audio.resample import resample
from tts_core.types import AlignmentRequest, AudioChunk, PhonemeTiming, Quality, WordTiming

DURATIONS = "durations"
"""Stands for the reference engine in `baselines.json`."""
_SHIFTS = range(-3, 4)  # frames by which a phone may be early or late
_LENGTH = 0.25  # power of a word's frames by which the mean over them counts
_EDGE = 8  # frames around the speech in which there may be sound
_FEWEST_FRAMES = 5  # of a word that is heard at all
_PHONE_SECONDS = 0.06  # of hibari, without pauses
_SONORANTS = "AIOWYaeiouæɑɔəɛɜɪʊʌlɹmnŋwj"  # phones that are never silent, unlike stops
_LATE = 3  # frames by which hibari's phones are heard later than it says, most after a pause
_UNKNOWN = -1  # the label of frames in which any phone may be


def quality_by_phonemes(request: AlignmentRequest) -> Quality:
    """Assess speech by the phonemes that its engine meant to say, in 0.0015 of its duration.

    It is not checked if the limits for the engine's weights are not known.
    """
    baseline = baseline_of(DURATIONS, request.engine, request.weights)
    measures = departure(request.chunk)
    if baseline is None or measures is None:
        return Quality()
    return assess(measures, [word.text for word in request.chunk.words], baseline)


def departure(chunk: AudioChunk) -> Divergence | None:
    """Measure a whole segment with its words and its phonemes.

    None when it has no words, or no phoneme that the network knows.
    """
    sound = spectrum(resample(_filled(chunk), RATE).samples)
    if not chunk.words:
        return None
    count = len(chunk.words)
    word = _words_of(chunk.words, len(sound.speech))
    is_heard = np.bincount(word[sound.speech], minlength=count) >= _FEWEST_FRAMES
    expected = _expected(chunk.phonemes, is_heard[word] & ~sound.speech)
    known = (expected != _UNKNOWN) & (expected != numbers()[SILENCE])
    if not known.any():
        return None
    unlike = _unlike(sound, expected)
    other = _other_phones(unlike, word, known, count)
    mute = _muted(sound, expected, word, count) / _slowness(chunk.phonemes, known)
    extra, pauses = _extra(sound, known, word, count), _pauses(sound, known, word, count)
    values = {
        "phones": float(other.max()),
        "missing": float(mute.max()),
        "extra_long": float(extra.max()),
        "silence": float(pauses.max()),
        "noise": noisiness(sound),
    }
    by_word = {
        "phones": other,
        "missing": mute,
        "extra_long": extra,
        "silence": pauses,
        "noise": other,
    }
    # The voice is known: whatever it is, it can be checked.
    return Divergence(values, by_word, float(unlike[known].mean()), range_db=np.inf, voicing=1.0)


def _filled(chunk: AudioChunk) -> AudioChunk:
    """Return a sound that is as long as its phonemes, with silence for what is missing."""
    missing = round(chunk.phonemes[-1].start * chunk.sample_rate) - len(chunk.samples)
    return replace(chunk, samples=np.pad(chunk.samples, (0, max(0, missing))))


def _expected(phonemes: Sequence[PhonemeTiming], silent: Mask) -> NDArray[np.int64]:
    """Return the number of the phone that is expected in each frame.

    It is `_UNKNOWN` between words, where the network does not know the phone, and in a silence that
    belongs to the phone before a pause: engines count a part of the pause to it. `silent`: the
    silent frames of words of which something is heard.
    """
    known = numbers()
    silence = known[SILENCE]
    named = [known.get(label, _UNKNOWN) for label in labels([p.symbol for p in phonemes])]
    starts = np.array([phoneme.start for phoneme in phonemes])
    at = np.searchsorted(starts, np.arange(len(silent)) * FRAME_SECONDS, side="right")
    before_pause = np.append(np.array(named[1:]) == _UNKNOWN, False)
    ended = np.array([not phoneme.symbol for phoneme in phonemes])
    wanted = np.where(ended, silence, named)
    wanted, before_pause = np.append(silence, wanted), np.append(False, before_pause)
    return np.where(before_pause[at] & silent, _UNKNOWN, wanted[at])


def _slowness(phonemes: Sequence[PhonemeTiming], known: Mask) -> float:
    """Return how much longer phones last than usual, at least 1; so do the closures in stops."""
    marks = "ˈˌːʰʲ\u0303"
    named = zip(phonemes, labels([p.symbol for p in phonemes]), strict=True)
    count = sum(label in numbers() and p.symbol not in marks for p, label in named)
    return max(1.0, float(known.sum()) * FRAME_SECONDS / max(1, count) / _PHONE_SECONDS)


def _words_of(words: Sequence[WordTiming], count: int) -> NDArray[np.int64]:
    """Return the word in each of `count` frames: the last that has begun, or the first."""
    starts = [word.start for word in words]
    at = np.searchsorted(starts, np.arange(count) * FRAME_SECONDS, side="right") - 1
    return np.maximum(at, 0)


def _unlike(sound: Spectrum, expected: NDArray[np.int64]) -> Values:
    """Return how unlike each frame is to its phone: 0 like it, 1 certainly another."""
    heard, frames = phones(sound), np.arange(len(expected))
    like = np.zeros(len(expected))
    for shift in _SHIFTS:
        near = heard[np.clip(frames + shift, 0, len(frames) - 1)]
        np.maximum(like, near[frames, np.maximum(expected, 0)], out=like)
    return 1 - like


def _other_phones(unlike: Values, word: NDArray[np.int64], known: Mask, count: int) -> Values:
    """Return how unlike each word is to its phones, shape (words,).

    The mean over its frames is raised with their number: in a short word it varies more by chance.
    """
    frames = np.bincount(word[known], minlength=count)
    total = np.bincount(word[known], unlike[known], minlength=count)
    return np.asarray(total / np.maximum(frames, 1) * frames**_LENGTH)


def _muted(
    sound: Spectrum, expected: NDArray[np.int64], word: NDArray[np.int64], count: int
) -> Values:
    """Return the seconds of silence where there should be a vowel or the like, by word."""
    sonorant = np.isin(expected, [numbers()[label] for label in _SONORANTS])
    late = np.pad(sonorant, (_LATE, 0))[: len(sonorant)]
    return _longest(late & ~sound.speech, word, count)


def _extra(sound: Spectrum, known: Mask, word: NDArray[np.int64], count: int) -> Values:
    """Return the seconds of sound before and after the speech, by word, shape (words,)."""
    inside = np.flatnonzero(known)
    outside = sound.speech.copy()
    outside[max(0, inside[0] - _EDGE) : inside[-1] + 1 + _EDGE] = False
    return _longest(outside, word, count)


def _pauses(sound: Spectrum, known: Mask, word: NDArray[np.int64], count: int) -> Values:
    """Return by how many seconds silences exceed the longest pause, by word, shape (words,)."""
    expected = max((last - first for first, last in silences(known)), default=0)
    excess = np.full(count, -1.0)
    for first, last in silences(sound.speech):
        at = word[first]
        excess[at] = max(excess[at], (last - first - expected) * FRAME_SECONDS)
    return excess


def _longest(frames: Mask, word: NDArray[np.int64], count: int) -> Values:
    """Return the seconds of the longest run of marked frames that begins in each word."""
    longest = np.zeros(count)
    edges = np.flatnonzero(np.diff(np.pad(frames, 1).astype(np.int8)))
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        longest[word[first]] = max(longest[word[first]], (last - first) * FRAME_SECONDS)
    return longest
