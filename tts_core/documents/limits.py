"""Bounds on documents, and the errors that say which one was exceeded."""

from __future__ import annotations

from typing import Final

from tts_core.errors import TooLargeError, ValidationError

FIELD: Final = "document"
"""The name of the parameter that documents are given in."""
LARGEST_FILE: Final = 50_000_000
"""Bytes of a file. A novel as EPUB has about one million, an illustrated one ten."""
MOST_CHARACTERS: Final = 10_000_000
"""Characters of the text: about two thousand hours of speech."""
MOST_BLOCKS: Final = 300_000
"""Paragraphs, headings, lines and cues."""
MOST_CHAPTERS: Final = 10_000
MOST_ENTRIES: Final = 10_000
"""Files in a ZIP archive (EPUB, DOCX)."""
LARGEST_ENTRY: Final = 50_000_000
"""Unpacked bytes of one of them."""
MOST_UNPACKED: Final = 200_000_000
"""Unpacked bytes of all that are read together."""
HIGHEST_RATIO: Final = 200
"""Unpacked bytes for each packed one, in a file of more than a million. Prose reaches about 10;
deflate can do 1,032."""
LARGEST_COVER: Final = 10_000_000
"""Bytes of the picture of a book; a larger one is left out."""
MOST_PAGES: Final = 3_000
"""Pages of a PDF."""
LONGEST_CELL: Final = 100_000
"""Characters of a cell of CSV."""
LONGEST_TITLE: Final = 300
"""Characters of titles, names of authors and speakers; the rest is cut off."""
LATEST_CUE: Final = 360_000.0
"""Seconds at which a subtitle may end: a hundred hours. The sound before it is silence."""
MOST_WARNINGS: Final = 50


def invalid(message: str) -> ValidationError:
    """Return the error for a document that cannot be read."""
    return ValidationError(message, FIELD)


def too_large(message: str) -> TooLargeError:
    """Return the error for a document that exceeds a limit."""
    return TooLargeError(message, FIELD)
