"""XTTS-v2's vocoder, decoding every piece of an utterance once.

The library's `inference_stream` decodes the whole utterance again for each piece, which costs
time quadratic in its length. Here a piece is decoded with `CONTEXT` frames of what is around it,
more than the vocoder's convolutions reach, and so comes out as in one decode of the whole.

Measured at full size on one busy core: 12 s of audio in 11 s instead of 102 s, and 0.91-0.99 s
for each second of audio from 5 to 25 s (tests/benchmarks/xtts_vocoder.py).
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import interpolate

from tts_core.types import Samples

CONTEXT = 16
"""Frames (of 256 samples) on each side. HiFi-GAN's convolutions as set up here reach 14: 3 the
first, 1 the first upsampling, 60 eighths the residual blocks after it, 2 all the rest."""


class Stopped(Exception):
    """Somebody set the stop event while a piece was being decoded."""


class IncrementalVocoder:
    """Latents in, sound out. One for each utterance."""

    def __init__(self, decoder: Any, speaker: Tensor, speed: float, stop: threading.Event) -> None:  # noqa: ANN401 - TTS has no types
        """`decoder`: the library's HifiDecoder. `speaker`: its embedding, shape (1, 512, 1).

        `speed`: latents are stretched by 1/speed as the library does it.
        """
        self._decoder = decoder
        self._speaker = speaker
        self._stop = stop
        self._scales = [decoder.ar_mel_length_compression / decoder.output_hop_length]
        if decoder.output_sample_rate != decoder.input_sample_rate:
            self._scales.append(decoder.output_sample_rate / decoder.input_sample_rate)
        if speed != 1:
            self._scales.insert(0, 1 / speed)
        # A frame depends on the two neighbours at each of the interpolations. In latents:
        self._reach = 1.25 + 1.25 * speed
        self._latents: list[Tensor] = []
        self._done = 0  # frames

    def push(self, latent: Tensor) -> None:
        """Take in the next latent, shape (1, channels)."""
        self._latents.append(latent)

    @torch.inference_mode()
    def decode(self, *, final: bool = False) -> Samples:
        """The sound that is certain by now, float32 of shape (n,); with `final` all the rest.

        Raises Stopped.
        """
        if not self._latents:
            return np.zeros(0, np.float32)
        frames = self._frames()
        total = frames.shape[-1]
        end = total if final else self._settled() - CONTEXT
        if end <= self._done:
            return np.zeros(0, np.float32)
        start, self._done = self._done, end
        first = max(0, start - CONTEXT)
        with self._stoppable():
            sound = self._decoder.waveform_decoder(
                frames[..., first : min(total, end + CONTEXT)], g=self._speaker
            )[0, 0]
        hop = self._decoder.output_hop_length
        samples: Samples = sound[(start - first) * hop : (end - first) * hop].float().cpu().numpy()
        return samples

    def _frames(self) -> Tensor:
        """All frames so far, shape (1, channels, n).

        From the first latent on each time: the scales are not whole numbers, so a piece
        interpolated by itself would get other values. It costs under 2 % of
        decoding 25 s, the most there is.
        """
        frames = torch.cat(self._latents)[None].transpose(1, 2)
        for scale in self._scales:
            frames = interpolate(frames, scale_factor=[scale], mode="linear")
        return frames

    def _settled(self) -> int:
        """How many of the frames no later latent will change."""
        scale: float = math.prod(self._scales)
        return math.floor((len(self._latents) - 0.5 - self._reach) * scale)

    @contextmanager
    def _stoppable(self) -> Iterator[None]:
        """Look at the stop event before every layer: a whole piece takes too long on a CPU."""
        generator = self._decoder.waveform_decoder
        layers = [*generator.ups, *generator.resblocks]
        hooks = [layer.register_forward_pre_hook(self._check) for layer in layers]
        try:
            yield
        finally:
            for hook in hooks:
                hook.remove()

    def _check(self, *_: object) -> None:
        if self._stop.is_set():
            raise Stopped
