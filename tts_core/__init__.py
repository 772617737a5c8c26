"""Aloud's synthesis core: text in, speech out, no web framework in sight."""
