"""The examples of docs/integrations.md."""

from __future__ import annotations

import re
from pathlib import Path

DOCUMENT = Path(__file__).parents[2] / "docs" / "integrations.md"
_ADDRESS = re.compile(r"http://(?:127\.0\.0\.1|192\.168\.1\.10|host\.docker\.internal):7860/")


def examples(heading: str, url: str) -> list[str]:
    """Return the blocks of code of a section, with the address of a running server."""
    text = DOCUMENT.read_text(encoding="utf-8")
    section = text.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    blocks = re.findall(r"^```\w+\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
    return [_ADDRESS.sub(lambda _: url, block) for block in blocks]


def values(block: str, separator: str = ": ") -> dict[str, str]:
    """Return the values of a block that has a name and a value in each line."""
    lines = (line.split(separator, 1) for line in block.splitlines())
    return dict(lines)
