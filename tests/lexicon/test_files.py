"""Dictionaries as files: what was written is read again, and hostile files do no harm."""

from __future__ import annotations

import csv
import io
from xml.etree import ElementTree

import pytest

from tts_core.errors import TooLargeError, ValidationError
from tts_core.lexicon.entry import MOST_ENTRIES, LexiconEntry
from tts_core.lexicon.files import LARGEST_FILE, read, write

ENTRIES = [
    LexiconEntry(written="Nikon", spoken="Nick-on", phonemes="ˈnɪkɒn", language="en"),
    LexiconEntry(written="A <b> & \"c\"", spoken="a 'quoted', text", voice="af_heart"),
    LexiconEntry(written="=1+1", spoken="-two", match_case=True),
    LexiconEntry(written="東京", spoken="とうきょう", language="ja"),
]  # fmt: skip
PLS = """<?xml version="1.0" encoding="UTF-8"?>
<!-- from another program -->
<lexicon version="1.0" xmlns="http://www.w3.org/2005/01/pronunciation-lexicon"
    xmlns:other="urn:other" alphabet="ipa" xml:lang="en-GB">
  <meta name="author" content="somebody"/>
  <lexeme role="other:noun">
    <grapheme>judgment</grapheme><grapheme>judgement</grapheme>
    <phoneme>ˈdʒʌdʒ.mənt</phoneme>
    <phoneme prefer="true">ˈdʒʌdʒmənt</phoneme>
    <example>In my judgment.</example>
  </lexeme>
  <lexeme>
    <grapheme>W3C</grapheme>
    <alias>World Wide Web Consortium</alias>
  </lexeme>
  <lexeme>
    <grapheme>lead</grapheme>
    <phoneme alphabet="x-sampa">lEd</phoneme>
  </lexeme>
  <lexeme><alias>nothing</alias></lexeme>
  <lexeme><grapheme>bad</grapheme><phoneme>b4d</phoneme></lexeme>
</lexicon>
"""


@pytest.mark.parametrize("format", ["pls", "csv"])
def test_what_was_written_is_read_again(format: str) -> None:
    assert read(write(ENTRIES, format).encode()) == (ENTRIES, [])


def test_pls_of_one_language_names_it() -> None:
    root = ElementTree.fromstring(write(ENTRIES[:1], "pls"))
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "en"
    assert root.get("alphabet") == "ipa"
    [lexeme] = root
    assert [child.tag.rpartition("}")[2] for child in lexeme] == ["grapheme", "phoneme", "alias"]
    assert lexeme.attrib == {}


def test_pls_of_other_programs() -> None:
    entries, skipped = read(PLS.encode())
    assert [(e.written, e.spoken, e.phonemes, e.language) for e in entries] == [
        ("judgment", "", "ˈdʒʌdʒmənt", "en-gb"),
        ("judgement", "", "ˈdʒʌdʒmənt", "en-gb"),
        ("W3C", "World Wide Web Consortium", "", "en-gb"),
    ]
    assert [(s.line, s.why[:30]) for s in skipped] == [
        (16, "The phonemes are x-sampa; only"),
        (20, "The lexeme has no grapheme."),
        (21, "phonemes must be IPA such as n"),
    ]


def test_csv_cells_are_no_formulas() -> None:
    rows = list(csv.reader(io.StringIO(write(ENTRIES, "csv"))))
    assert rows[3][:2] == ["'=1+1", "'-two"]


@pytest.mark.parametrize(
    "data",
    [
        "written;spoken;match_case\nNikon;Nick-on;yes\n".encode("utf-8-sig"),
        "SPOKEN\tWritten\tNotes\tmatch_case\r\nNick-on\tNikon\tx\t1\r\n".encode("utf-16"),
        b"Nikon,Nick-on,,,,TRUE\n\n",
        b'"Nikon","Nick-on",,,,true',
    ],
)
def test_csv_of_other_programs(data: bytes) -> None:
    expected = LexiconEntry(written="Nikon", spoken="Nick-on", match_case=True)
    assert read(data) == ([expected], [])


def test_last_entry_for_the_same_words_counts() -> None:
    entries, _ = read(b"written,spoken\nnikon,one\nNIKON,two\n")
    assert [entry.spoken for entry in entries] == ["two"]


def test_invalid_lines_are_told() -> None:
    entries, skipped = read(b"written,spoken,match_case\na,b,maybe\nc,\nd,e,\n")
    assert [entry.written for entry in entries] == ["d"]
    assert [s.line for s in skipped] == [2, 3]
    assert "maybe" in skipped[0].why
    assert len(read(b"written,spoken\n" + b"a,\n" * 500)[1]) == 101


BOMB = (
    '<!DOCTYPE lexicon [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    '<lexicon xmlns="http://www.w3.org/2005/01/pronunciation-lexicon">&b;</lexicon>'
)
EXTERNAL = '<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>'
GRAPHEMES = "<grapheme/>" * (MOST_ENTRIES + 1)
NAMESPACE = 'xmlns="http://www.w3.org/2005/01/pronunciation-lexicon"'


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (BOMB.encode(), "<!DOCTYPE"),
        (BOMB.encode("utf-16"), "<!DOCTYPE"),
        (EXTERNAL.encode(), "<!DOCTYPE"),
        (b"<lexicon>", "must be a PLS document"),
        (b"<html/>", "must be a PLS document"),
        (f"<lexicon {NAMESPACE}><lexeme>".encode(), "line 1: no element found"),
        (f"<lexicon {NAMESPACE}>{'<a>' * 100_000}".encode(), "more than 16 levels"),
        (f"<lexicon {NAMESPACE}>&undefined;</lexicon>".encode(), "undefined entity"),
        (b'<?xml version="1.0" encoding="latin-17"?><a/>', "UTF-8"),
        (b"written,spoken\n\xff,a", "UTF-8"),
        (b"written,spoken\n" + b"x" * 200_000, "line 2: field larger"),
        (b"\xff\xfe\x00", "UTF-8"),
    ],
)
def test_hostile_files_are_refused(data: bytes, message: str) -> None:
    with pytest.raises(ValidationError) as error:
        read(data)
    assert error.value.field == "file"
    assert message in str(error.value)


@pytest.mark.parametrize(
    "data",
    [
        b" " * (LARGEST_FILE + 1),
        b"a,b\n" * (MOST_ENTRIES + 1),
        f"<lexicon {NAMESPACE}><lexeme>{GRAPHEMES}</lexeme></lexicon>".encode(),
    ],
)
def test_size_and_count_are_bounded(data: bytes) -> None:
    with pytest.raises(TooLargeError):
        read(data)


def test_long_texts_are_not_collected() -> None:
    text = "a" * 3_000_000
    lexeme = f"<lexeme><grapheme>{text}</grapheme><alias>b</alias></lexeme>"
    entries, skipped = read(f"<lexicon {NAMESPACE}>{lexeme}</lexicon>".encode())
    assert entries == []
    assert "the limit is 200" in skipped[0].why
