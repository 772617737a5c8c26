"""What Pocket TTS is given: a configuration, the files it names, the voices beside it.

Read here without torch and without the library, so that the web process can tell what there is.
Paths mean what they mean to the library (`pocket_tts.utils.utils.download_if_necessary`, 4.0.1):
`hf://owner/repo/file@revision` is looked for in the local Hub cache, `https://…` in the library's
own, anything else is a path from the current folder. Nothing is ever fetched.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlparse

import pydantic
import yaml
from pydantic import BaseModel, Field

from tts_core.errors import EngineUnavailable
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
"""By what the library's configurations are called: "french.yaml", "french_24l.yaml"."""

# The library's tables, for which torch would have to be imported; a test compares them.
# fmt: off
PREDEFINED_VOICES = (
    "alba", "anna", "azelma", "bill_boerst", "caro_davy", "charles", "cosette", "daan", "eponine",
    "estelle", "eve", "fantine", "george", "giovanni", "jane", "javert", "jean", "juergen",
    "lola", "marius", "mary", "michael", "paul", "peter_yearsley", "rafael", "stuart_bell",
    "vera",
)
# fmt: on
"""`pocket_tts.utils.utils._ORIGINS_OF_PREDEFINED_VOICES`, 4.0.1."""
PREDEFINED_STATE = (
    "hf://kyutai/pocket-tts-without-voice-cloning/languages/{model}/embeddings/{voice}.safetensors"
    "@a7056f505a4a8ca72d8b5fb1440071d6f1a35739"
)
"""`pocket_tts.utils.utils.get_predefined_voice`, 4.0.1."""
DEFAULT_VOICES: Mapping[str, str] = {
    "it": "giovanni",
    "es": "lola",
    "de": "juergen",
    "pt": "rafael",
    "fr": "estelle",
    "nl": "daan",
}
"""`pocket_tts.default_parameters.DEFAULT_VOICE_FOR_LANGUAGE`, 4.0.1; else alba."""

EOS_BOUND = 50.0
GATED = (
    "Weights that can clone are gated: accept the terms on "
    "https://huggingface.co/kyutai/pocket-tts and log in with `hf auth login`"
)


class _Flow(BaseModel):
    type: Literal["lsd", "flow_matching", "drifting", "pointwise"] = "lsd"


class _LookupTable(BaseModel):
    tokenizer_path: str


class _FlowLM(BaseModel):
    flow: _Flow
    lookup_table: _LookupTable
    weights_path: str | None = None


class _Mimi(BaseModel):
    sample_rate: Annotated[int, Field(ge=8_000, le=192_000)]
    weights_path: str | None = None


class PocketConfig(BaseModel):
    """The part of `pocket_tts.utils.config.Config` (4.0.1) that is of use here."""

    flow_lm: _FlowLM
    mimi: _Mimi
    weights_path: str | None = None
    weights_path_without_voice_cloning: str | None = None
    default_temperature: Annotated[float, Field(gt=0, le=2)] = 0.3
    default_eos_threshold: Annotated[float, Field(ge=-EOS_BOUND, le=EOS_BOUND)] = -4.0


@dataclass(frozen=True, slots=True)
class PocketFiles:
    """A model that can be loaded."""

    path: Path
    """The YAML file."""
    config: PocketConfig
    language: Language
    can_clone: bool
    """False: only the weights without voice cloning are here."""
    voices: Mapping[str, Path]
    """By name: a state (.safetensors), or a recording (.wav)."""

    @property
    def sample_rate(self) -> int:
        """Hz."""
        return self.config.mimi.sample_rate


def find_files(path: Path | None) -> PocketFiles:
    """The model behind a configuration. Raises EngineUnavailable, which says what to do."""
    if path is None:
        raise EngineUnavailable(
            "No model is named. Downloading the weights is not built yet; point TTS_POCKET_CONFIG "
            "at a Pocket TTS configuration (a .yaml file) whose weights are on this machine."
        )
    path = path.expanduser()
    config = _read(path)
    can_clone = _check_weights(path, config)
    _check(path, config.flow_lm.lookup_table.tokenizer_path, "tokenizer")
    name = _model_name(path, config)
    voices = _voices(path.parent / "voices", name, can_clone)
    if not voices:
        raise EngineUnavailable(
            f"There is no voice. Put states (.safetensors, made by `pocket-tts export-voice`)"
            f"{' or recordings (.wav)' if can_clone else ''} into {path.parent / 'voices'}; "
            f"or `hf download` one of the library's own, such as "
            f"{PREDEFINED_STATE.format(model=name, voice='alba')}."
        )
    return PocketFiles(path, config, _language(name), can_clone, voices)


def default_voice(language: str) -> str:
    """The name of the library's default voice."""
    return DEFAULT_VOICES.get(language, "alba")


def locate(reference: str) -> Path | None:
    """The local file behind a path as the library writes it; None when it is not here."""
    if reference.startswith("hf://"):
        return _in_hub_cache(reference.removeprefix("hf://"))
    if reference.startswith(("http://", "https://")):
        digest = hashlib.sha256(reference.encode()).hexdigest()
        name = digest + Path(urlparse(reference).path).suffix
        file = Path.home() / ".cache" / "pocket_tts" / name
    else:
        file = Path(reference)
    return file if file.is_file() else None


def _in_hub_cache(reference: str) -> Path | None:
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    owner, _, rest = reference.partition("/")
    repo, _, file = rest.partition("/")
    file, _, revision = file.partition("@")
    try:
        found = try_to_load_from_cache(f"{owner}/{repo}", file, revision=revision or None)
    except HFValidationError:
        return None
    return Path(found) if isinstance(found, str) else None


def _read(path: Path) -> PocketConfig:
    if path.suffix not in (".yaml", ".yml") or not path.is_file():
        raise EngineUnavailable(
            f"TTS_POCKET_CONFIG names {path.absolute()}, which is not a file ending in .yaml; "
            "point it at a Pocket TTS configuration."
        )
    try:
        return _parse(path, path.stat().st_mtime_ns)
    except pydantic.ValidationError as error:
        fault = error.errors(include_url=False)[0]
        field = ".".join(map(str, fault["loc"])) or "the file"
        reason = f"{field}: {fault['msg']}"
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())[:300]
    raise EngineUnavailable(f"{path.absolute()} is not a Pocket TTS configuration ({reason}).")


@functools.lru_cache(maxsize=8)
def _parse(path: Path, _changed: int) -> PocketConfig:
    return PocketConfig.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


def _check_weights(path: Path, config: PocketConfig) -> bool:
    """Whether the weights that will be loaded can clone voices."""
    if config.weights_path is None and config.flow_lm.weights_path is None:
        # The library would speak with uninitialised weights: noise.
        raise EngineUnavailable(f"{path.absolute()} names no weights; add `weights_path`.")
    for part, kind in ((config.flow_lm, "language model weights"), (config.mimi, "codec weights")):
        if part.weights_path is not None:
            _check(path, part.weights_path, kind)
    if config.weights_path is None or locate(config.weights_path) is not None:
        return True
    fallback = config.weights_path_without_voice_cloning
    # The library falls back only from what it would have to download.
    if fallback is None or "://" not in config.weights_path:
        _check(path, config.weights_path, "weights")
    elif locate(fallback) is None:
        raise EngineUnavailable(
            f"Neither {config.weights_path} nor {fallback} is on this machine. Downloading is not "
            f"built yet: fetch one with `hf download`. {GATED}; the other one cannot and is not."
        )
    return False


def _check(path: Path, reference: str, kind: str) -> None:
    if locate(reference) is None:
        remedy = (
            "Downloading is not built yet: fetch it, for example with `hf download`"
            if "://" in reference
            else f"Put it there (a relative path starts at {Path.cwd()})"
        )
        raise EngineUnavailable(
            f"The {kind} {reference}, which {path.absolute()} names, is not on this machine. "
            f"{remedy}, or change the configuration."
        )


def _model_name(path: Path, config: PocketConfig) -> str:
    """What the library calls the model, as far as that can be told: "french_24l"."""
    for reference in (config.weights_path, config.weights_path_without_voice_cloning):
        if found := re.search(r"/languages/([\w.-]+)/", reference or ""):
            return found[1]
    return path.stem


def _language(model: str) -> Language:
    """English when the name does not say."""
    word = re.split(r"[^a-z]", model.casefold())[0]
    return LANGUAGES.get(word, LANGUAGES["english"])


def _voices(folder: Path, model: str, can_clone: bool) -> dict[str, Path]:
    """By name, in order. A state goes before a recording, both before the Hub's."""
    found: dict[str, Path] = {}
    for voice in PREDEFINED_VOICES:
        if state := locate(PREDEFINED_STATE.format(model=model, voice=voice)):
            found[voice] = state
    files = sorted(folder.iterdir(), reverse=True) if folder.is_dir() else []
    for suffix in (".wav", ".safetensors") if can_clone else (".safetensors",):
        # In a request, "+" parts a voice from its variant.
        usable = [f for f in files if f.suffix == suffix and f.is_file() and "+" not in f.stem]
        found |= {f.stem: f for f in usable if f.stem.isprintable()}
    return dict(sorted(found.items()))
