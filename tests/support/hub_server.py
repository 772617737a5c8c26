"""A server that speaks as much of the Hugging Face Hub's protocol as a download needs.

Small files are answered at once; files of `LARGE` bytes or more lie, as at the real Hub, at another
host ("localhost" instead of "127.0.0.1"), to which the answer redirects with a signed address.

What goes wrong is said beforehand, file by file: `server.faults["model.pth"] = [Cut(1000),
Status(503)]` are the answers to the next two requests for its content; `heads` the same for
requests about it. When there are none left, all is well.
"""

from __future__ import annotations

import hashlib
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEY = "hf_correct-horse-battery-staple"
SIGNATURE = "X-Signature=not-to-be-logged"
LARGE = 20_000
_PIECE = 4096


@dataclass
class Status:
    """An answer that is an error."""

    code: int
    headers: dict[str, str] = field(default_factory=dict)


GATED = Status(403, {"X-Error-Code": "GatedRepo"})


@dataclass
class Cut:
    """The connection ends after so many bytes of the content."""

    after: int


@dataclass
class Stall:
    """After so many bytes nothing more comes, until the client hangs up."""

    after: int = 0


@dataclass
class Silence:
    """No answer at all, until the client hangs up."""


@dataclass
class Trickle:
    """So many bytes come, then one at a time."""

    after: int = 0
    pause: float = 0.02


@dataclass
class Wrong:
    """Every byte is another."""


@dataclass
class Whole:
    """All of it, whatever range was asked for."""


Fault = Status | Cut | Stall | Silence | Trickle | Wrong | Whole


@dataclass
class Seen:
    """A request as it came in."""

    method: str
    path: str
    file: str
    range: str | None
    authorization: str | None
    host: str
    user_agent: str


class HubServer(ThreadingHTTPServer):
    """Repositories in memory: `files["owner/name"]["path"] = content`, at one revision each.

    The branch "main" is that revision; commits in `former` have the same files.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files: dict[str, dict[str, bytes]] = {}
        self.revision = "0123456789abcdef0123456789abcdef01234567"
        self.former: set[str] = set()
        self.faults: dict[str, list[Fault]] = {}
        self.heads: dict[str, list[Fault]] = {}
        self.gated: set[str] = set()
        self.ranges = True
        self.requests: list[Seen] = []
        self.gone = threading.Event()
        """The client hung up before the end."""
        self.busy = threading.Event()
        """An answer stalls or trickles."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def storage(self) -> str:
        return f"http://localhost:{self.server_port}"

    def fetched(self, file: str = "") -> list[Seen]:
        """The requests for content, in order."""
        found = [r for r in self.requests if r.method == "GET" and "/resolve/" in r.path]
        return [r for r in found if file in ("", r.file)]

    def handle_error(self, *_: object) -> None:
        pass


def etag(content: bytes) -> str:
    """As the Hub's: git's SHA-1 of small files, the SHA-256 of large ones."""
    if len(content) < LARGE:
        return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
    return hashlib.sha256(content).hexdigest()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: HubServer

    def log_message(self, *_: object) -> None:
        pass

    def do_HEAD(self) -> None:
        self.answer()

    def do_GET(self) -> None:
        self.answer()

    def answer(self) -> None:
        path, _, query = self.path.partition("?")
        found = re.fullmatch(r"/([^/]+/[^/]+)/(resolve|storage)/([^/]+)/(.+)", path)
        self.server.requests.append(
            Seen(
                self.command,
                path,
                found[4] if found else "",
                self.headers["range"],
                self.headers["authorization"],
                self.headers["host"],
                self.headers["user-agent"],
            )
        )
        if found is None:
            self.status(Status(404, {"X-Error-Code": "RepoNotFound"}))
            return
        repo, kind, revision, file = found.groups()
        content = self.server.files.get(repo, {}).get(file)
        if kind == "storage":
            if query != SIGNATURE or self.headers["authorization"]:
                self.status(Status(400))
            else:
                self.content(file, content or b"")
        elif self.refused(repo, revision, file):
            pass
        elif self.command == "HEAD":
            self.about(file, content or b"")
        elif len(content or b"") >= LARGE:
            self.redirect(f"/{repo}/storage/{revision}/{file}", b"")
        else:
            self.content(file, content or b"")

    def refused(self, repo: str, revision: str, file: str) -> bool:
        server = self.server
        if repo not in server.files:
            self.status(Status(404, {"X-Error-Code": "RepoNotFound"}))
        elif self.headers["authorization"] not in (None, f"Bearer {KEY}"):
            self.status(Status(401))
        elif repo in server.gated and not self.headers["authorization"]:
            self.status(GATED)
        elif revision not in {"main", server.revision, *server.former}:
            self.status(Status(404, {"X-Error-Code": "RevisionNotFound"}))
        elif file not in server.files[repo]:
            self.status(Status(404, {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": revision}))
        else:
            return False
        return True

    def about(self, file: str, content: bytes) -> None:
        fault = self.next_fault(self.server.heads, file)
        if isinstance(fault, Status):
            self.status(fault)
        elif isinstance(fault, Silence):
            self.wait_until_gone()
        elif len(content) >= LARGE:
            self.redirect(self.path.replace("/resolve/", "/storage/"), content)
        else:
            self.send_response(200)
            self.send_header("X-Repo-Commit", self.commit())
            self.send_header("ETag", f'"{etag(content)}"')
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()

    def commit(self) -> str:
        former = (commit for commit in self.server.former if commit in self.path)
        return next(former, self.server.revision)

    def redirect(self, path: str, content: bytes) -> None:
        self.send_response(302)
        self.send_header("Location", f"{self.server.storage}{path}?{SIGNATURE}")
        self.send_header("X-Repo-Commit", self.commit())
        if content:
            self.send_header("X-Linked-Etag", f'"{etag(content)}"')
            self.send_header("X-Linked-Size", str(len(content)))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def content(self, file: str, content: bytes) -> None:
        fault = self.next_fault(self.server.faults, file)
        if isinstance(fault, Status):
            self.status(fault)
            return
        if isinstance(fault, Silence):
            self.wait_until_gone()
            return
        if isinstance(fault, Wrong):
            content = bytes(255 - b for b in content)
        start = 0
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers["range"] or "")
        if asked and self.server.ranges and not isinstance(fault, Whole):
            start = int(asked[1])
            if start >= len(content):
                self.status(Status(416, {"Content-Range": f"bytes */{len(content)}"}))
                return
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        try:
            self.send(content[start:], fault)
        except OSError:
            self.server.gone.set()

    def send(self, content: bytes, fault: Fault | None) -> None:
        after = fault.after if isinstance(fault, Cut | Stall | Trickle) else len(content)
        for at in range(0, min(after, len(content)), _PIECE):
            self.wfile.write(content[at : min(at + _PIECE, after)])
        if isinstance(fault, Cut):
            self.close_connection = True
        elif isinstance(fault, Stall):
            self.wait_until_gone()
        elif isinstance(fault, Trickle):
            self.server.busy.set()
            for at in range(after, len(content)):
                self.wfile.write(content[at : at + 1])
                time.sleep(fault.pause)

    def status(self, status: Status) -> None:
        self.send_response(status.code)
        for name, value in status.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def next_fault(self, faults: dict[str, list[Fault]], file: str) -> Fault | None:
        waiting = faults.get(file, [])
        return waiting.pop(0) if waiting else None

    def wait_until_gone(self) -> None:
        self.close_connection = True
        self.server.busy.set()
        try:
            data = self.connection.recv(1)
        except OSError:
            data = b""
        if not data:
            self.server.gone.set()


@contextmanager
def hub_server() -> Iterator[HubServer]:
    with HubServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
