"""Japanese: numbers and signs in words; the kana of kanji are the business of the front end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from tts_core.text.reading.language import Language
from tts_core.text.reading.number import Number, roman_value
from tts_core.text.reading.rule import Place, Rule, rule
from tts_core.text.reading.tables import pairs, words


class Japanese(Language):
    """Japanese; numbers are written with kanji, which take the right reading with their counter."""

    unspaced = True
    group_signs = ","
    decimal_sign = "."
    telephone_words = ("電話", "TEL", "ファックス")
    minus = "マイナス"
    point = "点"
    to = "から"
    by = "かける"
    as_often = "倍"
    scales = ("千", "", "")
    code_words = words("暗証番号 パスワード コード 郵便番号 会員番号 口座番号 認証番号 番号は")
    short_codes = words("110 119 118 117 177 104 911")
    score_word = "対"
    date_order = "ymd"
    hour_signs = (":", "：")
    digit_names = ("ゼロ", *"一二三四五六七八九")
    signs: ClassVar = {
        "♯": "シャープ", "♭": "フラット", "℡": "電話",
        "+": "プラス", "−": "マイナス", "-": "マイナス", "×": "かける", "*": "かける",
        "÷": "わる", "=": "イコール", "≠": "ノットイコール", "≈": "約", "<": "小なり",
        ">": "大なり", "±": "プラスマイナス", "√": "ルート", "∞": "無限大",
        "∪": "または", "∩": "かつ", "∫": "インテグラル", "∈": "属する",
        "π": "パイ",
        "&": "アンド", "§": "セクション", "°": "度", "%": "パーセント", "№": "ナンバー",
        "~": "から", "〜": "から", "～": "から", "©": "コピーライト", "/": "スラッシュ",
        "@": "アットマーク", "€": "ユーロ",
        "$": "ドル", "£": "ポンド",
        "¥": "円", "→": "から", "〒": "郵便番号", "℃": "度",
    }  # fmt: skip
    prefix_signs: ClassVar = {"+": "プラス"}
    symbols: ClassVar = {
        ".": "ドット", "@": "アットマーク", "/": "スラッシュ", "-": "ハイフン",
        "_": "アンダーバー", ":": "コロン", "#": "シャープ", "&": "アンド", "%": "パーセント",
        "+": "プラス", "number": "ナンバー", "version": "バージョン", "hashtag": "ハッシュタグ",
        "code block": "コードブロック。",
    }  # fmt: skip
    currencies: ClassVar = {
        "JPY": ("円",) * 2, "USD": ("ドル",) * 2, "EUR": ("ユーロ",) * 2, "GBP": ("ポンド",) * 2,
        "CNY": ("元",) * 2, "KRW": ("ウォン",) * 2,
    }  # fmt: skip
    cents: ClassVar = dict.fromkeys(("USD", "EUR", "AUD", "CAD"), ("セント",) * 2)
    magnitudes: ClassVar = {
        **pairs("千", "千"),
        **pairs("万", "万"),
        **pairs("億", "億"),
        **pairs("兆", "兆"),
    }
    units: ClassVar = {
        "dB": ("デシベル",) * 2, "temperature-celsius": ("度",) * 2, "angle-degree": ("度",) * 2,
        "MB/s": ("メガバイト毎秒",) * 2, "Gbps": ("ギガビット毎秒",) * 2,
        "kV": ("キロボルト",) * 2, "mV": ("ミリボルト",) * 2, "mAh": ("ミリアンペアアワー",) * 2,
        "Wh": ("ワット時",) * 2, "MWh": ("メガワット時",) * 2, "GWh": ("ギガワット時",) * 2,
        "mm²": ("平方ミリメートル",) * 2, "duration-hour": ("時間",) * 2,
        "duration-minute": ("分",) * 2,
        "duration-second": ("秒",) * 2, "power-horsepower": ("馬力",) * 2,
        "kΩ": ("キロオーム",) * 2,
        "concentr-part-per-1e6": ("ピーピーエム",) * 2, "temperature-fahrenheit": ("度",) * 2,
        "rpm": ("回転毎分",) * 2, "fps": ("フレーム毎秒",) * 2, "Mbps": ("メガビット毎秒",) * 2,
    }  # fmt: skip

    def cardinal(self, number: int, form: str = "") -> str:
        """Return a number with "零", which has one reading, in place of "〇"."""
        return super().cardinal(number, form).replace("〇", "零")

    def decimals(self, digits: str) -> str:
        """Return the digits after the decimal sign; 0 is "零" there."""
        return self.digits(digits).replace("ゼロ", "零")

    def mixed(self, whole: int, part: str) -> str:
        """Return "一と二分の一"."""
        return f"{self.cardinal(whole)}と{part}"

    def rules(self) -> Iterator[Rule]:
        """Yield the rules of rulers ("ルイXIV世") and of "No.5"."""
        yield rule(
            "roman",
            "letter",
            r"(?<![A-Za-z0-9])(?P<n>[IVX]{1,6})(?=世)",
            lambda place: self.cardinal(roman_value(place["n"])),
        )
        yield rule(
            "date",
            "digit",
            r"(?<![\d/])(?P<m>1[0-2]|0?[1-9])/(?P<d>3[01]|[12]\d|0?[1-9])"
            r"(?=[ ]?[(（][月火水木金土日][)）・])",
            lambda place: self.date(place, self.cardinal(int(place["d"])), int(place["m"]), None),
            then="/",
        )
        yield rule(
            "date",
            "letter",
            r"(?<=[日\d][ ]?[(（])[月火水木金土日](?=[)）])",
            lambda place: f"{place.text}曜日",
        )
        yield rule(
            "code",
            "digit",
            r"(?<![A-Za-z\d.])(?P<n>[1-9]\d?)[FＦ](?![A-Za-z\d])",
            lambda place: f"{self.cardinal(int(place['n']))}階",
            then="a",
        )
        yield rule("abbreviation", "letter", r"[Nn]o\.[ ]?(?=\d)", lambda place: "ナンバー")

    def year(self, number: int) -> str:
        """Return a year as any number."""
        return self.cardinal(number)

    def is_year(self, number: Number) -> bool:
        """Return False: years are read as any number."""
        return False

    def date(self, place: Place, day: str, month: int, year: int | None) -> str:
        """Return "二千二十四年五月三日"."""
        said = "" if year is None else f"{self.year(year)}年"
        said += f"{self.cardinal(month)}月"
        return f"{said}{day}日" if day else said

    def time(self, hour: int, minute: int, second: int | None, place: Place, half: str = "") -> str:
        """Return "十四時三十分"."""
        said = f"{self.cardinal(hour)}時"
        if minute or second:
            said += f"{self.cardinal(minute)}分"
        return said if second is None else f"{said}{self.cardinal(second)}秒"

    def unit_name(self, unit: str, number: Number) -> str | None:
        """Return CLDR's name without the space before it."""
        found = super().unit_name(unit, number)
        return found and found.replace(" ", "")

    def quantity(self, number: Number, unit: str) -> str | None:
        """Return a quantity without spaces."""
        found = super().quantity(number, unit)
        return found and found.replace(" ", "")

    def quantity_at(self, number: Number, unit: str, place: Place) -> str | None:
        """Return a quantity; after "時速" the unit does not say again what it is per."""
        found = self.quantity(number, unit)
        return found and found.removeprefix(
            "時速" if place.source[: place.start][-2:] == "時速" else ""
        )

    def is_word(self, sign: str, place: Place, before: str, number: Number) -> bool:
        """Tell amperes from the letter of a seat or a building: "12A座"."""
        seat = len(sign) == 1 and sign.isupper() and place.next in tuple("座席室栋棟区級级班型")
        return seat or super().is_word(sign, place, before, number)

    def fraction(self, numerator: int, denominator: int) -> str:
        """Return "四分の三"."""
        return f"{self.cardinal(denominator)}分の{self.cardinal(numerator)}"

    def power(self, exponent: Number) -> str | None:
        """Return "の二乗"."""
        return f"の{self.number(exponent)}乗"
