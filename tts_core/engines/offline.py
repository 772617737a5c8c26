"""Takes network access from the process of an engine that does not need it.

On Linux, by a seccomp filter. It needs no privileges, works in containers too, and does not affect
files, GPUs and the pipe to the app. The process, its threads and its children can then create
sockets only of families that stay on this machine; open sockets continue to work. It cannot be
undone.

This is not a sandbox: files and Unix sockets remain accessible.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import socket
import struct
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

LOCAL_FAMILIES = (socket.AF_UNIX, 16)
"""16: AF_NETLINK, by which programs query this machine's devices."""

_PR_SET_NO_NEW_PRIVS = 38
_SET_MODE_FILTER = 1
_FLAGS = 1 | 4
"""For all threads, and without the speculation mitigations that older kernels would enable."""
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06  # BPF's instructions
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16  # offsets in seccomp_data
_ALLOW, _FAIL = 0x7FFF0000, 0x00050000
_IO_URING_SETUP = 425  # creates sockets too, which no filter sees
_X32 = 0x40000000  # system calls in the other numbering of x86-64


@dataclass(frozen=True, slots=True)
class _Machine:
    """Numbers of system calls on one architecture."""

    audit: int
    socket: int
    seccomp: int


_MACHINES = {
    "x86_64": _Machine(audit=0xC000003E, socket=41, seccomp=317),
    "aarch64": _Machine(audit=0xC00000B7, socket=198, seccomp=277),
}


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def go_offline() -> bool:
    """Give up network access for good; return False where that is not possible."""
    machine = _MACHINES.get(platform.machine())
    if sys.platform != "linux" or sys.maxsize < 2**32 or machine is None:
        return False
    _load_gpu_module()
    code = _filter(machine)
    program = _Program(len(code) // 8, code)
    try:
        libc = ctypes.CDLL(None)
        prctl, syscall = libc.prctl, libc.syscall
    except (OSError, AttributeError):
        return False
    prctl.argtypes = [ctypes.c_int] + [ctypes.c_ulong] * 4
    syscall.argtypes = [ctypes.c_long, ctypes.c_ulong, ctypes.c_ulong, ctypes.c_void_p]
    if prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    done = syscall(machine.seccomp, _SET_MODE_FILTER, _FLAGS, ctypes.byref(program))
    return bool(done == 0)


def _load_gpu_module() -> None:
    """Make NVIDIA's setuid helper create the device that CUDA needs.

    CUDA runs it on first use, but in a filtered process setuid programs have no privileges.
    """
    if Path("/proc/driver/nvidia/version").exists() and not Path("/dev/nvidia-uvm").exists():
        with suppress(OSError, subprocess.SubprocessError):
            subprocess.run(
                ["nvidia-modprobe", "-u", "-c=0"], timeout=10, check=False, capture_output=True
            )


def _filter(machine: _Machine) -> bytes:
    """Return the filter in the kernel's form, 8 bytes for each instruction.

    An instruction's two jumps are how many to skip when its comparison holds and when not.
    """
    families = len(LOCAL_FAMILIES)
    code = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 0, 3, machine.audit),  # a program of another architecture: to `absent`
        (_LOAD, 0, 0, _NUMBER),
        (_EQUAL, 1, 0, _IO_URING_SETUP),
        (_AT_LEAST, 0, 1, _X32),
        (_RETURN, 0, 0, _FAIL | errno.ENOSYS),  # `absent`
        (_EQUAL, 0, families + 2, machine.socket),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        *((_EQUAL, families - i, 0, family) for i, family in enumerate(LOCAL_FAMILIES)),
        (_RETURN, 0, 0, _FAIL | errno.EAFNOSUPPORT),  # as on a machine without network
        (_RETURN, 0, 0, _ALLOW),
    ]
    return b"".join(struct.pack("HBBI", *instruction) for instruction in code)
