"""Reads a script as CSV: who says what."""

from __future__ import annotations

import csv
import io
import re

from tts_core.documents.flow import Flow, names
from tts_core.documents.limits import LONGEST_CELL, invalid, too_large

_SPEAKER = names(
    "speaker name character who role voice sprecher figur rolle qui personnage personaje quien"
)
_TEXT = names("text line dialogue dialog says speech content sentence zeile texte réplique texto")
_CHAPTER = names("chapter scene act section kapitel szene chapitre scène capítulo")
_DELIMITERS = ",;\t|"
_QUOTED = re.compile(r'"[^"]*+"')
_BEGINNING = 10_000
"""Characters in which the first row is looked for."""


def read_script(text: str, flow: Flow) -> None:
    """Append the lines of a script to a flow.

    The first row names the columns (speaker, text and, if there is one, chapter, in any order);
    without such a row they are speaker and text, or text alone. Raises ValidationError and
    TooLargeError, which name the line.
    """
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    columns: tuple[int, int, int] | None = None
    has_header = False
    chapter = ""
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if not any(cells):
                continue
            if columns is None:
                columns, has_header = _columns(cells)
                if has_header:
                    continue
            if (heading := _cell(cells, columns[2])) and heading != chapter:
                chapter = heading
                flow.add(heading, "heading", level=1)
            said = _cell(cells, columns[1])
            if not has_header:  # an unquoted comma is part of the text
                said = ", ".join(cells[columns[1] :])
            flow.add(said, "line", speaker=_cell(cells, columns[0]))
    except csv.Error as error:
        where = f"Line {reader.line_num:,} of the document"
        if "field larger" in str(error):
            raise too_large(
                f"{where} has a cell of more than {LONGEST_CELL:,} characters, which is the limit. "
                "Check for a missing quotation mark, or divide the cell."
            ) from error
        raise invalid(f"{where} is no valid CSV ({error}). Save it again as CSV.") from error


def _delimiter(text: str) -> str:
    """Return the delimiter that comes first in the first row, outside quotation marks."""
    first = _QUOTED.sub("", text.lstrip(" \n\r")[:_BEGINNING]).split("\n", 1)[0]
    found = [mark for mark in _DELIMITERS if mark in first]
    return min(found, key=first.index) if found else ","


def _columns(cells: list[str]) -> tuple[tuple[int, int, int], bool]:
    """Return where speaker, text and chapter are, -1 for none, and whether the row says so."""
    names = [cell.casefold() for cell in cells]
    text = next((i for i, name in enumerate(names) if name in _TEXT), -1)
    if text >= 0:
        speaker = next((i for i, name in enumerate(names) if name in _SPEAKER), -1)
        chapter = next((i for i, name in enumerate(names) if name in _CHAPTER), -1)
        return (speaker, text, chapter), True
    return ((-1, 0, -1) if len(cells) == 1 else (0, 1, -1)), False


def _cell(cells: list[str], index: int) -> str:
    return cells[index] if 0 <= index < len(cells) else ""
