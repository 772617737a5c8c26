"""How a text is to be read: the same optional fields in every API."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Depends, Query
from pydantic import BaseModel, Field

_Seconds = Annotated[
    float | None,
    Field(None, ge=0, le=10, strict=False, allow_inf_nan=False, examples=[0.4]),
]


class ReadingFields(BaseModel):
    """The reader's options, as fields of a body. None stands for the default."""

    markup: Literal["auto", "off", "ssml"] | None = Field(
        None,
        description="auto: Markdown, HTML, SSML and markup in brackets are read as such; off: as "
        "plain text; ssml: the text has to be SSML.",
    )
    emoji: Literal["say", "skip"] | None = Field(None, description="skip, unless told.")
    code: Literal["say", "skip", "announce"] | None = Field(
        None, description="Blocks of code in Markdown and HTML."
    )
    foreign: Literal["switch", "keep"] | None = Field(
        None, description="switch: sentences in other languages get voices of their own."
    )
    pause_sentence: _Seconds = Field(None, description="Silence between sentences, in seconds.")
    pause_paragraph: _Seconds = Field(None, description="The same between paragraphs.")

    cast: dict[str, str] | None = Field(
        None,
        description="The voice of each speaker: a line that begins with a speaker's name and a "
        "colon is spoken in it.",
        examples=[{"Anna": "en-gb"}],
    )

    @property
    def reading(self) -> dict[str, Any]:
        """The options that were given, for `speech_request`."""
        return {name: getattr(self, name) for name in ReadingFields.model_fields}


async def _of_query(
    markup: Annotated[Literal["auto", "off", "ssml"] | None, Query()] = None,
    emoji: Annotated[Literal["say", "skip"] | None, Query()] = None,
    code: Annotated[Literal["say", "skip", "announce"] | None, Query()] = None,
    foreign: Annotated[Literal["switch", "keep"] | None, Query()] = None,
    pause_sentence: Annotated[float | None, Query(ge=0, le=10)] = None,
    pause_paragraph: Annotated[float | None, Query(ge=0, le=10)] = None,
) -> ReadingFields:
    return ReadingFields(
        markup=markup,
        emoji=emoji,
        code=code,
        foreign=foreign,
        pause_sentence=pause_sentence,
        pause_paragraph=pause_paragraph,
        cast=None,
    )


ReadingQuery = Annotated[ReadingFields, Depends(_of_query)]
"""The reader's options, as parameters of a query."""
