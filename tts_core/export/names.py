"""Titles as the names of files."""

from __future__ import annotations

import re


def file_name(title: str, otherwise: str = "Book") -> str:
    """Return a title as the name of a file, without extension."""
    return "-".join(re.findall(r"\w+", title))[:60] or otherwise
