"""What one client may hold of what there is once for all: places in the queue, connections.

A client may hold three quarters of the places; the last quarter is for others. Of places that it
does not use (a request whose sound it does not read, a connection on which nothing is spoken) it
keeps more than a quarter only as long as nobody needs them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Protocol, TypeVar

EVERYBODY = frozenset({"", "address:127.0.0.1", "address:::/64"})
"""Who may hold all places: a program that has Aloud in its own process, and this machine, which is
a single user or everybody behind a proxy that does not say for whom it asks."""


class Place(Protocol):
    """Something of which there are only so many."""

    @property
    def client(self) -> str:
        """Who holds it; see `Caller.client`. From "" nothing is taken away."""

    @property
    def unused_seconds(self) -> float:
        """How long the client has made no use of it."""


P = TypeVar("P", bound=Place)


def most_places(client: str, limit: int) -> int:
    """Return how many of `limit` places a client may hold."""
    return limit if client in EVERYBODY else limit - limit // 4


def find_unused(places: Collection[P], limit: int, seconds: float) -> P | None:
    """Return the place that is to be given to another, or None.

    It has not been used for at least `seconds`, and its client keeps more than a quarter of `limit`
    places so: the one who keeps most, and of those places the one unused for longest.
    """
    unused = [p for p in places if p.client and p.unused_seconds >= seconds]
    counts = Counter(p.client for p in unused)
    over = [p for p in unused if counts[p.client] > limit // 4]
    return max(over, key=lambda p: (counts[p.client], p.unused_seconds), default=None)
