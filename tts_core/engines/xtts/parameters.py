"""The parameters of XTTS-v2 that can be set for each utterance."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class XttsParameters(BaseModel):
    """How the next audio token is sampled. Defaults: the library's for streaming, but the
    repetition penalty, which is that of the published config."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    temperature: float = Field(
        0.75,
        ge=0.05,
        le=1.5,
        title="Temperature",
        description="Higher is livelier and less steady.",
    )
    repetition_penalty: float = Field(
        5.0,
        ge=1,
        le=20,
        title="Repetition penalty",
        description="Higher keeps it from drawn-out sounds and long silences; 1 is none.",
    )
    top_k: int = Field(
        50,
        ge=1,
        le=200,
        title="Top k",
        description="Sample among so many of the likeliest tokens.",
    )
    top_p: float = Field(
        0.85,
        ge=0.05,
        le=1,
        title="Top p",
        description="Sample among the likeliest tokens that make up this share of probability.",
    )
    length_penalty: float = Field(
        1.0,
        ge=-2,
        le=2,
        title="Length penalty",
        description="Handed to the library, which heeds it in beam search alone: without effect "
        "here, where sound is streamed.",
    )
