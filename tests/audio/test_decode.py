from __future__ import annotations

import ctypes
import io
import os
import re
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from tests.support.recordings import encoded, silent_film, silent_flac, tone, wav
from tts_core.audio import decode as module
from tts_core.audio.decode import FORMATS, MAX_BYTES, decode
from tts_core.errors import NotAudioError, TooLargeError, VoiceLoadError
from tts_core.types import AudioChunk

SECOND = tone(1, 48_000)


@pytest.fixture
def made(tmp_path: Path) -> Callable[[bytes], AudioChunk]:
    """Decodes bytes as a file that claims to be a WAV."""

    def make(data: bytes, name: str = "clip.wav") -> AudioChunk:
        path = tmp_path / name
        path.write_bytes(data)
        return decode(path)

    return make


def pcm(samples: np.ndarray, kind: str = "<i2") -> bytes:
    return samples.astype(kind).tobytes()


def vorbis(clip: AudioChunk) -> bytes:
    sink = io.BytesIO()
    soundfile.write(sink, clip.samples, clip.sample_rate, format="OGG")
    return sink.getvalue()


def frequency(chunk: AudioChunk) -> float:
    spectrum = np.abs(np.fft.rfft(chunk.samples * np.hanning(len(chunk.samples))))
    return float(spectrum.argmax() * chunk.sample_rate / len(chunk.samples))


FILES = {
    "wav, 8 bit": lambda: encoded(SECOND, "wav", "pcm_u8"),
    "wav, 24 bit": lambda: encoded(SECOND, "wav", "pcm_s24le"),
    "wav, 32 bit": lambda: encoded(SECOND, "wav", "pcm_s32le"),
    "wav, float": lambda: encoded(SECOND, "wav", "pcm_f32le"),
    "wav, double": lambda: encoded(SECOND, "wav", "pcm_f64le"),
    "wav, A-law": lambda: encoded(SECOND, "wav", "pcm_alaw"),
    "mp3": lambda: encoded(SECOND, "mp3", "libmp3lame"),
    "flac": lambda: encoded(SECOND, "flac", "flac"),
    "ogg": lambda: vorbis(SECOND),
    "opus": lambda: encoded(SECOND, "ogg", "libopus"),
    "m4a": lambda: encoded(SECOND, "ipod", "aac"),
    "m4a, lossless": lambda: encoded(SECOND, "ipod", "alac"),
    "aac": lambda: encoded(SECOND, "adts", "aac"),
    "webm": lambda: encoded(SECOND, "webm", "libopus"),
    "mp4 with pictures": lambda: encoded(SECOND, "mp4", "aac", pictures=True),
}


@pytest.mark.parametrize("kind", FILES)
def test_every_format_whatever_its_name(kind: str, made) -> None:
    chunk = made(FILES[kind]())
    assert chunk.sample_rate == 48_000
    assert chunk.samples.dtype == np.float32
    assert chunk.duration == pytest.approx(1, abs=0.03)  # AAC is padded
    assert frequency(chunk) == pytest.approx(440, abs=2)
    middle = chunk.samples[12_000:36_000]
    assert np.sqrt(np.mean(middle**2)) == pytest.approx(0.5 / np.sqrt(2), rel=0.05)
    assert np.abs(chunk.samples).max() <= 1


def test_sixteen_bit_samples_are_exact(made) -> None:
    samples = np.random.default_rng(1).integers(-(2**15), 2**15, 30_000)
    chunk = made(wav(pcm(samples), sample_rate=11_025))
    assert chunk.sample_rate == 11_025
    np.testing.assert_array_equal(chunk.samples * 2**15, samples)


def test_channels_are_averaged(made) -> None:
    frames = np.tile([[8000, -2000, 3000, 0, 0, 1000, 2000, 4000]], (4000, 1))
    np.testing.assert_array_equal(made(wav(pcm(frames), channels=8)).samples, 2000 / 2**15)
    with pytest.raises(VoiceLoadError, match=r"has 9 channels; at most 8 .* Convert it to mono"):
        made(wav(pcm(frames), channels=9))


@pytest.mark.parametrize("rate", [96_000, 192_000, 384_000])
def test_high_rates_come_down(rate: int, made) -> None:
    chunk = made(wav(pcm(tone(0.5, rate).samples * 2**15), sample_rate=rate))
    assert chunk.sample_rate == 48_000
    assert len(chunk.samples) == 24_000
    assert frequency(chunk) == pytest.approx(440, abs=2)


@pytest.mark.parametrize("rate", [1, 4000, 768_000])
def test_rates_nobody_records_at(rate: int, made) -> None:
    with pytest.raises(VoiceLoadError, match=f"sample rate of {rate} Hz; 8000 to 384000 .* Conve"):
        made(wav(bytes(9000), sample_rate=rate))


def test_floating_point_beyond_full_scale_is_made_softer(made) -> None:
    samples = tone(0.1, level=4).samples
    chunk = made(wav(pcm(samples, "<f4"), bits=32, floating=True))
    np.testing.assert_allclose(chunk.samples, samples / np.abs(samples).max(), atol=1e-6)


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e300])
def test_samples_that_are_not_numbers(bad: float, made) -> None:
    samples = np.array([0, 0.5, bad] * 1000)
    with pytest.raises(VoiceLoadError, match=r"not numbers .* Export it again, as 16 bit WAV"):
        made(wav(pcm(samples, "<f8"), bits=64, floating=True))


def zipped() -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr("clip.wav", wav(bytes(9000)))
    return sink.getvalue()


NO_RECORDINGS = {
    "text": lambda: b"To be, or not to be, that is the question. " * 500,
    "html": lambda: b"<!doctype html><html><body>Not found</body></html>",
    "zip": zipped,
    "noise": lambda: np.random.default_rng(0).bytes(200_000),
    "zeros": lambda: bytes(100_000),
    "one byte": lambda: b"R",
    "a WAV's first bytes": lambda: wav(b"")[:20],
    "half an M4A": lambda: FILES["m4a"]()[:5000],
    "subtitles": lambda: b"1\n00:00:00,000 --> 00:00:01,000\nHello\n" * 50,
}


@pytest.mark.parametrize("kind", NO_RECORDINGS)
def test_what_is_no_recording(kind: str, made) -> None:
    with pytest.raises(NotAudioError, match=re.escape(f"Send {FORMATS}")):
        made(NO_RECORDINGS[kind]())


def test_nothing_in_it(made, tmp_path: Path) -> None:
    with pytest.raises(NotAudioError, match=r"empty\. Record or upload it again"):
        made(b"")
    with pytest.raises(NotAudioError, match="no decodable audio"):
        made(wav(b""))
    with pytest.raises(NotAudioError, match="pictures but no sound"):
        made(silent_film(1))
    with pytest.raises(NotAudioError, match="is not a file"):
        decode(tmp_path)
    with pytest.raises(VoiceLoadError, match=r"no file gone\.wav"):
        decode(tmp_path / "gone.wav")
    with pytest.raises(VoiceLoadError, match="no file x\N{REPLACEMENT CHARACTER}y"):
        decode(Path("x\0y"))


def test_long_names_are_shortened(made) -> None:
    with pytest.raises(VoiceLoadError) as caught:
        made(b"", "\n" + "x" * 200 + ".wav")
    assert len(str(caught.value)) < 130
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("container", "codec"),
    [
        ("wav", "pcm_s24le"),
        ("mp3", "libmp3lame"),
        ("flac", "flac"),
        ("adts", "aac"),
        ("ogg", "libopus"),
        ("webm", "libopus"),
    ],
)
def test_of_a_cut_off_file_what_is_there(container: str, codec: str, made) -> None:
    data = encoded(tone(3, 48_000), container, codec)
    chunk = made(data[: len(data) * 6 // 10])
    assert 0.8 < chunk.duration < 2
    assert frequency(chunk) == pytest.approx(440, abs=5)


def test_damaged_files_are_read_or_refused_but_never_crash(made) -> None:
    rng = np.random.default_rng(3)
    outcomes = set()
    for kind in ("mp3", "flac", "ogg", "m4a", "webm", "wav, A-law"):
        data = FILES[kind]()
        for _ in range(15):
            bad = bytearray(data)
            for place in rng.integers(0, len(bad), rng.integers(1, 100)):
                bad[place] = rng.integers(256)
            try:
                chunk = made(bytes(bad))
            except VoiceLoadError:
                outcomes.add("refused")
            else:
                outcomes.add("read")
                assert np.isfinite(chunk.samples).all()
                assert np.abs(chunk.samples).max() <= 1
    assert outcomes == {"read", "refused"}


def test_a_large_file_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "clip.wav"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    monkeypatch.setattr(Path, "open", lambda *_: pytest.fail("opened"))
    with pytest.raises(TooLargeError, match=r"has 50 MB; at most 50 MB .* Send an excerpt"):
        decode(path)


def test_files_are_closed(made, tmp_path: Path) -> None:
    before = len(list(Path("/dev/fd").iterdir()))
    for data in (FILES["m4a"](), wav(b""), NO_RECORDINGS["text"](), playlist(tmp_path)):
        for _ in range(5):
            try:
                made(data)
            except VoiceLoadError as error:
                kept = error  # with its traceback, as a server may
                assert kept.__traceback__
    assert len(list(Path("/dev/fd").iterdir())) == before


def test_patience_ends(made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE_SECONDS", -1)
    with pytest.raises(VoiceLoadError, match=r"too long to read.*Convert it to WAV"):
        made(FILES["mp3"]())


# What a file costs, measured in a process of its own.

# (Not ru_maxrss, which is inherited from the process of the tests.)
COST = """
import sys, time
from pathlib import Path
from tts_core.audio.decode import decode
from tts_core.errors import TTSError
def peak(): return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1e3
decode(Path(sys.argv[1])), decode(Path(sys.argv[1]))
before, start = peak(), time.process_time()
try: print(decode(Path(sys.argv[2])).duration, end="|")
except TTSError as error: print(error, end="|")
print(peak() - before, time.process_time() - start, sep="|")
"""


needs_proc = pytest.mark.skipif(sys.platform != "linux", reason="/proc")


def cost(tmp_path: Path, data: bytes) -> tuple[str, float, float]:
    """The outcome, the megabytes and the seconds of CPU it took."""
    usual, costly = tmp_path / "usual.wav", tmp_path / "costly.wav"
    usual.write_bytes(wav(pcm(SECOND.samples * 2**15)))
    costly.write_bytes(data)
    done = subprocess.run(
        [sys.executable, "-c", COST, usual, costly], capture_output=True, text=True, check=True
    )
    outcome, megabytes, seconds = done.stdout.split("|")
    return outcome, float(megabytes), float(seconds)


@needs_proc
def test_ten_hours_in_a_small_file(tmp_path: Path) -> None:
    data = silent_flac(36_000)
    assert len(data) < 400_000
    outcome, megabytes, seconds = cost(tmp_path, data)
    assert "more than 5 minutes of sound. Send an excerpt" in outcome
    assert megabytes < 100  # five minutes at 44,100 Hz are 53
    assert seconds < 5


@needs_proc
def test_a_header_that_promises_four_gigabytes(tmp_path: Path) -> None:
    data = wav(pcm(SECOND.samples * 2**15), sample_rate=48_000, promised=2**32 - 40)
    outcome, megabytes, _ = cost(tmp_path, data)
    assert outcome == "1.0"
    assert megabytes < 20


@needs_proc
def test_an_index_of_fifty_million_samples(tmp_path: Path) -> None:
    data = edited(FILES["m4a"](), "stsz", struct.pack(">III", 0, 1, 50_000_000))
    data = edited(data, "stsc", struct.pack(">IIIII", 0, 1, 1, 50_000_000, 1))
    _, megabytes, seconds = cost(tmp_path, data)
    assert megabytes < 100
    assert seconds < 5


# Files that refer to others.

_PARENTS = ("moov", "trak", "mdia", "minf", "stbl", "dinf")


def edited(data: bytes, name: str, content: bytes) -> bytes:
    """An MP4, whose first track comes first, with the content of a box replaced."""
    out = []
    at = 0
    while at < len(data):
        size = struct.unpack(">I", data[at : at + 4])[0]
        kind = data[at + 4 : at + 8].decode("latin-1")
        inside = data[at + 8 : at + size]
        if kind in _PARENTS:
            inside = edited(inside, name, content)
        elif kind == name:
            inside = content
        out.append(struct.pack(">I", len(inside) + 8) + kind.encode("latin-1") + inside)
        at += size
    return b"".join(out)


def elsewhere(path: Path) -> bytes:
    """An M4A whose samples lie in another file (a QuickTime alias record)."""
    data = path.read_bytes()
    start = data.index(b"mdat") + 4
    length = struct.unpack(">I", data[start - 8 : start - 4])[0] - 8
    target = str(path).encode()
    alias = bytes(150) + struct.pack(">HH", 2, len(target)) + target + b"\0" * (len(target) % 2)
    alias += struct.pack(">HH", 0xFFFF, 0)
    entry = struct.pack(">I", len(alias) + 12) + b"alis" + bytes(4) + alias
    emptied = data[:start] + bytes(length) + data[start + length :]
    return edited(emptied, "dref", struct.pack(">II", 0, 1) + entry)


def playlist(folder: Path) -> bytes:
    lines = ["#EXTM3U", "#EXT-X-TARGETDURATION:1", "#EXTINF:1,", f"{folder}/secret/clip.aac"]
    return "\n".join([*lines, "#EXT-X-ENDLIST", ""]).encode()


REFERENCES: dict[str, Callable[[Path], bytes]] = {
    "list.m3u8": playlist,
    "list.ffconcat": lambda d: f"ffconcat version 1.0\nfile '{d}/secret/clip.aac'\n".encode(),
    "clip.m4a": lambda d: elsewhere(d / "secret" / "clip.m4a"),
    "clip.sdp": lambda _: (
        b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n"
        b"m=audio 5004 RTP/AVP 0\na=rtpmap:0 PCMU/8000\n"
    ),
    "clip.mpd": lambda d: (
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
        'mediaPresentationDuration="PT1S"><Period><AdaptationSet mimeType="audio/mp4">'
        f'<Representation id="1" bandwidth="1"><BaseURL>{d}/secret/clip.m4a</BaseURL>'
        "</Representation></AdaptationSet></Period></MPD>"
    ).encode(),
    "frame%03d.wav": lambda d: f"file:{d}/secret/clip.aac".encode(),
}


@contextmanager
def watched(folder: Path) -> Iterator[Callable[[], bool]]:
    """Tells whether a file in `folder` has been opened, by whomever (inotify)."""
    libc = ctypes.CDLL(None)
    watch = libc.inotify_init1(os.O_NONBLOCK)
    in_open = 0x20
    assert libc.inotify_add_watch(watch, bytes(folder), in_open) >= 0

    def opened() -> bool:
        try:
            return bool(os.read(watch, 4096))
        except BlockingIOError:
            return False

    try:
        yield opened
    finally:
        os.close(watch)


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    folder = tmp_path / "secret"
    folder.mkdir()
    (folder / "clip.aac").write_bytes(FILES["aac"]())
    (folder / "clip.m4a").write_bytes(FILES["m4a"]())
    return folder


@pytest.mark.skipif(sys.platform != "linux", reason="inotify")
@pytest.mark.parametrize("name", REFERENCES)
def test_no_other_file_is_read(name: str, made, secret: Path) -> None:
    data = REFERENCES[name](secret.parent)
    with watched(secret) as opened:
        for claimed in (name, "clip.wav"):
            with pytest.raises(VoiceLoadError, match=r"Send WAV|damaged"):
                made(data, claimed)
        assert not opened()


@pytest.mark.skipif(sys.platform != "linux", reason="inotify")
@pytest.mark.parametrize("name", ["list.m3u8", "list.ffconcat", "clip.m4a"])
def test_these_references_work_where_they_are_followed(name: str, secret: Path) -> None:
    path = secret.parent / name
    path.write_bytes(REFERENCES[name](secret.parent))
    options = {"safe": "0", "enable_drefs": "1", "use_absolute_path": "1"}
    with watched(secret) as opened:
        with av.open(str(path), container_options=options) as container:
            frames = [frame.to_ndarray() for frame in container.decode(audio=0)]
        assert opened()
    sound = np.concatenate(frames, axis=1)
    assert np.abs(sound).max() > 0.4


def test_it_may_be_called_in_threads(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    path = tmp_path / "clip.mp3"
    path.write_bytes(FILES["mp3"]())
    with ThreadPoolExecutor(4) as pool:
        chunks = list(pool.map(decode, [path] * 20))
    assert {len(chunk.samples) for chunk in chunks} == {48_000}
