"""The page's texts in all its languages: one JSON catalogue each, for Python and our scripts.

A catalogue maps keys to texts with `{placeholders}`. Where a text depends on a number, it maps the
plural categories of CLDR ("one", "other", …) to texts; `{count}` selects among them. What the core
and the engines say in English (`_RECOGNIZED`) is recognized by its wording.
`docs/translations.md` tells how to add a text or a language.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol
from unicodedata import normalize

import gradio as gr
from babel import Locale
from babel.numbers import format_decimal
from gradio.i18n import I18nData

from tts_core.errors import TTSError
from tts_core.web.ui.texts.languages import translated

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
_HERE_ONLY = ("engine.", "language.", "warning.")
"""Beginnings of the keys that no script needs: the server sends what they say translated."""
_NOT_SHOWN = ("said.", *_HERE_ONLY)
_RECOGNIZED = ("said.", "engine.", "language.of.", "warning.")
"""Beginnings of the keys of what the core and the engines say in English."""
_SENTENCE_ENDS = re.compile(r"(?<=[.!?]) (?=\S)")
_QUOTED = re.compile(r"'\{(\w+)\}'")
"""A placeholder of a name, which is the same in all languages: a voice may be called "1984"."""
_NUMBER = re.compile(r"(-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?)(?: ([kMG])B)?")
"""A number in English, its decimals, and the prefix of bytes."""
_ACCENTS = re.compile("[\u0300-\u036f]")
_CHARSETS = {"ja": "euc_jp", "zh-CN": "gb18030"}
_BYTE = {"fr": "o"}
"""Symbols of the byte, other than B. (Babel's data has "GByte" for Portuguese.)"""

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

    def said(self, message: str) -> str:
        """Return what the core or an engine says in English, in the language of the page.

        It is recognized as a whole or by sentences; what the catalogue does not have, such as what
        an engine from elsewhere says, remains English. `aloud.said` does the same in the browser
        for what the APIs send.
        """
        if remedy := _REMEDY.fullmatch(message):
            option, place = self(f"reading.{remedy[2]}"), self("speak.fine_tuning")
            return f"{self.said(remedy[1])} {self('remedy', option=option, place=place)}"
        return message if self.language == ENGLISH else _said(self, message)

    def failure(self, error: TTSError) -> str:
        """Return an error's sentence if the catalogue has it, else what its type means, and the
        sentence in English. `aloud.failure` does the same in the browser."""
        message = str(error)
        found = self.said(message)
        if found != message or self.language == ENGLISH:
            return found
        general = catalogue(self.language).get(f"error.{error.type}")
        return f"{general} ({message})" if general else message

    def language_name(self, name: str, code: str = "") -> str:
        """Return a language's name as it is within a sentence, the English one for want of others.

        `name`: in English, such as "Spanish (Latin America)". `code`: "" to go by the name.
        """
        if self.language == ENGLISH:
            return name
        if key := _sentences().words.get(name.casefold()):
            return self(key)
        if (found := translated(name, code, self.locale)) is None:
            return name
        language, region = found
        return self("language.region", language=language, region=region) if region else language

    def sort_key(self, name: str) -> tuple[bytes, str]:
        """Return the key by which a list in the language is sorted: accents matter last.

        Chinese characters are by their sound and Japanese ones by their readings, which is the
        order of the common ones in the national character sets.
        """
        folded = name.casefold()
        if charset := _CHARSETS.get(self.language):
            return folded.encode(charset, "replace"), folded
        plain = folded.replace("ñ", "n\uffff") if self.language == "es" else folded
        return _ACCENTS.sub("", normalize("NFD", plain)).encode(), folded

    @property
    def comma(self) -> str:
        """What separates the items of a list."""
        return {"ja": "、", "zh-CN": "，"}.get(self.language, ", ")

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


class _Sentences(NamedTuple):
    """What is recognized."""

    words: Mapping[str, str]
    """Keys of texts without placeholders, by these texts in lower case."""
    patterns: Sequence[tuple[re.Pattern[str], str]]
    """The others, and their keys, those with most words first."""


@functools.cache
def _sentences() -> _Sentences:
    texts = [
        (text, key)
        for key, text in catalogue(ENGLISH).items()
        if key.startswith(_RECOGNIZED) and isinstance(text, str)
    ]
    patterns = [
        (re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+?)", re.escape(text)), re.DOTALL), key)
        for text, key in sorted(texts, key=lambda pair: -_letters(pair[0]))
        if "{" in text
    ]
    return _Sentences({text.casefold(): key for text, key in texts if "{" not in text}, patterns)


def _letters(text: str) -> int:
    """Return the length of a text without its placeholders."""
    return len(re.sub(r"\{\w+\}", "", text))


@functools.lru_cache(maxsize=4096)
def _said(texts: Texts, message: str) -> str:
    """Return a message translated as a whole, else by sentences.

    Last it is tried whether some sentences are what stands in the place of a placeholder.
    """
    sentences = _SENTENCE_ENDS.split(message)
    whole = _known(texts, message, several=False)
    parts = [_known(texts, sentence) for sentence in sentences]
    if whole is None and None in parts:
        whole = _known(texts, message)
    if whole is not None:
        return whole
    told = (part or sentence for part, sentence in zip(parts, sentences, strict=True))
    return re.sub(r"(?<=[。！？]) ", "", " ".join(told))


def _known(texts: Texts, message: str, *, several: bool = True) -> str | None:
    """Return the translation of a sentence, a word or a language's name; None if there is none.

    `several`: whether several sentences may stand in the place of a placeholder.
    """
    words, patterns = _sentences()
    if key := words.get(message.casefold()):
        return texts(key)
    for pattern, key in patterns:
        if found := pattern.fullmatch(message):
            values = found.groupdict()
            if several or not any(map(_SENTENCE_ENDS.search, values.values())):
                quoted = _QUOTED.findall(str(catalogue(ENGLISH)[key]))
                return texts(
                    key,
                    **{n: v if n in quoted else _value(texts, v) for n, v in values.items()},
                )
    language = texts.language_name(message)
    return None if language == message else language


def _value(texts: Texts, value: str) -> str:
    """Return what stands in the place of a placeholder; numbers as in the language."""
    if number := _NUMBER.fullmatch(value):
        written, decimals, prefix = number.groups()
        form = "#,##0." + "0" * len(decimals or "")
        amount = float(written.replace(",", ""))
        shown = format_decimal(amount, form, texts.locale)
        return f"{shown}\u00a0{prefix}{_BYTE.get(texts.language, 'B')}" if prefix else str(shown)
    return _said(texts, value)


@functools.cache
def _parameters() -> Mapping[str, str]:
    """Return the keys of titles and descriptions of parameters by their English wording."""
    texts = catalogue(ENGLISH).items()
    return {str(text): key for key, text in texts if key.startswith("parameter.")}


def parameter_text(english: str) -> str | I18nData:
    """Return a parameter's title or description for a component; as it is if not translated."""
    key = _parameters().get(english)
    return english if key is None else ui_text(key)


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
    texts = catalogue(language)
    content = {
        "language": language,
        "languages": LANGUAGES,
        "cookie": COOKIE,
        "texts": {key: text for key, text in texts.items() if not key.startswith(_NOT_SHOWN)},
    }
    return f"window.aloudTexts = {_compact(content)};\n"


def said_script(language: str) -> str:
    """Return the script that gives our scripts what the core says in a language but English.

    Nothing that the page shows at first needs it: on a slow line half a second of waiting.
    """
    texts, english = catalogue(language), catalogue(ENGLISH)
    keys = sorted(texts, key=lambda key: -_letters(str(english[key])))
    said = {str(english[key]): texts[key] for key in keys if key.startswith("said.")}
    return f"aloud.learnSaid({_compact(said)});\n"


def _compact(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
