"""Who calls: what a client says of itself can be stored."""

from __future__ import annotations

from pathlib import Path

import gradio as gr
import pytest
from starlette.requests import Request

from tts_core.service import SpeechService
from tts_core.settings import Settings
from tts_core.types import Caller
from tts_core.web.callers import LONGEST_SESSION, caller_of

SESSIONS = {"surrogate": "\ud800", "NUL": "a\x00b", "long": "x" * 100_000}


@pytest.mark.parametrize("session", SESSIONS.values(), ids=SESSIONS)
def test_an_odd_session_id_is_stored_like_any_other(tmp_path: Path, session: str) -> None:
    """Gradio takes what a client sends. One id that no database takes kept the visits of all
    others from being stored, whose projects were then deleted."""
    scope = {"type": "http", "headers": [], "state": {"caller": Caller("a", operator=False)}}
    caller = caller_of(gr.Request(Request(scope), session_hash=session))
    assert 0 < len(caller.owner_id) <= LONGEST_SESSION
    values = {"data_dir": tmp_path, "history_scope": "session", "keep_visitors_days": 1}
    service = SpeechService(Settings(_env_file=None, **values))  # type: ignore[arg-type]
    try:
        service.lexicon.save(caller, "Aloud", "a loud")
        assert service.lexicon._visitors.absent() == []
        assert service.projects.all(caller) == []
    finally:
        service.close()
