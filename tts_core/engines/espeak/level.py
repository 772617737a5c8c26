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

VOLUME, LOW_VOLUME = 30, 15
"""Volumes of the library: the usual one, and the one for voices that are nearer than `HEADROOM` to
our level. At 100, its default, it compresses the peaks of many voices."""
HEADROOM = 6.0
"""dB."""
TABLE = Path(__file__).with_name("levels.json")
"""Has the names of voices and, by variant ("" for none), the gain of each, in dB. At the low volume
it is higher by `LOW_GAIN`."""
LOW_GAIN = 6.0


def synthesize(
    text: str,
    voice: str,
    prosody: Prosody,
    stop: threading.Event,
    louder: float = 0.0,
    *,
    mnemonics: bool = False,
) -> tuple[Samples, list[WordEvent]]:
    """Return the sound of a text at `audio.level.LEVEL`, float32 of shape (n,), and its words.

    `louder`: by how many dB the prosody raises the voice's own level. Peaks may exceed 1. The rest
    is as in `EspeakLibrary.synthesize`.
    """
    gain = gain_of(voice)
    low = gain < HEADROOM
    prosody = replace(prosody, volume=LOW_VOLUME if low else VOLUME)
    sound, words = library().synthesize(text, voice, prosody, stop, mnemonics=mnemonics)
    gain += (LOW_GAIN if low else 0.0) - louder
    return sound.astype(np.float32) * (factor(gain) / np.float32(2**15)), words


def gain_of(voice: str) -> float:
    """Return the gain in dB of a voice ("gmw/en-US" or "gmw/en-US+f2") at the usual volume.

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
