"""Japanese: numbers and signs in words; the kana of kanji are the business of the front end."""

from __future__ import annotations

from typing import ClassVar

from tts_core.text.reading.language import Language
from tts_core.text.reading.number import Number
from tts_core.text.reading.rule import Place
from tts_core.text.reading.tables import pairs


class Japanese(Language):
    """Japanese; numbers are written with kanji, which take the right reading with their counter."""

    unspaced = True
    group_signs = ","
    decimal_sign = "."
    telephone_words = ("電話", "TEL", "ファックス")
    minus = "マイナス"
    point = "点"
    to = "から"
    score_word = "対"
    date_order = "ymd"
    hour_signs = (":", "：")
    digit_names = tuple("零一二三四五六七八九")
    signs: ClassVar = {
        "+": "プラス", "−": "マイナス", "-": "マイナス", "×": "かける", "*": "かける",
        "÷": "わる", "=": "イコール", "≠": "ノットイコール", "≈": "約", "<": "小なり",
        ">": "大なり", "±": "プラスマイナス", "√": "ルート", "∞": "無限大", "π": "パイ",
        "&": "アンド", "§": "セクション", "°": "度", "%": "パーセント", "№": "ナンバー",
        "/": "スラッシュ", "@": "アットマーク", "€": "ユーロ", "$": "ドル", "£": "ポンド",
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
    magnitudes: ClassVar = {**pairs("万", "万"), **pairs("億", "億"), **pairs("兆", "兆")}
    units: ClassVar = {
        "dB": ("デシベル",) * 2, "temperature-celsius": ("度",) * 2, "angle-degree": ("度",) * 2,
        "rpm": ("回転毎分",) * 2, "fps": ("フレーム毎秒",) * 2, "Mbps": ("メガビット毎秒",) * 2,
    }  # fmt: skip

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

    def fraction(self, numerator: int, denominator: int) -> str:
        """Return "四分の三"."""
        return f"{self.cardinal(denominator)}分の{self.cardinal(numerator)}"

    def power(self, exponent: Number) -> str | None:
        """Return "の二乗"."""
        return f"の{self.number(exponent)}乗"
