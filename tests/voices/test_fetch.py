"""Files from strangers' addresses: what is asked for, of whom, and how much is taken."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.support.file_server import ADDRESS, Answer, FileServer, file_server, public_here
from tests.support.hub_server import KEY, LARGE, HubServer, Status, hub_server
from tts_core.errors import TooLargeError, ValidationError, VoiceLoadError
from tts_core.voices import public_network as network
from tts_core.voices.fetch import Fetcher

SOUND = b"RIFF, in a manner of speaking"
SECRET = "s3cr3t"


class Names:
    """A resolver of the test's own: each look-up takes the next answer, the last one stays."""

    def __init__(self, **names: list[list[str]]) -> None:
        self.names = {name.replace("_", "."): answers for name, answers in names.items()}
        self.asked: list[str] = []

    def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        if host not in self.names:
            return network.resolve(host, port)
        answers = self.names[host]
        return answers.pop(0) if len(answers) > 1 else answers[0]


@pytest.fixture
def server() -> Iterator[FileServer]:
    with file_server() as running:
        running.answers["/clip.wav"] = Answer(SOUND)
        yield running


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sent"


def test_a_file(server: FileServer, path: Path) -> None:
    names = Names(voices_test=[[ADDRESS], ["127.0.0.1"]])
    fetcher = Fetcher(resolve=names, is_public=public_here)
    fetcher.fetch(server.url("/clip.wav?key=+%41", host="VOICES.test"), path)
    assert path.read_bytes() == SOUND
    assert names.asked == ["voices.test"]  # and so not the second answer
    (asked,) = server.asked
    assert asked.path == "/clip.wav?key=+%41"
    assert asked.headers["Host"] == f"voices.test:{server.server_port}"
    assert asked.headers.keys().isdisjoint({"Authorization", "Cookie"})


def test_the_next_address_when_one_does_not_answer(server: FileServer, path: Path) -> None:
    names = Names(voices_test=[["127.0.0.3", ADDRESS]])
    Fetcher(resolve=names, is_public=lambda a: a == "127.0.0.3" or public_here(a)).fetch(
        server.url("/clip.wav", host="voices.test"), path
    )
    assert path.read_bytes() == SOUND


@pytest.mark.parametrize(
    "answers",
    [
        ["127.0.0.1"],
        ["10.1.2.3"],
        ["169.254.169.254"],
        ["::1"],
        ["::ffff:127.0.0.1"],
        [ADDRESS, "10.1.2.3"],
        ["fd00::1", ADDRESS],
        [],
    ],
)
def test_names_of_private_addresses(server: FileServer, path: Path, answers: list[str]) -> None:
    fetcher = Fetcher(resolve=Names(inside_test=[answers]), is_public=public_here)
    with pytest.raises(ValidationError, match=r"inside.test was not found") as caught:
        fetcher.fetch(server.url("/clip.wav", host="inside.test"), path)
    assert caught.value.field == "voice"
    assert not server.asked


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "0x7f.1",
        "0x7f000001",
        "2130706433",
        "017700000001",
        "127。0。0。1",
        "0177.0.1",
        "0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[0:0:0:0:0:ffff:7f00:1]",
        "localhost",
        "LOCALHOST.",
        "169.254.169.254",
        "10.0.0.1",
        "a..b",
        "nothing.invalid",
    ],
)
def test_real_rules_and_real_resolver(server: FileServer, path: Path, host: str) -> None:
    with pytest.raises(ValidationError, match="was not found on the public internet"):
        Fetcher().fetch(f"http://{host}:{server.server_port}/clip.wav", path)


@pytest.mark.parametrize(
    "address",
    [
        "http://user:s3cr3t@voices.test/clip.wav",
        "http://s3cr3t@voices.test/clip.wav",
        "http://voices.test\\@127.0.0.1/clip.wav?s3cr3t",
        "http://voices.test:22/clip.wav?s3cr3t",
        "http://voices.test:0/clip.wav",
        "http://voices.test:1023/clip.wav",
        "http://voices.test:65536/clip.wav",
        "http://voices.test:s3cr3t/clip.wav",
        "http://voices .test/clip.wav?s3cr3t",
        "http://voices.test/\0.wav?s3cr3t",
        "http://voices.test/\r\nHost: s3cr3t",
        "http://voices.test/\u202es3cr3t",
        "http://voices.test/?s3cr3t" + "a" * 2000,
        "http:///clip.wav?s3cr3t",
        "http://?s3cr3t",
        "http://[::1%25lo]/clip.wav",
        "http://[fe80::1%lo]/clip.wav",
        "http://%31%32%37.0.0.1/",
        "http://１２７.０.０.１/clip.wav",
        "http://\u24dbocalhost/clip.wav",
        "http://0177.0.0.01/clip.wav",
        "ftp://voices.test/clip.wav",
        "file:///etc/passwd?s3cr3t",
        "gopher://voices.test/",
        "data://text/plain,s3cr3t",
        "hf://",
        "hf://owner/clip.wav?s3cr3t",
        "hf://owner/repo/",
        "hf://owner/repo/../../other/resolve/main/clip.wav",
        "hf://owner/repo/./clip.wav",
        "hf://owner/repo//clip.wav",
        "hf://owner/repo/clip.wav@../s3cr3t",
        "hf://owner/repo/clip.wav@a@b",
        "hf://../repo/clip.wav",
        "hf://ow?ner/repo/clip.wav",
        "hf://owner/repo/clip\n.wav",
    ],
)
def test_addresses_that_are_not_taken(path: Path, address: str) -> None:
    names = Names()
    with pytest.raises(ValidationError) as caught:
        Fetcher(resolve=names, is_public=lambda _: True).fetch(address, path)
    assert caught.value.field == "voice"
    assert SECRET not in str(caught.value)
    assert not names.asked


def test_international_names(path: Path) -> None:
    names = Names()
    names.names["xn--bcher-kva.test"] = [[]]
    with pytest.raises(ValidationError, match=r"^xn--bcher-kva.test was not found"):
        Fetcher(resolve=names).fetch("http://Bücher.test/clip.wav", path)
    assert names.asked == ["xn--bcher-kva.test"]


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1:{port}/clip.wav",
        "http://[::1]:{port}/clip.wav",
        "http://169.254.169.254/latest/meta-data/?s3cr3t",
        "http://10.0.0.1/clip.wav",
        "http://0x7f.1:{port}/clip.wav",
        "//127.0.0.1:{port}/clip.wav",
        "http://inside.test:{port}/clip.wav",
        "http://user:s3cr3t@127.0.0.2:{port}/clip.wav",
        "http://127.0.0.2:22/clip.wav",
        "file:///etc/passwd",
        "ftp://127.0.0.2/clip.wav",
        "hf://owner/repo/clip.wav",
        "http://[s3cr3t/",
    ],
)
def test_redirects_that_are_not_followed(server: FileServer, path: Path, location: str) -> None:
    location = location.format(port=server.server_port)
    server.answers["/moved"] = Answer(status=302, headers={"Location": location})
    names = Names(inside_test=[["127.0.0.1"]])
    with pytest.raises(ValidationError) as caught:
        Fetcher(resolve=names, is_public=public_here).fetch(server.url("/moved?s3cr3t"), path)
    assert caught.value.field == "voice"
    assert SECRET not in str(caught.value)
    assert len(server.asked) == 1
    assert not path.exists()


def test_a_name_that_is_rebound_between_redirects(server: FileServer, path: Path) -> None:
    server.answers["/moved"] = Answer(status=302, headers={"Location": "/clip.wav"})
    names = Names(voices_test=[[ADDRESS], ["127.0.0.1"]])
    with pytest.raises(ValidationError, match="not found on the public internet"):
        Fetcher(resolve=names, is_public=public_here).fetch(
            server.url("/moved", host="voices.test"), path
        )
    assert [asked.path for asked in server.asked] == ["/moved"]


def test_redirects_that_are_followed(server: FileServer, path: Path) -> None:
    answer = Answer(status=302, headers={"Location": "two?a=b", "Set-Cookie": "id=1; Path=/"})
    server.answers["/one"] = answer
    target = server.url("/clip.wav", host="other.test")
    server.answers["/two"] = Answer(status=308, headers={"Location": target})
    names = Names(other_test=[[ADDRESS]])
    Fetcher(resolve=names, is_public=public_here).fetch(server.url("/one"), path)
    assert path.read_bytes() == SOUND
    assert [asked.path for asked in server.asked] == ["/one", "/two?a=b", "/clip.wav"]
    assert not any("Cookie" in asked.headers for asked in server.asked)


@pytest.mark.parametrize(
    ("answer", "kind", "message"),
    [
        (Answer(status=302, headers={"Location": "/it"}), VoiceLoadError, "more than 3 times"),
        (Answer(status=404), VoiceLoadError, "no such recording"),
        (Answer(SOUND, status=206), VoiceLoadError, "status 206"),
        (Answer(status=204, length=None), VoiceLoadError, "status 204"),
        (Answer(status=500), VoiceLoadError, "status 500"),
        (Answer(status=401), VoiceLoadError, "everybody"),
        (Answer(b"<p>", headers={"Content-Type": "text/html; x"}), VoiceLoadError, "web page"),
        (Answer(SOUND, length=1000), VoiceLoadError, "connection .* failed"),
        (Answer(SOUND, length=20_000_001), TooLargeError, "more than 20 MB"),
        (Answer(bytes(20_000_001)), TooLargeError, "more than 20 MB"),
        (Answer(bytes(20_000_001), length=None), TooLargeError, "more than 20 MB"),
    ],
)
def test_answers_that_are_no_recording(
    server: FileServer, path: Path, answer: Answer, kind: type[Exception], message: str
) -> None:
    server.answers["/it"] = answer
    with pytest.raises(kind, match=message) as caught:
        Fetcher(is_public=public_here).fetch(server.url("/it?s3cr3t"), path)
    assert SECRET not in str(caught.value)
    assert len(server.asked) <= 4
    assert not path.exists() or path.stat().st_size <= 20_000_000


@pytest.mark.sample(1)
@pytest.mark.parametrize("part", ["header", "body", "name"])
def test_slow_ones(server: FileServer, path: Path, part: str) -> None:
    if part == "body":
        server.answers["/it"] = Answer(bytes(10_000), pause=0.02)
    else:
        server.answers["/it"] = Answer(pause=0.02, headers={"X-Long": "a" * 10_000})

    def slow(host: str, port: int) -> Sequence[str]:
        time.sleep(1.5 if part == "name" else 0)
        return network.resolve(host, port)

    began = time.monotonic()
    with pytest.raises(VoiceLoadError, match=r"within 0\.4 s"):
        Fetcher(is_public=public_here, resolve=slow, max_seconds=0.4).fetch(server.url("/it"), path)
    assert time.monotonic() - began < 1.4


def test_proxies_of_the_environment_are_not_asked(
    server: FileServer, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    Fetcher(is_public=public_here).fetch(server.url("/clip.wav"), path)
    assert path.read_bytes() == SOUND


def test_nobody_there(path: Path) -> None:
    with pytest.raises(VoiceLoadError, match=r"The connection to 127.0.0.2 failed"):
        Fetcher(is_public=public_here).fetch(f"http://{ADDRESS}:1024/clip.wav", path)


def test_tls_asks_for_the_name(tmp_path: Path, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pem = tmp_path / "voices.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
    subject = ["-subj", "/CN=x", "-addext", "subjectAltName=DNS:voices.test"]
    subprocess.run(
        [*command.split(), *subject, "-keyout", pem, "-out", tmp_path / "c"],
        check=True,
        capture_output=True,
    )
    pem.write_bytes(pem.read_bytes() + (tmp_path / "c").read_bytes())
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "c"))
    fetcher = Fetcher(
        resolve=Names(voices_test=[[ADDRESS]], other_test=[[ADDRESS]]), is_public=public_here
    )
    with file_server(pem) as server:
        server.answers["/clip.wav"] = Answer(SOUND)
        fetcher.fetch(f"https://voices.test:{server.server_port}/clip.wav", path)
        assert path.read_bytes() == SOUND
        with pytest.raises(VoiceLoadError, match=r"connection to other.test failed"):
            fetcher.fetch(f"https://other.test:{server.server_port}/clip.wav", path)


@pytest.fixture
def hub() -> Iterator[HubServer]:
    with hub_server() as running:
        running.files["owner/re.po"] = {"a/clip.wav": SOUND, "large.wav": SOUND + bytes(LARGE)}
        yield running


@pytest.mark.parametrize("file", ["a/clip.wav", "large.wav"])
def test_a_mirror_of_the_hub_and_its_storage(hub: HubServer, path: Path, file: str) -> None:
    Fetcher(f"{hub.url}/", KEY).fetch(f"hf://owner/re.po/{file}@{hub.revision}", path)
    assert path.read_bytes() == hub.files["owner/re.po"][file]
    assert not any(seen.authorization for seen in hub.requests)


def test_the_newest_revision(hub: HubServer, path: Path) -> None:
    hub.revision = "main"
    Fetcher(hub.url).fetch("HF://owner/re.po/a/clip.wav", path)
    assert path.read_bytes() == SOUND


def test_the_key_goes_to_the_hub_for_gated_files_only(hub: HubServer, path: Path) -> None:
    hub.gated.add("owner/re.po")
    fetcher = Fetcher(hub.url, KEY)
    fetcher.fetch(f"hf://owner/re.po/large.wav@{hub.revision}", path)
    assert path.read_bytes() == hub.files["owner/re.po"]["large.wav"]
    sent = [(seen.host.partition(":")[0], bool(seen.authorization)) for seen in hub.requests]
    assert sent == [("127.0.0.1", False), ("127.0.0.1", True), ("localhost", False)]
    hub.requests.clear()
    with pytest.raises(VoiceLoadError, match="no such recording"):
        fetcher.fetch(f"hf://owner/private/clip.wav@{hub.revision}", path)
    assert not any(seen.authorization for seen in hub.requests)


def test_no_key_to_private_repositories(hub: HubServer, path: Path) -> None:
    # As the Hub answers those who do not say who they are.
    hub.faults["a/clip.wav"] = [Status(401, {"X-Error-Code": "RepoNotFound"})]
    with pytest.raises(VoiceLoadError, match="status 401"):
        Fetcher(hub.url, KEY).fetch(f"hf://owner/re.po/a/clip.wav@{hub.revision}", path)
    assert [seen.authorization for seen in hub.requests] == [None]


def test_a_wrong_key(hub: HubServer, path: Path) -> None:
    hub.gated.add("owner/re.po")
    with pytest.raises(VoiceLoadError, match="status 401") as caught:
        Fetcher(hub.url, "hf_s3cr3t").fetch(f"hf://owner/re.po/a/clip.wav@{hub.revision}", path)
    assert SECRET not in str(caught.value)
    assert len(hub.requests) == 2


def test_a_mirror_is_trusted_for_hf_addresses_only(hub: HubServer, path: Path) -> None:
    address = f"{hub.url}/owner/re.po/resolve/{hub.revision}/a/clip.wav"
    with pytest.raises(ValidationError, match="was not found"):
        Fetcher(hub.url, KEY).fetch(address, path)
    assert not hub.requests


def test_the_hub_itself_is_checked_like_any_other(path: Path) -> None:
    names = Names()
    names.names["huggingface.co"] = [["127.0.0.1"]]
    with pytest.raises(ValidationError, match=r"huggingface.co was not found"):
        Fetcher(resolve=names).fetch("hf://owner/re.po/clip.wav", path)
