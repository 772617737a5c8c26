"""Writes `styles.safetensors` of Kokoro: one style each of the voices that have no package.

    python -m tests.benchmarks.kokoro_styles FOLDER

FOLDER has the voices as the files `ID.bin` of `kokoro-js` (`npm pack kokoro-js@1.2.1`).
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from tts_core.engines.kokoro.data import ONE_STYLE, VOICE_SHAPE, VOICES
from tts_core.engines.kokoro.files import STYLES

LENGTHS = slice(19, 199)
"""The rows for 20 to 199 phonemes, as usual sentences have."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    styles = {}
    for name in ONE_STYLE:
        content = (folder / f"{name}.bin").read_bytes()
        if hashlib.sha256(content).hexdigest() != VOICES[name].sha256:
            raise SystemExit(f"{name}.bin is not the known file.")
        rows = np.frombuffer(content, "<f4").reshape(VOICE_SHAPE)[LENGTHS]
        styles[name] = rows.mean(axis=0, dtype=np.float64).astype(np.float32)
    save_file(styles, STYLES)
    print(f"{len(styles)} styles, {STYLES.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
