"""An EPUB 3 with media overlays: the text of a book, each sentence with its sound.

See https://www.w3.org/TR/epub-33/, section 9 for the overlays.
"""

from __future__ import annotations

import shutil
import uuid
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from tts_core.export.book import SpokenBook
from tts_core.export.encoded import EncodedChapters
from tts_core.export.names import plain, title_of
from tts_core.export.tags import Mark, cover_type
from tts_core.export.timeline import ChapterTimeline, Timeline

_XHTML = {"xmlns": "http://www.w3.org/1999/xhtml", "xmlns:epub": "http://www.idpf.org/2007/ops"}
_SPOKEN = "spoken"
"""Class that readers give to the sentence that is heard."""
_STYLE = f".{_SPOKEN} {{ background-color: #fd6; color: #000 }}\n"
_UNSPACED = ("zh", "ja", "th", "lo", "km", "my")
"""Languages that write sentences without a space between them."""
_CONTAINER = """<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles>
<rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/>
</rootfiles>
</container>
"""


def write_epub(
    book: SpokenBook, chapters: EncodedChapters, path: Path, mark: Mark | None = None
) -> None:
    """Write an EPUB with the chapters as MP3. `mark` is called for each of these.

    `chapters` have been encoded. Raises ValidationError for a cover that is neither JPEG nor PNG.
    """
    timeline = chapters.timeline
    one = path.with_name(f".{uuid.uuid4().hex}.part")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        archive.writestr("META-INF/container.xml", _CONTAINER)
        archive.writestr("EPUB/package.opf", _package(book, timeline))
        archive.writestr("EPUB/nav.xhtml", _navigation(book, timeline))
        archive.writestr("EPUB/style.css", _STYLE)
        if book.cover is not None:
            archive.writestr(f"EPUB/{_cover_name(book.cover)}", book.cover, zipfile.ZIP_STORED)
        for number, chapter in enumerate(timeline.chapters, 1):
            archive.writestr(f"EPUB/{number}.xhtml", _text(book, number, chapter))
            archive.writestr(f"EPUB/{number}.smil", _overlay(number, chapter, timeline.rate))
            sound = chapters.path(chapter)
            if mark is None:
                archive.write(sound, f"EPUB/{number}.mp3", zipfile.ZIP_STORED)
                continue
            try:
                shutil.copyfile(sound, one)
                mark(one, "mp3")
                archive.write(one, f"EPUB/{number}.mp3", zipfile.ZIP_STORED)
            finally:
                one.unlink(missing_ok=True)


def _package(book: SpokenBook, timeline: Timeline) -> bytes:
    root = Element(
        "package",
        {
            "xmlns": "http://www.idpf.org/2007/opf",
            "version": "3.0",
            "unique-identifier": "id",
            "xml:lang": _language(book),
        },
    )
    metadata = SubElement(root, "metadata", {"xmlns:dc": "http://purl.org/dc/elements/1.1/"})
    _add(metadata, "dc:identifier", uuid.uuid4().urn, id="id")
    _add(metadata, "dc:title", title_of(book.title, "Untitled"))
    _add(metadata, "dc:language", _language(book))
    if author := title_of(book.author, ""):
        _add(metadata, "dc:creator", author)
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    _add(metadata, "meta", now, property="dcterms:modified")
    _add(metadata, "meta", title_of(book.narrator, book.generator), property="media:narrator")
    _add(metadata, "meta", _SPOKEN, property="media:active-class")
    clips = [_clips(chapter, timeline.rate) for chapter in timeline.chapters]
    seconds = [sum(end - start for start, end in row) for row in clips]
    _add(metadata, "meta", _clock(sum(seconds)), property="media:duration")
    for number, duration in enumerate(seconds, 1):
        _add(
            metadata,
            "meta",
            _clock(duration),
            property="media:duration",
            refines=f"#overlay{number}",
        )
    manifest = SubElement(root, "manifest")
    spine = SubElement(root, "spine")
    _item(manifest, "nav", "nav.xhtml", "application/xhtml+xml", properties="nav")
    _item(manifest, "style", "style.css", "text/css")
    if book.cover is not None:
        name, mime_type = _cover_name(book.cover), cover_type(book.cover)
        _item(manifest, "cover", name, mime_type, properties="cover-image")
    for number in range(1, len(timeline.chapters) + 1):
        overlay = {"media-overlay": f"overlay{number}"}
        _item(manifest, f"text{number}", f"{number}.xhtml", "application/xhtml+xml", **overlay)
        _item(manifest, f"overlay{number}", f"{number}.smil", "application/smil+xml")
        _item(manifest, f"sound{number}", f"{number}.mp3", "audio/mpeg")
        SubElement(spine, "itemref", {"idref": f"text{number}"})
    return _written(root)


def _navigation(book: SpokenBook, timeline: Timeline) -> bytes:
    root, body = _page(book, title_of(book.title, "Untitled"))
    nav = SubElement(body, "nav", {"epub:type": "toc", "id": "toc"})
    entries = SubElement(nav, "ol")
    for number, chapter in enumerate(timeline.chapters, 1):
        link = SubElement(SubElement(entries, "li"), "a", {"href": f"{number}.xhtml"})
        link.text = _title(number, chapter)
    return _written(root)


def _text(book: SpokenBook, number: int, chapter: ChapterTimeline) -> bytes:
    """Return the page of a chapter: its title and its sentences, each with an id."""
    title = _title(number, chapter)
    root, body = _page(book, title)
    section = SubElement(body, "section", {"epub:type": "chapter"})
    heading = SubElement(section, "h1", {"dir": "auto"})
    space = "" if _language(book).partition("-")[0] in _UNSPACED else " "
    paragraph: Element | None = None
    for index, segment in enumerate(chapter.chapter.segments):
        text = plain(segment.text).strip()
        if index == 0 and title_of(text, "") == title:  # the title, spoken
            parent = heading
        elif paragraph is None or segment.begins_paragraph:
            parent = paragraph = SubElement(section, "p", {"dir": "auto"})
        else:
            parent = paragraph
            parent[-1].tail = space
        _add(parent, "span", text, id=f"s{index}")
    if not len(heading):
        heading.text = title
    return _written(root)


def _overlay(number: int, chapter: ChapterTimeline, rate: int) -> bytes:
    root = Element(
        "smil",
        {
            "xmlns": "http://www.w3.org/ns/SMIL",
            "xmlns:epub": _XHTML["xmlns:epub"],
            "version": "3.0",
        },
    )
    page = f"{number}.xhtml"
    sequence = SubElement(
        SubElement(root, "body"),
        "seq",
        {"id": "chapter", "epub:textref": page, "epub:type": "chapter"},
    )
    for index, (start, end) in enumerate(_clips(chapter, rate)):
        pair = SubElement(sequence, "par", {"id": f"p{index}"})
        SubElement(pair, "text", {"src": f"{page}#s{index}"})
        SubElement(
            pair,
            "audio",
            {"src": f"{number}.mp3", "clipBegin": _clock(start), "clipEnd": _clock(end)},
        )
    return _written(root)


def _clips(chapter: ChapterTimeline, rate: int) -> Sequence[tuple[float, float]]:
    """Return when each sentence is heard, with the pause after it, in seconds to the millisecond.

    Without the pauses readers would leave them out.
    """
    placed = chapter.placed
    ends = [after.start for after in placed[1:]] + [chapter.length]
    return [
        (round(sentence.start / rate, 3), round(end / rate, 3))
        for sentence, end in zip(placed, ends, strict=True)
    ]


def _clock(seconds: float) -> str:
    return f"{seconds:.3f}s"


def _page(book: SpokenBook, title: str) -> tuple[Element, Element]:
    """Return an XHTML document and its body."""
    language = _language(book)
    root = Element("html", {**_XHTML, "lang": language, "xml:lang": language})
    head = SubElement(root, "head")
    _add(head, "title", title)
    SubElement(head, "link", {"rel": "stylesheet", "href": "style.css"})
    return root, SubElement(root, "body")


def _title(number: int, chapter: ChapterTimeline) -> str:
    return title_of(chapter.chapter.title, f"{number}")


def _language(book: SpokenBook) -> str:
    return book.language or "und"


def _cover_name(cover: bytes) -> str:
    return "cover.png" if cover_type(cover) == "image/png" else "cover.jpg"


def _item(manifest: Element, id: str, href: str, mime_type: str, **more: str) -> None:
    SubElement(manifest, "item", {"id": id, "href": href, "media-type": mime_type, **more})


def _add(parent: Element, name: str, text: str, **attributes: str) -> None:
    SubElement(parent, name, attributes).text = text


def _written(root: Element) -> bytes:
    data: bytes = ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return data
