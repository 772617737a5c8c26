"""Vietnamese: "hai mươi mốt", "linh năm", "thứ tư", "mười bốn giờ ba mươi phút"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from tts_core.text.reading.language import Language
from tts_core.text.reading.number import Number
from tts_core.text.reading.rule import Place, Rule, any_of, rule
from tts_core.text.reading.tables import abbreviations, pairs, words

_RULERS = ("", "đệ nhất", "đệ nhị", "đệ tam", "đệ tứ", "đệ ngũ", "đệ lục", "đệ thất", "đệ bát")
_TITLES = {
    "TP": "thành phố", "Tp": "thành phố", "TX": "thị xã", "TT": "thị trấn", "Q": "quận",
    "P": "phường", "GS": "giáo sư", "PGS": "phó giáo sư", "TS": "tiến sĩ", "ThS": "thạc sĩ",
    "Ths": "thạc sĩ", "BS": "bác sĩ", "KS": "kỹ sư", "LS": "luật sư", "CN": "cử nhân",
}  # fmt: skip
"""What a name or a number follows, with or without a space: "TP.HCM", "PGS.TS. Lan", "Q.1"."""

_INITIALISMS = {
    "TCN": "trước Công nguyên", "SCN": "sau Công nguyên", "UBND": "Ủy ban nhân dân",
    "HĐND": "Hội đồng nhân dân", "SĐT": "số điện thoại", "HCM": "Hồ Chí Minh",
    "TPHCM": "thành phố Hồ Chí Minh", "TNHH": "trách nhiệm hữu hạn",
    "THPT": "trung học phổ thông", "THCS": "trung học cơ sở", "ĐH": "đại học",
    "NXB": "nhà xuất bản", "ĐT": "điện thoại",
}  # fmt: skip
"""Initialisms that are read in full."""


_DAYS = ("thứ hai", "thứ ba", "thứ tư", "thứ năm", "thứ sáu", "thứ bảy", "chủ nhật")


class Vietnamese(Language):
    """Vietnamese, in the numbers of the north: "nghìn", "linh"."""

    group_signs = "."
    decimal_sign = ","
    date_order = "dmy"
    minus = "âm"
    point = "phẩy"
    number_after_sign = True
    to = "đến"
    by = "nhân"
    as_often = "lần"
    per_word = "trên"
    scales = ("nghìn", "triệu", "tỷ")
    hour_signs = (":", "h", "g")
    hour_words = ("h",)
    before_short_dates = (
        *words("ngày mùng mồng sáng trưa chiều tối đêm hôm"),
        *_DAYS,
        *(f"{day}," for day in _DAYS),
    )
    telephone_words = words("gọi đt sđt điện thoại tel fax hotline zalo liên hệ số")
    short_codes = words("113 114 115 111 112")
    signs: ClassVar = {
        "+": "cộng", "−": "trừ", "-": "trừ", "×": "nhân", "·": "nhân", "*": "nhân",
        "÷": "chia", "/": "trên", "=": "bằng", "≠": "khác", "≈": "xấp xỉ", "<": "nhỏ hơn",
        ">": "lớn hơn", "≤": "nhỏ hơn hoặc bằng", "≥": "lớn hơn hoặc bằng", "±": "cộng trừ",
        "~": "khoảng", "√": "căn bậc hai của", "∞": "vô cực", "π": "pi", "∪": "hợp", "∩": "giao",
        "∫": "tích phân", "∈": "thuộc", "→": "đến", "&": "và", "§": "mục", "°": "độ",
        "%": "phần trăm", "№": "số", "@": "a còng", "©": "bản quyền", "€": "euro",
        "$": "đô la", "£": "bảng", "¥": "yên", "₫": "đồng",
    }  # fmt: skip
    prefix_signs: ClassVar = {"+": "cộng", "<": "dưới", ">": "trên", "~": "khoảng"}
    symbols: ClassVar = {
        ".": "chấm", "@": "a còng", "/": "gạch chéo", "-": "gạch ngang", "_": "gạch dưới",
        ":": "hai chấm", "#": "thăng", "?": "dấu hỏi", "=": "bằng", "&": "và",
        "%": "phần trăm", "+": "cộng", "~": "ngã", "number": "số", "version": "phiên bản",
        "hashtag": "hashtag", "code block": "Khối mã.",
    }  # fmt: skip
    currencies: ClassVar = {
        "VND": ("đồng",) * 2, "USD": ("đô la",) * 2, "EUR": ("euro",) * 2, "GBP": ("bảng Anh",) * 2,
        "JPY": ("yên",) * 2, "CNY": ("nhân dân tệ",) * 2, "KRW": ("won",) * 2,
        "RUB": ("rúp",) * 2, "THB": ("bạt",) * 2,
    }  # fmt: skip
    currency_signs: ClassVar = {"đ": "VND", "VNĐ": "VND"}
    magnitudes: ClassVar = {
        **pairs("nghìn", "nghìn k"), **pairs("ngàn", "ngàn"), **pairs("triệu", "triệu tr"),
        **pairs("tỷ", "tỷ"), **pairs("tỉ", "tỉ"),
    }  # fmt: skip
    units: ClassVar = {
        "length-kilometer": ("ki-lô-mét",) * 2, "length-centimeter": ("xăng-ti-mét",) * 2,
        "length-decimeter": ("đề-xi-mét",) * 2, "length-millimeter": ("mi-li-mét",) * 2,
        "length-micrometer": ("mi-crô-mét",) * 2, "length-nanometer": ("na-nô-mét",) * 2,
        "mass-kilogram": ("ki-lô-gam",) * 2, "mass-gram": ("gam",) * 2,
        "mass-milligram": ("mi-li-gam",) * 2, "mass-tonne": ("tấn",) * 2,
        "volume-liter": ("lít",) * 2, "volume-milliliter": ("mi-li-lít",) * 2,
        "area-square-kilometer": ("ki-lô-mét vuông",) * 2, "area-hectare": ("héc-ta",) * 2,
        "area-square-centimeter": ("xăng-ti-mét vuông",) * 2, "mm²": ("mi-li-mét vuông",) * 2,
        "volume-cubic-centimeter": ("xăng-ti-mét khối",) * 2,
        "speed-kilometer-per-hour": ("ki-lô-mét trên giờ",) * 2,
        "speed-meter-per-second": ("mét trên giây",) * 2,
        "acceleration-meter-per-square-second": ("mét trên giây bình phương",) * 2,
        "concentr-percent": ("phần trăm",) * 2, "concentr-permille": ("phần nghìn",) * 2,
        "duration-hour": ("giờ",) * 2, "duration-minute": ("phút",) * 2,
        "duration-second": ("giây",) * 2, "duration-millisecond": ("mi-li-giây",) * 2,
        "duration-day": ("ngày",) * 2, "duration-week": ("tuần",) * 2,
        "duration-month": ("tháng",) * 2, "duration-year": ("năm",) * 2,
        "digital-kilobyte": ("ki-lô-bai",) * 2, "digital-megabyte": ("mê-ga-bai",) * 2,
        "digital-gigabyte": ("gi-ga-bai",) * 2, "digital-terabyte": ("tê-ra-bai",) * 2,
        "Mbps": ("mê-ga-bít trên giây",) * 2, "Gbps": ("gi-ga-bít trên giây",) * 2,
        "MB/s": ("mê-ga-bai trên giây",) * 2, "frequency-hertz": ("héc",) * 2,
        "frequency-kilohertz": ("ki-lô-héc",) * 2, "frequency-megahertz": ("mê-ga-héc",) * 2,
        "frequency-gigahertz": ("gi-ga-héc",) * 2, "power-watt": ("oát",) * 2,
        "power-kilowatt": ("ki-lô-oát",) * 2, "power-megawatt": ("mê-ga-oát",) * 2,
        "energy-kilowatt-hour": ("ki-lô-oát giờ",) * 2, "electric-volt": ("vôn",) * 2,
        "kV": ("ki-lô-vôn",) * 2, "electric-ampere": ("am-pe",) * 2,
        "mAh": ("mi-li-am-pe giờ",) * 2,
        "power-horsepower": ("mã lực",) * 2, "energy-kilocalorie": ("ki-lô-ca-lo",) * 2,
        "energy-calorie": ("ca-lo",) * 2, "dB": ("đề-xi-ben",) * 2, "length-inch": ("inh",) * 2,
        "rpm": ("vòng trên phút",) * 2, "fps": ("khung hình trên giây",) * 2,
        "temperature-celsius": ("độ C",) * 2, "temperature-fahrenheit": ("độ F",) * 2,
        "angle-degree": ("độ",) * 2, "pressure-pascal": ("pát-xcan",) * 2,
        "energy-joule": ("jun",) * 2, "length-mile": ("dặm",) * 2, "length-foot": ("phít",) * 2,
    }  # fmt: skip
    unit_signs: ClassVar = {
        "km/giờ": "speed-kilometer-per-hour", "m/giây": "speed-meter-per-second",
        "giờ": "duration-hour", "phút": "duration-minute", "giây": "duration-second",
    }  # fmt: skip
    words_like_units = words("A in mi B V N K")
    section_words = words(
        "chương phần tập quyển hội chiến khóa khoá hồi cấp loại hạng quý kỷ kỳ lớp điều mục bài",
        "bảng hình giai đoạn nhóm khu vùng quân đoàn phụ lục triều",
    )
    capital_words = words(
        "anh ai ăn bà bao bị các cái có còn con cô cho chị của cũng do dù đã đang đây để đi đó",
        "được em gì hay hơn hết khi không là lại làm lên mà mới một mùa này năm nên nếu nhà như",
        "ở ông qua ra rồi sau sẽ tại thì theo tôi từ và vào về vì với xin asean nato",
    )
    initialisms = words("UBND HĐND AI EU UN IT TV VN")
    starters = words(
        "anh chị ông bà cô tôi chúng họ nó đó đây này khi nếu nhưng và sau trước trong tại ở từ",
        "theo vì để các một những người việc hôm hiện ngoài còn cũng do với",
    )
    code_words = words("mã pin otp code khẩu")
    abbreviations: ClassVar = abbreviations(
        """
        thành phố: tp t.p | thị xã: tx | tiến sĩ: ts | thạc sĩ: ths | giáo sư: gs
        phó giáo sư: pgs | bác sĩ: bs | kỹ sư: ks | luật sư: ls | đồng chí: đ/c
        nhà xuất bản: nxb | điện thoại: đt | số điện thoại: sđt
        """,
        often_ends="vân vân: v.v v.v.v",
        before_number="trang: tr | quận: q | phường: p | hình: h | số: s",
        bare="vân vân: v.v vv | số điện thoại: sđt",
    )

    def cardinal(self, number: int, form: str = "") -> str:
        """Return a number with "linh", where CLDR has the "lẻ" of the south."""
        return super().cardinal(number, form).replace(" lẻ ", " linh ")

    def ordinal(self, number: int, form: str = "") -> str:
        """Return "nhất", "tư" and cardinals, which "thứ" stands before."""
        return {1: "nhất", 4: "tư"}.get(number) or self.cardinal(number)

    def is_year(self, number: Number) -> bool:
        """Return False: years are read as any number."""
        return False

    def plain_number(self, number: Number, place: Place) -> str:
        """Read the number after "thứ", and that of a month, as such words do."""
        before = place.word_before.lower()
        if number.whole in ("1", "4") and not (number.fraction or number.negative):
            if before == "thứ":
                return self.ordinal(int(number.whole))
            if before == "tháng":
                return self._month(int(number.whole))
        return super().plain_number(number, place)

    def _month(self, number: int) -> str:
        return "tư" if number == 4 else self.cardinal(number)

    def month(self, number: int) -> str:
        """Return "tháng tư"."""
        return f"tháng {self._month(number)}"

    def day(self, number: int, place: Place) -> str:
        """Return the day, of which the first ten are "mùng"."""
        return f"mùng {self.cardinal(number)}" if number < 11 else self.cardinal(number)

    def date(self, place: Place, day: str, month: int, year: int | None) -> str:
        """Return "ngày mùng ba tháng năm năm hai nghìn không trăm hai mươi tư"."""
        before = place.word_before.lower()
        said = [] if not day or before in ("ngày", "mùng", "mồng") else ["ngày"]
        if day:
            said.append(day.removeprefix("mùng ") if before in ("mùng", "mồng") else day)
        said.append(self._month(month) if not day and before == "tháng" else self.month(month))
        if year is not None:
            said += ["năm", self.cardinal(year)]
        return " ".join(said)

    def time(self, hour: int, minute: int, second: int | None, place: Place, half: str = "") -> str:
        """Return "mười bốn giờ ba mươi phút"."""
        said = [self.cardinal(hour), "giờ"]
        if minute or second:
            said += [self.cardinal(minute), "phút"]
        if second is not None:
            said += [self.cardinal(second), "giây"]
        return " ".join(said)

    def fraction(self, numerator: int, denominator: int) -> str:
        """Return "ba phần tư", "một phần hai"."""
        part = "tư" if denominator == 4 else self.cardinal(denominator)
        return f"{self.cardinal(numerator)} phần {part}"

    def mixed(self, whole: int, part: str) -> str:
        """Return "hai một phần hai"; a half is "rưỡi" only after a unit."""
        return f"{self.cardinal(whole)} và {part}"

    def power(self, exponent: Number) -> str | None:
        """Return "bình phương", "lập phương", "mũ bốn"."""
        known = {"2": "bình phương", "3": "lập phương"}
        if not exponent.negative and exponent.whole in known:
            return known[exponent.whole]
        return f"mũ {self.number(exponent)}"

    def number_range(self, first: Number, last: Number, place: Place) -> str:
        """Return "hai một" for a score."""
        if len(first.whole) < 3 and first.value >= last.value:
            return f"{self.number(first)} {self.number(last)}"
        return super().number_range(first, last, place)

    def score(self, first: int, second: int) -> str | None:
        """Return "ba hai" for a score, "một trên một trăm" for a scale."""
        word = "trên" if first == 1 and second > 9 else ""
        return " ".join(filter(None, (self.cardinal(first), word, self.cardinal(second))))

    def regnal(self, number: int, place: Place) -> str:
        """Return "đệ nhị", from the ninth on a cardinal."""
        return _RULERS[number] if number < len(_RULERS) else self.cardinal(number)

    def rules(self) -> Iterator[Rule]:
        """Yield the rules of months with a year and of of initialisms and titles."""
        yield rule(
            "date",
            "digit",
            r"(?<=(?i:tháng)[ ])(?P<m>1[0-2]|0?[1-9])[/-](?P<y>\d{4})(?![\p{L}\p{N}/-]|[.,]\d)",
            lambda place: self.date(place, "", int(place["m"]), int(place["y"])),
        )
        yield rule(
            "abbreviation",
            "letter",
            rf"(?<![\p{{L}}\p{{N}}])(?P<title>{any_of(_TITLES)})\.[ ]?(?=\p{{Lu}}|\d)",
            lambda place: f"{_TITLES[place['title']]} ",
        )
        yield rule(
            "abbreviation",
            "letter",
            rf"(?<![\p{{L}}\p{{N}}])(?P<word>{any_of(_INITIALISMS)})(?![\p{{L}}\p{{N}}])",
            lambda place: _INITIALISMS[place["word"]],
        )
