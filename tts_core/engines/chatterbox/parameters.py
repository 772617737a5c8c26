"""What can be set in Chatterbox for each utterance."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class ChatterboxParameters(BaseModel):
    """Defaults and bounds: those of the library and of its own demonstration."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    model: Literal["auto", "english", "multilingual", "turbo"] = Field(
        "auto",
        title="Model",
        description="auto: for English the English model, else Turbo, whichever is here; for other "
        "languages the multilingual one. Another model than the last is loaded first.",
    )
    exaggeration: float = Field(
        0.5,
        ge=0.25,
        le=2,
        title="Exaggeration",
        description="How much feeling there is in the voice; high is also faster and less steady. "
        "Turbo ignores it.",
    )
    cfg_weight: float = Field(
        0.5,
        ge=0,
        le=1,
        title="CFG weight",
        description="How closely it keeps to the text; lower (0.3) is slower, and lets a cloned "
        "voice keep less of its own accent in another language. Turbo ignores it.",
    )
    temperature: float = Field(
        0.8,
        ge=0.05,
        le=5,
        title="Temperature",
        description="Higher is livelier and less steady.",
    )
    repetition_penalty: float = Field(
        0,
        ge=0,
        le=3,
        title="Repetition penalty",
        description="Higher keeps it from drawn-out sounds; 1 is none. 0: the model's own, 1.2 or, "
        "multilingual, 2.",
    )
    min_p: float = Field(
        0.05,
        ge=0,
        le=1,
        title="Min p",
        description="Leave out tokens less likely than this share of the likeliest. Turbo ignores "
        "it.",
    )
    top_p: float = Field(
        0,
        ge=0,
        le=1,
        title="Top p",
        description="Sample among the likeliest tokens that make up this share of probability. 0: "
        "the model's own, 1 or, Turbo, 0.95.",
    )
    top_k: int = Field(
        1000,
        ge=1,
        le=6563,
        title="Top k",
        description="Sample among so many of the likeliest tokens. Turbo only.",
    )
