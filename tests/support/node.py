"""Node.js and its `ws` package from Playwright's driver, and packages that npm installed."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import playwright

JAVASCRIPT = Path(__file__).parents[1] / "javascript"
"""Programs, and `package-lock.json` of what they import."""
DRIVER = Path(playwright.__file__).parent / "driver"


def run_node(
    program: Path, *arguments: object, folder: Path, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a program in a folder, where `require('ws')` and installed packages are found."""
    package = folder / "node_modules" / "ws"
    package.mkdir(parents=True, exist_ok=True)
    bundle = (DRIVER / "package/lib/utilsBundle.js").as_posix()
    (package / "index.js").write_text(f'module.exports = require("{bundle}").ws;', encoding="utf-8")
    return subprocess.run(
        [str(DRIVER / "node"), str(program), *map(str, arguments)],
        cwd=folder,
        env=os.environ | {"NODE_PATH": str(package.parent)} | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
