"""Names of other services' voices, and hints for engines that may have no use for them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.engines import info_of
from tests.support.scripted import SCRIPTED
from tts_core.engines.espeak.engine import EspeakEngine
from tts_core.engines.espeak.voices import variant_files
from tts_core.engines.registry import Registry
from tts_core.errors import UnknownNameError, ValidationError
from tts_core.settings import Settings
from tts_core.synthesis.planner import Plan, plan
from tts_core.types import SpeechRequest, StandIn
from tts_core.voices.catalog import VoiceCatalog

ENGINES = {
    "warm": "tests.support.warm_engine:WarmEngine",
    "espeak": "tts_core.engines.espeak.engine:EspeakEngine",
}


def planned(text: str = "Hello there.", **values: Any) -> Plan:
    request = SpeechRequest(text=text, **values)
    return plan(request, VoiceCatalog(Registry(ENGINES)), 1000)[0]


def test_a_voice_that_is_not_here_has_a_stand_in_of_its_gender() -> None:
    for gender, number, voice in (
        ("female", 0, "eva"),
        ("female", 1, "zoe"),
        ("female", 2, "eva"),
        ("male", 0, "adam"),
    ):
        found = planned(voice="Nowhere", stand_in=StandIn(gender, number))
        assert found.voice.id == voice
        assert found.fallback is not None
        assert (found.fallback["from"], found.fallback["to"]) == ("Nowhere", voice)
        assert found.fallback["reason"] in found.warnings


def test_where_voices_have_variants_these_are_the_people() -> None:
    found = [
        planned(voice="Nowhere", engine="espeak", stand_in=StandIn("female", number))
        for number in (0, 1)
    ]
    assert {item.voice.id for item in found} == {"en-us"}
    assert [item.utterances[0].options["variant"] for item in found] == ["f2", "f1"]
    assert [item.fallback and item.fallback["to"] for item in found] == ["en-us+f2", "en-us+f1"]


def test_every_variant_that_stands_for_people_exists_and_is_of_its_gender() -> None:
    files = variant_files()
    for gender, names in info_of(EspeakEngine).variants.items():
        assert all(files[name].gender == gender for name in names if name)


def test_it_speaks_the_language_of_the_text_or_of_the_voice() -> None:
    german = planned("Das ist ein ganz gewöhnlicher deutscher Satz.", voice="x", stand_in=MAN)
    assert german.voice.id == "de"
    arabic = planned("Hello", voice="x", stand_in=StandIn("male", language="ar"))
    assert arabic.language == "ar"
    french = planned("Hello", voice="x", stand_in=MAN, language="fr")
    assert french.language == "fr"


MAN = StandIn("male")


def test_a_voice_that_is_here_needs_none() -> None:
    found = planned(voice="zoe", stand_in=MAN)
    assert found.voice.id == "zoe"
    assert found.fallback is None


def test_without_one_the_name_is_unknown() -> None:
    with pytest.raises(UnknownNameError, match="Nowhere"):
        planned(voice="Nowhere")
    with pytest.raises(UnknownNameError) as caught:
        planned(voice="Nowhere", engine="nothing", stand_in=MAN)
    assert caught.value.field == "engine"


def test_hints_are_for_those_who_have_them() -> None:
    hints = {"temperature": 1.1, "decode_steps": 4}
    assert planned(engine="warm", hints=hints).parameters["temperature"] == 1.1
    assert "temperature" not in planned(engine="espeak", hints=hints).parameters
    own = planned(engine="warm", hints=hints, options={"temperature": 0.9})
    assert own.parameters["temperature"] == 0.9
    with pytest.raises(ValidationError, match=r"temperature must be between 0.1 and 1.5"):
        planned(engine="warm", hints={"temperature": 1.9})


@pytest.mark.parametrize(
    ("variability", "temperature"), [(None, 0.8), (0.5, 0.8), (0.0, 0.4), (0.75, 1.131), (1.0, 1.5)]
)
def test_variability_is_about_the_engines_own_temperature(
    variability: float | None, temperature: float
) -> None:
    found = planned(engine="warm", variability=variability).parameters
    assert found["temperature"] == pytest.approx(temperature, abs=0.001)
    assert "temperature" not in planned(engine="espeak", variability=variability).parameters


def test_two_genders_never_share_a_voice() -> None:
    engines = {
        "hibari": "tts_core.engines.hibari.engine:HibariEngine",  # has a female voice only
        "espeak": "tts_core.engines.espeak.engine:EspeakEngine",
    }
    catalog = VoiceCatalog(Registry(engines, Settings(engine_order="*")))
    chosen = {}
    for gender in ("female", "male"):
        request = SpeechRequest(text="Hello.", voice="Nowhere", stand_in=StandIn(gender))
        chosen[gender] = plan(request, catalog, 1000)[0].engine.name
    assert chosen == {"female": "hibari", "male": "espeak"}


def test_where_voices_do_not_tell_their_gender_two_genders_have_different_ones() -> None:
    catalog = VoiceCatalog(Registry(SCRIPTED))
    chosen = [
        plan(
            SpeechRequest(
                text="Hi.", voice="Nowhere", engine="scripted", stand_in=StandIn(gender, number)
            ),
            catalog,
            100,
        )[0].voice.id
        for gender in ("female", "male")
        for number in (0, 1)
    ]
    assert chosen == ["one", "one", "two", "two"]


def test_options_of_other_engines_are_ignored_on_auto() -> None:
    found = planned(options={"range": 10})  # eSpeak NG's; the warm engine was chosen
    assert found.engine.name == "warm"
    assert any("no parameter 'range'" in warning for warning in found.warnings)
    assert "range" not in found.parameters
    for values in ({"options": {"nosuch": 1}}, {"options": {"range": 10}, "engine": "warm"}):
        with pytest.raises(ValidationError):
            planned(**values)
