"""Forms with files, which are not kept in memory."""

from __future__ import annotations

from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from starlette.formparsers import MultiPartParser


class OnDisk(MultiPartParser):
    """Writes a file of more than 1 MB to a nameless one in a folder, so that memory stays free."""

    folder: Path

    def on_headers_finished(self) -> None:
        """Begin a part of the form."""
        super().on_headers_finished()
        if (upload := self._current_part.file) is not None:
            file = SpooledTemporaryFile(self.spool_max_size, dir=str(self.folder))  # noqa: SIM115
            self._files_to_close_on_error.append(file)
            upload.file = cast(BinaryIO, file)
