"""How loud the voices are, and how much silence is before and after what they say.

    .venv/bin/python -m tests.benchmarks.loudness [SENTENCES]

Every engine that is ready and local speaks sentences of the Universal Declaration of Human Rights,
each in a request of its own: all its voices, or 10 drawn by a seed; those without a text in their
language speak Spanish. Loudness and peak are those of all sentences together. Sound begins and ends
where it exceeds 1 % of the sentence's peak; the lead and the tail are given as the engine returns
them and as they are heard. Wanted: -24 LUFS within 1, a peak below 1, a lead of at most 20 ms
(median), a tail of at most 60 ms.
"""

from __future__ import annotations

import json
import random
import re
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyloudnorm

from tests.support.engines import new_engine, spoken_by
from tts_core.audio.level import LEVEL
from tts_core.engines.execution import engine_class
from tts_core.events import Audio
from tts_core.service import SpeechService
from tts_core.settings import Settings
from tts_core.types import Samples, SpeechRequest, Voice

DECLARATION: dict[str, str] = json.loads(
    (Path(__file__).parents[1] / "support" / "declaration.json").read_text(encoding="utf-8")
)
MOST_VOICES = 10


def main(count: int) -> None:
    print("| engine | voice | LUFS | peak | DC | lead: engine | heard | tail: engine | heard |")
    print("|---|---|---|---|---|---|---|---|---|")
    levels = []
    with tempfile.TemporaryDirectory() as folder:
        service = SpeechService(
            Settings(_env_file=None, data_dir=Path(folder), runner="inline", cache_mb=0)  # type: ignore[call-arg]
        )
        for engine, voice, language in subjects(service):
            texts = re.findall(r"[^.।。]+[.।。]+", text_in(language))[:count]
            levels.append(row(service, engine, voice, language, texts))
        service.close()
    off = max(abs(level - LEVEL) for level in levels)
    print(f"\n{len(levels)} voices, {off:.2f} LU from {LEVEL:g} LUFS at most")


def subjects(service: SpeechService) -> Iterator[tuple[str, Voice, str]]:
    """Yield an engine's name, a voice and a language that it is to speak, its own if possible."""
    for name in service.registry.ready():
        info = service.registry.info(name)
        if info.capabilities.cloud:
            continue
        languages = [(v, v.language if text_in(v.language) else "es") for v in info.voices]
        able = [(v, code) for v, code in languages if code == v.language or info.foreign_voices]
        for voice, language in random.Random(24).sample(able, min(len(able), MOST_VOICES)):
            yield name, voice, language


def text_in(language: str) -> str:
    """Return the text in a language, or "" if there is none."""
    base = language.split("-")[0]
    related = (text for code, text in DECLARATION.items() if code.split("-")[0] == base)
    return DECLARATION.get(language) or next(related, "")


def row(
    service: SpeechService, engine: str, voice: Voice, language: str, texts: Sequence[str]
) -> float:
    """Print a row of the table and return the loudness in LUFS."""
    direct = new_engine(engine_class(service.registry.target(engine)))
    direct.load()
    rate = service.registry.info(engine).sample_rate
    raw, heard = [], []
    for text in texts:
        request = SpeechRequest(
            text=text, engine=engine, voice=voice.id, language=language.split("-")[0], seed=1
        )
        with service.stream(request) as stream:
            pieces = [e.chunk.samples for e in stream if isinstance(e, Audio)]
            utterances = stream.plan.utterances
        heard.append(np.concatenate(pieces))
        sounds = [c.samples for u in utterances for c in spoken_by(direct, u, threading.Event())]
        raw.append(np.concatenate(sounds))
    together = np.concatenate(heard)
    level = float(pyloudnorm.Meter(rate).integrated_loudness(together))
    before, after = (np.array([edges(s, rate) for s in sounds]) for sounds in (raw, heard))
    cells = [
        f"{np.median(side[:, end]):.0f} (at most {side[:, end].max():.0f}) ms"
        for end in (0, 1)
        for side in (before, after)
    ]
    print(
        f"| {engine} | {voice.id} | {level:.1f} | {np.abs(together).max():.2f} "
        f"| {together.mean():.4f} | {' | '.join(cells)} |",
        flush=True,
    )
    return level


def edges(samples: Samples, rate: int) -> tuple[float, float]:
    """Return the milliseconds before and after what is audible."""
    loud = np.flatnonzero(np.abs(samples) > 0.01 * np.abs(samples).max())
    return 1000 * loud[0] / rate, 1000 * (len(samples) - 1 - loud[-1]) / rate


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
