"""The records of requests that are running."""

from __future__ import annotations

import pytest

from tts_core.synthesis.live_request import preview

ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("👨‍👩‍👧 and ❤️‍🔥 and 🇩🇪", "👨‍👩‍👧 and ❤️‍🔥 and 🇩🇪"),
        (f"{ENGLAND} wins", f"{ENGLAND} wins"),
        ("می\u200cخواهم, क्\u200dष", "می\u200cخواهم, क्\u200dष"),
        ("\ufeffhy\u00adphen\u200bated \u202eback", "hyphenated back"),
        ("bell\x07, lone \ud800", "bell\ufffd, lone \ufffd"),
    ],
)
def test_a_preview_keeps_what_joins_letters_and_emoji(text: str, shown: str) -> None:
    assert preview(text) == shown
