"""Speak with OpenAI's own client (`pip install openai`), saving the audio while it is generated.

python examples/openai_client.py "Hello from Aloud." hello.mp3
python examples/openai_client.py "Guten Tag." gruss.wav --voice de
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from openai import OpenAI


def main() -> None:
    """Speak the text into a file, and print when the first and the last bytes arrived."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("text")
    parser.add_argument("output", type=Path, help="an audio file; its extension chooses the format")
    parser.add_argument("--model", default="gpt-4o-mini-tts", help="or the name of an engine")
    parser.add_argument("--voice", default="alloy", help="OpenAI's names, or any voice of Aloud")
    parser.add_argument("--speed", type=float, default=1.0)
    parser.add_argument("--url", default="http://127.0.0.1:7860/v1")
    parser.add_argument("--key", default="none", help="one of the server's TTS_API_KEYS")
    args = parser.parse_args()

    client = OpenAI(base_url=args.url, api_key=args.key)
    began = time.perf_counter()
    first = 0.0
    with (
        client.audio.speech.with_streaming_response.create(
            model=args.model,
            voice=args.voice,
            input=args.text,
            speed=args.speed,
            response_format=args.output.suffix.lstrip("."),
        ) as speech,
        args.output.open("wb") as file,
    ):
        for data in speech.iter_bytes():
            first = first or time.perf_counter() - began
            file.write(data)
    whole = time.perf_counter() - began
    print(f"{args.output}: first sound after {first:.3f} s, all of it after {whole:.3f} s")


if __name__ == "__main__":
    main()
