"""What is wrong with a sound, from the numbers of `divergence.py` and what is usual for its engine.

A number counts by how far it is above what clean speech of the engine has in the middle, in units
of what may pass. So 1 is the limit. The longest pause and noise are judged alike for all engines.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tts_core.alignment.divergence import Divergence
from tts_core.types import Quality, QualityIssue

FEWEST_WORDS = 4
"""Of fewer nothing is said: in so little speech a strange voice looks like strange words."""
SURE = 1.3
"""So far beyond the middle, in limits, the evidence is strong enough to speak anew."""
TYPICAL_WORDS = 14
"""Longer sentences have higher worst places; `Baseline.slopes` is by log(words / this)."""
SILENCE_SECONDS = 0.7
"""A pause may be so much longer than the reference's longest."""
NOISE = 0.2
"""Between the noisiest third of a second of clean speech (0.04 at most, of three voices) and
injected noise (0.36 and more)."""
QUIETEST_RANGE_DB = 20.0
"""Between loud and quiet frames; in a noisier sound words cannot be told."""

_KINDS = {
    "missing": "missing",
    "missing_two": "missing",
    "extra_short": "extra",
    "extra_long": "extra",
    "strange_short": "wrong words",
    "strange_long": "wrong words",
    "unlike": "wrong words",
    "mean": "wrong words",
    "silence": "silence",
    "noise": "noise",
}
MEASURES = tuple(_KINDS)[:8]
"""Those that depend on the engine."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """An engine's clean speech, by measure."""

    slopes: Mapping[str, float]
    """For a unit of log(words / TYPICAL_WORDS)."""
    middles: Mapping[str, float]
    allowances: Mapping[str, float]
    """From the middle to the limit."""

    def excess(self, measure: str, value: float, words: int) -> float:
        """In units of what may pass."""
        if measure == "silence":
            return value / SILENCE_SECONDS
        if measure == "noise":
            return 1 + value - NOISE
        usual = self.middles[measure] + self.slopes[measure] * length_term(words)
        return (value - usual) / self.allowances[measure]


def length_term(words: int) -> float:
    """What `Baseline.slopes` are by."""
    return math.log(words / TYPICAL_WORDS)


def judge(found: Divergence, words: Sequence[str], usual: Baseline) -> Quality:
    """`words`: those of the text, as many as the reference's. Not checked when there are few."""
    if len(words) < FEWEST_WORDS or found.range_db < QUIETEST_RANGE_DB:
        return Quality()
    excess = {k: usual.excess(k, v, len(words)) for k, v in found.values.items()}
    worst = max(excess.values())
    issues: dict[str, QualityIssue] = {}
    for measure in sorted(excess, key=lambda k: -excess[k]):
        fault = _fault(measure, found, words, usual)
        if excess[measure] > 1:
            issues.setdefault(fault.kind, fault)
    return Quality(_score(worst), tuple(issues.values()), worst > SURE, found.cost)


def _score(worst: float) -> float:
    """1 in the middle, 0.5 at the limit."""
    return 1 / (1 + max(worst, 0.0) ** 3)


def _fault(measure: str, found: Divergence, words: Sequence[str], usual: Baseline) -> QualityIssue:
    values = found.by_word[measure]
    kind = _KINDS[measure]
    beyond = [i for i, v in enumerate(values) if usual.excess(measure, v, len(words)) > 1]
    if measure in ("mean", "noise", "strange_short", "strange_long") or not beyond:
        beyond = [int(np.argmax(values))]
    if measure == "silence":
        beyond = sorted({i for b in beyond for i in (b, min(b + 1, len(words) - 1))})
    if kind == "missing" and beyond == list(range(beyond[0], len(words))):
        kind = "cut end"
    return QualityIssue(kind, tuple(words[i] for i in beyond))
