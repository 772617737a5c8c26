"""Chatterbox's models: from text to speech tokens to sound.

Follows the three `generate` methods of chatterbox-tts 0.1.7, which can neither be stopped nor limit
the length. Imports PyTorch, so only the worker process imports this module.
"""

from __future__ import annotations

import functools
import logging
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import Tensor

from tts_core.engines.chatterbox.files import CANGJIE, EXTRA, check_watermarker
from tts_core.engines.chatterbox.weights import ENGLISH, MULTILINGUAL, TURBO
from tts_core.errors import GenerationError, ModelLoadError
from tts_core.system.packages import install_command
from tts_core.types import Samples

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # perth's pkg_resources, diffusers' old names
    import perth
    from chatterbox import mtl_tts, tts, tts_turbo
    from chatterbox.models.s3gen import flow_matching
    from chatterbox.models.s3gen.const import S3GEN_SIL
    from chatterbox.models.s3tokenizer import SPEECH_VOCAB_SIZE, drop_invalid_tokens
    from chatterbox.models.t3 import t3 as t3_module
    from chatterbox.models.t3.inference import alignment_stream_analyzer
    from chatterbox.models.t3.modules.cond_enc import T3Cond
    from chatterbox.models.tokenizers import tokenizer as tokenizer_module
    from transformers.initialization import no_init_weights

from tts_core.engines.chatterbox.voice import Prompt, conditioning_weights

log = logging.getLogger(__name__)

TOKENS_PER_SECOND = 25
MOST_TOKENS = 1000  # 40 s: the limit of the library, and of what the models were trained on
SLACK_SECONDS = 3.0
SLOWEST = 5.0  # characters per second
SLOWEST_DENSE = 2.0  # the same for Chinese, Japanese and Korean
_DENSE = {"zh", "ja", "ko"}
_TURBO_STEPS = 2
_MODULES: dict[str, tuple[ModuleType, str]] = {
    ENGLISH: (tts, "ChatterboxTTS"),
    MULTILINGUAL: (mtl_tts, "ChatterboxMultilingualTTS"),
    TURBO: (tts_turbo, "ChatterboxTurboTTS"),
}
_REPETITION = {ENGLISH: 1.2, MULTILINGUAL: 2.0, TURBO: 1.2}
_TOP_P = {ENGLISH: 1.0, MULTILINGUAL: 1.0, TURBO: 0.95}

# The library draws progress bars and prints a line for every sentence.
t3_module.tqdm = functools.partial(t3_module.tqdm, disable=True)
flow_matching.tqdm = functools.partial(flow_matching.tqdm, disable=True)
flow_matching.print = lambda *_: None
# It would download the Chinese segmenter's model at every start, for any language.
tokenizer_module.ChineseCangjieConverter._init_segmenter = lambda self: None


class Stopped(Exception):
    """The stop event was set while the model computed."""


class ChatterboxModel:
    """One of the three models, loaded."""

    def __init__(self, name: str, folder: Path, device: str, precision: torch.dtype) -> None:
        """Load a model from a folder without downloading anything or running code in its files.

        `precision`: of T3, which makes the speech tokens; the rest stays in float32. Raises
        ModelLoadError, or what the library raises for damaged or wrong files.
        """
        if getattr(perth, "PerthImplicitWatermarker", None) is None:
            raise ModelLoadError(
                "The watermarker resemble-perth does not work (it needs setuptools below 81); run "
                f"`{install_command(EXTRA)}` again."
            )
        check_watermarker(Path(perth.__file__).parent)
        self.name = name
        self.precision = precision
        self._stop = threading.Event()
        module, class_name = _MODULES[name]
        with _offline(folder), _assigned_weights():
            self.tts: Any = getattr(module, class_name).from_local(folder, device)
        self._norm = module.punc_norm
        self.tts.t3.to(precision)
        for rest in (self.tts.s3gen, self.tts.ve):
            rest.float()
        built_in = self.tts.conds
        self.built_in = Prompt.of_library(built_in) if built_in is not None else None
        for part in (self.tts.t3.tfmr, self.tts.s3gen, self.tts.watermarker.perth_net):
            for inner in part.modules():
                inner.register_forward_pre_hook(self._check_stop)

    @functools.cached_property
    def conditioning_weights(self) -> str:
        """A digest of the weights that a cloned voice depends on."""
        return conditioning_weights(self.tts)

    @contextmanager
    def stopped_by(self, stop: threading.Event) -> Iterator[None]:
        """Make whatever the model computes inside raise Stopped soon after `stop` is set."""
        self._stop = stop
        try:
            yield
        finally:
            self._stop = threading.Event()

    @torch.inference_mode()
    def tokens(self, text: str, language: str, prompt: Prompt, options: dict[str, Any]) -> Tensor:
        """Return the speech tokens of a text, 25 per second, as int of shape (n,).

        `language`: the library's code. `options`: as `ChatterboxParameters` dumps them. At most
        `most_tokens` are made. Raises Stopped, GenerationError.
        """
        t3 = self.tts.t3
        condition = T3Cond(
            speaker_emb=prompt.speaker,
            cond_prompt_speech_tokens=prompt.manner,
            emotion_adv=options["exaggeration"] * torch.ones(1, 1, 1),
        ).to(device=t3.device, dtype=self.precision)
        most = most_tokens(text, language)
        sampling = {
            "temperature": options["temperature"],
            "repetition_penalty": options["repetition_penalty"] or _REPETITION[self.name],
            "top_p": options["top_p"] or _TOP_P[self.name],
        }
        try:
            if self.name == TURBO:
                sampling |= {"top_k": options["top_k"], "max_gen_len": most}
                found = t3.inference_turbo(condition, self._text_ids(text, language), **sampling)
            else:
                sampling |= {name: options[name] for name in ("cfg_weight", "min_p")}
                found = t3.inference(
                    t3_cond=condition,
                    text_tokens=self._text_ids(text, language),
                    max_new_tokens=most,
                    **sampling,
                )
        finally:
            self._remove_spies()
        if found.shape[1] >= most:
            log.warning("Chatterbox was cut off after %d tokens: %.60r", most, text)
        tokens = drop_invalid_tokens(found[0])
        tokens = tokens[tokens < SPEECH_VOCAB_SIZE]
        if not len(tokens):
            raise GenerationError("Chatterbox made no speech; try another seed, or a longer text.")
        return torch.as_tensor(tokens)

    @torch.inference_mode()
    def sound(self, tokens: Tensor, prompt: Prompt) -> Samples:
        """Return samples at 24 kHz, shape (n,), with Resemble's inaudible watermark.

        Raises Stopped.
        """
        steps = None
        if self.name == TURBO:
            silence = torch.full((3,), S3GEN_SIL, dtype=tokens.dtype, device=tokens.device)
            tokens, steps = torch.cat([tokens, silence]), _TURBO_STEPS
        wave, _ = self.tts.s3gen.inference(
            speech_tokens=tokens,
            ref_dict=dict(prompt.sound),  # a copy, because the library writes into it
            n_cfm_timesteps=steps,
        )
        plain = wave.squeeze(0).cpu().numpy()
        marked: Samples = self.tts.watermarker.apply_watermark(plain, sample_rate=self.tts.sr)
        return marked

    def _text_ids(self, text: str, language: str) -> Tensor:
        text, tokenizer, device = self._norm(text), self.tts.tokenizer, self.tts.device
        if self.name == TURBO:
            ids: Tensor = tokenizer(text, return_tensors="pt", truncation=True).input_ids
            return ids.to(device)
        if self.name == ENGLISH:
            ids = tokenizer.text_to_tokens(text)
        else:
            if language == "zh":
                _load_segmenter(tokenizer.cangjie_converter)
            ids = tokenizer.text_to_tokens(text, language_id=language)
        hp = self.tts.t3.hp
        ids = torch.nn.functional.pad(ids, (1, 0), value=hp.start_text_token)
        ids = torch.nn.functional.pad(ids, (0, 1), value=hp.stop_text_token)
        # A batch of two, with and without the text, for classifier-free guidance. The library's
        # loop needs both even if cfg_weight is 0.
        return torch.cat([ids, ids]).to(device)

    def _check_stop(self, *_: object) -> None:
        """Raise Stopped if the call was stopped; a forward pre-hook of all expensive parts."""
        if self._stop.is_set():
            raise Stopped

    def _remove_spies(self) -> None:
        """Remove the hooks, three more with each multilingual sentence, that the library leaves."""
        spy = alignment_stream_analyzer.__name__
        for layer in getattr(self.tts.t3.tfmr, "layers", ()):
            hooks = layer.self_attn._forward_hooks
            for key in [k for k, hook in hooks.items() if hook.__module__ == spy]:
                del hooks[key]


def most_tokens(text: str, language: str) -> int:
    """Return how many speech tokens a text may take, as a guard against babble after its end.

    3 s plus 1 s for every 5 characters (2 in Chinese, Japanese and Korean), where a digit counts as
    5. Speech has about 15 (5) characters a second, so only a very slow reading is cut off.
    """
    slowest = SLOWEST_DENSE if language in _DENSE else SLOWEST
    characters = len(text) + 4 * sum(c.isdigit() for c in text)
    return min(MOST_TOKENS, int((SLACK_SECONDS + characters / slowest) * TOKENS_PER_SECOND))


def _load_segmenter(converter: Any) -> None:  # noqa: ANN401
    """Load the Chinese word segmenter. Raises GenerationError."""
    if converter.segmenter is not None:
        return
    try:
        converter.segmenter = import_module("spacy_pkuseg").pkuseg()
    except Exception as error:
        raise GenerationError(
            "Chinese needs the model of spacy-pkuseg, which that package downloads from GitHub on "
            f"first use; the download failed ({type(error).__name__}: {error})."
        ) from error


@contextmanager
def _assigned_weights() -> Iterator[None]:
    """Make modules use the weights of a file as they are, instead of copying them.

    Without initializing and copying, loading takes seconds instead of a minute, and half the
    memory.
    """
    load = torch.nn.Module.load_state_dict
    assigning = functools.partialmethod(load, assign=True)
    torch.nn.Module.load_state_dict = assigning  # type: ignore[assignment]
    try:
        with no_init_weights():
            yield
    finally:
        torch.nn.Module.load_state_dict = load  # type: ignore[method-assign]


@contextmanager
def _offline(folder: Path) -> Iterator[None]:
    """Make the library use files of `folder` instead of asking the Hub.

    It would download the table of Chinese spelling.
    """
    from huggingface_hub import constants

    def fetch(*_: object, filename: str = CANGJIE, **__: object) -> str:
        return str(folder / filename)

    before = constants.HF_HUB_OFFLINE, tokenizer_module.hf_hub_download
    constants.HF_HUB_OFFLINE, tokenizer_module.hf_hub_download = True, fetch
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE, tokenizer_module.hf_hub_download = before
