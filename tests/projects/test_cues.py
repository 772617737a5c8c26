"""Subtitles that are spoken: as fast as their times need."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.projects import ME, ended
from tts_core.projects.asked import narration_of
from tts_core.service import SpeechService

LONG = "We walked along the river until the lights of the town had disappeared."
SUBTITLES = f"""1
00:00:01,000 --> 00:00:09,000
{LONG}

2
00:00:10,000 --> 00:00:13,000
{LONG}

3
00:00:14,000 --> 00:00:15,000
{LONG}

4
00:00:20,000 --> 00:00:22,000
Good night.
Sleep well.
"""


def test_cues_are_spoken_as_fast_as_their_times_need(
    service: SpeechService, tmp_path: Path
) -> None:
    path = tmp_path / "film.srt"
    path.write_text(SUBTITLES, encoding="utf-8")
    project = service.projects.narrate(ME, path, path.name, narration_of(engine="hibari"))
    assert project.warnings == ()
    status = ended(service, project.project_id, seconds=120)
    assert status.state == "complete"

    usual, fitted, hopeless, short = service.projects.segments(ME, project.project_id, 0, 10)
    assert 3.2 < usual.duration_seconds < 4.5  # at its own speed, though there is time for more
    assert 2.6 < fitted.duration_seconds <= 3.05
    faster = usual.duration_seconds / hopeless.duration_seconds
    assert 1.35 < faster < 1.65
    assert short.text == "Good night.\nSleep well."
    (warning,) = status.warnings
    assert "longer than their time" in warning
    assert "up to 1.5 times as fast: 1 (segments 2)" in warning

    exported = service.projects.export(ME, project.project_id, "srt").read_text(encoding="utf-8")
    begins = re.findall(r"00:00:(\d\d),(\d{3}) -->", exported)
    assert [int(s) + int(ms) / 1000 for s, ms in begins] == pytest.approx([1, 10, 14, 20], abs=0.05)
    service.projects.edit(ME, project.project_id, 2, text="We walked.")
    assert ended(service, project.project_id, seconds=60).warnings == ()
