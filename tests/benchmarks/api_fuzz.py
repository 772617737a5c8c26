"""Requests that schemathesis makes up from `/openapi.json`, and which answers are not as it says.

python -m tests.benchmarks.api_fuzz [CASES [SEED]]
"""

from __future__ import annotations

import secrets
import sys
import tempfile
import time
from pathlib import Path

from tests.support.api_fuzz import Fuzz
from tests.support.live import running_app
from tts_core.engines.registry import ENGINES


def main() -> None:
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else secrets.randbelow(10**6)
    with tempfile.TemporaryDirectory() as folder, running_app(Path(folder), ENGINES) as app:
        fuzz = Fuzz(app.url, seed)
        began = time.perf_counter()
        fuzz.run(cases)
        took = time.perf_counter() - began
    for (operation, status), count in sorted(fuzz.answers.items()):
        print(f"{operation:32} {status} {count:5}")
    found = dict.fromkeys(fuzz.faults)
    print(f"{fuzz.answers.total()} requests in {took:.0f} s (seed {seed}): {len(found)} faults")
    for fault in found:
        print(f"- {fault}")


if __name__ == "__main__":
    main()
