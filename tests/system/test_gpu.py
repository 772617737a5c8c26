"""GPU memory: what a driver's program says, and what is said without one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tts_core.system import gpu


@pytest.mark.parametrize(
    ("script", "wanted"),
    [
        ("echo '1024, 81559'", {"gpu_memory_allocated_mb": 1073.7, "gpu_memory_total_mb": 85520.8}),
        (
            "echo '0, 1000'; echo '1000, 1000'",
            {"gpu_memory_allocated_mb": 1048.6, "gpu_memory_total_mb": 2097.2},
        ),
        ("echo '[N/A], [N/A]'", {}),
        ("echo 'No devices were found'", {}),
        ("exit 9", {}),
    ],
)
def test_what_the_driver_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, wanted: dict[str, float]
) -> None:
    program = tmp_path / "nvidia-smi"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setattr(gpu, "_last", (-1e9, {}))
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert gpu.gpu_megabytes() == wanted
    program.unlink()
    monkeypatch.setenv("PATH", str(tmp_path))
    assert gpu.gpu_megabytes() == {}


@pytest.mark.gpu
def test_a_real_one() -> None:
    if shutil.which("nvidia-smi") is None:
        pytest.skip("no NVIDIA driver here")
    found = gpu.gpu_megabytes()
    assert 0 <= found["gpu_memory_allocated_mb"] < found["gpu_memory_total_mb"]
