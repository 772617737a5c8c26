"""What is valid in an entry, and what the errors say."""

from __future__ import annotations

from typing import Any

import pytest

from tts_core.errors import ValidationError
from tts_core.lexicon.entry import LexiconEntry, checked_entry


def test_texts_are_cleaned() -> None:
    entry = checked_entry("  New \n York\u200b", " noo\tyawk ", "njuː ˈjɔːk", "EN_us", " af_heart ")
    assert entry == LexiconEntry(
        written="New York",
        spoken="noo yawk",
        phonemes="njuː ˈjɔːk",
        language="en-us",
        voice="af_heart",
    )


@pytest.mark.parametrize("language", ["", "auto", " AUTO "])
def test_all_languages(language: str) -> None:
    assert checked_entry("a", "b", language=language).language == ""


@pytest.mark.parametrize(
    "phonemes",
    [
        "nɪˈkɒn",
        "ˈɛŋɡlɪʃ",
        "tʰa˧˥",
        "ɑ̃",
        "t͡ʃaɪ",
        "pʲɪˈrʲɛ.vət",
        "a b|c",
        "ʔaŋ˥˩",
        "ɚ ɝ ᵻ",
        "ç",
        "ʘaǃ",
    ],
)
def test_ipa(phonemes: str) -> None:
    assert checked_entry("a", phonemes=phonemes).phonemes == phonemes


@pytest.mark.parametrize(
    ("values", "field", "message"),
    [
        ({"written": ""}, "written", "empty"),
        ({"written": "\u200b"}, "written", "empty"),
        ({"written": 5}, "written", "must be text"),
        ({"written": "a" * 201}, "written", "the limit is 200"),
        ({"written": "a\x00b"}, "written", "U+0000"),
        ({"written": "\ud800"}, "written", "U+D800"),
        ({"spoken": ""}, "spoken", "both empty"),
        ({"spoken": "…"}, "spoken", "no letters"),
        ({"spoken": "a" * 501}, "spoken", "the limit is 500"),
        ({"phonemes": "a" * 501}, "phonemes", "the limit is 500"),
        ({"phonemes": "/a/"}, "phonemes", "leave the slashes out"),
        ({"phonemes": "a:"}, "phonemes", "length is ː"),
        ({"phonemes": "N4k"}, "phonemes", "no sign of the IPA"),
        ({"phonemes": "<break>"}, "phonemes", "no sign of the IPA"),
        ({"phonemes": "ˈ"}, "phonemes", "no letter"),
        ({"language": "English!"}, "language", '"en"'),
        ({"voice": "a" * 5000}, "voice", "the limit is"),
        ({"match_case": "yes"}, "match_case", "true or false"),
    ],
)
def test_errors_name_field_and_remedy(values: dict[str, Any], field: str, message: str) -> None:
    with pytest.raises(ValidationError) as error:
        checked_entry(**{"written": "a", "spoken": "b"} | values)
    assert error.value.field == field
    assert message in str(error.value)
