"""Measures the clean speech of an engine for its entry in `baselines.json`.

    python -m tts_core.alignment.calibrate ENGINE FOLDER [--language en] [--write]

makes an engine's entry from a folder of its clean clips, `NAME.wav` (or any other format) beside
`NAME.txt` with the text; forty or more, of at least 4 words. The entry holds for the engine's
reference in the language and for the weights that the engine has here. An engine without an entry
is judged by "default", which `tests.benchmarks.speech_check` makes for each reference engine, until
it has been measured as it speaks (`measured.py`).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tts_core.alignment import baselines
from tts_core.alignment.aligner import References, compare
from tts_core.alignment.baselines import DEFAULT, baseline_of
from tts_core.alignment.client import reference_voice
from tts_core.alignment.expected import DURATIONS
from tts_core.alignment.limits import OWN_SPREADS, SMALLEST, SPREADS, ClipMeasures, limits_of
from tts_core.alignment.quality import MEASURES, Baseline, can_be_checked, length_term
from tts_core.audio.decode import decode
from tts_core.engines.registry import Registry
from tts_core.types import EngineInfo, ReferenceVoice

FEWEST_CLIPS = 20
_MARGINS = {"phones": 1.6}
"""By measure, of a default; 1.25 for others. The phones that the network knows are those of English
and a few other languages: by 1.25, four of 20 clean sentences in those were flagged, by 1.6 two."""


def entry_of(
    clips: Sequence[ClipMeasures],
    default: Baseline,
    how: str,
    weights: str = "",
    spreads: Mapping[str, float] = SPREADS,
) -> dict[str, Any]:
    """Return an engine's entry, with the limits of `limits.py`.

    `default`: that of the reference the clips were compared with. `how`: a note on how the entry
    was made. `weights`: the engine's.
    """
    limits = limits_of(clips, default, spreads)
    return {
        "how": how,
        "weights": weights,
        "clips": len(clips),
        "middles": dict(limits.middles),
        "allowances": dict(limits.allowances),
    }


def default_entry(voices: Sequence[Sequence[ClipMeasures]], how: str) -> dict[str, Any]:
    """Return the default entry and the slopes of all engines, from voices of many kinds.

    The limits allow for an unmeasured voice that is as far from these as each of them is from the
    rest: 1.25 times the 99th percentile of its clean clips, judged by the rest; see `_MARGINS`.
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
        margin = _MARGINS.get(measure, 1.25)
        allowances[measure] = round(margin * float(np.percentile(apart, 99)), 4)
    clips = sum(len(voice) for voice in voices)
    entry = {"how": how, "clips": clips, "middles": middles, "allowances": allowances}
    return {"slopes": slopes, "entry": entry}


def own_entry(
    clips: Sequence[ClipMeasures], least: Mapping[str, float], how: str, weights: str
) -> tuple[dict[str, Any], dict[str, float]]:
    """Return an engine's entry by its own phonemes (`expected.py`), and its slopes.

    `least`: the measures, and the least distance of each limit from its median. `weights`: the
    engine's.
    """
    lengths = np.array([length_term(n) for n, _ in clips])
    slopes = {
        measure: round(float(np.polyfit(lengths, [v[measure] for _, v in clips], 1)[0]), 4)
        for measure in least
    }
    wide = {measure: distance / SMALLEST for measure, distance in least.items()}
    return entry_of(clips, Baseline(slopes, {}, wide), how, weights, OWN_SPREADS), slopes


def write(reference: EngineInfo, engine: str, entry: dict[str, Any]) -> None:
    """Write an engine's entry for a reference engine, which has a default, to `baselines.json`."""
    known = _known()
    known[reference.name]["engines"][engine] = entry
    _write(known)


def write_default(reference: EngineInfo, entry: dict[str, Any], slopes: dict[str, float]) -> None:
    """Write the default entry and the slopes for a reference engine, without other entries."""
    made = {"weights": reference.weights, "slopes": slopes, "engines": {DEFAULT: entry}}
    _write({**_known(), reference.name: made})


def write_own(engine: str, entry: dict[str, Any], slopes: dict[str, float]) -> None:
    """Write an engine's entry by its own phonemes."""
    made = {"weights": "", "slopes": slopes, "engines": {engine: entry}}
    _write({**_known(), DURATIONS: made})


def _known() -> dict[str, Any]:
    known: dict[str, Any] = json.loads(baselines.FILE.read_text(encoding="utf-8"))
    return known


def _write(known: dict[str, Any]) -> None:
    file = baselines.FILE
    file.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
    baseline_of.cache_clear()


def measure_clips(
    folder: Path, registry: Registry, reference: ReferenceVoice
) -> list[ClipMeasures]:
    """Measure a folder of clips, leaving out those that cannot be checked."""
    references = References(registry.context)
    found = []
    for text in sorted(folder.glob("*.txt")):
        clip = next(p for p in sorted(folder.glob(f"{text.stem}.*")) if p.suffix != ".txt")
        words = " ".join(text.read_text(encoding="utf-8").split())
        alignment, measures = compare(decode(clip), references.speaker(words, reference))
        if alignment is None or measures is None:
            continue
        if can_be_checked(measures, len(alignment.words)):
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
    registry = Registry()
    voice = reference_voice(registry, options.language, options.engine)
    if voice is None:
        parser.error(f"no reference engine speaks {options.language!r}")
    default = baseline_of(voice.engine)
    if default is None:
        parser.error(f"{voice.engine} has no default; tests.benchmarks.speech_check makes one")
    clips = measure_clips(options.folder, registry, voice)
    if len(clips) < FEWEST_CLIPS:
        parser.error(f"{len(clips)} clips could be used; {FEWEST_CLIPS} or more are needed.")
    engine = registry.infos.get(options.engine)
    how = f"from {len(clips)} clips, language {options.language}"
    entry = entry_of(clips, default, how, "" if engine is None else engine.weights)
    print(json.dumps(entry, indent=1))
    if options.write:
        write(registry.info(voice.engine), options.engine, entry)


if __name__ == "__main__":
    main()
