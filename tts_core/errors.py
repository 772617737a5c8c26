"""All exceptions that Aloud raises on purpose.

    TTSError
    ├── ValidationError          a value in the request is invalid; names the field
    │   ├── UnknownNameError     no such engine, voice, language, format or request
    │   ├── NameTakenError       the name is already in use
    │   ├── MalformedError       the request has the wrong form
    │   ├── ConflictError        the present state of what is named does not allow it
    │   └── TooLargeError        a text or an upload exceeds its limit
    ├── ModelLoadError           an engine cannot be loaded
    │   └── EngineUnavailable    it is not installed, gated or has no key; says what to do
    ├── VoiceLoadError           a voice exists but cannot be used
    │   ├── NotAudioError        an upload is no readable recording
    │   └── StaleVoiceState      a stored voice state is damaged or belongs to other weights
    ├── GenerationError          an engine failed while speaking
    │   ├── OutOfMemory          out of RAM or of device memory
    │   ├── CloudError           its cloud service limits us, fails or cannot be reached
    │   ├── WorkerDied           its process ended (crash, kill, out of memory)
    │   └── WorkerHung           its process stopped responding and was ended
    ├── DownloadError            weights could not be downloaded
    ├── QueueFullError           too many requests at once; retry later
    ├── MarkingError             generated speech could not be marked as such
    ├── StorageError             the database cannot be used
    ├── DiskFullError            no space for an upload
    ├── RateLimited              too many requests of one caller; says when to retry
    ├── NotAuthorized            a key or a login is required
    ├── Forbidden                an origin or a host name that is not allowed
    └── Cancelled                the request was stopped on purpose

Engines and libraries raise their own exceptions; the worker translates them at its boundary
(`raise … from exc`). Only `tts_core.web` knows status codes.
"""

from __future__ import annotations


class TTSError(Exception):
    """Base class. `str(error)` is a sentence for users that includes the remedy."""

    type = "tts_error"


class ValidationError(TTSError):
    """A value in the request is invalid.

    `field` is the name of the parameter as the caller knows it, or "" when none applies.
    """

    type = "validation_error"

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message, field)
        self.message = message
        self.field = field

    def __str__(self) -> str:
        return self.message


class UnknownNameError(ValidationError):
    """The request names something that does not exist."""

    type = "not_found"


class NameTakenError(ValidationError):
    """The request would create something under a name that is already in use."""

    type = "name_taken"


class MalformedError(ValidationError):
    """The request has the wrong form: no JSON, a missing field, a wrong type."""

    type = "malformed_request"


class ConflictError(ValidationError):
    """What the request names is in a state that does not allow it, such as not complete."""

    type = "conflict"


class TooLargeError(ValidationError):
    """A text or an upload exceeds its limit."""

    type = "too_large"


class ModelLoadError(TTSError):
    """An engine cannot be loaded."""

    type = "model_load_error"


class EngineUnavailable(ModelLoadError):
    """The engine is known but cannot be used here: not installed, not downloaded, no key."""

    type = "engine_unavailable"


class VoiceLoadError(TTSError):
    """A voice exists but cannot be used."""

    type = "voice_load_error"


class NotAudioError(VoiceLoadError):
    """An upload is no recording, is damaged, or has an unsupported format."""

    type = "not_audio"


class MarkingError(TTSError):
    """Generated speech could not be marked as such."""

    type = "marking_error"


class StaleVoiceState(VoiceLoadError):
    """A voice's stored state is damaged or belongs to other weights; it is computed again."""

    type = "stale_voice_state"


class GenerationError(TTSError):
    """An engine failed while speaking."""

    type = "generation_error"


class OutOfMemory(GenerationError):
    """The engine ran out of memory, in RAM or on its device."""

    type = "out_of_memory"


class CloudError(GenerationError):
    """The engine's cloud service limits us, fails or cannot be reached."""

    type = "cloud_error"


class WorkerDied(GenerationError):
    """The engine's process ended during its work."""

    type = "worker_died"


class WorkerHung(GenerationError):
    """The engine's process stopped responding and was ended."""

    type = "worker_hung"


class DownloadError(TTSError):
    """Weights could not be downloaded; says why and what to do."""

    type = "download_error"


class QueueFullError(TTSError):
    """Too many requests at once."""

    type = "queue_full"


class StorageError(TTSError):
    """The database of the history and the dictionary cannot be used at present."""

    type = "storage_error"


class DiskFullError(TTSError):
    """The disk has no space for a file."""

    type = "disk_full"


class RateLimited(TTSError):
    """The caller has sent too many requests in too short a time."""

    type = "rate_limited"

    def __init__(self, message: str, retry_after: float) -> None:
        """`retry_after`: seconds until the next request is accepted."""
        super().__init__(message, retry_after)
        self.retry_after = retry_after

    def __str__(self) -> str:
        return str(self.args[0])


class NotAuthorized(TTSError):
    """A key or a login is required, and no valid one was sent."""

    type = "not_authorized"


class Forbidden(TTSError):
    """The request comes from a web page of another origin, or names a host, that is not allowed."""

    type = "forbidden"


class Cancelled(TTSError):
    """The request was stopped on purpose."""

    type = "cancelled"


def as_tts_error(error: BaseException) -> TTSError:
    """Return a TTSError as it is, and any other exception as a GenerationError with its text."""
    if isinstance(error, TTSError):
        return error
    if isinstance(error, OSError):
        reason = error.strerror or str(error)
        return GenerationError(
            f"The audio could not be written: {reason}. Check that the disk has free space."
        )
    return GenerationError(f"{type(error).__name__}: {error}")
