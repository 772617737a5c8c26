"""Takes Markdown and HTML out of a text, and keeps what looks like them and is prose.

markdown-it-py reads the paragraphs that have any marks, as CommonMark with GFM's tables. What it
would take away from prose stays: indented text and a fence without an end are no code, and the
numbers and dashes of lists stay, since they are read.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Mapping
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, blockquote, heading
from markdown_it.token import Token

from tts_core.text.markup.draft import Draft, Why
from tts_core.text.markup.fenced import Fence, between_definitions, fences, hidden
from tts_core.text.markup.inline import inline_markup
from tts_core.text.markup.tags import ANNOUNCED, Tag, remove_tags

_BLANK_LINE = re.compile(r"\n[^\S\n]*+\n")
_LONGEST = 60_000
"""Characters of a paragraph that are read together; a longer one is divided at a line end."""
_MARKS = re.compile(r"[*_`~<>\[\]|\\&#]")
_MARK_LINE = re.compile(r"^[ \t]*+[-=:][-=: \t]*+$", re.M)
"""A text with neither of the two has no markup."""
_INLINE = re.compile(
    r"[*_`]|\](?=[(\[])|\[\^|\\(?=[!-/:-@\[-`{-~\n])|<(?=[A-Za-z/!?])|~~|&#?[A-Za-z0-9]{1,32};"
)
_BLOCK = re.compile(
    r"^[ \t>]*+(?:[-=|:]|[*_][ \t]*+[*_])[-=|:*_ \t]*+$"
    r"|^[ \t]*+(?:(?:[-*+]|\d{1,9}[.)])[ \t]++)*+(?:#{1,6}[ \t]|>|\[[ xX]\][ \t])",
    re.M,
)
_TASK = re.compile(r"\[[ xX]\][ \t]+(?=\S)")
_QUOTE_PREFIX = re.compile(r"(?:[ \t]|>|[-*+][ \t]|\d{1,9}[.)][ \t])*+")
_QUOTE_MARKS = re.compile(r"(?:>[ \t]?)++")
_UNDERLINE = re.compile(r"[ \t]*+={3,}+[ \t]*+$")
_NUMBER = re.compile(r"# \d++[ \t]*+")
_SENTENCE_END = re.compile("[.!?…。！？][\"'”’»)]*+$")
_PIPE = re.compile(r"(?<!\\)\|")


def remove_markup(draft: Draft, code: str) -> None:
    """Take Markdown and HTML out of a draft.

    `code`: what becomes of blocks of code, "skip", "say", or "announce", which leaves a backtick on
    a line of its own.
    """
    text = draft.text
    if not (_MARKS.search(text) or _MARK_LINE.search(text)):
        return
    code_blocks = list(fences(text)) if "```" in text or "~~~" in text else []
    for block in code_blocks:
        _remove_fence(draft, block, code)
    references: dict[str, object] = {}
    gaps = [
        gap
        for start, end in _gaps(draft, code_blocks)
        for gap in between_definitions(draft, start, end, references)
    ]
    tags: list[Tag] = []
    for start, end in gaps:
        for first, last in paragraphs(text, start, end):
            has_blocks = _BLOCK.search(text, first, last) is not None
            if has_blocks or _has_marks(text, first, last, references):
                _Paragraph(draft, first, last, references, tags).read(has_blocks)
    remove_tags(draft, tags, code)


def _remove_fence(draft: Draft, block: Fence, code: str) -> None:
    if code == "say":
        draft.cut(block.start, block.content, Why.MARKUP)
        draft.cut(block.content_end, block.end, Why.MARKUP)
    elif code == "announce":
        draft.replace(block.start, block.end, ANNOUNCED, Why.CODE)
    else:
        draft.cut(block.start, block.end, Why.CODE)


def _gaps(draft: Draft, code_blocks: list[Fence]) -> Iterator[tuple[int, int]]:
    """Yield what is not code, a comment, a script or a style sheet, and take these out."""
    done = 0
    borders = [*((block.start, block.end) for block in code_blocks), (len(draft.text),) * 2]
    for start, end in borders:
        for first, last, why in hidden(draft.text, done, start):
            draft.cut(first, last, why)
            yield done, first
            done = last
        yield done, start
        done = end


def paragraphs(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield where the paragraphs of text[start:end] begin and end, and the parts of long ones."""
    for blank in _BLANK_LINE.finditer(text, start, end):
        yield from _lines(text, start, blank.start())
        start = blank.end()
    yield from _lines(text, start, end)


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield a paragraph, or parts of a long one."""
    while end - start > _LONGEST:
        cut = text.rfind("\n", start, start + _LONGEST) + 1 or start + _LONGEST
        yield start, cut
        start = cut
    if start < end:
        yield start, end


def _has_marks(text: str, start: int, end: int, references: Mapping[str, object]) -> bool:
    return bool(
        _INLINE.search(text, start, end) or (references and text.find("[", start, end) >= 0)
    )


class _Paragraph:
    """Lines without a blank one between them: a paragraph, a list, a table, a quotation."""

    def __init__(
        self,
        draft: Draft,
        start: int,
        end: int,
        references: Mapping[str, object],
        tags: list[Tag],
    ) -> None:
        self._draft = draft
        self._references = references
        self._tags = tags
        self._text = draft.text[start:end]
        self._lines = self._text.split("\n")
        self._starts = [start]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def read(self, has_blocks: bool) -> None:
        """Take out the marks of blocks and those within them."""
        if not has_blocks:
            self._read_inline([(self._starts[0], self._text)])
            return
        quoted: set[int] = set()
        in_table = False
        before = earlier = Token("", "", 0)
        for token in _PARSER.parse(self._text):
            first, last = token.map or (0, 0)
            if token.type == "blockquote_open":
                quoted.update(range(first, last))
            elif token.type == "hr":
                self._remove_rule(first)
            elif token.type == "table_open":
                in_table = True
                self._read_table(first, last)
            elif token.type == "table_close":
                in_table = False
            elif token.type == "inline" and not in_table:
                self._read_content(token, before, earlier.type == "list_item_open")
            before, earlier = token, before
        for line in quoted:
            self._remove_quote_marks(line)

    def _remove_quote_marks(self, line: int) -> None:
        prefix = _QUOTE_PREFIX.match(self._lines[line])
        assert prefix is not None
        for mark in _QUOTE_MARKS.finditer(self._lines[line], 0, prefix.end()):
            start = self._starts[line]
            self._draft.cut(start + mark.start(), start + mark.end(), Why.MARKUP)

    def _remove_rule(self, line: int) -> None:
        """Leave the marks of a scene break, between blank lines; take out those under a title."""
        text, start = self._lines[line], self._starts[line]
        marks = [start + index for index, mark in enumerate(text) if mark in "-*_"]
        first, last = marks[0], marks[-1] + 1
        mark = text.strip(" \t>")[0]
        above = self._lines[line - 1].strip(" \t>") if line > 0 else ""
        below = line + 1 < len(self._lines) and bool(self._lines[line + 1].strip(" \t>"))
        if above and mark == "-" and not _SENTENCE_END.search(above):
            self._draft.cut(first, last, Why.MARKUP)
        elif above or below:
            self._draft.replace(first, last, f"\n{mark}\n", Why.ORNAMENT)
        elif mark == "-":  # "- - -" would be read as a list
            for left, right in pairwise(marks):
                self._draft.cut(left + 1, right, Why.MARKUP)

    def _read_table(self, first: int, last: int) -> None:
        """Put every cell on a line of its own, and take out the line under the heads."""
        for line in range(first, last):
            text, start = self._lines[line], self._starts[line]
            if line == first + 1:
                self._draft.cut(start, start + len(text), Why.MARKUP)
                continue
            cell = 0
            for pipe in _PIPE.finditer(text):
                index = pipe.start()
                between = text[:index].strip(" \t>") and text[index + 1 :].strip()
                self._draft.replace(
                    start + index, start + index + 1, "\n" if between else "", Why.MARKUP
                )
                self._read_inline([(start + cell, text[cell:index])])
                cell = index + 1
            self._read_inline([(start + cell, text[cell:])])

    def _read_content(self, token: Token, before: Token, in_item: bool) -> None:
        """Read a heading or a paragraph, whose lines may have marks before them."""
        assert token.map is not None
        pieces: list[tuple[int, str]] = []
        contents = [content.strip() for content in token.content.split("\n")]
        # The parser strips lines of no-break spaces from the beginning.
        lines = (n for n in range(*token.map) if contents[0] in self._lines[n])
        first = next(lines, token.map[0])
        for line, content in enumerate(contents, first):
            source, start = self._lines[line], self._starts[line]
            end = len(source.rstrip())
            if before.type == "heading_open":
                mark = source.index(before.markup)
                column = source.find(content, mark + len(before.markup))
                self._draft.cut(start + mark, start + column, Why.MARKUP)
                self._draft.cut(start + column + len(content), start + end, Why.MARKUP)
            elif _UNDERLINE.match(source) and line > first:
                self._draft.cut(start, start + end, Why.MARKUP)
                continue
            else:
                column = end - len(content)
            task = _TASK.match(content) if in_item and not pieces else None
            done = task.end() if task else 0
            self._draft.cut(start + column, start + column + done, Why.MARKUP)
            pieces.append((start + column + done, content[done:]))
        self._read_inline(pieces)

    def _read_inline(self, pieces: list[tuple[int, str]]) -> None:
        """Read text that stands in several places, with line ends between."""
        content = "\n".join(piece for _, piece in pieces)
        if not _has_marks(content, 0, len(content), self._references):
            return
        found = inline_markup(content, self._references)
        places = array("I")
        for start, piece in pieces:
            places.extend(range(start, start + len(piece) + 1))
        for first, last, why in found.cuts:
            self._draft.cut(places[first], places[last - 1] + 1, why)
        for first, last, said in found.entities:
            why = Why.MARKUP if said.isspace() else Why.PART_OF_ENTITY
            self._draft.replace(places[first], places[last - 1] + 1, said, why)
        self._tags += [tag.placed(places) for tag in found.tags]


def _quotation(state: StateBlock, line: int, end: int, silent: bool) -> bool:
    """Read a quotation, unless ">" is a sign: ">5", or at the beginning of a wrapped line."""
    start, after = _content(state, line), _content(state, line + 1)
    if state.src[start : start + 1] != ">" or state.src[start + 1 : start + 2].isdecimal():
        return False
    if silent:
        before = state.src[state.bMarks[line - 1] : state.eMarks[line - 1]].rstrip()
        if not before.endswith(":") and state.src[after : after + 1] != ">":
            return False
    return bool(blockquote(state, line, end, silent))


def _heading(state: StateBlock, line: int, end: int, silent: bool) -> bool:
    """Read a heading, unless it is a number: "# 12", or "# 1" where a wrapped line begins."""
    number = _NUMBER.match(state.src, _content(state, line), state.eMarks[line])
    if number and (silent or number.end() == state.eMarks[line]):
        return False
    return bool(heading(state, line, end, silent))


def _content(state: StateBlock, line: int) -> int:
    """Return where the content of a line begins."""
    return state.bMarks[line] + state.tShift[line]


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable("table")
    parser.core.ruler.enableOnly(["block"])
    parser.block.ruler.disable(["code", "fence", "html_block", "reference", "lheading"])
    within = ["paragraph", "reference", "blockquote"]
    parser.block.ruler.at("blockquote", _quotation, {"alt": [*within, "list"]})
    parser.block.ruler.at("heading", _heading, {"alt": within})
    return parser


_PARSER = _parser()
