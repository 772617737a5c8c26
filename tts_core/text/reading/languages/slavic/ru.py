"""Russian: "три целых пять десятых", "в тысяча девятьсот девяносто девятом году"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from tts_core.text.reading.abbreviation import Abbreviation
from tts_core.text.reading.languages.slavic import russian_rules
from tts_core.text.reading.languages.slavic.base import EastSlavic
from tts_core.text.reading.number import Number, ascii_digits
from tts_core.text.reading.rule import Place, Rule
from tts_core.text.reading.tables import abbreviations, genders, words


class Russian(EastSlavic):
    """Russian."""

    ordinal_suffixes = tuple(
        f"-{suffix}" for suffix in words("й я е го му м х ми ю ой ый ая ое ые")
    )
    telephone_words = words("тел телефон факс звоните позвоните набери наберите вызовите звони")
    telephone_pattern = r"8[ -]?\(?\d{3}\)?[ -]?\d{3}[ -]?\d\d[ -]?\d\d|\d{3}-\d\d-\d\d"
    short_codes = words("112 101 102 103 104 911")
    by = "на"
    as_often = "раза"
    scales = ("тыс", "млн", "млрд")
    minus = "минус"
    point = "запятая"
    to = "до"
    per_word = "за"
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
        "♯": "диез", "♭": "бемоль", "℡": "телефон",
        "+": "плюс", "−": "минус", "-": "минус", "×": "умножить на", "·": "умножить на",
        "*": "умножить на", "÷": "разделить на", "=": "равно", "≠": "не равно",
        "≈": "приблизительно", "<": "меньше", ">": "больше", "≤": "меньше или равно",
        "≥": "больше или равно", "±": "плюс-минус", "~": "около", "√": "корень из", "©": "копирайт",
        "∞": "бесконечность",
        "∪": "объединение", "∩": "пересечение", "∫": "интеграл", "∈": "принадлежит",
        "π": "пи", "&": "и", "§": "параграф", "°": "градусов",
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
    currency_signs: ClassVar = {
        "долл.": "USD", "долл": "USD", "руб.": "RUB", "руб": "RUB", "р.": "RUB", "коп.": "¢RUB",
        "коп": "¢RUB",
    }  # fmt: skip
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
        шт тысяча копейка
        JPY UAH mass-tonne mass-ounce duration-second duration-minute duration-week
        length-mile energy-calorie energy-kilocalorie duration-millisecond power-horsepower
        volume-teaspoon volume-tablespoon
        """
    )
    units: ClassVar = {
        "шт": ("штука", "штуки", "штук", "штуки"),
        "dB": ("децибел", "децибела", "децибел", "децибела"),
        "Mbps": ("мегабит в секунду", "мегабита в секунду", "мегабит в секунду",
                 "мегабита в секунду"),
        "Gbps": ("гигабит в секунду", "гигабита в секунду", "гигабит в секунду",
                 "гигабита в секунду"),
        "MB/s": ("мегабайт в секунду", "мегабайта в секунду", "мегабайт в секунду",
                 "мегабайта в секунду"),
        "mAh": ("миллиампер-час", "миллиампер-часа", "миллиампер-часов", "миллиампер-часа"),
        "kV": ("киловольт", "киловольта", "киловольт", "киловольта"),
        "rpm": ("оборот в минуту", "оборота в минуту", "оборотов в минуту", "оборота в минуту"),
        "fps": ("кадр в секунду", "кадра в секунду", "кадров в секунду", "кадра в секунду"),
        "mm²": ("квадратный миллиметр", "квадратных миллиметра", "квадратных миллиметров",
                "квадратного миллиметра"),
        "mass-kilogram": ("килограмм", "килограмма", "килограммов", "килограмма"),
        "km/s": ("километр в секунду", "километра в секунду", "километров в секунду",
                 "километра в секунду"),
        "mass-gram": ("грамм", "грамма", "граммов", "грамма"),
    }  # fmt: skip
    unit_signs: ClassVar = {
        "км": "length-kilometer", "м": "length-meter", "см": "length-centimeter",
        "мм": "length-millimeter", "кг": "mass-kilogram", "г": "mass-gram", "мг": "mass-milligram",
        "т": "mass-tonne", "л": "volume-liter", "мл": "volume-milliliter", "га": "area-hectare",
        "км/ч": "speed-kilometer-per-hour", "м/с": "speed-meter-per-second", "км/с": "km/s",
        "м²": "area-square-meter", "кв. м": "area-square-meter", "м³": "volume-cubic-meter",
        "км²": "area-square-kilometer", "ч": "duration-hour", "мин": "duration-minute",
        "с": "duration-second", "сек": "duration-second", "кВт": "power-kilowatt",
        "Вт": "power-watt", "МВт": "power-megawatt", "кВт·ч": "energy-kilowatt-hour",
        "В": "electric-volt", "ГБ": "digital-gigabyte", "МБ": "digital-megabyte",
        "ТБ": "digital-terabyte", "Гц": "frequency-hertz", "МГц": "frequency-megahertz",
        "ГГц": "frequency-gigahertz", "ккал": "energy-kilocalorie", "мин.": "duration-minute",
        "шт.": "шт", "шт": "шт", "дБ": "dB", "Мбит/с": "Mbps", "Гбит/с": "Gbps", "МБ/с": "MB/s",
        "мА·ч": "mAh", "мАч": "mAh",
        "кВ": "kV", "об/мин": "rpm", "мм²": "mm²", "дм": "length-decimeter",
        "мл.": "volume-milliliter",
        "см²": "area-square-centimeter", "см³": "volume-cubic-centimeter",
        "кв.м": "area-square-meter", "куб. м": "volume-cubic-meter", "кДж": "energy-kilojoule",
        "Па": "pressure-pascal", "кПа": "pressure-kilopascal", "Дж": "energy-joule",
        "ГВт": "power-gigawatt", "кВт⋅ч": "energy-kilowatt-hour", "кВтч": "energy-kilowatt-hour",
        "ч.": "duration-hour", "л.с.": "power-horsepower",
        "ч. л.": "volume-teaspoon", "ст. л.": "volume-tablespoon", "дн.": "duration-day",
        "дн": "duration-day",
    }  # fmt: skip
    per_signs: ClassVar = {
        "сут": "duration-day",
        "сут.": "duration-day",
        "мес": "duration-month",
        "мес.": "duration-month",
        "ч": "duration-hour",
    }
    words_like_units = words("с в В м г т л ч А l L A ly mi B ct t in") - words("м г т л ч")
    section_words = words("глава том часть раздел статья акт сцена фаза класс тип век веке века")
    capital_words = words(
        "а без бы в во вы да для до его ей ему если есть ещё же за и из или им их к как ко кто",
        "ли мне мы на",
        "не нет но ну о об он она они оно от по под при с свой себя со так там те то ты у уже",
        "что чтобы эта",
        "это я вуз нато тасс мкад",
    )
    initialisms = words("ГИБДД ЦСКА ЕАЭС ЕС США ООН РФ СССР ИИ АО ООО")
    starters = words(
        "он она оно они мы вы ты я это в на и но а когда если как после так там тут же для по"
    )
    code_words = words("код пароль индекс пин номер счёт")
    abbreviations: ClassVar = abbreviations(
        """
        то есть: т.е | так как: т.к | так называемый: т.н | имени: им | улица: ул | город: г
        профессор: проф | академик: акад | смотри: см | сравни: ср | например: напр
        до нашей эры: до.н.э | нашей эры: н.э | около: ок | проспект: просп
        проспект: пр | дом: д | корпус: корп | квартира: кв | область: обл | телефон: тел
        рублей: руб | человек: чел
        том числе: т.ч | кабинет: каб | уважением: ув | течение: теч | отправление: отпр
        прибытие: приб
        тысяч: тыс | миллионов: млн | миллиардов: млрд
        """,
        often_ends="так далее: т.д | тому подобное: т.п | другие: др",
        bare="доктор: д-р Д-р | господин: г-н Г-н | госпожа: г-жа Г-жа"
        " | проспект: пр-т | бульвар: б-р",
        before_number="статья: ст | часть: ч | страница: стр с | рисунок: рис"
        " | таблица: табл | глава: гл | пункт: п",
    )

    def rules(self) -> Iterator[Rule]:
        """Yield the rules of years, centuries and compound words."""
        yield from super().rules()
        yield from russian_rules.rules(self)

    def cardinal(self, number: int, form: str = "") -> str:
        """Return a cardinal with "ё"."""
        return russian_rules.with_dots(super().cardinal(number, form))

    def ordinal(self, number: int, form: str = "") -> str:
        """Return an ordinal with "ё", and one of whole hundreds, of which CLDR has cardinals."""
        hundreds = number // 100 % 10
        if hundreds and number % 100 == 0:
            like = super().ordinal(50, form)  # "пятидесятый"
            head = self.cardinal(number // 1000 * 1000) if number > 1000 else ""
            stem = russian_rules.HUNDREDS[hundreds]
            return self._shortened(f"{head} {stem}{like.removeprefix('пятидесят')}".strip())
        return russian_rules.with_dots(super().ordinal(number, form))

    def form_of(self, place: Place) -> str:
        """Return gender and case by the words around a number."""
        noun = (place.after(1) or [""])[0].lower()
        number = int(ascii_digits(place.text)[-3:] or 0)
        gender = "masculine"
        case = russian_rules.case_of(place)
        if place.next in (" ", "\u00a0") and noun[:1].isalpha() and number % 10 in (1, 2):
            # "одной книги", but "одного студента"
            plural = 2 if case == "-genitive" else number
            gender = russian_rules.gender_of(noun, plural)
        if case and noun.endswith(("ок", "ек", "ль")) and number % 10 == 2:
            gender = "feminine"
        return f"{gender}{case}"

    def quantity_at(self, number: Number, unit: str, place: Place) -> str | None:
        """Return a quantity in the case that the word before it demands."""
        case = russian_rules.case_of(place)
        said = self.quantity(number, unit)
        if said and number.fraction and place.word_before.lower() in ("на", "в", "за", "через"):
            return russian_rules.accusative(said)
        if number.negative or case != "-genitive" or not said:
            return said
        if number.fraction:
            return f"{self._decimal_genitive(number)} {self.unit_name(unit, number)}"
        gender = self.genders.get(unit, self.unit_gender)
        one = number.value % 10 == 1 and number.value % 100 != 11
        name = self.unit_name(unit, Number("2" if one else "5"))
        return f"{self.cardinal(int(number.whole), gender + case)} {name}"

    def unit_of_part(self, unit: str, whole: int) -> str | None:
        """Return the genitive: "одна вторая литра"."""
        return self.unit_name(unit, Number("1", "5"))

    def _decimal_genitive(self, number: Number) -> str:
        """Return "двенадцати целых пяти десятых"; long fractions stay as they are."""
        if len(number.fraction) > len(self.parts):
            return self.number(number)
        whole, part = int(number.whole), int(number.fraction)
        tenth = self.parts[len(number.fraction) - 1]
        said = []
        for value, (one, many) in ((whole, self.wholes), (part, tenth)):
            is_one = value % 10 == 1 and value % 100 != 11
            said += [self.cardinal(value, "feminine-genitive")]
            said += [f"{one.removesuffix('ая')}ой" if is_one else many]
        return " ".join(said)

    def time(self, hour: int, minute: int, second: int | None, place: Place, half: str = "") -> str:
        """Return a time in the case that the word before it demands."""
        before = place.word_before.lower()
        opens = before in ("с", "со") and (place.after(1) or [""])[0].lower() in ("до", "по")
        case = "-genitive" if opens else russian_rules.case_of(place)
        if second is not None or case not in ("-genitive", "-dative"):
            return super().time(hour, minute, second, place, half)
        return self._declined_time(hour, minute, case)

    def _declined_time(self, hour: int, minute: int, case: str) -> str:
        """Return "восьми часов тридцати минут", "пятнадцати часам"."""
        said = [(hour, "masculine", *russian_rules.TIME_NOUNS[f"hour{case}"])]
        if minute:
            said.append((minute, "feminine", *russian_rules.TIME_NOUNS[f"minute{case}"]))
        return " ".join(
            f"{self.cardinal(number, gender + case)} "
            f"{one if number % 10 == 1 and number != 11 else many}"
            for number, gender, one, many in said
        )

    def time_range(self, place: Place, first: str, last: str) -> str:
        """Return "с девяти часов до восемнадцати часов" unless a preposition stands before."""
        if place.word_before.lower() in ("с", "со", "от", "до", "в", "на"):
            return super().time_range(place, first, last)
        said = [
            self._declined_time(int(place[f"h{end}"]), int(place[f"m{end}"] or 0), "-genitive")
            for end in "12"
        ]
        return f"с {said[0]} до {said[1]}"

    def money_at(self, number: Number, code: str, magnitude: str, place: Place) -> str | None:
        """Return an amount, after "более" in the genitive."""
        case = russian_rules.case_of(place)
        cents = number.fraction and number.fraction != "00"
        if magnitude or cents or number.negative or case != "-genitive":
            return super().money_at(number, code, magnitude, place)
        one = number.value % 10 == 1 and number.value % 100 != 11
        name = self.currency(code, Number("2" if one else "5"))
        gender = self.genders.get(code, self.unit_gender)
        return name and f"{self.cardinal(int(number.whole), gender + case)} {name}"

    def of_magnitude_at(self, number: Number, magnitude: str, place: Place) -> str:
        """Return "трёх миллионов" after "более"."""
        if number.fraction or russian_rules.case_of(place) != "-genitive":
            return self.of_magnitude(number, magnitude, "")
        forms = self.magnitudes[magnitude]
        gender = self.genders.get(forms[0], self.unit_gender)
        one = number.value % 10 == 1 and number.value % 100 != 11
        return f"{self.cardinal(int(number.whole), f'{gender}-genitive')} {forms[1 if one else 2]}"

    def mixed(self, whole: int, part: str) -> str:
        """Return "полтора", "два с половиной", "две целых и три четвёртых"."""
        if part == "одна вторая":
            return "полтора" if whole == 1 else f"{self.cardinal(whole)} с половиной"
        return f"{self.cardinal(whole, 'feminine')} {self.wholes[whole % 10 != 1]} и {part}"

    def weekday(self, name: str, place: Place) -> str:
        """Return the accusative after a preposition: "в среду"."""
        if place.word_before.lower() in ("в", "во", "на", "за") and name.endswith("а"):
            return f"{name[:-1]}у"
        return name

    def day(self, number: int, place: Place) -> str:
        """Return the day in the genitive, after "по" and "на" in the accusative."""
        before = place.word_before.lower()
        cases = {"по": "", "на": "", "к": "-dative", "ко": "-dative"}
        return self.ordinal(number, f"neuter{cases.get(before, '-genitive')}")

    def abbreviation(self, word: str, place: Place) -> Abbreviation | None:
        """Read "пр." after "и" as "прочее"."""
        if word.lower() == "пр" and place.word_before.lower() == "и":
            return Abbreviation("прочее", ends=True)
        named = (place.after(1) or [""])[0]
        if word.lower() == "им" and (not named[:1].isupper() or named.lower() in self.starters):
            return None  # "сказал им."
        return super().abbreviation(word, place)

    def is_ruler(self, name: str) -> bool:
        """Return whether a word is the name of a ruler in any case."""
        return russian_rules.ruler_case(name) is not None

    def regnal(self, number: int, place: Place) -> str:
        """Return the number of a ruler in the case of the name."""
        form = russian_rules.ruler_case(place.word_before) or "masculine"
        if form == "masculine-locative" and place.before(2)[0].lower() in ("к", "ко", "по"):
            form = "masculine-dative"
        return self.ordinal(number, form).capitalize()

    def is_word(self, sign: str, place: Place, before: str, number: Number) -> bool:
        """Tell units from ordinals ("10-м") and from the prepositions "с" and "в"."""
        if before == "-" and f"-{sign}" in self.ordinal_suffixes:
            return True
        ends = not place.source[place.end : place.end + 2].strip(" .,;:!?)").isalnum()
        is_last = place.next in ("", ".", ",", ";", ")", "!", "?") and ends
        return super().is_word(sign, place, before, number) and not is_last

    def per(self, spoken: str, unit: str) -> str | None:
        """Return "за тонну" where CLDR has no pattern."""
        said = super().per(spoken, unit)
        without = said is not None and self.cldr.per(unit) is None and said.endswith("а")
        return f"{said[:-1]}у" if said and without else said

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
        following = (place.after(1) or [""])[0].lower().rstrip(".")
        forms = {"век": "", "века": "-genitive", "веке": "-locative", "веку": "-dative"}
        if following not in forms:
            return None
        return self.ordinal(number, f"masculine{forms[following]}")

    def score(self, first: int, second: int) -> str | None:
        """Return "три два"."""
        return f"{self.cardinal(first)} {self.cardinal(second)}"
