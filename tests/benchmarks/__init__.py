"""Measurements, run by hand: `python -m tests.benchmarks.NAME`. Each prints its figures."""

import os

os.environ.setdefault("TTS_CACHE_MB", "0")  # engines are to be measured, not the cache
