"""Everything Aloud can raise on purpose.

    TTSError
    ├── ValidationError          a value in the request is wrong; names the field
    │   ├── UnknownNameError     no such engine, voice, language, format or request
    │   ├── NameTakenError       what it names is there already
    │   ├── MalformedError       its form is not that of such a request
    │   └── TooLargeError        a text or an upload over its limit
    ├── ModelLoadError           an engine cannot be loaded
    │   └── EngineUnavailable    it is missing, gated or wants a key; says what to do
    ├── VoiceLoadError           a voice exists but cannot be used
    │   ├── NotAudioError        what was sent is no recording that can be read
    │   └── StaleVoiceState      what an engine kept of it is damaged or of other weights
    ├── GenerationError          an engine failed while speaking
    │   ├── OutOfMemory          memory (RAM or the device's) did not suffice
    │   ├── CloudError           its service limits us, is at fault or out of reach
    │   ├── WorkerDied           its process ended (crash, kill, out of memory)
    │   └── WorkerHung           its process stopped answering and was ended
    ├── DownloadError            weights could not be fetched
    ├── QueueFullError           too many requests at once; try again later
    ├── DiskFullError            no room for an upload
    ├── RateLimited              too many requests of this caller; says when to try again
    ├── NotAuthorized            a key or a login is wanted
    ├── Forbidden                a web page or a host name that has not been allowed
    └── Cancelled                somebody pressed Stop; not a fault

Engines and libraries raise what they like; the worker translates at its boundary
(`raise … from exc`). Only `tts_core.web` knows status codes.
"""

from __future__ import annotations


class TTSError(Exception):
    """Base of the tree. `str(error)` is a sentence for people, with the remedy in it."""

    type = "tts_error"


class ValidationError(TTSError):
    """A value in the request is wrong.

    `field` is the name of the parameter as the caller knows it, or "" when none fits.
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
    """What the request wants to make is there already."""

    type = "name_taken"


class MalformedError(ValidationError):
    """The request's form is not that of such a request: no JSON, a field missing, a wrong type."""

    type = "malformed_request"


class TooLargeError(ValidationError):
    """A text or an upload is over its limit."""

    type = "too_large"


class ModelLoadError(TTSError):
    """An engine cannot be loaded."""

    type = "model_load_error"


class EngineUnavailable(ModelLoadError):
    """The engine is known but not usable here: not installed, not downloaded, no key."""

    type = "engine_unavailable"


class VoiceLoadError(TTSError):
    """A voice exists but cannot be used."""

    type = "voice_load_error"


class NotAudioError(VoiceLoadError):
    """What was sent is no recording, is damaged, or is of a kind that is not read here."""

    type = "not_audio"


class StaleVoiceState(VoiceLoadError):
    """What an engine kept of a voice is damaged or made with other weights; it is made anew."""

    type = "stale_voice_state"


class GenerationError(TTSError):
    """An engine failed while speaking."""

    type = "generation_error"


class OutOfMemory(GenerationError):
    """The engine wanted more memory than there is, in RAM or on its device."""

    type = "out_of_memory"


class CloudError(GenerationError):
    """The engine's service limits us, is at fault or cannot be reached."""

    type = "cloud_error"


class WorkerDied(GenerationError):
    """The engine's process ended in the middle of its work."""

    type = "worker_died"


class WorkerHung(GenerationError):
    """The engine's process stopped answering and was ended."""

    type = "worker_hung"


class DownloadError(TTSError):
    """Weights could not be fetched; says why and what to do."""

    type = "download_error"


class QueueFullError(TTSError):
    """Too many requests at once."""

    type = "queue_full"


class DiskFullError(TTSError):
    """There is no room for an upload."""

    type = "disk_full"


class RateLimited(TTSError):
    """Too many requests of this caller in too short a time."""

    type = "rate_limited"

    def __init__(self, message: str, retry_after: float) -> None:
        """`retry_after`: seconds."""
        super().__init__(message, retry_after)
        self.retry_after = retry_after

    def __str__(self) -> str:
        return str(self.args[0])


class NotAuthorized(TTSError):
    """A key or a login is wanted, and none that is known was given."""

    type = "not_authorized"


class Forbidden(TTSError):
    """A web page of another origin asks, or asks under another name, and has not been allowed."""

    type = "forbidden"


class Cancelled(TTSError):
    """The request was stopped on somebody's word."""

    type = "cancelled"


def as_tts_error(error: BaseException) -> TTSError:
    """One of ours as it is; a foreign one as a GenerationError that tells what it was."""
    if isinstance(error, TTSError):
        return error
    if isinstance(error, OSError):
        reason = error.strerror or str(error)
        return GenerationError(
            f"The sound could not be written: {reason}. Is there room on the disk?"
        )
    return GenerationError(f"{type(error).__name__}: {error}")
