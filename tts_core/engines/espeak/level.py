"""One level for all of eSpeak NG's voices, which by themselves are up to 30 LU apart.

`levels.json` has the gain of each voice, alone and with each variant, measured by
`tests/benchmarks/espeak_levels.py`. Besides the voice, the pitch changes the level: the pulses of
the vocal folds keep their size, so the power is proportional to their number. What follows from
speed and gaps, up to 1.5 LU, is left as it is.
"""

from __future__ import annotations

import functools
import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median

import numpy as np

from tts_core.audio.level import factor
from tts_core.engines.espeak.library import Prosody, WordEvent, library
from tts_core.types import Samples

VOLUMES = (15, 30, 59)
"""Volumes of the library, which multiplies by 0.55 and rounds down: to 8, 16 and 32, 6 dB apart.
At 100, its default, it compresses the peaks of many voices."""
TABLE = Path(__file__).with_name("levels.json")
"""Has the names of voices and, by variant ("" for none), the gain in dB of each at the lowest of
`VOLUMES`."""
_STEP = 20 * np.log10(2)
_HEADROOM = 6.0
"""dB between the library's level and ours, so that its peaks stay far from the limit of int16."""


def synthesize(
    text: str, voice: str, prosody: Prosody, stop: threading.Event, louder: float = 0.0
) -> tuple[Samples, list[WordEvent]]:
    """Return the sound of a text at `audio.level.LEVEL`, float32 of shape (n,), and its words.

    `louder`: by how many dB the prosody raises the voice's own level. Peaks may exceed 1. The rest
    is as in `EspeakLibrary.synthesize`.
    """
    gain = gain_of(voice) - louder
    step = min(max(int((gain - _HEADROOM) / _STEP), 0), len(VOLUMES) - 1)
    prosody = replace(prosody, volume=VOLUMES[step])
    sound, words = library().synthesize(text, voice, prosody, stop)
    return sound.astype(np.float32) * (factor(gain - step * _STEP) / np.float32(2**15)), words


def gain_of(voice: str) -> float:
    """Return the gain in dB of a voice ("gmw/en-US" or "gmw/en-US+f2") at the lowest volume.

    One that is not in the table gets the usual gain with its variant.
    """
    name, _, variant = voice.partition("+")
    places, table = _table()
    gains = table.get(variant, table[""])
    return gains[places[name]] if name in places else median(gains)


@functools.cache
def _table() -> tuple[Mapping[str, int], Mapping[str, Sequence[float]]]:
    """Return the place of each voice in the rows, and the row of each variant."""
    found = json.loads(TABLE.read_text(encoding="utf-8"))
    return {name: place for place, name in enumerate(found["voices"])}, found["gains"]
