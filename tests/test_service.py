"""The service: validation before sound, events in order, correct records of requests."""

from __future__ import annotations

import errno
import itertools
import json
import math
import re
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.conftest import MakeService
from tests.support.scripted import RATE, SAMPLES_PER_CHARACTER
from tests.support.waiting import wait_until
from tts_core.audio.join import PAUSE_SECONDS
from tts_core.errors import (
    Cancelled,
    EngineUnavailable,
    GenerationError,
    ModelLoadError,
    QueueFullError,
    TooLargeError,
    TTSError,
    UnknownNameError,
    ValidationError,
    WorkerDied,
    WorkerHung,
)
from tts_core.events import Audio, Finished, SegmentFinished, Started
from tts_core.service import SpeechService
from tts_core.stats.outputs import Recorder
from tts_core.synthesis import stream as stream_module
from tts_core.synthesis.inbox import JobEnded
from tts_core.types import Pause, SpeechRequest
from tts_core.validation import speech_request

THREE = "First sentence here. Second one follows. Third ends it."


def scripted(text: str = THREE, **values: object) -> SpeechRequest:
    options = values.pop("options", {})
    return speech_request(text=text, engine="scripted", options=options, **values)


def expected_seconds(segments: list[str], speed: float = 1.0) -> float:
    sound = sum(len(s) for s in segments) * SAMPLES_PER_CHARACTER / RATE
    return sound + (len(segments) - 1) * PAUSE_SECONDS[Pause.SENTENCE] / speed


def test_import_loads_neither_gradio_nor_torch() -> None:
    code = (
        "import sys, tts_core.service\n"
        "bad = {'gradio', 'torch', 'fastapi', 'starlette', 'TTS', 'librosa', 'numba', 'scipy'}\n"
        "bad &= set(sys.modules)\n"
        "sys.exit(f'loaded: {bad}' if bad else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_events_in_order(service: SpeechService) -> None:
    with service.stream(scripted()) as stream:
        events = list(stream)
    assert isinstance(events[0], Started)
    assert isinstance(events[-1], Finished)
    assert [s.text for s in events[0].segments] == [
        "First sentence here.",
        "Second one follows.",
        "Third ends it.",
    ]
    done = [e for e in events if isinstance(e, SegmentFinished)]
    assert [e.segment for e in done] == [0, 1, 2]
    assert all(a.end <= b.start for a, b in itertools.pairwise(done))
    total = sum(len(e.chunk.samples) for e in events if isinstance(e, Audio)) / RATE
    assert total == pytest.approx(events[-1].info.duration_seconds)
    assert total == pytest.approx(expected_seconds([s.text for s in events[0].segments]))


def test_a_reader_that_is_behind_gets_the_same_sound_in_fewer_pieces(
    service: SpeechService, monkeypatch: pytest.MonkeyPatch
) -> None:
    def heard(unmerged_seconds: float) -> tuple[list[Audio], Finished]:
        monkeypatch.setattr(stream_module, "UNMERGED_SECONDS", unmerged_seconds)
        with service.stream(scripted()) as stream:
            wait_until(lambda: JobEnded() in list(stream._inbox._messages))
            events = list(stream)
        assert isinstance(events[-1], Finished)
        return [event for event in events if isinstance(event, Audio)], events[-1]

    (pieces, one), (wholes, other) = heard(math.inf), heard(0.0)
    assert [whole.segment for whole in wholes] == [0, 1, 2] != [piece.segment for piece in pieces]
    sounds = [np.concatenate([e.chunk.samples for e in found]) for found in (pieces, wholes)]
    assert sounds[1] == pytest.approx(sounds[0], abs=1e-4)
    words = [[word for e in found for word in e.chunk.words] for found in (pieces, wholes)]
    assert words[0] == words[1]
    assert (one.info.segments, one.info.words) == (other.info.segments, other.info.words)


def test_a_file_that_is_not_marked_has_a_name_that_cannot_be_guessed(
    service: SpeechService,
) -> None:
    """Whoever knows the number of a request could download it without its marks."""
    with service.stream(scripted(), save_as="wav") as stream:
        stream.marks_file = False
        path = stream.read_to_end().path
    assert path is not None
    assert service.output(stream.request_id) == path
    assert re.fullmatch(rf"{stream.request_id}\.[0-9a-f]{{32}}\.wav", path.name)
    assert path.read_bytes().startswith(b"RIFF")


def test_segments_point_into_the_text_as_it_was_given(service: SpeechService) -> None:
    text = "One\u200b is <b>bold</b>.\x00  Two is — naïve 👍🏽.\n\n«Три».  "
    with service.stream(scripted(text)) as stream:
        started = next(iter(stream))
    assert isinstance(started, Started)
    assert [text[s.start : s.end] for s in started.segments] == [
        "One\u200b is <b>bold</b>.",
        "Two is — naïve 👍🏽.",
        "«Три».",
    ]


def test_file_and_info(service: SpeechService) -> None:
    path, info = service.synthesize(scripted(speed=2.0))
    sound = soundfile.info(path)
    assert sound.samplerate == RATE
    assert sound.frames / RATE == pytest.approx(info.duration_seconds, abs=1e-6)
    answer = info.as_dict()
    json.dumps(answer, allow_nan=False)
    assert list(answer) == [
        "request_id", "engine", "voice", "language", "sample_rate", "duration_seconds",
        "generation_seconds", "time_to_first_audio_seconds", "real_time_factor", "chunks",
        "cached", "fallback", "segments", "words", "quality", "markup", "marks", "warnings",
    ]  # fmt: skip
    assert answer["chunks"] == 3
    assert [w["text"] for w in answer["words"]] == [s["text"] for s in answer["segments"]]
    for word, segment in zip(answer["words"], answer["segments"], strict=True):
        assert word["start"] == pytest.approx(segment["start"], abs=1e-3)
        assert word["end"] == pytest.approx(segment["end"], abs=1e-3)
    assert path == service.output(info.request_id)
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_a_silent_engine_yields_a_valid_empty_file(service: SpeechService) -> None:
    path, info = service.synthesize(scripted(options={"silent": True}))
    assert soundfile.info(path).frames == 0
    assert info.duration_seconds == 0
    assert info.as_dict()["real_time_factor"] is None


@pytest.mark.sample(8)
@pytest.mark.parametrize(
    ("values", "kind", "message"),
    [
        ({"text": ""}, ValidationError, "text is empty"),
        ({"text": " \n\t "}, ValidationError, "text is empty"),
        ({"text": "x" * 10_001}, TooLargeError, "10,001 characters; the limit is 10,000"),
        ({"text": "\x00\x01\ud800"}, ValidationError, "nothing to speak"),
        ({"text": "😀 👍🏽 …"}, ValidationError, "nothing to speak"),
        ({"text": None}, ValidationError, "text must be text"),
        ({"voice": "nobody"}, UnknownNameError, "no voice 'nobody'"),
        ({"voice": "one+f2"}, UnknownNameError, "no voice variants"),
        ({"engine": "scriptd"}, UnknownNameError, "Choose one of: auto, "),
        ({"engine": "absent"}, EngineUnavailable, "run `make absent`"),
        ({"language": "tlh"}, UnknownNameError, "speaks the language 'tlh'"),
        ({"language": "de", "voice": "one"}, ValidationError, "speaks 'en', not 'de'"),
        ({"speed": 0}, ValidationError, "speed must be between 0.25 and 4.0; got 0"),
        ({"speed": math.nan}, ValidationError, "speed must be"),
        ({"speed": 1e9}, ValidationError, "between 0.25 and 4.0; got 1000000000.0"),
        ({"speed": "fast"}, ValidationError, "speed must be a number"),
        ({"pitch": -1}, ValidationError, "pitch must be between 0.5 and 2.0"),
        ({"seed": 1.5}, ValidationError, "seed must be a whole number"),
        ({"options": "{not json"}, ValidationError, "options is not valid JSON"),
        ({"options": "[1]"}, ValidationError, "options must be a JSON object"),
        ({"options": "[" * 20_000}, ValidationError, "options is not valid JSON"),
        ({"options": '{"piece": 2}'}, ValidationError, "Did you mean pieces"),
        ({"options": '{"pieces": 0}'}, ValidationError, "pieces must be between 1 and 1000"),
    ],
)
def test_bad_input_is_refused_before_any_sound(
    service: SpeechService, values: dict[str, object], kind: type[TTSError], message: str
) -> None:
    given = {"text": "Hello.", "engine": "scripted"} | values
    with pytest.raises(kind) as caught:
        service.stream(speech_request(**given))
    assert message in str(caught.value)
    assert isinstance(caught.value, TTSError)
    assert service.report.progress()["is_processing"] is False
    service.synthesize(scripted("Alive."))


def test_odd_texts_are_spoken(service: SpeechService) -> None:
    for text in ("x" * 10_000, "مرحبا بالعالم", "שלום", "\u202eevil\u202c", "a\x00b", "a\ud800b"):
        _path, info = service.synthesize(scripted(text))
        assert info.duration_seconds > 0
        json.dumps(service.report.history(1), ensure_ascii=False).encode()


def test_limits_of_the_engine_are_told(service: SpeechService) -> None:
    _, info = service.synthesize(speech_request(text="Slowly now.", speed=0.25))
    assert "speed" in info.warnings[0]
    assert "0.25" in info.warnings[0]


def test_unknown_format_is_refused_before_any_sound(service: SpeechService) -> None:
    with pytest.raises(ValidationError, match="mp3"):
        service.synthesize(scripted(), "mp33")
    assert service.report.statistics()["errors_by_type"] == {"validation_error": 1}


def test_cancel_from_elsewhere(service: SpeechService) -> None:
    stream = service.stream(scripted(options={"pieces": 1000, "step_seconds": 0.02}))
    threading.Timer(0.1, service.cancel, [stream.request_id]).start()
    with pytest.raises(Cancelled):
        list(stream)
    assert service.report.progress()["is_processing"] is False
    assert service.report.history(1)["request_history"][0]["status"] == "cancelled"
    assert service.cancel(stream.request_id) is False
    service.synthesize(scripted())


def test_a_timeout_is_not_an_end(service: SpeechService) -> None:
    """An API that reads with a timeout, to notice a lost client, can read again."""
    request = scripted("Slow.", options={"pieces": 2, "step_seconds": 0.1})
    timeouts = 0
    with service.stream(request) as stream:
        while True:
            try:
                event = stream.next_event(timeout=0.02)
            except TimeoutError:
                timeouts += 1
                continue
            if isinstance(event, Finished):
                break
    assert timeouts > 2
    assert event.info.duration_seconds == pytest.approx(expected_seconds(["Slow."]))
    assert service.report.history(1)["request_history"][0]["status"] == "completed"


def test_cancel_while_the_file_is_being_written(service: SpeechService) -> None:
    """At any moment: the reader gets Cancelled, and no file is left."""
    text = " ".join(f"Sentence number {i} of many." for i in range(60))
    for i in range(30):
        stream = service.stream(scripted(text, options={"pieces": 20}), save_as="mp3")
        threading.Timer(0.004 * i, service.cancel, [stream.request_id]).start()
        try:
            stream.read_to_end()
        except Cancelled:
            status = "cancelled"
        else:
            status = "completed"
        assert service.report.history(1)["request_history"][0]["status"] == status
        files = [p.name for p in service.settings.outputs_path.iterdir()]
        assert [n for n in files if n.endswith(".part")] == []


def test_no_room_for_the_file(make_service: MakeService, tmp_path: Path) -> None:
    """The error names it, and later requests are not affected."""
    service = make_service(queue_limit=2, data_dir=tmp_path / "data")
    (tmp_path / "data").mkdir(exist_ok=True)
    (tmp_path / "data" / "outputs").write_text("a file where the folder should be")
    for _ in range(5):
        with pytest.raises(GenerationError, match="could not be written"):
            service.synthesize(scripted())
    assert service.report.progress()["is_processing"] is False
    assert service.report.statistics()["errors_by_type"] == {"generation_error": 5}
    with service.stream(scripted()) as stream:
        assert stream.read_to_end().info.duration_seconds > 0


def test_disk_full_in_the_middle(service: SpeechService, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Recorder, "write", full)
    with pytest.raises(GenerationError, match="No space left on device"):
        service.synthesize(scripted())
    assert list(service.settings.outputs_path.iterdir()) == []
    assert service.report.history(1)["request_history"][0]["status"] == "error"


def test_refused_options_are_not_kept(service: SpeechService) -> None:
    with pytest.raises(ValidationError):
        service.stream(scripted(options={"x" * 100_000: "y" * 100_000}))
    assert len(json.dumps(service.report.history())) < 5_000


def test_positions_are_current(service: SpeechService) -> None:
    slow = {"pieces": 1000, "step_seconds": 0.02}
    streams = [service.stream(scripted(options=slow)) for _ in range(3)]
    wait_until(lambda: service.active()[0].queue_position == 0)
    wait_until(lambda: [r.queue_position for r in service.active()] == [0, 0, 1])
    streams[1].close()
    assert [r.queue_position for r in service.active()] == [0, 0]
    for stream in streams:
        stream.close()


def test_leaving_early_stops_and_leaves_no_file(service: SpeechService) -> None:
    with service.stream(scripted(options={"step_seconds": 0.05}), save_as="mp3") as stream:
        for event in stream:
            if isinstance(event, Audio):
                break
    assert list(service.settings.outputs_path.iterdir()) == []
    assert service.report.history(1)["request_history"][0]["status"] == "cancelled"


def test_engine_failures_are_recorded(make_service: MakeService) -> None:
    service = make_service(fallback=False)
    with pytest.raises(GenerationError, match="RuntimeError: boom"):
        service.synthesize(scripted(options={"fail": "boom"}))
    with pytest.raises(ModelLoadError, match="weights are missing"):
        service.synthesize(speech_request(text="Hello.", engine="unloadable"))
    newest, oldest = service.report.history()["request_history"]
    assert newest["error"]["type"] == "model_load_error"
    assert oldest["error"] == {"message": "RuntimeError: boom", "type": "generation_error"}
    assert list(service.settings.outputs_path.iterdir()) == []


def test_killed_worker_completes_through_a_new_one(
    make_service: MakeService, tmp_path: Path
) -> None:
    service = make_service(runner="process", fallback=False, mark="off")
    calm = service.synthesize(scripted(), "wav")[0].read_bytes()
    options = {"die_once": str(tmp_path / "died")}
    others = [scripted(options={"step_seconds": 0.02}) for _ in range(4)]
    with ThreadPoolExecutor(5) as pool:
        rest = [pool.submit(service.synthesize, r) for r in others]
        path, _info = service.synthesize(scripted(options=options))
    assert (tmp_path / "died").exists()
    assert path.read_bytes() == calm
    assert all(r.result()[0].read_bytes() == calm for r in rest)
    with pytest.raises(WorkerDied, match="SIGKILL"):
        service.synthesize(scripted(options={"die": True}))
    assert service.synthesize(scripted())[0].read_bytes() == calm


def test_a_hang_ends_with_an_error_and_the_next_request_works(make_service: MakeService) -> None:
    service = make_service(runner="process", segment_timeout=0.5, mark="off")
    calm = service.synthesize(scripted())[0].read_bytes()
    started = time.monotonic()
    with pytest.raises(WorkerHung, match="stopped answering"):
        service.synthesize(scripted(options={"hang": True}))
    assert 0.5 <= time.monotonic() - started < 5
    assert service.report.history(1)["request_history"][0]["error"]["type"] == "worker_hung"
    assert service.synthesize(scripted())[0].read_bytes() == calm


def test_cancel_while_the_engine_is_loading(make_service: MakeService) -> None:
    service = make_service(runner="process")
    stream = service.stream(speech_request(text="Hello.", engine="sleepy"))
    runner = service._scheduler.runners()["sleepy"]
    wait_until(lambda: runner.state == "loading")
    with ThreadPoolExecutor(1) as pool:
        reader = pool.submit(stream.read_to_end)
        started = time.monotonic()
        assert service.cancel(stream.request_id)
        with pytest.raises(Cancelled):
            reader.result(5)
        took = time.monotonic() - started
    print(f"released after {took * 1000:.0f} ms")
    assert took < 0.5
    assert service.active() == []
    # What was loaded is not lost on the next one.
    service.synthesize(speech_request(text="Hello.", engine="sleepy"))


def test_idle_unload_and_return(make_service: MakeService) -> None:
    service = make_service(runner="process", idle_unload_seconds=0.2)
    service.synthesize(scripted())
    runner = service._scheduler.runners()["scripted"]
    wait_until(lambda: runner.pid is None)
    service.synthesize(scripted())


def test_unloading_is_safe_against_jobs_in_flight(make_service: MakeService) -> None:
    service = make_service(runner="process", idle_unload_seconds=0.001)
    lengths = {service.synthesize(scripted())[1].duration_seconds for _ in range(10)}
    assert len(lengths) == 1


def test_queue_full(make_service: MakeService) -> None:
    service = make_service(queue_limit=2)
    slow = {"pieces": 1000, "step_seconds": 0.02}
    streams = [service.stream(scripted(options=slow)) for _ in range(2)]
    with pytest.raises(QueueFullError, match="queue is full"):
        service.stream(scripted())
    for stream in streams:
        stream.close()
    service.synthesize(scripted())


def test_many_at_once_are_not_mixed_up(service: SpeechService) -> None:
    texts = [f"{'word ' * (i % 7 + 1)}number {'o' * (i + 1)}." for i in range(40)]
    with ThreadPoolExecutor(16) as pool:
        results = list(pool.map(lambda t: service.synthesize(scripted(t)), texts))
    for text, (path, info) in zip(texts, results, strict=True):
        assert info.segments[0].text == text
        assert soundfile.info(path).frames == len(text) * SAMPLES_PER_CHARACTER
    assert service.report.statistics()["completed_requests"] == 40


def test_states_come_in_order_and_progress_never_falls(service: SpeechService) -> None:
    seen: list[str] = []
    percentages: list[float] = []
    text = " ".join(f"This is sentence number {i}." for i in range(12))
    done = threading.Event()

    def poll() -> None:
        while not done.is_set():
            answer = service.report.status()
            if answer["is_processing"]:
                percentages.append(answer["progress"]["progress_percentage"])
                if not seen or seen[-1] != answer["status"]:
                    seen.append(answer["status"])
            time.sleep(0.001)

    poller = threading.Thread(target=poll)
    poller.start()
    _, info = service.synthesize(scripted(text, options={"step_seconds": 0.005}))
    done.set()
    poller.join()
    order = ["initializing", "processing_text", "chunking", "generating_audio",
             "concatenating", "finalizing"]  # fmt: skip
    assert [s for s in order if s in seen] == seen
    assert percentages == sorted(percentages)
    record = service.report.history(1)["request_history"][0]
    assert record["status"] == "completed"
    assert record["chunks"] == info.as_dict()["chunks"] == 12


def test_statistics_add_up(service: SpeechService) -> None:
    service.synthesize(scripted("Four words are here."))
    with pytest.raises(ValidationError):
        service.synthesize(scripted(""))
    answer = service.report.statistics(include_memory=True)
    assert answer["total_requests"] == 2
    assert answer["completed_requests"] == 1
    assert answer["error_requests"] == 1
    assert answer["success_rate"] == 50.0
    assert answer["current_memory"]["cpu_memory_mb"] > 10


@pytest.mark.parametrize("limit", [0, 51, -1, "ten", True, 2.5])
def test_history_limit_out_of_range(service: SpeechService, limit: object) -> None:
    with pytest.raises(ValidationError, match="from 1 to 50"):
        service.report.history(limit)  # type: ignore[arg-type]


def test_old_outputs_are_swept(make_service: MakeService) -> None:
    service = make_service(keep_outputs_hours=1e-9)
    first, _ = service.synthesize(scripted())
    first.with_name(".x.wav.part").touch()
    (first.parent / "folder").mkdir()
    (first.parent / "folder" / "title.mp3").touch()
    for _ in range(2):  # a folder goes once it is empty
        time.sleep(0.01)
        service._outputs.sweep()
    assert list(first.parent.iterdir()) == []


@pytest.mark.sample(2)
@pytest.mark.parametrize("name", ["../x", "a/b", "*", "", "x.wav"])
def test_output_names_cannot_leave_the_folder(service: SpeechService, name: str) -> None:
    service.synthesize(scripted())
    assert service.output(name) is None


def test_embedded_engine_end_to_end(service: SpeechService) -> None:
    text = "The quick brown fox jumps over the lazy dog. It was 3.5 metres high!"
    path, info = service.synthesize(speech_request(text=text))
    samples, rate = soundfile.read(path, dtype="float32")
    assert (info.engine, info.language.split("-")[0], rate) == ("espeak", "en", 22_050)
    assert 3 < info.duration_seconds < 8
    assert info.words is not None
    assert [w.text.strip(".!") for w in info.words][:4] == ["The", "quick", "brown", "fox"]
    assert all(a.end <= b.start + 1e-6 for a, b in zip(info.words, info.words[1:], strict=False))
    assert info.words[-1].end <= info.duration_seconds + 1e-6
    assert float(np.abs(samples).max()) > 0.1
    pause = samples[int(info.segments[0].end * rate) + 5 : int(info.segments[1].start * rate) - 5]
    assert len(pause) > 0.3 * rate
    assert not pause.any()
