"""Chatterbox checkpoints with random weights, in the file formats of the real ones.

    python -m tests.support.tiny_chatterbox MODEL FOLDER [full]

MODEL is english, multilingual or turbo. The tiny ones (about 40 MB) load only where `shrink` has
made the library's networks narrower, as `TinyChatterboxEngine` does; the full ones have the real
numbers of parameters (3.2 GB). What they say is noise. The three hear alike: the parts that listen
to a recording have the same weights, unless another `seed` is given.
"""

from __future__ import annotations

import functools
import json
import sys
from pathlib import Path
from string import ascii_letters
from typing import Any

import numpy as np

from tests.support.checkpoint_cache import kept
from tts_core.engines.chatterbox import files as chatterbox_files
from tts_core.engines.chatterbox.engine import ChatterboxEngine
from tts_core.engines.chatterbox.files import CANGJIE, MULTILINGUAL, TURBO

_WIDTH = 64
_LETTERS = "'.,!?-" + ascii_letters + "äöüßéñçа" + "ᄀ아ᅢᆫ" + "的一[]_0123456789"


class TinyChatterboxEngine(ChatterboxEngine):
    """The real one, for checkpoints that are tiny."""

    def load(self, economy: int = 0) -> None:
        shrink()
        super().load(economy)


@functools.cache
def shrink() -> None:
    """Make the library's networks narrow: 4 M parameters instead of 800 M, all parts there.

    T3 keeps 14 layers of 16 heads: the multilingual model looks at the attention of the 14th.
    """
    from chatterbox.models.s3gen import s3gen
    from chatterbox.models.t3.llama_configs import LLAMA_CONFIGS
    from chatterbox.models.t3.modules import cond_enc
    from s3tokenizer.model_v2 import S3TokenizerV2

    LLAMA_CONFIGS["Llama_520M"] |= {"hidden_size": _WIDTH, "intermediate_size": _WIDTH}
    LLAMA_CONFIGS["Llama_520M"] |= {"num_hidden_layers": 14, "head_dim": 4}
    LLAMA_CONFIGS["GPT2_medium"] |= {"hidden_size": _WIDTH, "n_embd": _WIDTH}
    LLAMA_CONFIGS["GPT2_medium"] |= {"n_layer": 2, "n_head": 2}
    cond_enc.Perceiver = functools.partial(
        cond_enc.Perceiver, pre_attention_query_size=_WIDTH, embedding_dim=_WIDTH
    )
    config = S3TokenizerV2.__init__.__defaults__[0]
    config.n_audio_layer, config.n_audio_state, config.n_audio_head = 1, 64, 1
    narrower: dict[str, dict[str, Any]] = {
        "UpsampleConformerEncoder": {"num_blocks": 1, "linear_units": 64},
        "ConditionalDecoder": {
            "channels": [32],
            "n_blocks": 1,
            "num_mid_blocks": 1,
            "num_heads": 2,
            "attention_head_dim": 16,
        },
        "CAMPPlus": {"growth_rate": 8},
        "ConvRNNF0Predictor": {"cond_channels": 32},
        "HiFTGenerator": {"base_channels": 32},
    }
    for name, values in narrower.items():
        setattr(s3gen, name, _with(getattr(s3gen, name), values))


def _with(kind: Any, values: dict[str, Any]) -> Any:
    return lambda **given: kind(**{**given, **values})


def kept_checkpoint(model: str, *, seed: int = 0, endless: bool = True) -> Path:
    """A folder that `make_checkpoint` has filled with a tiny model, to be read only."""
    return kept(
        f"chatterbox-{model}-{seed}{'-endless' if endless else ''}",
        lambda folder: make_checkpoint(model, folder, seed=seed, endless=endless),
        code=[__file__, chatterbox_files.__file__],
        packages=["chatterbox-tts", "torch", "tokenizers", "safetensors", "transformers"],
    )


ENDING = 5.0
"""Makes the stop token more decided than the others: likely at some steps."""


def make_checkpoint(
    model: str, folder: Path, *, full: bool = False, seed: int = 0, endless: bool = True
) -> Path:
    """Write what the model's `from_local` reads; the folder again.

    `endless`: it does not end by itself, and the engine ends it; else after a second or so.
    """
    if not full:
        shrink()
    import safetensors.torch
    import torch
    from chatterbox.models.s3gen import S3Gen
    from chatterbox.models.t3 import T3
    from chatterbox.models.voice_encoder import VoiceEncoder

    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(seed)
    ve = VoiceEncoder()
    torch.manual_seed(seed)
    s3gen = S3Gen(meanflow=model == TURBO).eval()
    torch.manual_seed(seed)
    t3 = T3(_t3_config(model))
    if not full:
        _make_decided(t3)
    if not endless:
        t3.speech_head.weight.data[t3.hp.stop_speech_token] *= ENDING
    save = safetensors.torch.save_file
    match model:
        case "english":
            save(t3.state_dict(), folder / "t3_cfg.safetensors")
            save(s3gen.state_dict(), folder / "s3gen.safetensors")
            save(ve.state_dict(), folder / "ve.safetensors")
            _grapheme_tokenizer().save(str(folder / "tokenizer.json"))
        case "multilingual":
            save(t3.state_dict(), folder / "t3_mtl23ls_v2.safetensors")
            torch.save(s3gen.state_dict(), folder / "s3gen.pt")
            torch.save(ve.state_dict(), folder / "ve.pt")
            name = "grapheme_mtl_merged_expanded_v1.json"
            _grapheme_tokenizer().save(str(folder / name))
            (folder / CANGJIE).write_text(json.dumps(["的\thapi", "一\tm"]), encoding="utf-8")
        case "turbo":
            save(t3.state_dict(), folder / "t3_turbo_v1.safetensors")
            save(s3gen.state_dict(), folder / "s3gen_meanflow.safetensors")
            save(ve.state_dict(), folder / "ve.safetensors")
            _gpt2_tokenizer(folder)
    _built_in_voice(t3, s3gen, ve, folder / "conds.pt")
    return folder


def _make_decided(t3: Any) -> None:
    """As they are made, all tokens are as likely, whatever is said and how."""
    for name, weight in t3.tfmr.named_parameters():
        if weight.ndim == 2 and "wte" not in name and "wpe" not in name:
            weight.data *= 6
    t3.speech_head.weight.data *= 4
    if t3.speech_head.bias is not None:
        t3.speech_head.bias.data[:20] += 9  # some it says often, for the repetition penalty
    if t3.cond_enc.emotion_adv_fc is not None:
        t3.cond_enc.emotion_adv_fc.weight.data *= 10


def _t3_config(model: str) -> Any:
    from chatterbox.models.t3.modules.t3_config import T3Config

    if model != TURBO:
        return T3Config.multilingual() if model == MULTILINGUAL else T3Config.english_only()
    # As in ChatterboxTurboTTS.from_local.
    config = T3Config(text_tokens_dict_size=50276)
    config.llama_config_name = "GPT2_medium"
    config.speech_tokens_dict_size = 6563
    config.input_pos_emb = None
    config.speech_cond_prompt_len = 375
    config.use_perceiver_resampler = False
    config.emotion_adv = False
    return config


def _grapheme_tokenizer() -> Any:
    """Letters, and the names that the library looks for, at the numbers it wants them at."""
    from chatterbox.mtl_tts import SUPPORTED_LANGUAGES
    from tokenizers import Tokenizer, models

    special = ["[STOP]", "[UNK]", "[SPACE]", *(f"[{code}]" for code in SUPPORTED_LANGUAGES)]
    special += [f"[cj_{c}]" for c in "hapim."]
    letters = list(dict.fromkeys(_LETTERS))
    words = special + letters
    words += [f"<{n}>" for n in range(len(words), 255)] + ["[START]"]
    tokenizer = Tokenizer(models.BPE({w: n for n, w in enumerate(words)}, [], unk_token="[UNK]"))
    tokenizer.add_special_tokens([*special, "[START]"])
    return tokenizer


def _gpt2_tokenizer(folder: Path) -> None:
    from tokenizers import pre_tokenizers

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {letter: n for n, letter in enumerate(letters)}
    vocabulary["<|endoftext|>"] = len(vocabulary)
    (folder / "vocab.json").write_text(json.dumps(vocabulary), encoding="utf-8")
    (folder / "merges.txt").write_text("#version: 0.2\n", encoding="utf-8")
    (folder / "added_tokens.json").write_text(json.dumps({"[laugh]": len(vocabulary)}))
    names = dict.fromkeys(("bos_token", "eos_token", "unk_token"), "<|endoftext|>")
    (folder / "special_tokens_map.json").write_text(json.dumps(names))
    config = {"tokenizer_class": "GPT2Tokenizer", "model_max_length": 1024, **names}
    (folder / "tokenizer_config.json").write_text(json.dumps(config))


def recording(seconds: float = 6.0, rate: int = 24_000, pitch: float = 120.0) -> Any:
    """Something that hums and hisses, as an `AudioChunk`."""
    from tts_core.types import AudioChunk

    t = np.arange(int(seconds * rate)) / rate
    hum = sum(np.sin(2 * np.pi * pitch * k * t) / k for k in range(1, 12))
    hiss = np.random.default_rng(7).normal(size=len(t))
    samples = 0.1 * hum * (1 + np.sin(2 * np.pi * 3 * t)) + 0.01 * hiss
    return AudioChunk(samples.astype(np.float32), rate)


def _built_in_voice(t3: Any, s3gen: Any, ve: Any, path: Path) -> None:
    """Through the library's own classes, as its `conds.pt` is made."""
    import tempfile

    import soundfile
    from chatterbox.tts import ChatterboxTTS

    tts = ChatterboxTTS(t3, s3gen, ve, None, "cpu")
    clip = recording(2.0)
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        soundfile.write(file.name, clip.samples, clip.sample_rate)
        tts.prepare_conditionals(file.name)
    tts.conds.save(path)


if __name__ == "__main__":
    make_checkpoint(sys.argv[1], Path(sys.argv[2]), full="full" in sys.argv[3:])
