"""Pocket TTS's models on this machine, and their voices, found without importing PyTorch."""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tts_core.engines.pocket.config import (
    PocketConfig,
    check,
    check_weights,
    locate,
    read_config,
)
from tts_core.engines.pocket.models import (
    LANGUAGES,
    MODELS,
    PREDEFINED_STATE,
    PREDEFINED_VOICES,
    SMALLEST_FIRST,
    PocketModel,
    default_voice,
)
from tts_core.engines.pocket.weights import WEIGHTS
from tts_core.engines.weights.catalog import missing_files
from tts_core.errors import EngineUnavailable
from tts_core.settings import Settings
from tts_core.system.packages import aloud_command
from tts_core.types import MULTILINGUAL, Language, Voice


@dataclass(frozen=True, slots=True)
class PocketFiles:
    """The files of a model that can be loaded."""

    path: Path
    """Its configuration, a YAML file."""
    config: PocketConfig
    language: Language
    can_clone: bool
    """False when only the weights without voice cloning are here."""
    voices: Mapping[str, Path]
    """By name, a state (.safetensors) or a recording (.wav)."""
    weights: str
    """Identifies the weights, as for `VoiceState`. The same with and without cloning, since both
    can use the other's states."""
    kind: str = ""
    """A key of `models.KINDS`; "" for the user's own configuration."""

    @property
    def sample_rate(self) -> int:
        """The sample rate of its sound, in Hz."""
        return self.config.mimi.sample_rate


def installed(settings: Settings) -> list[PocketFiles]:
    """Return the models on this machine, the first choice first.

    Either the one of `TTS_POCKET_CONFIG` or the downloaded ones. Raises EngineUnavailable, with the
    remedy, when there are none.
    """
    cache = settings.models_path
    if settings.pocket_config is not None:
        return [find_files(settings.pocket_config, cache)]
    found = []
    for model in MODELS:
        rows = WEIGHTS[model.name], WEIGHTS[f"{model.name}-cloning"]
        if any(not missing_files(row, cache) for row in rows):
            files = _downloaded(model, cache)
            if files.voices or files.can_clone:
                found.append(files)
    if not found:
        raise EngineUnavailable(f"{how_to_get(MODELS[0])} Or point TTS_POCKET_CONFIG at your own.")
    return found


def choose(
    here: Sequence[PocketFiles], language: str, kind: str, *, smallest: bool
) -> list[PocketFiles]:
    """Return the models, of those `here`, that can speak a language, the first choice first.

    `kind`: a key of `KINDS`, or "auto". `smallest`: prefer the smallest, of any kind. Raises
    EngineUnavailable, with the remedy, when there are none.
    """
    if not here[0].kind:  # the user's own configuration, the only model then
        return [here[0]]
    able = [files for files in here if files.language.code == language]
    if smallest and able:
        return sorted(able, key=lambda files: SMALLEST_FIRST.index(files.kind))
    if kind != "auto":
        able = [files for files in able if files.kind == kind]
    if able:
        return able
    for model in MODELS:
        if LANGUAGES[model.language].code == language and kind in ("auto", model.kind):
            raise EngineUnavailable(f"{model.label} is not here. {how_to_get(model)}")
    raise EngineUnavailable(f"Pocket TTS has no {kind} model for the language {language!r}.")


def voices(here: Sequence[PocketFiles]) -> list[Voice]:
    """Return each voice once, with the languages for which its state is on this machine."""
    languages: dict[str, list[str]] = {}
    for files in here:
        for name in files.voices:
            spoken = languages.setdefault(name, [])
            if files.language.code not in spoken:
                spoken.append(files.language.code)
    only_one = len({files.language.code for files in here}) == 1
    return [_voice(name, languages[name], only_one) for name in sorted(languages)]


def _voice(name: str, languages: list[str], only_one: bool) -> Voice:
    defaults = [code for code in languages if default_voice(code) == name]
    return Voice(
        id=name,
        name=name.replace("_", " ").title() if name.islower() else name,
        engine="pocket",
        language=languages[0] if len(languages) == 1 else MULTILINGUAL,
        languages=tuple(languages) if len(languages) > 1 else (),
        tags=("default",) * bool(defaults)
        if only_one
        else tuple(f"default:{code}" for code in defaults),
    )


def how_to_get(model: PocketModel) -> str:
    """Return how to get a model that is not on this machine, as a sentence."""
    return (
        f"Needs about {model.size / 1e6:.0f} MB of weights ({LANGUAGES[model.language].name}): "
        f"press Download, or run `{aloud_command(f'download {model.name}')}`."
    )


def _downloaded(model: PocketModel, cache: Path) -> PocketFiles:
    path = model.path
    config = read_config(path)
    can_clone = check_weights(path, config, cache)
    return PocketFiles(
        path,
        config,
        LANGUAGES[model.language],
        can_clone,
        _predefined(model.config, cache),
        f"{model.config}@{model.open[:12]}",
        model.kind,
    )


def find_files(path: Path, cache: Path) -> PocketFiles:
    """Return the model of the user's own configuration. Raises EngineUnavailable."""
    path = path.expanduser()
    config = read_config(path)
    can_clone = check_weights(path, config, cache)
    check(path, config.flow_lm.lookup_table.tokenizer_path, "tokenizer", cache)
    name = _model_name(path, config)
    voices = _predefined(name, cache) | _own_voices(path.parent / "voices", can_clone)
    if not voices:
        raise EngineUnavailable(
            f"There is no voice. Put states (.safetensors, made by `pocket-tts export-voice`)"
            f"{' or recordings (.wav)' if can_clone else ''} into {path.parent / 'voices'}; "
            f"or `hf download` one of the library's own, such as "
            f"{PREDEFINED_STATE.format(model=name, voice='alba')}."
        )
    sorted_voices = dict(sorted(voices.items()))
    weights = _fingerprint(config, cache)
    return PocketFiles(path, config, _language(name), can_clone, sorted_voices, weights)


def _model_name(path: Path, config: PocketConfig) -> str:
    """Return the library's name of a model ("french_24l"), or else the name of its file."""
    for reference in (config.weights_path, config.weights_path_without_voice_cloning):
        if found := re.search(r"/languages/([\w.-]+)/", reference or ""):
            return found[1]
    return path.stem


def _language(model: str) -> Language:
    """Return the language in a model's name, or English if there is none."""
    word = re.split(r"[^a-z]", model.casefold())[0]
    return LANGUAGES.get(word, LANGUAGES["english"])


def _predefined(model: str, cache: Path) -> dict[str, Path]:
    """Return the states of the library's own voices for a model, by name."""
    found = {}
    for voice in PREDEFINED_VOICES:
        if state := locate(PREDEFINED_STATE.format(model=model, voice=voice), cache):
            found[voice] = state
    return found


def _own_voices(folder: Path, can_clone: bool) -> dict[str, Path]:
    """Return the files of the user's own voices, by name; a state rather than a recording."""
    found: dict[str, Path] = {}
    files = sorted(folder.iterdir(), reverse=True) if folder.is_dir() else []
    for suffix in (".wav", ".safetensors") if can_clone else (".safetensors",):
        # In a request, "+" separates a voice from its variant.
        usable = [f for f in files if f.suffix == suffix and f.is_file() and "+" not in f.stem]
        found |= {f.stem: f for f in usable if f.stem.isprintable()}
    return found


def _fingerprint(config: PocketConfig, cache: Path) -> str:
    """Return what identifies the weights, without reading all of them; "" if none are found."""
    for reference in (
        config.flow_lm.weights_path,
        config.weights_path,
        config.weights_path_without_voice_cloning,
    ):
        if reference is not None and (file := locate(reference, cache)) is not None:
            seen = file.stat()
            return _samples_of(file, seen.st_mtime_ns, seen.st_size)
    return ""


@functools.lru_cache(maxsize=8)
def _samples_of(file: Path, _changed: int, size: int) -> str:
    digest = hashlib.sha256(str(size).encode())
    with file.open("rb") as content:
        for step in range(64):
            content.seek(size * step // 64)
            digest.update(content.read(4096))
    return f"weights {digest.hexdigest()[:16]}"
