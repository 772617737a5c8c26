"""The parameters of Pocket TTS that can be set for each utterance.

They are attributes that its model reads at every frame.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from copy import copy
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from tts_core.engines.pocket.config import EOS_BOUND, PocketConfig
from tts_core.engines.pocket.files import PocketFiles

if TYPE_CHECKING:
    from pocket_tts import TTSModel

Kind = Literal["auto", "standard", "24l", "18m", "7m", "2m"]


class PocketParameters(BaseModel):
    """The parameters with the defaults of most models; see `parameters`."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    temperature: float = Field(
        0.3,
        gt=0,
        le=2,
        title="Temperature",
        description="Randomness of the voice: low is even, high is lively and risky.",
    )
    decode_steps: int = Field(
        1,
        ge=1,
        le=32,
        title="Decode steps",
        description="Sampler steps for each 80 ms of sound: more are slower, and seldom better. "
        "Models of the kinds drifting and pointwise always take one.",
    )
    noise_clamp: float = Field(
        0.0,
        ge=0,
        le=5,
        title="Noise clamp",
        description="Limits the sampler's noise to this value. 0: no limit.",
    )
    eos_threshold: float = Field(
        -4.0,
        ge=-EOS_BOUND,
        le=EOS_BOUND,
        title="End threshold",
        description="How sure (as a logit) the model must be that a sentence is over: lower values "
        "end it sooner and may cut off words, higher ones may add extra speech.",
    )


_MODEL = Field(
    "auto",
    title="Model",
    description="Which of the language's downloaded models: 24l is slower and better than the "
    "standard one, 18m, 7m and 2m are smaller and faster. Automatic uses the standard one, "
    "or the best that is installed. A cloned voice always uses the model it was made with.",
)


def own_defaults(config: PocketConfig) -> dict[str, Any]:
    """Return a model's defaults. Flow matching needs 16 steps (the library's `utils/config.py`)."""
    return {
        "temperature": config.default_temperature,
        "decode_steps": 16 if config.flow_lm.flow.type == "flow_matching" else 1,
        "eos_threshold": config.default_eos_threshold,
    }


def parameters(models: Sequence[PocketFiles]) -> type[PocketParameters]:
    """Return the parameters of some models.

    One for which they have different defaults is None by default: each model then uses its own.
    """
    defaults = [tuple(own_defaults(files.config).items()) for files in models]
    choice = any(files.kind for files in models)
    return _parameters(tuple(dict.fromkeys(defaults)), choice)


@functools.lru_cache(maxsize=8)
def _parameters(
    defaults: tuple[tuple[tuple[str, Any], ...], ...], choice: bool
) -> type[PocketParameters]:
    fields: dict[str, Any] = {"model": (Kind, _MODEL)} if choice else {}
    for name in dict(defaults[0]):
        values = {dict(each)[name] for each in defaults}
        field = copy(PocketParameters.model_fields[name])
        if len(values) == 1:
            field.default = values.pop()
            fields[name] = (field.annotation, field)
        else:
            fields[name] = _optional(field)
    return create_model("PocketParameters", __base__=PocketParameters, **fields)


def _optional(field: Any) -> tuple[Any, Any]:  # noqa: ANN401 - a pydantic field
    field.default = None
    field.description = f"{field.description} Empty: the model's own."
    return field.annotation | None, field


def _lenient() -> type[PocketParameters]:
    fields: dict[str, Any] = {"model": (Kind, _MODEL)}
    for name in ("temperature", "decode_steps", "eos_threshold"):
        fields[name] = _optional(copy(PocketParameters.model_fields[name]))
    return create_model("PocketParameters", __base__=PocketParameters, **fields)


ANY = _lenient()
"""Accepts whatever `parameters` returns for any models."""


def apply(options: Mapping[str, Any], config: PocketConfig, model: TTSModel) -> None:
    """Set the parameters of the next utterance. `options`: as `ANY` dumps them."""
    own = own_defaults(config)
    chosen = {n: own[n] if options[n] is None else options[n] for n in own}
    model.temp = chosen["temperature"]
    model.sampler_decode_steps = chosen["decode_steps"]
    model.eos_threshold = chosen["eos_threshold"]
    model.noise_clamp = options["noise_clamp"] or None
