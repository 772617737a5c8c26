"""Reads and clones voices for Pocket TTS, and checks that they fit the model.

The library does not check: with a state of another model it would fail, or speak noise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tts_core.audio.resample import resample
from tts_core.engines.pocket.config import GATED
from tts_core.errors import VoiceLoadError
from tts_core.types import AudioChunk

if TYPE_CHECKING:
    from pocket_tts import TTSModel

    State = dict[str, dict[str, Any]]

SHORTEST = 0.5  # seconds; less contains hardly a syllable
LONGEST = 30.0  # seconds; the library's own limit for recordings
_BETWEEN = 0.2  # seconds of silence between two clips


def read_voice(model: TTSModel, path: Path) -> State:
    """Read the state of a voice, or make it from a recording.

    By module name, a dict with "cache", "offset" and others. "cache": keys and values of the voice
    prompt, float of shape (2, 1, frames, heads, width), of which the first `offset` frames are
    valid. At most 30 s of a recording are used. Raises VoiceLoadError.
    """
    if path.suffix != ".safetensors" and not model.has_voice_cloning:
        raise VoiceLoadError(
            f"The voice {path.stem} is a recording, but the weights without voice cloning are "
            f"loaded, which need a state (.safetensors). {GATED}."
        )
    try:
        state: State = model.get_state_for_audio_prompt(path, truncate=True)
        fault = _fault(model, state)
    except Exception as error:
        text = " ".join(str(error).split())[:200]
        raise VoiceLoadError(
            f"The voice {path.stem} cannot be read from {path}: {type(error).__name__}: {text}"
        ) from error
    if fault:
        raise VoiceLoadError(
            f"The voice {path.stem} does not fit the model ({fault}); make it again with "
            "`pocket-tts export-voice` and this model's configuration."
        )
    return state


def clone(model: TTSModel, clips: Sequence[AudioChunk]) -> dict[str, NDArray[np.generic]]:
    """Return the state of some recordings in a row, with the names of the library's own files.

    By "module/cache" and "module/offset"; see `read_voice`. Raises VoiceLoadError.
    """
    import torch

    if not model.has_voice_cloning:
        raise VoiceLoadError(f"Pocket TTS cannot clone with the weights that are here. {GATED}.")
    rate = model.sample_rate
    sounds = [resample(clip, rate).samples for clip in clips if clip.duration >= SHORTEST]
    if not sounds:
        raise VoiceLoadError(
            f"Pocket TTS needs at least one recording longer than {SHORTEST} s to clone a voice; "
            "5 s or more of clear speech are better."
        )
    pause = np.zeros(int(_BETWEEN * rate), np.float32)
    row = np.concatenate([piece for sound in sounds for piece in (sound, pause)][:-1])
    audio = torch.from_numpy(row[: int(LONGEST * rate)])[None]
    if not audio.isfinite().all() or not audio.any():
        raise VoiceLoadError("There is no sound in the recording; try another one.")
    state: State = model.get_state_for_audio_prompt(audio)
    if fault := _fault(model, state):
        raise VoiceLoadError(f"Pocket TTS found no voice in the recording ({fault}).")
    return {
        f"{module}/{key}": tensor.cpu().numpy()
        for module, tensors in state.items()
        for key, tensor in tensors.items()
    }


def restored(model: TTSModel, tensors: Mapping[str, NDArray[np.generic]], name: str) -> State:
    """Return the state of what `clone` returned. `name`: for messages. Raises VoiceLoadError."""
    import torch

    state: State = {}
    for key, array in tensors.items():
        module, _, part = key.rpartition("/")
        state.setdefault(module, {})[part] = torch.from_numpy(array).to(model.device)
    if fault := _fault(model, state):
        raise VoiceLoadError(
            f"The voice state {name} does not fit the model ({fault}); clone the voice again."
        )
    return state


def _fault(model: TTSModel, state: State) -> str:
    """Return what is wrong with a state, or ""."""
    from pocket_tts.modules.stateful_module import init_states

    wanted = init_states(model.flow_lm, batch_size=1, sequence_length=1)
    if state.keys() != wanted.keys():
        return f"it is for {len(state)} layers, not {len(wanted)}"
    offsets = set()
    for name, module in wanted.items():
        cache, offset = state[name].get("cache"), state[name].get("offset")
        if cache is None or offset is None:
            return f"{name} is incomplete"
        like = module["cache"]
        shape = (*cache.shape[:2], *cache.shape[3:])
        if shape != (*like.shape[:2], *like.shape[3:]) or cache.dtype != like.dtype:
            return f"{name} has the shape {tuple(cache.shape)} and the type {cache.dtype}"
        frames = int(offset.view(-1)[0]) if offset.numel() == 1 else 0
        if not 1 <= frames <= cache.shape[2]:
            return f"{name} has {cache.shape[2]} frames and says {frames}"
        if not cache[:, :, :frames].isfinite().all():
            return f"{name} holds NaN"
        offsets.add(frames)
    return "" if len(offsets) == 1 else "its layers disagree about its length"
