"""What other processes must not learn of the settings: keys, passwords and tokens."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import get_args

from pydantic import SecretStr

from tts_core.settings import Settings, variable_of


def secret_fields() -> list[str]:
    """Return the names of the settings that are secret."""
    fields = Settings.model_fields.items()
    return [name for name, field in fields if SecretStr in get_args(field.annotation)]


def without_secrets(settings: Settings, but: Collection[str] = ()) -> Settings:
    """Return the settings without those that are secret; `but`: the fields that stay."""
    return settings.model_copy(update={n: None for n in secret_fields() if n not in but})


def environment_without_secrets(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for a process that needs no secret of ours.

    What parses other people's files, or runs other people's code, can be made to tell what is in
    its environment.
    """
    secret = {variable_of(name) for name in secret_fields()}
    return {name: value for name, value in environment.items() if name.upper() not in secret}
