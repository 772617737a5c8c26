"""Returns freed memory to the operating system."""

from __future__ import annotations

import ctypes
from contextlib import suppress


def trim_memory() -> None:
    """Make the C library return freed memory, where it is glibc.

    glibc keeps an arena for every few threads, and in each of them all freed memory below the last
    block in use: some hundred MB after many requests at once.

    Takes about a millisecond for each MB, and holds the lock of one arena after another. A thread
    that allocates memory may wait for that with the interpreter lock held, so call this when little
    is going on.
    """
    with suppress(AttributeError, OSError):  # other C libraries have no such function
        ctypes.CDLL(None).malloc_trim(0)
