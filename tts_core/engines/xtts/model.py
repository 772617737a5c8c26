"""XTTS-v2's weights, and the loop that makes latents out of text.

Built on coqui-tts 0.28.0, whose `Xtts.inference_stream` this follows. Imports PyTorch: only the
engine's process does so.
"""

from __future__ import annotations

import ctypes
import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn.utils.parametrize import is_parametrized, remove_parametrizations
from transformers.pytorch_utils import Conv1D
from TTS.tts.configs.xtts_config import XttsConfig
from TTS.tts.models.xtts import Xtts, _legacy_safe_globals

from tts_core.engines.xtts.text import prepared
from tts_core.engines.xtts.vocoder import IncrementalVocoder
from tts_core.engines.xtts.voices import Speaker, clone, misfit
from tts_core.errors import UnknownNameError
from tts_core.types import AudioChunk

log = logging.getLogger(__name__)

SLACK_SECONDS = 2.0
SLOWEST = 5.0  # characters per second


class _SafeXtts(Xtts):  # type: ignore[misc]
    """The library's, reading the checkpoint without running or rewriting anything.

    The library converts the published model.pth, which holds a config object, by writing over it.
    """

    precision = torch.float32

    def init_models(self) -> None:
        """The language model's layers get their type here, before the weights are read into them:
        cast afterwards they would be in memory twice.

        What conditions on recordings stays exact, so that a cloned voice is the same whatever the
        precision, and so does the vocoder, which 16 bits would make hiss.
        """
        super().init_models()
        if self.gpt is not None:
            for name, part in self.gpt.named_children():
                if not name.startswith("conditioning_"):
                    part.to(self.precision)
            if self.precision != torch.float32:
                _by_columns(self.gpt.gpt)
            # The library's stand-in for GPT-2's position embeddings: zeros, which as float32
            # would make all that follows float32.
            none = self.gpt.gpt.wpe
            self.gpt.gpt.wpe = lambda positions: none(positions).to(self.precision)

    def _load_checkpoint(self, model_path: Path) -> dict[str, Tensor]:
        with _legacy_safe_globals():
            content = torch.load(model_path, map_location="cpu", weights_only=True, mmap=True)
        weights: dict[str, Tensor] = content["model"]
        return weights


def _by_columns(transformer: torch.nn.Module) -> None:
    """Lay out GPT-2's matrices as PyTorch's CPU code for 16 bits wants them.

    On a CPU without instructions for bfloat16 a prompt takes a thirtieth of the time then, a token
    half of it or less.
    """
    for module in transformer.modules():
        if isinstance(module, Conv1D):
            module.weight.data = module.weight.data.t().contiguous().t()


def _rename_cache(
    _model: torch.nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Pass coqui-tts 0.28 the key-value cache under the name it had until transformers 5.23."""
    if "cache" in kwargs:
        kwargs["past_key_values"] = kwargs.pop("cache")
    return args, kwargs


def _give_back() -> None:
    """Return to the system what loading left behind; glibc keeps it otherwise."""
    with suppress(OSError, AttributeError, TypeError):  # another C library
        ctypes.CDLL(None).malloc_trim(0)


class XttsModel:
    """A loaded checkpoint."""

    def __init__(self, folder: Path, device: str, precision: torch.dtype = torch.float32) -> None:
        """`precision`: of the language model's weights.

        Raises whatever the library raises for files that are not what they should be.
        """
        config = XttsConfig()
        config.load_json(str(folder / "config.json"))
        self._model: Any = _SafeXtts(config)
        self._model.precision = precision
        self._model.load_checkpoint(config, checkpoint_dir=folder, eval=True)
        self._model.gpt.gpt_inference.register_forward_pre_hook(_rename_cache, with_kwargs=True)
        # Weight norm is for training; folded in it is not computed again for every piece.
        for module in list(self._model.hifigan_decoder.modules()):
            if is_parametrized(module, "weight"):
                remove_parametrizations(module, "weight")
        self._model.to(device)
        _give_back()
        self._device = device
        self._precision = precision
        manager = self._model.speaker_manager  # None without speakers_xtts.pth
        self._speakers: dict[str, dict[str, Tensor]] = manager.speakers if manager else {}

    @property
    def decoder(self) -> Any:  # noqa: ANN401 - TTS has no types
        """The library's HifiDecoder."""
        return self._model.hifigan_decoder

    def speaker(self, name: str) -> Speaker:
        """One of the checkpoint's own. Raises UnknownNameError."""
        try:
            return Speaker.of(self._speakers[name], self._device)
        except KeyError:
            raise UnknownNameError(f"XTTS-v2 has no speaker {name[:80]!r}.", "voice") from None

    def clone(self, clips: Sequence[AudioChunk]) -> Speaker:
        """The speaker of some recordings. Raises VoiceLoadError."""
        return clone(self._model, clips)

    def restored(self, tensors: Mapping[str, Any]) -> Speaker:
        """The speaker that `Speaker.tensors` gave. Raises KeyError, ValueError."""
        speaker = Speaker.of(tensors, self._device)
        if fault := misfit(speaker, self._model.gpt.model_dim):
            raise ValueError(fault)
        return speaker

    def vocoder(self, speaker: Speaker, speed: float, stop: threading.Event) -> IncrementalVocoder:
        """For one utterance."""
        return IncrementalVocoder(self.decoder, speaker.embedding, speed, stop)

    def parts(self, text: str, language: str) -> list[str]:
        """The text as the model takes it, in as few parts as its text positions (400) allow."""
        text = prepared(text, language, self._model.tokenizer.preprocess_text)
        return list(self._split(text, language))

    @torch.inference_mode()
    def latents(
        self, text: str, language: str, speaker: Speaker, options: dict[str, Any]
    ) -> Iterator[Tensor]:
        """One latent, float32 of shape (1, channels), for each audio token (46 ms), as it is made.

        Ends at the model's own end, or at `most_tokens`.
        """
        gpt = self._model.gpt
        tokens = torch.tensor([self._encode(text, language)], device=self._device)
        prompt = speaker.latent.to(self._precision)
        generator = gpt.get_generator(
            fake_inputs=gpt.compute_embeddings(prompt, tokens),
            do_sample=True,
            num_beams=1,
            num_return_sequences=1,
            output_attentions=False,
            output_hidden_states=True,
            return_dict_in_generate=True,
            **options,
        )
        most = self.most_tokens(text, language)
        for count, (_, latent) in enumerate(generator, 1):
            yield latent.float()
            if count == most:
                log.warning("XTTS-v2 did not end in %d tokens, and was ended: %.60r", most, text)
                return

    def most_tokens(self, text: str, language: str) -> int:
        """How many audio tokens a text may take: a guard against babble after its end.

        2 s and 1 s for every 5 characters of the cleaned text, in which numbers are words and
        Chinese, Japanese and Korean are romanised. Speech has some 15 characters a second in
        that form, so that only a reading three times slower than usual is cut.
        """
        characters = len(self._model.tokenizer.preprocess_text(text, language))
        seconds = SLACK_SECONDS + characters / SLOWEST
        args = self._model.args
        return int(seconds * args.input_sample_rate / args.gpt_code_stride_len)

    def _encode(self, text: str, language: str) -> list[int]:
        ids: list[int] = self._model.tokenizer.encode(text, lang=language)
        return ids

    def _split(self, text: str, language: str) -> Iterator[str]:
        fits = len(self._encode(text, language)) < self._model.args.gpt_max_text_tokens
        if fits or len(text) < 2:
            yield text
            return
        middle = len(text) // 2
        cut = text.rfind(" ", 1, middle) if " " in text[1:middle] else middle
        yield from self._split(text[:cut], language)
        yield from self._split(text[cut:].lstrip(), language)
