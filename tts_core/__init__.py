"""Aloud's synthesis core: text in, speech out, no web framework in sight."""

__version__ = "0.1.0"
