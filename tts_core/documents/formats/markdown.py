"""Reads Markdown: CommonMark with tables, strikethrough, footnotes and YAML front matter."""

from __future__ import annotations

import re

import yaml
from markdown_it import MarkdownIt

from tts_core.documents.flow import Flow
from tts_core.documents.formats.html import Page, read_html

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.{0,20000}?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S)
_FOOTNOTE = re.compile(
    r"^ {0,3}\[\^([^\]\s]{1,80})\]:[ \t]*(.*(?:\n(?:[ \t]+\S.*|[ \t]*(?=\n[ \t]+\S)))*)", re.M
)
_FOOTNOTE_MARK = re.compile(r"\[\^[^\]\s]{1,80}\]")


def read_markdown(text: str, flow: Flow) -> Page:
    """Append the text of a file to a flow; code and pictures are left out. Raises TooLargeError."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    about: object = None
    if match := _FRONT_MATTER.match(text):
        about = _metadata(match[1])
        if isinstance(about, dict):
            text = text[match.end() :]
    notes = [" ".join(match[2].split()) for match in _FOOTNOTE.finditer(text)]
    if notes:
        text = _FOOTNOTE.sub("", text)
        text = _FOOTNOTE_MARK.sub("", text)
    # Paragraphs of prose are often indented, so that indented text is no code.
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable("code")
    page = read_html(parser.render(text), flow)
    for note in notes:
        read_html(parser.renderInline(note), noted := Flow())
        for item in noted.items:
            flow.add(item.block.text, "footnote")
    if isinstance(about, dict):
        page.title = _value(about, "title")
        page.author = _value(about, "author")
        page.language = _value(about, "lang") or _value(about, "language")
    return page


def _metadata(text: str) -> object:
    """Return what the YAML before the text says; None when it is none.

    Aliases, which can make a small file huge, are refused.
    """
    if "&" in text and "*" in text:
        return None
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None


def _value(about: dict[object, object], key: str) -> str:
    value = about.get(key)
    if isinstance(value, list):
        return ", ".join(str(part) for part in value[:20])
    return str(value) if isinstance(value, str | int | float) else ""
