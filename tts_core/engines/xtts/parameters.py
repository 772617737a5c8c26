"""The parameters of XTTS-v2 that can be set for each utterance."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class XttsParameters(BaseModel):
    """Parameters of sampling, with the library's defaults for streaming.

    The repetition penalty is that of the published config instead.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    temperature: float = Field(
        0.75,
        ge=0.05,
        le=1.5,
        title="Temperature",
        description="Higher values are more expressive but less stable.",
    )
    repetition_penalty: float = Field(
        5.0,
        ge=1,
        le=20,
        title="Repetition penalty",
        description="Higher values prevent drawn-out sounds and long silences; 1 is no penalty.",
    )
    top_k: int = Field(
        50,
        ge=1,
        le=200,
        title="Top k",
        description="Sample from this many of the likeliest tokens.",
    )
    top_p: float = Field(
        0.85,
        ge=0.05,
        le=1,
        title="Top p",
        description="Sample from the likeliest tokens that make up this share of probability.",
    )
    length_penalty: float = Field(
        1.0,
        ge=-2,
        le=2,
        title="Length penalty",
        description="Passed to the library, which uses it in beam search only, so it has no effect "
        "here, where sound is streamed.",
    )
