"""Translates errors of Groq's SDK and its transport into Aloud's.

The API key must not appear in a message, nor in the original error, which the worker logs with its
chain of causes.
"""

from __future__ import annotations

import math

import groq
import httpx

from tts_core.errors import (
    CloudError,
    EngineUnavailable,
    GenerationError,
    TTSError,
    ValidationError,
)

_HIDDEN = "[key]"
_LONGEST_QUOTE = 300


def retry_after(error: BaseException) -> float | None:
    """Return the seconds that the server asks to wait, or None if it does not."""
    if not isinstance(error, groq.APIStatusError):
        return None
    try:
        seconds = float(error.response.headers.get("retry-after", ""))
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


def translated(error: Exception, key: str, model: str) -> TTSError:
    """Return Aloud's error for one of the SDK or of httpx. Removes the key from `error`."""
    _clean(error, key)
    if isinstance(error, groq.APIStatusError):
        return _status(error, model, _quote(error, key))
    if isinstance(error, groq.APITimeoutError | httpx.TimeoutException):
        return CloudError("Groq did not answer in time; please try again.")
    if isinstance(error, groq.APIConnectionError):
        return CloudError(
            f"Groq cannot be reached{_reason(error)}. Check the network, and GROQ_BASE_URL if it "
            "is set; or choose an engine that needs no network."
        )
    return CloudError(f"Groq's response was cut off: {error}. Please try again.")


def _status(error: groq.APIStatusError, model: str, quote: str) -> TTSError:
    match error.status_code:
        case 401:
            return EngineUnavailable(
                "Groq does not accept the key in GROQ_API_KEY; "
                "create a new one at https://console.groq.com/keys."
            )
        # Terms that have not been accepted are reported as 400, too.
        case 403 | 400 if error.status_code == 403 or "terms" in quote.casefold():
            return EngineUnavailable(
                f"Groq does not allow the model {model} to this key: accept the terms of the model "
                f"in the Groq console, https://console.groq.com/playground?model={model}.{quote}"
            )
        case 404:
            return EngineUnavailable(
                f"Groq does not have the model {model}: correct TTS_GROQ_MODEL, or accept the "
                "terms of the model in the Groq console. GROQ_BASE_URL, if it is set, must be "
                f"the root of the host.{quote}"
            )
        case 400 | 413 | 422:
            return ValidationError(
                f"Groq refused the text or a parameter; shorten or change it.{quote}", "text"
            )
        case 429:
            return CloudError(
                f"Groq's rate limit for this key is reached; {_when(error)}, use another engine, "
                "or raise the limit in the Groq console."
            )
        case 498:
            return CloudError(f"Groq has no capacity at the moment; {_when(error)}.")
        case code if code >= 500:
            return CloudError(f"Groq has an internal error ({code}); {_when(error)}.{quote}")
        case code:
            return GenerationError(f"Groq answered with status {code}.{quote}")


def _when(error: groq.APIStatusError) -> str:
    seconds = retry_after(error)
    return "try again later" if seconds is None else f"try again in {math.ceil(seconds)} s"


def _quote(error: groq.APIStatusError, key: str) -> str:
    """Return the server's message on one line, with a space before it, or ""."""
    body = error.body
    inner = body.get("error", body) if isinstance(body, dict) else body
    said = inner.get("message", "") if isinstance(inner, dict) else inner
    line = " ".join(str(said or "").replace(key, _HIDDEN).split())[:_LONGEST_QUOTE]
    return f" Groq says: {line}" if line.isprintable() and line else ""


def _reason(error: BaseException) -> str:
    """Return the innermost cause: "connection refused" rather than "Connection error"."""
    while error.__cause__ is not None:
        error = error.__cause__
    return f" ({str(error)[:_LONGEST_QUOTE]})" if str(error) else ""


def _clean(error: BaseException | None, key: str) -> None:
    """Remove the key from an error and all its causes."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        error.args = tuple(a.replace(key, _HIDDEN) if isinstance(a, str) else a for a in error.args)
        error = error.__cause__ or error.__context__
