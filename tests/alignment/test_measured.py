"""An engine that nobody measured is measured as it speaks; its reference is never its own model."""

from __future__ import annotations

import logging
import random
from collections.abc import Sequence
from pathlib import Path
from statistics import mean

import pytest

from tests.support.engines import reference
from tests.support.measures import Pair, found, read_pairs
from tests.support.recordings import timed_speech
from tts_core.alignment import measured
from tts_core.alignment.aligner import ReferenceAligner
from tts_core.alignment.baselines import baseline_of
from tts_core.alignment.client import reference_voice
from tts_core.alignment.limits import SPREADS, ClipMeasures, limits_of
from tts_core.alignment.measured import ENOUGH, MOST, MeasuredBaselines, key_of
from tts_core.alignment.quality import MEASURES, Baseline
from tts_core.engines.base import EngineContext
from tts_core.engines.registry import ENGINES, Registry
from tts_core.settings import Settings
from tts_core.types import AlignmentRequest

KEY = key_of("espeak", "1", "parrot", "2")
VOICES = ("espeak", "scottish")
"""Of `tests.benchmarks.erring_voices`: real speech of 110 texts, `measures_NAME.csv`."""
TEXTS = (
    "The birch canoe slid on the smooth planks.",
    "Glue the sheet to the dark blue background.",
    "These days a chicken leg is a rare dish.",
)


@pytest.fixture
def default() -> Baseline:
    found = baseline_of("espeak")
    assert found is not None
    return found


def clips(count: int, level: float, seed: int = 1) -> list[ClipMeasures]:
    dice = random.Random(seed)
    return [
        (dice.randint(4, 30), {m: dice.gauss(level, level / 10) for m in MEASURES})
        for _ in range(count)
    ]


def fill(baselines: MeasuredBaselines, spoken: Sequence[ClipMeasures]) -> None:
    for words, values in spoken:
        baselines.add(KEY, words, values)


def test_limits_withstand_a_fault_in_every_tenth_clip(default: Baseline) -> None:
    flat = Baseline(dict.fromkeys(MEASURES, 0.0), default.middles, default.allowances)
    clean = clips(1000, 10.0)
    faulty = [*clean[:900], *clips(100, 100.0)]
    for measure in MEASURES:
        right, wrong = limits_of(clean, flat), limits_of(faulty, flat)
        assert wrong.middles[measure] == pytest.approx(right.middles[measure], abs=0.3)
        assert wrong.allowances[measure] == pytest.approx(right.allowances[measure], rel=0.3)
        assert right.allowances[measure] == pytest.approx(SPREADS[measure] * 0.6745, rel=0.3)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.3, 0.6])
@pytest.mark.parametrize("voice", VOICES)
def test_a_voice_that_errs_is_not_taken_for_usual(tmp_path: Path, voice: str, share: float) -> None:
    """Its own limits find about what those of its clean speech alone do, with few false alarms."""
    default = baseline_of("hibari")
    assert default is not None
    pairs = pairs_of(voice)
    clean = limits_of([pair.clean for pair in pairs], default)
    more_found, more_alarms = [], []
    for seed in range(6):
        random.Random(seed).shuffle(pairs)
        heard, others = pairs[:ENOUGH], pairs[ENOUGH:]
        faulty = round(share * ENOUGH)
        baselines = MeasuredBaselines(tmp_path / str(seed))
        fill(baselines, [p.faulty for p in heard[:faulty]] + [p.clean for p in heard[faulty:]])
        own = baselines.baseline(KEY, default, default)
        assert own is not None
        faults, alarms = zip(found(others, own), found(others, clean), strict=True)
        more_found.append(faults[0] - faults[1])
        more_alarms.append(alarms[0] - alarms[1])
    assert mean(more_found) > -0.1
    assert mean(more_alarms) < 0.05


@pytest.mark.parametrize("far", [0.0, 1.0])
def test_a_voice_unlike_all_others_gets_limits_of_its_own(tmp_path: Path, far: float) -> None:
    """Of such a voice the default passes no clean sentence; a third of what it says is wrong."""
    default = baseline_of("hibari")
    assert default is not None
    pairs = [
        Pair(moved(pair.clean, far, default), moved(pair.faulty, far, default))
        for pair in pairs_of("scottish")
    ]
    heard, others = pairs[:ENOUGH], pairs[ENOUGH:]
    baselines = MeasuredBaselines(tmp_path)
    fill(baselines, [p.faulty if i % 3 == 0 else p.clean for i, p in enumerate(heard)])
    own = baselines.baseline(KEY, default, default)
    assert own is not None
    faults, alarms = found(others, own)
    ideal = found(others, limits_of([pair.clean for pair in pairs], default))
    assert faults > ideal[0] - 0.1
    assert alarms < 0.1 < found(others, default)[1]


def pairs_of(voice: str) -> list[Pair]:
    return read_pairs(Path(__file__).with_name(f"measures_{voice}.csv"))


def moved(clip: ClipMeasures, far: float, default: Baseline) -> ClipMeasures:
    """Return a clip whose measures are worse, by so many allowances."""
    words, values = clip
    return words, {m: values[m] + far * default.allowances[m] for m in MEASURES}


def test_limits_are_never_much_closer_than_the_default(default: Baseline) -> None:
    alike = [(14, dict.fromkeys(MEASURES, 0.5))] * 60
    assert all(allowance > 0 for allowance in limits_of(alike, default).allowances.values())


def test_what_was_measured_is_kept(tmp_path: Path, default: Baseline) -> None:
    folder = tmp_path / "speech_check"
    baselines = MeasuredBaselines(folder)
    fill(baselines, clips(ENOUGH - 1, 1.0))
    assert baselines.baseline(KEY, default, default) is None
    fill(baselines, clips(1, 1.0, seed=2))
    known = baselines.baseline(KEY, default, default)
    assert known is not None
    again = MeasuredBaselines(folder)
    assert again.baseline(KEY, default, default) == known
    assert again.baseline(key_of("espeak", "1", "parrot", "3"), default, default) is None
    # The limits follow further sentences, up to a number.
    fill(again, clips(MOST - ENOUGH, 1.0, seed=3))
    last = again.baseline(KEY, default, default)
    assert last != known
    fill(again, clips(MOST, 9.0))
    assert again.baseline(KEY, default, default) == last
    assert MeasuredBaselines(folder).baseline(KEY, default, default) == last


def test_lines_that_were_cut_off_or_are_no_measures_are_left_out(
    tmp_path: Path, default: Baseline
) -> None:
    fill(MeasuredBaselines(tmp_path), clips(ENOUGH - 1, 1.0))
    (file,) = tmp_path.iterdir()
    with file.open("ab") as lines:
        lines.write(b'[3, {"mean": NaN}]\n[7]\nnull\n\xff\x00\n{"mean": 1')
    baselines = MeasuredBaselines(tmp_path)
    assert baselines.baseline(KEY, default, default) is None
    fill(baselines, clips(2, 1.0, seed=2))
    assert baselines.baseline(KEY, default, default) is not None


def test_a_folder_that_cannot_be_written_is_logged(
    tmp_path: Path, default: Baseline, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    baselines = MeasuredBaselines(tmp_path / "file")
    with caplog.at_level(logging.WARNING):
        fill(baselines, clips(ENOUGH, 1.0))
    assert "could not be kept" in caplog.text
    assert baselines.baseline(KEY, default, default) is None


def test_the_aligner_measures_engines_and_voices(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The closest baseline counts: the voice's own, the packaged one, the engine's own."""
    monkeypatch.setattr(measured, "ENOUGH", len(TEXTS))
    aligner = ReferenceAligner(EngineContext(Settings(data_dir=tmp_path)))
    voice = reference("heart", "en-us", "hibari")

    def score(engine: str, speaker: str, text: str = TEXTS[0]) -> float:
        chunk = timed_speech(text, "en-gb-scotland", "f2", 0.95)
        request = AlignmentRequest(chunk, text, voice, engine, "1.0 int8", speaker=speaker)
        quality = aligner.align(request).quality
        assert quality is not None
        assert quality.score is not None
        return quality.score

    by_default = score("new", "Jane")
    by_package = score("kokoro", "Jane")
    for engine in ("new", "kokoro"):
        for text in TEXTS[1:]:
            score(engine, "Jane", text)
    by_itself = score("new", "Jane")
    assert len({by_default, by_package, by_itself}) == 3
    assert score("kokoro", "Jane") not in (by_default, by_package)
    assert score("new", "Joe") not in (by_default, by_package)  # by the engine's
    assert score("kokoro", "Joe") == by_package
    assert score("another", "Jane") == by_default
    kept = [file.read_text(encoding="utf-8") for file in (tmp_path / "speech_check").iterdir()]
    assert not any(name in text for text in kept for name in ("canoe", "Jane", "kokoro"))


def test_what_cannot_be_checked_is_not_measured(tmp_path: Path) -> None:
    aligner = ReferenceAligner(EngineContext(Settings(data_dir=tmp_path)))
    whisper = timed_speech(TEXTS[0], "en-us", "whisper")
    request = AlignmentRequest(whisper, TEXTS[0], reference("en-us"), "new")
    assert aligner.align(request).quality is not None
    assert not (tmp_path / "speech_check").exists()


@pytest.mark.parametrize(
    ("language", "speaker", "engine"),
    [
        ("en-us", "kokoro", "hibari"),
        ("en-gb", "piper", "hibari"),
        ("en", "hibari", "espeak"),
        ("en-us", "espeak", "hibari"),
        ("fr", "kokoro", "espeak"),
        ("fr", "hibari", "espeak"),
    ],
)
def test_the_reference_is_natural_and_another_model(
    language: str, speaker: str, engine: str
) -> None:
    voice = reference_voice(Registry(), language, speaker)
    assert voice is not None
    assert voice.engine == engine


def test_without_the_natural_reference_there_is_the_other() -> None:
    voice = reference_voice(Registry({"espeak": ENGINES["espeak"]}), "en-us", "kokoro")
    assert voice is not None
    assert voice.engine == "espeak"
    assert reference_voice(Registry({"espeak": ENGINES["espeak"]}), "en-us", "espeak") is None
