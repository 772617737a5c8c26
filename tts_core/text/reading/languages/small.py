"""Languages that need little besides what CLDR gives."""

from __future__ import annotations

from typing import ClassVar

from tts_core.text.reading.language import Language
from tts_core.text.reading.tables import abbreviations, words


class Arabic(Language):
    """Arabic: CLDR has no word for "%"."""

    minus = "ناقص"
    point = "فاصلة"
    to = "إلى"
    units: ClassVar = {"concentr-percent": ("بالمئة",) * 2}
    signs: ClassVar = {"%": "بالمئة", "٪": "بالمئة", "&": "و", "+": "زائد", "=": "يساوي"}


class Swedish(Language):
    """Swedish."""

    starters = words("han hon den det de vi ni jag du en ett men och när om som efter så här där")
    abbreviations: ClassVar = abbreviations(
        """
        till exempel: t.ex | bland annat: bl.a | det vill säga: dvs d.v.s | cirka: ca | doktor: dr
        professor: prof | på grund av: p.g.a | med mera: m.m | i stället för: i.st.f | herr: hr
        """,
        often_ends="och så vidare: osv o.s.v | et cetera: etc",
        before_number="nummer: nr | sidan: s sid | kapitel: kap | figur: fig",
    )


class Danish(Language):
    """Danish and Norwegian, which have the same abbreviations."""

    starters = words("han hun den det de vi jeg du en et men og når da som efter etter så her der")
    abbreviations: ClassVar = abbreviations(
        """
        for eksempel: f.eks | blandt andet: bl.a | det vil sige: dvs d.v.s | cirka: ca | doktor: dr
        professor: prof | med mere: m.m | på grund af: p.g.a | herr: hr | fru: fr
        """,
        often_ends="og så videre: osv | et cetera: etc",
        before_number="nummer: nr | side: s | kapitel: kap | figur: fig",
    )
