"""Speak a text into an audio file, with three lines of gradio_client.

python examples/speak_to_file.py "Hello from Aloud." hello.wav
python examples/speak_to_file.py "Guten Tag." gruss.mp3 --voice German
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from gradio_client import Client


def main() -> None:
    """Speak the text, and print the duration and the voice."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("text")
    parser.add_argument("output", type=Path, help="an audio file; its extension chooses the format")
    parser.add_argument("--voice", default="default")
    parser.add_argument("--speed", type=float, default=1.0)
    parser.add_argument("--url", default="http://127.0.0.1:7860")
    args = parser.parse_args()

    client = Client(args.url, verbose=False)
    audio, info = client.predict(
        text=args.text,
        voice=args.voice,
        speed=args.speed,
        format=args.output.suffix.lstrip("."),
        api_name="/synthesize",
    )
    shutil.move(audio, args.output)
    print(f"{args.output}: {info['duration_seconds']:.2f} s, spoken by {info['voice']}")


if __name__ == "__main__":
    main()
