"""Dictionaries as files: W3C's Pronunciation Lexicon Specification 1.0, and CSV."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

from tts_core.errors import TooLargeError, ValidationError
from tts_core.lexicon import pls
from tts_core.lexicon.entry import MOST_ENTRIES, LexiconEntry, checked_entry
from tts_core.stats.export import FORMULA, harmless
from tts_core.validation import shown

LexiconFormat = Literal["pls", "csv"]
MIME_TYPES: Mapping[str, str] = {
    "pls": "application/pls+xml",
    "csv": "text/csv; charset=utf-8",
}
LARGEST_FILE = 10 << 20
"""Bytes of a file that is imported."""
MOST_SKIPPED = 100
"""Lines about what was skipped."""
COLUMNS = tuple(field.name for field in fields(LexiconEntry) if field.name != "id")
_TRUE = frozenset(("true", "1", "yes"))
_FALSE = frozenset(("false", "0", "no", ""))
_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


@dataclass(frozen=True, slots=True)
class Skipped:
    """A line of a file that is no valid entry, and why."""

    line: int
    why: str


def write(entries: Iterable[LexiconEntry], format: str) -> str:
    """Return entries as a file. Raises ValidationError for another format than "pls" and "csv"."""
    writers: Mapping[str, Callable[[Iterable[LexiconEntry]], str]]
    writers = {"pls": pls.write, "csv": _as_csv}
    if format not in writers:
        raise ValidationError(f'format must be "pls" or "csv"; got {shown(format)}.', "format")
    return writers[format](entries)


def read(data: bytes) -> tuple[list[LexiconEntry], list[Skipped]]:
    """Return the entries of a file, and what was skipped of it. XML is taken for PLS, else CSV.

    Of entries for the same words the last counts. Raises ValidationError for what is neither, and
    TooLargeError.
    """
    if len(data) > LARGEST_FILE:
        raise TooLargeError(
            f"The file has {len(data) / 1e6:.1f} MB; the limit is {LARGEST_FILE >> 20} MB. Split "
            "it into several.",
            "file",
        )
    text = _decoded(data)
    is_xml = text.lstrip()[:1] == "<" if text is not None else data.lstrip()[:1] == b"<"
    if text is None and not is_xml:
        raise ValidationError("file must be text in UTF-8. Save it as “CSV UTF-8”.", "file")
    rows = pls.read(data) if is_xml else _rows_of_csv(text or "")
    found: dict[str, LexiconEntry] = {}
    skipped: list[Skipped] = []
    more = 0
    for count, (line, values) in enumerate(rows):
        if count >= MOST_ENTRIES:
            raise TooLargeError(
                f"The file has more than {MOST_ENTRIES:,} entries, which is the limit. Split it.",
                "file",
            )
        try:
            entry = _entry(values)
        except ValidationError as error:
            more += len(skipped) >= MOST_SKIPPED
            if len(skipped) < MOST_SKIPPED:
                skipped.append(Skipped(line, str(error)))
            continue
        found[entry.key] = entry
    if more:
        skipped.append(Skipped(0, f"And {more:,} more entries."))
    return list(found.values()), skipped


def _entry(values: Mapping[str, Any]) -> LexiconEntry:
    """Return the entry of a row. Raises ValidationError."""
    if why := values.get("why"):
        raise ValidationError(str(why))
    case = str(values.get("match_case", "")).strip().lower()
    if case not in _TRUE | _FALSE:
        raise ValidationError(f"match_case must be true or false; got {shown(case)}.", "match_case")
    texts = {name: values.get(name, "") for name in COLUMNS if name != "match_case"}
    return checked_entry(**texts, match_case=case in _TRUE)


def _as_csv(entries: Iterable[LexiconEntry]) -> str:
    """Return a header and a line for each entry (RFC 4180)."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for entry in entries:
        cells = {name: getattr(entry, name) for name in COLUMNS}
        cells["match_case"] = "true" if entry.match_case else "false"
        writer.writerow([harmless(cell) for cell in cells.values()])
    return buffer.getvalue()


def _rows_of_csv(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield line number and values of each row. Raises ValidationError.

    The columns are those of a header that has "written", else in the order of `COLUMNS`.
    """
    first = text.lstrip().partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    names: list[str] | None = None
    try:
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue
            if names is None:
                header = [cell.strip().lower() for cell in row]
                names = header if "written" in header else list(COLUMNS)
                if names is header:
                    continue
            cells = zip(names, map(_plain, row), strict=False)
            yield reader.line_num, dict(cells)
    except csv.Error as error:
        raise ValidationError(
            f"file is not valid CSV: line {reader.line_num}: {error}.", "file"
        ) from error


def _plain(cell: str) -> str:
    """Return a cell as it was before `harmless`."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(FORMULA) else cell


def _decoded(data: bytes) -> str | None:
    encoding = next((e for mark, e in _BYTE_ORDER_MARKS.items() if data.startswith(mark)), "utf-8")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None
