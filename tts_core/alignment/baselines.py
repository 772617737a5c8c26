"""Loads the baselines of the quality check, the clean speech of each engine: `baselines.json`.

They depend on the reference engine. Each entry says how it was made, by `calibrate.py`, and with
which weights; how loud an engine speaks does not matter to its measures. `measured.py` has those of
other engines.
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

    None if the engine was not measured with the reference, or not with these weights.
    """
    known = json.loads(FILE.read_text(encoding="utf-8")).get(reference, {})
    entry = known.get("engines", {}).get(engine)
    if entry is None or not _are(entry.get("weights", ""), weights):
        return None
    return Baseline(known["slopes"], entry["middles"], entry["allowances"])


def _are(measured: str, weights: str) -> bool:
    """Return whether the weights are those that were measured.

    A user's own folder of voices adds a word to the version of Kokoro's model.
    """
    return weights == measured or (bool(measured) and weights.startswith(f"{measured} "))
