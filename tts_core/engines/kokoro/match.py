"""From which of Kokoro's voices a recorded voice is matched."""

from __future__ import annotations

import functools
import importlib.util
import threading
from collections.abc import Collection
from pathlib import Path

import safetensors

from tts_core.engines.match.base import BaseVoice, load_base
from tts_core.engines.match.profile import Profile

BASES = Path(__file__).with_name("bases.safetensors")
"""What voice match has to know of each voice that is not the user's own."""


def is_possible(voices: Collection[str]) -> bool:
    """Return whether recorded voices can be matched with the voices that are here."""
    known = importlib.util.find_spec("pyworld") is not None
    return known and not _known().isdisjoint(voices)


def base_voice(name: str, stop: threading.Event) -> BaseVoice:
    """Return what voice match has to know of a voice. Never stops."""
    return load_base(BASES, name)


def nearest(profile: Profile, voices: Collection[str]) -> str:
    """Return the voice, of those that are here, from which a speaker is matched best."""
    raise NotImplementedError


@functools.cache
def _known() -> frozenset[str]:
    with safetensors.safe_open(BASES, framework="numpy") as file:
        return frozenset(name.partition("/")[0] for name in file.keys())  # noqa: SIM118
