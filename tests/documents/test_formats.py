"""A good document of each format, made by other programs where there are any."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest

from tests.support.books import CONTAINER, PIXEL, epub, package, page, zipped
from tts_core.documents.document import Block, Chapter
from tts_core.documents.flow import SCENE_BREAK
from tts_core.documents.read import read_document
from tts_core.errors import TooLargeError

LONG = "It was a long evening, and nobody in the house had thought of lighting the lamp. " * 8


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def texts(chapter: Chapter, kind: str = "paragraph") -> list[str]:
    return [block.text for block in chapter.blocks if block.kind == kind]


def test_text_has_chapters_paragraphs_and_scene_breaks(tmp_path: Path) -> None:
    text = (
        "THE LAMP\n\nby Somebody\n\n\nCHAPTER I\nIn which it is dark\n\n"
        "It was a long evening, and nobody in the house had thought of light-\n"
        "ing the lamp that stood on the table between the two windows.\n\n"
        "* * *\n\nMorning came.\n\nCHAPTER II\n\nThe end\nwas short.\n"
    )
    document = read_document(written(tmp_path, "x", text), "The Lamp.txt")
    assert document.title == "The Lamp"
    assert [c.title for c in document.chapters] == [
        "",
        "CHAPTER I: In which it is dark",
        "CHAPTER II",
    ]
    assert [c.front_matter for c in document.chapters] == [True, False, False]
    assert texts(document.chapters[1]) == [
        "It was a long evening, and nobody in the house had thought of lighting the lamp that "
        "stood on the table between the two windows." + SCENE_BREAK,
        "Morning came.",
    ]
    assert texts(document.chapters[2]) == ["The end\nwas short."]
    assert document.chapters[2].blocks[0] == Block("CHAPTER II", "heading")


@pytest.mark.parametrize(
    "headings",
    [
        ["Chapter 1", "Chapter 2: The Road", "Epilogue"],
        ["Chapter One", "Chapter Twenty-Three", "Chapter The Last"],
        ["PART ONE", "I.", "II.", "III."],
        ["Kapitel 3", "4. Kapitel", "Fünftes Kapitel", "Epilog"],
        ["Chapitre premier", "Chapitre II", "Épilogue"],
        ["Capítulo 1", "Capítulo dos", "Epílogo"],
        ["第三章 灯", "第四章", "終章"],
        ["Глава 1", "Глава 2. Дорога"],
        ["1", "2", "3"],
    ],
)
def test_headings_of_text_are_found_in_many_languages(tmp_path: Path, headings: list[str]) -> None:
    text = "".join(f"{heading}\n\n{LONG}\n\n" for heading in headings)
    document = read_document(written(tmp_path, "x", text), "x.txt")
    assert [chapter.title for chapter in document.chapters] == headings


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        ("Chapter 1: Mr. Lorry at the old\nmill", "Chapter 1: Mr. Lorry at the old mill"),
        ("CHAPTER I.\nThe Lamp", "CHAPTER I: The Lamp"),
        ("Chapter 1\nThe Lamp", "Chapter 1: The Lamp"),
    ],
)
def test_second_line_of_a_heading_is_its_title_or_goes_on(
    tmp_path: Path, lines: str, title: str
) -> None:
    path = written(tmp_path, "book.txt", f"{lines}\n\nIt was dark.\n\nChapter 2\n\nMorning came.\n")
    assert [c.title for c in read_document(path, path.name).chapters] == [title, "Chapter 2"]


@pytest.mark.parametrize(
    "line",
    [
        "Part of me knew it.",
        "Chapter two was the worst of the book.",
        "I",
        "Act one way and they punish you.",
        "Prologue to what?",
        "Book me a room, please.",
    ],
)
def test_prose_is_no_heading(tmp_path: Path, line: str) -> None:
    document = read_document(written(tmp_path, "x", f"{LONG}\n\n{line}\n\n{LONG}"), "x.txt")
    assert len(document.chapters) == 1
    assert document.chapters[0].blocks[1] == Block(line)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_text_is_decoded(tmp_path: Path, encoding: str) -> None:
    path = written(tmp_path, "x", "“Grüße”, sagte er – naïvement.".encode(encoding))
    document = read_document(path, "x.txt")
    assert document.chapters[0].blocks == (Block("“Grüße”, sagte er – naïvement."),)
    assert bool(document.warnings) == (encoding == "cp1252")


def test_text_without_blank_lines_has_a_paragraph_a_line(tmp_path: Path) -> None:
    document = read_document(written(tmp_path, "x", f"{LONG}\n{LONG}\nEnd.\n"), "x.txt")
    assert len(document.chapters[0].blocks) == 3


def test_indented_lines_begin_paragraphs(tmp_path: Path) -> None:
    lines = ["   " + LONG[:60], LONG[:66], LONG[:64], "   " + LONG[:60], LONG[:66]] * 20
    document = read_document(written(tmp_path, "x", "\n".join(lines)), "x.txt")
    assert len(document.chapters[0].blocks) == 40


def test_the_license_of_project_gutenberg_is_left_out(tmp_path: Path) -> None:
    text = (
        "The Project Gutenberg eBook\n\nTitle: The Lamp\nAuthor: A. Writer\nLanguage: English\n\n"
        "*** START OF THE PROJECT GUTENBERG EBOOK THE LAMP ***\n\nIt was dark.\n\n"
        "*** END OF THE PROJECT GUTENBERG EBOOK THE LAMP ***\n\nLicense.\n"
    )
    document = read_document(written(tmp_path, "x", text), "pg1.txt")
    assert (document.title, document.author, document.language) == ("The Lamp", "A. Writer", "en")
    assert [b.text for c in document.chapters for b in c.blocks] == ["It was dark."]


def test_markdown(tmp_path: Path) -> None:
    text = (
        "---\ntitle: The Lamp\nauthor: [A. Writer, B. Other]\nlang: en-GB\n---\n"
        "# One\n\nIt was *very* dark[^1]. ![lamp](http://example.org/lamp.png)\n\n---\n\n"
        "    An indented paragraph.\n\n- first\n- second\n\n```python\nprint(1)\n```\n\n"
        "# Two\n\n<script>alert(1)</script>\n\nIt [was](http://example.org) light.\n\n"
        "[^1]: As *always*.\n"
    )
    document = read_document(written(tmp_path, "x", text), "x.md")
    assert (document.title, document.author) == ("The Lamp", "A. Writer, B. Other")
    assert document.language == "en-GB"
    one, two = document.chapters
    assert (one.title, two.title) == ("One", "Two")
    assert texts(one) == [
        "It was very dark." + SCENE_BREAK,
        "An indented paragraph.",
        "first",
        "second",
    ]
    assert texts(two) == ["It was light."]
    assert texts(two, "footnote") == ["As always."]
    assert document.warnings == ("Pictures were left out: 1.",)


def test_html(tmp_path: Path) -> None:
    text = (
        "<!doctype html><html lang=fr><head><title>La lampe</title><meta name=author content=Moi>"
        "<style>p{}</style></head><body><nav><a href=/>Home</a></nav><main><h1>La lampe</h1>"
        "<h2>Un</h2><p>Il&nbsp;fait <b>noir</b><sup><a href='#fn1'>1</a></sup>.<br>Tr&egrave;s "
        "noir.<p hidden>Non<h2>Deux</h2><div>Il fait <ruby>jour<rt>zhur</rt></ruby>.<ul><li>a"
        "<li>b</ul></div><table><tr><td>x<td>y</tr></table><p>Fin.</p>"
        "<section class=footnotes><ol><li id=fn1>Vraiment. <a href='#r1'>↩</a></li></ol></section>"
        "</main><script>alert(1)</script><footer>2026</footer></body></html>"
    )
    document = read_document(written(tmp_path, "x", text), "x.html")
    assert (document.title, document.author, document.language) == ("La lampe", "Moi", "fr")
    assert [chapter.title for chapter in document.chapters] == ["La lampe", "Un", "Deux"]
    assert texts(document.chapters[1]) == ["Il fait noir.\nTrès noir."]
    assert texts(document.chapters[2]) == ["Il fait jour.", "a", "b", "x, y", "Fin."]
    assert texts(document.chapters[2], "footnote") == ["Vraiment."]


def test_epub_3(tmp_path: Path) -> None:
    navigation = page(
        "<nav epub:type='toc'><h1>Contents</h1><ol><li><a href='one.xhtml'>The Dark</a></li><li>"
        "<a href='two.xhtml#b'>The Light</a></li><li><a href='two.xhtml#c'>The End</a></li></ol>"
        "</nav>"
    )
    pages = {
        "cover.xhtml": page("<img src='cover.png' alt='Cover'/>", "cover"),
        "copyright.xhtml": page("<p>© 2026 Somebody.</p>", "copyright-page"),
        "nav.xhtml": navigation,
        "one.xhtml": page(
            "<h1>I. The Dark</h1><p>It was dark<a epub:type='noteref' href='notes.xhtml#n1'>1</a>."
            "</p><span epub:type='pagebreak' id='p2'>2</span><hr/><p>Very <i>dark</i>.</p>"
            "<aside epub:type='footnote' id='x'><p>An aside.</p></aside>"
        ),
        "one-b.xhtml": page("<p>It goes on.</p>"),
        "two.xhtml": page(
            "<h1 id='b'>II. The Light</h1><p><a id='p3'/>It was light.</p>"
            "<h1 id='c'>The End</h1><p>It ended.</p>"
        ),
        "notes.xhtml": page("<h1>Notes</h1><p id='n1'>Quite dark.</p>"),
    }
    description = package(
        dict.fromkeys(pages, "") | {"nav.xhtml": 'properties="nav"'},
        "<dc:title>The Lamp</dc:title><dc:creator>A. Writer</dc:creator>"
        "<dc:language>en-US</dc:language>",
        '<item id="c" href="cover.png" media-type="image/png" properties="cover-image"/>',
    )
    path = zipped(
        tmp_path / "x",
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": CONTAINER,
            "OPS/package.opf": description,
            "OPS/cover.png": PIXEL,
            **{f"OPS/{name}": content for name, content in pages.items()},
        },
    )
    document = read_document(path, "lamp.epub")
    assert (document.title, document.author, document.language) == (
        "The Lamp",
        "A. Writer",
        "en-US",
    )
    assert document.cover is not None
    assert (document.cover.data, document.cover.mime_type) == (PIXEL, "image/png")
    told = [chapter.title for chapter in document.chapters if not chapter.front_matter]
    assert told == ["The Dark", "The Light", "The End"]
    front = [chapter for chapter in document.chapters if chapter.front_matter]
    assert {text for c in front for text in texts(c)} >= {"© 2026 Somebody."}
    dark = next(chapter for chapter in document.chapters if chapter.title == "The Dark")
    assert dark.blocks[0] == Block("I. The Dark", "heading")
    assert texts(dark) == ["It was dark." + SCENE_BREAK, "Very dark.", "It goes on."]
    assert texts(dark, "footnote") == ["An aside."]
    assert texts(document.chapters[-1], "footnote") == ["Notes", "Quite dark."]
    assert texts(document.chapters[-1]) == ["It ended."]


def test_epub_2(tmp_path: Path) -> None:
    ncx = (
        '<?xml version="1.0"?><!DOCTYPE ncx PUBLIC "-//NISO//DTD ncx 2005-1//EN" '
        '"http://www.daisy.org/z3986/2005/ncx-2005-1.dtd">'
        '<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap><navPoint><navLabel><text>'
        "Erstes</text></navLabel><content src='a%20b.html'/><navPoint><navLabel><text>Zweites"
        "</text></navLabel><content src='c.html'/></navPoint></navPoint></navMap></ncx>"
    )
    path = epub(
        tmp_path / "x",
        {"a b.html": page("<p>Dunkel.</p>"), "c.html": page("<p>Hell.</p>")},
        OPS__package_opf=package(
            {"a%20b.html": "", "c.html": ""},
            manifest='<item id="n" href="t.ncx" media-type="application/x-dtbncx+xml"/>',
            spine='toc="n"',
        ),
        OPS__t_ncx=ncx,
    )
    document = read_document(path, "x.epub")
    assert [(c.title, texts(c)) for c in document.chapters] == [
        ("Erstes", ["Dunkel."]),
        ("Zweites", ["Hell."]),
    ]


def test_epub_without_contents_has_the_chapters_of_its_headings(tmp_path: Path) -> None:
    path = epub(
        tmp_path / "x",
        {"a.xhtml": page("<h2>A</h2><p>a</p>"), "b.xhtml": page("<h2>B</h2><p>b</p>")},
    )
    document = read_document(path, "x.epub")
    assert [chapter.title for chapter in document.chapters] == ["A", "B"]


def test_docx(tmp_path: Path) -> None:
    word = docx.Document()
    word.core_properties.title = "The Lamp"
    word.core_properties.author = "A. Writer"
    word.core_properties.language = "en-US"
    word.add_heading("One", 1)
    paragraph = word.add_paragraph("It was ")
    paragraph.add_run("very").bold = True
    paragraph.add_run(" dark.\nVery.")
    word.add_paragraph("* * *")
    table = word.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "left", "right"
    word.add_heading("Two", 1)
    word.add_paragraph("It was light.")
    hidden = word.add_paragraph("Shown.")
    hidden.add_run("Secret.").font.hidden = True
    word.save(str(tmp_path / "x"))
    document = read_document(tmp_path / "x", "x.docx")
    assert (document.title, document.author, document.language) == (
        "The Lamp",
        "A. Writer",
        "en-US",
    )
    one, two = document.chapters
    assert (one.title, two.title) == ("One", "Two")
    assert one.blocks == (
        Block("One", "heading"),
        Block("It was very dark.\nVery." + SCENE_BREAK),
        Block("left, right"),
    )
    assert texts(two) == ["It was light.", "Shown."]


def test_footnotes_and_revisions_of_docx(tmp_path: Path) -> None:
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    body = (
        f"<w:document {space}><w:body><w:p><w:r><w:t>It was</w:t></w:r><w:del><w:r><w:delText> not"
        "</w:delText></w:r></w:del><w:ins><w:r><w:t> dark</w:t></w:r></w:ins><w:r>"
        '<w:footnoteReference w:id="2"/></w:r><w:r><w:t>.</w:t></w:r></w:p></w:body></w:document>'
    )
    notes = (
        f'<w:footnotes {space}><w:footnote w:type="separator" w:id="0"><w:p/></w:footnote>'
        '<w:footnote w:id="2"><w:p><w:r><w:t>Quite.</w:t></w:r></w:p></w:footnote></w:footnotes>'
    )
    path = zipped(tmp_path / "x", {"word/document.xml": body, "word/footnotes.xml": notes})
    document = read_document(path, "x.docx")
    assert document.chapters[0].blocks == (Block("It was dark."), Block("Quite.", "footnote"))


def test_srt(tmp_path: Path) -> None:
    text = (
        "\ufeff1\r\n00:00:01,000 --> 00:00:02,500\r\n<i>It was</i>\r\ndark.\r\n\r\n"
        "2\r\n00:00:03,000 --> 00:00:04,000 X1:1\r\n{\\an8}- Light!\r\n\r\n"
        "3\r\n00:00:09,000 --> 00:00:04,000\r\nbackwards\r\n"
    )
    document = read_document(written(tmp_path, "x", text), "x.srt")
    assert document.chapters[0].blocks == (
        Block("It was\ndark.", "cue", start=1.0, end=2.5),
        Block("- Light!", "cue", start=3.0, end=4.0),
    )
    assert document.warnings == ("Cues with invalid times were left out: 1.",)


def test_vtt(tmp_path: Path) -> None:
    text = (
        "WEBVTT - lamp\n\nNOTE 00:00 --> none\n\nSTYLE\n::cue {}\n\nname\n00:01.000 --> 00:02.000 "
        "align:start\n<v.loud Anna>Dark &amp; <c.x>cold</c>, <00:01.500>yes.</v>\n\n"
        "01:00:03.000 --> 01:00:04.250\n<v Ben>No.\n<v Anna>Yes.\n"
    )
    document = read_document(written(tmp_path, "x", text), "x.vtt")
    assert document.chapters[0].blocks == (
        Block("Dark & cold, yes.", "cue", "Anna", 1.0, 2.0),
        Block("No.", "cue", "Ben", 3603.0, 3604.25),
        Block("Yes.", "cue", "Anna", 3603.0, 3604.25),
    )


@pytest.mark.parametrize(
    "text",
    [
        'speaker,text\nAnna,"Hello, you."\nBen,Good day.\n',
        "Text;Speaker\nHello, you.;Anna\nGood day.;Ben\n",
        'Anna,"Hello, you."\nBen,Good day.\n',
        "Anna,Hello, you.\nBen,Good day.\n",
        "Anna\tHello, you.\nBen\tGood day.\n",
    ],
)
def test_csv(tmp_path: Path, text: str) -> None:
    document = read_document(written(tmp_path, "x", text), "x.csv")
    assert document.chapters[0].blocks == (
        Block("Hello, you.", "line", "Anna"),
        Block("Good day.", "line", "Ben"),
    )


def test_csv_with_chapters(tmp_path: Path) -> None:
    text = "scene,speaker,text\nOne,Anna,a\nOne,Ben,b\nTwo,Anna,c\n"
    document = read_document(written(tmp_path, "x", text), "x.csv")
    assert [(c.title, texts(c, "line")) for c in document.chapters] == [
        ("One", ["a", "b"]),
        ("Two", ["c"]),
    ]


def test_subtitles_that_never_end(tmp_path: Path) -> None:
    text = "1\n999:00:00,000 --> 999:00:01,000\nToo late.\n"
    with pytest.raises(TooLargeError, match=r"ends after 999 hours; the limit is 100\. Correct"):
        read_document(written(tmp_path, "x", text), "x.srt")
