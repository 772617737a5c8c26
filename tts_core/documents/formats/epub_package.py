"""What an EPUB says of itself: metadata, order of reading, table of contents, cover.

EPUB 3: https://www.w3.org/TR/epub-33/; the table of contents of EPUB 2 is an NCX.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from selectolax.lexbor import LexborNode

from tts_core.documents.document import Cover
from tts_core.documents.flow import title_of
from tts_core.documents.formats.archive import Archive
from tts_core.documents.formats.encoding import decoded
from tts_core.documents.formats.html import parse_xhtml
from tts_core.documents.formats.xml import attribute, local_name, parse_xml
from tts_core.documents.limits import LARGEST_COVER, MOST_CHAPTERS, invalid

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_RIGHTS = ("META-INF/rights.xml", "META-INF/sinf.xml")
_OBFUSCATION = frozenset(("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"))
"""Of fonts, which are not read."""
_PAGES = frozenset(("application/xhtml+xml", "text/html", "text/x-oeb1-document"))
_SIGNATURES: tuple[tuple[bytes, Literal["image/jpeg", "image/png"]], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
)
_MOST_PAGES = 20_000
"""Entries of the order of reading."""


@dataclass(slots=True)
class Package:
    """An EPUB's description. Files are named by their paths in the archive."""

    pages: list[str] = field(default_factory=list)
    """In the order of reading."""
    auxiliary: set[str] = field(default_factory=set)
    """Pages that are not part of that order: notes, answers (linear="no")."""
    title: str = ""
    author: str = ""
    language: str = ""
    cover: Cover | None = None
    navigation: str = ""
    """The page with the table of contents."""
    titles: dict[str, str] = field(default_factory=dict)
    """By "path" or "path#id": where chapters begin, in order."""
    types: dict[str, str] = field(default_factory=dict)
    """By "path": what landmarks say a page is."""
    warnings: list[str] = field(default_factory=list)


def read_package(archive: Archive) -> Package:
    """Return the description of an EPUB. Raises ValidationError, for a protected one too."""
    _check_protection(archive)
    path = _package_path(archive)
    root = parse_xml(archive.read(path), path)
    folder = posixpath.dirname(path)
    package = Package()
    _read_metadata(root, package)
    items = {attribute(item, "id"): item for item in root.iterfind("{*}manifest/{*}item")}
    spine = root.find("{*}spine")
    for reference in list(spine if spine is not None else ())[:_MOST_PAGES]:
        item = items.get(attribute(reference, "idref"))
        if item is None or attribute(item, "media-type") not in _PAGES:
            continue
        page = resolved(folder, attribute(item, "href"))
        if page in package.pages:
            continue
        package.pages.append(page)
        if attribute(reference, "linear") == "no":
            package.auxiliary.add(page)
    if not package.pages:
        raise invalid(
            "The document is damaged: this EPUB has no pages of text in its order of reading. "
            "Download it again, or convert it with another program."
        )
    _read_contents(archive, root, items, folder, package)
    _read_guide(root, folder, package)
    package.cover = _cover(archive, root, items, folder, package)
    return package


def resolved(folder: str, address: str) -> str:
    """Return the path in the archive that an address in a file of `folder` leads to."""
    path = unquote(address.partition("#")[0])
    return posixpath.normpath(posixpath.join(folder, path)) if path else ""


def _check_protection(archive: Archive) -> None:
    """Raise ValidationError for a book with DRM."""
    methods: set[str] = set()
    if _ENCRYPTION in archive:
        root = parse_xml(archive.read(_ENCRYPTION), _ENCRYPTION)
        methods = {attribute(method, "Algorithm") for method in root.iter() if _is_method(method)}
    if methods - _OBFUSCATION or any(name in archive for name in _RIGHTS):
        raise invalid(
            "The document is protected by DRM, so only the shop's own reader can open it. Give an "
            "EPUB without DRM."
        )


def _is_method(element: Element) -> bool:
    """Return whether an element tells how a file, and not a key, is encrypted."""
    return isinstance(element.tag, str) and local_name(element) == "EncryptionMethod"


def _package_path(archive: Archive) -> str:
    if _CONTAINER in archive:
        root = parse_xml(archive.read(_CONTAINER), _CONTAINER)
        for file in root.iterfind("{*}rootfiles/{*}rootfile"):
            path = posixpath.normpath(unquote(attribute(file, "full-path")))
            if path in archive:
                return path
    found = next((name for name in archive.names() if name.endswith(".opf")), None)
    if found is None:
        raise invalid(
            "The document is no EPUB: its package file (.opf) is missing. Download it again, or "
            "convert it with another program."
        )
    return found


def _read_metadata(root: Element, package: Package) -> None:
    metadata = root.find("{*}metadata")
    if metadata is None:
        return
    package.title = title_of("".join(metadata.findtext(".//{*}title") or ""))
    authors = [
        title_of(creator.text or "")
        for creator in metadata.iterfind(".//{*}creator")
        if attribute(creator, "role") in ("", "aut")
    ]
    package.author = title_of(", ".join(author for author in authors if author))
    package.language = title_of(metadata.findtext(".//{*}language") or "")


def _read_contents(
    archive: Archive, root: Element, items: dict[str, Element], folder: str, package: Package
) -> None:
    """Read the table of contents, the newer one if there are two."""
    navigation = next(
        (item for item in items.values() if "nav" in attribute(item, "properties").split()), None
    )
    if navigation is not None:
        package.navigation = resolved(folder, attribute(navigation, "href"))
        if package.navigation in archive:
            _read_navigation(archive, package)
    spine = root.find("{*}spine")
    ncx = items.get(attribute(spine, "toc")) if spine is not None else None
    if ncx is None:
        ncx = next((i for i in items.values() if "dtbncx" in attribute(i, "media-type")), None)
    if not package.titles and ncx is not None:
        path = resolved(folder, attribute(ncx, "href"))
        if path in archive:
            _read_ncx(parse_xml(archive.read(path), path), posixpath.dirname(path), package)


def _read_navigation(archive: Archive, package: Package) -> None:
    """Read EPUB 3's page of navigation."""
    path = package.navigation
    text, _ = decoded(archive.read(path), markup=True)
    folder = posixpath.dirname(path)
    for nav in parse_xhtml(text).css("nav"):
        kind = nav.attributes.get("epub:type") or ""
        for link in nav.css("a[href]"):
            address = link.attributes.get("href") or ""
            if kind == "toc":
                _add_title(package, folder, path, address, _text(link))
            elif kind == "landmarks":
                target = resolved(folder, address)
                package.types.setdefault(target, link.attributes.get("epub:type") or "")


def _text(node: LexborNode) -> str:
    return title_of(node.text())


def _read_ncx(root: Element, folder: str, package: Package) -> None:
    for point in root.iter():
        if isinstance(point.tag, str) and local_name(point) == "navPoint":
            content = point.find("{*}content")
            if content is not None:
                label = title_of(point.findtext("{*}navLabel/{*}text") or "")
                _add_title(package, folder, "", attribute(content, "src"), label)


def _add_title(package: Package, folder: str, own: str, address: str, title: str) -> None:
    target = resolved(folder, address) or own
    fragment = unquote(address.partition("#")[2])
    name = f"{target}#{fragment}" if fragment else target
    if title and name not in package.titles and len(package.titles) < MOST_CHAPTERS:
        package.titles[name] = title


def _read_guide(root: Element, folder: str, package: Package) -> None:
    """Read EPUB 2's list of important pages."""
    for reference in root.iterfind("{*}guide/{*}reference"):
        target = resolved(folder, attribute(reference, "href"))
        package.types.setdefault(target, attribute(reference, "type"))


def _cover(
    archive: Archive, root: Element, items: dict[str, Element], folder: str, package: Package
) -> Cover | None:
    """Return the picture on the cover; None without one, or with one that is no JPEG or PNG."""
    named = next(
        (
            attribute(meta, "content")
            for meta in root.iterfind(".//{*}meta")
            if attribute(meta, "name") == "cover"
        ),
        "",
    )
    item = next(
        (i for i in items.values() if "cover-image" in attribute(i, "properties").split()),
        items.get(named),
    )
    if item is None:
        return None
    path = resolved(folder, attribute(item, "href"))
    size = archive.size(path)
    if size > LARGEST_COVER:
        package.warnings.append(
            f"The cover was left out: it has {size / 1e6:.1f} MB; the limit is "
            f"{LARGEST_COVER / 1e6:.0f} MB."
        )
        return None
    if not size:
        return None
    data = archive.read(path)
    for signature, mime_type in _SIGNATURES:
        if data.startswith(signature):
            return Cover(data, mime_type)
    package.warnings.append("The cover was left out: it is no JPEG or PNG.")
    return None
