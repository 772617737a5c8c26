"""Mandarin: years digit by digit, "百分之", "两" before measure words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import regex

from tts_core.text.reading.language import Language
from tts_core.text.reading.number import Number, roman_value
from tts_core.text.reading.rule import Place, Rule, rule
from tts_core.text.reading.tables import pairs, words

_MEASURES = frozenset(
    "个位只本条件张次天年周岁块元斤米公克吨升倍点分秒小种名台辆间家层杯瓶双对部"
    "首句段份把支枝颗棵头匹口扇盏座艘架场届"
)
"""Characters before which 2 is "两"."""


_AFTER_SPAN = "前后多来间"
"""After "年" in a span of time: "1000年前"."""


def _is_room(number: Number, place: Place) -> bool:
    """Return whether a number is that of a room, a bus line or a plane: "301室", "747飞机"."""
    after = place.source[place.end : place.end + 2]
    return (
        len(number.whole) == 3
        and not number.fraction
        and after.startswith(
            ("室", "会议", "教室", "房", "路", "飞机", "客机", "次列车", "医院", "国道")
        )
        and not after.startswith("路程")
    )


class Mandarin(Language):
    """Mandarin in simplified characters."""

    unspaced = True
    unit_gender = "measure"
    group_signs = ","
    decimal_sign = "."
    telephone_words = ("电话", "手机", "拨打", "打", "拨", "热线", "致电")
    minus = "负"
    point = "点"
    to = "到"
    score_word = "比"
    date_order = "ymd"
    hour_signs = (":", "：")
    by = "乘"
    as_often = "倍"
    code_words = words(
        "密码 邮编 代码 编号 验证码 账号 学号 工号 邮政编码 卡号 号码 房间号 车牌 尾号 代码是",
        "密码是",
    )
    short_codes = words("110 119 120 122 911 12306 12315 12345 10086 10010 95588")
    telephone_pattern = r"1[3-9]\d[- ]\d{4}[- ]\d{4}|400[- ]\d{3,4}[- ]\d{3,4}|1[3-9]\d{9}"
    digit_names = tuple("零一二三四五六七八九")
    signs: ClassVar = {
        "♯": "升", "♭": "降", "℡": "电话",
        "+": "加", "−": "减", "-": "减", "×": "乘以", "·": "乘以", "*": "乘以", "÷": "除以",
        "=": "等于", "≠": "不等于", "≈": "约等于", "<": "小于", ">": "大于", "≤": "小于等于",
        "≥": "大于等于", "±": "正负", "~": "到", "～": "到", "〜": "到", "√": "根号", "∞": "无穷",
        "∪": "并", "∩": "交", "∫": "积分", "∈": "属于",
        "π": "派",
        "&": "和",
        "§": "节", "°": "度", "%": "百分号", "№": "号", "/": "除以", "@": "艾特", "€": "欧元",
        "$": "美元", "£": "英镑", "¥": "元", "→": "到", "©": "版权所有",
    }  # fmt: skip
    prefix_signs: ClassVar = {"~": "约", "+": "正", "<": "小于", ">": "大于"}
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
        "kV": ("千伏",) * 2, "mV": ("毫伏",) * 2, "mAh": ("毫安时",) * 2,
        "Gbps": ("吉比特每秒",) * 2,
        "MWh": ("兆瓦时",) * 2, "GWh": ("吉瓦时",) * 2, "Wh": ("瓦时",) * 2, "kΩ": ("千欧",) * 2,
        "GB/s": ("吉字节每秒",) * 2, "mm²": ("平方毫米",) * 2, "Nm": ("牛米",) * 2,
        "power-horsepower": ("马力",) * 2, "concentr-part-per-1e6": ("百万分之一",) * 2,
        "rpm": ("转每分",) * 2, "fps": ("帧每秒",) * 2, "angle-degree": ("度",) * 2,
        "temperature-celsius": ("摄氏度",) * 2, "temperature-fahrenheit": ("华氏度",) * 2,
    }  # fmt: skip

    def cardinal(self, number: int, form: str = "") -> str:
        """Return "二百零五"; `form` "measure" makes 2 "两"."""
        if number == 2 and form == "measure":
            return "两"
        found = self.cldr.spell(number, "spellout-numbering") if number >= 0 else None
        if found is None:
            return super().cardinal(number)
        return regex.sub(r"^二(?=[千万亿])", "两", found.replace("〇", "零"))

    def ordinal(self, number: int, form: str = "") -> str:
        """Return "第三"."""
        return f"第{self.cardinal(number)}"

    def year(self, number: int) -> str:
        """Return the digits of a year."""
        return self.digits(str(number))

    def plain_number(self, number: Number, place: Place) -> str:
        """Read a year before "年", and 2 before a measure word."""
        if _is_room(number, place):
            return self.digits(number.whole)
        is_span = number.whole.endswith("00") and place.source[place.end + 1 :][:1] in _AFTER_SPAN
        if (
            place.next == "年"
            and not (is_span and place.source[place.end + 1 :][:1])
            and len(number.whole) == 4
            and not number.fraction
        ):
            return self.digits(number.whole)
        if self.is_code(number, place) or len(number.whole) == 11:
            return self.digits(number.whole)
        return self.number(number, self.form_of(place))

    def rules(self) -> Iterator[Rule]:
        """Yield the rule of roman numbers after the names of rulers."""
        yield rule(
            "roman",
            "letter",
            r"(?<=\p{Script=Han})(?=[IVX])(?P<n>X{0,3}(?:IX|IV|V?I{0,3}))(?P<of>世?)(?![A-Za-z0-9])",
            lambda place: self.cardinal(roman_value(place["n"])) + place["of"],
        )

    def form_of(self, place: Place) -> str:
        """Return "measure" before a measure word, unless the number is an ordinal."""
        before = place.source[max(0, place.start - 1) : place.start]
        is_measure = place.next in _MEASURES or place.source.startswith(("千克", "千米"), place.end)
        return "measure" if place.next and is_measure and before != "第" else ""

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

    def quantity_at(self, number: Number, unit: str, place: Place) -> str | None:
        """Return a quantity; after "时速" the unit does not say again what it is per."""
        found = self.quantity(number, unit)
        return found and found.removeprefix(
            "每小时" if place.source[: place.start][-2:] == "时速" else ""
        )

    def is_word(self, sign: str, place: Place, before: str, number: Number) -> bool:
        """Tell amperes from the letter of a seat or a building: "12A座"."""
        seat = len(sign) == 1 and sign.isupper() and place.next in tuple("座席室栋棟区級级班型")
        return seat or super().is_word(sign, place, before, number)

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
