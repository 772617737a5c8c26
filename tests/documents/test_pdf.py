"""PDFs that ReportLab writes: lines become paragraphs again, and what stands around them goes."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter
from reportlab.lib.enums import TA_JUSTIFY
from reportlab.lib.pagesizes import A4, A5
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Frame,
    PageBreak,
    PageTemplate,
    Paragraph,
    SimpleDocTemplate,
)

from tts_core.documents.document import Document
from tts_core.documents.flow import SCENE_BREAK, names
from tts_core.documents.read import read_document

WORDS = sorted(
    names(
        "it was a long evening and nobody in the house had thought of lighting lamp that stood on "
        "table between two windows extraordinary circumstances consideration never remembering"
    )
)
HEADING = getSampleStyleSheet()["Heading1"]


def prose(seed: int, count: int) -> list[str]:
    """Return paragraphs of sentences."""
    chance = random.Random(seed)

    def sentence() -> str:
        words = [chance.choice(WORDS) for _ in range(chance.randint(4, 18))]
        return " ".join(words).capitalize() + "."

    return [" ".join(sentence() for _ in range(chance.randint(2, 6))) for _ in range(count)]


def book(path: Path, chapters: dict[str, list[str]], style: ParagraphStyle) -> Path:
    """Write a book with running headers and page numbers; return its path."""

    def around(canvas: Canvas, sheet: SimpleDocTemplate) -> None:
        canvas.setFont("Times-Roman", 8)
        canvas.drawCentredString(210, 20, str(sheet.page))
        canvas.drawCentredString(210, 570, "THE LAMP" if sheet.page % 2 else "A. Writer")

    flowables = []
    for title, paragraphs in chapters.items():
        flowables.append(Paragraph(title, HEADING))
        flowables += [Paragraph(text, style) for text in paragraphs]
        flowables.append(PageBreak())
    sheet = SimpleDocTemplate(str(path), pagesize=A5, title="The Lamp", author="A. Writer")
    sheet.build(flowables, onFirstPage=around, onLaterPages=around)
    return path


def told(document: Document) -> dict[str, list[str]]:
    return {c.title: [b.text for b in c.blocks if b.kind != "heading"] for c in document.chapters}


STYLES = {
    "indented": ParagraphStyle("p", fontName="Times-Roman", firstLineIndent=14, leading=13),
    "justified": ParagraphStyle(
        "p", fontName="Times-Roman", firstLineIndent=14, leading=13, alignment=TA_JUSTIFY
    ),
    "spaced": ParagraphStyle("p", fontName="Helvetica", fontSize=9, leading=11, spaceAfter=12),
}


@pytest.mark.sample(1)
@pytest.mark.parametrize("style", STYLES)
def test_paragraphs_chapters_and_metadata(style: str, tmp_path: Path) -> None:
    chapters = {f"Chapter {number}": prose(number, 20) for number in range(1, 6)}
    path = book(tmp_path / "x", chapters, STYLES[style])
    assert len(PdfReader(path).pages) >= 15
    document = read_document(path, "x.pdf")
    assert (document.title, document.author) == ("The Lamp", "A. Writer")
    assert document.warnings == ()
    said = told(document)
    assert said.keys() == chapters.keys()
    # Every word is there; that of paragraphs over two pages is only certain if they are indented.
    assert {t: " ".join(p) for t, p in said.items()} == {
        t: " ".join(p) for t, p in chapters.items()
    }
    if style != "spaced":
        assert said == chapters
    else:
        same = sum(text in chapters[t] for t, texts in said.items() for text in texts)
        assert same >= 0.9 * sum(map(len, chapters.values()))


def test_titles_of_an_outline(tmp_path: Path) -> None:
    chapters = {"The Dark": prose(1, 12), "The Light": prose(2, 12), "An End": prose(3, 4)}
    path = book(tmp_path / "x", chapters, STYLES["indented"])
    writer = PdfWriter(PdfReader(path))
    for title in chapters:
        index = next(i for i, p in enumerate(writer.pages) if title in p.extract_text())
        writer.add_outline_item(title=title.upper(), page_number=index)
    writer.write(tmp_path / "y")
    document = read_document(tmp_path / "y", "x.pdf")
    assert told(document) == {title.upper(): texts for title, texts in chapters.items()}
    assert [c.blocks[0].text for c in document.chapters] == list(chapters)


def test_two_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    texts = prose(1, 40)
    width = (A4[0] - 100) / 2
    sheet = BaseDocTemplate(str(tmp_path / "x"), pagesize=A4)
    frames = [Frame(40, 40, width, 760), Frame(60 + width, 40, width, 760)]
    sheet.addPageTemplates(PageTemplate(frames=frames))
    sheet.build([Paragraph(text, STYLES["justified"]) for text in texts])
    document = read_document(tmp_path / "x", "x.pdf")
    assert [block.text for block in document.chapters[0].blocks] == texts


def test_divided_words_and_scene_breaks(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "x"))
    lines = (
        "It was a long evening, and nobody in the house had thought of light-",
        "ing the lamp that stood on the table between the two win-",
        "dows.",
        "",
        "* * *",
        "",
        "A well-known voice said that it was dark, and that it had been dark for a long-",
        "forgotten time.",
        "• A first point, which is long enough that it has to go on in the line that is",
        "below it.",
        "• A second point, which is no part of the first.",
    )
    for row, line in enumerate(lines):
        canvas.drawString(72, 700 - 14 * row, line)
    canvas.save()
    document = read_document(tmp_path / "x", "dark.pdf")
    assert document.title == "dark"
    assert [block.text for block in document.chapters[0].blocks] == [
        "It was a long evening, and nobody in the house had thought of lighting the lamp that "
        "stood on the table between the two windows." + SCENE_BREAK,
        "A well-known voice said that it was dark, and that it had been dark for a longforgotten "
        "time.",
        "• A first point, which is long enough that it has to go on in the line that is below it.",
        "• A second point, which is no part of the first.",
    ]


def test_a_password_that_only_forbids_printing_is_none(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "x"))
    canvas.drawString(72, 700, "It was dark.")
    canvas.save()
    writer = PdfWriter(PdfReader(tmp_path / "x"))
    writer.encrypt("", "owner", algorithm="AES-256")
    writer.write(tmp_path / "y")
    document = read_document(tmp_path / "y", "x.pdf")
    assert document.chapters[0].blocks[0].text == "It was dark."


@pytest.mark.sample(3)
@pytest.mark.parametrize(
    "title",
    [
        "Chapter 3: The House of St. John's",
        "Chapter 3: Of Cabbages, Kings and Everything Else on the Old Shore",
        "Chapter 3: What Nobody Had Thought of in the Long Years before",
    ],
)
@pytest.mark.parametrize("style", STYLES)
def test_headings_of_several_lines(title: str, style: str, tmp_path: Path) -> None:
    broken = title.replace("St. ", "St.<br/>").replace("Cabbages, ", "Cabbages,<br/>")
    chapters = {"Chapter 1": prose(1, 9), "Chapter 2": prose(2, 9), broken: prose(3, 9)}
    document = read_document(book(tmp_path / "x", chapters, STYLES[style]), "x.pdf")
    assert [chapter.title for chapter in document.chapters] == ["Chapter 1", "Chapter 2", title]
    assert told(document)[title][0].startswith(chapters[broken][0].split(".")[0])
