"""Every route that is served, and its status for callers who should get little.

    python -m tests.benchmarks.route_table

Once without keys, as Aloud starts by default, and once with one. 404 before all others: the route
does not exist for anybody. 0: no status came in time.
"""

from __future__ import annotations

import logging
import tempfile
from pathlib import Path

from tests.support.live import running_app
from tests.support.route_table import CALLERS, routes_of, statuses

KEY = "sesame"


def main() -> None:
    """Print both tables."""
    logging.disable()
    for title, keys in (("without keys", None), ("with keys", KEY)):
        callers = dict(CALLERS)
        if keys:
            callers["key"] = {"X-API-Key": KEY}
        with (
            tempfile.TemporaryDirectory() as folder,
            running_app(Path(folder), api_keys=keys) as app,
        ):
            table = statuses(app, routes_of(app), callers)
        print(f"\n{title}: {len(table)} routes\n")
        print("".join(f"{name:>15}" for name in callers) + "   route")
        for route, row in table.items():
            print("".join(f"{row[name]:>15}" for name in callers), f"  {route.method} {route.path}")


if __name__ == "__main__":
    main()
