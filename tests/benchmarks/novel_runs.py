"""Runs `aloud narrate` for `novel.py` in a process of its own, which is watched or killed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil

LOOK_SECONDS = 0.5
TELL_SECONDS = 60.0
"""Between two lines that tell how far a run is."""
MB = 1e6


@dataclass(slots=True)
class Run:
    """One run of the command."""

    seconds: float = 0.0
    cpu: float = 0.0
    """Seconds of processor time, of all its processes, as of the last look."""
    highest: dict[str, int] = field(default_factory=dict)
    """Highest PSS of all its processes together in bytes, by what the command was at."""
    began: dict[str, float] = field(default_factory=dict)
    """Seconds after which that began."""
    killed: bool = False

    @property
    def memory(self) -> int:
        """Return the highest PSS in bytes."""
        return max(self.highest.values(), default=0)

    def phases(self) -> str:
        """Return how long the command was at what."""
        ends = [*list(self.began.values())[1:], self.seconds]
        spans = zip(self.began, self.began.values(), ends, strict=True)
        return ", ".join(f"{phase} {end - begin:.0f} s" for phase, begin, end in spans)


def narrate(document: Path, output: Path, data: Path, kill_after: float | None = None) -> Run:
    """Run the command to its end, or kill all its processes after so many seconds."""
    command = [sys.executable, "-m", "tts_core", "narrate", str(document), "-o", str(output)]
    command += ["--engine", "hibari"]
    run, began, told = Run(), time.monotonic(), 0.0
    with subprocess.Popen(command, env=environment(data)) as child:
        process = psutil.Process(child.pid)
        while child.poll() is None:
            run.seconds = time.monotonic() - began
            try:
                now, run.cpu = pss(process), cpu_seconds(process)
            except psutil.NoSuchProcess:
                break
            segments, chapters = len(takes(data)), len(encoded(data))
            phase = "exporting" if chapters else "speaking" if segments else "starting and reading"
            run.began.setdefault(phase, run.seconds)
            run.highest[phase] = max(run.highest.get(phase, 0), now)
            if run.seconds >= told + TELL_SECONDS:
                told = run.seconds
                print(
                    f"  {run.seconds / 60:.0f} min: {segments:,} segments, {chapters} chapters "
                    f"encoded, {now / MB:.0f} MB",
                    flush=True,
                )
            left = LOOK_SECONDS
            if kill_after is not None:
                left = min(left, began + kill_after - time.monotonic())
                if left <= 0:
                    family = [*process.children(recursive=True), process]
                    for one in family:
                        one.kill()
                    psutil.wait_procs(family, 10.0)
                    run.seconds, run.killed = time.monotonic() - began, True
                    return run
            try:
                child.wait(left)
            except subprocess.TimeoutExpired:
                continue
    if child.returncode:
        raise SystemExit(f"{' '.join(map(str, command))} ended with {child.returncode}")
    run.seconds = time.monotonic() - began
    return run


def takes(data: Path) -> list[Path]:
    """Return the files of the segments that are complete, in a data folder."""
    return list(data.glob("projects/*/[!.]*.flac"))


def encoded(data: Path) -> list[Path]:
    """Return the files of the chapters that are encoded, or being encoded."""
    return list(data.glob("projects/*/encoded/*"))


def pss(process: psutil.Process) -> int:
    """Return the proportional set size of a process and its children in bytes."""
    total = 0
    for one in (process, *process.children(recursive=True)):
        try:
            rollup = Path(f"/proc/{one.pid}/smaps_rollup").read_text()
        except OSError:  # it has just ended
            continue
        if found := re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE):
            total += 1024 * int(found[1])
    return total


def cpu_seconds(process: psutil.Process) -> float:
    """Return the processor time of a process, of its children, and of those that have ended."""
    times = [one.cpu_times() for one in (process, *process.children(recursive=True))]
    ended = times[0].children_user + times[0].children_system
    return float(sum(t.user + t.system for t in times) + ended)


def environment(data: Path) -> dict[str, str]:
    """Return the environment of a command with a data folder of its own and default settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TTS_")}
    return kept | {"TTS_DATA_DIR": str(data)}


def idle() -> int:
    """Return the PSS in bytes of a service that has nothing to do."""
    code = (
        "import sys\nfrom tts_core.service import SpeechService\n"
        "from tts_core.settings import Settings\nservice = SpeechService(Settings())\n"
        "print('ready', flush=True)\nsys.stdin.read()\nservice.close()"
    )
    with (
        tempfile.TemporaryDirectory() as name,
        subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment(Path(name)),
        ) as child,
    ):
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(1.0)
        found = pss(psutil.Process(child.pid))
        child.communicate()
    return found
