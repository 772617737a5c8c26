"""Reads a configuration of Pocket TTS and checks that its files exist.

Imports neither PyTorch nor the library, so that the web process can use it. Paths mean what they
mean to the library (`pocket_tts.utils.utils.download_if_necessary`, 4.0.1):
`hf://owner/repo/file@revision` is a file in the folder of weights, which has the layout of the
Hub's cache, `https://…` one in the library's own cache, anything else a path, relative to the
current folder. Nothing is downloaded here.
"""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlparse

import pydantic
import yaml
from pydantic import BaseModel, Field

from tts_core.errors import EngineUnavailable

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
    """The part of `pocket_tts.utils.config.Config` (4.0.1) that is needed here."""

    flow_lm: _FlowLM
    mimi: _Mimi
    weights_path: str | None = None
    weights_path_without_voice_cloning: str | None = None
    default_temperature: Annotated[float, Field(gt=0, le=2)] = 0.3
    default_eos_threshold: Annotated[float, Field(ge=-EOS_BOUND, le=EOS_BOUND)] = -4.0


def locate(reference: str, cache: Path) -> Path | None:
    """Return the local file of a path in a configuration, or None if it does not exist."""
    if reference.startswith("hf://"):
        return _in_hub_cache(reference.removeprefix("hf://"), cache)
    if reference.startswith(("http://", "https://")):
        digest = hashlib.sha256(reference.encode()).hexdigest()
        name = digest + Path(urlparse(reference).path).suffix
        file = Path.home() / ".cache" / "pocket_tts" / name
    else:
        file = Path(reference)
    return file if file.is_file() else None


def _in_hub_cache(reference: str, cache: Path) -> Path | None:
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    owner, _, rest = reference.partition("/")
    repo, _, file = rest.partition("/")
    file, _, revision = file.partition("@")
    try:
        found = try_to_load_from_cache(f"{owner}/{repo}", file, cache, revision or None)
    except HFValidationError:
        return None
    return Path(found) if isinstance(found, str) else None


def read_config(path: Path) -> PocketConfig:
    """Read a configuration. Raises EngineUnavailable when it is missing or invalid."""
    if path.suffix not in (".yaml", ".yml") or not path.is_file():
        raise EngineUnavailable(
            f"TTS_POCKET_CONFIG names {path.absolute()}, which is not a file ending in .yaml; "
            "point it at a Pocket TTS configuration."
        )
    try:
        return _parse(path, path.stat().st_mtime_ns)
    except pydantic.ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(map(str, first["loc"])) or "the file"
        reason = f"{field}: {first['msg']}"
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())[:300]
    raise EngineUnavailable(f"{path.absolute()} is not a Pocket TTS configuration ({reason}).")


@functools.lru_cache(maxsize=8)
def _parse(path: Path, _changed: int) -> PocketConfig:
    return PocketConfig.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


def check_weights(path: Path, config: PocketConfig, cache: Path) -> bool:
    """Return whether the weights that will be loaded can clone voices.

    Raises EngineUnavailable when there are none.
    """
    if config.weights_path is None and config.flow_lm.weights_path is None:
        # The library would use random weights and speak noise.
        raise EngineUnavailable(f"{path.absolute()} names no weights; add `weights_path`.")
    for part, kind in ((config.flow_lm, "language model weights"), (config.mimi, "codec weights")):
        if part.weights_path is not None:
            check(path, part.weights_path, kind, cache)
    if config.weights_path is None or locate(config.weights_path, cache) is not None:
        return True
    fallback = config.weights_path_without_voice_cloning
    # The library uses the fallback only for weights that it would have to download.
    if fallback is None or "://" not in config.weights_path:
        check(path, config.weights_path, "weights", cache)
    elif locate(fallback, cache) is None:
        raise EngineUnavailable(
            f"Neither {config.weights_path} nor {fallback} is in {cache}: download one with "
            f"`hf download`. {GATED}; the other weights are not gated and cannot clone."
        )
    return False


def check(path: Path, reference: str, kind: str, cache: Path) -> None:
    """Check that a file that a configuration names exists. Raises EngineUnavailable."""
    if locate(reference, cache) is None:
        remedy = (
            f"Download it, for example with `hf download --cache-dir {cache}`"
            if "://" in reference
            else f"Put it there (a relative path starts at {Path.cwd()})"
        )
        raise EngineUnavailable(
            f"The {kind} {reference}, which {path.absolute()} names, is not on this machine. "
            f"{remedy}, or change the configuration."
        )
