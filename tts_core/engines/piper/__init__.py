"""Piper: voices of the rhasspy project, each a network of its own in a file."""
