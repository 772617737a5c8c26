"""Voices changed by a process that is killed at random moments: how many are whole afterwards.

    python -m tests.benchmarks.voice_kills [KILLS]

Tells how many kills caught it half-way; fails when a voice is neither there nor absent.
"""

from __future__ import annotations

import sys

from tests.support.voice_kills import run

if __name__ == "__main__":
    print(run(int(sys.argv[1]) if len(sys.argv) > 1 else 200))
