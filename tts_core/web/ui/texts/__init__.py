"""The page's texts in all its languages: one JSON catalogue each, for Python and our scripts.

A catalogue maps keys to texts with `{placeholders}`. Where a text depends on a number, it maps the
plural categories of CLDR ("one", "other", …) to texts; `{count}` selects among them. Keys that
begin with "said." are sentences of the core, which the scripts recognize by their English wording.
`docs/translations.md` tells how to add a text or a language.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import gradio as gr
from babel import Locale
from babel.numbers import format_decimal

from tts_core.errors import TTSError

LANGUAGES: Mapping[str, str] = {
    "de": "Deutsch",
    "en": "English",
    "es": "Español",
    "fr": "Français",
    "pt-BR": "Português",
    "hi": "हिन्दी",
    "ja": "日本語",
    "zh-CN": "简体中文",
}
"""Languages of the page in their own names, by the codes that Gradio has for them."""
ENGLISH = "en"
COOKIE = "aloud-language"
"""A cookie and not only `localStorage`: the document itself is in the language it names."""

_REMEDY = re.compile(r"(.+?) With (code|emoji|foreign)=\w+ [^.]+\.", re.DOTALL)
"""An error, and the option of the APIs that avoids it, which has another name on the page."""

Text = str | dict[str, str]
Catalogue = dict[str, Text]

ui_text = gr.I18n()
"""Returns the text of a key for a component: Gradio's script looks it up in our catalogue."""


class Visit(Protocol):
    """A request for the page, Gradio's or Starlette's."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Its headers."""

    @property
    def cookies(self) -> Mapping[str, str]:
        """Its cookies."""


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts in one language."""

    language: str
    """A key of `LANGUAGES`."""

    def __call__(self, key: str, **values: object) -> str:
        """Return a text with its values; numbers are written as in its language.

        `count` selects the plural form. Raises KeyError for an unknown key or a missing value.
        """
        text = catalogue(self.language)[key]
        if isinstance(text, dict):
            form = self.locale.plural_form(values["count"])  # type: ignore[arg-type]
            text = text.get(form, text["other"])
        return re.sub(r"\{(\w+)\}", lambda found: self._shown(values[found[1]]), text)

    def failure(self, error: TTSError) -> str:
        """Return an error's sentence if the catalogue has it, else what its type means, and the
        sentence in English. `aloud.failure` does the same in the browser."""
        message = str(error)
        if remedy := _REMEDY.fullmatch(message):
            option, place = self(f"reading.{remedy[2]}"), self("speak.fine_tuning")
            return f"{self._said(remedy[1])} {self('remedy', option=option, place=place)}"
        if self.language == ENGLISH:
            return message
        if (found := self._said(message)) != message:
            return found
        general = catalogue(self.language).get(f"error.{error.type}")
        return f"{general} ({message})" if general else message

    def _said(self, message: str) -> str:
        for pattern, key in _sentences():
            if found := pattern.fullmatch(message):
                return self(key, **found.groupdict())
        return message

    @property
    def locale(self) -> Locale:
        """CLDR's data of the language."""
        return Locale.parse(self.language, sep="-")

    def _shown(self, value: object) -> str:
        if isinstance(value, int | float):
            return format_decimal(value, locale=self.locale)
        return str(value)


@functools.cache
def catalogue(language: str) -> Catalogue:
    """Return the texts by key. `language`: a key of `LANGUAGES`."""
    path = Path(__file__).with_name(f"{language}.json")
    found: Catalogue = json.loads(path.read_text(encoding="utf-8"))
    return found


@functools.cache
def _sentences() -> Sequence[tuple[re.Pattern[str], str]]:
    """Return the core's sentences as patterns, and their keys."""
    return [
        (re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+?)", re.escape(text)), re.DOTALL), key)
        for key, text in catalogue(ENGLISH).items()
        if key.startswith("said.") and isinstance(text, str)
    ]


def texts_of(visit: Visit | None) -> Texts:
    """Return the texts in the language that a visitor has chosen or whose browser asks for it."""
    if visit is None:
        return Texts(ENGLISH)
    headers = {name.casefold(): value for name, value in visit.headers.items()}
    asked = headers.get("accept-language", "")
    return Texts(negotiated(visit.cookies.get(COOKIE, ""), asked))


def negotiated(chosen: str, accept_language: str) -> str:
    """Return the page's language: the one chosen, else the first that the browser asks for.

    `accept_language`: the header, of which at most 20 languages are considered (RFC 9110, 12.5.4).
    """
    if chosen in LANGUAGES:
        return chosen
    asked = []
    for part in accept_language.split(",")[:20]:
        code, _, rest = part.strip().partition(";")
        weight = re.fullmatch(r"\s*q=([01](?:\.\d{0,3})?)\s*", rest)
        asked.append((float(weight[1]) if weight else 1.0, code.strip().casefold()))
    by_base = {code.split("-")[0]: code for code in LANGUAGES}
    for weight_of, code in sorted(asked, key=lambda pair: -pair[0]):
        if weight_of and (found := by_base.get(code.split("-")[0])):
            return found
    return ENGLISH


def script(language: str) -> str:
    """Return the script that gives our scripts, and Gradio's, the texts of a language."""
    texts, english = catalogue(language), catalogue(ENGLISH)
    said = {str(english[key]): text for key, text in texts.items() if key.startswith("said.")}
    content = {
        "language": language,
        "languages": LANGUAGES,
        "cookie": COOKIE,
        "texts": {key: text for key, text in texts.items() if not key.startswith("said.")},
        "said": {} if language == ENGLISH else said,
    }
    written = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return f"window.aloudTexts = {written};\n"
