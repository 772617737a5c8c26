"""Files of the data folder are opened only if they are really in it.

A symbolic link there, which a backup, a shared folder or another program may have left, would have
the server read and give away any file of its user's.
"""

from __future__ import annotations

import stat
from pathlib import Path


def is_own_file(path: Path, folder: Path) -> bool:
    """Return whether `path` is a plain file, and reached from `folder` through no symbolic link.

    `folder` itself may be a link: its owner may keep it on another disk.
    """
    try:
        plain = stat.S_ISREG(path.lstat().st_mode)
        return plain and not leaves(path, folder)
    except OSError:
        return False


def leaves(path: Path, folder: Path) -> bool:
    """Return whether a symbolic link is on the way from `folder` to `path`, which need not exist.

    Raises ValueError for a path that is not below the folder, and OSError.
    """
    inside = path.relative_to(folder)
    steps = [folder.joinpath(*inside.parts[:n]) for n in range(1, len(inside.parts) + 1)]
    return any(step.is_symlink() for step in steps)
