"""What the registry knows of engines: it is current, and one that is broken harms no other."""

from __future__ import annotations

import logging
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.scripted import SCRIPTED, ScriptedEngine
from tts_core.engines import registry
from tts_core.engines.registry import ENGINES, Registry
from tts_core.errors import EngineUnavailable, ModelLoadError, UnknownNameError
from tts_core.service import SpeechService
from tts_core.settings import Settings
from tts_core.types import EngineInfo, Voice
from tts_core.validation import speech_request
from tts_core.voices.catalog import VoiceCatalog


class ChangingEngine(ScriptedEngine):
    """Is as a test wants it to be."""

    name = "changing"
    reason: str | None = None
    voices = ("one",)
    fault: Exception | None = None
    asked = 0

    def describe(self) -> EngineInfo:
        ChangingEngine.asked += 1
        if self.fault is not None:
            raise self.fault
        voices = [Voice(v, v, self.name, "en") for v in self.voices]
        return replace(super().describe(), voices=voices)

    def unavailable(self) -> str | None:
        return self.reason


@pytest.fixture
def changing(monkeypatch: pytest.MonkeyPatch) -> type[ChangingEngine]:
    monkeypatch.setattr(registry, "RECHECK_SECONDS", 0.0)
    for name in ("reason", "voices", "fault", "asked"):
        monkeypatch.setattr(ChangingEngine, name, getattr(ChangingEngine, name))
    return ChangingEngine


TARGET = f"{__name__}:ChangingEngine"


def voices(engines: Registry) -> list[str]:
    return [v.id for v in engines.info("changing").voices]


def test_described_anew_when_it_becomes_ready(changing: type[ChangingEngine]) -> None:
    engines = Registry({"changing": TARGET})
    changing.reason, changing.voices = "No weights.", ()
    assert voices(engines) == []
    assert engines.ready() == []
    changing.reason, changing.voices = None, ("alba", "marius")
    assert engines.ready() == ["changing"]
    assert voices(engines) == ["alba", "marius"]
    assert [v.id for v in engines.infos["changing"].voices] == ["alba", "marius"]
    assert changing.asked == 2
    changing.reason = "Gone."
    assert engines.unavailable("changing") == "Gone."
    voices(engines)
    assert changing.asked == 3


def test_not_described_anew_without_need(changing: type[ChangingEngine]) -> None:
    engines = Registry({"changing": TARGET})
    for _ in range(10):
        voices(engines)
        engines.ready()
    changing.voices = ("another",)
    assert voices(engines) == ["one"]
    assert changing.asked == 1
    engines.refresh()
    assert voices(engines) == ["another"]
    assert changing.asked == 2


def test_looked_at_once_a_second(
    changing: type[ChangingEngine], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "RECHECK_SECONDS", 60.0)
    engines = Registry({"changing": TARGET})
    assert engines.ready() == ["changing"]
    changing.reason = "Gone."
    assert engines.ready() == ["changing"]
    engines.refresh()
    assert engines.ready() == []


def test_from_many_threads(changing: type[ChangingEngine]) -> None:
    engines = Registry({"changing": TARGET, **SCRIPTED})

    def use(i: int) -> None:
        changing.reason = None if i % 2 else "Gone."
        engines.refresh()
        assert engines.info("changing").name == "changing"
        assert set(engines.infos) == {"changing", *SCRIPTED}
        engines.ready()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(use, range(200)))


def test_an_unknown_name() -> None:
    with pytest.raises(UnknownNameError, match="Choose one of: auto, pocket"):
        Registry().info("xtss")


# Broken ones


BROKEN = {
    "import": "import a_package_that_is_not_there",
    "syntax": "def (:",
    "old": "from tts_core.types import AThingOfAnotherVersion",
    "name": "class Other: ...",
    "foreign": "class Engine:\n    def __init__(self, context): ...",
    "raises": "raise RuntimeError('no such device')",
    "exits": "import sys; sys.exit('goodbye')",
    "unavailable": (
        "from tts_core.engines import base\n"
        "class Engine(base.Engine):\n"
        "    def speak(self, utterance, options, stop): ...\n"
        "    def describe(self): raise AssertionError\n"
        "    def unavailable(self): raise OSError('unreadable')\n"
    ),
    "describe": (
        "from tts_core.engines import base\n"
        "class Engine(base.Engine):\n"
        "    def speak(self, utterance, options, stop): ...\n"
        "    def describe(self): raise ValueError('a field is missing')\n"
        "    def unavailable(self): return None\n"
    ),
}


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Engines by what is wrong with them."""
    monkeypatch.syspath_prepend(tmp_path)
    for name, code in BROKEN.items():
        (tmp_path / f"broken_{name}.py").write_text(code)
        monkeypatch.delitem(sys.modules, f"broken_{name}", raising=False)
    return {name: f"broken_{name}:Engine" for name in BROKEN}


def test_a_broken_engine_is_out_of_use_and_says_why(broken: dict[str, str]) -> None:
    engines = Registry(broken)
    reasons = {name: engines.unavailable(name) or "" for name in broken}
    for name, words in {
        "import": "No module named 'a_package_that_is_not_there'",
        "syntax": "SyntaxError",
        "old": "AThingOfAnotherVersion",
        "name": "Engine",
        "foreign": "not derived from Engine",
        "raises": "RuntimeError: no such device",
        "exits": "SystemExit: goodbye",
        "unavailable": "OSError: unreadable",
        "describe": "ValueError: a field is missing",
    }.items():
        assert words in reasons[name]
        assert "make engines" in reasons[name]
    assert engines.ready() == []
    assert {info.label for info in engines.infos.values()} == set(broken)


def test_it_is_told_once_in_the_log(
    broken: dict[str, str], changing: object, caplog: pytest.LogCaptureFixture
) -> None:
    engines = Registry({"describe": broken["describe"]})
    with caplog.at_level(logging.WARNING):
        for _ in range(5):
            engines.ready()
    assert caplog.text.count("engine describe cannot be used") == 1
    assert "a field is missing" in caplog.text


def test_the_others_are_none_the_worse(broken: dict[str, str], tmp_path: Path) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path, runner="inline")
    service = SpeechService(settings, Registry({**broken, **SCRIPTED}))
    try:
        listed = {engine.name: engine for engine in service.engines.all()}
        for name in broken:
            item = listed[name]
            assert (item.label, item.ready, item.languages) == (name, False, ())
            assert item.reason
            assert item.parameters["properties"] == {}
        assert listed["scripted"].ready is True
        assert "scripted" in {voice.engine for voice in service.voices.all()}
        _, info = service.synthesize(speech_request(text="Hello."))
        assert info.engine == "scripted"
        with pytest.raises(EngineUnavailable, match="No module named"):
            service.synthesize(speech_request(text="Hello.", engine="import"))
        service.warm_up()
    finally:
        service.close()


def test_a_broken_engine_that_is_mended(changing: type[ChangingEngine], tmp_path: Path) -> None:
    engines = Registry({"changing": TARGET})
    changing.fault = ValueError("half written")
    assert "half written" in str(engines.unavailable("changing"))
    assert engines.info("changing").label == "changing"
    changing.fault = None
    assert engines.unavailable("changing") is None
    assert engines.info("changing").label == "Scripted"
    assert voices(engines) == ["one"]
    changing.fault = ValueError("broken again")
    assert voices(engines) == ["one"]  # it is not asked without need
    changing.reason = "Gone."
    assert "broken again" in str(engines.unavailable("changing"))
    assert voices(engines) == []


def test_a_worker_that_cannot_import_its_engine(
    broken: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When it breaks between the look and the use, it is an error and no hang."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    settings = Settings(_env_file=None, data_dir=tmp_path, load_timeout=30)
    for kind in ("process", "inline"):
        runner = Registry(broken).runner("import", settings.model_copy(update={"runner": kind}))
        with pytest.raises(ModelLoadError, match="a_package_that_is_not_there"):
            runner.load()


def test_the_real_ones() -> None:
    engines = Registry(settings=Settings(engine_order="*", device="cpu"))
    assert sorted(engines.infos) == sorted(ENGINES)
    last = [name for name in engines.infos if not engines.info(name).real_time]
    assert list(engines.infos)[-3:] == [*last, "espeak"]
    assert engines.ready()[:2] == ["hibari", "kokoro"]
    assert engines.ready()[-1] == "espeak"


SLOW = ("xtts", "chatterbox")
"""Without a graphics card."""


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("*", ["pocket", "groq", "hibari", "piper", "kokoro", *SLOW, "espeak"]),
        ("*,hibari,kokoro", ["pocket", "groq", "piper", *SLOW, "espeak", "hibari", "kokoro"]),
        ("espeak", ["espeak", "pocket", "groq", "hibari", "piper", "kokoro", *SLOW]),
        (
            " hibari , nobody,*,groq",
            ["hibari", "pocket", "piper", "kokoro", *SLOW, "espeak", "groq"],
        ),
        # The order of version 0.1.0
        (
            "pocket,xtts,chatterbox,groq,espeak",
            ["pocket", *SLOW, "groq", "espeak", "hibari", "piper", "kokoro"],
        ),
    ],
)
def test_the_order_of_preference(order: str, expected: list[str]) -> None:
    assert list(Registry(ENGINES, Settings(engine_order=order, device="cpu")).infos) == expected


@pytest.mark.parametrize(
    ("language", "text", "engine"),
    [
        ("auto", "Nobody expected the storm to turn back.", "hibari"),
        ("en", "Hello.", "hibari"),
        ("en-US", "Hello.", "hibari"),
        ("en-gb", "Hello.", "kokoro"),
        ("auto", "Buenos días, ¿cómo está usted?", "kokoro"),
        ("ja", "こんにちは", "kokoro"),
        ("en-gb-scotland", "Hello.", "espeak"),  # it alone has a Scottish voice
        ("auto", "Guten Tag, wie geht es Ihnen heute?", "espeak"),
    ],
)
def test_speech_is_natural_from_the_start(language: str, text: str, engine: str) -> None:
    engines = {name: ENGINES[name] for name in ("hibari", "kokoro", "espeak")}
    catalog = VoiceCatalog(Registry(engines, Settings(engine_order="*")))
    assert catalog.choose("auto", "default", language, text).engine.name == engine


def test_a_target_that_is_no_engine_harms_no_other() -> None:
    engines = Registry({"espeak": ENGINES["espeak"], "xtts": ENGINES["xtts"], "bad": "json:dumps"})
    assert engines.unavailable("bad")
    assert {weights.engine for weights in engines.weights} == {"xtts"}
    assert engines.extras


class Voiceless(ScriptedEngine):
    """An engine without its voices at the moment, which has lost one."""

    def describe(self) -> EngineInfo:
        return replace(super().describe(), voices=[], retired_voices={"Old": "new"})


def test_a_retired_voice_without_successor_is_unknown() -> None:
    assert Registry({"scripted": f"{__name__}:Voiceless"}).retired_voice("old") is None
