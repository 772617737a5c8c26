"""Speak a folder of .txt files into a folder of audio files, several at a time.

    python examples/speak_folder.py texts/ audio/ --format mp3

Audio files that exist are not made again, so an interrupted run can be repeated.
"""

from __future__ import annotations

import argparse
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from gradio_client import Client


def main() -> None:
    """Speak every text; exit with status 1 if any of them failed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("texts", type=Path)
    parser.add_argument("audio", type=Path)
    parser.add_argument("--format", default="wav")
    parser.add_argument("--voice", default="default")
    parser.add_argument("--jobs", type=int, default=4)
    parser.add_argument("--url", default="http://127.0.0.1:7860")
    args = parser.parse_args()
    args.audio.mkdir(parents=True, exist_ok=True)
    client = Client(args.url, verbose=False)

    def speak(text_file: Path) -> bool:
        output = args.audio / f"{text_file.stem}.{args.format}"
        if output.exists():
            print(f"{output}: there already")
            return True
        try:
            audio, info = client.predict(
                text=text_file.read_text(encoding="utf-8"),
                voice=args.voice,
                format=args.format,
                api_name="/synthesize",
            )
        except Exception as error:  # one bad text must not stop the folder
            print(f"{text_file}: {error}")
            return False
        shutil.move(audio, output)
        print(f"{output}: {info['duration_seconds']:.1f} s")
        return True

    with ThreadPoolExecutor(args.jobs) as pool:
        results = list(pool.map(speak, sorted(args.texts.glob("*.txt"))))
    print(f"{sum(results)} of {len(results)} spoken")
    raise SystemExit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
