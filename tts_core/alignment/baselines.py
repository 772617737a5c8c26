"""Loads the baselines of the quality check, the clean speech of each engine: `baselines.json`.

They depend on the reference engine. Each entry says how it was made, by `calibrate.py`, and with
which weights; how loud an engine speaks does not matter to its measures.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path

from tts_core.alignment.quality import Baseline

FILE = Path(__file__).with_suffix(".json")
DEFAULT = "default"


@functools.cache
def baseline_of(reference: str, engine: str = DEFAULT, weights: str = "") -> Baseline | None:
    """Return the baseline of an engine, compared with a reference engine; both by name.

    It is the default one if the engine was not measured, or not with these weights; None if there
    are no measurements with the reference.
    """
    known = json.loads(FILE.read_text(encoding="utf-8")).get(reference)
    if known is None:
        return None
    entry = known["engines"].get(engine)
    if entry is None or entry.get("weights", "") != weights:
        entry = known["engines"][DEFAULT]
    return Baseline(known["slopes"], entry["middles"], entry["allowances"])
