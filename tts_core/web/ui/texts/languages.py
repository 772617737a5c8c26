"""Names of languages and their regions in the language of the page, from Unicode's CLDR."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from babel import Locale

_ENGLISH = Locale("en")
_OTHER_CODES = {"cmn": "zh", "nb": "no"}
"""Codes under which CLDR has these languages."""


def translated(name: str, code: str, locale: Locale) -> tuple[str, str] | None:
    """Return a language's name and its region's ("" if none); None if CLDR has no such language.

    `name`: in English, such as "Spanish (Latin America)". `code`: such as "es-419", or "" to find
    the language by its name. What is in parentheses remains as it is unless it is a territory.
    """
    english, _, detail = name.partition(" (")
    base, _, region = (code or _languages().get(english.casefold(), "")).partition("-")
    found: str | None = locale.languages.get(_OTHER_CODES.get(base, base))
    if not found or not detail:
        return (found, "") if found else None
    detail = detail.removesuffix(")")
    by_name = _territories().get(detail.casefold(), "")
    territory = locale.territories.get(region.upper()) or locale.territories.get(by_name)
    return found, territory or detail


@functools.cache
def _languages() -> Mapping[str, str]:
    """Return the codes of languages by their English names in lower case."""
    return {name.casefold(): code for code, name in _ENGLISH.languages.items() if "_" not in code}


@functools.cache
def _territories() -> Mapping[str, str]:
    """Return the codes of territories by their English names in lower case."""
    return {name.casefold(): code for code, name in _ENGLISH.territories.items()}
