"""Chatterbox's models on this machine and their languages, found without importing PyTorch.

The library is not imported either; tests compare the tables here with the library's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType

from tts_core.engines.chatterbox.weights import ENGLISH, MULTILINGUAL, TURBO, WEIGHTS
from tts_core.engines.weights.catalog import snapshot
from tts_core.errors import EngineUnavailable, ModelLoadError
from tts_core.settings import Settings
from tts_core.system.packages import Extra, install_command, is_known_data
from tts_core.types import Language

EXTRA = Extra(
    "chatterbox",
    {
        "chatterbox": "chatterbox-tts",
        "torch": "torch",
        "torchaudio": "torchaudio",
        "transformers": "transformers",
        "librosa": "librosa",
    },
    # The versions that chatterbox-tts pins contradict Aloud's, so it cannot be an extra of the
    # package. It needs what the extra xtts installs; the file is in Aloud's repository.
    command="pip install 'aloud[xtts]' -c requirements.txt "
    "&& pip install --no-deps -r requirements/chatterbox.txt",
)

FILES: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        ENGLISH: ("t3_cfg.safetensors", "s3gen.safetensors", "ve.safetensors", "tokenizer.json"),
        MULTILINGUAL: (
            "t3_mtl23ls_v2.safetensors",
            "s3gen.pt",
            "ve.pt",
            "grapheme_mtl_merged_expanded_v1.json",
        ),
        TURBO: (
            "t3_turbo_v1.safetensors",
            "s3gen_meanflow.safetensors",
            "ve.safetensors",
            "tokenizer_config.json",
            "vocab.json",
            "merges.txt",
        ),
    }
)
"""By model, the files that its `from_local` requires."""
VOICE = "conds.pt"
"""The built-in voice, in the folder of each model; optional to the library."""
CANGJIE = "Cangjie5_TC.json"
"""The spelling of Chinese characters for the multilingual model."""

WATERMARKER: Mapping[str, str] = MappingProxyType(
    {
        "hparams.yaml": "c66e8f8ce5b09d100e719843a064d37a97c5aec13510824343bf4e096b3184db",
        "perth_net_250000.pth.tar": (
            "a15bce457ebc53ce5e6c9c3f11df78cf7ee2bf9cdab0a798902135b4c4027670"
        ),
    }
)
"""By name, the SHA-256 of the files that resemble-perth 1.0.1 reads from `pretrained/implicit`: a
pickle, and YAML that may name any class."""

_LANGUAGES = {
    "en": "English",
    "ar": "Arabic",
    "cmn": "Chinese (Mandarin)",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "es": "Spanish",
    "fi": "Finnish",
    "fr": "French",
    "he": "Hebrew",
    "hi": "Hindi",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "ms": "Malay",
    "nb": "Norwegian",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "ru": "Russian",
    "sv": "Swedish",
    "sw": "Swahili",
    "tr": "Turkish",
}
_THEIR_CODES = {"cmn": "zh", "nb": "no"}
_NEEDS = {
    "cmn": "spacy_pkuseg",
    "he": "dicta_onnx",
    "ja": "pykakasi",
    "ru": "russian_text_stresser",
}
"""Packages that prepare the text of a language. Without them the library would mispronounce it, so
the language is not offered."""


def find_models(settings: Settings) -> dict[str, Path]:
    """Return the folder of each model that is on this machine, by name.

    `TTS_CHATTERBOX_PATH` has precedence over downloaded weights. Raises EngineUnavailable, with the
    remedy, when that folder contains no model, or when there is no model at all.
    """
    found = {}
    for model in FILES:
        if folder := snapshot(WEIGHTS[model], settings.models_path):
            found[model] = folder
    if settings.chatterbox_path is not None:
        folder = settings.chatterbox_path.expanduser().resolve()
        found |= dict.fromkeys(_models_in(folder), folder)
    if not found:
        raise EngineUnavailable(
            "Its weights are not on this machine: download chatterbox-english, "
            "chatterbox-multilingual or chatterbox-turbo, or point TTS_CHATTERBOX_PATH at a folder "
            "that holds one of them."
        )
    return found


def their_code(language: str) -> str:
    """Return the library's code for one of our languages."""
    return _THEIR_CODES.get(language, language)


def languages(models: Mapping[str, Path]) -> list[Language]:
    """Return the languages that some models speak; all languages if there are no models."""
    if models and MULTILINGUAL not in models:
        return [Language("en", "English")]
    spoken = {c: n for c, n in _LANGUAGES.items() if c not in _NEEDS or find_spec(_NEEDS[c])}
    if models and not (models[MULTILINGUAL] / CANGJIE).is_file():
        spoken.pop("cmn", None)
    return [Language(code, name) for code, name in spoken.items()]


def _models_in(folder: Path) -> list[str]:
    """Return the models in a folder whose files are complete. Raises EngineUnavailable for none."""
    missing = {
        model: [name for name in names if not (folder / name).is_file()]
        for model, names in FILES.items()
    }
    whole = [model for model, names in missing.items() if not names]
    if not whole:
        # The folder was meant to be the model of which it has the most files.
        nearest = min(missing, key=lambda m: len(missing[m]) / len(FILES[m]))
        raise EngineUnavailable(
            f"{', '.join(missing[nearest])} not found in {folder} (TTS_CHATTERBOX_PATH), which "
            f"therefore is no {nearest} model. A folder of the English model has "
            f"{', '.join(FILES[ENGLISH])}; of the multilingual one, "
            f"{', '.join(FILES[MULTILINGUAL])}; of Turbo, {', '.join(FILES[TURBO])}."
        )
    return whole


def check_watermarker(package: Path) -> None:
    """Check the data files of resemble-perth against their digests.

    `package`: the folder of its module `perth`, which reads the last `.pth.tar` file that it finds.
    Raises ModelLoadError when a file differs or there is one more.
    """
    folder = package / "perth_net" / "pretrained" / "implicit"
    others = {path.name for path in folder.glob("*.pth.tar")} - set(WATERMARKER)
    if others or not all(is_known_data(folder / name, sha) for name, sha in WATERMARKER.items()):
        raise ModelLoadError(
            "The data of resemble-perth is not that of version 1.0.1, and is not read. Reinstall "
            f"it: {install_command(EXTRA)}"
        )
