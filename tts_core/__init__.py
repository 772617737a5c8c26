"""Aloud's synthesis core: turns text into speech; imports no web framework.

    from tts_core import Settings, SpeechRequest, SpeechService

    service = SpeechService(Settings())
    path, info = service.synthesize(SpeechRequest(text="Hello."))
    service.close()

The names in `__all__` are imported when they are first used: an engine's process, which is a
module of this package too, needs few of them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tts_core.errors import (
        Cancelled,
        CloudError,
        ConflictError,
        DiskFullError,
        DownloadError,
        EngineUnavailable,
        Forbidden,
        GenerationError,
        MalformedError,
        MarkingError,
        ModelLoadError,
        NameTakenError,
        NotAudioError,
        NotAuthorized,
        OutOfMemory,
        QueueFullError,
        RateLimited,
        StaleVoiceState,
        StorageError,
        TooLargeError,
        TTSError,
        UnknownNameError,
        ValidationError,
        VoiceLoadError,
        WorkerDied,
        WorkerHung,
    )
    from tts_core.service import SpeechService
    from tts_core.settings import Settings
    from tts_core.types import SpeechRequest

__version__ = "0.1.0"

__all__ = [
    "Cancelled",
    "CloudError",
    "ConflictError",
    "DiskFullError",
    "DownloadError",
    "EngineUnavailable",
    "Forbidden",
    "GenerationError",
    "MalformedError",
    "MarkingError",
    "ModelLoadError",
    "NameTakenError",
    "NotAudioError",
    "NotAuthorized",
    "OutOfMemory",
    "QueueFullError",
    "RateLimited",
    "Settings",
    "SpeechRequest",
    "SpeechService",
    "StaleVoiceState",
    "StorageError",
    "TTSError",
    "TooLargeError",
    "UnknownNameError",
    "ValidationError",
    "VoiceLoadError",
    "WorkerDied",
    "WorkerHung",
    "__version__",
]

_ELSEWHERE = {
    "Settings": "tts_core.settings",
    "SpeechRequest": "tts_core.types",
    "SpeechService": "tts_core.service",
}
"""Where the names are defined that are not errors."""


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_ELSEWHERE.get(name, "tts_core.errors")), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
