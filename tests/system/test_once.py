"""What several threads ask for at the same time is computed once."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from tts_core.system.once import computed_once


def test_each_result_is_computed_once_however_many_ask() -> None:
    computed: list[str] = []
    ready = threading.Barrier(8)

    @computed_once
    def long(name: str) -> str:
        computed.append(name)
        time.sleep(0.05)
        return name.upper()

    def ask(name: str) -> str:
        ready.wait()
        return long(name)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, "aabbaabb")) == list("AABBAABB")
    assert sorted(computed) == ["a", "b"]
