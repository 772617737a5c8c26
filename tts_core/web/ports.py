"""Checks the host and the port to listen on before Gradio uses them.

Gradio would end with a traceback, and name variables that Aloud does not read.
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from tts_core.system.running_server import CannotStart

PORTS = range(7860, 7960)
"""Ports to try when none is set."""


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


@contextmanager
def port_in_use_error(port: int) -> Iterator[None]:
    """Raise CannotStart when Gradio finds the port in use after all.

    Another program may have started to listen a moment ago, or listens on 127.0.0.1, where Gradio
    looks too.
    """
    try:
        yield
    except OSError as error:
        if "empty port" not in str(error):
            raise
        raise CannotStart(
            f"TTS_PORT: port {port} is in use; end what is listening there or set another port."
        ) from error
