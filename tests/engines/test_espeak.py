"""The real library. It is not deterministic (some 20 samples), so durations are compared."""

import threading
import time
from itertools import pairwise

import librosa
import numpy as np
import pytest
import pyworld

from tests.support.engines import info_of, new_engine, reason_of, spoken_by
from tts_core.engines.espeak import library as espeak_library
from tts_core.engines.espeak.engine import EspeakEngine, EspeakParameters
from tts_core.engines.espeak.library import WordEvent
from tts_core.engines.espeak.voices import variant_files, voice_files
from tts_core.engines.espeak.words import word_timings
from tts_core.errors import ModelLoadError, UnknownNameError, ValidationError, VoiceLoadError
from tts_core.types import Utterance

SENTENCE = "The quick brown fox jumps over the lazy dog, and nobody was really surprised."
SHORT = "Hello 12 tests."


@pytest.fixture(scope="module")
def engine():
    engine = new_engine(EspeakEngine)
    engine.load()
    return engine


def chunks(engine, text, voice="en-us", stop=None, **fields):
    utterance = Utterance(text=text, voice=voice, language="en", **fields)
    return list(spoken_by(engine, utterance, stop or threading.Event()))


def sound(engine, text, voice="en-us", **fields):
    pieces = [chunk.samples for chunk in chunks(engine, text, voice, **fields)]
    return np.concatenate(pieces) if pieces else np.zeros(0, np.float32)


def seconds(engine, text, voice="en-us", **fields):
    return len(sound(engine, text, voice, **fields)) / 22_050


def words(engine, text, voice="en-us", **fields):
    return [word for chunk in chunks(engine, text, voice, **fields) for word in chunk.words]


def level(samples):
    return float(np.sqrt(np.mean(samples**2)))


def f0(samples):
    pitch, _ = pyworld.dio(samples.astype(np.float64), 22_050, f0_floor=40, f0_ceil=500)
    tones = np.log(pitch[pitch > 0])
    low, high = np.percentile(tones, [15, 85])
    return float(np.exp(np.median(tones))), float(high - low)


def test_describes_itself():
    info = info_of(EspeakEngine)
    assert reason_of(EspeakEngine) is None
    assert (info.name, info.sample_rate) == ("espeak", 22_050)
    assert info.capabilities.names == ["phonemes", "pitch", "voice_match", "word_times"]
    assert info_of(EspeakEngine) is info


def test_voices_are_unique_and_readable():
    info = info_of(EspeakEngine)
    assert len(info.voices) == 138
    assert len({v.name for v in info.voices}) == 138
    names = [n.casefold() for v in info.voices for n in (v.id, *v.aliases)]
    assert len(names) == len(set(names))
    for voice in info.voices:
        assert voice.engine == "espeak"
        assert voice.gender in ("female", "male", "")
        assert voice.name[0].isupper()
        assert "_" not in voice.name
        assert all(len(part) <= 8 and part.isalnum() for part in voice.id.split("-"))


def test_every_language_has_one_default_voice_and_it_comes_first():
    info = info_of(EspeakEngine)
    codes = [language.code for language in info.languages]
    assert len(codes) == len(set(codes))
    assert len({language.name for language in info.languages}) == len(codes)
    assert [x.name for x in info.languages] == sorted(x.name for x in info.languages)
    assert {v.language for v in info.voices} <= set(codes)
    for base in {code.split("-")[0] for code in codes}:
        assert base in codes
        related = [v for v in info.voices if v.language.split("-")[0] == base]
        assert [("default" in v.tags) for v in related] == [True] + [False] * (len(related) - 1)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("en", "en-us"),
        ("pt", "pt-br"),
        ("fr", "fr-fr"),
        ("es", "es"),
        ("zh", "cmn"),
        ("no", "nb"),
        ("gmw/en-US", "en-us"),
        ("gmw/en", "en-gb"),
        ("roa/pt", "pt-pt"),
    ],
)
def test_names_mean_the_voice_one_would_expect(name, expected):
    found = [v for v in info_of(EspeakEngine).voices if name in (v.id, *v.aliases)]
    assert [v.id for v in found] == [expected]


def test_every_voice_speaks(engine):
    for voice in info_of(EspeakEngine).voices:
        samples = sound(engine, SHORT, voice.id)
        assert len(samples) > 0.4 * 22_050, voice.id
        assert level(samples) > 0.01, voice.id


def test_every_variant_speaks_differently_and_leaves_nothing_behind(engine):
    mel = librosa.filters.mel(sr=22_050, n_fft=1024)

    def spectrum(options):
        samples = sound(engine, SHORT, options=options)
        frames = samples[: len(samples) // 512 * 512].reshape(-1, 512) * np.hanning(512)
        power = np.mean(np.abs(np.fft.rfft(frames, 1024)) ** 2, axis=0)
        return 10 * np.log10(mel @ power + 1e-9), len(samples), level(samples)

    plain, length, loudness = spectrum({})
    assert len(variant_files()) == 104
    for variant in variant_files():
        other, _, loud = spectrum({"variant": variant})
        again, length_again, loudness_again = spectrum({})
        assert loud > 0.01, variant
        if variant != "fast":  # it changes nothing at this speed
            assert np.abs(other - plain).mean() > 0.75, variant
        assert np.abs(again - plain).mean() < 0.9, variant  # 0.6 is espeak's own variation
        assert abs(length_again - length) < 500, variant
        assert loudness_again == pytest.approx(loudness, rel=0.08), variant


def test_parameters_draw_themselves():
    schema = EspeakParameters.model_json_schema()["properties"]
    assert set(schema) == {"variant", "range", "word_gap", "volume", "match"}
    assert all(field["title"] and field["description"] for field in schema.values())
    labels = schema["variant"]["x-labels"]
    assert schema["variant"]["enum"][0] == ""
    assert set(labels) == set(schema["variant"]["enum"])
    assert len(set(labels.values())) == 105
    assert labels["f2"] == "Female 2"
    assert EspeakParameters().model_dump() == {
        "variant": "",
        "range": 50,
        "word_gap": 0,
        "volume": 100,
        "match": 100,
    }
    assert EspeakParameters(variant="UNIROBOT").variant == "UniRobot"


@pytest.mark.parametrize("speed", [0.5, 0.75, 1.5, 2.0, 2.5])
def test_speed_is_a_factor_on_the_pace(engine, speed):
    ratio = seconds(engine, SENTENCE) / seconds(engine, SENTENCE, speed=speed)
    assert ratio == pytest.approx(speed, rel=0.15)


def test_speeds_out_of_reach_become_the_nearest(engine):
    slow, fast = info_of(EspeakEngine).speed_range
    for asked, true in ((0.25, slow), (4.0, fast)):
        assert seconds(engine, SENTENCE, speed=asked) == pytest.approx(
            seconds(engine, SENTENCE, speed=true), rel=0.02
        )


@pytest.mark.sample(1)
@pytest.mark.parametrize(("voice", "variant"), [("en-us", ""), ("en-us", "f2"), ("de", "Alex")])
def test_pitch_is_a_factor_on_the_fundamental(engine, voice, variant):
    options = {"variant": variant}
    plain, _ = f0(sound(engine, SENTENCE, voice, options=options))
    for factor in (0.6, 1.3, 1.75):
        moved, _ = f0(sound(engine, SENTENCE, voice, options=options, pitch=factor))
        assert moved / plain == pytest.approx(factor, rel=0.1)


def test_range_is_the_swing_and_keeps_at_any_pitch(engine):
    def swing(**fields):
        return f0(sound(engine, SENTENCE, **fields))[1]

    plain = swing()
    assert swing(options={"range": 0}) < 0.3 * plain
    assert swing(options={"range": 90}) > 1.2 * plain
    assert swing(pitch=1.6) == pytest.approx(plain, rel=0.35)


def test_gap_and_volume(engine):
    gaps = seconds(engine, SENTENCE, options={"word_gap": 100}) - seconds(engine, SENTENCE)
    assert gaps == pytest.approx(1.3, abs=0.5)  # 13 words, some of them merged
    plain = level(sound(engine, SENTENCE))
    assert level(sound(engine, SENTENCE, options={"volume": 50})) == pytest.approx(
        plain / 2, rel=0.1
    )
    assert level(sound(engine, SENTENCE, options={"volume": 0})) == 0
    assert np.abs(sound(engine, SENTENCE, options={"volume": 200})).max() <= 1


@pytest.mark.parametrize(
    ("voice", "text"),
    [
        ("en-us", "It is one of the best, and in the end he was right to do so."),
        ("en-us", 'Call 1,234,567 or 3.14 at 10:30 (e.g.) on 2024-05-06 at the "bar"... ok?'),
        ("de", "Ich habe es in der Schule, im Jahr 1999, an die Tür gebracht."),
        ("es", "¿No me lo digas, que el niño está en la casa de la abuela?"),
    ],
)
@pytest.mark.parametrize("speed", [1.0, 2.0])
def test_every_spoken_word_has_its_time(engine, voice, text, speed):
    made = chunks(engine, text, voice, speed=speed)
    timed = [word for chunk in made for word in chunk.words]
    assert [word.text for word in timed] == text.split()
    assert timed[0].start < 0.05
    assert all(word.end - word.start > 0.01 for word in timed)
    for before, after in pairwise(timed):
        assert before.end == pytest.approx(after.start)
    assert timed[-1].end <= sum(chunk.duration for chunk in made)
    begin = 0.0
    for chunk in made:
        for word in chunk.words:
            assert begin <= word.start + 1e-4 < begin + chunk.duration + 2e-4
        begin += chunk.duration


def test_a_word_starts_where_it_is_heard(engine):
    text = "Wait, potatoes: bananas."
    samples, timed = sound(engine, text), words(engine, text)
    loud = np.abs(samples) > 0.01
    for word in timed[1:]:
        border = round(word.start * 22_050)
        assert not loud[border - 2000 : border - 400].any(), word  # a pause before it
        assert loud[border : border + 2600].any(), word


def test_silent_tokens_have_no_time_and_unspaced_scripts_go_by_event(engine):
    assert [w.text for w in words(engine, "yes — no")] == ["yes", "no"]
    assert "".join(w.text for w in words(engine, "我们今天去北京。", "cmn")) == "我们今天去北京。"
    assert len(words(engine, "我们今天去北京。", "cmn")) == 7
    assert [w.text for w in words(engine, "「こんにちは」 とても", "ja")] == [
        "「こんにちは」",
        "とても",
    ]
    thai = "สวัสดีครับ วันนี้อากาศดี"
    assert "".join(w.text for w in words(engine, thai, "th")) == thai.replace(" ", "")


def test_strange_events_still_give_orderly_words():
    events = [WordEvent(p, s) for p, s in ((4, 100), (0, 50), (9, 900), (99, 800), (8, 950))]
    timed = word_timings("one two tri", events, end=1000)
    assert [w.text for w in timed] == ["one", "two", "tri"]
    assert [round(w.start * 22_050) for w in timed] == [100, 500, 900]
    assert word_timings("one", [], 1000) == []
    assert word_timings("", [WordEvent(0, 0)], 1000) == []


def test_stop_ends_it_within_a_buffer(engine):
    long = "This goes on and on. " * 5000
    stop = threading.Event()
    threading.Timer(0.1, stop.set).start()
    began = time.perf_counter()
    assert chunks(engine, long, stop=stop) == []
    assert time.perf_counter() - began < 3
    stop.clear()
    speaking = spoken_by(engine, Utterance(SENTENCE, "en-us", "en"), stop)
    next(speaking)
    stop.set()
    assert list(speaking) == []
    assert [w.text for w in words(engine, SENTENCE)] == SENTENCE.split()


@pytest.mark.parametrize(
    ("text", "longest"),
    [
        ('Hi <break time="600s"/> there', 8),
        ('<audio src="/etc/passwd"/> hi', 8),
        ('<speak><voice name="de">hi</voice></speak>', 12),
        ("[[h@l'oU]] [[_:::::::]]", 12),
        ("\x01" + "80S\x01" + "99P\x01" + "0A hello there", 8),
        ("hello\x00there", 2),
        ("hello \ud800 there", 2),
        ("\ue0010S hello there", 4),
        ("\u202e\u200b\u0301\ufffe" * 5, 4),
    ],
)
def test_hostile_text_is_only_text(engine, text, longest):
    plain = seconds(engine, SENTENCE)
    samples = sound(engine, text)
    assert len(samples) / 22_050 < longest
    assert level(samples) > 0.01 or "hello" not in text
    assert seconds(engine, SENTENCE) == pytest.approx(plain, rel=0.01)


def test_control_characters_are_spaces(engine):
    assert seconds(engine, "hello\x00there") == pytest.approx(
        seconds(engine, "hello there"), abs=0.02
    )
    assert [w.text for w in words(engine, "one\x00two\x01three")] == ["one", "two", "three"]


@pytest.mark.parametrize("text", ["", " ", "...", "😀", "—", "\u200b"])
def test_what_cannot_be_said_is_no_error(engine, text):
    assert seconds(engine, text) < 2


def test_long_text_still_works(engine):
    text = "Ten more words make this long text a little longer. " * 40
    assert len(words(engine, text)) == len(text.split())


@pytest.mark.parametrize(
    "voice", ["", "nope", "en-us+nope", "en-us+f2", "gmw/en-US+../../x", "../../etc/passwd", "fo"]
)
def test_unknown_voices_are_refused(engine, voice):
    with pytest.raises(UnknownNameError, match="list_voices"):
        chunks(engine, SHORT, voice)


@pytest.mark.parametrize(
    "options",
    [{"variant": "nope"}, {"variant": "../../x"}, {"volume": 201}, {"range": -1}, {"gap": 1}],
)
def test_wrong_options_are_refused(engine, options):
    with pytest.raises(ValidationError) as caught:
        chunks(engine, SHORT, options=options)
    assert caught.value.field == next(iter(options))


def test_a_voice_that_does_not_load_is_an_error():
    library = espeak_library.library()
    with pytest.raises(VoiceLoadError, match="espeakng-loader"):
        library.synthesize("hi", "gmw/nope", espeak_library.Prosody(), threading.Event())


def test_a_library_that_does_not_load_is_an_error(tmp_path):
    broken = tmp_path / "libespeak-ng.so"
    broken.write_bytes(b"not a library")
    with pytest.raises(ModelLoadError, match="pip install"):
        espeak_library.EspeakLibrary(broken, tmp_path)


def test_nothing_passes_from_one_utterance_or_engine_to_the_next(engine):
    plain, pitch = seconds(engine, SENTENCE), f0(sound(engine, SENTENCE))[0]
    other = new_engine(EspeakEngine)
    other.load()
    options = {"variant": "f2", "range": 0, "word_gap": 300, "volume": 20}
    chunks(other, "Etwas ganz anderes.", "de", speed=2.0, pitch=1.6, options=options)
    assert seconds(engine, SENTENCE) == pytest.approx(plain, rel=0.01)
    assert f0(sound(other, SENTENCE))[0] == pytest.approx(pitch, rel=0.02)


def test_threads_take_turns(engine):
    expected = seconds(engine, SENTENCE)
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(seconds(engine, SENTENCE))) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [pytest.approx(expected, rel=0.01)] * 6


def test_identifiers_are_the_ones_espeak_lists():
    assert {"gmw/en-US", "ko", "sit/cmn"} <= {f.identifier for f in voice_files().values()}


def test_first_sound_comes_at_once(engine):
    text = SENTENCE[:60]
    chunks(engine, text)
    waits = []
    for _ in range(10):
        began = time.perf_counter()
        next(spoken_by(engine, Utterance(text, "en-us", "en"), threading.Event()))
        waits.append(time.perf_counter() - began)
    assert min(waits) < 0.5  # 5 ms on an idle machine
