"""A client of a running Aloud server, through its HTTP APIs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx2

from tts_core.cli.errors import CommandError
from tts_core.settings import Settings
from tts_core.system.running_server import find_server

CONNECT_SECONDS = 10.0
"""Answers have no time limit, since an engine may have to load first; Ctrl-C ends the command."""


class Client:
    """A server at a URL. Every method raises CommandError if it is unreachable or refuses."""

    def __init__(self, url: str, credentials: dict[str, Any], *, local: bool) -> None:
        """Create a client. `url` ends with a slash; proxies are not used for a `local` server."""
        self.url = url
        self._options = credentials | {"trust_env": not local}

    def speak(self, request: dict[str, Any], write: Callable[[bytes], object]) -> None:
        """Request speech and write the audio as it arrives. Raises what `write` raises, too.

        `request` is the body of `POST /v1/audio/speech`.
        """
        with self._request("POST", "v1/audio/speech", json=request) as answer:
            for data in answer.iter_bytes():
                write(data)

    def voices(self) -> list[dict[str, Any]]:
        """Return id, name, engine, language and gender of each voice of the server."""
        with self._request("GET", "v1/audio/voices") as answer:
            answer.read()
            try:
                found: list[dict[str, Any]] = answer.json()["voices"]
                return [voice for voice in found if voice["engine"]]  # without OpenAI's voice names
            except (ValueError, KeyError, TypeError) as error:
                raise CommandError(f"{self.url} is not an Aloud server; check --url.") from error

    def json(self, method: str, path: str, **options: Any) -> Any:  # noqa: ANN401 - of the server
        """Return the JSON that the server answers. `options`: of httpx2's requests."""
        with self._request(method, path, **options) as answer:
            answer.read()
            try:
                return answer.json()
            except ValueError as error:
                raise CommandError(f"{self.url} is not an Aloud server; check --url.") from error

    def download(self, path: str, write: Callable[[bytes], object]) -> None:
        """Write a file of the server as it arrives. Raises what `write` raises, too."""
        with self._request("GET", path) as answer:
            for data in answer.iter_bytes():
                write(data)

    def withdraw_consent(self, voice: str) -> list[str]:
        """Withdraw the consent for a cloned voice, by id or name.

        Return its name, and the ids of the voices that went with it.
        """
        answer = self.json("POST", "api/withdraw_consent", json={"voice_id": voice})
        return [str(answer["name"]), *map(str, answer.get("also", ()))]

    @contextmanager
    def _request(
        self,
        method: str,
        path: str,
        **options: Any,  # noqa: ANN401 - httpx2's
    ) -> Iterator[httpx2.Response]:
        timeout = httpx2.Timeout(None, connect=CONNECT_SECONDS)
        url = f"{self.url}{path}"
        try:
            with (
                httpx2.Client(timeout=timeout, **self._options) as client,
                client.stream(method, url, **options) as answer,
            ):
                if answer.status_code == 401:
                    raise CommandError(
                        f"The server at {self.url} requires a valid API key: pass --key KEY, or "
                        "set TTS_API_KEYS for a server on this machine."
                    )
                if not answer.is_success:
                    answer.read()
                    raise CommandError(_reason(answer))
                yield answer
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
            raise CommandError(f"No server answers at {self.url} ({error}).") from error
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise CommandError(
                f"The server at {self.url} ended the connection ({error}); see its log."
            ) from error


def find_client(settings: Settings, url: str | None, key: str | None) -> Client | None:
    """Return a client of the server at `url`, or of the one on the data folder if it is running.

    Without an API `key`, a server on this machine gets the first one of the settings, and the one
    on the data folder their first login; other servers get none. Raises CommandError for a key
    with characters that are not allowed.
    """
    local = url is None
    near = local or urlsplit(url or "").hostname in ("127.0.0.1", "localhost", "::1")
    if url is None:
        server = find_server(settings.server_path)
        if server is None:
            return None
        url = server.url
    credentials: dict[str, Any] = {}
    if key is None and near and settings.known_keys:
        key = settings.known_keys[0]
    if key is not None:
        if not key.isascii() or not key.isprintable():
            raise CommandError(
                "The API key has characters that are not printable ASCII; see --key."
            )
        credentials["headers"] = {"Authorization": f"Bearer {key}"}
    elif local and settings.logins:
        credentials["auth"] = next(iter(settings.logins.items()))
    return Client(url, credentials, local=local)


def _reason(answer: httpx2.Response) -> str:
    """Return the server's error message, as a sentence."""
    try:
        return str(answer.json()["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return f"The server answered {answer.status_code} {answer.reason_phrase}; see its log."
