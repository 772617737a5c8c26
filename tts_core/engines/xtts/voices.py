"""Voices of XTTS-v2: the checkpoint's own speakers, and those cloned from recordings.

Cloning follows `Xtts.get_conditioning_latents` of coqui-tts 0.28.0, except for reading files, which
needs FFmpeg's libraries there. Imports PyTorch, so only the worker process imports this module.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from tts_core.audio.resample import resample
from tts_core.errors import VoiceLoadError
from tts_core.types import AudioChunk

log = logging.getLogger(__name__)

REFERENCE_RATE = 22_050  # Hz, of the recordings that the model is conditioned on
SHORTEST = 0.33
"""Seconds; the library ignores shorter recordings."""

_LATENT, _EMBEDDING = "gpt_cond_latent", "speaker_embedding"


@dataclass(frozen=True, slots=True, eq=False)
class Speaker:
    """The pair of tensors that the model speaks from."""

    latent: Tensor
    """For the language model: float32, shape (1, positions, channels)."""
    embedding: Tensor
    """For the vocoder: float32, shape (1, 512, 1)."""

    @classmethod
    def of(cls, tensors: Mapping[str, Any], device: str) -> Speaker:
        """Return the speaker of two tensors with the library's names. Raises KeyError."""
        pair = (torch.as_tensor(tensors[name]).float() for name in (_LATENT, _EMBEDDING))
        return cls(*(tensor.to(device) for tensor in pair))

    def tensors(self) -> dict[str, NDArray[np.generic]]:
        """Return the pair as arrays, by the library's names."""
        return {_LATENT: self.latent.cpu().numpy(), _EMBEDDING: self.embedding.cpu().numpy()}


@torch.inference_mode()
def clone(model: Any, clips: Sequence[AudioChunk]) -> Speaker:  # noqa: ANN401 - TTS has no types
    """Clone the speaker of some recordings. `model`: the library's Xtts.

    The embedding is made of the first `max_ref_len` seconds of each clip, the latent of the first
    `gpt_cond_len` seconds of all clips in a row. Both numbers come from the checkpoint; XTTS-v2 has
    30 for both. Raises VoiceLoadError.
    """
    config = model.config
    audios = [_prepared(clip, config) for clip in clips if clip.duration >= SHORTEST]
    if not audios:
        raise VoiceLoadError(
            f"XTTS-v2 needs at least one recording longer than {SHORTEST} s to clone a voice; "
            "6 s or more of clear speech are better."
        )
    embeddings = [model.get_speaker_embedding(audio, REFERENCE_RATE) for audio in audios]
    latent = model.get_gpt_cond_latents(
        torch.cat(audios, dim=-1),
        REFERENCE_RATE,
        length=config.gpt_cond_len,
        chunk_length=config.gpt_cond_chunk_len,
    )
    speaker = Speaker(latent.float(), torch.stack(embeddings).mean(dim=0).float())
    if not (speaker.latent.isfinite().all() and speaker.embedding.isfinite().all()):
        raise VoiceLoadError("XTTS-v2 found no voice in the recordings; try other ones.")
    return speaker


def _prepared(clip: AudioChunk, config: Any) -> Tensor:  # noqa: ANN401 - TTS has no types
    """Return a clip as the model needs it: shape (1, n), at `REFERENCE_RATE`, in [-1, 1]."""
    samples = resample(clip, REFERENCE_RATE).samples[: int(REFERENCE_RATE * config.max_ref_len)]
    audio = torch.from_numpy(np.clip(samples, -1, 1)).float()[None]
    if config.sound_norm_refs and (peak := audio.abs().max()) > 0:
        audio = audio / peak * 0.75
    return audio


def misfit(speaker: Speaker, channels: int) -> str:
    """Return what is wrong with a speaker that was read from a file, or ""."""
    latent, embedding = tuple(speaker.latent.shape), tuple(speaker.embedding.shape)
    if len(latent) != 3 or latent[0] != 1 or latent[2] != channels or not 1 <= latent[1] <= 1024:
        return f"{_LATENT} has the shape {latent}"
    if embedding != (1, 512, 1):
        return f"{_EMBEDDING} has the shape {embedding}"
    return ""
