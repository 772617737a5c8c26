"""Fetches a file from an untrusted address: http, https, or hf (the Hugging Face Hub).

httpcore has no proxies from the environment, cookies, decompression or `.netrc`. Bytes, seconds and
redirects are limited, and `public_network.py` connects to the public internet only. Messages name
only the host of an address.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import httpcore2
import httpx2

from tts_core.errors import TooLargeError, ValidationError, VoiceLoadError
from tts_core.voices.public_network import NotPublic, PublicNetwork, Resolve, is_public, resolve

MAX_BYTES = 20_000_000
MAX_SECONDS = 20.0
MAX_REDIRECTS = 3
MAX_LENGTH = 2_000
"""Characters in an address."""
_LONGEST_REDIRECT = 8_000  # the Hub's storage has long signed addresses
_HUB = "https://huggingface.co"
_HUB_PATH = re.compile(
    r"hf://([A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*)/([^@]+)(?:@([A-Za-z0-9][\w./-]*))?",
    re.ASCII | re.IGNORECASE,
)
_HOST = re.compile(r"[a-z0-9_.-]+|[0-9a-f:.]+")


class Fetcher:
    """Fetches files from the internet. Thread-safe.

    `endpoint` is the URL of a mirror of the Hub, which may have a private address, as may the
    storage it redirects to. `token` is for gated files; it is sent to the Hub only, and only when
    the Hub says that a file is gated, so that no request can read private files with it.
    """

    def __init__(
        self,
        endpoint: str | None = None,
        token: str | None = None,
        *,
        resolve: Resolve = resolve,
        is_public: Callable[[str], bool] = is_public,
        max_seconds: float = MAX_SECONDS,
    ) -> None:
        self._endpoint = endpoint.strip().rstrip("/") if endpoint else None
        self._token = token
        self._resolve = resolve
        self._is_public = is_public
        self._max_seconds = max_seconds

    def fetch(self, address: str, path: Path) -> None:
        """Download an address to the file `path`.

        Raises ValidationError (field "voice") for an address that is not allowed, TooLargeError,
        VoiceLoadError.
        """
        hub = address[:5].casefold() == "hf://"
        url = self._hub_url(address) if hub else checked_url(address)
        fetch = _Fetch(self, url, path, hub)
        try:
            fetch.run()
        except NotPublic as error:
            # The same for unknown names, so that the message does not reveal which ones exist.
            raise ValidationError(
                f"{fetch.host} was not found on the public internet. Check the address; "
                "recordings on private networks are not fetched.",
                "voice",
            ) from error
        except httpcore2.TimeoutException as error:
            raise VoiceLoadError(
                f"The recording did not come from {fetch.host} within {self._max_seconds:g} s. "
                "Try again, or upload it."
            ) from error
        except (httpcore2.NetworkError, httpcore2.ProtocolError) as error:
            raise VoiceLoadError(
                f"The connection to {fetch.host} failed ({type(error).__name__}). Check the "
                "address, or upload the recording."
            ) from error

    def _hub_url(self, address: str) -> httpx2.URL:
        from huggingface_hub import hf_hub_url

        _check_characters(address, MAX_LENGTH)
        found = _HUB_PATH.fullmatch(address)
        if found is None or any(
            part in ("", ".", "..") for part in f"{found[2]}/{found[3] or 'main'}".split("/")
        ):
            raise ValidationError(
                "A recording on the Hugging Face Hub is written "
                "hf://owner/repository/path/in/it.wav, with @revision behind it if need be.",
                "voice",
            )
        repo, file, revision = found.groups()
        return httpx2.URL(
            hf_hub_url(repo, file, revision=revision, endpoint=self._endpoint or _HUB)
        )

    def network(self, trusted: set[tuple[str, int]]) -> PublicNetwork:
        """Return a network backend for one fetch that begins now."""
        end = time.monotonic() + self._max_seconds
        return PublicNetwork(end, trusted, self._resolve, self._is_public)

    @property
    def is_mirror(self) -> bool:
        """Return whether the Hub is a mirror that the operator has configured."""
        return self._endpoint is not None

    def key(self) -> str | None:
        """Return the token for gated files: that of the settings, else that of `hf auth login`."""
        from huggingface_hub import get_token

        return self._token or get_token()


class _Fetch:
    """The state of one fetch across its redirects."""

    def __init__(self, fetcher: Fetcher, url: httpx2.URL, path: Path, hub: bool) -> None:
        self._fetcher = fetcher
        self._url = url
        self._path = path
        self._hub = _origin(url) if hub else None
        self._trusted = {_origin(url)[1:]} if hub and fetcher.is_mirror else set()
        self._key: str | None = None

    @property
    def host(self) -> str:
        """Return the host of the current address."""
        return self._url.raw_host.decode("ascii")

    def run(self) -> None:
        network = self._fetcher.network(self._trusted)
        redirects = 0
        with httpcore2.ConnectionPool(network_backend=network) as pool:
            while True:
                with pool.stream("GET", _core_url(self._url), headers=self._headers()) as response:
                    headers = {k.lower().decode(): v.decode("latin-1") for k, v in response.headers}
                    if response.status in (301, 302, 303, 307, 308):
                        redirects += 1
                        self._redirect(headers.get("location", ""), redirects)
                    elif not self._use_key(response.status, headers):
                        self._check(response.status, headers)
                        self._save(response)
                        return

    def _headers(self) -> dict[bytes | str, bytes | str]:
        headers: dict[bytes | str, bytes | str] = {
            "User-Agent": "aloud",
            "Accept": "*/*",
            "Accept-Encoding": "identity",
        }
        if self._key and _origin(self._url) == self._hub:
            headers["Authorization"] = f"Bearer {self._key}"
        return headers

    def _redirect(self, location: str, number: int) -> None:
        if number > MAX_REDIRECTS:
            raise VoiceLoadError(
                f"{self.host} redirects more than {MAX_REDIRECTS} times. Give the address of the "
                "recording itself."
            )
        try:
            _check_characters(location, _LONGEST_REDIRECT)
            url = self._url.join(location)
            if _origin(url) != self._hub:
                if self._trusted and _origin(self._url) == self._hub:
                    self._trusted.add(_origin(url)[1:])
                checked_url(str(url), _LONGEST_REDIRECT)
        except (httpx2.InvalidURL, ValidationError) as error:
            reason = str(error) if isinstance(error, ValidationError) else "It is not a URL."
            raise ValidationError(
                f"{self.host} redirects to an address that is not followed. {reason}", "voice"
            ) from error
        self._url = url

    def _use_key(self, status: int, headers: dict[str, str]) -> bool:
        """Return whether to repeat the request with the token: the Hub says the file is gated."""
        gated = status in (401, 403) and headers.get("x-error-code") == "GatedRepo"
        if not gated or self._key or _origin(self._url) != self._hub:
            return False
        self._key = self._fetcher.key()
        return self._key is not None

    def _check(self, status: int, headers: dict[str, str]) -> None:
        if status in (404, 410):
            raise VoiceLoadError(
                f"{self.host} has no such recording (status {status}). Check the address."
            )
        if status != 200:
            raise VoiceLoadError(
                f"{self.host} did not give the recording (status {status}). Check that everybody "
                "can open the address, or upload the recording."
            )
        if headers.get("content-type", "").casefold().startswith("text/html"):
            raise VoiceLoadError(
                f"The address leads to a web page of {self.host}, not to a recording. Give the "
                "address of the file itself."
            )
        length = headers.get("content-length", "")
        if length.isdecimal() and len(length) < 20 and int(length) > MAX_BYTES:
            raise self._too_large()

    def _save(self, response: httpcore2.Response) -> None:
        size = 0
        with self._path.open("wb") as file:
            for data in response.iter_stream():
                size += len(data)
                if size > MAX_BYTES:
                    raise self._too_large()
                file.write(data)

    def _too_large(self) -> TooLargeError:
        return TooLargeError(
            f"The recording at {self.host} has more than {MAX_BYTES / 1e6:.0f} MB. Give an "
            "excerpt: 10 to 30 seconds of speech are plenty.",
            "voice",
        )


def checked_url(address: str, longest: int = MAX_LENGTH) -> httpx2.URL:
    """Parse an address and check its form; its host is checked later. Raises ValidationError."""
    _check_characters(address, longest)
    try:
        url = httpx2.URL(address)
    except httpx2.InvalidURL as error:
        raise ValidationError("The voice's address is not a URL; check it.", "voice") from error
    if url.scheme not in ("http", "https"):
        raise ValidationError("A voice's address begins with https://, http:// or hf://.", "voice")
    if not _HOST.fullmatch(url.raw_host.decode("ascii")):
        raise ValidationError("The voice's address has no valid host; check it.", "voice")
    if url.userinfo:
        raise ValidationError("A voice's address cannot hold a user name or password.", "voice")
    if url.port not in (None, 80, 443) and not 1024 <= url.port <= 65535:
        raise ValidationError(
            "A voice's address has no port, or 80, 443 or one from 1024 to 65535.", "voice"
        )
    return url


def _check_characters(address: str, longest: int) -> None:
    if len(address) > longest:
        raise ValidationError(f"A voice's address has at most {longest:,} characters.", "voice")
    if not address.isprintable():
        raise ValidationError(
            "The voice's address holds characters that cannot be seen; retype it.",
            "voice",
        )


def _origin(url: httpx2.URL) -> tuple[str, str, int]:
    """Return scheme, host and port."""
    port = url.port or (443 if url.scheme == "https" else 80)
    return url.scheme, url.raw_host.decode("ascii"), port


def _core_url(url: httpx2.URL) -> httpcore2.URL:
    """Convert a URL from its checked parts, without parsing it again."""
    return httpcore2.URL(
        scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
    )
