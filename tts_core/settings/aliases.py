"""The settings that say what other programs' names of voices and models mean here."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator
from pydantic_settings import BaseSettings


def _checked_pairs(value: str) -> str:
    for part in value.split(","):
        name, _, meant = part.partition("=")
        if part.strip() and not (name.strip() and meant.strip()):
            raise ValueError("must be name=ours, several separated by commas")
    names = [name for name, _ in _pairs(value)]
    if len(set(names)) < len(names):
        raise ValueError("names something twice; leave one of the two out")
    return value


def _pairs(value: str) -> list[tuple[str, str]]:
    """Return names, in lower case, and what each means."""
    halves = (part.split("=", 1) for part in value.split(",") if part.strip())
    return [(name.strip().casefold(), meant.strip()) for name, meant in halves]


class AliasSettings(BaseSettings):
    """What names mean that programs send and that cannot be changed there."""

    voice_aliases: Annotated[str, AfterValidator(_checked_pairs)] = ""
    """Other names of voices, in every API: `name=voice`, separated by commas, such as
    `alloy=Anna,af_bella=heart`. They come before voices of the same names. Default: none, besides
    the names of OpenAI's, Azure's and ElevenLabs' voices."""
    model_aliases: Annotated[str, AfterValidator(_checked_pairs)] = ""
    """Other names of models, in every API that has models: `name=engine`, separated by commas, such
    as `kokoro=auto,tts-1-hd=xtts`. Default: none, besides the names of OpenAI's and ElevenLabs'
    models, which mean `auto`."""

    @property
    def voices_by_alias(self) -> dict[str, str]:
        """Return the voices by their other names, which are in lower case."""
        return dict(_pairs(self.voice_aliases))

    @property
    def engines_by_alias(self) -> dict[str, str]:
        """Return the engines by other names of models, which are in lower case."""
        return dict(_pairs(self.model_aliases))
