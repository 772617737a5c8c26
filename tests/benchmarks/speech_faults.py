"""Speech with one known fault in it, of every kind that the speech check is to find."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tests.benchmarks.speakers import Speaker, tokens
from tests.benchmarks.speech_texts import FOREIGN, WORDS
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
)
CLEAN = "clean"
_SMALL = {"the", "and", "for", "was", "had", "that", "with", "his", "her", "from", "its", "are"}


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
    """Each text clean, and with each kind of fault that it is long enough for."""
    wanted = [(text, kind, said) for text in texts for kind, said in _variants(text)]
    sounds = speaker.speak([said for _, _, said in wanted])
    babble = [c for c in speaker.speak([f + "." for f in FOREIGN]) if c is not None]
    clean: dict[str, AudioChunk] = {}
    for (text, kind, _), sound in zip(wanted, sounds, strict=True):
        if sound is None:
            continue
        if kind == CLEAN and sound.words:
            clean[text] = sound
        yield Case(text, kind, sound)
    for text, sound in clean.items():
        dice = random.Random(f"{speaker.name}{text}")
        length = len(tokens(text))
        others = [s for t, s in clean.items() if t != text]
        others.sort(key=lambda s: abs(len(s.words) - length))
        yield Case(text, "wrong text", dice.choice(others[:4]))
        for kind, spoilt in _spoilt(sound, dice, babble):
            yield Case(text, kind, spoilt)


def _variants(text: str) -> Iterator[tuple[str, str]]:
    """What is said instead of a text."""
    words = tokens(text)
    dice = random.Random(text)
    n = len(words)
    content = [
        i for i in range(1, n) if len(w := words[i].strip(".,'").lower()) >= 3 and w not in _SMALL
    ]
    yield CLEAN, text
    if n >= 4 and content:
        i = dice.choice(content)
        yield "one dropped content word", _sentence(words[:i] + words[i + 1 :])
        i = dice.choice(content)
        comma = "," if words[i].endswith(",") else ""
        new = [dice.choice(WORDS) + comma]
        yield "one substituted word", _sentence(words[:i] + new + words[i + 1 :])
    if n >= 7:
        i = dice.randrange(n - 3)
        yield "three dropped", _sentence(words[:i] + words[i + 3 :])
        k = dice.randint(3, min(6, n - 3))
        i = dice.randint(1, n - k)
        other = dice.choice(FOREIGN).split()[: max(2, k + dice.randint(-1, 1))]
        yield "a replaced clause", _sentence(words[:i] + other + words[i + k :])
        k = dice.randint(2, 4)
        i = dice.randint(0, n - k)
        yield "a repeat", _sentence(words[: i + k] + words[i:])
    if n >= 9:
        k = dice.randint(4, min(8, n // 2))
        i = dice.randint(1, n - k)
        yield "a dropped clause", _sentence(words[:i] + words[i + k :])


def _sentence(words: Sequence[str]) -> str:
    text = " ".join(words)
    text = text[0].upper() + text[1:]
    return text if text[-1] in ".!?" else text.rstrip(",;") + "."


def _spoilt(
    sound: AudioChunk, dice: random.Random, babble: Sequence[AudioChunk]
) -> Iterator[tuple[str, AudioChunk]]:
    rate, words = sound.sample_rate, sound.words
    numbers = np.random.default_rng(dice.randrange(2**31))
    end = words[-1].end
    tail = _cut(dice.choice(babble), 0, dice.uniform(1, 3))
    yield "a babbled tail", _chunk(rate, _cut(sound, 0, end + 0.1), tail)
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
