"""Makes the entries of `baselines.json`: what clean speech of an engine is like.

    python -m tts_core.alignment.calibrate ENGINE FOLDER [--language en] [--write]

makes an engine's entry anew from a folder of its own clean clips, `NAME.wav` (or any other format)
beside `NAME.txt` with what is said in it; forty or more, from 4 words on. Without an entry of its
own an engine is judged by "default", which `tests.benchmarks.speech_check` makes.
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
from tts_core.alignment.quality import MEASURES, length_term
from tts_core.audio.decode import decode

FEWEST_CLIPS = 20
_TAIL = 98  # percent of an engine's own clean clips are below its limits
_MARGIN = 1.1

Sample = tuple[int, dict[str, float]]
"""Of a clean clip: its words, and its numbers (`Divergence.values`)."""


def entry_of(samples: Sequence[Sample], how: str) -> dict[str, Any]:
    """An engine's entry: the medians of its clips, and limits no nearer than the default's."""
    default = baseline_of(DEFAULT)
    middles, allowances = {}, {}
    for measure in MEASURES:
        slope = default.slopes[measure]
        values = np.array([v[measure] - slope * length_term(n) for n, v in samples])
        middle = float(np.median(values))
        tail = float(np.percentile(values, _TAIL)) - middle
        middles[measure] = round(middle, 4)
        allowances[measure] = round(max(default.allowances[measure], _MARGIN * tail), 4)
    return {"how": how, "clips": len(samples), "middles": middles, "allowances": allowances}


def default_entry(voices: Sequence[Sequence[Sample]], how: str) -> dict[str, Any]:
    """With the slopes of all engines: of voices of many kinds, for engines that nobody measured.

    The limits leave room for voices that are as far from the others as each of these is from the
    rest: 1.25 times what 99 % of its clean clips have, judged by the rest.
    """
    slopes, middles, allowances = {}, {}, {}
    for measure in MEASURES:
        lengths = [np.array([length_term(n) for n, _ in voice]) for voice in voices]
        values = [np.array([v[measure] for _, v in voice]) for voice in voices]
        x = np.concatenate([length - length.mean() for length in lengths])
        y = np.concatenate([value - value.mean() for value in values])
        slope = float((x * y).sum() / (x * x).sum())
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
    """Keep an entry; `slopes` are those of all engines."""
    file = baselines.FILE
    known = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {"engines": {}}
    known["engines"][engine] = entry
    known["slopes"] = slopes or known["slopes"]
    file.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
    baseline_of.cache_clear()


def samples_of(folder: Path, language: str) -> list[Sample]:
    """The numbers of a folder of clips."""
    references = References()
    found = []
    for text in sorted(folder.glob("*.txt")):
        clip = next(p for p in sorted(folder.glob(f"{text.stem}.*")) if p.suffix != ".txt")
        said = " ".join(text.read_text(encoding="utf-8").split())
        alignment, numbers = compare(decode(clip), references.speaker(said, language))
        if alignment is not None and numbers is not None:
            found.append((len(alignment.words), numbers.values))
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description="What clean speech of an engine is like.")
    parser.add_argument("engine")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--language", default="en", help="of the clips, as eSpeak NG's voice")
    parser.add_argument("--write", action="store_true", help=f"into {baselines.FILE.name}")
    options = parser.parse_args(arguments)
    samples = samples_of(options.folder, options.language)
    if len(samples) < FEWEST_CLIPS:
        parser.error(f"{len(samples)} clips could be used; {FEWEST_CLIPS} or more are needed.")
    entry = entry_of(samples, f"from {len(samples)} clips, language {options.language}")
    print(json.dumps(entry, indent=1))
    if options.write:
        write(options.engine, entry)


if __name__ == "__main__":
    main()
