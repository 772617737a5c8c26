"""Russian: "три целых пять десятых", "в тысяча девятьсот девяносто девятом году"."""

from __future__ import annotations

from typing import ClassVar

from tts_core.text.reading.languages.slavic import EastSlavic
from tts_core.text.reading.number import Number
from tts_core.text.reading.rule import Place
from tts_core.text.reading.tables import abbreviations, genders, words


class Russian(EastSlavic):
    """Russian."""

    ordinal_suffixes = tuple(
        f"-{suffix}" for suffix in words("й я е го му м х ми ю ой ый ая ое ые")
    )
    telephone_words = words("тел телефон факс")
    minus = "минус"
    point = "запятая"
    to = "до"
    wholes = ("целая", "целых")
    parts = (("десятая", "десятых"), ("сотая", "сотых"), ("тысячная", "тысячных"))
    one_thousand = ("одна тысяча", "тысяча")
    of_year = "года"
    year_words = ("года", "год", "г.")
    year_forms: ClassVar = {
        "год": "masculine", "года": "masculine-genitive", "году": "masculine-locative",
        "годом": "masculine-ablative", "годе": "masculine-locative", "годы": "plural",
        "годах": "plural-locative", "годов": "plural-genitive",
    }  # fmt: skip
    suffix_forms: ClassVar = {
        "й": "masculine", "ый": "masculine", "ой": "masculine", "я": "feminine", "ая": "feminine",
        "е": "neuter", "ое": "neuter", "го": "masculine-genitive", "му": "masculine-dative",
        "м": "masculine-locative", "х": "plural-genitive", "ми": "plural-ablative",
        "ю": "feminine-accusative", "ые": "plural",
    }  # fmt: skip
    signs: ClassVar = {
        "+": "плюс", "−": "минус", "-": "минус", "×": "умножить на", "·": "умножить на",
        "*": "умножить на", "÷": "разделить на", "=": "равно", "≠": "не равно",
        "≈": "приблизительно", "<": "меньше", ">": "больше", "≤": "меньше или равно",
        "≥": "больше или равно", "±": "плюс-минус", "~": "около", "√": "корень из",
        "∞": "бесконечность", "π": "пи", "&": "и", "§": "параграф", "°": "градусов",
        "%": "процентов", "№": "номер", "/": "дробь", "@": "собака", "→": "к", "€": "евро",
        "$": "долларов", "£": "фунтов", "₽": "рублей",
    }  # fmt: skip
    prefix_signs: ClassVar = {"+": "плюс", "<": "меньше", ">": "больше"}
    symbols: ClassVar = {
        ".": "точка", "@": "собака", "/": "слэш", "-": "дефис", "_": "подчёркивание",
        ":": "двоеточие", "#": "решётка", "?": "вопросительный знак", "=": "равно", "&": "и",
        "%": "процент", "+": "плюс", "~": "тильда", "number": "номер", "version": "версия",
        "hashtag": "хештег",
        "code block": "Блок кода.",
    }  # fmt: skip
    currencies: ClassVar = {
        "RUB": ("рубль", "рубля", "рублей", "рубля"), "EUR": ("евро",) * 4,
        "USD": ("доллар", "доллара", "долларов", "доллара"),
        "GBP": ("фунт", "фунта", "фунтов", "фунта"), "JPY": ("иена", "иены", "иен", "иены"),
        "UAH": ("гривна", "гривны", "гривен", "гривны"), "CNY": ("юань", "юаня", "юаней", "юаня"),
        "CHF": ("франк", "франка", "франков", "франка"),
    }  # fmt: skip
    currency_signs: ClassVar = {"руб.": "RUB", "руб": "RUB", "р.": "RUB"}
    cents: ClassVar = {
        "RUB": ("копейка", "копейки", "копеек", "копейки"),
        "EUR": ("цент", "цента", "центов", "цента"), "USD": ("цент", "цента", "центов", "цента"),
    }  # fmt: skip
    magnitudes: ClassVar = {
        **dict.fromkeys(words("тыс"), ("тысяча", "тысячи", "тысяч", "тысячи")),
        **dict.fromkeys(words("млн"), ("миллион", "миллиона", "миллионов", "миллиона")),
        **dict.fromkeys(words("млрд"), ("миллиард", "миллиарда", "миллиардов", "миллиарда")),
        **dict.fromkeys(words("трлн"), ("триллион", "триллиона", "триллионов", "триллиона")),
    }  # fmt: skip
    genders: ClassVar = genders(
        feminine="""
        тысяча копейка JPY UAH mass-tonne mass-ounce duration-second duration-minute duration-week
        length-mile energy-calorie energy-kilocalorie duration-millisecond power-horsepower
        """
    )
    unit_signs: ClassVar = {
        "км": "length-kilometer", "м": "length-meter", "см": "length-centimeter",
        "мм": "length-millimeter", "кг": "mass-kilogram", "г": "mass-gram", "мг": "mass-milligram",
        "т": "mass-tonne", "л": "volume-liter", "мл": "volume-milliliter", "га": "area-hectare",
        "км/ч": "speed-kilometer-per-hour", "м/с": "speed-meter-per-second",
        "м²": "area-square-meter", "кв. м": "area-square-meter", "м³": "volume-cubic-meter",
        "км²": "area-square-kilometer", "ч": "duration-hour", "мин": "duration-minute",
        "с": "duration-second", "сек": "duration-second", "кВт": "power-kilowatt",
        "Вт": "power-watt", "МВт": "power-megawatt", "кВт·ч": "energy-kilowatt-hour",
        "В": "electric-volt", "ГБ": "digital-gigabyte", "МБ": "digital-megabyte",
        "ТБ": "digital-terabyte", "Гц": "frequency-hertz", "МГц": "frequency-megahertz",
        "ГГц": "frequency-gigahertz", "ккал": "energy-kilocalorie", "мин.": "duration-minute",
        "ч.": "duration-hour", "л.с.": "power-horsepower",
    }  # fmt: skip
    words_like_units = words("с в В м г т л ч А l L A ly mi B ct t in") - words("м г т л ч")
    section_words = words("глава том часть раздел статья акт сцена фаза класс тип век веке века")
    capital_words = words(
        "а без бы в во вы да для до его ей ему если есть ещё же за и из или им их к как ко кто",
        "ли мне мы на",
        "не нет но ну о об он она они оно от по под при с свой себя со так там те то ты у уже",
        "что чтобы эта",
        "это я",
    )
    initialisms = words("ЕС США ООН РФ СССР ИИ АО ООО")
    starters = words(
        "он она оно они мы вы ты я это в на и но а когда если как после так там тут же для по"
    )
    code_words = words("код пароль индекс пин номер счёт")
    abbreviations: ClassVar = abbreviations(
        """
        то есть: т.е | так как: т.к | так называемый: т.н | имени: им | улица: ул | город: г
        профессор: проф | академик: акад | смотри: см | сравни: ср | например: напр | доктор: д-р
        господин: г-н | до нашей эры: до.н.э | нашей эры: н.э | около: ок | проспект: просп пр-т
        дом: д | квартира: кв | область: обл | телефон: тел | рублей: руб
        тысяч: тыс | миллионов: млн | миллиардов: млрд
        """,
        often_ends="так далее: т.д | тому подобное: т.п | другие: др",
        before_number="страница: стр с | рисунок: рис | таблица: табл | глава: гл | пункт: п",
    )

    def with_cents(self, whole: str, cents: str, number: int) -> str:
        """Return "пять рублей пятьдесят копеек"."""
        return f"{whole} {cents}"

    def power(self, exponent: Number) -> str | None:
        """Return "в квадрате", "в кубе", "в степени"."""
        known = {"2": "в квадрате", "3": "в кубе"}
        if not exponent.negative and exponent.whole in known:
            return known[exponent.whole]
        return f"в степени {self.number(exponent)}"

    def century(self, number: int, place: Place) -> str | None:
        """Return "девятнадцатый", "девятнадцатом" by the form of "век" after it."""
        following = (place.after(1) or [""])[0].lower()
        forms = {"век": "", "века": "-genitive", "веке": "-locative", "веку": "-dative"}
        if following not in forms:
            return None
        return self.ordinal(number, f"masculine{forms[following]}")

    def score(self, first: int, second: int) -> str | None:
        """Return "три два"."""
        return f"{self.cardinal(first)} {self.cardinal(second)}"
