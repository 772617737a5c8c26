"""Speak over the WebSocket; each WAV file is written as soon as its sentence is spoken.

Ctrl-C stops the engine.

    python examples/websocket_client.py "First this. Then that." sentences/ --voice en-gb
"""

from __future__ import annotations

import argparse
import base64
import json
import sys
from pathlib import Path

from websockets.sync.client import connect


def main() -> int:
    """Send the text, and write one file for each chunk."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("text")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--voice")
    parser.add_argument("--speed", type=float, default=1.0)
    parser.add_argument("--url", default="ws://127.0.0.1:7860/ws/tts")
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)

    with connect(args.url, max_size=None) as socket:
        data = {"text": args.text, "voice": args.voice, "parameters": {"speed": args.speed}}
        socket.send(json.dumps({"type": "text_input", "data": data}))
        for frame in socket:
            message = json.loads(frame)
            data = message.get("data", {})
            if message["type"] == "audio_chunk":
                path = args.folder / f"{data['chunk_id']:04d}.wav"
                path.write_bytes(base64.b64decode(data["audio_data"]))
                print(f"{path}  {data['start']:.2f}-{data['end']:.2f} s  {data['text_chunk']}")
            elif message["type"] == "generation_complete":
                print(f"{data['total_chunks_processed']} chunks, voice {data['voice_used']}")
                return 0
            elif message["type"] == "error":
                print(message["message"], file=sys.stderr)
                return 1
    return 1


if __name__ == "__main__":
    sys.exit(main())
