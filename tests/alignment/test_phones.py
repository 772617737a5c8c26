"""The phones of a sound: probabilities that tell what is said in whichever voice."""

from __future__ import annotations

import numpy as np

from tests.support.engines import context, reference
from tests.support.recordings import timed_speech
from tts_core.alignment.aligner import References, compare
from tts_core.alignment.phones import inputs, phones
from tts_core.audio.features import RATE, spectrum
from tts_core.audio.resample import resample

TEXT = "The captain had a small boat and a very old map of the island."
HIBARI = reference("heart", "en-us", "hibari")
REFERENCES = References(context())


def test_the_probabilities_of_each_frame_add_up_to_one() -> None:
    sound = spectrum(resample(timed_speech(TEXT, "en-us"), RATE).samples)
    found = phones(sound)
    assert len(found) == len(sound.speech) == len(inputs(sound))
    assert np.allclose((found**2).sum(axis=1), 1, atol=1e-4)
    assert len(set(found[sound.speech].argmax(axis=1).tolist())) > 15


def test_a_replaced_word_is_where_the_phones_differ() -> None:
    sound = REFERENCES.speech(TEXT, HIBARI, 1.0)
    for word, other in (("boat", "house"), ("captain", "teacher"), ("island", "village")):
        _, clean = compare(sound, REFERENCES.speaker(TEXT, reference("en-us")))
        wrong = TEXT.replace(word, other)
        _, found = compare(sound, REFERENCES.speaker(wrong, reference("en-us")))
        assert clean is not None
        assert found is not None
        by_word = found.by_word["phones"]
        assert wrong.split()[int(by_word.argmax())].strip(".") == other
        assert found.values["phones"] > 1.2 * clean.values["phones"]
