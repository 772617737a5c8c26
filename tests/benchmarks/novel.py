"""A generated novel from its file to an M4B by one command: chapters, words, time, memory, kills.

    python -m tests.benchmarks.novel [--words 100000] [--chapters 40] [--format epub] [--kills 20]

`aloud narrate` speaks it with hibari in a process of its own, with an empty data folder. Told are:
the chapters as ffprobe (which must be installed) and PyAV see them; how many words of the generated
text the segments have, in its order; the time, in all and for each second of sound; the memory
(PSS of the process and its children, looked at every 0.5 s) above that of an idle `SpeechService`;
the time of the same command after one sentence was edited. With `--kills` the book is made again
from nothing by processes that are killed at random moments (SIGKILL, seeded); the decoded samples
must be the same, and at most one segment for each kill may be made twice. Wanted: at most 500 MB
above idle, and at most 10 % of the time after the edit.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

import av
import psutil

from tests.benchmarks.novel_texts import WRITERS, Chapter, novel
from tts_core.export.book import SpokenBook
from tts_core.service import SpeechService
from tts_core.settings import Settings
from tts_core.types import Caller

ME = Caller()
LOOK_SECONDS = 0.5
MB = 1e6


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the command."""

    seconds: float
    cpu: float
    """Seconds of processor time, of all its processes, as of the last look."""
    memory: int
    """Highest PSS of all its processes together, in bytes."""
    killed: bool


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


def narrate(document: Path, output: Path, data: Path, kill_after: float | None = None) -> Run:
    """Run the command to its end, or kill all its processes after so many seconds."""
    command = [sys.executable, "-m", "tts_core", "narrate", str(document), "-o", str(output)]
    command += ["--engine", "hibari"]
    began, highest, cpu = time.monotonic(), 0, 0.0
    with subprocess.Popen(command, env=environment(data)) as child:
        process = psutil.Process(child.pid)
        while child.poll() is None:
            try:
                highest, cpu = max(highest, pss(process)), cpu_seconds(process)
            except psutil.NoSuchProcess:
                break
            left = LOOK_SECONDS
            if kill_after is not None:
                left = min(left, began + kill_after - time.monotonic())
                if left <= 0:
                    family = [*process.children(recursive=True), process]
                    for one in family:
                        one.kill()
                    psutil.wait_procs(family, 10.0)
                    return Run(time.monotonic() - began, cpu, highest, killed=True)
            try:
                child.wait(left)
            except subprocess.TimeoutExpired:
                continue
    if child.returncode:
        raise SystemExit(f"{' '.join(map(str, command))} ended with {child.returncode}")
    return Run(time.monotonic() - began, cpu, highest, killed=False)


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


def opened(data: Path) -> SpeechService:
    """Open a data folder in which no command is working."""
    return SpeechService(Settings(_env_file=None, data_dir=data))  # type: ignore[call-arg]


def spoken(data: Path) -> SpokenBook:
    """Return the one project of a data folder, which must be complete."""
    with closing(opened(data)) as service:
        [project] = service.projects.all(ME)
        return service.projects.book(ME, project.project_id)


def edit(data: Path) -> None:
    """Change a sentence in the middle of the one project; the next command makes it."""
    with closing(opened(data)) as service:
        [project] = service.projects.all(ME)
        service.projects.control(ME, project.project_id, "pause")
        service.projects.edit(
            ME, project.project_id, project.segments // 2, text="This sentence has been edited."
        )


def report_words(chapters: list[Chapter], book: SpokenBook) -> None:
    """Print how many words of the novel the segments have, in its order."""
    a = " ".join(text for c in chapters for text in (c.title, *c.paragraphs)).split()
    b = " ".join(s.text for chapter in book.chapters for s in chapter.segments).split()
    blocks = SequenceMatcher(None, a, b).get_matching_blocks() if a != b else ()
    found = sum(block.size for block in blocks) if a != b else len(a)
    segments = [segment for chapter in book.chapters for segment in chapter.segments]
    silent = sum(not segment.audio.stat().st_size or segment.duration <= 0 for segment in segments)
    print(
        f"words: {len(a):,} in the novel, {found:,} of them spoken in order, {len(b) - found:,} "
        "others; "
        f"{len(segments):,} segments, {silent} without sound"
    )


def report_chapters(path: Path, titles: list[str]) -> float:
    """Print whether ffprobe and PyAV see the chapters; return the seconds of sound."""
    probe = ["ffprobe", "-v", "error", "-of", "json", "-show_chapters", "-show_format"]
    told = json.loads(subprocess.run([*probe, str(path)], capture_output=True, check=True).stdout)
    by_ffprobe = [chapter["tags"]["title"] for chapter in told["chapters"]]
    with av.open(str(path)) as file:
        by_pyav = [chapter["metadata"]["title"] for chapter in file.chapters()]
    ends = [float(chapter["end_time"]) for chapter in told["chapters"]]
    starts = [float(chapter["start_time"]) for chapter in told["chapters"]]
    joined = starts[:1] == [0.0] and all(
        abs(a - b) < 0.01 for a, b in zip(ends, starts[1:], strict=False)
    )
    seconds = float(told["format"]["duration"])
    print(
        f"chapters: {len(titles)} in the novel; ffprobe {len(by_ffprobe)}, titles "
        f"{'right' if by_ffprobe == titles else 'WRONG'}, {'without' if joined else 'WITH'} gaps; "
        f"PyAV {len(by_pyav)}, titles {'right' if by_pyav == titles else 'WRONG'}; "
        f"{seconds / 60:.1f} min, {path.stat().st_size / MB:.1f} MB"
    )
    return seconds


def decoded(path: Path) -> str:
    """Return a digest of the decoded samples of a file."""
    digest = hashlib.sha256()
    with av.open(str(path)) as file:
        for frame in file.decode(audio=0):
            digest.update(frame.to_ndarray().tobytes())
    return digest.hexdigest()


def files(data: Path) -> dict[str, tuple[int, int]]:
    """Return the inodes and times of all complete takes, by name, of a data folder."""
    return {
        path.name: (path.stat().st_ino, path.stat().st_mtime_ns)
        for path in data.glob("projects/*/[!.]*.flac")
    }


def report_kills(document: Path, data: Path, kills: int, seconds: float) -> str:
    """Make the book with that many kills, in runs of `seconds` in all; return its samples' digest.

    A complete take is never written again where nothing is lost, so one whose file has changed,
    and a file that was begun, are segments made twice.
    """
    chance = random.Random(kills)
    output = data.parent / "killed.m4b"
    begun: set[Path] = set()
    before: dict[str, tuple[int, int]] = {}
    moments: list[float] = []
    complete: list[int] = []
    changed = 0
    for _ in range(kills):
        run = narrate(document, output, data, chance.uniform(0, 2 * seconds / (kills + 1)))
        if not run.killed:
            print(f"the book was complete after {len(moments)} kills")
            break
        begun |= set(data.glob("projects/*/.*"))
        after = files(data)
        changed += sum(after.get(name) != kept for name, kept in before.items())
        before = after
        moments.append(round(run.seconds, 1))
        complete.append(len(after))
    narrate(document, output, data)
    after = files(data)
    changed += sum(after.get(name) != kept for name, kept in before.items())
    print(
        f"kills: {len(moments)}, each after so many seconds: {moments}; segments complete then: "
        f"{complete}, of {len(after)} in all; made twice: {len(begun) + changed}"
    )
    return decoded(output)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--words", type=int, default=100_000)
    parser.add_argument("--chapters", type=int, default=40)
    parser.add_argument("--format", choices=WRITERS, default="epub")
    parser.add_argument("--kills", type=int, default=0)
    options = parser.parse_args()
    chapters = novel(options.words, options.chapters)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        document, output = folder / f"novel.{options.format}", folder / "novel.m4b"
        WRITERS[options.format](document, chapters)
        at_rest = idle()
        first = narrate(document, output, folder / "data")
        seconds = report_chapters(output, [chapter.title for chapter in chapters])
        report_words(chapters, spoken(folder / "data"))
        print(
            f"time: {first.seconds:.0f} s ({first.cpu:.0f} s of processor time), real-time factor "
            f"{first.seconds / seconds:.3f} ({first.cpu / seconds:.3f}); "
            f"load {os.getloadavg()[0]:.0f} on {os.cpu_count()} cores"
        )
        print(
            f"memory: {at_rest / MB:.0f} MB idle, at most {(first.memory - at_rest) / MB:+.0f} MB",
            flush=True,
        )
        whole = decoded(output)
        edit(folder / "data")
        again = narrate(document, output, folder / "data")
        print(
            f"after an edit: {again.seconds:.1f} s ({again.cpu:.1f} s), "
            f"{100 * again.seconds / first.seconds:.0f} % ({100 * again.cpu / first.cpu:.0f} %) "
            f"of the first time; changed: {decoded(output) != whole}",
            flush=True,
        )
        if options.kills:
            # The watermark of a book says which installation has made it.
            shutil.copytree(folder / "data/certificate", folder / "killed/certificate")
            found = report_kills(document, folder / "killed", options.kills, first.seconds)
            print(f"the same samples after the kills: {found == whole}")


if __name__ == "__main__":
    main()
