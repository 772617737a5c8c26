"""Memory of NVIDIA GPUs, as `nvidia-smi` reports it.

That program comes with the driver: nothing has to be installed, and PyTorch stays in the workers.
It counts all processes on a device, since in a container it does not know which are ours. Devices
of other makers are not included.
"""

from __future__ import annotations

import functools
import shutil
import subprocess
import threading
import time

KEEP_SECONDS = 5.0
"""How long an answer is reused; the program takes a tenth of a second."""
TIMEOUT_SECONDS = 3.0
_QUERY = ("--query-gpu=memory.used,memory.total", "--format=csv,noheader,nounits")

_lock = threading.Lock()
_last: tuple[float, dict[str, float]] = (0.0, {})


def gpu_megabytes() -> dict[str, float]:
    """Return `gpu_memory_allocated_mb` and `gpu_memory_total_mb` of all devices together, in MB.

    Returns nothing where there is no device or no driver.
    """
    global _last  # noqa: PLW0603 - a cache
    program = shutil.which("nvidia-smi")
    if program is None:
        return {}
    with _lock:
        when, found = _last
        if time.monotonic() - when > KEEP_SECONDS:
            found = _parsed(_output_of(program))
            _last = (time.monotonic(), found)
        return found


@functools.cache
def has_gpu() -> bool:
    """Return whether there was a device at the first call."""
    return bool(gpu_megabytes())


def _output_of(program: str) -> str:
    """Run nvidia-smi; return its output, "" when it fails."""
    try:
        done = subprocess.run(
            [program, *_QUERY],
            capture_output=True,
            text=True,
            check=True,
            timeout=TIMEOUT_SECONDS,
        )
    except (OSError, subprocess.SubprocessError):  # no device, or the driver is of another version
        return ""
    return done.stdout


def _parsed(answer: str) -> dict[str, float]:
    """Sum up lines of "used, total" in MiB; return MB."""
    rows = [line.split(",") for line in answer.splitlines() if line.count(",") == 1]
    try:
        pairs = [(float(used), float(total)) for used, total in rows]
    except ValueError:  # "[N/A]"
        return {}
    if not pairs:
        return {}
    mebibyte = 1.048576  # MB
    return {
        "gpu_memory_allocated_mb": round(sum(used for used, _ in pairs) * mebibyte, 1),
        "gpu_memory_total_mb": round(sum(total for _, total in pairs) * mebibyte, 1),
    }
