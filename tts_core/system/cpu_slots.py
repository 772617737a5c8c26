"""How many threads of the app may compute at the same time.

The event loop, which serves all clients, is one more thread: after each wait it queues for the
interpreter lock, and for a core, behind all threads that compute. Under load the others would delay
it by hundreds of milliseconds, so only a few compute at a time, however many requests there are.
"""

from __future__ import annotations

import os
import threading
from typing import Final

_COUNT = min(4, max(1, (os.cpu_count() or 1) - 1))
"""One core is left for the event loop."""

SLOTS: Final = threading.BoundedSemaphore(_COUNT)
"""Hold it (`with SLOTS:`) for work that takes milliseconds of a core, and never while waiting. The
event loop must not wait for it. One thread encodes a hundred streams in real time."""
PLANNING_SLOTS: Final = threading.BoundedSemaphore(_COUNT)
"""The same for planning, which takes seconds for a book, and may wait for other locks: streams that
are being encoded do not wait for that."""
