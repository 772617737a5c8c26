"""The whole app killed at random moments: what the history knows afterwards.

    python -m tests.benchmarks.history_kills [ROUNDS [DATABASE_URL]]

Fails when a request whose answer was given out is not in the table; prints the figures.
"""

from __future__ import annotations

import sys

from tests.support.history_kills import run

if __name__ == "__main__":
    print(run(int(sys.argv[1]) if len(sys.argv) > 1 else 100, *sys.argv[2:3]))
