"""Names of emoji, from the package emoji, which has CLDR's in fourteen languages."""

from __future__ import annotations

from functools import lru_cache

import emoji


@lru_cache(maxsize=512)
def emoji_name(text: str, tag: str) -> str | None:
    """Return the name of an emoji in a language, None when it has none."""
    language = tag.split("-")[0]
    if language not in emoji.LANGUAGES:
        return None
    if language != "en":
        emoji.config.load_language(language)
    name = emoji.demojize(text, language=language, delimiters=(":", ":"))
    if not name.startswith(":"):
        return None
    return name.strip(":").replace("_", " ").replace("-", " ").split(":")[0].strip()
