"""Makes novels for `novel.py`: chapters of prose with dialogue, numbers and names."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

from reportlab.lib.pagesizes import A5
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate

from tests.benchmarks import quality_texts, speech_texts
from tests.support.books import CONTAINER, package, page

TITLE, AUTHOR = "The Ferry Years", "A. Writer"
PROSE = (*quality_texts.ENGLISH, *speech_texts.ENGLISH)
NAMES = ("Anna", "Mr. Lorry", "Captain Hale", "Mrs. Abbott", "Jonas", "Dr. Whitcomb", "Clara")
PLACES = ("Bristol", "the harbor", "Lake Street", "St. Albans", "the old mill", "Vermont")
VERBS = ("said", "asked", "whispered", "answered", "called", "murmured")
TEMPLATES = (
    "{name} had paid ${money} for it in {year}, and {other} had never forgotten that.",
    "At {hour}:{minute:02} the {ordinal} train left {place} with {count} people on board.",
    "It was {count} miles to {place}, and {name} walked all of them.",
    "By {year} there were {thousands:,} of them, about {percent}% more than in the year before.",
    "{name} counted {count} windows, {small} doors and not one light on the way to {place}.",
)
SAYINGS = (
    "I will not go back to {place}",
    "We have {small} days left, and {count} letters to write",
    "You told me that it would cost ${money}",
    "There is nobody at {place} any more",
    "I was born on May {small}, {year}",
    "Let us wait until {hour} o'clock",
)


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter of a novel."""

    title: str
    paragraphs: tuple[str, ...]


def novel(words: int, chapters: int, seed: int = 1) -> list[Chapter]:
    """Return a novel of about so many words; the same arguments make the same one."""
    chance = random.Random(seed)
    return [
        Chapter(
            f"Chapter {number}: {chance.choice(NAMES)} at {chance.choice(PLACES)}",
            tuple(_paragraphs(chance, words // chapters)),
        )
        for number in range(1, chapters + 1)
    ]


def _paragraphs(chance: random.Random, words: int) -> Iterator[str]:
    while words > 0:
        paragraph = _said(chance) if chance.random() < 0.35 else _told(chance)
        words -= len(paragraph.split())
        yield paragraph


def _told(chance: random.Random) -> str:
    sentences = [
        _filled(chance, chance.choice(TEMPLATES))
        if chance.random() < 0.25
        else chance.choice(PROSE)
        for _ in range(chance.randint(2, 6))
    ]
    return " ".join(sentences)


def _said(chance: random.Random) -> str:
    first, second = (_filled(chance, chance.choice(SAYINGS)) for _ in range(2))
    who, verb = chance.choice(NAMES), chance.choice(VERBS)
    return f"“{first},” {verb} {who}. “{second}{chance.choice('.!')}”"


def _filled(chance: random.Random, template: str) -> str:
    name, other = chance.sample(NAMES, 2)
    return template.format(
        name=name,
        other=other,
        place=chance.choice(PLACES),
        money=f"{chance.uniform(1, 900):.2f}",
        year=chance.randint(1801, 1999),
        hour=chance.randint(1, 12),
        minute=chance.randint(0, 59),
        ordinal=chance.choice(("first", "2nd", "third", "21st")),
        count=chance.randint(20, 400),
        small=chance.randint(2, 19),
        thousands=chance.randint(1_000, 900_000),
        percent=chance.randint(2, 99),
    )


def write_epub(path: Path, chapters: list[Chapter]) -> None:
    """Write a novel as an EPUB 3, a page for each chapter."""
    pages = {
        f"{number}.xhtml": page(
            f"<section><h1>{escape(chapter.title)}</h1>"
            + "".join(f"<p>{escape(text)}</p>" for text in chapter.paragraphs)
            + "</section>"
        )
        for number, chapter in enumerate(chapters, 1)
    }
    metadata = (
        f"<dc:title>{TITLE}</dc:title><dc:creator>{AUTHOR}</dc:creator>"
        "<dc:language>en</dc:language>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/epub+zip")
        archive.writestr("META-INF/container.xml", CONTAINER)
        archive.writestr("OPS/package.opf", package(dict.fromkeys(pages, ""), metadata))
        for name, content in pages.items():
            archive.writestr(f"OPS/{name}", content)


def write_pdf(path: Path, chapters: list[Chapter]) -> None:
    """Write a novel as a PDF with running headers and page numbers."""
    style = ParagraphStyle("p", fontName="Times-Roman", firstLineIndent=14, leading=13)
    heading = getSampleStyleSheet()["Heading1"]
    flowables: list[Paragraph | PageBreak] = []
    for chapter in chapters:
        flowables.append(Paragraph(escape(chapter.title), heading))
        flowables += [Paragraph(escape(text), style) for text in chapter.paragraphs]
        flowables.append(PageBreak())
    sheet = SimpleDocTemplate(str(path), pagesize=A5, title=TITLE, author=AUTHOR, lang="en")
    sheet.build(flowables, onFirstPage=_around, onLaterPages=_around)


def _around(canvas: Canvas, sheet: SimpleDocTemplate) -> None:
    canvas.setFont("Times-Roman", 8)
    canvas.drawCentredString(210, 20, str(sheet.page))
    canvas.drawCentredString(210, 570, TITLE.upper() if sheet.page % 2 else AUTHOR)


WRITERS: dict[str, Callable[[Path, list[Chapter]], None]] = {"epub": write_epub, "pdf": write_pdf}
"""By the extension of the file."""
