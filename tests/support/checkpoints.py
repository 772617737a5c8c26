"""All the neural engines at once, on random weights, with Groq's server on loopback."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from tests.support import tiny_chatterbox, tiny_pocket, tiny_xtts
from tests.support.groq_server import KEY, groq_server
from tts_core.engines.registry import ENGINES

NEURAL = ("pocket", "xtts", "chatterbox", "groq")
TINY_ENGINES: Mapping[str, str] = {
    **ENGINES,
    "chatterbox": "tests.support.tiny_chatterbox:TinyChatterboxEngine",
}


@contextmanager
def checkpoints(hub: Path) -> Iterator[None]:
    """The environment in which the engines find tiny weights, and an empty folder of the Hub's."""
    with groq_server() as groq:
        paths = {
            "TTS_XTTS_PATH": str(tiny_xtts.kept_checkpoint(endless=False)),
            "TTS_POCKET_CONFIG": str(tiny_pocket.kept_model(endless=False)),
            "TTS_CHATTERBOX_PATH": str(tiny_chatterbox.kept_checkpoint("english", endless=False)),
            "GROQ_API_KEY": KEY,
            "GROQ_BASE_URL": groq.url,
            "TTS_DEVICE": "cpu",
            "HF_HUB_CACHE": str(hub),
        }
        with patch.dict(os.environ, paths):
            yield
