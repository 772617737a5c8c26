"""The messages of several requests as those of one long generation."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from tts_core.audio.encode import Format
from tts_core.web.messages import (
    AudioChunk,
    ChunkData,
    ErrorMessage,
    GenerationComplete,
    GenerationStarted,
    Json,
    bounded,
    encoded_file,
)


@dataclass
class MergedMessages:
    """What the passages of one text stream add up to."""

    chunks: int = 0
    segments: int = 0
    seconds: float = 0.0
    """Duration of the audio so far, with the pauses between passages."""
    lead: float = 0.0
    """Seconds of silence before the next passage."""
    infos: list[Json] = field(default_factory=list)
    _last: ChunkData | None = None

    def started(self, message: GenerationStarted, text: str) -> GenerationStarted:
        """Return the first message, for a text that is still arriving. `text`: what has so far."""
        return {**message, "data": {**message["data"], "total_chunks": None, "text": text}}

    def chunk(self, message: AudioChunk, final: bool) -> AudioChunk:
        """Return a passage's chunk as one of the whole. `final`: whether it is the last of all."""
        data = message["data"]
        shift = self.seconds + self.lead
        self._last = data
        number = self.chunks + data["chunk_id"]
        words = data["words"]
        return {
            **message,
            "data": {
                **data,
                "chunk_id": number,
                "total_chunks": number if final else None,
                "is_final": final,
                "start": round(data["start"] + shift, 4),
                "end": round(data["end"] + shift, 4),
                "words": None if words is None else _shifted(words, shift),
            },
        }

    def error(self, message: ErrorMessage) -> ErrorMessage:
        """Return a passage's error as one of the whole."""
        if "chunk_id" not in message:  # before there was a chunk
            return message
        return {**message, "chunk_id": self.chunks + message["chunk_id"], "total_chunks": None}

    def passage_done(
        self, message: GenerationComplete, pause: float, begun: int, start: int
    ) -> None:
        """Add a finished passage, which a pause follows, in seconds.

        `begun`: characters at its beginning that are not the client's. `start`: where what follows
        them is in the whole text.
        """
        info = dict(message["data"]["info"])
        shift = self.seconds + self.lead
        info["segments"] = _shifted(info["segments"], shift)
        info["words"] = None if info["words"] is None else _shifted(info["words"], shift)
        info["quality"] = [
            item | {"segment": item["segment"] + self.segments} for item in info["quality"] or []
        ]
        info["markup"] = [
            element | {"offset": element["offset"] - begun + start}
            for element in info["markup"]
            if element["offset"] >= begun
        ]
        self.infos.append(info)
        self.chunks += message["data"]["total_chunks_processed"]
        self.segments += info["chunks"]
        self.seconds = shift + info["duration_seconds"]
        self.lead = pause

    def final_silence(self, format: Format) -> AudioChunk:
        """Return a last chunk of silence, for when no chunk that was sent was marked final.

        There has to have been a chunk.
        """
        assert self._last is not None
        rate = self._last["sample_rate"]
        self.chunks += 1
        end = round(self.seconds, 4)
        return {
            "type": "audio_chunk",
            "data": {
                **self._last,
                "chunk_id": self.chunks,
                "total_chunks": self.chunks,
                "text_chunk": "",
                "audio_data": encoded_file([np.zeros(rate // 20, np.float32)], rate, format),
                "is_final": True,
                "start": end,
                "end": end,
                "words": [],
            },
        }

    def complete(self, text: str, seconds: float) -> GenerationComplete:
        """Return the last message. `seconds`: how long the whole took."""
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
            "markup": [element for info in self.infos for element in info["markup"]],
            "warnings": list(dict.fromkeys(warnings)),
        }
        return bounded(
            {
                "type": "generation_complete",
                "data": {
                    "total_chunks_processed": self.chunks,
                    "text": text,
                    "voice_used": last["voice"],
                    "generation_time_seconds": round(seconds, 4),
                    "info": info,
                },
            }
        )


def _shifted(timings: list[Json], seconds: float) -> list[Json]:
    """Return the timings so many seconds later."""
    return [
        timing
        | {
            "start": round(timing["start"] + seconds, 4),
            "end": round(timing["end"] + seconds, 4),
        }
        for timing in timings
    ]
