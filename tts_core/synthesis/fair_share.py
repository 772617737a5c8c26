"""Each client's fair share of a limited resource: places in the queue, open connections.

A client may hold three quarters of the places; the last quarter is for others. Of places that it
does not use (a request whose sound it does not read, a connection on which nothing is spoken) it
may keep a quarter; those beyond are taken away when another client needs one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Protocol, TypeVar

UNLIMITED_CLIENTS = frozenset({"", "address:127.0.0.1", "address:::/64"})
"""Clients that may hold all places: a program that runs Aloud in its own process, and this machine,
which is a single user or everybody behind a proxy that does not forward client addresses."""


class Place(Protocol):
    """A place that a client holds, of a limited number."""

    @property
    def client(self) -> str:
        """Return who holds it; see `Caller.client`. Nothing is taken away from ""."""

    @property
    def unused_seconds(self) -> float:
        """Return how long the client has not used it."""


P = TypeVar("P", bound=Place)


def most_places(client: str, limit: int) -> int:
    """Return how many of `limit` places a client may hold."""
    return limit if client in UNLIMITED_CLIENTS else limit - limit // 4


def find_unused(places: Collection[P], limit: int, seconds: float) -> P | None:
    """Return the place to take away for another client, or None.

    Candidates have been unused for at least `seconds`, and their client holds more than a quarter
    of `limit` such places. The client with the most loses the one unused for longest.
    """
    unused = [p for p in places if p.client and p.unused_seconds >= seconds]
    counts = Counter(p.client for p in unused)
    over = [p for p in unused if counts[p.client] > limit // 4]
    return max(over, key=lambda p: (counts[p.client], p.unused_seconds), default=None)
