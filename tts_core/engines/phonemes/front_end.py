"""Text to phonemes in any language."""

from __future__ import annotations

import functools
from typing import Any

from tts_core.engines.phonemes import english
from tts_core.engines.phonemes.base import Phonemes


def phonemes_of(text: str, language: str) -> Phonemes:
    """Return the phonemes of a text."""
    return english.phonemes_of(text, _g2p())


@functools.cache
def _g2p() -> Any:
    from importlib import import_module

    return import_module("hibari.g2p").G2P()
