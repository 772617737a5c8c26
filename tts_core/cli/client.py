"""A client of a running Aloud, through its OpenAI-compatible API."""

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
"""For the rest there is no limit: an engine may have to load first. Ctrl-C ends it."""


class Client:
    """Every method raises CommandError when the server cannot be reached or refuses."""

    def __init__(self, url: str, credentials: dict[str, Any], *, local: bool) -> None:
        """`url`: with a slash at its end. `local`: on this machine, which no proxy reaches."""
        self.url = url
        self._options = credentials | {"trust_env": not local}

    def speak(self, request: dict[str, Any], write: Callable[[bytes], object]) -> None:
        """Have a text spoken and write the audio piece by piece. Raises what `write` raises.

        `request`: the body of `POST /v1/audio/speech`.
        """
        with self._asking("POST", "v1/audio/speech", request) as answer:
            for piece in answer.iter_bytes():
                write(piece)

    def voices(self) -> list[dict[str, Any]]:
        """Return the server's own voices: id, name, engine, language and gender of each."""
        with self._asking("GET", "v1/audio/voices") as answer:
            answer.read()
            try:
                found: list[dict[str, Any]] = answer.json()["voices"]
                return [voice for voice in found if voice["engine"]]  # not OpenAI's names
            except (ValueError, KeyError, TypeError) as error:
                raise CommandError(f"{self.url} is no server of Aloud's; check --url.") from error

    @contextmanager
    def _asking(self, method: str, path: str, body: object = None) -> Iterator[httpx2.Response]:
        timeout = httpx2.Timeout(None, connect=CONNECT_SECONDS)
        url = f"{self.url}{path}"
        try:
            with (
                httpx2.Client(timeout=timeout, **self._options) as client,
                client.stream(method, url, json=body) as answer,
            ):
                if answer.status_code == 401:
                    raise CommandError(
                        f"The server at {self.url} wants an API key that it knows: pass "
                        "--key KEY, or set TTS_API_KEYS for a server on this machine."
                    )
                if not answer.is_success:
                    answer.read()
                    raise CommandError(_reason(answer))
                yield answer
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
            raise CommandError(f"No server answers at {self.url} ({error}).") from error
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise CommandError(
                f"The server at {self.url} broke off ({error}); its log says why."
            ) from error


def find_client(settings: Settings, url: str | None, key: str | None) -> Client | None:
    """Return a client of the server at `url`, or of the one of the data folder if it runs.

    `key`: an API key. None: for a server on this machine the settings' first one, and for the one
    of the data folder their first login; others get none.
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
            raise CommandError("The API key has characters that no key can have; see --key.")
        credentials["headers"] = {"Authorization": f"Bearer {key}"}
    elif local and settings.logins:
        credentials["auth"] = next(iter(settings.logins.items()))
    return Client(url, credentials, local=local)


def _reason(answer: httpx2.Response) -> str:
    """Return what the server says is wrong, as a sentence."""
    try:
        return str(answer.json()["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return f"The server answered {answer.status_code} {answer.reason_phrase}; see its log."
