"""Incremental decoding with XTTS-v2's vocoder.

The library's `inference_stream` decodes the whole utterance again for each piece, which takes time
quadratic in its length. Here each piece is decoded once, with `CONTEXT` frames on both sides. The
vocoder's convolutions do not reach further, so the result is that of decoding the whole.

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
"""Frames (of 256 samples) on each side. This HiFi-GAN reaches 14: 3 by the first convolution, 1 by
the first upsampling, 60/8 by the residual blocks after it, 2 by the rest."""


class Stopped(Exception):
    """The stop event was set while a piece was being decoded."""


class IncrementalVocoder:
    """Decodes the latents of one utterance as they are made."""

    def __init__(self, decoder: Any, speaker: Tensor, speed: float, stop: threading.Event) -> None:  # noqa: ANN401 - TTS has no types
        """Prepare to decode an utterance.

        `decoder`: the library's HifiDecoder. `speaker`: its embedding, shape (1, 512, 1). `speed`:
        latents are stretched by 1/speed, as in the library.
        """
        self._decoder = decoder
        self._speaker = speaker
        self._stop = stop
        self._scales = [decoder.ar_mel_length_compression / decoder.output_hop_length]
        if decoder.output_sample_rate != decoder.input_sample_rate:
            self._scales.append(decoder.output_sample_rate / decoder.input_sample_rate)
        if speed != 1:
            self._scales.insert(0, 1 / speed)
        # Each interpolation makes a frame depend on its two neighbors. In latents:
        self._reach = 1.25 + 1.25 * speed
        self._latents: list[Tensor] = []
        self._decoded = 0  # frames

    def push(self, latent: Tensor) -> None:
        """Add the next latent, shape (1, channels)."""
        self._latents.append(latent)

    @torch.inference_mode()
    def decode(self, *, final: bool = False) -> Samples:
        """Return the sound that later latents cannot change, float32 of shape (n,).

        `final`: return all the rest. Raises Stopped.
        """
        if not self._latents:
            return np.zeros(0, np.float32)
        frames = self._frames()
        total = frames.shape[-1]
        end = total if final else self._settled() - CONTEXT
        if end <= self._decoded:
            return np.zeros(0, np.float32)
        start, self._decoded = self._decoded, end
        first = max(0, start - CONTEXT)
        with self._stoppable():
            sound = self._decoder.waveform_decoder(
                frames[..., first : min(total, end + CONTEXT)], g=self._speaker
            )[0, 0]
        hop = self._decoder.output_hop_length
        samples: Samples = sound[(start - first) * hop : (end - first) * hop].float().cpu().numpy()
        return samples

    def _frames(self) -> Tensor:
        """Return all frames so far, shape (1, channels, n).

        They are interpolated from the first latent on each time: the scales are not integers, so a
        piece interpolated by itself would have other values. It takes less than 2 % of the time
        for decoding 25 s, the longest utterance.
        """
        frames = torch.cat(self._latents)[None].transpose(1, 2)
        for scale in self._scales:
            frames = interpolate(frames, scale_factor=[scale], mode="linear")
        return frames

    def _settled(self) -> int:
        """Return how many of the frames later latents cannot change."""
        scale: float = math.prod(self._scales)
        return math.floor((len(self._latents) - 0.5 - self._reach) * scale)

    @contextmanager
    def _stoppable(self) -> Iterator[None]:
        """Check the stop event before every layer, since a piece takes long on a CPU."""
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
