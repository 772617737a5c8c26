"""The messages of several requests as those of one long generation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tts_core.audio.encode import Format
from tts_core.audio.join import PAUSE_SECONDS
from tts_core.types import Pause
from tts_core.web.messages import Message, sound_file


@dataclass
class MergedMessages:
    """What the passages of a dictation add up to."""

    chunks: int = 0
    seconds: float = 0.0
    """Of sound, with the pauses between the passages."""
    lead: float = 0.0
    """Seconds of silence before the next passage."""
    infos: list[dict[str, Any]] = field(default_factory=list)
    _last: dict[str, Any] = field(default_factory=dict)

    def started(self, message: Message, text: str) -> Message:
        """`text`: all that has come so far."""
        data = message["data"] | {"total_chunks": None, "text": text}
        return message | {"data": data}

    def chunk(self, message: Message, final: bool) -> Message:
        """`final`: whether it is the last of all."""
        data = message["data"]
        shift = self.seconds + self.lead
        self._last = data
        words = data["words"]
        changed = {
            "chunk_id": self.chunks + data["chunk_id"],
            "total_chunks": self.chunks + data["chunk_id"] if final else None,
            "is_final": final,
            "start": round(data["start"] + shift, 4),
            "end": round(data["end"] + shift, 4),
            "words": None if words is None else _shifted(words, shift),
        }
        return message | {"data": data | changed}

    def error(self, message: Message) -> Message:
        """A failure, in a chunk or before there was one."""
        if "chunk_id" not in message:
            return message
        changed = {"chunk_id": self.chunks + message["chunk_id"], "total_chunks": None}
        return message | changed

    def passage_done(self, message: Message, pause: Pause, speed: float) -> None:
        """`message`: the passage's generation_complete. `speed`: of the request."""
        info = dict(message["data"]["info"])
        shift = self.seconds + self.lead
        info["segments"] = _shifted(info["segments"], shift)
        info["words"] = None if info["words"] is None else _shifted(info["words"], shift)
        info["quality"] = [
            item | {"segment": item["segment"] + self.chunks} for item in info["quality"] or []
        ]
        self.infos.append(info)
        self.chunks += message["data"]["total_chunks_processed"]
        self.seconds = shift + info["duration_seconds"]
        self.lead = PAUSE_SECONDS[pause] / speed

    def farewell(self, format: Format) -> Message:
        """A last chunk of silence, for when the last that was spoken did not know it was."""
        rate = self._last["sample_rate"]
        self.chunks += 1
        end = round(self.seconds, 4)
        changed = {
            "chunk_id": self.chunks,
            "total_chunks": self.chunks,
            "text_chunk": "",
            "audio_data": sound_file([np.zeros(rate // 20, np.float32)], rate, format),
            "is_final": True,
            "start": end,
            "end": end,
            "words": [],
        }
        return {"type": "audio_chunk", "data": self._last | changed}

    def complete(self, text: str, seconds: float) -> Message:
        """`seconds`: that it took."""
        first, last = self.infos[0], self.infos[-1]
        generation = sum(info["generation_seconds"] for info in self.infos)
        spoken = sum(info["duration_seconds"] for info in self.infos)
        words = [info["words"] for info in self.infos]
        fallbacks = [info["fallback"] for info in self.infos if info["fallback"]]
        quality = [info["quality"] for info in self.infos]
        warnings = [text for info in self.infos for text in info["warnings"]]
        info = last | {
            "request_id": first["request_id"],
            "request_ids": [info["request_id"] for info in self.infos],
            "duration_seconds": round(self.seconds, 4),
            "generation_seconds": round(generation, 4),
            "time_to_first_audio_seconds": first["time_to_first_audio_seconds"],
            "real_time_factor": round(generation / spoken, 5) if spoken else None,
            "chunks": sum(info["chunks"] for info in self.infos),
            "cached": sum(info["cached"] for info in self.infos),
            "fallback": fallbacks[0] if fallbacks else None,
            "segments": [item for info in self.infos for item in info["segments"]],
            "words": None if None in words else [word for some in words for word in some],
            "quality": [item for some in quality for item in some] or None,
            "warnings": list(dict.fromkeys(warnings)),
        }
        return {
            "type": "generation_complete",
            "data": {
                "total_chunks_processed": self.chunks,
                "text": text,
                "voice_used": last["voice"],
                "generation_time_seconds": round(seconds, 4),
                "info": info,
            },
        }


def _shifted(timings: list[dict[str, Any]], seconds: float) -> list[dict[str, Any]]:
    return [
        timing
        | {
            "start": round(timing["start"] + seconds, 4),
            "end": round(timing["end"] + seconds, 4),
        }
        for timing in timings
    ]
