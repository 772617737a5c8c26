"""Czech."""

from __future__ import annotations

from typing import ClassVar

from tts_core.text.reading.language import Language
from tts_core.text.reading.tables import abbreviations, words


class Czech(Language):
    """Czech."""

    starters = words(
        "on ona ono oni my vy ty já to v na a ale když pokud jak po tak tam tady ten ta"
    )
    abbreviations: ClassVar = abbreviations(
        """
        například: např | takzvaný: tzv | to je: tj | tak řečený: t.ř | ulice: ul | doktor: dr
        profesor: prof | inženýr: ing | magistr: mgr | svatý: sv | asi: cca | hodin: hod
        """,
        often_ends="a tak dále: atd | a podobně: apod",
        before_number="strana: str s | číslo: č | kapitola: kap | obrázek: obr",
    )
