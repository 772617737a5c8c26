"""Writes `bases.safetensors` of hibari and Kokoro: what a voice match has to know of their voices.

    TTS_KOKORO_PATH=FOLDER python -m tests.benchmarks.match_bases

FOLDER has the voices that do not come with packages, as the files `ID.bin` of `kokoro-js`
(`npm pack kokoro-js@1.2.1`). Kokoro reads half of the sentences only, which takes
fifteen minutes on a core.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from tests.support.engines import new_engine, spoken_by
from tts_core.engines.base import Engine
from tts_core.engines.hibari import engine as hibari
from tts_core.engines.hibari.engine import HibariEngine
from tts_core.engines.kokoro import match as kokoro
from tts_core.engines.kokoro.data import PACKAGED, VOICES
from tts_core.engines.kokoro.engine import KokoroEngine
from tts_core.engines.match.base import SENTENCES, BaseVoice, save_bases
from tts_core.types import AudioChunk, Utterance


def sounds(engine: Engine[Any], voice: str, texts: Sequence[str]) -> Iterator[AudioChunk]:
    for text in texts:
        chunks = list(spoken_by(engine, Utterance(text, voice, "en-us"), threading.Event()))
        samples = np.concatenate([chunk.samples for chunk in chunks])
        yield AudioChunk(samples, chunks[0].sample_rate)


def main() -> None:
    engine: Engine[Any] = new_engine(HibariEngine)
    engine.load()
    save_bases(hibari.BASES, {hibari.HEART: BaseVoice.of(sounds(engine, hibari.HEART, SENTENCES))})
    engine = new_engine(KokoroEngine)
    engine.load()
    found = {}
    for voice in (*PACKAGED, *(name for name in VOICES if name not in PACKAGED)):
        found[voice] = BaseVoice.of(sounds(engine, voice, SENTENCES[6:]))
        save_bases(kokoro.BASES, found)
        print(f"{voice}: {np.exp(found[voice].tone[0]):.0f} Hz", flush=True)


if __name__ == "__main__":
    main()
