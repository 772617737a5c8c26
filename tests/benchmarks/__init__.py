"""Measurements, run by hand: `python -m tests.benchmarks.NAME`. Each prints its figures."""
