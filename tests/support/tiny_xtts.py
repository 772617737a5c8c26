"""XTTS-v2 checkpoints with random weights, in the file formats of the real ones.

    python -m tests.support.tiny_xtts FOLDER [full]

`tiny` has 2 GPT layers and the real vocoder (93 MB, which is nearly all of it); `full` has the
453 M parameters of the real one. What such a model says is noise. model.pth holds the config as
a pickled object of the module it was in when XTTS-v2 was published, as the published one does.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.checkpoint_cache import kept

if TYPE_CHECKING:
    import torch
    from tokenizers import Tokenizer

SPEAKERS = ("Claribel Dervla", "Damien Black", "Camilla Holmström")
ENDING, NEVER = 1.0, -1e4
"""Added to the bias of the stop token: make it one of the likely ones, or impossible."""
_LETTERS = "abcdefghijklmnopqrstuvwxyz'.,!?-"
_SAMPLE = ["the quick brown fox jumps over the lazy dog", "hello world this is a test"]


def kept_checkpoint(*, endless: bool = True) -> Path:
    """A folder that `make_checkpoint` has filled, to be read only."""
    return kept(
        "xtts-endless" if endless else "xtts",
        lambda folder: make_checkpoint(folder, endless=endless),
        code=[__file__],
        packages=["coqui-tts", "torch", "tokenizers"],
    )


def make_checkpoint(folder: Path, *, full: bool = False, endless: bool = True) -> Path:
    """Write model.pth, config.json, vocab.json and speakers_xtts.pth; the folder again.

    `endless`: it does not end by itself, and the engine ends it; else after a second or so.
    """
    import torch
    from TTS.tts.configs.xtts_config import XttsConfig
    from TTS.tts.layers.xtts.tokenizer import VoiceBpeTokenizer
    from TTS.tts.models.xtts import Xtts, _legacy_safe_globals

    folder.mkdir(parents=True, exist_ok=True)
    config = XttsConfig()
    _vocabulary(config.languages).save(str(folder / "vocab.json"))
    args = config.model_args
    if not full:
        args.gpt_layers, args.gpt_n_heads = 2, 2
        args.gpt_n_model_channels = args.decoder_input_dim = 64
    args.gpt_use_perceiver_resampler = True
    args.gpt_num_audio_tokens = 1026
    args.gpt_start_audio_token, args.gpt_stop_audio_token = 1024, 1025
    torch.manual_seed(0)
    model = Xtts(config)
    model.tokenizer = VoiceBpeTokenizer(vocab_file=folder / "vocab.json")
    model.init_models()
    model.gpt.mel_head.bias.data[args.gpt_stop_audio_token] += NEVER if endless else ENDING
    config.save_json(str(folder / "config.json"))
    with _legacy_safe_globals():
        torch.save({"config": config, "model": model.state_dict()}, folder / "model.pth")
    torch.save(_speakers(args.gpt_n_model_channels), folder / "speakers_xtts.pth")
    return folder


def _vocabulary(languages: list[str]) -> Tokenizer:
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    special = ["[STOP]", "[UNK]", "[SPACE]", *(f"[{code}]" for code in languages), "[START]"]
    tokenizer = Tokenizer(models.BPE(unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    trainer = trainers.BpeTrainer(
        special_tokens=special, vocab_size=400, initial_alphabet=list(_LETTERS)
    )
    tokenizer.train_from_iterator(_SAMPLE, trainer)
    return tokenizer


def _speakers(channels: int) -> dict[str, dict[str, torch.Tensor]]:
    import torch

    return {
        name: {
            "gpt_cond_latent": torch.randn(1, 32, channels) * 0.1,
            "speaker_embedding": torch.nn.functional.normalize(torch.randn(1, 512, 1), dim=1),
        }
        for name in SPEAKERS
    }


if __name__ == "__main__":
    make_checkpoint(Path(sys.argv[1]), full="full" in sys.argv[2:])
