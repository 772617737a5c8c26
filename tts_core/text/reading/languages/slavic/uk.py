"""Ukrainian: "три цілих п'ять десятих"."""

from __future__ import annotations

from typing import ClassVar

from tts_core.text.reading.languages.slavic.base import EastSlavic
from tts_core.text.reading.tables import words


class Ukrainian(EastSlavic):
    """Ukrainian; names of units and currencies are CLDR's."""

    minus = "мінус"
    point = "кома"
    to = "до"
    wholes = ("ціла", "цілих")
    parts = (("десята", "десятих"), ("сота", "сотих"), ("тисячна", "тисячних"))
    one_thousand = ("одна тисяча", "тисяча")
    of_year = "року"
    year_words = ("року", "рік", "р.")
    year_forms: ClassVar = {
        "рік": "masculine",
        "року": "masculine-genitive",
        "році": "masculine-locative",
    }
    signs: ClassVar = {
        "+": "плюс", "−": "мінус", "-": "мінус", "×": "помножити на", "÷": "поділити на",
        "=": "дорівнює", "<": "менше", ">": "більше", "±": "плюс-мінус", "~": "близько",
        "&": "і", "§": "параграф", "°": "градусів", "%": "відсотків", "№": "номер",
    }  # fmt: skip
    prefix_signs: ClassVar = {"+": "плюс", "<": "менше", ">": "більше"}
    symbols: ClassVar = {
        ".": "крапка", "@": "собака", "/": "слеш", "-": "дефіс", "_": "підкреслення",
        "#": "решітка", "number": "номер", "version": "версія", "hashtag": "хештег",
        "code block": "Блок коду.",
    }  # fmt: skip
    starters = words(
        "він вона воно вони ми ви ти я це в у на і та але а коли якщо як після так там"
    )
