"""Fetches files from the Hugging Face Hub into its own cache's layout, and checks them.

huggingface_hub tells where a file is and what it must be, and brings the key and the connection.
The bytes are read here: its `hf_hub_download` (2.4.0) throws away what has come when it breaks
off, and between two pieces of 10 MiB neither tells how far it is nor lets itself be stopped.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeVar

import httpx2
import tenacity
from huggingface_hub import (
    constants,
    get_hf_file_metadata,
    get_session,
    hf_hub_url,
    hf_raise_for_status,
)
from huggingface_hub.utils import build_hf_headers  # type: ignore[attr-defined]

from tts_core.engines.weights.catalog import PARTIAL, HubFile, locate, repo_folder
from tts_core.engines.weights.disk_space import check_room
from tts_core.engines.weights.hub_errors import (
    CutShort,
    is_absent,
    may_pass,
    retry_after,
    translated,
)
from tts_core.engines.weights.transfer import Socket, State, Transfer
from tts_core.errors import Cancelled, DownloadError

TRIES = 6
"""In a row without a byte having come."""
FIRST_WAIT = 0.5
"""Seconds before the second try; then twice as long each time, and as much again by chance."""
_PIECE = 2**20

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Remote:
    """A file as the Hub knows it."""

    file: HubFile
    etag: str
    """Of large files the SHA-256, of small ones git's SHA-1."""
    size: int | None
    blob: Path
    """Where its content belongs."""


def fetch(transfer: Transfer, cache: Path, endpoint: str | None, token: str | None) -> None:
    """Bring what is missing of the transfer's weights into the cache.

    Optional files go first, so that weights of which nothing necessary is missing are complete.
    Raises DownloadError, or Cancelled.
    """
    fetcher = _Fetcher(transfer, cache, endpoint, token)
    files = sorted(transfer.weights.files, key=lambda f: not f.optional)
    missing = [f for f in files if locate(f, cache) is None]
    remotes = [remote for f in missing if (remote := fetcher.look_up(f)) is not None]
    whole = [path for f in files if (path := locate(f, cache)) is not None]
    whole_size = sum(path.stat().st_size for path in whole)
    transfer.at("whole", whole_size)
    for remote in remotes:
        transfer.at(remote.etag, _size_here(remote))
    if all(remote.size is not None for remote in remotes):
        sizes = {remote.etag: remote.size or 0 for remote in remotes}
        transfer.expect(whole_size + sum(sizes.values()))
    check_room(transfer.weights, cache, transfer.missing_bytes())
    for remote in remotes:
        fetcher.bring(remote)


class _Fetcher:
    def __init__(
        self, transfer: Transfer, cache: Path, endpoint: str | None, token: str | None
    ) -> None:
        self._transfer = transfer
        self._cache = cache
        self._endpoint = endpoint.rstrip("/") if endpoint else None
        self._token = token

    def look_up(self, file: HubFile) -> _Remote | None:
        """None when the Hub has not got it and it is optional."""
        with self._boundary(file):
            try:
                found = self._patiently(
                    lambda: get_hf_file_metadata(
                        self._url(file),
                        token=self._token,
                        library_name="aloud",
                        timeout=constants.HF_HUB_ETAG_TIMEOUT,
                        endpoint=self._endpoint,
                    )
                )
            except Exception as error:
                if file.optional and is_absent(error):
                    return None
                raise
        etag = found.etag or ""
        if not re.fullmatch(r"[0-9A-Za-z_-]{1,128}", etag):  # it becomes the name of a file
            raise DownloadError(
                f"The Hub gave no usable ETag for {file.path}; is HF_ENDPOINT a Hub's address?"
            )
        blob = repo_folder(file.repo, self._cache) / "blobs" / etag
        return _Remote(file, etag, found.size, blob)

    def bring(self, remote: _Remote) -> None:
        """Fetch a file, check it, and link it into its snapshot."""
        with self._boundary(remote.file):
            remote.blob.parent.mkdir(parents=True, exist_ok=True)
            with self._partial(remote) as file:
                if file is not None:
                    self._fill(remote, file)
            with self._transfer.guard():
                _link(remote, self._cache)
            if remote.size is not None:
                self._transfer.at(remote.etag, remote.size)

    def _fill(self, remote: _Remote, file: BinaryIO) -> None:
        path = _partial_path(remote)
        for _ in range(2):
            self._patiently(lambda: self._read(remote, file))
            self._transfer.enter(State.CHECKING)
            if self._is_right(remote, path):
                break
            self._start_over(remote, file)
        else:
            raise DownloadError(
                f"{remote.file.path} of {remote.file.repo} arrived damaged twice (its checksum is "
                "wrong) and was deleted. Start the download again; if that does not help, look "
                "at what is between this machine and the Hub (proxy, mirror, HF_ENDPOINT)."
            )
        os.fsync(file.fileno())
        with self._transfer.guard():
            path.replace(remote.blob)

    def _read(self, remote: _Remote, file: BinaryIO) -> None:
        """One try to read the rest of a file."""
        size = file.seek(0, os.SEEK_END)
        if size == remote.size:
            return
        self._transfer.enter(State.DOWNLOADING)
        headers = build_hf_headers(token=self._token, library_name="aloud")
        headers["Accept-Encoding"] = "identity"  # ranges are of the file as it is
        if size:
            headers["Range"] = f"bytes={size}-"
        timeout = constants.HF_HUB_DOWNLOAD_TIMEOUT
        url = self._url(remote.file)
        # The library's client follows to the storage, and leaves the key behind when it does.
        with get_session().stream("GET", url, headers=headers, timeout=timeout) as response:
            if response.status_code == 416:
                self._start_over(remote, file)
                raise CutShort
            hf_raise_for_status(response)
            if size and not _goes_on(response, size):
                self._start_over(remote, file)
            self._transfer.hold(file, _socket(response))
            for data in response.iter_bytes():
                self._transfer.write(data)
                if remote.size is not None and file.tell() > remote.size:
                    return  # the checksum will tell
            self._transfer.hold(file)  # the connection goes back to the client, for others
        if remote.size is not None and file.tell() < remote.size:
            raise CutShort

    def _start_over(self, remote: _Remote, file: BinaryIO) -> None:
        with self._transfer.guard():
            file.truncate(0)
        self._transfer.at(remote.etag, 0)

    def _is_right(self, remote: _Remote, path: Path) -> bool:
        size = path.stat().st_size
        if remote.size not in (None, size):
            return False
        if re.fullmatch(r"[0-9a-f]{64}", remote.etag):
            digest = hashlib.sha256()
        elif re.fullmatch(r"[0-9a-f]{40}", remote.etag):
            digest = hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
        else:
            return True  # a mirror's own ETag: the size has to do
        with path.open("rb") as file:
            while data := file.read(_PIECE):
                self._transfer.check()
                digest.update(data)
        return digest.hexdigest() == remote.etag

    @contextmanager
    def _partial(self, remote: _Remote) -> Iterator[BinaryIO | None]:
        """The file to append to, ours alone; None when its content is here already."""
        while not remote.blob.is_file():
            file = _partial_path(remote).open("ab")
            if _lock(file):
                break
            file.close()  # another process is fetching it
            self._transfer.at(remote.etag, _size_here(remote))
            self._transfer.pause(0.2)
        else:
            yield None
            return
        try:
            self._transfer.hold(file)
            self._transfer.at(remote.etag, file.seek(0, os.SEEK_END))
            yield file
        finally:
            self._transfer.release()
            file.close()

    def _url(self, file: HubFile) -> str:
        return hf_hub_url(file.repo, file.path, revision=file.revision, endpoint=self._endpoint)

    def _patiently(self, action: Callable[[], T]) -> T:
        """Try again after faults that may pass, for as long as now and then something comes."""
        most = self._transfer.bytes_done

        def renew(state: tenacity.RetryCallState) -> None:
            nonlocal most
            if self._transfer.bytes_done > most:
                most = self._transfer.bytes_done
                state.attempt_number = 1

        backoff = tenacity.wait_exponential_jitter(multiplier=FIRST_WAIT, max=30, jitter=FIRST_WAIT)

        def wait(state: tenacity.RetryCallState) -> float:
            asked = retry_after(state.outcome.exception() if state.outcome else None)
            return backoff(state) if asked is None else asked

        return tenacity.Retrying(
            retry=tenacity.retry_if_exception(
                lambda error: may_pass(error) and not self._transfer.ended.is_set()
            ),
            stop=tenacity.stop_after_attempt(TRIES),
            wait=wait,
            after=renew,
            sleep=self._transfer.pause,
            reraise=True,
        )(action)

    @contextmanager
    def _boundary(self, file: HubFile) -> Iterator[None]:
        """Foreign errors as ours. What breaks because it was cancelled is Cancelled."""
        try:
            yield
        except Cancelled:
            raise
        except Exception as error:
            self._transfer.check()
            raise translated(error, file) from error


def _goes_on(response: httpx2.Response, size: int) -> bool:
    """Whether the answer starts where we left off; servers may send all of it instead."""
    start = response.headers.get("Content-Range", "").strip()
    return response.status_code == 206 and start.startswith(f"bytes {size}-")


def _socket(response: httpx2.Response) -> Socket | None:
    stream = response.extensions.get("network_stream")
    return stream.get_extra_info("socket") if stream is not None else None


def _partial_path(remote: _Remote) -> Path:
    return remote.blob.with_name(remote.blob.name + PARTIAL)


def _size_here(remote: _Remote) -> int:
    for path in (remote.blob, _partial_path(remote)):
        if path.is_file():
            return path.stat().st_size
    return 0


def _lock(file: BinaryIO) -> bool:
    """Make it ours; False when it is another's, or is not the file of its name any more."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.fstat(file.fileno()).st_ino == Path(file.name).stat().st_ino
    except (BlockingIOError, FileNotFoundError):
        return False


def _link(remote: _Remote, cache: Path) -> None:
    """Give the blob its name in the snapshot, as the library does."""
    file = remote.file
    snapshot = repo_folder(file.repo, cache) / "snapshots" / file.revision
    name = snapshot / file.path
    name.parent.mkdir(parents=True, exist_ok=True)
    up = "../" * (file.path.count("/") + 2)
    new = name.with_name(f".{uuid.uuid4().hex}")
    try:
        new.symlink_to(f"{up}blobs/{remote.blob.name}")
    except OSError:  # a disk without links
        remote.blob.replace(name)
    else:
        new.replace(name)
