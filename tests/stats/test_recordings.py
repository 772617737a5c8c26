"""Recordings for the history: lossless, within their limit, and deleted with their records."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from tests.conftest import MakeService
from tests.support.waiting import wait_until
from tts_core.audio.encode import to_int16
from tts_core.events import Audio
from tts_core.service import SpeechService
from tts_core.settings import Settings
from tts_core.stats.recordings import Recordings, Timings
from tts_core.types import Caller, Samples, SpeechRequest, WordTiming

RATE = 8_000
SAID = Timings([WordTiming("Hello there.", 0.0, 1.5)], [WordTiming("Hello", 0.25, 0.75)])


def heard(path: Path) -> np.ndarray:
    with av.open(str(path)) as container:
        frames = [frame.to_ndarray()[0] for frame in container.decode(audio=0)]
    return np.concatenate(frames)


def noise(seconds: float, seed: int = 1) -> Samples:
    return np.random.default_rng(seed).uniform(-1, 1, int(RATE * seconds)).astype(np.float32)


def request(text: str = "Hello there.", owner_id: str = "", **options: object) -> SpeechRequest:
    caller = Caller(owner_id=owner_id, operator=not owner_id)
    return SpeechRequest(text=text, engine="scripted", options=options, caller=caller)


def files(folder: Path) -> set[str]:
    return {p.name for p in folder.glob("*")} if folder.exists() else set()


def kept(*request_ids: str) -> set[str]:
    """The names of the files of some recordings."""
    return {name + kind for name in request_ids for kind in (".flac", ".timings.json")}


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., Recordings]]:
    made: list[Recordings] = []

    def open(budget: int = 10**7) -> Recordings:
        made.append(Recordings(tmp_path / "kept", budget))
        return made[-1]

    yield open
    for recordings in made:
        recordings.close()


def keep(recordings: Recordings, name: str, samples: Samples) -> None:
    spool = recordings.record(name, RATE)
    assert spool is not None
    for piece in np.array_split(samples, 7):
        spool.write(piece)
    spool.finish(SAID)


def test_timings_are_kept_with_the_recording(
    make: Callable[..., Recordings], tmp_path: Path
) -> None:
    recordings = make()
    keep(recordings, "a", noise(1))
    assert recordings.timings("a") == SAID  # also before they are a file
    wait_until(lambda: "a" in recordings)
    recordings.close()
    again = make()
    assert again.timings("a") == SAID
    sizes = sum((tmp_path / "kept" / name).stat().st_size for name in kept("a"))
    assert list(again.names()) == ["a"]
    assert again.shrink(1) == sizes
    assert files(tmp_path / "kept") == set()
    assert again.timings("a") is None


def test_timings_go_with_their_recording(make: Callable[..., Recordings], tmp_path: Path) -> None:
    recordings = make()
    for name in ("a", "b", "c"):
        keep(recordings, name, noise(0.1))
        wait_until(lambda name=name: name in recordings)
        (tmp_path / "kept" / f"{name}.flac").unlink()  # somebody else deletes the sound
    recordings.discard(["a"])
    assert recordings.shrink(1) > 0
    assert files(tmp_path / "kept") == {"c.timings.json"}
    recordings.names()
    assert files(tmp_path / "kept") == set()
    keep(recordings, "d", noise(60))
    recordings.discard(["d"])
    assert recordings.timings("d") is None
    keep(recordings, "e", noise(0.1))
    wait_until(lambda: "e" in recordings)
    assert files(tmp_path / "kept") == kept("e")


def test_damaged_timings_are_none(make: Callable[..., Recordings], tmp_path: Path) -> None:
    recordings = make()
    keep(recordings, "a", noise(0.1))
    wait_until(lambda: "a" in recordings)
    wait_until(lambda: not recordings._timings)
    for content in (b"", b"{", b"[]", b'{"segments": [{"text": 1}], "words": null}', b"\xff"):
        (tmp_path / "kept" / "a.timings.json").write_bytes(content)
        assert recordings.timings("a") is None
    assert recordings.timings("../a") is None


def test_a_text_of_any_characters(make: Callable[..., Recordings]) -> None:
    recordings = make()
    spool = recordings.record("a", RATE)
    assert spool is not None
    spool.write(noise(0.1))
    spool.finish(Timings([WordTiming("\ud800 \0 日本語", 0.0, 1.0)], None))
    wait_until(lambda: "a" in recordings)
    wait_until(lambda: not recordings._timings)
    assert recordings.timings("a") == Timings([WordTiming("? \0 日本語", 0.0, 1.0)], None)


def test_no_text_is_kept_where_none_is_wanted(make_service: MakeService, tmp_path: Path) -> None:
    service = make_service(history_text="none", history_audio_mb=10)
    with service.stream(request()) as stream:
        stream.read_to_end()
    wait_until(lambda: stream.request_id in service.history.recordings)
    assert files(tmp_path / "recordings") == {f"{stream.request_id}.flac"}
    assert service.history.timings(stream.request_id) is None


def test_each_reads_their_own_timings(make_service: MakeService) -> None:
    service = make_service(history_scope="session")
    with service.stream(request(owner_id="anna")) as stream:
        info = stream.read_to_end().info
    timings = service.history.timings(stream.request_id, "anna")
    assert timings == Timings(info.segments, info.words)
    assert service.history.timings(stream.request_id, "ben") is None
    assert service.history.timings("unknown") is None


@pytest.mark.parametrize("saved", [None, "mp3"])
def test_what_was_heard_is_kept_to_the_bit(service: SpeechService, saved: str | None) -> None:
    pieces = []
    with service.stream(request(), save_as=saved) as stream:
        pieces = [e.chunk.samples for e in stream if isinstance(e, Audio)]
    recordings = service.history.recordings
    wait_until(lambda: stream.request_id in recordings)
    path = service.history.recording(stream.request_id)
    assert path is not None
    assert np.array_equal(heard(path), to_int16(np.concatenate(pieces)))
    assert files(path.parent) == kept(stream.request_id)


def test_the_oldest_goes_first(make: Callable[..., Recordings], tmp_path: Path) -> None:
    recordings = make(100_000)  # noise does not become smaller: 16 KB for a second
    for i in range(8):
        keep(recordings, f"r{i}", noise(1, i))
        wait_until(lambda i=i: f"r{i}" in recordings)
    left = files(tmp_path / "kept")
    count = len(left) // 2
    assert 5 <= count <= 6
    assert left == kept(*(f"r{i}" for i in range(8 - count, 8)))
    assert sum((tmp_path / "kept" / name).stat().st_size for name in left) <= 100_000
    keep(recordings, "long", noise(20))  # more than there is room
    keep(recordings, "after", noise(0.1))
    wait_until(lambda: "after" in recordings)
    assert recordings.find("long") is None
    assert recordings.find("r7") is not None


def test_a_smaller_room_at_the_next_start(make: Callable[..., Recordings], tmp_path: Path) -> None:
    first = make()
    for i in range(4):
        keep(first, f"r{i}", noise(1, i))
        wait_until(lambda i=i: f"r{i}" in first)
    first.close()
    assert list(make(40_000).names()) == ["r2", "r3"]
    assert list(make(0).names()) == []
    assert files(tmp_path / "kept") == set()


@pytest.mark.parametrize("settings", [{"history_audio_mb": 0}, {"history_text": "none"}])
def test_nothing_is_kept(
    make_service: MakeService, tmp_path: Path, settings: dict[str, object]
) -> None:
    service = make_service(**settings)
    with service.stream(request()) as stream:
        stream.read_to_end()
    service.close()
    assert not (tmp_path / "recordings").exists()


def test_room_by_the_settings() -> None:
    def room(**values: object) -> int:
        return Settings(_env_file=None, **values).history_audio_bytes  # type: ignore[arg-type]

    assert room() == 500_000_000
    assert room(history_text="none") == 0
    assert room(history_text="none", history_audio_mb=2) == 2_000_000
    assert room(history_audio_mb=0) == 0


def test_only_what_was_completed_is_kept(service: SpeechService, tmp_path: Path) -> None:
    slow = request("A long text. " * 30, step_seconds=0.05)
    with service.stream(slow) as stream:
        while not isinstance(stream.next_event(), Audio):
            pass
    with pytest.raises(Exception, match="broken"):
        service.stream(request(fail="broken")).read_to_end()
    with service.stream(request(silent=True)) as silent:
        silent.read_to_end()
    with service.stream(request()) as last:
        last.read_to_end()
    wait_until(lambda: last.request_id in service.history.recordings)
    assert files(tmp_path / "recordings") == kept(last.request_id)


def spoken(service: SpeechService, owner_id: str = "") -> str:
    with service.stream(request(owner_id=owner_id)) as stream:
        stream.read_to_end()
    wait_until(lambda: stream.request_id in service.history.recordings)
    return stream.request_id


def test_it_goes_with_its_record(make_service: MakeService, tmp_path: Path) -> None:
    service = make_service(history_limit=4)
    names = [spoken(service) for _ in range(6)]
    wait_until(lambda: files(tmp_path / "recordings") == kept(*names[2:]))  # retention by count
    assert service.history.recording(names[0]) is None
    assert service.history.delete(names[3])
    assert service.history.recordings.find(names[3]) is None
    assert files(tmp_path / "recordings") == kept(names[2], *names[4:])
    assert service.history.clear() == 3
    assert files(tmp_path / "recordings") == set()


def test_a_record_deleted_before_its_sound_is_a_file(service: SpeechService) -> None:
    for _ in range(10):
        with service.stream(request("Many words are spoken here. " * 20)) as stream:
            stream.read_to_end()
        assert service.history.delete(stream.request_id)
    marker = spoken(service)
    assert files(service.settings.recordings_path) == kept(marker)


def test_each_hears_their_own(make_service: MakeService) -> None:
    service = make_service(history_scope="session")
    viewer = service.history.viewer
    anna, ben = Caller(owner_id="anna", operator=False), Caller(owner_id="ben", operator=False)
    name = spoken(service, "anna")
    assert service.history.recording(name, viewer(anna)) is not None
    assert service.history.recording(name, viewer(ben)) is None
    assert service.history.recording(name, viewer(Caller(operator=False))) is None
    assert service.history.recording(name, viewer(Caller(owner_id="ben"))) is not None  # operator
    slow = SpeechRequest(
        text="A long text. " * 30,
        engine="scripted",
        options={"step_seconds": 0.05},
        caller=anna,
    )
    with service.stream(slow) as stream:
        assert [r.request_id for r in service.active("anna")] == [stream.request_id]
        assert service.active("ben") == service.active("") == []
        assert len(service.active()) == 1
        assert not service.cancel(stream.request_id, "ben")
        assert not service.cancel(stream.request_id, "")
        assert service.cancel(stream.request_id, "anna")
    assert make_service(history_scope="all").history.viewer(ben) is None


def test_a_space_is_private(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings(_env_file=None).history_shared
    monkeypatch.setenv("SPACE_ID", "someone/aloud")
    assert not Settings(_env_file=None).history_shared
    assert Settings(_env_file=None, history_scope="all").history_shared


def test_what_has_no_record_is_swept_at_the_start(
    make_service: MakeService, tmp_path: Path
) -> None:
    name = spoken(make_service())
    folder = tmp_path / "recordings"
    (folder / "stranger.flac").write_bytes(b"fLaC")
    (folder / "stranger.timings.json").write_bytes(b"{}")
    (folder / "silent.timings.json").write_bytes(b"{}")
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    (folder / f".a.{dead.pid}.part").write_bytes(b"fLaC")
    (folder / f".a.{dead.pid}.timings.json.part").write_bytes(b"{")
    (folder / f".b.{os.getpid()}.part").write_bytes(b"fLaC")  # of one before with our number
    (folder / f".c.{os.getppid()}.part").write_bytes(b"fLaC")  # somebody is at work on it
    other = make_service()
    other.history.recent(1)
    wait_until(lambda: files(folder) == kept(name) | {f".c.{os.getppid()}.part"})
    os.utime(folder / f".c.{os.getppid()}.part", (1, 1))
    other.history.recordings.names()
    assert files(folder) == kept(name)


SPEAKER = """
import sys, threading, time
from pathlib import Path
from tests.support.scripted import SCRIPTED
from tts_core.engines.registry import Registry
from tts_core.service import SpeechService
from tts_core.settings import Settings
from tts_core.types import SpeechRequest
service = SpeechService(
    Settings(_env_file=None, data_dir=Path(sys.argv[1]), runner="inline"), Registry(SCRIPTED)
)
def speak():
    while True:
        request = SpeechRequest(text="Many words. " * 50, engine="scripted")
        with service.stream(request) as stream:
            stream.read_to_end()
        print(stream.request_id, flush=True)
for _ in range(4):
    threading.Thread(target=speak, daemon=True).start()
time.sleep(60)
"""


def test_nothing_is_left_by_a_kill(make_service: MakeService, tmp_path: Path) -> None:
    command = [sys.executable, "-c", SPEAKER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for _ in range(8):
            child.stdout.readline()
        child.send_signal(signal.SIGKILL)
    service = make_service()
    (newest,) = service.history.recent(1)
    folder = tmp_path / "recordings"
    wait_until(lambda: not [n for n in files(folder) if n.startswith(".")])
    known = {r.request_id for r in service.history.recent(1000)}
    assert {n.split(".")[0] for n in files(folder)} <= known
    for path in folder.glob("*.flac"):  # whole
        assert len(heard(path)) > RATE
    assert newest.request_id in known


def test_no_room_on_the_disk(
    make: Callable[..., Recordings], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "kept").write_text("a file where the folder should be")
    recordings = make()
    assert recordings.record("a", RATE) is None
    assert recordings.record("b", RATE) is None
    assert [r.levelname for r in caplog.records] == ["WARNING"]
    assert recordings.record("../../etc/passwd", RATE) is None
    assert recordings.find("../../etc/passwd") is None
