"""Finds the markup within a paragraph: emphasis, code, links, images, entities, tags.

markdown-it-py reads it, as CommonMark with GFM's strikethrough and footnotes. Its tokens do not
tell where in the paragraph they come from, so each rule is wrapped in a function that notes what
the rule has consumed.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.rules_inline import (
    StateInline,
    autolink,
    backtick,
    emphasis,
    entity,
    escape,
    link,
    strikethrough,
)
from markdown_it.token import Token

from tts_core.text.markup.draft import Why
from tts_core.text.markup.fenced import TARGET
from tts_core.text.markup.tags import TAG, Tag

_Rule = Callable[[StateInline, bool], bool]
_LONGEST = 2000
"""Characters read together. A longer paragraph is read in parts, since unpaired brackets take
quadratic time."""
_FOOTNOTE = re.compile(r"\[\^[^\]\[\s]{1,50}\]")
_TIMES = re.compile(r"(?:[0-9)]|(?<![A-Za-z0-9])[A-Za-z])\*+(?=[A-Za-z0-9(])|[A-Za-z]\*+(?=[0-9])")
"""An asterisk between letters and digits: "2*3", "a*b", but not "abso*lute*ly"."""
_CALL = re.compile(r"[\w)\]]\[[^\[\]\n]{0,100}\]\(([^()\s]{0,100})\)")
"""A link right after a letter, which may be a formula: "f[i](x)"."""
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>\[\]\"]*(?<![*_~.,;:!?)'])")
_PLACES = re.compile(r"\s(?=\S)")


@dataclass(slots=True)
class Findings:
    """What was found in a text; places are indices in it."""

    cuts: list[tuple[int, int, Why]] = field(default_factory=list)
    entities: list[tuple[int, int, str]] = field(default_factory=list)
    """Start, end, and what stands there."""
    tags: list[Tag] = field(default_factory=list)
    """Of HTML, in order, each as it stands, whether or not it counts."""
    whole: list[tuple[int, int]] = field(default_factory=list)
    """Links, images and code with all their marks."""
    runs: list[tuple[Token, int, int]] = field(default_factory=list)
    """Asterisks, underscores and tildes: the token tells in the end whether they are marks."""


def inline_markup(text: str, references: Mapping[str, object]) -> Findings:
    """Return the markup in a paragraph's text.

    `references`: the link definitions of the whole text, as markdown-it-py keeps them.
    """
    found = Findings()
    start = 0
    while start < len(text):
        end = _part_end(text, start)
        _read(text[start:end], start, references, found)
        start = end
    return found


def _part_end(text: str, start: int) -> int:
    """Return where the part that begins at `start` ends: the text's end or a space near."""
    if len(text) - start <= _LONGEST:
        return len(text)
    half = start + _LONGEST // 2
    space = _PLACES.search(text, half, start + _LONGEST)
    return space.start() if space else start + _LONGEST


def _read(text: str, start: int, references: Mapping[str, object], found: Findings) -> None:
    here = Findings()
    addresses = [match.span() for match in _ADDRESS.finditer(text)]
    env = {"references": references, "findings": here, "addresses": addresses}
    _PARSER.inline.parse(text, _PARSER, env, [])
    here.cuts += [
        (first, last, Why.MARKUP)
        for token, first, last in here.runs
        if token.type != "text" or not token.content
    ]
    places = range(start, start + len(text) + 1)
    found.runs += [(token, places[first], places[last]) for token, first, last in here.runs]
    found.whole += [(places[first], places[last]) for first, last in here.whole]
    found.cuts += [(places[first], places[last], why) for first, last, why in here.cuts]
    found.entities += [(places[first], places[last], said) for first, last, said in here.entities]
    found.tags += [tag.placed(places) for tag in here.tags] if start else here.tags


def _findings(state: StateInline) -> Findings:
    found = state.env["findings"]
    assert isinstance(found, Findings)
    return found


def _noting(rule: _Rule, note: Callable[[StateInline, int], None]) -> _Rule:
    """Return a rule that also notes what it consumes, from the place where it began."""

    def read(state: StateInline, silent: bool) -> bool:
        start = state.pos
        if not rule(state, silent):
            return False
        if not silent:
            note(state, start)
        return True

    return read


def _note_escape(state: StateInline, start: int) -> None:
    token = state.tokens[-1]
    if token.content != token.markup or token.type == "hardbreak":
        _findings(state).cuts.append((start, start + 1, Why.MARKUP))


def _note_entity(state: StateInline, start: int) -> None:
    said = state.tokens[-1].content
    if said == "<" and (state.src[state.pos : state.pos + 1].isalpha() or _sign(state)):
        said = "< "  # so that it does not look like a tag
    _findings(state).entities.append((start, state.pos, said))


def _sign(state: StateInline) -> bool:
    return state.src[state.pos : state.pos + 1] in ("/", "!", "?")


def _note_code(state: StateInline, start: int) -> None:
    token = state.tokens[-1] if state.tokens else None
    if state.pending or token is None or token.type != "code_inline":
        return  # backticks without a partner
    found, length = _findings(state), len(token.markup)
    found.whole.append((start, state.pos))
    found.cuts.append((start, start + length, Why.MARKUP))
    found.cuts.append((state.pos - length, state.pos, Why.MARKUP))
    for tag in TAG.finditer(state.src, start + length, state.pos - length):
        found.entities.append((tag.start(), tag.start() + 1, " "))


def _note_runs(state: StateInline, start: int) -> None:
    end = state.pos
    for token in reversed(state.tokens):
        if end == start:
            break
        first = end - len(token.content)
        _findings(state).runs.append((token, first, end))
        end = first


def _note_link(state: StateInline, start: int) -> None:
    label_end = state.md.helpers.parseLinkLabel(state, start, True)
    found = _findings(state)
    found.whole.append((start, state.pos))
    found.cuts.append((start, start + 1, Why.MARKUP))
    found.cuts.append((label_end, label_end + 1, Why.MARKUP))
    found.cuts.append((label_end + 1, state.pos, Why.LINK_TARGET))


def _note_autolink(state: StateInline, start: int) -> None:
    _findings(state).cuts.append((start, start + 1, Why.MARKUP))
    _findings(state).cuts.append((state.pos - 1, state.pos, Why.MARKUP))


def _in_address(state: StateInline) -> bool:
    addresses = state.env["addresses"]
    assert isinstance(addresses, list)
    after = bisect_right(addresses, (state.pos, len(state.src)))
    return after > 0 and state.pos < addresses[after - 1][1]


_runs = _noting(emphasis.tokenize, _note_runs)


def _emphasis(state: StateInline, silent: bool) -> bool:
    """Read asterisks and underscores, except those that multiply, and those in addresses."""
    if silent or _in_address(state):
        return False
    before = max(0, state.pos - 1)
    if times := _TIMES.match(state.src, before):
        state.append_pending(state.src[state.pos : times.end()])
        state.pos = times.end()
        return True
    return _runs(state, silent)


_link = _noting(link, _note_link)


def _image(state: StateInline, silent: bool) -> bool:
    """Read an image like a link: its description is said."""
    start = state.pos
    if state.src[start : start + 2] != "![":
        return False
    state.pos += 1
    if not _link(state, silent):
        state.pos = start
        return False
    if not silent:
        _findings(state).cuts.append((start, start + 1, Why.MARKUP))
    return True


def _bracket(state: StateInline, silent: bool) -> bool:
    """Read a link or the mark of a footnote."""
    match = _FOOTNOTE.match(state.src, state.pos, state.posMax)
    if match is None:
        call = _CALL.match(state.src, max(0, state.pos - 1), state.posMax)
        return not (call and not TARGET.match(call[1])) and _link(state, silent)
    if not silent:
        _findings(state).cuts.append((*match.span(), Why.FOOTNOTE_MARK))
    state.pos = match.end()
    return True


_autolink = _noting(autolink, _note_autolink)


def _angle(state: StateInline, silent: bool) -> bool:
    """Read a tag of HTML or an address in angle brackets."""
    match = TAG.match(state.src, state.pos, state.posMax)
    if match is None:
        return _autolink(state, silent)
    if not silent:
        _findings(state).tags.append(Tag.of(match))
        state.append_pending(match[0])
    state.pos = match.end()
    return True


_RULES: dict[str, _Rule] = {
    "\\": _noting(escape, _note_escape),
    "`": _noting(backtick, _note_code),
    "~": _noting(strikethrough.tokenize, _note_runs),
    "*": _emphasis,
    "_": _emphasis,
    "[": _bracket,
    "!": _image,
    "<": _angle,
    "&": _noting(entity, _note_entity),
}
"""By first character."""


def _mark(state: StateInline, silent: bool) -> bool:
    rule = _RULES.get(state.src[state.pos])
    return rule is not None and rule(state, silent)


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable("strikethrough")
    rules = parser.inline.ruler
    rules.after("text", "mark", _mark)
    # One rule that knows by the character which of them applies takes half the time.
    rules.enableOnly(["text", "mark"])
    parser.inline.terminator_re = re.compile(f"[{re.escape(''.join(_RULES))}\\]]")
    # Tokens keep the marks they were made of.
    parser.inline.ruler2.disable("fragments_join")
    return parser


_PARSER = _parser()
