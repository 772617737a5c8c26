"""The changes that can be undone take a bounded part of the memory."""

from __future__ import annotations

import pytest

from tts_core.projects import access
from tts_core.projects.access import Journal
from tts_core.projects.project import Change, ProjectSegment


def change(segments: int) -> Change:
    before = [ProjectSegment(str(n), n, 0, "a") for n in range(segments)]
    return Change(before, [ProjectSegment(str(n), n, 0, "b") for n in range(segments)])


def test_many_projects_share_one_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "MOST_SEGMENTS_IN_ALL", 100)
    journal = Journal()
    for number in range(10):
        journal.add(f"p{number}", change(10))
    kept = [journal.depth(f"p{number}") for number in range(10)]
    assert kept == [(0, 0)] * 5 + [(1, 0)] * 5

    # What was undone counts, and makes its project the last to be forgotten.
    undone = journal.take("p5", "undo")
    assert undone is not None
    journal.put("p5", "redo", undone)
    journal.add("p10", change(10))
    assert (journal.depth("p5"), journal.depth("p6")) == ((0, 1), (0, 0))

    journal.add("large", change(1_000))
    journal.add("large", change(1_000))
    assert journal.depth("large") == (2, 0)
    assert [journal.depth(f"p{number}") for number in range(11)] == [(0, 0)] * 11
    assert journal.take("large", "undo") is not None


def test_a_forgotten_project_can_be_changed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "MOST_SEGMENTS_IN_ALL", 10)
    journal = Journal()
    journal.add("a", change(5))
    lock = journal.going("a")
    journal.add("b", change(5))
    assert journal.depth("a") == (0, 0)
    assert journal.going("a") is lock
    journal.add("a", change(5))
    assert (journal.depth("a"), journal.depth("b")) == ((1, 0), (0, 0))
