"""Clone a voice from a recording, and read a text with it.

    python examples/clone_voice.py anna.wav Anna "Read this." hello.wav --i-have-consent

A recording that already is a voice of that name is not cloned again.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError


def main() -> None:
    """Clone the voice, print the report on the recording, and speak the text."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("recording", type=Path, help="10 to 30 seconds of one person speaking")
    parser.add_argument("name")
    parser.add_argument("text")
    parser.add_argument("output", type=Path, help="an audio file; its extension chooses the format")
    parser.add_argument("--language", default="auto")
    parser.add_argument(
        "--i-have-consent",
        action="store_true",
        help="you are the person in the recording, or have their permission",
    )
    parser.add_argument("--url", default="http://127.0.0.1:7860")
    args = parser.parse_args()
    client = Client(args.url, verbose=False)
    try:
        voice = client.predict(
            handle_file(args.recording),
            args.name,
            args.language,
            args.i_have_consent,
            api_name="/clone_voice",
        )
    except AppError as error:
        raise SystemExit(str(error)) from error
    for check in voice["report"]["checks"]:
        print(f"{check['grade']:5} {check['label']}: {check['says']} {check['advice']}".rstrip())
    audio, info = client.predict(
        args.text,
        voice=voice["id"],
        format=args.output.suffix.lstrip("."),
        api_name="/synthesize",
    )
    shutil.copy(audio, args.output)
    print(f"{args.output}: {info['duration_seconds']:.1f} s by {info['engine']} as {voice['name']}")


if __name__ == "__main__":
    main()
