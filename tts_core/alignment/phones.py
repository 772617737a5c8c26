"""Tells how likely each phone is in each frame of a sound, by a small network.

The posterior probabilities of phones depend less on the voice than a spectrum does, so that they
tell whether two voices say the same ("posteriorgrams": Hazen, Shen and White, "Query-by-example
spoken term detection using phonetic posteriorgram templates", ASRU 2009). The network has 0.1
million weights and was trained by `tests/benchmarks/phone_net.py` on hibari and on half of Kokoro's
voices.
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import safetensors.numpy
from safetensors import safe_open

from tts_core.audio.features import Matrix, Spectrum, log_mels

FILE = Path(__file__).with_suffix(".safetensors")
_AROUND = np.arange(-6, 7, 2)
"""The frames that the network sees, relative to the one it judges."""
_SPREAD = 2.0  # nepers, a typical deviation of a band
SILENCE, NONE = "silence", ""
"""Labels of frames without speech, and of symbols that are no phones."""
_SAME = ("ᵻɪ", "ᵊə", "ɐə", "QO", "Tɾ", "ɒɑ", "ɚɜ", "gɡ", "rɾ", "ʎj", "ɣɡ", "βv", "ʁɹ", "ɨɪ")
_ALIKE = {pair[0]: pair[1] for pair in _SAME}
"""Phones that are taken for others."""


def inputs(sound: Spectrum, warp: float = 1.0) -> Matrix:
    """Return what the network gets of a sound of n frames, shape (n, 280).

    That is the logarithmic mel spectra of seven frames, less the mean over the speech. `warp` is
    the factor of vocal tract length normalization.
    """
    mels = log_mels(sound, warp)
    speech = sound.speech if sound.speech.sum() > 10 else np.ones(len(mels), np.bool_)
    mels = (mels - mels[speech].mean(axis=0)) / np.float32(_SPREAD)
    n = len(mels)
    near = np.clip(np.arange(n)[:, None] + _AROUND, 0, n - 1)
    return np.asarray(mels[near].reshape(n, -1), np.float32)


def phones(sound: Spectrum) -> Matrix:
    """Return the square roots of the phones' probabilities in each frame, shape (n, phones).

    The scalar product of two frames is their Bhattacharyya coefficient: 1 where they are alike.
    """
    (*hidden, (weight, bias)) = _layers()
    values = inputs(sound)
    for weights, biases in hidden:
        values = np.maximum(values @ weights + biases, 0)
    values = values @ weight + bias
    likely = np.exp(values - values.max(axis=1, keepdims=True))
    return np.asarray(np.sqrt(likely / likely.sum(axis=1, keepdims=True)), np.float32)


def labels(symbols: Sequence[str]) -> list[str]:
    """Return the phone of each symbol of misaki's alphabet, or NONE.

    A stress belongs to what follows it, a length to what is before it.
    """
    found: list[str] = []
    for symbol in symbols:
        if symbol and symbol in "ːʰʲ\u0303":
            found.append(found[-1] if found else NONE)
        else:
            silent = symbol in ("", " ") or unicodedata.category(symbol)[0] in "PZS"
            found.append(NONE if silent or symbol in "→↗↘↓" else _ALIKE.get(symbol, symbol))
    for index in reversed(range(len(found) - 1)):
        if symbols[index] and symbols[index] in "ˈˌ":
            found[index] = found[index + 1]
    return found


@functools.cache
def numbers() -> Mapping[str, int]:
    """Return the column of each phone that the network knows, by its label; `SILENCE` is one."""
    with safe_open(FILE, framework="numpy") as file:
        return {name: number for number, name in enumerate(file.metadata()["phones"].split())}


@functools.cache
def _layers() -> list[tuple[Matrix, Matrix]]:
    """Return the weights and the biases of each layer."""
    tensors = safetensors.numpy.load_file(FILE)
    return [
        (tensors[f"weight{i}"].astype(np.float32), tensors[f"bias{i}"].astype(np.float32))
        for i in range(len(tensors) // 2)
    ]
