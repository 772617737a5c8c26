"""Speak sentence by sentence: each WAV file is written as soon as its sentence is spoken.

python examples/stream_sentences.py "First this. Then that." sentences/
"""

from __future__ import annotations

import argparse
import base64
import time
from pathlib import Path

from gradio_client import Client


def main() -> None:
    """Stream the text, and write one file for each sentence."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("text")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--voice", default="default")
    parser.add_argument("--url", default="http://127.0.0.1:7860")
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)

    client = Client(args.url, verbose=False)
    began = time.monotonic()
    for message in client.submit(text=args.text, voice=args.voice, api_name="/stream"):
        if message["type"] == "error":
            raise SystemExit(message["message"])
        data = message["data"]
        if message["type"] == "audio_chunk":
            path = args.folder / f"{data['chunk_id']:04d}.wav"
            path.write_bytes(base64.b64decode(data["audio_data"]))
            print(f"{time.monotonic() - began:6.3f} s  {path}  {data['text_chunk']}")
        elif message["type"] == "generation_complete":
            print(f"{data['total_chunks_processed']} sentences, voice {data['voice_used']}")


if __name__ == "__main__":
    main()
