"""Mandarin: years digit by digit, "百分之", "两" before measure words."""

from __future__ import annotations

from typing import ClassVar

from tts_core.text.reading.language import Language
from tts_core.text.reading.number import Number
from tts_core.text.reading.rule import Place
from tts_core.text.reading.tables import pairs

_MEASURES = frozenset("个位只本条件张次天年周岁块元斤米公克吨升倍点分秒小种名台辆间家层杯瓶双对部")
"""Characters before which 2 is "两"."""


class Mandarin(Language):
    """Mandarin in simplified characters."""

    unspaced = True
    unit_gender = "measure"
    group_signs = ","
    decimal_sign = "."
    telephone_words = ("电话", "手机")
    minus = "负"
    point = "点"
    to = "到"
    score_word = "比"
    date_order = "ymd"
    hour_signs = (":", "：")
    digit_names = tuple("零一二三四五六七八九")
    signs: ClassVar = {
        "+": "加", "−": "减", "-": "减", "×": "乘以", "·": "乘以", "*": "乘以", "÷": "除以",
        "=": "等于", "≠": "不等于", "≈": "约等于", "<": "小于", ">": "大于", "≤": "小于等于",
        "≥": "大于等于", "±": "正负", "~": "约", "√": "根号", "∞": "无穷", "π": "派", "&": "和",
        "§": "节", "°": "度", "%": "百分号", "№": "号", "/": "除以", "@": "艾特", "€": "欧元",
        "$": "美元", "£": "英镑", "¥": "元", "→": "到",
    }  # fmt: skip
    prefix_signs: ClassVar = {"+": "正", "<": "小于", ">": "大于"}
    symbols: ClassVar = {
        ".": "点", "@": "艾特", "/": "斜杠", "-": "杠", "_": "下划线", ":": "冒号", "#": "井号",
        "&": "和", "%": "百分号", "+": "加", "number": "第", "version": "版本", "hashtag": "话题",
        "code block": "代码块。",
    }  # fmt: skip
    currencies: ClassVar = {
        "CNY": ("元",) * 2, "USD": ("美元",) * 2, "EUR": ("欧元",) * 2, "JPY": ("日元",) * 2,
        "GBP": ("英镑",) * 2, "HKD": ("港元",) * 2, "KRW": ("韩元",) * 2, "TWD": ("新台币",) * 2,
    }  # fmt: skip
    currency_signs: ClassVar = {"¥": "CNY", "￥": "CNY", "元": "CNY", "円": "JPY"}
    magnitudes: ClassVar = {**pairs("万", "万"), **pairs("亿", "亿")}
    units: ClassVar = {
        "dB": ("分贝",) * 2, "Mbps": ("兆比特每秒",) * 2, "MB/s": ("兆字节每秒",) * 2,
        "rpm": ("转每分",) * 2, "fps": ("帧每秒",) * 2, "angle-degree": ("度",) * 2,
        "temperature-celsius": ("摄氏度",) * 2, "temperature-fahrenheit": ("华氏度",) * 2,
    }  # fmt: skip

    def cardinal(self, number: int, form: str = "") -> str:
        """Return "二百零五"; `form` "measure" makes 2 "两"."""
        if number == 2 and form == "measure":
            return "两"
        rules = "spellout-cardinal-alternate2" if number >= 200 else "spellout-numbering"
        found = self.cldr.spell(number, rules) if number >= 0 else None
        return super().cardinal(number) if found is None else found.replace("〇", "零")

    def ordinal(self, number: int, form: str = "") -> str:
        """Return "第三"."""
        return f"第{self.cardinal(number)}"

    def year(self, number: int) -> str:
        """Return the digits of a year."""
        return self.digits(str(number))

    def plain_number(self, number: Number, place: Place) -> str:
        """Read a year before "年", and 2 before a measure word."""
        if place.next == "年" and len(number.whole) == 4 and not number.fraction:
            return self.digits(number.whole)
        if self.is_code(number, place) or len(number.whole) == 11:
            return self.digits(number.whole)
        return self.number(number, self.form_of(place))

    def form_of(self, place: Place) -> str:
        """Return "measure" before a measure word, unless the number is an ordinal."""
        before = place.source[max(0, place.start - 1) : place.start]
        return "measure" if place.next in _MEASURES and place.next and before != "第" else ""

    def quantity(self, number: Number, unit: str) -> str | None:
        """Return "百分之二十五" and other quantities."""
        names = {"concentr-percent": "百分之", "concentr-permille": "千分之"}
        if unit in names:
            sign = self.minus if number.negative else ""
            return f"{sign}{names[unit]}{self.number(Number(number.whole, number.fraction))}"
        return super().quantity(number, unit)

    def unit_range(self, first: Number, last: Number, unit: str) -> str | None:
        """Return a range; percentages have their name before both numbers."""
        if unit == "concentr-percent":
            return f"{self.quantity(first, unit)}到{self.number(last)}"
        return super().unit_range(first, last, unit)

    def date(self, place: Place, day: str, month: int, year: int | None) -> str:
        """Return "二零二四年五月三日"."""
        said = "" if year is None else f"{self.year(year)}年"
        said += f"{self.cardinal(month)}月"
        return f"{said}{day}日" if day else said

    def time(self, hour: int, minute: int, second: int | None, place: Place, half: str = "") -> str:
        """Return "两点三十分", "十四点零五分"."""
        said = f"{self.cardinal(hour, 'measure')}点"
        if minute or second:
            said += f"{'零' if minute < 10 else ''}{self.cardinal(minute)}分"
        elif hour:
            said += "整"
        return said if second is None else f"{said}{self.cardinal(second)}秒"

    def money(self, number: Number, code: str, magnitude: str = "") -> str | None:
        """Return an amount; zeros at the end of its decimals are not said."""
        exact = Number(number.whole, number.fraction.rstrip("0"), number.negative)
        return super().money(exact, code, magnitude)

    def fraction(self, numerator: int, denominator: int) -> str:
        """Return "四分之三"."""
        return f"{self.cardinal(denominator)}分之{self.cardinal(numerator)}"

    def mixed(self, whole: int, part: str) -> str:
        """Return "三又二分之一"."""
        return f"{self.cardinal(whole)}又{part}"

    def power(self, exponent: Number) -> str | None:
        """Return "的平方", "的立方", "的十次方"."""
        known = {"2": "的平方", "3": "的立方"}
        if not exponent.negative and exponent.whole in known:
            return known[exponent.whole]
        return f"的{self.number(exponent)}次方"
