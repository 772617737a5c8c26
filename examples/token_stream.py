"""Speak the output of a language model while it is still writing: text is read from standard input
as it arrives, and each finished sentence becomes a WAV file.

your-language-model | python examples/token_stream.py sentences/
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import os
import sys
import time
from pathlib import Path

from websockets.asyncio.client import ClientConnection, connect


async def send_tokens(socket: ClientConnection, voice: str | None) -> None:
    """Send standard input as it arrives, until it ends."""
    first = {"voice": voice}
    held = b""
    while token := await asyncio.to_thread(os.read, sys.stdin.fileno(), 4096):
        text, held = decoded(held + token)
        await socket.send(json.dumps({"type": "text_delta", "data": {"text": text, **first}}))
        first = {}
    await socket.send(json.dumps({"type": "text_end"}))


def decoded(data: bytes) -> tuple[str, bytes]:
    """Return the text, and the bytes of an incomplete last character."""
    for cut in range(4):
        try:
            return data[: len(data) - cut].decode(), data[len(data) - cut :]
        except UnicodeDecodeError:
            continue
    return data.decode(errors="replace"), b""


async def speak(url: str, folder: Path, voice: str | None) -> int:
    """Send and receive at the same time; return the exit status."""
    began = time.monotonic()
    async with connect(url, max_size=None) as socket:
        sending = asyncio.create_task(send_tokens(socket, voice))
        async for frame in socket:
            message = json.loads(frame)
            data = message.get("data", {})
            if message["type"] == "audio_chunk":
                path = folder / f"{data['chunk_id']:04d}.wav"
                path.write_bytes(base64.b64decode(data["audio_data"]))
                print(
                    f"{time.monotonic() - began:6.3f} s  {path}  {data['text_chunk']}", flush=True
                )
            elif message["type"] == "generation_complete":
                await sending
                print(f"{data['total_chunks_processed']} chunks, voice {data['voice_used']}")
                return 0
            elif message["type"] == "error":
                print(message["message"], file=sys.stderr)
                sending.cancel()
                return 1
    return 1


def main() -> int:
    """Parse the command line, and speak."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--voice")
    parser.add_argument("--url", default="ws://127.0.0.1:7860/ws/tts")
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    return asyncio.run(speak(args.url, args.folder, args.voice))


if __name__ == "__main__":
    sys.exit(main())
