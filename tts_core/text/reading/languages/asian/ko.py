"""Korean: native numbers before hours and counters, Sino-Korean ones elsewhere, particles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import ClassVar

import regex

from tts_core.text.reading.kinds.number_pattern import number_pattern, parse
from tts_core.text.reading.language import Language
from tts_core.text.reading.languages.asian.korean_particles import (
    BOTH_FORMS,
    particle_after,
    with_particle,
)
from tts_core.text.reading.number import Number, roman_value
from tts_core.text.reading.rule import Place, Rule, any_of, rule
from tts_core.text.reading.tables import words

_ONES = ("", "한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉")
_TENS = ("", "열", "스물", "서른", "마흔", "쉰", "예순", "일흔", "여든", "아흔")
_COUNTERS = regex.compile(
    r"[ ]?(?:시간|시(?!즌|리즈|그마|민|장|도|의원|군구)"
    r"|개(?!월|국|년|사|소|교|조|팀|주|동|구|점)|명(?!령)"
    r"|살|마리|권|잔|병(?!동)|사람|번째|달(?!러)|그루|대(?!회|1|학|조)|장(?!관|조)|벌|켤레|송이|쌍"
    r"|가지|군데|곳|줄|통(?!화)|채|척|자루|그릇|접시|조각|봉지|상자|갑|모금|곡|판(?!결)|차례|끼"
    r"|방울|포기|바퀴|걸음|가닥|다발|꾸러미|컵|스푼|숟가락|배(?!럴)|팀|건(?!물)|편|살배기|달간"
    r"|시간대|해째|돌|박스|알|입|컷|단어|문장|손)"
)
"""Counters that native numbers stand before."""
_LARGEST_HOUR = 12
_LARGEST_NATIVE_HOURS = 20
"""Hours of a duration from which most speakers use Sino-Korean numbers: "이십사 시간"."""
_LARGEST_NATIVE = 99
_TIMES = regex.compile(
    r"[ ]?번(?!호|지|길|째)(?!부터|까지)(?![ ]?(?:출구|버스|문제|타자|국도|홈|게이트|트랙|좌석|방"
    r"|선수|채널|자리|교향곡|버튼|줄|그림|사진|항|가|노선|선|보기|답|문항|염색체|승강장|타석|레인|칸|창구|카드))"
)
"""How often; before one of these nouns "번" is "number": "삼 번 출구"."""
_MOST_TIMES = 10
_VEHICLES = words(
    "차 자동차 차량 버스 트럭 택시 컴퓨터 노트북 비행기 항공기 카메라 전화 오토바이 자전거"
)
_DAYS = "월화수목금토일"


class Korean(Language):
    """Korean; many names of units are CLDR's."""

    particles = True
    group_signs = ","
    decimal_sign = "."
    date_order = "ymd"
    minus = "마이너스"
    point = "점"
    to = "에서"
    score_word = "대"
    by = "곱하기"
    as_often = "배"
    digit_names = tuple("공일이삼사오육칠팔구")
    telephone_words = words("전화 전화번호 휴대폰 연락처 팩스 번호")
    telephone_pattern = r"1[568]\d\d-\d{4}"
    code_words = words("비밀번호 암호 코드 인증번호 우편번호 계좌번호 번호 학번 사번")
    signs: ClassVar = {
        "+": "더하기", "−": "빼기", "-": "빼기", "×": "곱하기", "·": "곱하기", "*": "곱하기",
        "÷": "나누기", "/": "나누기", "=": "는", "≠": "같지 않다", "≈": "약", "<": "작다",
        ">": "크다", "±": "플러스마이너스", "~": "에서", "√": "루트", "∞": "무한대", "π": "파이",
        "∪": "합집합", "∩": "교집합", "∫": "적분", "∈": "속한다", "→": "에서",
        "&": "앤드", "§": "절", "°": "도", "%": "퍼센트", "№": "번호", "@": "골뱅이",
        "€": "유로", "$": "달러", "£": "파운드", "¥": "엔", "₩": "원",
    }  # fmt: skip
    prefix_signs: ClassVar = {"+": "플러스", "~": "약", "<": "미만", ">": "초과"}
    symbols: ClassVar = {
        ".": "점", "@": "골뱅이", "/": "슬래시", "-": "대시", "_": "밑줄", ":": "콜론", "#": "샵",
        "?": "물음표", "=": "는", "&": "앤드", "%": "퍼센트", "+": "플러스", "~": "물결표",
        "number": "번호", "version": "버전", "hashtag": "해시태그", "code block": "코드 블록.",
    }  # fmt: skip
    currencies: ClassVar = {
        "KRW": ("원",) * 2, "USD": ("달러",) * 2, "EUR": ("유로",) * 2, "GBP": ("파운드",) * 2,
        "JPY": ("엔",) * 2, "CNY": ("위안",) * 2, "CHF": ("프랑",) * 2, "INR": ("루피",) * 2,
    }  # fmt: skip
    currency_signs: ClassVar = {"￦": "KRW"}
    cents: ClassVar = {"USD": ("센트",) * 2, "EUR": ("센트",) * 2}
    magnitudes: ClassVar = {
        each: (each, each)
        for each in ("천만", "백만", "천억", "백억", "십억", "만", "억", "조", "천")
    }
    units: ClassVar = {
        "concentr-percent": ("퍼센트",) * 2, "%p": ("퍼센트포인트",) * 2,
        "concentr-permille": ("퍼밀",) * 2, "mass-tonne": ("톤",) * 2, "dB": ("데시벨",) * 2,
        "Mbps": ("메가비피에스",) * 2, "Gbps": ("기가비피에스",) * 2,
        "MB/s": ("메가바이트 퍼 세컨드",) * 2, "kV": ("킬로볼트",) * 2, "mV": ("밀리볼트",) * 2,
        "mAh": ("밀리암페어시",) * 2, "Wh": ("와트시",) * 2, "MWh": ("메가와트시",) * 2,
        "GWh": ("기가와트시",) * 2, "mm²": ("제곱밀리미터",) * 2, "rpm": ("알피엠",) * 2,
        "fps": ("프레임",) * 2, "Nm": ("뉴턴미터",) * 2, "angle-degree": ("도",) * 2,
        "light-lux": ("럭스",) * 2, "concentr-part-per-1e6": ("피피엠",) * 2,
    }  # fmt: skip
    unit_signs: ClassVar = {"%p": "%p", "%P": "%p", "㎡": "area-square-meter"}

    @cached_property
    def weekdays(self) -> Mapping[str, str]:
        """Return nothing: "월" and "일" are more often a month and a day."""
        return {}

    def cardinal(self, number: int, form: str = "") -> str:
        """Return a Sino-Korean number, in which 0 is "영"."""
        return "영" if number == 0 else super().cardinal(number, form)

    def digits(self, text: str) -> str:
        """Return "공일공" as one word."""
        return "".join(self.digit_names[int(digit)] for digit in text if digit.isdecimal())

    def decimals(self, digits: str) -> str:
        """Return the digits after the decimal sign, in which 0 is "영"."""
        return self.digits(digits).replace("공", "영")

    def ordinal(self, number: int, form: str = "") -> str:
        """Return "제삼"."""
        return f"제{self.cardinal(number)}"

    def is_year(self, number: Number) -> bool:
        """Return False: years are read as any number."""
        return False

    def plain_number(self, number: Number, place: Place) -> str:
        """Read "3시" with a native number, "6월" as "유월"."""
        value = int(number.whole) if len(number.whole) < 3 else 0
        if number.fraction or number.negative or not value:
            return super().plain_number(number, place)
        if place.next == "월" and value in (6, 10):
            return "유" if value == 6 else "시"
        return _native(value) if _is_counted(value, place) else super().plain_number(number, place)

    def number_range(self, first: Number, last: Number, place: Place) -> str:
        """Return "세 개에서 네" before a native counter; a score is "삼 대 일"."""
        counter = _COUNTERS.match(place.source, place.end)
        values = [int(each.whole) for each in (first, last) if len(each.whole) < 3]
        if counter and len(values) == 2 and all(_is_counted(value, place) for value in values):
            one, other = map(_native, values)
            return f"{one} {counter[0].strip()}에서 {other}"
        return super().number_range(first, last, place)

    def between(self, first: str, last: str) -> str:
        """Return "십에서 이십"."""
        return f"{first}에서 {last}"

    def quantity(self, number: Number, unit: str) -> str | None:
        """Return a quantity; below zero degrees it is "영하"."""
        if unit == "duration-hour" and not number.fraction and len(number.whole) < 3:
            return f"{self._hours(int(number.whole))} 시간"
        if unit.startswith("temperature") and number.negative:
            return f"영하 {self.number(Number(number.whole, number.fraction))} 도"
        pattern = None if unit in self.units else self.cldr.unit(unit, abs(number.value))
        if pattern is None:
            return super().quantity(number, unit)
        return pattern.replace("{0}", f"{self.number(number)} ")

    def quantity_at(self, number: Number, unit: str, place: Place) -> str | None:
        """Return a quantity, with "시속" or "섭씨" only where it is not written."""
        said = self.quantity(number, unit)
        before = place.word_before
        prefix = "섭씨" if before in ("영하", "영상") else before
        return said and said.removeprefix(f"{prefix} ")

    def _hours(self, number: int) -> str:
        return _native(number) if 0 < number < _LARGEST_NATIVE_HOURS else self.cardinal(number)

    def of_magnitude(self, number: Number, magnitude: str, name: str) -> str:
        """Return "삼만", and "만" for one of it."""
        is_bare = number.is_one and not number.negative and magnitude in ("만", "천")
        said = "" if is_bare else self.number(number)
        return f"{said}{' ' * bool(number.fraction)}{magnitude} {name}".strip()

    def month(self, number: int) -> str:
        """Return "오월", "유월", "시월"."""
        return {6: "유월", 10: "시월"}.get(number) or f"{self.cardinal(number)}월"

    def date(self, place: Place, day: str, month: int, year: int | None) -> str:
        """Return "이천이십사년 오월 삼일"."""
        said = [] if year is None else [f"{self.year(year)}년"]
        said.append(self.month(month))
        return " ".join([*said, f"{day}일"] if day else said)

    def year(self, number: int) -> str:
        """Return a year as any number."""
        return self.cardinal(number)

    def time(self, hour: int, minute: int, second: int | None, place: Place, half: str = "") -> str:
        """Return "세 시 삼십 분", "십사 시"."""
        is_native = 0 < hour <= _LARGEST_HOUR
        said = f"{_native(hour) if is_native else self.cardinal(hour)} 시"
        if minute or second:
            said += f" {self.cardinal(minute)} 분"
        return said if second is None else f"{said} {self.cardinal(second)} 초"

    def time_range(self, place: Place, first: str, last: str) -> str:
        """Return "아홉 시에서 열여덟 시"."""
        return f"{first}에서 {last}"

    def with_cents(self, whole: str, cents: str, number: int) -> str:
        """Return "삼 달러 오십 센트"."""
        return f"{whole} {cents}"

    def fraction(self, numerator: int, denominator: int) -> str:
        """Return "사분의 삼"."""
        return f"{self.cardinal(denominator)}분의 {self.cardinal(numerator)}"

    def mixed(self, whole: int, part: str) -> str:
        """Return "이와 이분의 일"."""
        said = self.cardinal(whole)
        return f"{said}{particle_after(said, '과')} {part}"

    def power(self, exponent: Number) -> str | None:
        """Return "제곱", "세제곱", "사 제곱"."""
        known = {"2": "제곱", "3": "세제곱"}
        if not exponent.negative and exponent.whole in known:
            return known[exponent.whole]
        return f"{self.number(exponent)} 제곱"

    def with_particle(self, text: str, end: int, spoken: str, kind: str) -> tuple[int, str]:
        """Take the particle after a reading, or an equals sign, in the form that fits its end."""
        return with_particle(text, end, spoken, kind)

    def rules(self) -> Iterator[Rule]:
        """Yield the rules of particles in both forms, dates, roman numbers and short codes."""
        yield rule(
            "particle",
            "letter",
            rf"(?P<word>\p{{Hangul}}{{1,20}}?)(?={any_of(BOTH_FORMS)})",
            lambda place: place["word"],
        )
        yield rule(
            "date",
            "digit",
            r"(?<![\p{N}.])(?P<y>(?:1\d|20)\d\d)\.[ ]?(?P<m>1[0-2]|0?[1-9])\."
            r"(?:[ ]?(?P<d>3[01]|[12]\d|0?[1-9])(?:\.(?!\d)|(?![\p{N}.])))?(?!\d)",
            self._date,
        )
        yield rule(
            "weekday",
            "sign",
            rf"(?<=일[ ]?)\((?P<day>[{_DAYS}])\)",
            lambda place: f" {place['day']}요일",
        )
        yield rule(
            "roman",
            "letter",
            r"제[ ]?(?P<n>[IVX]{1,5})(?=[ ]?[장부편권막절회차조과])",
            lambda place: self.ordinal(roman_value(place["n"])),
        )
        yield rule(
            "telephone",
            "digit",
            r"(?<![\p{N}.,-])(?:112|114|119)(?=[ ]?(?:에[ ]|로[ ]|신고|구급|구조|대원|번으로))",
            lambda place: self.digits(place.text),
        )
        yield rule("abbreviation", "sign", r"\(주\)[ ]?", lambda place: "주식회사 ")
        yield rule("abbreviation", "sign", r"(?<=\p{Hangul})\(주\)", lambda place: " 주식회사")
        yield rule(
            "ordinal",
            "letter",
            r"제(?P<n>\d{1,4})(?![\p{N}.,])",
            lambda place: self.ordinal(int(place["n"])),
        )
        yield rule(
            "date",
            "digit",
            r"(?<![\p{N}.,·])(?P<m>1[0-2]|[1-9])(?:·|\.(?=\d{1,2}[ ]?(?:절|전쟁|광복|혁명|운동|항쟁"
            r"|민주|사태|선언|의거|쿠데타|테러)))(?P<d>\d{1,2})(?!\p{N}|[.,·]\d)",
            lambda place: self._anniversary(int(place["m"]), place["d"]),
        )
        yield rule(
            "ratio",
            "digit",
            r"(?<![\p{N}.,])(?P<a>\d{1,4})[ ]?대[ ]?(?P<b>\d{1,4})(?!\p{N}|[.,:]\d|대)",
            lambda place: self.score(int(place["a"]), int(place["b"])),
        )
        yield rule(
            "ratio",
            "digit",
            r"(?<![\p{N}.,])(?P<a>\d{1,4})[ ]:[ ](?P<b>\d{1,4})(?!\p{N}|[.,:]\d)",
            lambda place: self.score(int(place["a"]), int(place["b"])),
        )
        yield rule(
            "number",
            "digit",
            r"(?<![\p{N}.,])0(?P<n>[1-9])(?=[ ]?[시분초월일])",
            lambda place: self.plain_number(Number(place["n"]), place),
        )
        number = number_pattern(self)
        yield rule(
            "calculation",
            "digit",
            rf"(?<![\p{{N}}.,])(?P<a>{number})[ ]?(?P<sign>[<>≤≥])[ ]?(?P<b>{number})(?!\p{{N}})",
            self._compared,
        )

    def _anniversary(self, month: int, day: str) -> str:
        """Return "육이오", "오일팔", "십이십이"."""
        said = self.digits(day) if int(day) > _LARGEST_HOUR or len(day) < 2 else None
        return self.cardinal(month) + (said or self.cardinal(int(day)))

    def _compared(self, place: Place) -> str:
        """Return "이는 일보다 크다"."""
        first, last = (self.number(parse(place[side], self)) for side in "ab")
        word = "크" if place["sign"] in ">≥" else "작"
        ending = f"{word}거나 같다" if place["sign"] in "≤≥" else f"{word}다"
        return f"{first}{particle_after(first, '은')} {last}보다 {ending}"

    def _date(self, place: Place) -> str | None:
        day = self.cardinal(int(place["d"])) if place["d"] else ""
        return self.date(place, day, int(place["m"]), int(place["y"]))


def _is_counted(value: int, place: Place) -> bool:
    """Return whether a native number stands here, by the counter after it."""
    before = place.source[max(0, place.start - 2) : place.start].rstrip()
    if not 0 < value <= _LARGEST_NATIVE or before.endswith("제"):
        return False
    if value <= _MOST_TIMES and _TIMES.match(place.source, place.end):
        return True
    counter = _COUNTERS.match(place.source, place.end)
    if counter is None:
        return False
    noun = counter[0].strip()
    if noun == "시":
        return value <= _LARGEST_HOUR
    if noun == "시간":
        return value < _LARGEST_NATIVE_HOURS
    if noun == "대" and value % 10 == 0:  # "30대": in their thirties
        return place.word_before.endswith(tuple(_VEHICLES))
    return not (noun in ("건", "편", "팀", "배", "판") and value > _MOST_TIMES)


def _native(number: int) -> str:
    """Return a native number before a counter, from 1 to 99."""
    tens, ones = divmod(number, 10)
    return "스무" if number == 20 else _TENS[tens] + _ONES[ones]
