"""Pocket TTS's released models: names, repositories, revisions and sizes.

A copy of the configurations and tables of pocket-tts 4.0.1, which cannot be read without importing
PyTorch; a test compares them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from tts_core.types import Language

LANGUAGES: Mapping[str, Language] = {
    "english": Language("en", "English"),
    "french": Language("fr", "French"),
    "german": Language("de", "German"),
    "portuguese": Language("pt", "Portuguese"),
    "italian": Language("it", "Italian"),
    "spanish": Language("es", "Spanish"),
    "dutch": Language("nl", "Dutch"),
}
"""By the first word of the library's configurations: "french.yaml", "french_24l.yaml"."""

# fmt: off
PREDEFINED_VOICES = (
    "alba", "anna", "azelma", "bill_boerst", "caro_davy", "charles", "cosette", "daan", "eponine",
    "estelle", "eve", "fantine", "george", "giovanni", "jane", "javert", "jean", "juergen",
    "lola", "marius", "mary", "michael", "paul", "peter_yearsley", "rafael", "stuart_bell",
    "vera",
)
# fmt: on
"""`pocket_tts.utils.utils._ORIGINS_OF_PREDEFINED_VOICES`. A model may have states of any."""
DEFAULT_VOICES: Mapping[str, str] = {
    "it": "giovanni",
    "es": "lola",
    "de": "juergen",
    "pt": "rafael",
    "fr": "estelle",
    "nl": "daan",
}
"""`pocket_tts.default_parameters.DEFAULT_VOICE_FOR_LANGUAGE`; otherwise alba."""

OPEN_REPO = "kyutai/pocket-tts-without-voice-cloning"
GATED_REPO = "kyutai/pocket-tts"
VOICES_REVISION = "a7056f505a4a8ca72d8b5fb1440071d6f1a35739"
PREDEFINED_STATE = (
    f"hf://{OPEN_REPO}/languages/{{model}}/embeddings/{{voice}}.safetensors@{VOICES_REVISION}"
)
"""`pocket_tts.utils.utils.get_predefined_voice`."""

KINDS: Mapping[str, tuple[int, int]] = {
    "standard": (219_000_000, 6_200_000),
    "24l": (672_000_000, 24_800_000),
    "18m": (56_000_000, 4_100_000),
    "7m": (33_000_000, 1_000_000),
    "2m": (23_000_000, 500_000),
}
"""Kinds of models, the best choice first, with approximate bytes of the weights and of one voice.

As reported for the first two; for the others computed from the number of parameters, at 16 bits,
and the size of a state.
"""
SMALLEST_FIRST = ("2m", "7m", "18m", "standard", "24l")


@dataclass(frozen=True, slots=True)
class PocketModel:
    """One model of one language."""

    language: str
    """A key of `LANGUAGES`."""
    kind: str
    """A key of `KINDS`."""
    config: str
    """The library's name of it, and its folder in both repositories."""
    gated: str
    """The revision of the weights that can clone, in `GATED_REPO`."""
    open: str
    """The revision of those that cannot, in `OPEN_REPO`."""
    tokenizer: str
    """The revision of the tokenizer, in `OPEN_REPO`."""
    tokenizer_file: str = "tokenizer.json"

    @property
    def name(self) -> str:
        """The name of its open weights: "pocket-english", "pocket-french-24l"."""
        return f"pocket-{self.language}" + ("" if self.kind == "standard" else f"-{self.kind}")

    @property
    def label(self) -> str:
        """Its name for people: "Pocket TTS, French, 24l"."""
        return f"Pocket TTS, {LANGUAGES[self.language].name}" + (
            "" if self.kind == "standard" else f", {self.kind}"
        )

    @property
    def size(self) -> int:
        """The approximate size of the weights and all predefined voices, in bytes."""
        weights, voice = KINDS[self.kind]
        return weights + len(PREDEFINED_VOICES) * voice

    @property
    def path(self) -> Path:
        """The file of the library's configuration."""
        return config_folder() / f"{self.config}.yaml"


def config_folder() -> Path:
    """Return the folder of the installed library's configurations, without importing it."""
    spec = find_spec("pocket_tts")
    places = spec.submodule_search_locations if spec is not None else None
    return Path(next(iter(places or ["pocket_tts"]))) / "config"


def default_voice(language: str) -> str:
    """Return the name of the library's default voice for a language, given by its code."""
    return DEFAULT_VOICES.get(language, "alba")


_OCTOBER = (
    "db04f0e653473e5c7333c69686ac92b7460b0c1d",
    "a7056f505a4a8ca72d8b5fb1440071d6f1a35739",
)
_SPRING = (
    "3e82814a68665eec246ff649b14c71331f955c06",
    "1e08e6a23401048648a9fdcfde2f89348215c2a7",
)
_TEACHERS = (
    "2dd944b099d06bb9edbd221fef138685711d9bf0",
    "4e1e0a3e611c51c0b4ed8174fc10f32a54644303",
)
_SEPTEMBER = (
    "983151f13aaeab1b13c1e5e3c2c383d49a9edf3f",
    "e7205b6ee50e654a5ea19f0e9df2b0813b05e921",
)
_ENGLISH_TOKENS = "00eac05ed3d16bdc3f6b5d598874019c34a89214"
_SMALL_TOKENS = "08ffc58775e62aad9409511b9591c9af626270f3"
_FRENCH_TOKENS = "8843db76457a91db32077edf8dfcd1c0e3e755fd"
_TOKENS = "4e1e0a3e611c51c0b4ed8174fc10f32a54644303"

_SMALL = tuple(
    PocketModel(
        "english",
        kind,
        f"english_{kind}_2026-10",
        *_OCTOBER,
        tokenizer=_SMALL_TOKENS,
        tokenizer_file="tokenizer.model",
    )
    for kind in ("18m", "7m", "2m")
)
MODELS = (
    PocketModel("english", "standard", "english", *_OCTOBER, tokenizer=_ENGLISH_TOKENS),
    PocketModel("english", "24l", "english_2026-09_24l", *_SEPTEMBER, tokenizer=_ENGLISH_TOKENS),
    *_SMALL,
    PocketModel("french", "standard", "french", *_SPRING, tokenizer=_FRENCH_TOKENS),
    PocketModel("french", "24l", "french_24l", *_SPRING, tokenizer=_FRENCH_TOKENS),
    PocketModel("german", "standard", "german", *_SPRING, tokenizer=_TOKENS),
    PocketModel("german", "24l", "german_24l", *_TEACHERS, tokenizer=_TOKENS),
    PocketModel("portuguese", "standard", "portuguese", *_SPRING, tokenizer=_TOKENS),
    PocketModel("portuguese", "24l", "portuguese_24l", *_TEACHERS, tokenizer=_TOKENS),
    PocketModel("italian", "standard", "italian", *_SPRING, tokenizer=_TOKENS),
    PocketModel("italian", "24l", "italian_24l", *_SPRING, tokenizer=_TOKENS),
    PocketModel("spanish", "standard", "spanish", *_SPRING, tokenizer=_TOKENS),
    PocketModel("spanish", "24l", "spanish_24l", *_TEACHERS, tokenizer=_TOKENS),
    PocketModel("dutch", "standard", "dutch", *_SPRING, tokenizer=_TOKENS),
    PocketModel("dutch", "24l", "dutch_24l", *_TEACHERS, tokenizer=_TOKENS),
)
"""By language, each language's in the order of `KINDS`."""
