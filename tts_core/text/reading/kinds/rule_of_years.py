"""Years that are ordinals by the word after them: "в 1999 году", "2024 г.", "1941–1945 гг."."""

from __future__ import annotations

from collections.abc import Mapping

from tts_core.text.reading.language import Language
from tts_core.text.reading.rule import Place, Rule, any_of, rule

_OF_DECADES = ("е", "ые", "х", "ых", "ті", "ми")
"""Suffixes of the plural: "1960-х годах" are ten years."""


def _case_after(before: str) -> str:
    """Return the case of an abbreviated "year" after a word, in the name of a rule set."""
    if before in ("в", "во", "у"):
        return "-locative"
    if before in ("к", "ко"):
        return "-dative"
    if before in ("", "по", "на", "и", "—", "–") or not before[-1].isalpha():
        return ""
    return "-genitive"


def year_rule(language: Language, forms: Mapping[str, str]) -> Rule:
    """Return the rule of years before one of the words for "year", which decides about the case."""
    locative = next((word for word, form in forms.items() if form.endswith("locative")), "")

    plural = next((word for word, form in forms.items() if form == "plural"), "")

    def read(place: Place) -> str:
        word = place["word"]
        before = place.word_before.lower()
        stop = ""
        if word.endswith("."):
            # Of "г." the case is that of the words around it.
            stop = "." if language.sentence_follows(place) else ""
            case = _case_after(before)
            number = "plural" if word == "гг." else "masculine"
            word = next((each for each, form in forms.items() if form == number + case), plural)
            if number == "masculine" and case == "-dative":
                word = locative
        else:
            case = forms[word].removeprefix("masculine").removeprefix("plural")
            case = "-dative" if before in ("к", "ко") and word == locative else case
        decade = plural and place["suffix"] in _OF_DECADES and int(place["n"]) % 10 == 0
        form = "plural" if decade else "masculine"
        years = [place[group] for group in ("first", "n") if place[group]]
        said = [language.ordinal(int(year), f"{form}{case}") for year in years]
        return f"{' – '.join(said)} {word}{stop}"

    return rule(
        "date",
        "digit",
        rf"(?<![\p{{L}}\p{{N}}–-])(?:(?P<first>\d{{3,4}})[–-])?"
        rf"(?P<n>\d{{3,4}}|\d{{1,2}}(?=[ \u00a0]г\.[ ]до[ ]н))"
        rf"(?:-(?P<suffix>[\p{{L}}]{{1,3}}))?[ \u00a0]"
        rf"(?P<word>{any_of(forms)}(?!\p{{L}})|г?г\.(?!\p{{L}}))",
        read,
    )
