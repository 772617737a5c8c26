"""From which of Kokoro's voices a recorded voice is matched."""

from __future__ import annotations

import functools
import importlib.util
import threading
from collections.abc import Collection
from itertools import chain
from pathlib import Path

import safetensors

from tts_core.engines.kokoro.data import describe_voice
from tts_core.engines.kokoro.voices import grade_rank
from tts_core.engines.match.base import BaseVoice, load_base
from tts_core.engines.match.profile import Profile

BASES = Path(__file__).with_name("bases.safetensors")
"""What voice match has to know of the voices it may begin with; it never begins with others."""


def is_possible(voices: Collection[str]) -> bool:
    """Return whether recorded voices can be matched with the voices that are here."""
    known = importlib.util.find_spec("pyworld") is not None
    return known and not _known().isdisjoint(voices)


def base_voice(name: str, stop: threading.Event) -> BaseVoice:
    """Return what voice match has to know of a voice. Never stops."""
    return load_base(BASES, name)


def nearest(profile: Profile, voices: Collection[str], language: str) -> str:
    """Return the voice, of those that are here, from which a speaker is matched in a language.

    Of the natives, among whom those of each sex with the best grade count, it is the one whose mean
    F0 is nearest to the speaker's; where none is native, of all voices. `voices`: at least one that
    is known.

    With grades the mean cosine of five people was .84, by F0 alone .80: the match moves F0 and
    timbre, but keeps how well a voice speaks (`tests/benchmarks/voice_match.py`).
    """
    here = [name for name in voices if name in _known()]
    spoken = language.partition("-")[0]
    natives = [n for n in here if describe_voice(n).language.partition("-")[0] == spoken]
    regional = [n for n in natives if describe_voice(n).language == language]
    best: dict[str, list[str]] = {}
    for name in sorted(regional or natives or here, key=_grade):
        same = best.setdefault(describe_voice(name).gender, [])
        if not same or _grade(same[0]) == _grade(name):
            same.append(name)
    tone = float(profile.tone[0])
    return min(chain(*best.values()), key=lambda name: abs(_tone(name) - tone))


def _grade(name: str) -> tuple[str, int]:
    """Return what sorts voices by their grade, the best first and those without one last."""
    return grade_rank(describe_voice(name).grade)


@functools.cache
def _known() -> frozenset[str]:
    with safetensors.safe_open(BASES, framework="numpy") as file:
        return frozenset(name.partition("/")[0] for name in file.keys())  # noqa: SIM118


@functools.cache
def _tone(name: str) -> float:
    """Return the mean of a voice's log F0."""
    with safetensors.safe_open(BASES, framework="numpy") as file:
        return float(file.get_tensor(f"{name}/tone")[0])
