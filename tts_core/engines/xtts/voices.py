"""Voices of XTTS-v2: of the checkpoint's own speakers, and cloned from recordings.

Cloning follows `Xtts.get_conditioning_latents` of coqui-tts 0.28.0 but for the reading of files:
that needs FFmpeg's libraries. Imports PyTorch: only the engine's process does so.
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

REFERENCE_RATE = 22_050  # Hz; what the conditioning takes
SHORTEST = 0.33
"""Seconds: the library leaves out what is shorter."""

_LATENT, _EMBEDDING = "gpt_cond_latent", "speaker_embedding"


@dataclass(frozen=True, slots=True, eq=False)
class Speaker:
    """What the model speaks from."""

    latent: Tensor
    """Of the language model, float32, shape (1, positions, channels)."""
    embedding: Tensor
    """Of the vocoder, float32, shape (1, 512, 1)."""

    @classmethod
    def of(cls, tensors: Mapping[str, Any], device: str) -> Speaker:
        """From the pair of tensors as the library names them. Raises KeyError."""
        pair = (torch.as_tensor(tensors[name]).float() for name in (_LATENT, _EMBEDDING))
        return cls(*(tensor.to(device) for tensor in pair))

    def tensors(self) -> dict[str, NDArray[np.generic]]:
        """The pair, by the library's names."""
        return {_LATENT: self.latent.cpu().numpy(), _EMBEDDING: self.embedding.cpu().numpy()}


@torch.inference_mode()
def clone(model: Any, clips: Sequence[AudioChunk]) -> Speaker:  # noqa: ANN401 - TTS has no types
    """The speaker of some recordings. `model`: the library's Xtts. Raises VoiceLoadError.

    Each clip's first `max_ref_len` seconds make the embedding, the first `gpt_cond_len` of all
    in a row the latent; both numbers are the checkpoint's. XTTS-v2 says 30 of each.
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
    """Shape (1, n), at `REFERENCE_RATE`, in [-1, 1]."""
    samples = resample(clip, REFERENCE_RATE).samples[: int(REFERENCE_RATE * config.max_ref_len)]
    audio = torch.from_numpy(np.clip(samples, -1, 1)).float()[None]
    if config.sound_norm_refs and (peak := audio.abs().max()) > 0:
        audio = audio / peak * 0.75
    return audio


def misfit(speaker: Speaker, channels: int) -> str:
    """What is wrong with a speaker that came out of a file; "" when it can be used."""
    latent, embedding = tuple(speaker.latent.shape), tuple(speaker.embedding.shape)
    if len(latent) != 3 or latent[0] != 1 or latent[2] != channels or not 1 <= latent[1] <= 1024:
        return f"{_LATENT} has the shape {latent}"
    if embedding != (1, 512, 1):
        return f"{_EMBEDDING} has the shape {embedding}"
    return ""
