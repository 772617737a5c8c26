"""`aloud verify`: tells whether a file is marked as generated."""

from __future__ import annotations

import argparse
from pathlib import Path

from tts_core.cli.console import show, show_json
from tts_core.cli.errors import CommandError
from tts_core.marks.verify import Verification
from tts_core.marks.verify import verify as verify_file


def verify(options: argparse.Namespace) -> int:
    """Print what a file's marks say. Raises TTSError, CommandError."""
    try:
        with Path(options.file).open("rb") as file:
            found = verify_file(file)
    except OSError as error:
        raise CommandError(f"{options.file} cannot be read: {error.strerror}.") from error
    if options.json:
        show_json(found.as_dict())
    else:
        _print(found)
    return 0


def _print(found: Verification) -> None:
    show("Marked as generated." if found.marked else "Not marked as generated.")
    if (manifest := found.manifest) is not None:
        made_by = manifest.generator or "an unknown program"
        when = f" at {manifest.created}" if manifest.created else ""
        show(f"Signed metadata: by {made_by}{when}; signed by {manifest.signer or 'nobody'}.")
    if (mark := found.watermark) is not None and mark.marked:
        said = mark.payload
        what = f": installation {said.instance:04x}, {said.day.isoformat()}" if said else ""
        show(f"Watermark of Aloud, confidence {mark.confidence:.4g}{what}.")
    for note in found.notes:
        show(note)
