"""A generated novel from its file to an M4B by one command: chapters, words, time, memory, kills.

    python -m tests.benchmarks.novel [--words 100000] [--chapters 40] [--kills 20]
        [--parts epub edit kills pdf] [--folder FOLDER] [--minutes 25]

`aloud narrate` speaks it with hibari in a process of its own, with an empty data folder. Parts:

epub    From nothing. Told are the chapters as ffprobe (which must be installed) and PyAV see them;
        how many words of the generated text the segments have, in its order, and how many have
        times within the sound; the time, in all, for each second of sound, and by what the command
        was at; the memory (PSS of the process and its children, looked at every 0.5 s) above that
        of an idle `SpeechService`. Wanted: at most 500 MB.
edit    The same command after one sentence of that book was edited. Wanted: at most 10 % of the
        time.
kills   From nothing by processes that are killed at random moments (SIGKILL, seeded). The decoded
        samples must be those of the part `epub`, and at most one segment for each kill may be made
        twice.
pdf     The part `epub` with the novel as a PDF.

With `--folder` the figures and the data are kept, so that each part can be run by a call of its
own: `edit` and `kills` need those of `epub`. After `--minutes`, no other process is begun that is
to be killed; the same call goes on later.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import av

from tests.benchmarks.novel_runs import MB, Run, idle, narrate, takes
from tests.benchmarks.novel_texts import WRITERS, Chapter, novel
from tts_core.export.book import SpokenBook
from tts_core.service import SpeechService
from tts_core.settings import Settings
from tts_core.types import Caller

ME = Caller()


@dataclass(frozen=True, slots=True)
class Novel:
    """The novel, and the folder of what is made of it."""

    chapters: list[Chapter]
    folder: Path

    def document(self, format: str) -> Path:
        """Return the file of the novel in a format, and write it if there is none."""
        path = self.folder / f"novel.{format}"
        if not path.exists():
            WRITERS[format](path, self.chapters)
        return path

    def known(self, name: str) -> Any:
        """Return a figure of an earlier part. Raises SystemExit."""
        figures = self.figures()
        if name not in figures:
            raise SystemExit("Run the part epub first, with the same --folder.")
        return figures[name]

    def figures(self) -> dict[str, Any]:
        """Return all figures that were noted."""
        path = self.folder / "figures.json"
        return json.loads(path.read_text()) if path.exists() else {}

    def note(self, **figures: object) -> None:
        """Keep figures for later parts."""
        (self.folder / "figures.json").write_text(json.dumps(self.figures() | figures))


def opened(data: Path) -> SpeechService:
    """Open a data folder in which no command is working."""
    return SpeechService(Settings(_env_file=None, data_dir=data))  # type: ignore[call-arg]


def spoken(data: Path) -> SpokenBook:
    """Return the one project of a data folder, which must be complete."""
    with closing(opened(data)) as service:
        [project] = service.projects.all(ME)
        return service.projects.book(ME, project.project_id)


def report_words(chapters: list[Chapter], book: SpokenBook) -> None:
    """Print how many words of the novel the segments have, in its order, and when they are."""
    written = found = others = 0
    for chapter, made in zip(chapters, book.chapters, strict=True):
        a = " ".join((chapter.title, *chapter.paragraphs)).split()
        b = " ".join(segment.text for segment in made.segments).split()
        blocks = SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks()
        equal = sum(block.size for block in blocks) if a != b else len(a)
        written, found, others = written + len(a), found + equal, others + len(b) - equal
    segments = [segment for chapter in book.chapters for segment in chapter.segments]
    silent = sum(not segment.audio.stat().st_size or segment.duration <= 0 for segment in segments)
    words = timed = 0
    for segment in segments:
        words += len(segment.text.split())
        # One that is written together may be several, as in "half-past": those are one here.
        letters = "".join(word.text for word in segment.words)
        is_whole = "".join(letters.split()) == "".join(segment.text.split())
        ends = [time for word in segment.words for time in (word.start, word.end)]
        is_placed = ends == sorted(ends) and min(ends, default=-1) >= 0
        if is_whole and is_placed and ends[-1] <= segment.duration + 0.01:
            timed += len(segment.text.split())
    print(
        f"words: {written:,} in the novel, {found:,} of them spoken in order, {others:,} others; "
        f"{timed:,} of {words:,} with times in their segment's sound; "
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


def report_book(novel: Novel, format: str) -> Run:
    """Speak the novel from nothing, and print what has become of it."""
    at_rest, data = idle(), novel.folder / format
    shutil.rmtree(data, ignore_errors=True)
    output = novel.folder / f"{format}.m4b"
    run = narrate(novel.document(format), output, data)
    seconds = report_chapters(output, [chapter.title for chapter in novel.chapters])
    report_words(novel.chapters, spoken(data))
    print(
        f"time: {run.seconds:.0f} s ({run.cpu:.0f} s of processor time), real-time factor "
        f"{run.seconds / seconds:.4f} ({run.cpu / seconds:.4f}); {run.phases()}; "
        f"load {os.getloadavg()[0]:.0f} on {os.cpu_count()} cores"
    )
    more = (f"{phase} {(most - at_rest) / MB:+.0f} MB" for phase, most in run.highest.items())
    print(f"memory: {at_rest / MB:.0f} MB idle, at most {', '.join(more)}", flush=True)
    return run


def epub(novel: Novel, options: argparse.Namespace) -> None:
    """Print the figures of the novel as an EPUB."""
    run = report_book(novel, "epub")
    novel.note(seconds=run.seconds, cpu=run.cpu, samples=decoded(novel.folder / "epub.m4b"))


def pdf(novel: Novel, options: argparse.Namespace) -> None:
    """Print the figures of the novel as a PDF."""
    report_book(novel, "pdf")


def edit(novel: Novel, options: argparse.Namespace) -> None:
    """Change a sentence in the middle of the book, and print how long the command takes then."""
    first, cpu, data = novel.known("seconds"), novel.known("cpu"), novel.folder / "epub"
    with closing(opened(data)) as service:
        [project] = service.projects.all(ME)
        service.projects.control(ME, project.project_id, "pause")
        text = f"This sentence has been edited at {time.time():.0f}."
        service.projects.edit(ME, project.project_id, project.segments // 2, text=text)
    output = novel.folder / "edited.m4b"
    again = narrate(novel.document("epub"), output, data)
    print(
        f"after an edit: {again.seconds:.1f} s ({again.cpu:.1f} s), "
        f"{100 * again.seconds / first:.1f} % ({100 * again.cpu / cpu:.1f} %) of the first time; "
        f"changed: {decoded(output) != novel.known('samples')}",
        flush=True,
    )


def files(data: Path) -> dict[str, tuple[int, int]]:
    """Return the inodes and times of all complete takes, by name, of a data folder."""
    return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in takes(data)}


def kills(novel: Novel, options: argparse.Namespace) -> None:
    """Make the book with so many kills, in runs that last as long as it took without them in all.

    A complete take is never written again where nothing is lost, so one whose file has changed,
    and a file that was begun, are segments made twice.
    """
    first, samples, data = novel.known("seconds"), novel.known("samples"), novel.folder / "killed"
    document, output = novel.document("epub"), novel.folder / "killed.m4b"
    figures = novel.figures()
    done: list[tuple[float, int]] = figures.get("kills", [])
    parts, changed = set(figures.get("parts", ())), figures.get("changed", 0)
    if not done:
        parts, changed = set(), 0
        shutil.rmtree(data, ignore_errors=True)
        # The watermark of a book says which installation has made it.
        shutil.copytree(novel.folder / "epub/certificate", data / "certificate")
    chance = random.Random(options.kills)
    moments = [chance.uniform(0, 2 * first / (options.kills + 1)) for _ in range(options.kills)]
    before, began = files(data), time.monotonic()
    for number in range(len(done), options.kills):
        if time.monotonic() > began + 60 * options.minutes:
            print(f"{number} kills so far; the same call goes on.")
            return
        run = narrate(document, output, data, moments[number])
        if not run.killed:
            print(f"the book was complete after {number} kills")
            break
        after = files(data)
        rewritten = sum(after.get(name) != kept for name, kept in before.items())
        parts |= {path.name for path in data.glob("projects/*/.*")}  # of segments that were begun
        before, changed = after, changed + rewritten
        done.append((round(run.seconds, 1), len(after)))
        novel.note(kills=done, parts=sorted(parts), changed=changed)
        print(f"  kill {number + 1} after {run.seconds:.1f} s: {len(after):,} segments", flush=True)
    last = narrate(document, output, data)
    after = files(data)
    changed += sum(after.get(name) != kept for name, kept in before.items())
    print(
        f"kills: {len(done)}, each after so many seconds: {[one[0] for one in done]}; then "
        f"{last.seconds:.0f} s to the end; segments complete at the kills: "
        f"{[one[1] for one in done]}, of {len(after):,} in all; made twice: "
        f"{len(parts) + changed}, wanted is at most {len(done)}"
    )
    print(f"the same samples after the kills: {decoded(output) == samples}", flush=True)
    novel.note(kills=[])


PARTS: dict[str, Callable[[Novel, argparse.Namespace], None]] = {
    "epub": epub,
    "edit": edit,
    "kills": kills,
    "pdf": pdf,
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--words", type=int, default=100_000)
    parser.add_argument("--chapters", type=int, default=40)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--parts", choices=PARTS, nargs="+", default=list(PARTS))
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--minutes", type=float, default=1_000.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder: Path = options.folder or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        made = Novel(novel(options.words, options.chapters), folder)
        for part in options.parts:
            print(f"{part}:", flush=True)
            PARTS[part](made, options)


if __name__ == "__main__":
    main()
