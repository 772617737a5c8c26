"""What clean speech of each engine is like, for the speech check: `baselines.json`.

The file says of each entry how it was made; `calibrate.py` makes them.
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
    """The engine's, or the default."""
    known = json.loads(FILE.read_text(encoding="utf-8"))
    entry = known["engines"].get(engine, known["engines"][DEFAULT])
    return Baseline(known["slopes"], entry["middles"], entry["allowances"])
