"""Makes small books as files, for tests."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

CONTAINER = (
    '<?xml version="1.0"?><container version="1.0" '
    'xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile '
    'full-path="OPS/package.opf" media-type="application/oebps-package+xml"/></rootfiles>'
    "</container>"
)
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc0"
    "000003010100c9fe92ef0000000049454e44ae426082"
)
"""A PNG of one pixel."""


def zipped(path: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write a ZIP archive with these files; return its path."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def page(body: str, types: str = "") -> str:
    """Return a page of XHTML as EPUB 3 has it."""
    attribute = f' epub:type="{types}"' if types else ""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n'
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops">'
        f"<head><title/></head><body{attribute}>{body}</body></html>"
    )


def package(
    pages: Mapping[str, str],
    metadata: str = "<dc:title>The Lamp</dc:title>",
    manifest: str = "",
    spine: str = "",
) -> str:
    """Return the package file of an EPUB. `pages`: attributes of their entries by name."""
    items = "".join(
        f'<item id="i{number}" href="{name}" media-type="application/xhtml+xml" {more}/>'
        for number, (name, more) in enumerate(pages.items())
    )
    order = "".join(f'<itemref idref="i{number}"/>' for number in range(len(pages)))
    return (
        '<?xml version="1.0"?><package version="3.0" xmlns="http://www.idpf.org/2007/opf">'
        f'<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">{metadata}</metadata>'
        f"<manifest>{items}{manifest}</manifest><spine {spine}>{order}</spine></package>"
    )


def epub(path: Path, pages: Mapping[str, str], **more: str | bytes) -> Path:
    """Write an EPUB of these pages; `more`: other files, with "__" for "/" and "_" for "."."""
    return zipped(
        path,
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": CONTAINER,
            "OPS/package.opf": package(dict.fromkeys(pages, "")),
            **{f"OPS/{name}": content for name, content in pages.items()},
            **{k.replace("__", "/").replace("_", "."): v for k, v in more.items()},
        },
    )
