"""Pocket TTS models with random weights in the real file formats, through the real library.

    folder/config.yaml         as the library reads it, `weights_path` and all
    folder/model.safetensors   the library's own state dict
    folder/tokenizer.json
    folder/voices/*.safetensors, which the library exported

What they speak is noise, of the right length: `endless` raises the end threshold, so that every
sentence is as long as the library allows, (tokens / 3 + 2) s.
"""

from __future__ import annotations

from pathlib import Path
from string import ascii_letters
from typing import Any

import yaml

from tests.support.checkpoint_cache import kept

VOICES = ("alba", "zoe")
LESSON = "the quick brown fox jumps over the lazy dog. Hello world, this is a test! 0123456789,;:?"


def kept_model(*, endless: bool = True, layers: int = 2) -> Path:
    """The configuration of a tiny model that `make_model` has written, to be read only."""
    name = f"pocket-{layers}{'-endless' if endless else ''}"
    folder = kept(
        name,
        lambda folder: make_model(folder, endless=endless, layers=layers),
        code=[__file__],
        packages=["pocket-tts", "torch", "tokenizers", "safetensors"],
    )
    return folder / "config.yaml"


def make_model(
    folder: Path, architecture: str = "tiny", *, endless: bool = True, layers: int = 2
) -> Path:
    """Writes it; returns the path of its configuration.

    `architecture`: "tiny" (1 s, 2 MB), with so many `layers`, or one of the library's own:
    "english" is full size (3 s, 480 MB), "english_2m_2026-10" the smallest.
    """
    import pocket_tts
    import safetensors.torch
    import torch
    from pocket_tts import TTSModel, export_model_state

    (folder / "voices").mkdir(parents=True)
    source = (
        Path(pocket_tts.__file__).parent
        / "config"
        / f"{'english' if architecture == 'tiny' else architecture}.yaml"
    )
    config: dict[str, Any] = yaml.safe_load(source.read_text(encoding="utf-8"))
    del config["weights_path"], config["weights_path_without_voice_cloning"]
    if architecture == "tiny":
        shrink(config, layers)
    if endless:
        config["default_eos_threshold"] = 50.0
    table = config["flow_lm"]["lookup_table"]
    table["tokenizer"] = "tokenizers"
    table["tokenizer_path"], table["n_bins"] = _train_tokenizer(folder / "tokenizer.json")
    path = folder / "config.yaml"
    path.write_text(yaml.safe_dump(config), encoding="utf-8")

    torch.manual_seed(1)
    model = TTSModel.load_model(config=path)
    model.flow_lm.speaker_proj_weight.data.normal_(std=0.02)
    safetensors.torch.save_file(model.state_dict(), folder / "model.safetensors")
    for voice in VOICES:
        state = model.get_state_for_audio_prompt(torch.randn(1, 2 * model.sample_rate) * 0.1)
        export_model_state(state, folder / "voices" / f"{voice}.safetensors")
    config["weights_path"] = str(folder / "model.safetensors")
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    return path


def shrink(config: dict[str, Any], layers: int = 2) -> None:
    """0.3 M parameters instead of 105 M: the same parts, narrower."""
    flow, mimi = config["flow_lm"], config["mimi"]
    flow["flow"] |= {"depth": 2, "dim": 32}
    flow["transformer"] |= {"d_model": 64, "num_heads": 2, "num_layers": layers, "hidden_scale": 2}
    flow["lookup_table"]["dim"] = 64
    mimi["outer_dim"] = mimi["quantizer"]["output_dimension"] = 32
    mimi["seanet"] |= {"dimension": 32, "n_filters": 4}
    mimi["transformer"] |= {"d_model": 32, "num_heads": 2, "num_layers": 1, "dim_feedforward": 64}
    mimi["transformer"] |= {"input_dimension": 32, "output_dimensions": [32]}


def _train_tokenizer(path: Path) -> tuple[str, int]:
    """Its path and the size of its vocabulary."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE(unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    trainer = trainers.BpeTrainer(
        special_tokens=["[UNK]"],
        vocab_size=300,
        initial_alphabet=list(ascii_letters),
        show_progress=False,
    )
    tokenizer.train_from_iterator([LESSON] * 5, trainer)
    tokenizer.save(str(path))
    return str(path), tokenizer.get_vocab_size()
