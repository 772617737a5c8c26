"""Connects to hosts on the public internet and to no others, for a limited time.

A name is resolved once for each connection, all its addresses are checked, and the connection goes
to a checked address, so a name server cannot give another answer in between. TLS and the Host
header still use the name. (safehttpx, which gradio brings, does this
too; version 0.1.7 lets 100.64.0.0/10 and 2002:7f00:1:: pass, reads answers of any size into
memory, goes through proxies of the environment and asks dns.google about names.)
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Container, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

import httpcore2

Resolve = Callable[[str, int], Sequence[str]]
"""Returns the addresses of a host and port; none when the host is unknown."""

_MOST_ADDRESSES = 4  # of a name are tried
_CARRIES_IPV4 = ipaddress.IPv6Network("64:ff9b::/96")  # NAT64, RFC 6052
_GLOBAL_IPV6 = ipaddress.IPv6Network("2000::/3")  # all that IANA has allocated for unicast
# Beyond what `is_global` knows, which depends on the version of Python.
_NOT_PUBLIC = [
    ipaddress.ip_network(network)
    for network in (
        "100.64.0.0/10",  # carrier-grade NAT, RFC 6598; Alibaba's metadata service
        "168.63.129.16/32",  # Azure's metadata service
        "192.0.0.0/24",  # protocol assignments; Oracle's metadata service
        "192.88.99.0/24",  # 6to4 relays, RFC 7526
        "2001::/23",  # protocol assignments, among them Teredo, which carries IPv4
        "2002::/16",  # 6to4, which carries IPv4
        "3fff::/20",  # documentation, RFC 9637
    )
]


class NotPublic(Exception):
    """A host is unknown, or has an address that is not on the public internet."""


def is_public(address: str) -> bool:
    """Return whether an IP address belongs to a host on the public internet, by its digits.

    Private, loopback, link-local, multicast, reserved, carrier-grade NAT and documentation
    networks do not, nor does an IPv6 address that maps to such an IPv4 address (mapped or NAT64).
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if (mapped := ip.ipv4_mapped) is not None:
            return is_public(str(mapped))
        if ip in _CARRIES_IPV4:
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
        if ip not in _GLOBAL_IPV6:
            return False
    return (
        ip.is_global
        and not (ip.is_multicast or ip.is_reserved)
        and not any(ip.version == network.version and ip in network for network in _NOT_PUBLIC)
    )


def resolve(host: str, port: int) -> list[str]:
    """Resolve by the system's resolver, which also reads addresses like 0x7f.1 and 2130706433."""
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):  # the latter: a label that is empty or too long
        return []
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))


class PublicNetwork(httpcore2.NetworkBackend):
    """A network backend for one fetch, which lasts until `end` (in `time.monotonic`) at most.

    Hosts and ports in `trusted` may have any address. Connecting raises NotPublic and, like
    reading and writing, httpcore2's NetworkError and TimeoutException.
    """

    def __init__(
        self,
        end: float,
        trusted: Container[tuple[str, int]] = (),
        resolve: Resolve = resolve,
        is_public: Callable[[str], bool] = is_public,
    ) -> None:
        self._end = end
        self._trusted = trusted
        self._resolve = resolve
        self._is_public = is_public
        self._plain = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect to the first address that answers, provided that all are public.

        Raises NotPublic, httpcore2.ConnectError, ConnectTimeout.
        """
        addresses = self._look_up(host, port)
        if not addresses:
            raise NotPublic
        if (host, port) not in self._trusted and not all(map(self._is_public, addresses)):
            raise NotPublic
        left = list(addresses[:_MOST_ADDRESSES])
        while True:
            address, share = left.pop(0), self.seconds_left() / (len(left) + 1)
            try:
                stream = self._plain.connect_tcp(
                    address, port, share, local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                if not left:
                    raise
            else:
                return _LimitedStream(stream, self)

    def seconds_left(self) -> float:
        """Return the seconds until the end. Raises httpcore2.ReadTimeout when there are none."""
        if (left := self._end - time.monotonic()) > 0:
            return left
        raise httpcore2.ReadTimeout

    def _look_up(self, host: str, port: int) -> Sequence[str]:
        """Resolve in a thread, since the system's resolver has no time limit."""
        executor = ThreadPoolExecutor(1, thread_name_prefix="resolve")
        try:
            return executor.submit(self._resolve, host, port).result(self.seconds_left())
        except TimeoutError as error:
            raise httpcore2.ConnectTimeout from error
        finally:
            executor.shutdown(wait=False)


class _LimitedStream(httpcore2.NetworkStream):
    """A stream whose every step is limited to the time left for the fetch."""

    def __init__(self, stream: httpcore2.NetworkStream, network: PublicNetwork) -> None:
        self._stream = stream
        self._network = network

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._network.seconds_left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._network.seconds_left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        left = self._network.seconds_left()
        stream = self._stream.start_tls(ssl_context, server_hostname, left)
        return _LimitedStream(stream, self._network)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)
