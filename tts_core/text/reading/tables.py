"""Compact tables in the modules of languages."""

from __future__ import annotations

from tts_core.text.reading.abbreviation import Abbreviation


def words(*lines: str) -> frozenset[str]:
    """Return the words of some lines as a set."""
    return frozenset(" ".join(lines).split())


def pairs(singular: str, written: str, plural: str = "") -> dict[str, tuple[str, str]]:
    """Return singular and plural of a word for each way in which it is written."""
    return dict.fromkeys(written.split(), (singular, plural or singular))


def abbreviations(
    never_end: str = "",
    *,
    ends: str = "",
    often_ends: str = "",
    before_number: str = "",
    bare: str = "",
) -> dict[str, Abbreviation]:
    """Return a table of abbreviations from lines such as "Mister: mr | for example: e.g eg".

    `never_end`: those after which no sentence ends. `ends`: those after which one may end.
    `often_ends`: those after which one ends unless a small letter follows.
    `before_number`: those that are abbreviations only before a number. `bare`: those written
    without a full stop; their keys end with "!".
    """
    found: dict[str, Abbreviation] = {}
    for table, may_end, number in (
        (never_end, False, False),
        (ends, True, False),
        (before_number, False, True),
    ):
        for spoken, written in _entries(table):
            found[written] = Abbreviation(spoken, may_end, before_number=number)
    for spoken, written in _entries(often_ends):
        found[written] = Abbreviation(spoken, ends=True, often_ends=True)
    for spoken, written in _entries(bare):
        found[f"{written}!"] = Abbreviation(spoken)
    return found


def _entries(table: str) -> list[tuple[str, str]]:
    rows = [row.partition(":") for line in table.splitlines() for row in line.split("|")]
    return [
        (spoken.strip(), written)
        for spoken, _, all_written in rows
        for written in all_written.split()
    ]


def genders(*, feminine: str = "", masculine: str = "", neuter: str = "") -> dict[str, str]:
    """Return the gender of each of some units or currencies."""
    return {
        **dict.fromkeys(feminine.split(), "feminine"),
        **dict.fromkeys(masculine.split(), "masculine"),
        **dict.fromkeys(neuter.split(), "neuter"),
    }


def named(text: str) -> dict[str, str]:
    """Return names by their abbreviations, and by themselves: "Genesis: Gen Gn | Exodus: Ex"."""
    found = {}
    for entry in filter(str.strip, text.replace("\n", "|").split("|")):
        name, _, short = entry.partition(":")
        found.update(dict.fromkeys([name.strip(), *short.split()], name.strip()))
    return found
