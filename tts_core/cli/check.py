"""`aloud check`: reports what is installed, which engines can speak and what is missing."""

from __future__ import annotations

import argparse
import importlib.metadata
import importlib.util
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import psutil

from tts_core import __version__
from tts_core.cli.console import show, show_json
from tts_core.cli.settings import load_settings
from tts_core.engines.registry import Registry
from tts_core.engines.weights.disk_space import size_text
from tts_core.settings import Settings
from tts_core.system.gpu import gpu_megabytes
from tts_core.system.packages import POSTGRES, RECOGNISER, install_command, missing_packages
from tts_core.system.running_server import find_server

PACKAGES = (
    "gradio", "fastapi", "pydantic", "numpy", "av", "espeakng-loader", "huggingface-hub",
    "SQLAlchemy", "psycopg",
)  # fmt: skip
"""Packages whose versions are reported if they are installed, besides those of engines."""
KEYS: Mapping[str, Callable[[Settings], object]] = {
    "GROQ_API_KEY": lambda settings: settings.groq_key,
    "HF_TOKEN": lambda s: s.hub_token and s.hub_token.get_secret_value().strip(),
    "TTS_API_KEYS": lambda settings: settings.known_keys,
    "TTS_AUTH": lambda settings: settings.logins,
}
"""Secrets; the report says whether they are set, never their values."""
TORCH_SECONDS = 60.0
_TORCH_DEVICES = """
import json, torch
cuda = [torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())]
print(json.dumps({"cuda": cuda, "mps": torch.backends.mps.is_available()}))
"""


def check(options: argparse.Namespace) -> int:
    """Print the report; return 0 when an engine can speak, else 1. Raises CommandError."""
    found = report(load_settings())
    if options.json:
        show_json(found)
    else:
        show("\n".join(_lines(found)))
    return 0 if any(engine["ready"] for engine in found["engines"]) else 1


def report(settings: Settings) -> dict[str, Any]:
    """Return the report as JSON values; sizes are in bytes. Writes nothing."""
    data = settings.data_path
    existing = next(path for path in (data, *data.parents) if _exists(path))
    memory = psutil.virtual_memory()
    server = find_server(settings.server_path)
    registry = Registry(settings=settings)
    return {
        "versions": _versions(registry),
        "engines": _engines(registry),
        "devices": _devices(),
        "memory": {"total": memory.total, "available": memory.available},
        "data_folder": {
            "path": str(data),
            "exists": _exists(data),
            "writable": existing.is_dir() and os.access(existing, os.W_OK | os.X_OK),
            "free": psutil.disk_usage(str(existing)).free,
        },
        "server": server and {"url": server.url, "pid": server.pid},
        "keys": [name for name, value in KEYS.items() if value(settings)],
        "missing": [
            {"name": extra.name, "reason": reason, "command": install_command(extra)}
            for extra in (*registry.extras, POSTGRES, RECOGNISER)
            if (reason := missing_packages(extra)) is not None
        ],
    }


def _exists(path: Path) -> bool:
    """Return whether a path exists, as far as this user can see."""
    try:
        return path.exists()
    except PermissionError:
        return False


def _versions(registry: Registry) -> dict[str, str]:
    versions = {"aloud": __version__, "python": platform.python_version()}
    optional = (package for extra in registry.extras for package in extra.modules.values())
    for name in dict.fromkeys([*PACKAGES, *optional]):
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return versions


def _engines(registry: Registry) -> list[dict[str, Any]]:
    engines = []
    for name, info in registry.infos.items():
        reason = registry.unavailable(name)
        if reason is None and not info.voices:
            reason = "It has no built-in voices here; it speaks in cloned voices only."
        engines.append(
            {"name": name, "label": info.label, "ready": reason is None, "reason": reason}
        )
    return engines


def _devices() -> dict[str, Any]:
    """Return the devices for computing; `cuda` and `mps` are None where PyTorch cannot tell."""
    devices: dict[str, Any] = {"cpus": os.cpu_count(), "cuda": None, "mps": None}
    devices |= gpu_megabytes()
    if importlib.util.find_spec("torch") is None:
        return devices
    # In another process: PyTorch takes half a gigabyte, and may crash on a broken driver.
    path = os.pathsep.join(p or os.getcwd() for p in sys.path)  # noqa: PTH109 - as a string
    try:
        done = subprocess.run(
            [sys.executable, "-c", _TORCH_DEVICES],
            capture_output=True,
            text=True,
            check=True,
            timeout=TORCH_SECONDS,
            env=os.environ | {"PYTHONPATH": path},
        )
        return devices | dict(json.loads(done.stdout.splitlines()[-1]))
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        return devices


def _lines(found: Mapping[str, Any]) -> list[str]:
    """Return the lines of the report as text."""
    versions = [f"{name} {version}" for name, version in found["versions"].items()]
    lines = [f"Versions     {versions[0]}, {versions[1]}"]
    lines += [f"             {', '.join(versions[i : i + 4])}" for i in range(2, len(versions), 4)]
    for i, engine in enumerate(found["engines"]):
        state = "ready" if engine["ready"] else f"not ready. {engine['reason']}"
        lines.append(f"{'' if i else 'Engines':<12} {engine['name']}: {state}")
    lines.append(f"Devices      {_devices_line(found['devices'])}")
    memory = found["memory"]
    lines.append(
        f"Memory       {size_text(memory['available'])} of {size_text(memory['total'])} available"
    )
    lines += _folder_lines(found["data_folder"])
    server = found["server"]
    lines.append(f"Server       {server['url'] if server else 'none is running here'}")
    lines.append(f"Keys         {', '.join(found['keys']) or 'none'} set")
    for i, item in enumerate(found["missing"]):
        lines.append(f"{'' if i else 'Optional':<12} {item['name']}: {item['reason']}")
    return lines


def _devices_line(devices: Mapping[str, Any]) -> str:
    known = [f"CPU ({devices['cpus']} cores)"]
    known += [f"CUDA ({name})" for name in devices["cuda"] or ()]
    if devices["mps"]:
        known.append("MPS")
    if total := devices.get("gpu_memory_total_mb"):
        known.append(f"{size_text(total * 1e6)} of GPU memory")
    if devices["cuda"] is None:
        known.append("PyTorch, which finds GPUs, is not installed or does not work")
    return ", ".join(known)


def _folder_lines(folder: Mapping[str, Any]) -> list[str]:
    state = "exists" if folder["exists"] else "is created at the first start"
    if not folder["writable"]:
        state = "cannot be written: change its permissions or set TTS_DATA_DIR"
    return [
        f"Data folder  {folder['path']} ({state})",
        f"             {size_text(folder['free'])} free on its disk",
    ]
