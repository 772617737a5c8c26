"""Languages that need little besides what CLDR gives."""

from __future__ import annotations

from typing import ClassVar

from tts_core.text.reading.language import Language
from tts_core.text.reading.tables import abbreviations, words


class Polish(Language):
    """Polish: "pięć złotych" without "polskich", decimals digit by digit."""

    minus = "minus"
    point = "przecinek"
    to = "do"
    starters = words(
        "on ona ono oni one my wy ty ja to w i a ale gdy jeśli kiedy jak po tak tam te"
    )
    abbreviations: ClassVar = abbreviations(
        """
        na przykład: np | to znaczy: tzn | między innymi: m.in | to jest: tj | tak zwany: tzw
        ulica: ul | doktor: dr | profesor: prof | inżynier: inż | magister: mgr
        habilitowany: hab | święty: św
        około: ok | pod tytułem: pt | imienia: im
        """,
        often_ends="i tak dalej: itd | i tym podobne: itp | i inni: i.in",
        before_number="godzina: godz | strona: str s | numer: nr | rysunek: rys | rozdział: rozdz",
    )
    currencies: ClassVar = {
        "PLN": ("złoty", "złote", "złotych", "złotego"),
        "USD": ("dolar", "dolary", "dolarów", "dolara"),
        "EUR": ("euro",) * 4,
    }


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


class Greek(Language):
    """Greek."""

    starters = words("ο η το οι τα αυτός αυτή αυτό και αλλά όταν αν στο στη στην με για από")
    abbreviations: ClassVar = abbreviations(
        """
        παραδείγματος χάρη: π.χ | δηλαδή: δηλ | κύριος: κ | κυρία: κα | καθηγητής: καθ
        προ Χριστού: π.χρ | βλέπε: βλ | περίπου: περ
        """,
        often_ends="και λοιπά: κ.λπ κλπ | και άλλα: κ.ά",
        before_number="σελίδα: σ σελ | αριθμός: αρ | κεφάλαιο: κεφ",
    )
