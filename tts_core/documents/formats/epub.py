"""Reads EPUB books."""

from __future__ import annotations

import posixpath

from tts_core.documents.chapters import Part, by_anchors, by_headings, finished
from tts_core.documents.document import Document
from tts_core.documents.flow import Flow, Item, names
from tts_core.documents.formats.archive import Archive
from tts_core.documents.formats.encoding import decoded
from tts_core.documents.formats.epub_package import Package, read_package, resolved
from tts_core.documents.formats.html import read_html

_FRONT_TYPES = names(
    # https://www.w3.org/TR/epub-ssv-11/, and those of EPUB 2's guide.
    "cover titlepage title-page halftitlepage halftitle copyright-page toc landmarks loi lot loa "
    "lov page-list dedication epigraph colophon imprint imprimatur contributors other-credits "
    "acknowledgments acknowledgements index bibliography seriespage errata "
    "keywords"
)
_NOTE_TYPES = names("footnotes endnotes rearnotes notes")


def read_epub(archive: Archive) -> Document:
    """Return a book: chapters by its table of contents, or by headings if it has none.

    Raises ValidationError and TooLargeError.
    """
    package = read_package(archive)
    reader = _Reader(archive, package)
    for path in package.pages:
        reader.read(path)
    if reader.pictures:
        reader.flow.warn(f"Pictures were left out: {reader.pictures:,}.")
    for warning in package.warnings:
        reader.flow.warn(warning)
    chapters = finished(reader.parts()) if package.titles else by_headings(reader.flow.items)
    return Document(
        chapters,
        package.title,
        package.author,
        package.language,
        package.cover,
        tuple(reader.flow.warnings),
    )


class _Reader:
    """Reads the pages of a book into one flow."""

    def __init__(self, archive: Archive, package: Package) -> None:
        self.flow = Flow()
        self.pictures = 0
        self._archive = archive
        self._package = package
        self._notes: dict[str, set[str]] = {}
        """Ids of footnotes by path."""
        self._titles = dict(package.titles)
        self._front: set[str] = set()
        """Pages of front matter."""

    def read(self, path: str) -> None:
        """Append a page to the flow; one that is missing is left out with a warning."""
        if path not in self._archive:
            self.flow.warn(f"A page is missing in the file and was left out: {path[:100]}")
            return
        text, _ = decoded(self._archive.read(path), markup=True)
        folder = posixpath.dirname(path)
        prefix = path + "#"
        wanted = {name.removeprefix(prefix) for name in self._titles if name.startswith(prefix)}
        page_flow = Flow()
        page = read_html(
            text,
            page_flow,
            xhtml=True,
            anchors=wanted,
            notes=self._notes.get(path, ()),
            file_anchor=path,
        )
        for reference in page.references:
            target = resolved(folder, reference) or path
            self._notes.setdefault(target, set()).add(reference.partition("#")[2])
        self.pictures += page.pictures
        types = {*page.types, self._package.types.get(path, "")}
        self._note_front_matter(path, types)
        kinds = {item.block.kind for item in page_flow.items}
        has_only_notes = "footnote" in kinds and kinds <= {"footnote", "heading"}
        is_note = bool(types & _NOTE_TYPES) or path in self._package.auxiliary or has_only_notes
        for item in page_flow.items:
            self._append(item, path, is_note)

    def _append(self, item: Item, path: str, is_note: bool) -> None:
        kind = "footnote" if is_note else item.block.kind
        level = 0 if is_note else item.level
        anchors = (name if name == path else f"{path}#{name}" for name in item.anchors)
        self.flow.add(item.block.text, kind, level=level, anchors=anchors)

    def _note_front_matter(self, path: str, types: set[str]) -> None:
        if types & _FRONT_TYPES or path == self._package.navigation:
            self._front.add(path)

    def parts(self) -> list[Part]:
        """Return chapters as the table of contents has them.

        A page that it does not name goes on with the chapter before, unless it is front matter, or
        the first page.
        """
        titles = dict(self._titles)
        seen = {name for item in self.flow.items for name in item.anchors}
        for name, title in self._titles.items():
            if name not in seen:  # the id is missing in the page
                titles.setdefault(name.partition("#")[0], title)
        ends_front = False
        for path in self._package.pages:
            if path in self._front or ends_front:
                titles.setdefault(path, "")
            ends_front = path in self._front
        parts = by_anchors(self.flow.items, titles)
        for part in parts:
            paths = {name.partition("#")[0] for name in part.items[0].anchors}
            part.front_matter = bool(paths & self._front)
            first = part.items[0]
            if not part.title and first.level:
                part.title = first.block.text
        return parts
