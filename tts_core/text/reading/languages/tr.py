"""Turkish: "üçte", "iki bin yirmi dördün", "ikinci Mehmed", "saatte yüz yirmi kilometre"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import regex

from tts_core.text.reading.abbreviation import Abbreviation
from tts_core.text.reading.kinds.number_pattern import number_pattern, parse
from tts_core.text.reading.language import Language
from tts_core.text.reading.number import Number, ascii_digits, roman_value
from tts_core.text.reading.rule import Place, Rule, any_of, rule
from tts_core.text.reading.tables import abbreviations, pairs, words

_VOWELS = "aeıioöuüâîû"
_ORDINAL_NOUNS = words(
    "Dünya Yüzyıl Cadde Caddesi Sokak Sokağı Ordu Kolordu Tümen Lig Ligi Hafta Bölge Yıl Kat",
    "Cumhurbaşkanı Başbakan Uluslararası Ulusal Dönem Meşrutiyet Büyük Geleneksel Olağan Asliye",
    "Ağır Sulh İcra Noter Noterliği Sanayi Haçlı Viyana Balkan İnönü Kosova Köprü Levent Boğaz",
    "Mehmed Mehmet Murad Murat Selim Süleyman Mustafa Osman Ahmed Ahmet Mahmud Bayezid Beyazıt",
    "Abdülhamid Abdülhamit İbrahim Abdülmecid Kılıçarslan Alaeddin Keyhüsrev Louis Elizabeth",
    "Henry Charles Edward George James Wilhelm Nikolay Katerina Aleksandr Petro Philip Karl",
    "Friedrich Ramses Justinianus Konstantin Jean John Papa Pius",
)
"""Nouns with a capital after an ordinal: "2. Dünya Savaşı", "II. Mehmed"."""
_FOREIGN = {"COVID": "Covid"}
"""Words in capitals whose "I" is that of other languages."""
_ROMAN = r"(?=[IVX])X{0,3}(?:IX|IV|V?I{0,3})"


class Turkish(Language):
    """Turkish; nouns stay in the singular after numbers."""

    apostrophe_suffixes = True
    numbers_in_codes = True
    group_signs = "."
    decimal_sign = ","
    number_after_sign = True
    minus = "eksi"
    point = "virgül"
    to = "ile"
    by = "çarpı"
    as_often = "kat"
    scales = ("bin", "milyon", "milyar")
    date_order = "dmy"
    hour_signs = (":", ".")
    before_times = words("saat saati")
    hour_words = ()
    telephone_words = words("tel telefon faks gsm arayın ara arayınız cep")
    telephone_pattern = r"0\d{3}[ -]\d{3}[ -]\d{2}[ -]\d{2}|5\d{2}[ -]\d{3}[ -]\d{2}[ -]\d{2}"
    short_codes = words("112 155 156 110 118")
    signs: ClassVar = {
        "+": "artı", "−": "eksi", "-": "eksi", "×": "çarpı", "·": "çarpı", "*": "çarpı",
        "÷": "bölü", "=": "eşittir", "≠": "eşit değildir", "≈": "yaklaşık", "<": "küçüktür",
        ">": "büyüktür", "≤": "küçük eşittir", "≥": "büyük eşittir", "±": "artı eksi",
        "~": "yaklaşık", "√": "karekök", "∞": "sonsuz", "∪": "birleşim", "∩": "kesişim",
        "∫": "integral", "∈": "elemanıdır", "π": "pi", "&": "ve", "§": "paragraf", "°": "derece",
        "%": "yüzde", "№": "numara", "/": "bölü", "@": "et", "→": "ok", "€": "euro",
        "$": "dolar", "£": "sterlin", "₺": "lira", "©": "telif hakkı",
    }  # fmt: skip
    prefix_signs: ClassVar = {"+": "artı", "<": "küçüktür", ">": "büyüktür"}
    symbols: ClassVar = {
        ".": "nokta", "@": "et", "/": "bölü", "-": "tire", "_": "alt çizgi", ":": "iki nokta",
        "#": "kare", "?": "soru işareti", "=": "eşittir", "&": "ve", "%": "yüzde", "+": "artı",
        "~": "tilde", "number": "numara", "version": "sürüm", "hashtag": "hashtag",
        "code block": "Kod bloğu.",
    }  # fmt: skip
    currencies: ClassVar = {
        code: (name,) * 2
        for code, name in {
            "TRY": "lira", "EUR": "euro", "USD": "dolar", "GBP": "sterlin", "JPY": "yen",
            "CHF": "frank", "RUB": "ruble", "CNY": "yuan", "AZN": "manat", "SAR": "riyal",
        }.items()
    }  # fmt: skip
    currency_signs: ClassVar = {"TL": "TRY", "₺": "TRY", "kr.": "¢TRY", "krş.": "¢TRY"}
    cents: ClassVar = {
        "TRY": ("kuruş",) * 2, "EUR": ("sent",) * 2, "USD": ("sent",) * 2, "GBP": ("peni",) * 2,
    }  # fmt: skip
    magnitudes: ClassVar = {
        **pairs("bin", "bin"), **pairs("milyon", "milyon mn mio"), **pairs("milyar", "milyar mr"),
        **pairs("trilyon", "trilyon trl"),
    }  # fmt: skip
    units: ClassVar = {
        unit: (name,) * 2
        for unit, name in {
            "dB": "desibel", "kV": "kilovolt", "mV": "milivolt", "mAh": "miliamper saat",
            "Ah": "amper saat", "Wh": "vat saat", "MWh": "megavat saat", "GWh": "gigavat saat",
            "TWh": "teravat saat", "energy-kilowatt-hour": "kilovat saat", "kN": "kilonewton",
            "Nm": "newton metre", "kΩ": "kiloohm", "digital-byte": "bayt", "length-foot": "fit",
            "length-inch": "inç", "length-mile": "mil", "light-lux": "lüks", "pressure-bar": "bar",
            "mm²": "milimetrekare", "substance-amount-mole": "mol", "adet": "adet",
            "temperature-celsius": "santigrat derece", "dönüm": "dönüm",
        }.items()
    }  # fmt: skip
    around: ClassVar = {
        "speed-kilometer-per-hour": ("saatte", "kilometre"),
        "speed-mile-per-hour": ("saatte", "mil"),
        "speed-meter-per-second": ("saniyede", "metre"), "kbps": ("saniyede", "kilobit"),
        "Mbps": ("saniyede", "megabit"), "Gbps": ("saniyede", "gigabit"),
        "MB/s": ("saniyede", "megabayt"), "GB/s": ("saniyede", "gigabayt"),
        "rpm": ("dakikada", "devir"), "fps": ("saniyede", "kare"),
        "concentr-percent": ("yüzde", ""), "concentr-permille": ("binde", ""),
        "concentr-part-per-1e6": ("milyonda", ""),
    }  # fmt: skip
    """What stands before the number, and after it."""
    unit_signs: ClassVar = {
        "sa": "duration-hour", "sa.": "duration-hour", "dk": "duration-minute",
        "dk.": "duration-minute", "sn": "duration-second", "sn.": "duration-second",
        "km/sa": "speed-kilometer-per-hour", "gr": "mass-gram", "lt": "volume-liter",
        "mt": "length-meter", "ad.": "adet", "kcal": "energy-kilocalorie",
    }  # fmt: skip
    words_like_units = words("A B J K N V W ct ft in ly mi sa")
    section_words = words("bölüm cilt kısım kitap perde sahne ünite tip faz grup tablo")
    capital_words = words(
        "acaba ama ancak bana bazı ben beni bir biz bizi bu bunu çok çünkü da daha de değil en",
        "gibi hem hep her hiç için ile ise işte kadar ki kim mi mı mu mü ne o olan olarak on onu",
        "sen siz şey şu tüm var ve veya ya yani yok",
    )
    initialisms = words(
        "COVID TBMM ABD AB TRT THY ODTÜ İTÜ AKP CHP MHP TÜİK ÖSYM TDK KDV SGK PTT TL"
    )
    starters = words(
        "o bu şu ben sen biz siz onlar ve ama fakat çünkü sonra önce bir her daha burada orada",
        "böylece ancak yani bunun bunu şimdi",
    )
    code_words = words("kod kodu şifre pin numarası no parola hesap plaka")
    abbreviations: ClassVar = abbreviations(
        """
        doktor: dr | profesör: prof | doçent: doç | avukat: av | sayın: sn | mühendis: müh
        örneğin: örn | bakınız: bkz bk | hazreti: hz | yüzyıl: yy | caddesi: cad cd
        mahallesi: mah mh | bulvarı: bul blv | apartmanı: apt | albay: alb
        general: gen | yüzbaşı: yzb | öğretmen: öğr | uzman: uzm | milattan önce: m.ö mö
        milattan sonra: m.s | karşılaştırınız: krş | çeviren: çev | telefon: tel
        yardımcı: yrd | bölüm: böl | yaklaşık: yakl | ordinaryüs: ord
        """,
        ends="sokak: sok sk | vesaire: vs",
        often_ends="ve benzeri: vb | ve diğerleri: vd",
        before_number="sayfa: s sf | numara: no | şekil: şek | tablo: tab | madde: md mad"
        " | cilt: c",
        bare="numara: No no | milattan önce: MÖ | milattan sonra: MS",
    )

    def upper(self, text: str) -> str:
        """Return a text in upper case, "i" as "İ"."""
        return text.replace("i", "İ").upper()

    def lower(self, text: str) -> str:
        """Return a text in lower case, "I" as "ı"."""
        return text.replace("İ", "i").replace("I", "ı").lower()

    def letters(self, text: str) -> str:
        """Return letters that are spelled, or a foreign word as it is read."""
        return _FOREIGN.get(text) or super().letters(text)

    def rules(self) -> Iterator[Rule]:
        """Yield the rules of suffixes, ordinals with a full stop, decades, percentages."""
        number = number_pattern(self)
        yield rule(
            "time",
            "digit",
            r"(?<![\p{L}\p{N}.,])(?P<h>[01]?\d|2[0-4])\.(?P<m>[0-5]\d)"
            r"(?=['’](?:[dt][ae]n?|y?[ae])(?!\p{L}))",
            lambda place: self.time(int(place["h"]), int(place["m"]), None, place),
        )
        suffix = r"['’](?P<suffix>\p{Ll}{1,16})"
        yield rule(
            "number",
            "digit",
            rf"(?<![\p{{L}}\p{{N}}])(?<!\p{{N}}[.,])(?P<n>{number})(?P<stop>\.?){suffix}",
            lambda place: (
                f"{self.ordinal(int(ascii_digits(place['n'])))}{place['suffix']}"
                if place["stop"]
                else self._with_suffix(place["n"], place["suffix"])
            ),
        )
        yield rule(
            "unit",
            "sign",
            rf"%[ ]?(?P<n>{number}){suffix}",
            lambda place: f"yüzde {self._with_suffix(place['n'], place['suffix'])}",
        )
        yield rule(
            "unit",
            "sign",
            rf"%[ ]?(?P<a>{number})[ ]?[-–][ ]?(?:%[ ]?)?(?P<b>{number})(?!%)",
            lambda place: f"yüzde {self.between(*self._numbers(place))}",
        )
        yield rule(
            "ordinal",
            "digit",
            r"(?<![\p{L}\p{N},:/])(?<!\p{N}\.)(?P<n>\d{1,4})\.(?=[ \u00a0](?:\p{Ll}{2,}|"
            rf"{any_of(_ORDINAL_NOUNS)}(?!\p{{L}})))",
            lambda place: self.ordinal(int(place["n"])),
        )
        yield rule(
            "roman",
            "letter",
            rf"(?<![\p{{L}}\p{{N}}'’-])(?P<n>{_ROMAN})\.(?=[ \u00a0](?:\p{{Ll}}{{2,}}|"
            rf"{any_of(_ORDINAL_NOUNS)}(?!\p{{L}})))",
            lambda place: self.ordinal(roman_value(place["n"])),
        )

    def _numbers(self, place: Place) -> tuple[str, str]:
        first, last = (self.number(parse(place[name], self)) for name in "ab")
        return first, last

    def _with_suffix(self, digits: str, suffix: str) -> str:
        """Return a number with a suffix; "dört" has a soft end before a vowel."""
        said = self.number(parse(digits, self))
        return (_softened(said) if suffix[0] in _VOWELS else said) + suffix

    def number(self, number: Number, form: str = "") -> str:
        """Return "iki buçuk" for 2.5, "üç virgül on dört" for 3.14."""
        if number.fraction == "5" and int(number.whole or 0):
            return f"{super().number(Number(number.whole, '', number.negative))} buçuk"
        return super().number(number, form)

    def quantity(self, number: Number, unit: str) -> str | None:
        """Return "saatte yüz yirmi kilometre", "yüzde beş"."""
        if unit in self.around:
            before, after = self.around[unit]
            return f"{before} {self.number(number)} {after}".strip()
        return super().quantity(number, unit)

    def unit_name(self, unit: str, number: Number) -> str | None:
        """Return the name of a unit alone."""
        if unit in self.around:
            return " ".join(part for part in self.around[unit] if part)
        return super().unit_name(unit, number)

    def unit_range(self, first: Number, last: Number, unit: str) -> str | None:
        """Return "beş on kilo"."""
        if unit in self.around:
            before, after = self.around[unit]
            return f"{before} {self.between(self.number(first), self.number(last))} {after}".strip()
        return super().unit_range(first, last, unit)

    def per(self, spoken: str, unit: str) -> str | None:
        """Return "litre başına beş lira"."""
        name = self.unit_name(unit, Number("1"))
        return f"{name} başına {spoken}".strip() if name else None

    def between(self, first: str, last: str) -> str:
        """Return a range, one number after the other."""
        return f"{first} – {last}"

    def is_year(self, number: Number) -> bool:
        """Return False: years are read as other numbers."""
        return False

    def date(self, place: Place, day: str, month: int, year: int | None) -> str:
        """Return "yirmi dokuz Ekim bin dokuz yüz yirmi üç"."""
        said = [day, self.month(month), "" if year is None else self.cardinal(year)]
        if regex.match(rf"['’][{_VOWELS}]", place.source, pos=place.end):
            said[-1] = _softened(said[-1])
        return " ".join(part for part in said if part)

    def time(self, hour: int, minute: int, second: int | None, place: Place, half: str = "") -> str:
        """Return "on dört otuz", "dokuz sıfır beş"."""
        said = [self.cardinal(hour)]
        if 0 < minute < 10:
            said.append(self.cardinal(0))
        if minute or second is not None:
            said.append(self.cardinal(minute))
        if second is not None:
            said.append(self.cardinal(second))
        return " ".join(said)

    def fraction(self, numerator: int, denominator: int) -> str:
        """Return "dörtte üç", "ikide bir"."""
        if (numerator, denominator) == (7, 24):
            return f"{self.cardinal(7)} {self.cardinal(24)}"  # always open
        said = self.cardinal(denominator)
        vowel = next(letter for letter in reversed(said) if letter in _VOWELS)
        consonant = "t" if said[-1] in "çfhkpsşt" else "d"
        return f"{said}{consonant}{'a' if vowel in 'aıou' else 'e'} {self.cardinal(numerator)}"

    def mixed(self, whole: int, part: str) -> str:
        """Return "iki buçuk", "iki tam dörtte üç"."""
        if part == "ikide bir":
            return f"{self.cardinal(whole)} buçuk"
        return f"{self.cardinal(whole)} tam {part}"

    def half_of(self, place: Place) -> str | None:
        """Return "yarım" before a noun."""
        return "yarım" if place.text == "½" and place.next == " " and place.after(1) else None

    def half_of_unit(self, unit: str) -> str | None:
        """Return "yarım"."""
        return "yarım"

    def power(self, exponent: Number) -> str | None:
        """Return "kare", "küp", "üzeri eksi üç"."""
        known = {"2": "kare", "3": "küp"}
        if not exponent.negative and exponent.whole in known:
            return known[exponent.whole]
        return f"üzeri {self.number(exponent)}"

    def score(self, first: int, second: int) -> str | None:
        """Return "iki bir"; a scale is "bir bölü yüz"."""
        word = "bölü " if first == 1 and second > 9 else ""
        return f"{self.cardinal(first)} {word}{self.cardinal(second)}"

    def section_number(self, number: int, place: Place) -> str | None:
        """Return "dört" after "bölüm"."""
        return self.cardinal(number)

    def with_cents(self, whole: str, cents: str, number: int) -> str:
        """Return "on iki lira elli kuruş"."""
        return f"{whole} {cents}"

    def abbreviation(self, word: str, place: Place) -> Abbreviation | None:
        """Tell "s.", a page, from initials."""
        if regex.fullmatch(r"\p{Lu}", word) is not None:
            return None
        return super().abbreviation(word, place)


def _softened(said: str) -> str:
    """Return a number as it is before a vowel: "dörd" for "dört"."""
    return f"{said.removesuffix('dört')}dörd" if said.endswith("dört") else said
