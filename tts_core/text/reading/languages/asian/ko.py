"""Korean: native numbers before hours and counters, Sino-Korean ones elsewhere."""

from __future__ import annotations

from tts_core.text.reading.language import Language
from tts_core.text.reading.number import Number
from tts_core.text.reading.rule import Place

_ONES = ("", "한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉")
_TENS = ("", "열", "스물", "서른", "마흔", "쉰", "예순", "일흔", "여든", "아흔")
_COUNTERS = (
    "시간",
    "시",
    "개",
    "명",
    "살",
    "마리",
    "권",
    "잔",
    "병",
    "사람",
    "번째",
    "달",
    "그루",
    "대",
)


class Korean(Language):
    """Korean; names of units and currencies are CLDR's."""

    minus = "마이너스"
    point = "점"
    to = "에서"

    def plain_number(self, number: Number, place: Place) -> str:
        """Read "3시" with a native number."""
        value = int(number.whole) if len(number.whole) < 3 else 0
        whole = not number.fraction and not number.negative
        if whole and 0 < value < 100 and place.source.startswith(_COUNTERS, place.end):
            return _native(value)
        return super().plain_number(number, place)

    def is_year(self, number: Number) -> bool:
        """Return False: years are read as any number."""
        return False

    def time(self, hour: int, minute: int, second: int | None, place: Place, half: str = "") -> str:
        """Return "세 시 삼십 분"."""
        said = f"{_native(hour) if 0 < hour < 13 else self.cardinal(hour)} 시"
        if minute or second:
            said += f" {self.cardinal(minute)} 분"
        return said if second is None else f"{said} {self.cardinal(second)} 초"


def _native(number: int) -> str:
    tens, ones = divmod(number, 10)
    if number == 20:
        return "스무"
    return _TENS[tens] + _ONES[ones]
