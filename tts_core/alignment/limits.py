"""Sets the limits of the quality check from clean speech: medians, and how far its measures spread.

The spread is the median absolute deviation, which hardly changes when one clip in ten is faulty
(Hampel, "The influence curve and its role in robust estimation", 1974). The tail of a few dozen
clips would be that of its worst two or three. Where more may be faulty, as in what a voice happens
to say, those are left out first that other limits do not pass.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from tts_core.alignment.quality import MEASURES, Baseline, length_term

SPREADS: Mapping[str, float] = {
    **dict.fromkeys(MEASURES, 7.0),
    "missing_two": 6.0,
    "phones": 4.5,
}
"""By measure, median absolute deviations between the median and the limit. The worst word of each
of 230 clean sentences is at most 4.4 from the median by its phones, up to 6.5 by others. Of 110
sentences of voices or texts that had no part in it, two have false alarms; with 6.5, four."""
OWN_SPREADS: Mapping[str, float] = {**SPREADS, "phones": 3.5}
"""The same for an engine's own phonemes (`expected.py`), where the worst word of 170 clean
sentences is at most 3.4 from the median."""
SMALLEST = 0.5
"""An allowance is at least this share of the default's, however alike the clips are."""
FEWEST_PASSED = 1 / 3
"""The share of the clips that other limits must pass. Where they pass fewer, the voice is unlike
those that they were made from, and they only tell which of its clips are the best."""

ClipMeasures = tuple[int, dict[str, float]]
"""The number of words of a clip, and its measures (`Divergence.values`)."""


def limits_of(
    clips: Sequence[ClipMeasures], default: Baseline, spreads: Mapping[str, float] = SPREADS
) -> Baseline:
    """Return the baseline of an engine from its clips, of which nearly all are clean.

    `default`: that of the reference the clips were compared with. It has the measures.
    """
    middles, allowances = {}, {}
    for measure, slope in default.slopes.items():
        values = np.array([v[measure] - slope * length_term(n) for n, v in clips])
        middle = float(np.median(values))
        spread = float(np.median(np.abs(values - middle)))
        least = SMALLEST * default.allowances[measure]
        middles[measure] = round(middle, 4)
        allowances[measure] = round(max(least, spreads[measure] * spread), 4)
    return Baseline(default.slopes, middles, allowances)


def limits_amid_faults(
    clips: Sequence[ClipMeasures], default: Baseline, before: Baseline
) -> Baseline:
    """Return the baseline of a voice from its clips, up to two thirds of which may be faulty.

    `default`: as in `limits_of`. `before`: the limits that the voice is judged by until then.
    """
    clean = _passed(clips, before)
    if len(clean) < FEWEST_PASSED * len(clips):
        best = sorted(clips, key=lambda clip: _worst(clip, before))
        best = best[: round(FEWEST_PASSED * len(clips))]
        # They are not all of its clean ones: the limits that they set pass the others.
        clean = _passed(clips, limits_of(best, default)) or best
    return limits_of(clean, default)


def _passed(clips: Sequence[ClipMeasures], baseline: Baseline) -> list[ClipMeasures]:
    return [clip for clip in clips if _worst(clip, baseline) <= 1]


def _worst(clip: ClipMeasures, baseline: Baseline) -> float:
    """Return the greatest excess of a clip's measures."""
    words, values = clip
    return max(baseline.excess(measure, values[measure], words) for measure in baseline.slopes)
