"""A folder of weights in the Hub's layout that holds models of `tiny_pocket`, under the names, and
by the configurations, of the library's own.

The library's configurations describe models of up to 340 M parameters, so those used here are
copies of them that name the same files but describe the tiny models. `TinyPocketEngine` reads them
from the folder that the variable `TINY_POCKET_CONFIGS` names, in whatever process it runs.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Iterable
from pathlib import Path

import yaml

from tts_core.engines.pocket import models as pocket_models
from tts_core.engines.pocket.engine import PocketEngine
from tts_core.engines.pocket.weights import WEIGHTS
from tts_core.engines.weights.catalog import HubFile

TINY = "tests.support.tiny_pocket_hub:TinyPocketEngine"


class TinyPocketEngine(PocketEngine):
    """The engine itself; importing it has moved the configurations."""


if "TINY_POCKET_CONFIGS" in os.environ:
    pocket_models.config_folder = lambda: Path(os.environ["TINY_POCKET_CONFIGS"])


def put(cache: Path, file: HubFile, source: Path) -> Path:
    """A file as the Hub's client keeps it, but for the link to a blob."""
    folder = cache / f"models--{file.repo.replace('/', '--')}" / "snapshots" / file.revision
    target = folder / file.path
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, target)
    return target


def add_model(cache: Path, name: str, model: Path, voices: Collection[str] = ("alba",)) -> None:
    """Make the row `name` of `WEIGHTS` be there, with the predefined `voices`.

    `model`: what `make_model` returned; its voice "zoe" stands for all of them.
    """
    for file in WEIGHTS[name].files:
        if file.path.endswith("model.safetensors"):
            put(cache, file, model.parent / "model.safetensors")
        elif "/embeddings/" not in file.path:
            put(cache, file, model.parent / "tokenizer.json")
        elif Path(file.path).stem in voices:
            put(cache, file, model.parent / "voices" / "zoe.safetensors")


def write_configs(folder: Path, library: Path, models: Iterable[tuple[str, Path]]) -> None:
    """The library's configurations of some models, of the architecture of those made.

    `models`: names of rows, and what `make_model` returned.
    """
    folder.mkdir(exist_ok=True)
    by_name = {model.name: model for model in pocket_models.MODELS}
    for name, made in models:
        config = by_name[name].config
        theirs = yaml.safe_load((library / f"{config}.yaml").read_text(encoding="utf-8"))
        ours = yaml.safe_load(made.read_text(encoding="utf-8"))
        for key in ("weights_path", "weights_path_without_voice_cloning"):
            ours[key] = theirs[key]
        path = theirs["flow_lm"]["lookup_table"]["tokenizer_path"]
        ours["flow_lm"]["lookup_table"]["tokenizer_path"] = path
        ours["default_eos_threshold"] = theirs.get("default_eos_threshold", -4.0)
        (folder / f"{config}.yaml").write_text(yaml.safe_dump(ours), encoding="utf-8")
