"""Downloads files from the Hugging Face Hub into the layout of its cache, and verifies them.

huggingface_hub provides the location of a file, its checksum, the token and the connection. The
bytes are read here, because its `hf_hub_download` (2.4.0) discards a partial file when the
connection fails, and between two pieces of 10 MiB can neither report progress nor be stopped.
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

from tts_core.engines.weights.catalog import (
    PARTIAL,
    HubFile,
    commit_of,
    expected_digest,
    locate,
    repo_folder,
)
from tts_core.engines.weights.disk_space import check_room
from tts_core.engines.weights.hub_errors import (
    CutShort,
    is_absent,
    is_temporary,
    retry_after,
    translated,
)
from tts_core.engines.weights.records import NAME, is_commit, record
from tts_core.engines.weights.transfer import Socket, State, Transfer
from tts_core.errors import Cancelled, DownloadError

TRIES = 6
"""Tries in a row without receiving a byte."""
FIRST_WAIT = 0.5
"""Seconds before the second try, doubled for each further one, plus up to as much at random."""
_PIECE = 2**20

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Remote:
    """A file on the Hub."""

    file: HubFile
    commit: str
    etag: str
    """The SHA-256 of a large file, git's SHA-1 of a small one."""
    size: int | None
    blob: Path
    """The path for its content in the cache."""


def fetch(transfer: Transfer, cache: Path, endpoint: str | None, token: str | None) -> None:
    """Download the missing files of the transfer's weights into the cache.

    Optional files come first: once no necessary file is missing, the weights are complete. Raises
    DownloadError, or Cancelled.
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
        self._commits: dict[tuple[str, str], str] = {}
        """Of branches that have been looked up, by repository and branch."""

    def look_up(self, file: HubFile) -> _Remote | None:
        """Return the metadata of a file, or None if it is optional and not on the Hub."""
        branch = file.repo, file.revision
        commit = commit_of(file, self._cache) or self._commits.get(branch, "")
        with self._boundary(file):
            try:
                found = self._with_retries(
                    lambda: get_hf_file_metadata(
                        self._url(file, commit or file.revision),
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
        _check_size(file, found.size)
        etag = found.etag or ""
        if not re.fullmatch(r"[0-9A-Za-z_-]{1,128}", etag):  # it becomes the name of a file
            raise DownloadError(
                f"The Hub gave no usable ETag for {file.path}; is HF_ENDPOINT a Hub's address?"
            )
        if not commit:
            commit = self._commits[branch] = found.commit_hash or ""
            if not is_commit(commit):
                raise DownloadError(
                    f"The Hub did not say which commit {file.revision!r} of {file.repo} is; is "
                    "HF_ENDPOINT a Hub's address?"
                )
        expected = expected_digest(file, self._cache)
        if expected and _is_sha256(etag) and etag != expected:
            raise self._other(file, etag, expected)
        blob = repo_folder(file.repo, self._cache) / "blobs" / etag
        return _Remote(file, commit, etag, found.size, blob)

    def bring(self, remote: _Remote) -> None:
        """Download a file, verify it, and link it into its snapshot."""
        with self._boundary(remote.file):
            remote.blob.parent.mkdir(parents=True, exist_ok=True)
            with self._partial(remote) as file:
                if file is not None:
                    self._fill(remote, file)
            digest = self._checked(remote)
            with self._transfer.guard():
                _link(remote, self._cache)
                if remote.file.recorded:
                    self._record(remote, digest)
            if remote.size is not None:
                self._transfer.at(remote.etag, remote.size)

    def _checked(self, remote: _Remote) -> str:
        """Return the SHA-256 of a whole file, if it is known or to be recorded.

        Deletes a wrong file, which may be one that another program has downloaded. Raises
        DownloadError.
        """
        file = remote.file
        if file.md5:
            listed = self._digest(remote.blob, hashlib.md5(usedforsecurity=False))
            if listed != file.md5:
                remote.blob.unlink()
                raise self._other(file, listed, file.md5, "MD5")
        if not file.sha256 and not file.recorded:
            return ""
        digest = self._digest(remote.blob, hashlib.sha256())
        expected = expected_digest(file, self._cache)
        if expected not in ("", digest):
            remote.blob.unlink()
            raise self._other(file, digest, expected)
        return digest

    def _other(
        self, file: HubFile, digest: str, expected: str, kind: str = "SHA-256"
    ) -> DownloadError:
        remedy = "Update Aloud, or check the mirror if HF_ENDPOINT names one."
        if not file.sha256:
            path = repo_folder(file.repo, self._cache) / NAME
            remedy = f"If its author changed it, delete {path} to accept it."
        return DownloadError(
            f"{file.path} of {file.repo} is not the expected file: its {kind} begins with "
            f"{digest[:12]} instead of {expected[:12]}. It is not used. {remedy}"
        )

    def _record(self, remote: _Remote, digest: str) -> None:
        file = remote.file
        folder = repo_folder(file.repo, self._cache)
        if record(folder, file.revision, remote.commit, file.path, digest) != remote.commit:
            raise DownloadError(
                f"{file.repo} changed while it was downloaded twice at once. Start the download "
                "again."
            )

    def _fill(self, remote: _Remote, file: BinaryIO) -> None:
        path = _partial_path(remote)
        for _ in range(2):
            self._with_retries(lambda: self._read(remote, file))
            self._transfer.enter(State.CHECKING)
            if self._is_right(remote, path):
                break
            self._start_over(remote, file)
        else:
            raise DownloadError(
                f"{remote.file.path} of {remote.file.repo} arrived damaged twice (its checksum is "
                "wrong) and was deleted. Start the download again; if that does not help, check "
                "the connection to the Hub (proxy, mirror, HF_ENDPOINT)."
            )
        os.fsync(file.fileno())
        with self._transfer.guard():
            path.replace(remote.blob)

    def _read(self, remote: _Remote, file: BinaryIO) -> None:
        """Try once to read the rest of a file. Raises CutShort, or what the connection raises."""
        size = file.seek(0, os.SEEK_END)
        if size == remote.size:
            return
        self._transfer.enter(State.DOWNLOADING)
        headers = build_hf_headers(token=self._token, library_name="aloud")
        headers["Accept-Encoding"] = "identity"  # ranges refer to the uncompressed file
        if size:
            headers["Range"] = f"bytes={size}-"
        timeout = constants.HF_HUB_DOWNLOAD_TIMEOUT
        url = self._url(remote.file, remote.commit)
        # The library's client follows redirects to the storage, without sending the token there.
        with get_session().stream("GET", url, headers=headers, timeout=timeout) as response:
            if response.status_code == 416:
                self._start_over(remote, file)
                raise CutShort
            hf_raise_for_status(response)
            if size and not _continues(response, size):
                self._start_over(remote, file)
            self._transfer.hold(file, _socket(response))
            for data in response.iter_bytes():
                self._transfer.write(data)
                if remote.size is not None and file.tell() > remote.size:
                    return  # the checksum will be wrong
            self._transfer.hold(file)  # the connection is reused, so `cancel` must not close it
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
        if _is_sha256(remote.etag):
            digest = hashlib.sha256()
        elif re.fullmatch(r"[0-9a-f]{40}", remote.etag):
            digest = hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
        else:
            return True  # a mirror's own ETag: only the size can be verified
        return self._digest(path, digest) == remote.etag

    def _digest(self, path: Path, digest: hashlib._Hash) -> str:
        """Return the hexadecimal digest of a file. Raises Cancelled."""
        with path.open("rb") as file:
            while data := file.read(_PIECE):
                self._transfer.check()
                digest.update(data)
        return digest.hexdigest()

    @contextmanager
    def _partial(self, remote: _Remote) -> Iterator[BinaryIO | None]:
        """Open the partial file, locked; None if the content is already complete."""
        while not remote.blob.is_file():
            file = _partial_path(remote).open("ab")
            if _lock(file):
                break
            file.close()  # another process is downloading it
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

    def _url(self, file: HubFile, revision: str) -> str:
        return hf_hub_url(file.repo, file.path, revision=revision, endpoint=self._endpoint)

    def _with_retries(self, action: Callable[[], T]) -> T:
        """Retry after temporary errors, as long as there is progress."""
        most = self._transfer.bytes_done

        def renew(state: tenacity.RetryCallState) -> None:
            nonlocal most
            if self._transfer.bytes_done > most:
                most = self._transfer.bytes_done
                state.attempt_number = 1

        backoff = tenacity.wait_exponential_jitter(multiplier=FIRST_WAIT, max=30, jitter=FIRST_WAIT)

        def wait(state: tenacity.RetryCallState) -> float:
            requested = retry_after(state.outcome.exception() if state.outcome else None)
            return backoff(state) if requested is None else requested

        return tenacity.Retrying(
            retry=tenacity.retry_if_exception(
                lambda error: is_temporary(error) and not self._transfer.ended.is_set()
            ),
            stop=tenacity.stop_after_attempt(TRIES),
            wait=wait,
            after=renew,
            sleep=self._transfer.pause,
            reraise=True,
        )(action)

    @contextmanager
    def _boundary(self, file: HubFile) -> Iterator[None]:
        """Raise foreign errors as DownloadError, or Cancelled if the transfer was cancelled."""
        try:
            yield
        except Cancelled:
            raise
        except Exception as error:
            self._transfer.check()
            raise translated(error, file) from error


def _check_size(file: HubFile, size: int | None) -> None:
    """Check the size that the Hub reports of a file. Raises DownloadError."""
    wanted = f"{file.size:,} bytes" if file.size else f"at most {file.largest or 0:,} bytes"
    is_wrong = file.size not in (None, size) or (
        file.largest is not None and (size is None or size > file.largest)
    )
    if is_wrong:
        has = "an unknown size" if size is None else f"{size:,} bytes"
        raise DownloadError(
            f"{file.path} of {file.repo} has {has} at the Hub; expected are {wanted}. It is not "
            "downloaded. Check the mirror if HF_ENDPOINT names one, or update Aloud."
        )


def _continues(response: httpx2.Response, size: int) -> bool:
    """Return whether a response starts at byte `size`; a server may send the whole file instead."""
    start = response.headers.get("Content-Range", "").strip()
    return response.status_code == 206 and start.startswith(f"bytes {size}-")


def _socket(response: httpx2.Response) -> Socket | None:
    stream = response.extensions.get("network_stream")
    return stream.get_extra_info("socket") if stream is not None else None


def _is_sha256(etag: str) -> bool:
    return re.fullmatch(r"[0-9a-f]{64}", etag) is not None


def _partial_path(remote: _Remote) -> Path:
    return remote.blob.with_name(remote.blob.name + PARTIAL)


def _size_here(remote: _Remote) -> int:
    for path in (remote.blob, _partial_path(remote)):
        if path.is_file():
            return path.stat().st_size
    return 0


def _lock(file: BinaryIO) -> bool:
    """Lock a file; return False if another process has it, or if it was renamed or deleted."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.fstat(file.fileno()).st_ino == Path(file.name).stat().st_ino
    except (BlockingIOError, FileNotFoundError):
        return False


def _link(remote: _Remote, cache: Path) -> None:
    """Link the blob into the snapshot under the file's name, as the library does."""
    file = remote.file
    snapshot = repo_folder(file.repo, cache) / "snapshots" / remote.commit
    name = snapshot / file.path
    name.parent.mkdir(parents=True, exist_ok=True)
    up = "../" * (file.path.count("/") + 2)
    new = name.with_name(f".{uuid.uuid4().hex}")
    try:
        new.symlink_to(f"{up}blobs/{remote.blob.name}")
    except OSError:  # a file system without symbolic links
        remote.blob.replace(name)
    else:
        new.replace(name)
