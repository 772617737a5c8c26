"""Times of day whose hours are ordinals: "o czternastej trzydzieści"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from tts_core.text.reading.languages.slavic.inflected import Inflected
from tts_core.text.reading.rule import Place, Rule, any_before, rule
from tts_core.text.reading.tables import words


class OrdinalHours(Inflected):
    """Hours are ordinals in the feminine, minutes cardinals."""

    hour_nouns: ClassVar[frozenset[str]] = words("godz. godzina godzinie godziny godzinę")
    """Words for "hour" before one."""
    hour_range: ClassVar[tuple[str, str]] = ("", "")
    """Before the first and the last hour of opening times; both demand the genitive."""

    def rules(self) -> Iterator[Rule]:
        """Yield the rule of an hour after the word for it: "o godz. 9"."""
        if self.hour_nouns:
            yield rule(
                "time",
                "digit",
                rf"(?<=(?<!\p{{L}})(?i:{any_before(self.hour_nouns)})[ ])(?P<h>1?\d|2[0-4])"
                r"(?![\p{L}\p{N}:–-]|[.,]\d)",
                lambda place: self.clock(int(place["h"]), 0, self._hour_case(place)),
            )
        yield from super().rules()

    def clock(self, hour: int, minute: int, case: str) -> str:
        """Return an hour in a case, with its minutes."""
        said = [self.ordinal(hour, f"feminine{case}") if hour else self.midnight(case)]
        if 0 < minute < 10:
            said.append(self.cardinal(0))
        if minute:
            said.append(self.cardinal(minute, "feminine"))
        return " ".join(said)

    def midnight(self, case: str) -> str:
        """Return the name of hour 0: the ordinal of "zero"."""
        return self.ordinals.declined(self.zeroth, f"feminine{case}")

    zeroth: ClassVar[str] = ""
    """The ordinal of 0."""

    def _hour_case(self, place: Place) -> str:
        """Return the case of an hour by the preposition before it, or before "hour"."""
        before = [word.lower() for word in place.before(2)]
        if before and before[-1] in self.hour_nouns:
            before.pop()
        last = before[-1] if before and place.word_before else ""
        return self.prepositions.get(last, "")

    def time(self, hour: int, minute: int, second: int | None, place: Place, half: str = "") -> str:
        """Return a time in the case that the word before it demands."""
        said = self.clock(hour, minute, self._hour_case(place))
        return said if second is None else f"{said} {self.cardinal(second)}"

    def time_range(self, place: Place, first: str, last: str) -> str:
        """Return "od ósmej do szesnastej"."""
        if not (place["m1"] or place["m2"]):
            return self.between(self.cardinal(int(place["h1"])), self.cardinal(int(place["h2"])))
        opens, closes = self.hour_range
        said = [
            self.clock(int(place[f"h{which}"]), int(place[f"m{which}"] or 0), "-genitive")
            for which in "12"
        ]
        opened = place.word_before.lower() == opens
        return " ".join(
            part for part in ("" if opened else opens, said[0], closes, said[1]) if part
        )
