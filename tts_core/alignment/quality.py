"""Assesses the quality of a sound from its divergence and the baseline of its engine.

Each measure is expressed by its excess over the median of the engine's clean speech, in units of
the allowance, so that 1 is the limit. Pauses, noise and a lost end have the same limits for all
engines.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tts_core.alignment.divergence import Divergence
from tts_core.types import Quality, QualityIssue

FEWEST_WORDS = 4
"""Shorter texts are not checked: in so little speech an unusual voice looks like wrong words."""
SURE = 1.3
"""An excess from which on the evidence is strong enough to regenerate the segment."""
TYPICAL_WORDS = 14
"""The worst value of a sentence grows with its length; see `length_term`."""
SILENCE_SECONDS = 0.7
"""By how much a pause may exceed the longest one of the reference."""
NOISE = 0.2
"""Between the noisiest third of a second of clean speech (0.04 at most, of three voices) and
injected noise (0.36 and more)."""
LOST_END = 0.5
"""Of the last word, where a sound ends within speech."""
QUIETEST_RANGE_DB = 20.0
"""Difference between loud and quiet frames; in a noisier sound words cannot be told apart."""

LEAST_VOICING = 0.6
"""Of speech that is checked, unless there is noise in it. A whisper, whose words cannot be told
apart, has 0.44 to 0.61, other voices 0.65 and more."""

_KINDS = {
    "missing": "missing",
    "missing_two": "missing",
    "extra_short": "extra",
    "extra_long": "extra",
    "strange_short": "wrong words",
    "strange_long": "wrong words",
    "unlike": "wrong words",
    "mean": "wrong words",
    "phones": "wrong words",
    "silence": "silence",
    "noise": "noise",
    "lost_end": "missing",
}
MEASURES = tuple(_KINDS)[:-3]
"""The measures whose limits depend on the engine."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """The measures of an engine's clean speech."""

    slopes: Mapping[str, float]
    """By measure, its growth with `length_term`."""
    middles: Mapping[str, float]
    """By measure, its median at `TYPICAL_WORDS`."""
    allowances: Mapping[str, float]
    """By measure, the distance from the median to the limit."""

    def excess(self, measure: str, value: float, words: int) -> float:
        """Return the excess of a measure over the median, in units of the allowance."""
        if measure == "silence":
            return value / SILENCE_SECONDS
        if measure == "noise":
            return 1 + value - NOISE
        if measure == "lost_end":
            return value / LOST_END
        typical = self.middles[measure] + self.slopes[measure] * length_term(words)
        return (value - typical) / self.allowances[measure]


def length_term(words: int) -> float:
    """Return the logarithm of a length relative to `TYPICAL_WORDS`, which slopes refer to."""
    return math.log(words / TYPICAL_WORDS)


def assess(found: Divergence, words: Sequence[str], baseline: Baseline) -> Quality:
    """Return the score and the issues of a sound; an empty Quality if it cannot be checked.

    `words` are those of the text, as many as the reference has.
    """
    if not can_be_checked(found, len(words)):
        return Quality()
    excess = {k: baseline.excess(k, v, len(words)) for k, v in found.values.items()}
    worst = max(excess.values())
    issues: dict[str, QualityIssue] = {}
    for measure in sorted(excess, key=lambda k: -excess[k]):
        issue = _issue(measure, found, words, baseline)
        if excess[measure] > 1:
            issues.setdefault(issue.kind, issue)
    return Quality(_score(worst), tuple(issues.values()), worst > SURE, found.cost)


def can_be_checked(found: Divergence, words: int) -> bool:
    """Return whether words can be told apart in a sound, and the text has enough of them."""
    whispered = found.voicing < LEAST_VOICING and found.values["noise"] <= NOISE
    return words >= FEWEST_WORDS and found.range_db >= QUIETEST_RANGE_DB and not whispered


def _score(worst: float) -> float:
    """Return the score of the greatest excess: 1 at the median, 0.5 at the limit."""
    return 1 / (1 + max(worst, 0.0) ** 3)


def _issue(
    measure: str, found: Divergence, words: Sequence[str], baseline: Baseline
) -> QualityIssue:
    """Describe what a measure has found: its kind and the words concerned."""
    values = found.by_word[measure]
    kind = _KINDS[measure]
    beyond = [i for i, v in enumerate(values) if baseline.excess(measure, v, len(words)) > 1]
    if measure in ("mean", "noise", "strange_short", "strange_long") or not beyond:
        beyond = [int(np.argmax(values))]
    if measure == "silence":
        beyond = sorted({i for b in beyond for i in (b, min(b + 1, len(words) - 1))})
    if kind == "missing" and beyond == list(range(beyond[0], len(words))):
        kind = "cut end"
    return QualityIssue(kind, tuple(words[i] for i in beyond))
