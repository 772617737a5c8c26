"""The parameter of engines that match voices."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class MatchParameters(BaseModel):
    """How far a voice match goes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    match: int = Field(
        100,
        ge=0,
        le=100,
        title="Voice match",
        description="How closely a voice that is matched to a recording follows it, in timbre and "
        "pitch: 0 is the engine's own voice. Other voices are not affected.",
        json_schema_extra={"x-unit": "%"},
    )
