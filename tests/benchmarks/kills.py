"""Every engine's worker killed at random moments: what becomes of the requests and the memory.

    python -m tests.benchmarks.kills [ENGINE …]

Random weights of the smallest size. Each round: three requests at once, and a SIGKILL for the
worker at a random moment from their start on, loading included. A request may complete (through a
new worker) or end with an error; none may hang, and none may be short. Wanted: every request
accounted for, the app's memory back at the level before, the worker's given back by unloading.
"""

from __future__ import annotations

import gc
import os
import random
import signal
import sys
import tempfile
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import psutil

from tests.support.checkpoints import NEURAL, TINY_ENGINES, checkpoints
from tts_core.engines.registry import Registry
from tts_core.errors import TTSError
from tts_core.service import SpeechService
from tts_core.settings import Settings
from tts_core.types import SpeechRequest

ROUNDS = 10
PARALLEL = 3
TEXT = "The quick brown fox jumps over the lazy dog. It does so again. And once more, to be sure."


def megabytes(pid: int) -> float:
    return float(psutil.Process(pid).memory_full_info().uss) / 1e6


def speak(service: SpeechService, engine: str) -> float:
    """Seconds of sound."""
    request = SpeechRequest(text=TEXT, engine=engine, seed=7)
    path, info = service.synthesize(request)
    path.unlink()
    return info.duration_seconds


def account(futures: list[Future[float]]) -> tuple[int, list[str]]:
    """How many completed, and the errors of the others. Raises TimeoutError for one that hangs."""
    done, errors = 0, []
    for future in futures:
        try:
            assert future.result(timeout=240) > 0
            done += 1
        except TTSError as error:
            errors.append(error.type)
    return done, errors


def kill_in(service: SpeechService, engine: str, seconds: float) -> bool:
    time.sleep(seconds)
    runner = service._scheduler.runners().get(engine)
    if runner is None or runner.pid is None:
        return False
    os.kill(runner.pid, signal.SIGKILL)
    return True


def measure(service: SpeechService, engine: str) -> None:
    calm = speak(service, engine)
    began = time.monotonic()
    speak(service, engine)
    usual = time.monotonic() - began
    runner = service._scheduler.runners()[engine]
    assert runner.pid is not None
    gc.collect()
    before, worker = megabytes(os.getpid()), megabytes(runner.pid)
    completed, errors, killed = 0, [], 0
    chance = random.Random(1)
    for _ in range(ROUNDS):
        with ThreadPoolExecutor(PARALLEL) as pool:
            futures = [pool.submit(speak, service, engine) for _ in range(PARALLEL)]
            killed += kill_in(service, engine, chance.uniform(0, PARALLEL * usual))
            done, failed = account(futures)
        completed, errors = completed + done, errors + failed
    again = speak(service, engine)
    gc.collect()
    after = megabytes(os.getpid())
    assert runner.pid is not None
    worker_after = megabytes(runner.pid)
    pid = runner.pid
    runner.unload()
    print(
        f"{engine:11} {killed} kills, {ROUNDS * PARALLEL} requests: {completed} completed, "
        f"{len(errors)} failed {sorted(set(errors))}; sound {calm:.2f} s before, {again:.2f} s "
        f"after; app {before:.0f} -> {after:.0f} MB ({after / before:.2f}x), worker {worker:.0f} "
        f"-> {worker_after:.0f} MB ({worker_after / worker:.2f}x), after unloading "
        f"{'gone' if not psutil.pid_exists(pid) else 'STILL THERE'}",
        flush=True,
    )
    assert completed + len(errors) == ROUNDS * PARALLEL


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, checkpoints(Path(folder) / "hub"):
        settings = Settings(_env_file=None, data_dir=Path(folder) / "data", fallback=False)  # type: ignore[call-arg]
        service = SpeechService(settings, Registry(TINY_ENGINES))
        try:
            for engine in sys.argv[1:] or (*NEURAL, "espeak"):
                measure(service, engine)
        finally:
            service.close()


if __name__ == "__main__":
    main()
