"""Years that are ordinals by the word after them: "в 1999 году", "2024 г.", "1941–1945 гг."."""

from __future__ import annotations

from collections.abc import Mapping

from tts_core.text.reading.language import Language
from tts_core.text.reading.rule import Place, Rule, any_of, rule


def year_rule(language: Language, forms: Mapping[str, str]) -> Rule:
    """Return the rule of years before one of the words for "year", which decides about the case."""
    locative = next((word for word, form in forms.items() if form.endswith("locative")), "")

    plural = next((word for word, form in forms.items() if form == "plural"), "")

    def read(place: Place) -> str:
        word = place["word"]
        if word == "гг.":
            word = plural
        elif word.endswith("."):
            before = (place.before(1) or [""])[-1].lower()
            word = locative if before in ("в", "у") else next(iter(forms))
        years = [place[group] for group in ("first", "n") if place[group]]
        single = forms[word].replace("plural", "masculine", 1)
        said = [language.ordinal(int(year), single) for year in years]
        return f"{' – '.join(said)} {word}"

    return rule(
        "date",
        "digit",
        rf"(?<![\p{{L}}\p{{N}}–-])(?:(?P<first>\d{{3,4}})[–-])?(?P<n>\d{{3,4}})"
        rf"(?:-[\p{{L}}]{{1,3}})?[ \u00a0](?P<word>{any_of(forms)}(?!\p{{L}})|г?[гр]\.(?!\p{{L}}))",
        read,
    )
