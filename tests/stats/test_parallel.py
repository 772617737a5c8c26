"""Many requests at once through the running app, on both databases."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.live import running_app
from tts_core.validation import speech_request

TWELVE = " ".join(f"This is sentence number {n} of twelve." for n in range(1, 13))
SLOWLY = {"step_seconds": 0.005, "pieces": 2}


@pytest.mark.thorough
def test_sixteen_at_once(database_url: str, tmp_path: Path) -> None:
    with (
        running_app(tmp_path, database_url=database_url) as app,
        httpx.Client(base_url=app.url) as client,
    ):

        def speak(_: int) -> str:
            request = speech_request(text=TWELVE, engine="scripted", options=SLOWLY)
            return app.service.synthesize(request)[1].request_id

        def get(path: str, **query: object) -> Any:
            return client.get(path, params=query).json()  # type: ignore[arg-type]

        with ThreadPoolExecutor(16) as pool:
            work = [pool.submit(speak, n) for n in range(16)]
            most = 0
            while not all(w.done() for w in work):
                active = get("status")["active_requests"]
                assert len({r["request_id"] for r in active}) == len(active)
                most = max(most, len(active))
                time.sleep(0.01)
        assert most == 16
        told = get("status/history", limit=50)["request_history"]
        assert sorted(r["request_id"] for r in told) == sorted(w.result() for w in work)
        statistics = get("status/statistics")
        assert statistics["total_requests"] == statistics["completed_requests"] == 16
        assert (statistics["success_rate"], statistics["errors_by_type"]) == (100, {})
