"""Kills the app at random moments and checks the history afterwards.

In each round a service speaks eight requests at a time until a SIGKILL. Afterwards every request
whose answer was delivered has to be in the table as completed, once; every other one in it has to
be interrupted after the next start; the sums have to agree, and the file has to be intact.
"""

from __future__ import annotations

import os
import random
import signal
import tempfile
import threading
import time
from itertools import count
from pathlib import Path
from typing import NoReturn

import psycopg  # noqa: F401 - so that no child has to; the same of the store
import sqlalchemy

from tests.support.scripted import SCRIPTED
from tts_core.engines.registry import Registry
from tts_core.events import Finished
from tts_core.service import SpeechService
from tts_core.settings import Settings
from tts_core.stats import store  # noqa: F401
from tts_core.stats.history import History
from tts_core.types import SpeechRequest

PARALLEL = 8


def speak_until_killed(settings: Settings, pipe: int) -> NoReturn:
    """Write a letter and the id of each request to the pipe: s accepted, f answer delivered."""
    service = SpeechService(settings, Registry(SCRIPTED))

    def speak(number: int) -> None:
        for i in count():
            options = {"pieces": 2, "step_seconds": 0.01 * ((number + i) % 3)}
            request = SpeechRequest(
                text="A short text.", engine="scripted", language="en", options=options
            )
            with service.stream(request) as stream:
                os.write(pipe, f"s{stream.request_id}\n".encode())
                for event in stream:
                    if isinstance(event, Finished):
                        os.write(pipe, f"f{stream.request_id}\n".encode())

    for number in range(PARALLEL):
        threading.Thread(target=speak, args=[number], daemon=True).start()
    time.sleep(60)
    os._exit(1)


def one_round(settings: Settings, seconds: float) -> tuple[set[str], set[str]]:
    """Kill a service `seconds` after its first answer.

    Returns the ids of the accepted requests, and of those whose answer was delivered.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        speak_until_killed(settings, writer)
    os.close(writer)
    killer = threading.Timer(seconds, os.kill, [child, signal.SIGKILL])
    lines: list[str] = []
    with os.fdopen(reader) as said:
        for line in said:
            if line[0] == "f" and not any(known[0] == "f" for known in lines):
                killer.start()
            if len(line) == 34:
                lines.append(line.strip())
    killer.join()
    os.waitpid(child, 0)
    return tuple({line[1:] for line in lines if line[0] == kind} for kind in "sf")  # type: ignore[return-value]


def judge(url: str, started: set[str], finished: set[str]) -> str:
    """Check the history and return figures. Raises AssertionError."""
    history = History(url, limit=10**6)
    history.recent(1)  # the next start
    sums = history.sums()["all"]["scripted"]
    history.close()
    assert history.error is None, history.error
    engine = sqlalchemy.create_engine(url)
    with engine.connect() as connection:
        rows = list(connection.exec_driver_sql("SELECT request_id, status FROM requests"))
        if connection.dialect.name == "sqlite":
            sound = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
            assert sound == "ok", sound
    engine.dispose()
    table = dict(map(tuple, rows))
    assert len(table) == len(rows)
    assert {table.get(request) for request in finished} == {"completed"}
    assert set(table.values()) <= {"completed", "interrupted"}
    completed = sum(status == "completed" for status in table.values())
    assert (sums.completed, sums.requests) == (completed, len(table))
    unknown = len(started - table.keys())
    return (
        f"{len(started)} accepted, {len(finished)} answers given out and completed, "
        f"{completed - len(finished)} completed before their answer was, "
        f"{len(table) - completed} interrupted, {unknown} accepted in the last moment and not noted"
    )


def run(rounds: int, url: str = "") -> str:
    """Kill so many services one after the other, check the history and return figures.

    Must be called in a process without threads, which can fork. Raises AssertionError.
    """
    chance = random.Random(rounds)
    started: set[str] = set()
    finished: set[str] = set()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(  # type: ignore[call-arg]
            _env_file=None,
            data_dir=Path(folder),
            runner="inline",
            database_url=url or None,  # type: ignore[arg-type]
            history_limit=10**6,
        )
        for _ in range(rounds):
            accepted, given = one_round(settings, chance.uniform(0.03, 0.5))
            started, finished = started | accepted, finished | given
        return f"{rounds} kills: {judge(settings.history_url, started, finished)}"
