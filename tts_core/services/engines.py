"""`SpeechService.engines`: which engines there are, their state, and downloads of their weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

from tts_core.engines.registry import Registry, RetiredVoice
from tts_core.engines.runner import Runner
from tts_core.engines.weights.downloads import Downloads
from tts_core.types import EngineInfo, Language


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """An engine and its present state. The fields have the names of the public JSON."""

    name: str
    label: str
    ready: bool
    reason: str | None
    """Why it cannot be used and what to do; None when it is ready."""
    trouble: str | None
    """Why it failed lately, while "auto" avoids it; else None."""
    state: str
    """What its worker does; see `engines.runner.RunnerState`."""
    licence: str
    languages: Sequence[Language]
    abilities: Sequence[str]
    sample_rate: int
    """Hz."""
    real_time_factor: float | None
    """Seconds of work for a second of sound, measured here; None before about 20 s of speech."""
    not_preferred: str | None
    """Why "auto" prefers other engines that are as natural; None when it keeps up."""
    parameters: Mapping[str, Any]
    """The JSON schema of its own parameters."""
    download_bytes: int
    """Size of the first missing weights, about; 0 when it is ready."""
    weights: Sequence[Mapping[str, Any]]
    """See `engines.weights.downloads.Downloads.weights`."""


class EngineService:
    """The engines of one service. Thread-safe."""

    def __init__(
        self,
        registry: Registry,
        downloads: Downloads,
        runners: Callable[[], Mapping[str, Runner]],
    ) -> None:
        """`runners`: returns the workers of the engines that have been used."""
        self._registry, self._downloads, self._runners = registry, downloads, runners

    def all(self) -> list[EngineStatus]:
        """Return every engine, usable or not, in the order of TTS_ENGINE_ORDER."""
        states = self.states()
        return [self._status(info, states) for info in self.infos.values()]

    @property
    def infos(self) -> Mapping[str, EngineInfo]:
        """What each engine says of itself, by name."""
        return self._registry.infos

    def info(self, name: str) -> EngineInfo:
        """Return what an engine says of itself. Raises UnknownNameError."""
        return self._registry.info(name)

    def retired_voice(self, name: str) -> RetiredVoice | None:
        """Return the retired voice of a name; None if no engine had it."""
        return self._registry.retired_voice(name)

    def ready(self) -> list[str]:
        """Return the names of the usable engines, best first; those that failed lately last."""
        return self._registry.ready()

    def can_speak(self) -> list[str]:
        """Return the names of the engines that can speak now in a voice of their own."""
        return [name for name in self.ready() if self.cannot_speak_reason(name) is None]

    def cannot_speak_reason(self, name: str) -> str | None:
        """Return why an engine cannot speak now in a voice of its own; None when it can."""
        registry = self._registry
        reason = registry.unavailable(name) or registry.cooldown_reason(name)
        if reason is None and not registry.info(name).voices:
            reason = "It has no built-in voices; it speaks cloned voices only."
        return reason

    def unavailable(self, name: str) -> str | None:
        """Return why an engine cannot be used here and what to do; None when it can."""
        return self._registry.unavailable(name)

    def states(self) -> dict[str, str]:
        """Return what each engine that has been used is doing."""
        return {name: runner.state.value for name, runner in self._runners().items()}

    def download(self, name: str, accept: bool = False) -> dict[str, Any]:
        """Download weights (`EngineStatus.weights` names them), or join their running download.

        Returns its progress at once: name, engine, label, state, bytes_done, bytes_total,
        bytes_per_second, seconds_left, error. Later failures are told by `state` and `error`.
        `accept`: the license is accepted, which is remembered. Raises UnknownNameError,
        EngineUnavailable (accept the license first) or DownloadError (the disk is too small).
        """
        return self._downloads.start(name, accept=accept)

    def cancel_download(self, name: str) -> bool:
        """Stop a download, keeping what has arrived; returns False when none is running."""
        return self._downloads.cancel(name)

    def downloads(self) -> list[dict[str, Any]]:
        """Return the progress of running and recent downloads, in the form of `download`."""
        return self._downloads.progress()

    def _status(self, info: EngineInfo, states: Mapping[str, str]) -> EngineStatus:
        name = info.name
        reason = self._registry.unavailable(name)
        factor = self._registry.paces.factor(info)
        return EngineStatus(
            name=name,
            label=info.label,
            ready=reason is None,
            reason=reason,
            trouble=self._registry.cooldown_reason(name),
            state=states.get(name, "unloaded"),
            licence=info.license,
            languages=info.languages,
            abilities=info.capabilities.names,
            sample_rate=info.sample_rate,
            real_time_factor=None if factor is None else round(factor, 5),
            not_preferred=self._registry.paces.why_slow(info),
            parameters=_schema(info.parameters),
            download_bytes=self._downloads.missing_bytes(name) if reason else 0,
            weights=self._downloads.weights(name),
        )


@lru_cache(maxsize=32)
def _schema(parameters: type[BaseModel]) -> dict[str, Any]:
    return parameters.model_json_schema()
