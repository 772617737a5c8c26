"""Checks the host and the port to listen on before Gradio uses them.

Gradio would end with a traceback, and name variables that Aloud does not read.
"""

from __future__ import annotations

import errno
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

from gradio import http_server
from gradio.exceptions import ServerFailedToStartError

from tts_core.system.running_server import CannotStart

PORTS = range(7860, 7960)
"""Ports to try when none is set."""
SLOWEST_START = 180.0
"""Seconds that the server may take, on a busy machine, until it listens."""


def free_port(host: str, port: int | None) -> int:
    """Return a port that can be listened on: `port`, any for 0, one of `PORTS` for None.

    Gradio would check 127.0.0.1 whatever the host is. Raises CannotStart.
    """
    try:
        found = socket.getaddrinfo(host.strip("[]"), None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise CannotStart(
            f"TTS_HOST: {host!r} is not a name or an address of this machine; set it to "
            "127.0.0.1, or to 0.0.0.0 for all of this machine's addresses."
        ) from error
    family, address = found[0][0], found[0][4][0]
    for candidate in PORTS if port is None else (port,):
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, candidate))
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise _unlistenable(error, host, candidate) from error
            else:
                return int(probe.getsockname()[1])
    taken = f"ports {PORTS[0]} to {PORTS[-1]} are" if port is None else f"port {port} is"
    raise CannotStart(f"TTS_PORT: {taken} in use; end what is listening there or set another port.")


def _unlistenable(error: OSError, host: str, port: int) -> CannotStart:
    """Return the error for a socket that could not be bound though the port is free."""
    if error.errno == errno.EACCES:
        return CannotStart(
            f"TTS_PORT: port {port} is reserved for the administrator; set one from 1024 on."
        )
    return CannotStart(
        f"TTS_HOST: {host} cannot be listened on ({error.strerror}); set it to 127.0.0.1, or to "
        "0.0.0.0 for all of this machine's addresses."
    )


class _PatientServer(http_server.Server):
    """Gradio's server, which is given more than 5 s to start: Gradio would name the port then."""

    def run_in_thread(self) -> None:
        try:
            super().run_in_thread()  # type: ignore[no-untyped-call]
        except ServerFailedToStartError:
            until = time.monotonic() + SLOWEST_START
            # The thread ends when the server cannot listen.
            while not self.started and self.thread.is_alive() and time.monotonic() < until:
                time.sleep(0.01)
            if not self.started:
                raise


@contextmanager
def starting_on(port: int) -> Iterator[None]:
    """Have Gradio wait for its server; raise CannotStart when it finds the port in use after all.

    Another program may have started to listen a moment ago, or listens on 127.0.0.1, where Gradio
    looks too.
    """
    gradios = http_server.Server
    http_server.Server = _PatientServer  # type: ignore[misc]
    try:
        yield
    except OSError as error:
        if "empty port" not in str(error):
            raise
        raise CannotStart(
            f"TTS_PORT: port {port} is in use; end what is listening there or set another port."
        ) from error
    finally:
        http_server.Server = gradios  # type: ignore[misc]
