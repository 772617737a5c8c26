"""Speech with one known fault in it, of every kind that the speech check is to find."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tests.benchmarks.speakers import Speaker, tokens
from tts_core.types import AudioChunk, Samples, WordTiming

KINDS = (
    "one dropped content word",
    "three dropped",
    "a dropped clause",
    "a repeat",
    "a babbled tail",
    "a replaced clause",
    "cut end",
    "2 s silence",
    "noise",
    "wrong text",
    "one substituted word",
    "one inserted word",
)
CLEAN = "clean"
_SMALL = {"the", "and", "for", "was", "had", "that", "with", "his", "her", "from", "its", "are"}
_MARKS = ".,;:!?"


@dataclass(frozen=True)
class Case:
    text: str
    """What should be said."""
    kind: str
    chunk: AudioChunk


def clean_cases(speaker: Speaker, texts: Sequence[str]) -> Iterator[Case]:
    """Each text clean."""
    for text, sound in zip(texts, speaker.speak(texts), strict=True):
        if sound is not None:
            yield Case(text, CLEAN, sound)


def cases(speaker: Speaker, texts: Sequence[str]) -> Iterator[Case]:
    """Each text clean, and with each kind of fault that it is long enough for.

    Nothing is spoken wrongly for that: other words are added to the text or stand in it instead,
    and sound is cut out, repeated or replaced.
    """
    clean = {c.text: c.chunk for c in clean_cases(speaker, texts) if c.chunk.words}
    for text, sound in clean.items():
        yield Case(text, CLEAN, sound)
        dice = random.Random(f"{speaker.name}{text}")
        others = [other for other in clean if other != text]
        for kind, expected in (*_other_texts(text, others, dice), *_inserted(text)):
            yield Case(expected, kind, sound)
        for kind, spoilt in _spoilt(sound, dice, [clean[other] for other in others]):
            yield Case(text, kind, spoilt)


def _other_texts(
    text: str, others: Sequence[str], dice: random.Random
) -> Iterator[tuple[str, str]]:
    """What should have been said instead of a text."""
    words = tokens(text)
    n = len(words)
    content = [i for i in range(1, n) if is_content(words[i])]
    more = [w.strip(_MARKS) for other in others for w in tokens(other) if is_content(w)]
    near = sorted(others, key=lambda other: abs(len(tokens(other)) - n))
    yield "wrong text", dice.choice(near[:4])
    if n >= 4 and content:
        i = dice.choice(content)
        yield "one dropped content word", _sentence([*words[:i], dice.choice(more), *words[i:]])
        i = dice.choice(content)
        new = dice.choice([w for w in more if w.lower() != words[i].strip(_MARKS).lower()])
        comma = "," if words[i].endswith(",") else ""
        yield "one substituted word", _sentence([*words[:i], new + comma, *words[i + 1 :]])
    if n >= 7:
        i = dice.randrange(1, n)
        yield "three dropped", _sentence([*words[:i], *_run(others, 3, dice), *words[i:]])
        k = dice.randint(3, min(6, n - 3))
        i = dice.randint(1, n - k)
        other = _run(others, max(2, k + dice.randint(-1, 1)), dice)
        yield "a replaced clause", _sentence([*words[:i], *other, *words[i + k :]])
        i = dice.randrange(1, n)
        other = _run(others, dice.randint(4, 8), dice)
        yield "a dropped clause", _sentence([*words[:i], *other, *words[i:]])


def _inserted(text: str) -> Iterator[tuple[str, str]]:
    """What should have been said without one of the words that were."""
    words = tokens(text)
    inner = [i for i in range(1, len(words) - 1) if is_content(words[i])]
    if len(words) >= 6 and inner:
        i = random.Random(text).choice(inner)
        yield "one inserted word", _sentence([*words[:i], *words[i + 1 :]])


def is_content(word: str) -> bool:
    return len(name := word.strip(_MARKS).lower()) >= 3 and name not in _SMALL


def _run(texts: Sequence[str], count: int, dice: random.Random) -> list[str]:
    """So many words of a text, without its marks; fewer if it is short."""
    words = [word.strip(_MARKS) for word in tokens(dice.choice(texts))]
    start = dice.randint(0, max(0, len(words) - count))
    return words[start : start + count]


def _sentence(words: Sequence[str]) -> str:
    text = " ".join(words)
    text = text[0].upper() + text[1:]
    return text if text[-1] in ".!?" else text.rstrip(",;") + "."


def _spoilt(
    sound: AudioChunk, dice: random.Random, others: Sequence[AudioChunk]
) -> Iterator[tuple[str, AudioChunk]]:
    rate, words = sound.sample_rate, sound.words
    numbers = np.random.default_rng(dice.randrange(2**31))
    end = words[-1].end
    other = dice.choice(others)
    tail = _cut(other, other.words[0].start, other.words[0].start + dice.uniform(1, 3))
    yield "a babbled tail", _chunk(rate, _cut(sound, 0, end + 0.1), tail)
    k = dice.randint(2, min(4, len(words) - 1))
    i = dice.randrange(len(words) - k)
    again = _cut(sound, words[i].start, words[i + k].start)
    before = _cut(sound, 0, words[i + k].start)
    after = _cut(sound, words[i + k].start, sound.duration)
    yield "a repeat", _chunk(rate, before, again, after)
    lost = 1 if len(words) < 8 else dice.randint(1, 2)
    yield "cut end", _chunk(rate, _cut(sound, 0, words[-lost].start))
    gap: WordTiming = dice.choice(words[1:])
    quiet = (numbers.standard_normal(2 * rate) * 3e-5).astype(np.float32)
    before, after = _cut(sound, 0, gap.start), _cut(sound, gap.start, sound.duration)
    yield "2 s silence", _chunk(rate, before, quiet, after)
    length = dice.uniform(0.4, 1.0)
    begin = dice.uniform(words[0].start, max(words[0].start + 0.05, end - length))
    noisy = sound.samples.copy()
    part = noisy[int(begin * rate) : int((begin + length) * rate)]
    noise = numbers.standard_normal(len(part))
    if dice.random() < 0.5:  # brown, without its slowest swings
        noise = np.cumsum(noise)
        noise -= np.convolve(noise, np.ones(200) / 200, "same")
    loudness = float(np.sqrt(np.mean(sound.samples**2))) * dice.uniform(0.7, 1.5)
    part[:] = noise / noise.std() * loudness
    yield "noise", AudioChunk(noisy, rate)


def _cut(chunk: AudioChunk, start: float, end: float) -> Samples:
    """Without a click at its ends."""
    part = chunk.samples[int(start * chunk.sample_rate) : int(end * chunk.sample_rate)].copy()
    ramp = np.linspace(0, 1, min(160, len(part)), dtype=np.float32)
    part[: len(ramp)] *= ramp
    part[len(part) - len(ramp) :] *= ramp[::-1]
    return part


def _chunk(rate: int, *parts: Samples) -> AudioChunk:
    return AudioChunk(np.clip(np.concatenate(parts), -1, 1), rate)
