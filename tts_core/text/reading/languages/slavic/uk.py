"""Ukrainian: "три цілих п'ять десятих", "о чотирнадцятій тридцять", "від п'яти до десяти"."""

from __future__ import annotations

from typing import ClassVar

from tts_core.text.reading.abbreviation import Abbreviation
from tts_core.text.reading.languages.slavic import ukrainian_words
from tts_core.text.reading.languages.slavic.base import EastSlavic
from tts_core.text.reading.languages.slavic.clock import OrdinalHours
from tts_core.text.reading.number import Number
from tts_core.text.reading.rule import Place
from tts_core.text.reading.tables import abbreviations, genders, words


class Ukrainian(OrdinalHours, EastSlavic):
    """Ukrainian."""

    ordinals = ukrainian_words.ORDINALS
    cardinal_cases = ukrainian_words.CARDINALS
    prepositions = ukrainian_words.PREPOSITIONS
    between_word = "між"
    conjunctions = words("і й та")
    locative_ends = ("ах", "ях")
    instrumental_ends = ("ами", "ями", "ьми")
    nouns = ukrainian_words.NOUNS
    plurals = ukrainian_words.PLURALS
    compounds = ukrainian_words.COMPOUNDS
    year_nouns: ClassVar = dict.fromkeys(words("рік року році роком роки років роках"), "")
    year_signs: ClassVar = {
        "р.": {"": "рік", "-genitive": "року", "-locative": "році", "-instrumental": "роком"},
        "рр.": {"": "роки", "-genitive": "років", "-locative": "роках", "-instrumental": "роками"},
    }
    counted_years = words("рік роки років")
    century_nouns = words("століття столітті століть століттям вік віку віці")
    century_signs: ClassVar = {
        sign: {"": "століття", "-genitive": "століття", "-locative": "столітті"}
        for sign in ("ст.", "століт.")
    }
    edition_nouns = ("світов", "з'їзд", "симфоні", "ліга", "ліги", "лізі", "тур", "сезон")
    regnal_men = ukrainian_words.MEN
    regnal_women = ukrainian_words.WOMEN
    men_endings: ClassVar = {
        "": "", "й": "", "а": "-genitive", "я": "-genitive", "у": "-dative", "ю": "-dative",
        "ові": "-dative", "ом": "-instrumental", "єм": "-instrumental", "і": "-locative",
    }  # fmt: skip
    women_endings: ClassVar = {
        "а": "", "я": "", "и": "-genitive", "ї": "-genitive", "і": "-dative", "у": "-accusative",
        "ю": "-accusative", "ою": "-instrumental", "єю": "-instrumental",
    }  # fmt: skip
    ordinal_suffixes = tuple(f"-{suffix}" for suffix in ukrainian_words.SUFFIXES)
    suffix_forms = ukrainian_words.SUFFIXES
    hour_nouns = frozenset()
    hour_range = ("з", "до")
    zeroth = "нульовий"
    half, and_half, and_part = "пів", "з половиною", "і"
    telephone_words = words("тел телефон факс телефонуйте дзвоніть наберіть подзвоніть моб")
    telephone_pattern = r"0\d{2}[ -]\d{3}[ -]\d{2}[ -]\d{2}|\d{3}-\d\d-\d\d"
    short_codes = words("112 101 102 103 104")
    by = "на"
    as_often = "рази"
    accusative_ending = ("а", "у")
    scales = ("тис", "млн", "млрд")
    per_word = "на"
    minus = "мінус"
    point = "кома"
    to = "до"
    wholes = ("ціла", "цілих")
    parts = (("десята", "десятих"), ("сота", "сотих"), ("тисячна", "тисячних"))
    one_thousand = ("одна тисяча", "тисяча")
    of_year = "року"
    year_words = ("року", "рік", "р.")
    signs: ClassVar = {
        "+": "плюс", "−": "мінус", "-": "мінус", "×": "помножити на", "·": "помножити на",
        "*": "помножити на", "÷": "поділити на", "=": "дорівнює", "≠": "не дорівнює",
        "≈": "приблизно", "<": "менше", ">": "більше", "≤": "менше або дорівнює",
        "≥": "більше або дорівнює", "±": "плюс-мінус", "~": "близько", "√": "корінь із",
        "∞": "нескінченність", "∪": "об'єднання", "∩": "перетин", "∫": "інтеграл",
        "∈": "належить", "π": "пі", "&": "і", "§": "параграф", "°": "градусів",
        "%": "відсотків", "№": "номер", "/": "дріб", "@": "собака", "→": "до", "€": "євро",
        "$": "доларів", "£": "фунтів", "₴": "гривень", "©": "копірайт",
    }  # fmt: skip
    prefix_signs: ClassVar = {"+": "плюс", "<": "менше", ">": "більше"}
    symbols: ClassVar = {
        ".": "крапка", "@": "собака", "/": "слеш", "-": "дефіс", "_": "підкреслення",
        ":": "двокрапка", "#": "решітка", "?": "знак питання", "=": "дорівнює", "&": "і",
        "%": "відсоток", "+": "плюс", "~": "тильда", "number": "номер", "version": "версія",
        "hashtag": "хештег", "code block": "Блок коду.",
    }  # fmt: skip
    currencies: ClassVar = {
        "UAH": ("гривня", "гривні", "гривень", "гривні"), "EUR": ("євро",) * 4,
        "USD": ("долар", "долари", "доларів", "долара"),
        "GBP": ("фунт", "фунти", "фунтів", "фунта"), "JPY": ("єна", "єни", "єн", "єни"),
        "PLN": ("злотий", "злоті", "злотих", "злотого"), "CNY": ("юань", "юані", "юанів", "юаня"),
        "CHF": ("франк", "франки", "франків", "франка"),
        "CZK": ("крона", "крони", "крон", "крони"),
    }  # fmt: skip
    currency_signs: ClassVar = {
        "грн.": "UAH", "грн": "UAH", "коп.": "¢UAH", "коп": "¢UAH", "дол.": "USD", "дол": "USD",
    }  # fmt: skip
    cents: ClassVar = {
        "UAH": ("копійка", "копійки", "копійок", "копійки"),
        "EUR": ("цент", "центи", "центів", "цента"), "USD": ("цент", "центи", "центів", "цента"),
    }  # fmt: skip
    magnitudes: ClassVar = {
        "тис": ("тисяча", "тисячі", "тисяч", "тисячі"),
        "млн": ("мільйон", "мільйони", "мільйонів", "мільйона"),
        "млрд": ("мільярд", "мільярди", "мільярдів", "мільярда"),
        "трлн": ("трильйон", "трильйони", "трильйонів", "трильйона"),
    }  # fmt: skip
    genders: ClassVar = genders(
        feminine="""
        шт тисяча копійка UAH JPY CZK mass-tonne mass-ounce duration-second duration-minute
        duration-hour length-mile energy-calorie energy-kilocalorie duration-millisecond
        energy-kilowatt-hour mAh Wh MWh GWh power-horsepower pressure-atmosphere
        """
    )
    units = ukrainian_words.UNITS
    unit_signs = ukrainian_words.UNIT_SIGNS
    words_like_units = words("с В А A B J K N V W h m s g t l L in ft mi ct")
    section_words = words(
        "розділ розділі розділу том томі тому частина частини частині глава глави главі стаття",
        "акт дія сцена клас класі фаза тип група групи",
    )
    capital_words = words(
        "а але б без був би бо в вам вас ви від він вона вони воно да де для до ж за з зі із і й",
        "їй її їх його є коли ли ми мій на над нам нас не ні но о об од по при про під так та там",
        "те ти той то тут ту у усе хто це цей чи що щоб як я",
    )
    initialisms = words("США ООН ЄС ЗСУ СБУ НАТО УНР СРСР ЦК АТО ДТП ПДВ МВФ")
    starters = words(
        "він вона воно вони ми ви ти я це в у на і та але а коли якщо як після так там тут потім",
        "для до про з",
    )
    agreeing = words("т.зв св")
    code_words = words("код пароль індекс пін номер рахунок")
    abbreviations: ClassVar = abbreviations(
        """
        тобто: т.є | так званий: т.зв | імені: ім | вулиця: вул | місто: м | професор: проф
        академік: акад | дивись: див | порівняй: пор | наприклад: напр | до нашої ери: до.н.е
        нашої ери: н.е | близько: бл | проспект: просп пр | площа: пл | провулок: пров
        будинок: буд | корпус: корп | квартира: кв | область: обл | район: р-н | село: с
        телефон: тел | гривень: грн | осіб: ос | тисяч: тис | мільйонів: млн | мільярдів: млрд
        українське: укр | англійське: англ | пан: п | доцент: доц | святий: св | інженер: інж
        """,
        often_ends="і так далі: і.т.д | так далі: т.д | тому подібне: т.п | інші: ін",
        bare="доктор: д-р Д-р | пан: п-н | район: р-н | будинок: б-к | бульвар: б-р",
        before_number="стаття: ст | частина: ч | сторінка: стор с | рисунок: рис | таблиця: табл"
        " | глава: гл | пункт: п | розділ: розд | том: т",
    )

    def ordinal(self, number: int, form: str = "") -> str:
        """Return an ordinal; one of a thousand begins with "тисяча", not "одна тисяча"."""
        return self._shortened(super().ordinal(number, form))

    def _say(self, number: int, form: str = "") -> str:
        return super()._say(number, form).replace("\u02bc", "'")

    def written_ordinal(self, place: Place, digits: str, suffix: str) -> str | None:
        """Read "5-й"; "2-х" and "5-ти" are cardinals in the genitive."""
        ending, number = suffix.lstrip("-"), int(digits)
        if ending == "ти" or (ending == "х" and number % 10 in (2, 3, 4)):
            return self.cardinal(number, "masculine-genitive")
        return super().written_ordinal(place, digits, suffix)

    def abbreviation(self, word: str, place: Place) -> Abbreviation | None:
        """Tell "с." and "п." before a number, a page and a point, from a village and a name."""
        following = place.source[place.end : place.end + 2].strip()
        if word in ("с", "п"):
            name = {"с": ("сторінка", "село"), "п": ("пункт", "пан")}[word]
            if following.isdecimal():
                return Abbreviation(name[0], before_number=True)
            return Abbreviation(name[1]) if following.isupper() else None
        return super().abbreviation(word, place)

    def with_cents(self, whole: str, cents: str, number: int) -> str:
        """Return "п'ять гривень п'ятдесят копійок"."""
        return f"{whole} {cents}"

    def power(self, exponent: Number) -> str | None:
        """Return "у квадраті", "у кубі", "у степені"."""
        known = {"2": "у квадраті", "3": "у кубі"}
        if not exponent.negative and exponent.whole in known:
            return known[exponent.whole]
        return f"у степені {self.number(exponent)}"

    def score(self, first: int, second: int) -> str | None:
        """Return "три один"."""
        return f"{self.cardinal(first)} {self.cardinal(second)}"
