"""Train a voice and speak with it as VoiceForge Studio does: two POST requests with data URIs.

    python examples/voiceforge_client.py anna.wav Anna "Read this." hello.wav

Training states that the person in the recording agrees. Without a recording ("-"), an existing
voice speaks:

    python examples/voiceforge_client.py - default-female "Read this." hello.wav
"""

from __future__ import annotations

import argparse
import base64
import mimetypes
import sys
from pathlib import Path
from typing import Any

import httpx


def main() -> None:
    """Train a voice if there is a recording, then speak the text."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("recording", help="10 to 30 seconds of one person speaking, or -")
    parser.add_argument("voice", help="name of the new voice; without a recording, id of a voice")
    parser.add_argument("text")
    parser.add_argument("output", type=Path, help="a WAV file")
    parser.add_argument("--variability", type=float, default=0.5)
    parser.add_argument("--url", default="http://127.0.0.1:7860")
    args = parser.parse_args()

    with httpx.Client(base_url=args.url, timeout=300) as client:
        voice_id = args.voice
        if args.recording != "-":
            body = {
                "modelName": args.voice,
                "audioDataUri": data_uri(Path(args.recording)),
                "consent": True,
            }
            voice_id = post(client, "/api/train-voice", body)["modelId"]
            print(f"trained {voice_id}")
        body = {"text": args.text, "voiceId": voice_id, "variability": args.variability}
        speech = post(client, "/api/tts", body)["audioDataUri"]
    args.output.write_bytes(base64.b64decode(speech.partition(",")[2]))
    print(f"{args.output}: {args.output.stat().st_size} bytes")


def data_uri(path: Path) -> str:
    """Return a file as `data:audio/…;base64,…`."""
    kind = mimetypes.guess_type(path)[0] or "audio/wav"
    return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"


def post(client: httpx.Client, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """Return the answer to a POST request; exit with the server's message if it is an error."""
    answer = client.post(path, json=body)
    if answer.is_error:
        sys.exit(f"{answer.status_code}: {answer.json()['detail']}")
    found: dict[str, Any] = answer.json()
    return found


if __name__ == "__main__":
    main()
