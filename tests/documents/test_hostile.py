"""Documents that are damaged, protected or made to do harm: a clear error, in bounds."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
)
from reportlab.pdfgen.canvas import Canvas

from tests.support.books import CONTAINER, epub, package, page, zipped
from tts_core.documents import read
from tts_core.documents.formats import archive
from tts_core.documents.limits import LARGEST_FILE, MOST_PAGES
from tts_core.documents.read import read_document
from tts_core.errors import TooLargeError, ValidationError

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
ENTITIES = '<!DOCTYPE x [<!ENTITY a "{}">]>'
ENCRYPTION = (
    '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container" '
    'xmlns:e="http://www.w3.org/2001/04/xmlenc#"><e:EncryptedData><e:EncryptionMethod '
    'Algorithm="{}"/></e:EncryptedData></encryption>'
)


def pdf(*lines: str, password: str = "", pages: int = 1) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    for _ in range(pages):
        for row, line in enumerate(lines):
            canvas.drawString(72, 700 - 14 * row, line)
        canvas.showPage()
    canvas.save()
    if not password:
        return buffer.getvalue()
    writer = PdfWriter(PdfReader(buffer))
    writer.encrypt(password, algorithm="AES-256")
    writer.write(encrypted := io.BytesIO())
    return encrypted.getvalue()


def word(body: str, doctype: str = "") -> dict[str, str | bytes]:
    return {
        "word/document.xml": f'{doctype}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body>'
        "</w:document>"
    }


def archived(files: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files.items():
            file.writestr(name, content)
    return buffer.getvalue()


def book(**files: str | bytes) -> bytes:
    return archived(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": CONTAINER,
            "OPS/package.opf": package({"a.xhtml": ""}),
            "OPS/a.xhtml": page("<p>Text.</p>"),
            **{name.replace("__", "/").replace("_", "."): text for name, text in files.items()},
        }
    )


def altered(data: bytes, old: bytes, new: bytes) -> bytes:
    assert old in data
    return data.replace(old, new)


def with_wrong_sum() -> bytes:
    """A stored entry whose content was changed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as file:
        for name, content in word("<w:p><w:r><w:t>Hello</w:t></w:r></w:p>").items():
            file.writestr(name, content)
    return altered(buffer.getvalue(), b"Hello", b"Jello")


def with_flag() -> bytes:
    """The flag "encrypted" on all entries, in both of their headers."""
    data = bytearray(archived(word("")))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.index(signature) + offset
        data[at : at + 2] = struct.pack("<H", 1)
    return bytes(data)


def with_lzma() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_LZMA) as file:
        file.writestr("word/document.xml", word("")["word/document.xml"])
    return buffer.getvalue()


def with_nested_pages(depth: int) -> bytes:
    """A page tree like a chain."""
    objects = [f"{i} 0 obj<</Type/Pages/Count 1/Kids[{i + 1} 0 R]>>endobj" for i in range(2, depth)]
    objects.append(f"{depth} 0 obj<</Type/Page/MediaBox[0 0 9 9]>>endobj")
    body = "\n".join(["%PDF-1.4", "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj", *objects])
    return f"{body}\ntrailer<</Root 1 0 R>>\n%%EOF".encode()


def with_looping_pages() -> bytes:
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Count 1/Kids[2 0 R]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
    )


def with_huge_content() -> bytes:
    """A page of 400 MB, packed to half a megabyte."""
    writer = PdfWriter()
    sheet = writer.add_blank_page(100, 100)
    stream = DecodedStreamObject()
    stream.set_data(b"q Q\n" * 100_000_000)
    sheet[NameObject("/Contents")] = writer._add_object(stream.flate_encode(9))
    writer.write(buffer := io.BytesIO())
    return buffer.getvalue()


def with_form_in_itself() -> bytes:
    """A form that draws itself."""
    writer = PdfWriter()
    sheet = writer.add_blank_page(100, 100)
    form = DecodedStreamObject()
    form.set_data(b"/F Do")
    form.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Form"),
            NameObject("/BBox"): ArrayObject([NumberObject(n) for n in (0, 0, 9, 9)]),
        }
    )
    reference = writer._add_object(form)
    resources = DictionaryObject(
        {NameObject("/XObject"): DictionaryObject({NameObject("/F"): reference})}
    )
    form[NameObject("/Resources")] = resources
    sheet[NameObject("/Resources")] = resources
    content = DecodedStreamObject()
    content.set_data(b"/F Do")
    sheet[NameObject("/Contents")] = writer._add_object(content)
    writer.write(buffer := io.BytesIO())
    return buffer.getvalue()


def laughs() -> str:
    more = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "ha">{more}]><x>&a9;</x>'


NOISE = random.Random(1).randbytes(20_000)
HOSTILE: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "empty": ("a.txt", lambda: b"", "is empty: the file has 0 bytes"),
    "blank": ("a.txt", lambda: b" \n\n\t\n", "has no text"),
    "binary as text": ("a.txt", lambda: NOISE, "is no text but binary data"),
    "binary as csv": ("a.csv", lambda: NOISE, "is no text but binary data"),
    "truncated UTF-16": ("a.txt", lambda: "Grüße".encode("utf-16")[:-1], "no valid UTF-16"),
    "PDF named .txt": ("a.txt", lambda: pdf("Hello"), "named .txt but is a PDF. Rename it"),
    "EPUB named .docx": ("a.docx", book, "named .docx but is an EPUB. Rename it"),
    "text named .pdf": ("a.pdf", lambda: b"Hello.", "named .pdf but is not a PDF"),
    "text named .epub": ("a.epub", lambda: b"Hello.", "named .epub but is not an EPUB"),
    "unknown extension": ("a.xyz", lambda: b"Hello.", "named .xyz, which is not supported. Give"),
    "no extension": ("README", lambda: b"Hello.", "unnamed, which is not supported. Give .txt"),
    "ZIP archive": ("a.zip", lambda: archived({"a.txt": "a"}), "is a ZIP archive, which is not"),
    "old Word": ("a.doc", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + NOISE, "Save it as .docx"),
    "protected Word": ("a.docx", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "without a password"),
    "rich text": ("a.rtf", lambda: b"{\\rtf1 Hello}", "Rich Text Format. Save it as .docx"),
    "Kindle": ("a.mobi", lambda: bytes(60) + b"BOOKMOBI" + NOISE, "Kindle book. Give the same"),
    "large file": ("a.txt", lambda: b"a" * (LARGEST_FILE + 1), "the limit is 50 MB. Split it"),
    "long text": ("a.txt", lambda: b"word " * 2_000_001, "more than 10,000,000 characters"),
    "many paragraphs": ("a.txt", lambda: b"a\n" * 300_001, "more than 300,000 paragraphs"),
    "ZIP bomb": (
        "a.docx",
        lambda: archived(word(" " * 30_000_000)),
        "refused as a ZIP bomb: 'word/document.xml' in it unpacks to more than 200 times",
    ),
    "ZIP bomb in EPUB": (
        "a.epub",
        lambda: book(OPS__a_xhtml="<p>" * 10_000_000),
        "refused as a ZIP bomb: 'OPS/a.xhtml'",
    ),
    "many files": (
        "a.epub",
        lambda: archived({f"META-INF/container.xml{i or ''}": "" for i in range(10_001)}),
        "contains 10,001 files; the limit is 10,000",
    ),
    "truncated ZIP": ("a.epub", lambda: book()[:-100], "its ZIP archive cannot be read"),
    "damaged entry": ("a.docx", with_wrong_sum, "its ZIP archive cannot be read (Bad CRC"),
    "encrypted entry": ("a.docx", with_flag, "encrypted with a password. Save it without one"),
    "other packing": ("a.docx", with_lzma, "packed by method 14, which is not supported"),
    "external entity in Word": (
        "a.docx",
        lambda: archived(word("&a;", '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>')),
        "word/document.xml declares XML entities",
    ),
    "external entity in UTF-16": (
        "a.docx",
        lambda: archived(
            {
                "word/document.xml": (
                    '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x [<!ENTITY a SYSTEM '
                    '"file:///etc/passwd">]><x>&a;</x>'
                ).encode("utf-16")
            }
        ),
        "declares XML entities",
    ),
    "a billion laughs": (
        "a.epub",
        lambda: book(OPS__package_opf=laughs()),
        "OPS/package.opf declares XML entities",
    ),
    "undefined entity": (
        "a.docx",
        lambda: archived(word("&a;")),
        "word/document.xml is no valid XML (undefined entity",
    ),
    "broken XML": ("a.docx", lambda: archived(word("<w:p>")), "is no valid XML (mismatched tag"),
    "unknown encoding of XML": (
        "a.docx",
        lambda: archived({"word/document.xml": '<?xml version="1.0" encoding="idna"?><x/>'}),
        "is no valid XML",
    ),
    "DRM": (
        "a.epub",
        lambda: book(
            **{"META-INF__encryption_xml": ENCRYPTION.format("http://www.w3.org/2001/04/x#aes")}
        ),
        "protected by DRM",
    ),
    "rights": ("a.epub", lambda: book(**{"META-INF__rights_xml": "<r/>"}), "protected by DRM"),
    "EPUB without package": (
        "a.epub",
        lambda: archived({"META-INF/container.xml": CONTAINER}),
        "its package file (.opf) is missing",
    ),
    "EPUB without pages": (
        "a.epub",
        lambda: book(OPS__package_opf=package({})),
        "has no pages of text",
    ),
    "EPUB of pictures": (
        "a.epub",
        lambda: book(OPS__a_xhtml=page("<img src='a.png'/>")),
        "has no text to be read aloud",
    ),
    "PDF with password": ("a.pdf", lambda: pdf("Hello", password="x"), "encrypted with a password"),
    "PDF of pictures": ("a.pdf", lambda: pdf(pages=3), "pictures of pages. Run text recognition"),
    "garbage after PDF's mark": ("a.pdf", lambda: b"%PDF-1.7\n" + NOISE, "this PDF cannot be read"),
    "many pages": (
        "a.pdf",
        lambda: pdf(pages=MOST_PAGES + 1),
        f"has {MOST_PAGES + 1:,} pages; the limit is {MOST_PAGES:,}",
    ),
    "nested pages": ("a.pdf", lambda: with_nested_pages(20_000), "The document "),
    "looping pages": ("a.pdf", with_looping_pages, "The document "),
    "form in itself": ("a.pdf", with_form_in_itself, "The document "),
    "huge content": ("a.pdf", with_huge_content, "The document "),
    "no cues": ("a.srt", lambda: b"Hello.\n\nYou.\n", "has no subtitles: no cue with times"),
    "huge cell": (
        "a.csv",
        lambda: b'Anna,"' + b"a " * 60_000 + b'"\n',
        "Line 1 of the document has a cell of more than 100,000 characters",
    ),
    "nested tables": (
        "a.docx",
        lambda: archived(word("<w:tbl>" * 50_000 + "</w:tbl>" * 50_000)),
        "The document ",
    ),
}


@pytest.mark.sample(16)
@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_documents_are_refused_with_the_reason(case: str, tmp_path: Path) -> None:
    name, make, message = HOSTILE[case]
    path = tmp_path / "upload"
    path.write_bytes(make())
    with pytest.raises(ValidationError) as caught:
        read_document(path, name)
    assert message in str(caught.value)
    assert str(caught.value).endswith(".")
    assert str(tmp_path) not in str(caught.value)
    assert caught.value.field == "document"
    assert isinstance(caught.value, TooLargeError) == ("limit" in str(caught.value))


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="cannot be opened: No such file"):
        read_document(tmp_path / "none", "a.txt")


@pytest.mark.parametrize("name", ["", ".", "../../a.txt", "a\0.txt", "-h.txt", "C:\\x\\a.TXT"])
def test_odd_names(name: str, tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(b"Hello.")
    if "txt" in name.casefold():
        assert read_document(path, name).chapters[0].blocks[0].text == "Hello."
    else:
        with pytest.raises(ValidationError, match="unnamed, which is not supported"):
            read_document(path, name)


def test_deep_html_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("<div>" * 20_000 + "Deep." + "</div>" * 20_000 + "<p>After.", encoding="utf-8")
    blocks = read_document(path, "a.html").chapters[0].blocks
    assert [block.text for block in blocks] == ["Deep.", "After."]


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    "text",
    [
        "[" * 50_000,
        "> " * 15 + "a\n" * 10_000,
        "*a " * 50_000,
        "---\na: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n---\nText.",
        "<a b='" * 20_000,
    ],
    ids=["brackets", "quotes", "emphasis", "aliases", "attributes"],
)
def test_markdown_that_could_take_forever(text: str, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text(text, encoding="utf-8")
    assert read_document(path, "a.md").chapters


def test_names_in_an_archive_lead_nowhere(tmp_path: Path) -> None:
    names = {"../../../../../etc/passwd": "", "/etc/passwd": "", "a.xhtml": ""}
    path = epub(
        tmp_path / "x",
        {"a.xhtml": page("<p>Text.</p>"), "../../../../tmp/evil.xhtml": page("<p>Evil.</p>")},
        OPS__package_opf=package(names),
    )
    document = read_document(path, "a.epub")
    assert [b.text for c in document.chapters for b in c.blocks] == ["Text."]
    assert len(document.warnings) == 2


def test_nothing_is_fetched(tmp_path: Path) -> None:
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    at = f"http://127.0.0.1:{server.server_port}"
    try:
        path = epub(
            tmp_path / "x",
            {
                "a.xhtml": f'<!DOCTYPE html SYSTEM "{at}/dtd"><html><head><link rel="stylesheet" '
                f'href="{at}/css"/><script src="{at}/js"></script></head><body><img '
                f'src="{at}/img"/><iframe src="{at}/frame"></iframe><p>Text.</p></body></html>'
            },
        )
        (tmp_path / "y").write_text(f"![a]({at}/img) Text.", encoding="utf-8")
        for file, name in ((path, "a.epub"), (tmp_path / "y", "a.md")):
            document = read_document(file, name)
            assert [b.text for c in document.chapters for b in c.blocks] == ["Text."]
    finally:
        server.shutdown()
        server.server_close()
    assert asked == []


def test_time_is_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "SECONDS", 1)
    path = tmp_path / "x"
    path.write_bytes(pdf(*["A line of text that takes its time."] * 40, pages=1_500))
    with pytest.raises(TooLargeError, match="longer than 1 seconds"):
        read_document(path, "a.pdf")


def test_memory_is_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "MEGABYTES", 300)
    path = tmp_path / "x"
    path.write_bytes(b"<p>word</p>" * 2_000_000)
    with pytest.raises(TooLargeError, match="needs more than 300 MB of memory"):
        read_document(path, "a.html")


def test_unpacked_bytes_are_limited_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MOST_UNPACKED", 1_000_000)
    monkeypatch.setattr(archive, "LARGEST_ENTRY", 900_000)
    content = random.Random(1).randbytes(500_000)
    path = zipped(tmp_path / "x", {"a": content, "b": content, "c": content * 2})
    opened = archive.Archive(path)
    assert opened.read("a") == content
    with pytest.raises(TooLargeError, match="The document unpacks to more than 1 MB"):
        opened.read("c")
    with pytest.raises(TooLargeError, match="'c' in it unpacks to more than 1 MB"):
        archive.Archive(path).read("c")
