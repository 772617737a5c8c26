"""The XTTS-v2 model, and the loop that turns text into latents.

Follows `Xtts.inference_stream` of coqui-tts 0.28.0. Imports PyTorch, so only the worker process
imports this module.
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
    """The library's model, which reads a checkpoint without running code or rewriting the file.

    The library converts the published model.pth, which contains a config object, by overwriting it.
    """

    precision = torch.float32

    def init_models(self) -> None:
        """Create the layers, with the language model's in `precision`.

        This happens before the weights are read, because converting them later would need the
        memory twice. The layers that condition on recordings stay in float32, so that a cloned
        voice does not depend on the precision, and so does the vocoder, which hisses in 16 bits.
        """
        super().init_models()
        if self.gpt is not None:
            for name, part in self.gpt.named_children():
                if not name.startswith("conditioning_"):
                    part.to(self.precision)
            if self.precision != torch.float32:
                _by_columns(self.gpt.gpt)
            # The library replaces GPT-2's position embeddings by zeros; in float32 these would
            # turn everything after them into float32.
            zeros = self.gpt.gpt.wpe
            self.gpt.gpt.wpe = lambda positions: zeros(positions).to(self.precision)

    def _load_checkpoint(self, model_path: Path) -> dict[str, Tensor]:
        with _legacy_safe_globals():
            content = torch.load(model_path, map_location="cpu", weights_only=True, mmap=True)
        weights: dict[str, Tensor] = content["model"]
        return weights


def _by_columns(transformer: torch.nn.Module) -> None:
    """Store GPT-2's matrices by columns, as PyTorch's 16-bit CPU kernels need them.

    On a CPU without bfloat16 instructions a prompt then takes a thirtieth of the time, and a token
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


def _release_memory() -> None:
    """Return memory freed after loading to the system; glibc would keep it."""
    with suppress(OSError, AttributeError, TypeError):  # another C library
        ctypes.CDLL(None).malloc_trim(0)


class XttsModel:
    """A loaded checkpoint."""

    def __init__(self, folder: Path, device: str, precision: torch.dtype = torch.float32) -> None:
        """Load a checkpoint from a folder. `precision`: of the language model's weights.

        Raises whatever the library raises for damaged or wrong files.
        """
        config = XttsConfig()
        config.load_json(str(folder / "config.json"))
        self._model: Any = _SafeXtts(config)
        self._model.precision = precision
        self._model.load_checkpoint(config, checkpoint_dir=folder, eval=True)
        self._model.gpt.gpt_inference.register_forward_pre_hook(_rename_cache, with_kwargs=True)
        # Weight norm is for training; folded into the weights it is not recomputed for each piece.
        for module in list(self._model.hifigan_decoder.modules()):
            if is_parametrized(module, "weight"):
                remove_parametrizations(module, "weight")
        self._model.to(device)
        _release_memory()
        self._device = device
        self._precision = precision
        manager = self._model.speaker_manager  # None without speakers_xtts.pth
        self._speakers: dict[str, dict[str, Tensor]] = manager.speakers if manager else {}

    @property
    def decoder(self) -> Any:  # noqa: ANN401 - TTS has no types
        """The library's HifiDecoder."""
        return self._model.hifigan_decoder

    def speaker(self, name: str) -> Speaker:
        """Return one of the checkpoint's own speakers. Raises UnknownNameError."""
        try:
            return Speaker.of(self._speakers[name], self._device)
        except KeyError:
            raise UnknownNameError(f"XTTS-v2 has no speaker {name[:80]!r}.", "voice") from None

    def clone(self, clips: Sequence[AudioChunk]) -> Speaker:
        """Clone the speaker of some recordings. Raises VoiceLoadError."""
        return clone(self._model, clips)

    def restored(self, tensors: Mapping[str, Any]) -> Speaker:
        """Return the speaker of what `Speaker.tensors` returned. Raises KeyError, ValueError."""
        speaker = Speaker.of(tensors, self._device)
        if fault := misfit(speaker, self._model.gpt.model_dim):
            raise ValueError(fault)
        return speaker

    def vocoder(self, speaker: Speaker, speed: float, stop: threading.Event) -> IncrementalVocoder:
        """Return a vocoder for one utterance."""
        return IncrementalVocoder(self.decoder, speaker.embedding, speed, stop)

    def parts(self, text: str, language: str) -> list[str]:
        """Prepare a text for the model, in as few parts as its text positions (400) allow."""
        text = prepared(text, language, self._model.tokenizer.preprocess_text)
        return list(self._split(text, language))

    @torch.inference_mode()
    def latents(
        self, text: str, language: str, speaker: Speaker, options: dict[str, Any]
    ) -> Iterator[Tensor]:
        """Yield a latent, float32 of shape (1, channels), for each audio token (46 ms).

        Ends with the model's stop token, or after `most_tokens`.
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
                log.warning("XTTS-v2 was cut off after %d tokens: %.60r", most, text)
                return

    def most_tokens(self, text: str, language: str) -> int:
        """Return how many audio tokens a text may take, as a guard against babble after its end.

        2 s plus 1 s for every 5 characters of the cleaned text, in which numbers are words and
        Chinese, Japanese and Korean are romanized. Speech has about 15 characters a second in
        that form, so only a reading three times slower than usual is cut off.
        """
        characters = len(self._model.tokenizer.preprocess_text(text, language))
        seconds = SLACK_SECONDS + characters / SLOWEST
        args = self._model.args
        return int(seconds * args.input_sample_rate / args.gpt_code_stride_len)

    def _encode(self, text: str, language: str) -> list[int]:
        ids: list[int] = self._model.tokenizer.encode(text, lang=language)
        return ids

    def _split(self, text: str, language: str) -> Iterator[str]:
        """Yield parts of a text that fit, halving it at spaces where possible."""
        fits = len(self._encode(text, language)) < self._model.args.gpt_max_text_tokens
        if fits or len(text) < 2:
            yield text
            return
        middle = len(text) // 2
        cut = text.rfind(" ", 1, middle) if " " in text[1:middle] else middle
        yield from self._split(text[:cut], language)
        yield from self._split(text[cut:].lstrip(), language)
