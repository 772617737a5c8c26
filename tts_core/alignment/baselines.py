"""Loads the baselines of the quality check, the clean speech of each engine: `baselines.json`.

Each entry says how it was made, by `calibrate.py`.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path

from tts_core.alignment.quality import Baseline

FILE = Path(__file__).with_suffix(".json")
DEFAULT = "default"


@functools.cache
def baseline_of(engine: str) -> Baseline:
    """Return the baseline of an engine, or the default one."""
    known = json.loads(FILE.read_text(encoding="utf-8"))
    entry = known["engines"].get(engine, known["engines"][DEFAULT])
    return Baseline(known["slopes"], entry["middles"], entry["allowances"])
