"""Years that are ordinals by the word after them: "в 1999 году", "2024 г.", "1941–1945 гг."."""

from __future__ import annotations

from collections.abc import Mapping

from tts_core.text.reading.language import Language
from tts_core.text.reading.rule import Place, Rule, any_of, rule


def year_rule(language: Language, forms: Mapping[str, str]) -> Rule:
    """Return the rule of years before one of the words for "year", which decides about the case."""
    locative = next((word for word, form in forms.items() if form.endswith("locative")), "")

    def read(place: Place) -> str:
        word = place["word"]
        if word.endswith("."):
            before = (place.before(1) or [""])[-1].lower()
            word = locative if before in ("в", "у") else next(iter(forms))
        year = language.ordinal(int(place["n"]), forms[word])
        return f"{year} {word}"

    return rule(
        "date",
        "digit",
        rf"(?<![\p{{L}}\p{{N}}.,–-])(?P<n>\d{{3,4}})(?:-[\p{{L}}]{{1,3}})?[ \u00a0]"
        rf"(?P<word>{any_of(forms)}(?!\p{{L}})|[гр]\.(?!\p{{L}}))",
        read,
    )
