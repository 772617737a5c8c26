"""Matched voices of one engine: their profiles, their base voices and the maps between them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from tts_core.engines.match.base import BaseVoice
from tts_core.engines.match.profile import Profile, profile_of, require_world
from tts_core.engines.match.stream import converted
from tts_core.engines.match.voice_map import VoiceMap
from tts_core.engines.voice_state import VoiceState, VoiceStateCache
from tts_core.types import AudioChunk

WEIGHTS = "match-2"
"""`VoiceState.weights` of profiles."""
_KEPT = 8
"""Base voices in memory, a third of a megabyte each, and maps."""

MakeBase = Callable[[str, threading.Event], BaseVoice | None]
"""Returns the statistics of a base voice by its id, None when stopped."""


class Matcher:
    """Speaks in voices that are matched to recorded speakers, and keeps the latest ones."""

    def __init__(self, engine: str, make_base: MakeBase) -> None:
        """`engine`: the name that its voice states have."""
        self._engine, self._make_base = engine, make_base
        self._profiles: VoiceStateCache[Profile] = VoiceStateCache(_KEPT)
        self._maps: VoiceStateCache[VoiceMap] = VoiceStateCache(_KEPT)
        self._bases: dict[str, BaseVoice] = {}

    def condition(self, clips: Sequence[AudioChunk]) -> VoiceState:
        """Profile a speaker from the first 10 s of the clips. Raises VoiceLoadError."""
        return VoiceState(self._engine, WEIGHTS, profile_of(clips).tensors())

    def profile(self, path: Path) -> Profile:
        """Return the profile in a `VoiceState`'s file. Raises StaleVoiceState."""
        return self._profiles.get(
            path, lambda: Profile.restored(VoiceState.load(path, self._engine, WEIGHTS).tensors)
        )

    def voice_map(self, path: Path, base: str, stop: threading.Event) -> VoiceMap | None:
        """Return the map from the voice `base` to the speaker of a `VoiceState`'s file.

        Returns None when stopped. Raises VoiceLoadError.
        """
        require_world()
        voice = self._bases.get(base) or self._make_base(base, stop)
        if voice is None:
            return None
        if base not in self._bases and len(self._bases) >= _KEPT:
            del self._bases[next(iter(self._bases))]
        self._bases[base] = voice
        return self._maps.get(path, lambda: VoiceMap(voice, self.profile(path)), base)

    def speak(
        self,
        chunks: Iterable[AudioChunk],
        path: Path,
        base: str,
        strength: float,
        pitch: float,
        stop: threading.Event,
    ) -> Iterator[AudioChunk]:
        """Yield what the voice `base` says in the voice of a `VoiceState`'s file.

        The rest is as in `stream.converted`. Raises VoiceLoadError.
        """
        if (voice_map := self.voice_map(path, base, stop)) is not None:
            yield from converted(chunks, voice_map, strength, pitch, stop)
