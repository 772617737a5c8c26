"""A folder with many voices for Kokoro (`TTS_KOKORO_PATH`): one of the packaged voices, by many
names."""

from __future__ import annotations

import os
from itertools import cycle, islice
from pathlib import Path

from tts_core.engines.base import EngineContext
from tts_core.engines.kokoro import files
from tts_core.engines.kokoro.data import PACKAGED, VOICES
from tts_core.settings import Settings

LETTERS = ("af", "am", "bf", "bm", "ef", "ff", "hf", "if", "jf", "pf")


def many_voices(folder: Path, count: int) -> list[str]:
    """Fill a folder with voices and return their ids, Kokoro's own first.

    Each file is a link to the same one, so that hundreds of them take no room.
    """
    folder.mkdir(parents=True, exist_ok=True)
    own = [name for name in VOICES if name not in PACKAGED and not name.startswith("z")]
    others = (f"{letters}_voice_{n:03}" for n, letters in enumerate(cycle(LETTERS)))
    names = [*own[:count], *islice(others, max(count - len(own), 0))]
    context = EngineContext(Settings(_env_file=None, data_dir=folder))  # type: ignore[call-arg]
    first = folder / f"{names[0]}.bin"
    first.write_bytes(files.read_voice("jf_alpha", context).astype("<f4").tobytes())
    for name in names[1:]:
        os.link(first, folder / f"{name}.bin")
    return names
