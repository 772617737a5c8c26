"""Tells what format a file has, by its content and its name, and reads it in this process."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from tts_core.documents.chapters import by_headings
from tts_core.documents.document import Document
from tts_core.documents.flow import Flow, title_of
from tts_core.documents.formats.archive import Archive
from tts_core.documents.formats.encoding import decoded
from tts_core.documents.limits import invalid

FORMATS: Mapping[str, str] = {
    "txt": "text", "text": "text",
    "md": "markdown", "markdown": "markdown",
    "html": "html", "htm": "html", "xhtml": "html",
    "epub": "epub",
    "docx": "docx", "docm": "docx",
    "pdf": "pdf",
    "srt": "subtitles", "vtt": "subtitles",
    "csv": "csv", "tsv": "csv",
}  # fmt: skip
"""What a file is, by the extension of its name."""
_SHOWN = ".txt, .md, .html, .epub, .docx, .pdf, .srt, .vtt or .csv"
_BEGINNING = 4_096
_SIGNATURES = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"%PDF-", "pdf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"{\\rtf", "rtf"),
)
_REMEDIES = {
    "ole": (
        "The document is an old Word document (.doc) or protected by a password. Save it as .docx "
        "without a password."
    ),
    "rtf": "The document is in Rich Text Format. Save it as .docx or .txt.",
    "kindle": (
        "The document is a Kindle book. Give the same book as EPUB without DRM, or convert it."
    ),
}
_NAMES = {"epub": "an EPUB", "docx": "a Word document", "pdf": "a PDF", "zip": "a ZIP archive"}
_KINDLE = re.compile(rb".{60}(?:BOOKMOBI|TEXtREAd)", re.S)


def read_here(path: Path, extension: str) -> Document:
    """Return the document in a file. `extension`: of its name, in lower case, without the dot.

    Meant for a process with limits of memory and time. Raises ValidationError and TooLargeError.
    """
    with path.open("rb") as file:
        beginning = file.read(_BEGINNING)
    found = _by_content(beginning)
    if found in _REMEDIES:
        raise invalid(_REMEDIES[found])
    archive = Archive(path) if found == "zip" else None
    if archive is not None:
        found = _kind_of_archive(archive)
    document = _read(path, _format(found, extension), archive)
    if not any(chapter.blocks for chapter in document.chapters):
        raise invalid(
            "The document has no text to be read aloud. Check that it is the right file; pictures "
            "of pages need text recognition (OCR) first."
        )
    return document


def _by_content(beginning: bytes) -> str:
    """Return the format of a binary file, "" for others."""
    for signature, name in _SIGNATURES:
        if beginning.startswith(signature):
            return name
    if _KINDLE.match(beginning):
        return "kindle"
    # Some PDFs have a few bytes before their signature.
    return "pdf" if b"%PDF-" in beginning[:1_024] else ""


def _kind_of_archive(archive: Archive) -> str:
    if "META-INF/container.xml" in archive or "mimetype" in archive:
        return "epub"
    return "docx" if "word/document.xml" in archive else "zip"


def _format(found: str, extension: str) -> str:
    """Return the format of a file by its content and extension. Raises ValidationError."""
    expected = FORMATS.get(extension, "")
    if found and expected and found != expected:
        ending = f".{found}" if found in FORMATS else ""
        remedy = f"Rename it to end in {ending}" if ending else f"Give {_SHOWN}"
        raise invalid(f"The document is named .{extension} but is {_NAMES[found]}. {remedy}.")
    if found in FORMATS:
        return found
    if found == "zip" or not expected:
        what = "a ZIP archive" if found else f"named .{extension[:20]}" if extension else "unnamed"
        raise invalid(f"The document is {what}, which is not supported. Give {_SHOWN}.")
    if expected in _NAMES:
        raise invalid(
            f"The document is named .{extension} but is not {_NAMES[expected]}, or is damaged. "
            "Download or save it again, or give it the right extension."
        )
    return expected


def _read(path: Path, kind: str, archive: Archive | None) -> Document:
    # Each format's libraries are loaded only for it.
    if kind == "epub" and archive is not None:
        from tts_core.documents.formats.epub import read_epub

        return read_epub(archive)
    if kind == "pdf":
        from tts_core.documents.formats.pdf import read_pdf

        return read_pdf(path)
    flow = Flow()
    about: dict[str, str] = {}
    pictures = 0
    if kind == "docx" and archive is not None:
        from tts_core.documents.formats.docx import read_docx

        page = read_docx(archive, flow)
        about, pictures = _about(page.title, page.author, page.language), page.pictures
    else:
        text, warning = decoded(path.read_bytes(), markup=kind == "html")
        if warning:
            flow.warn(warning)
        if kind in ("html", "markdown"):
            from tts_core.documents.formats.html import read_html
            from tts_core.documents.formats.markdown import read_markdown

            page = read_html(text, flow) if kind == "html" else read_markdown(text, flow)
            about, pictures = _about(page.title, page.author, page.language), page.pictures
        else:
            about = _read_lines(text, kind, flow)
    if pictures:
        flow.warn(f"Pictures were left out: {pictures:,}.")
    return Document(
        by_headings(flow.items),
        title_of(about.get("title", "")),
        title_of(about.get("author", "")),
        title_of(about.get("language", "")),
        warnings=tuple(flow.warnings),
    )


def _about(title: str, author: str, language: str) -> dict[str, str]:
    return {"title": title, "author": author, "language": language}


def _read_lines(text: str, kind: str, flow: Flow) -> dict[str, str]:
    if kind == "subtitles":
        from tts_core.documents.formats.subtitles import read_subtitles

        read_subtitles(text, flow)
    elif kind == "csv":
        from tts_core.documents.formats.script import read_script

        read_script(text, flow)
    else:
        from tts_core.documents.formats.plain import read_text

        return read_text(text, flow)
    return {}
