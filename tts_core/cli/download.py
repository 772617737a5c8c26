"""`aloud download`: downloads weights from the Hub, for machines without a browser."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from tts_core.cli.console import show, warn
from tts_core.cli.errors import CommandError
from tts_core.cli.settings import load_settings
from tts_core.engines.registry import Registry
from tts_core.engines.weights.disk_space import size_text
from tts_core.engines.weights.downloads import Downloads
from tts_core.engines.weights.transfer import ENDS, State


def download(options: argparse.Namespace) -> int:
    """List the available weights, or download some and show the progress.

    Raises TTSError, CommandError.
    """
    settings = load_settings()
    registry = Registry(settings=settings)
    downloads = Downloads(settings, lambda: registry.weights)
    if options.name is None:
        _list(downloads, registry)
        return 0
    try:
        downloads.start(options.name, accept=options.accept_license, by="command line")
        progress = _follow(downloads, options.name)
    except KeyboardInterrupt:
        downloads.close()
        warn("Stopped. What has been downloaded is kept; run the same command to resume.")
        raise
    if progress["state"] != State.DONE:
        raise CommandError(progress["error"] or "The download was stopped.")
    return 0


def _list(downloads: Downloads, registry: Registry) -> None:
    for engine in dict.fromkeys(weights.engine for weights in registry.weights):
        for item in downloads.weights(engine):
            here = "is here" if item["ready"] else "not here"
            gated = ", gated" if item["gated"] else ""
            agree = ", to be accepted" if item["must_agree"] and not item["accepted"] else ""
            size = size_text(item["size_bytes"])
            note = f" ({item['note']})" if item["note"] else ""
            terms = f"{item['licence']}{gated}{agree}{note}"
            show(f"{item['name']:<24} {size:>8}  {here:<8}  {terms}")


def _follow(downloads: Downloads, name: str) -> dict[str, Any]:
    """Show the progress of a download until it ends; return its final state."""
    live = sys.stdout.isatty()
    while True:
        progress = downloads.wait(name, 0.5 if live else 10)
        line = _line(progress)
        show(f"\r{line:<78}" if live else line, end="" if live else "\n")
        if progress["state"] in ENDS:
            show("", end="\n" if live else "")
            return progress


def _line(progress: dict[str, Any]) -> str:
    done, total = size_text(progress["bytes_done"]), size_text(progress["bytes_total"])
    line = f"{progress['label']}: {progress['state']}, {done} of {total}"
    if (left := progress["seconds_left"]) is not None:
        speed = size_text(progress["bytes_per_second"])
        line += f", {speed}/s, {left // 60:.0f}:{left % 60:02.0f} left"
    return line
