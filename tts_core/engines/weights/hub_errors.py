"""Errors of downloads from the Hub: which are temporary, and messages for people.

No message quotes the library's own: they contain URLs, and those of the Hub's storage are signed.
"""

from __future__ import annotations

import errno
import time
from email.utils import parsedate_to_datetime

import httpx2
from huggingface_hub.errors import (
    FileMetadataError,
    GatedRepoError,
    HfHubHTTPError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.utils import parse_ratelimit_headers  # type: ignore[attr-defined]

from tts_core.engines.weights.catalog import HubFile
from tts_core.engines.weights.records import NAME
from tts_core.errors import DownloadError

LONGEST_WAIT = 300.0
"""Seconds. A longer wait that the Hub asks for is reported instead."""
_KEPT = "What has been downloaded is kept."


class CutShort(Exception):
    """The response ended before the file did."""


def is_temporary(error: BaseException) -> bool:
    """Return whether an error is temporary, so that the same request may succeed later."""
    if isinstance(error, HfHubHTTPError):
        status = error.response.status_code
        temporary = status in (408, 425, 429) or status >= 500
        return temporary and (retry_after(error) or 0) <= LONGEST_WAIT
    lasting = (httpx2.UnsupportedProtocol, httpx2.ProxyError)
    return isinstance(error, CutShort | httpx2.TransportError) and not isinstance(error, lasting)


def is_absent(error: Exception) -> bool:
    """Return whether the repository exists and the file does not."""
    if not isinstance(error, HfHubHTTPError) or error.response.status_code != 404:
        return False
    return not isinstance(error, RepositoryNotFoundError | RevisionNotFoundError)


def retry_after(error: BaseException | None) -> float | None:
    """Return the seconds that the server asks to wait, or None if it does not."""
    if not isinstance(error, HfHubHTTPError):
        return None
    value = error.response.headers.get("Retry-After", "").strip()
    if value.isdigit():
        return float(value)
    if value:
        try:
            return max(parsedate_to_datetime(value).timestamp() - time.time(), 0.0)
        except ValueError:
            return None
    limit = parse_ratelimit_headers(error.response.headers)
    if error.response.status_code == 429 and limit is not None and limit.remaining == 0:
        return float(limit.reset_in_seconds)
    return None


def translated(error: Exception, file: HubFile) -> DownloadError:
    """Return an error as a DownloadError, with the remedy."""
    if isinstance(error, DownloadError):
        return error
    if isinstance(error, OfflineModeIsEnabled):
        return DownloadError(
            "HF_HUB_OFFLINE is set, so nothing is downloaded; unset it to download."
        )
    if isinstance(error, HfHubHTTPError):
        return DownloadError(_answered(error, file))
    if isinstance(error, httpx2.HTTPError | CutShort):
        return DownloadError(
            f"The connection to the Hugging Face Hub failed ({type(error).__name__}). Check the "
            f"network (and HF_ENDPOINT, if it is set) and start the download again. {_KEPT}"
        )
    if isinstance(error, FileMetadataError):
        return DownloadError(
            "The response is not from a Hugging Face Hub: check HF_ENDPOINT, proxy and firewall."
        )
    if isinstance(error, OSError):
        return DownloadError(_on_disk(error))
    return DownloadError(
        f"{file.path} could not be downloaded ({type(error).__name__}). Try again."
    )


def _answered(error: HfHubHTTPError, file: HubFile) -> str:
    status = error.response.status_code
    page = f"https://huggingface.co/{file.repo}"
    log_in = "log in with `hf auth login` (or set HF_TOKEN)"
    if isinstance(error, GatedRepoError) or status == 403:
        return (
            f"{file.repo} is gated (the Hub answered {status}): accept the terms on {page} and "
            f"{log_in}, then start the download again."
        )
    if status == 401:
        return (
            f"The Hub requires authentication for {file.repo} (401): {log_in} with a valid token, "
            f"accept the terms on {page} if there are any, and start the download again."
        )
    if status == 404:
        what = file.path if is_absent(error) else "that revision"
        remedy = "update Aloud"
        if file.recorded:
            remedy += f", or delete {NAME} in its folder to take what it has now"
        return f"{file.repo} no longer has {what} ({file.revision[:8]}, 404); {remedy}."
    wait = retry_after(error)
    when = f"in {wait:.0f} seconds" if wait else "later"
    problem = (
        "The Hub's rate limit is reached" if status == 429 else "The Hub has an internal error"
    )
    return f"{problem} ({status}). Start the download again {when}. {_KEPT}"


def _on_disk(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk is full. Free some space and start the download again. {_KEPT}"
    where = f" to {error.filename}" if error.filename else ""
    return (
        f"The weights could not be written{where} ({error.strerror or type(error).__name__}). Make "
        "the folder writable, or set HF_HUB_CACHE to another."
    )
