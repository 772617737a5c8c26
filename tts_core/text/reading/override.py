"""A part of a written text whose reading is given."""

from __future__ import annotations

from typing import NamedTuple


class Override(NamedTuple):
    """How written[start:end] is spoken. Places are code points of the request's text."""

    start: int
    end: int
    spoken: str
    """What is said instead; "" for the written words."""
    phonemes: str
    """IPA; "" where none is given."""
