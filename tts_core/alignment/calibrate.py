"""Measures the clean speech of an engine for its entry in `baselines.json`.

    python -m tts_core.alignment.calibrate ENGINE FOLDER [--language en] [--write]

makes an engine's entry from a folder of its clean clips, `NAME.wav` (or any other format) beside
`NAME.txt` with the text; forty or more, of at least 4 words. An engine without an entry is judged
by "default", which `tests.benchmarks.speech_check` makes.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tts_core.alignment import baselines
from tts_core.alignment.aligner import References, compare
from tts_core.alignment.baselines import DEFAULT, baseline_of
from tts_core.alignment.client import reference_voice
from tts_core.alignment.quality import MEASURES, length_term
from tts_core.audio.decode import decode
from tts_core.engines.registry import Registry

FEWEST_CLIPS = 20
_TAIL = 98  # percent of an engine's clean clips are below its limits
_MARGIN = 1.1

ClipMeasures = tuple[int, dict[str, float]]
"""The number of words of a clean clip, and its measures (`Divergence.values`)."""


def entry_of(clips: Sequence[ClipMeasures], how: str) -> dict[str, Any]:
    """Return an engine's entry: the medians of its clips, and limits no lower than the default's.

    `how` is a note on how it was made.
    """
    default = baseline_of(DEFAULT)
    middles, allowances = {}, {}
    for measure in MEASURES:
        slope = default.slopes[measure]
        values = np.array([v[measure] - slope * length_term(n) for n, v in clips])
        middle = float(np.median(values))
        tail = float(np.percentile(values, _TAIL)) - middle
        middles[measure] = round(middle, 4)
        allowances[measure] = round(max(default.allowances[measure], _MARGIN * tail), 4)
    return {"how": how, "clips": len(clips), "middles": middles, "allowances": allowances}


def default_entry(voices: Sequence[Sequence[ClipMeasures]], how: str) -> dict[str, Any]:
    """Return the default entry and the slopes of all engines, from voices of many kinds.

    The limits allow for an unmeasured voice that is as far from these as each of them is from the
    rest: 1.25 times the 99th percentile of its clean clips, judged by the rest.
    """
    slopes, middles, allowances = {}, {}, {}
    for measure in MEASURES:
        lengths = [np.array([length_term(n) for n, _ in voice]) for voice in voices]
        values = [np.array([v[measure] for _, v in voice]) for voice in voices]
        # The slope by length, common to all voices: regression on centered values.
        x = np.concatenate([length - length.mean() for length in lengths])
        y = np.concatenate([value - value.mean() for value in values])
        slope = float((x * y).sum() / (x * x).sum())
        # Each voice against the mean of the others.
        flat = [v - slope * length for v, length in zip(values, lengths, strict=True)]
        own = np.array([np.median(v) for v in flat])
        others = (own.sum() - own) / (len(own) - 1)
        apart = np.concatenate([v - other for v, other in zip(flat, others, strict=True)])
        slopes[measure] = round(slope, 4)
        middles[measure] = round(float(own.mean()), 4)
        allowances[measure] = round(1.25 * float(np.percentile(apart, 99)), 4)
    clips = sum(len(voice) for voice in voices)
    entry = {"how": how, "clips": clips, "middles": middles, "allowances": allowances}
    return {"slopes": slopes, "entry": entry}


def write(engine: str, entry: dict[str, Any], slopes: dict[str, float] | None = None) -> None:
    """Write an engine's entry to `baselines.json`; `slopes` replace those of all engines."""
    file = baselines.FILE
    known = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {"engines": {}}
    known["engines"][engine] = entry
    known["slopes"] = slopes or known["slopes"]
    file.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
    baseline_of.cache_clear()


def measure_clips(folder: Path, language: str) -> list[ClipMeasures]:
    """Measure a folder of clips, leaving out those that cannot be aligned.

    Raises ValueError for a language that no reference engine speaks.
    """
    registry = Registry()
    voice = reference_voice(registry, language)
    if voice is None:
        raise ValueError(f"no reference engine speaks {language!r}")
    references = References(registry.context)
    found = []
    for text in sorted(folder.glob("*.txt")):
        clip = next(p for p in sorted(folder.glob(f"{text.stem}.*")) if p.suffix != ".txt")
        words = " ".join(text.read_text(encoding="utf-8").split())
        alignment, measures = compare(decode(clip), references.speaker(words, voice))
        if alignment is not None and measures is not None:
            found.append((len(alignment.words), measures.values))
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command of this module."""
    parser = argparse.ArgumentParser(description="Measure the clean speech of an engine.")
    parser.add_argument("engine")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--language", default="en", help="of the clips, by code")
    parser.add_argument("--write", action="store_true", help=f"into {baselines.FILE.name}")
    options = parser.parse_args(arguments)
    clips = measure_clips(options.folder, options.language)
    if len(clips) < FEWEST_CLIPS:
        parser.error(f"{len(clips)} clips could be used; {FEWEST_CLIPS} or more are needed.")
    entry = entry_of(clips, f"from {len(clips)} clips, language {options.language}")
    print(json.dumps(entry, indent=1))
    if options.write:
        write(options.engine, entry)


if __name__ == "__main__":
    main()
