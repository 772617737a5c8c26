"""Measures of real speech for the speech check, with and without faults."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tts_core.alignment.limits import ClipMeasures
from tts_core.alignment.quality import MEASURES, Baseline


@dataclass(frozen=True)
class Pair:
    """A text as a voice says it."""

    clean: ClipMeasures
    faulty: ClipMeasures


def read_pairs(path: Path) -> list[Pair]:
    """Read a file of `tests.benchmarks.erring_voices`: a row of clean speech, one of a fault."""
    with path.open(encoding="utf-8") as file:
        rows = csv.DictReader(file)
        clips = [(int(row["words"]), {m: float(row[m]) for m in MEASURES}) for row in rows]
    return [Pair(*two) for two in zip(clips[::2], clips[1::2], strict=True)]


def worst(clip: ClipMeasures, baseline: Baseline) -> float:
    """Return the greatest excess of a clip's measures; more than 1 is a fault."""
    words, values = clip
    return max(baseline.excess(measure, values[measure], words) for measure in MEASURES)


def found(pairs: Sequence[Pair], baseline: Baseline) -> tuple[float, float]:
    """Return the share of the faults that are found, and that of false alarms."""
    faults = sum(worst(pair.faulty, baseline) > 1 for pair in pairs)
    return faults / len(pairs), sum(worst(pair.clean, baseline) > 1 for pair in pairs) / len(pairs)
