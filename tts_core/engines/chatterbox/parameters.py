"""The parameters of Chatterbox that can be set for each utterance."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class ChatterboxParameters(BaseModel):
    """Parameters of Chatterbox, with the defaults and bounds of the library and its demo."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    model: Literal["auto", "english", "multilingual", "turbo"] = Field(
        "auto",
        title="Model",
        description="auto: for English the English model, or Turbo if only that is installed; for "
        "other languages the multilingual one. Changing the model takes time to load it.",
    )
    exaggeration: float = Field(
        0.5,
        ge=0.25,
        le=2,
        title="Exaggeration",
        description="How expressive the voice is; high values are also faster and less stable. "
        "Turbo ignores it.",
    )
    cfg_weight: float = Field(
        0.5,
        ge=0,
        le=1,
        title="CFG weight",
        description="How closely the speech follows the text; lower values (0.3) are slower, and "
        "give a cloned voice less of its own accent in another language. Turbo ignores it.",
    )
    temperature: float = Field(
        0.8,
        ge=0.05,
        le=5,
        title="Temperature",
        description="Higher values are more expressive but less stable.",
    )
    repetition_penalty: float = Field(
        0,
        ge=0,
        le=3,
        title="Repetition penalty",
        description="Higher values prevent drawn-out sounds; 1 is no penalty. 0: the model's own, "
        "1.2, or 2 for the multilingual model.",
    )
    min_p: float = Field(
        0.05,
        ge=0,
        le=1,
        title="Min p",
        description="Exclude tokens less likely than this fraction of the likeliest one. Turbo "
        "ignores it.",
    )
    top_p: float = Field(
        0,
        ge=0,
        le=1,
        title="Top p",
        description="Sample from the likeliest tokens that make up this share of probability. 0: "
        "the model's own, 1, or 0.95 for Turbo.",
    )
    top_k: int = Field(
        1000,
        ge=1,
        le=6563,
        title="Top k",
        description="Sample from this many of the likeliest tokens. Turbo only.",
    )
