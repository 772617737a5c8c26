"""Voices as Chatterbox uses them: cloned from recordings, converted to a `VoiceState` and back.

A cloned voice depends only on the parts that analyze a recording (voice encoder, speech tokenizer,
speaker encoder). They are the same in all three models, as far as is known;
`conditioning_weights` tells whether they are. Turbo normalizes the loudness of the recording and
uses more of it, so it has a prompt of its own. Imports PyTorch, so only the worker process imports
this module.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import librosa
import numpy as np
import torch
from chatterbox.models.s3gen import S3GEN_SR
from chatterbox.models.s3tokenizer import S3_SR, SPEECH_VOCAB_SIZE
from chatterbox.tts_turbo import ChatterboxTurboTTS
from numpy.typing import NDArray
from torch import Tensor

from tts_core.errors import VoiceLoadError
from tts_core.types import AudioChunk, Samples

TURBO_SECONDS = 5.0
"""Turbo needs more than this (`ChatterboxTurboTTS.prepare_conditionals`)."""
_LEAST_SECONDS = 1.0
_TIMBRE_SECONDS = 10.0  # DEC_COND_LEN of all three
_GAP_SECONDS = 0.2
_PART = "sound."


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model speaks from: the library's conditionals without the exaggeration."""

    speaker: Tensor
    """Voice encoder's embedding, float (1, 256)."""
    manner: Tensor
    """Speech tokens (25 per second) of the recording's start, int (1, n): its way of speaking."""
    sound: Mapping[str, Tensor | None]
    """For S3Gen: prompt_token, prompt_token_len, prompt_feat, prompt_feat_len, embedding."""

    @classmethod
    def of_library(cls, conditionals: Any) -> Prompt:  # noqa: ANN401 - has no types
        """Convert the library's `Conditionals`."""
        t3 = conditionals.t3
        return cls(t3.speaker_emb, t3.cond_prompt_speech_tokens, dict(conditionals.gen))


@dataclass(frozen=True, slots=True)
class Voice:
    """A cloned voice: a prompt for Turbo and one for the other two models."""

    plain: Prompt
    turbo: Prompt | None
    """None when the recordings were too short for Turbo."""

    def tensors(self) -> dict[str, NDArray[np.generic]]:
        """Return the voice as arrays, for a `VoiceState`."""
        arrays = {f"plain.{n}": a for n, a in _arrays(self.plain).items()}
        if self.turbo is not None:
            arrays |= {f"turbo.{n}": a for n, a in _arrays(self.turbo).items()}
        return arrays

    @classmethod
    def restored(cls, arrays: Mapping[str, NDArray[np.generic]], device: str) -> Voice:
        """Return a voice from what `tensors` returned. Raises KeyError, ValueError for others."""
        has_turbo = any(name.startswith("turbo.") for name in arrays)
        return cls(
            _restored(arrays, "plain.", device),
            _restored(arrays, "turbo.", device) if has_turbo else None,
        )


def conditioning_weights(tts: Any) -> str:  # noqa: ANN401
    """Return a digest of the weights that a cloned voice depends on."""
    digest = hashlib.sha256()
    for part in (tts.ve, tts.s3gen.tokenizer, tts.s3gen.speaker_encoder):
        for name, tensor in part.state_dict().items():
            digest.update(f"{name}{tuple(tensor.shape)}{tensor.dtype}".encode())
            digest.update(tensor.cpu().contiguous().numpy().data)
    return digest.hexdigest()[:16]


@torch.inference_mode()
def clone(tts: Any, clips: Sequence[AudioChunk]) -> Voice:  # noqa: ANN401
    """Clone a voice from recordings. Raises VoiceLoadError when they are too short."""
    waves = [
        librosa.resample(clip.samples, orig_sr=clip.sample_rate, target_sr=S3GEN_SR)
        for clip in clips
    ]
    seconds = sum(len(wave) for wave in waves) / S3GEN_SR
    if seconds < _LEAST_SECONDS:
        raise VoiceLoadError(
            f"The recording has {seconds:.1f} s; Chatterbox needs at least {_LEAST_SECONDS:g} s "
            "and sounds best with 10 s."
        )
    plain = _prompt(tts, waves, seconds=6, most=150)
    if seconds <= TURBO_SECONDS:
        return Voice(plain, None)
    return Voice(plain, _prompt(tts, _normalized_for_turbo(waves), seconds=15, most=375))


def _prompt(tts: Any, waves: Sequence[Samples], seconds: float, most: int) -> Prompt:  # noqa: ANN401
    """Return the prompt for some recordings at `S3GEN_SR`, each of shape (n,).

    Does what the library's `prepare_conditionals` does, which takes a single file. `seconds` and
    `most`: ENC_COND_LEN and speech_cond_prompt_len of the model.
    """
    gap = np.zeros(int(_GAP_SECONDS * S3GEN_SR), np.float32)
    joined = np.concatenate([part for wave in waves for part in (gap, wave)][1:])
    speech = [librosa.resample(wave, orig_sr=S3GEN_SR, target_sr=S3_SR) for wave in waves]
    start = librosa.resample(joined, orig_sr=S3GEN_SR, target_sr=S3_SR)[: int(seconds * S3_SR)]
    timbre = joined[: int(_TIMBRE_SECONDS * S3GEN_SR)]
    manner, _ = tts.s3gen.tokenizer.forward([start], max_len=most)
    speaker = torch.from_numpy(tts.ve.embeds_from_wavs(speech, sample_rate=S3_SR))
    return Prompt(
        speaker=speaker.mean(dim=0, keepdim=True).to(tts.device),
        manner=manner.to(tts.device),
        sound=tts.s3gen.embed_ref(timbre, S3GEN_SR, device=tts.device),
    )


def _normalized_for_turbo(waves: Sequence[Samples]) -> list[Samples]:
    """Return recordings with the loudness that Turbo's own code gives them."""
    joined = np.concatenate(waves)
    # The method does not use `self`, and returns float64, which the models cannot process.
    level = ChatterboxTurboTTS.norm_loudness(None, joined, S3GEN_SR).astype(np.float32)
    return np.split(level, np.cumsum([len(wave) for wave in waves])[:-1])


def _arrays(prompt: Prompt) -> dict[str, NDArray[np.generic]]:
    tensors = {"speaker": prompt.speaker, "manner": prompt.manner}
    tensors |= {_PART + n: t for n, t in prompt.sound.items() if torch.is_tensor(t)}
    return {name: tensor.cpu().numpy() for name, tensor in tensors.items()}


_SHAPES = {
    "speaker": (2, "f"),
    "manner": (2, "i"),
    "sound.prompt_token": (2, "i"),
    "sound.prompt_token_len": (1, "i"),
    "sound.prompt_feat": (3, "f"),
    "sound.embedding": (2, "f"),
}


def _restored(arrays: Mapping[str, NDArray[np.generic]], prefix: str, device: str) -> Prompt:
    """Return the prompt whose arrays begin with `prefix`. Raises KeyError, ValueError."""
    for name, (dimensions, kind) in _SHAPES.items():
        array = arrays[prefix + name]
        if array.ndim != dimensions or array.dtype.kind != kind:
            raise ValueError(f"{prefix}{name} is {array.dtype} {array.shape}")
        if name.endswith(("manner", "token")) and not _are_tokens(array):
            raise ValueError(f"{prefix}{name} contains numbers that are not speech tokens")
    # Copies, because arrays from safetensors are read-only.
    tensors = {n: torch.from_numpy(arrays[prefix + n].copy()).to(device) for n in _SHAPES}
    sound = {n.removeprefix(_PART): t for n, t in tensors.items() if n.startswith(_PART)}
    return Prompt(tensors["speaker"], tensors["manner"], {**sound, "prompt_feat_len": None})


def _are_tokens(array: NDArray[Any]) -> bool:
    return bool(array.size and array.min() >= 0 and array.max() < SPEECH_VOCAB_SIZE)
