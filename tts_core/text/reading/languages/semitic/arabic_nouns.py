"""Arabic nouns: the gender of what is counted, names of units, currencies and months."""

from __future__ import annotations

import regex

from tts_core.text.reading.languages.semitic.arabic_numbers import Noun
from tts_core.text.reading.tables import words

_FEMININE_PLURALS = words(
    "مدن غرف دول نساء مدارس نقاط نقط جمل صور قرى قطع مراحل جزر دقائق ثوان ثواني سنين ليال ليالي",
    "عيون فرق شقق قصص جهات أسر فتيات بنات نسخ وثائق رسائل حدائق كتل جوائز قنابل سفن مناطق وظائف",
    "جرائم حروب أراض أراضي مزارع محاكم جثث خطط فرص علب قوائم أوراق أشجار تذاكر حقائب صحف نسب",
    "مجموعات أمهات ورقات قنوات صلوات شجرات طرق غارات أغان أغاني رؤى قوى برك لجان حصص جلسات قمم",
    "وجبات خلايا ضحايا قضايا هدايا زوايا مرايا مزايا بلدان_",
)
_FEMININE_SINGULARS = words("شمس حرب أرض نفس عين يد أذن ساق قدم دار بئر نار ريح بنت أخت أم روح")
_MASCULINE_STEMS = words(
    "دولار كيلومتر متر سنتيمتر مليمتر كيلوغرام كيلوجرام كيلو غرام جرام مليار مطار قطار حيوان مشروع",
    "قرار طلب مؤتمر عقار حساب خيار قطاع نبات بيان مهرجان مسلسل مستشفي منتج مخيم معسكر باص لتر واط",
    "ميغاواط هكتار سباق لقاء كائن خطاب صراع نزاع تيار إطار مجلد مستوي ألبوم سنت روبل بند قيراط",
    "جنيه ريال مبني مليون تريليون مقر ملعب لقاح خلاف وسام مسار رهان حزب زلزال محيط",
)
"""Of nouns whose plural ends in "ات" though they are masculine."""
_VERBAL_NOUN = regex.compile(r"[اإ]\p{L}{1,4}ا\p{L}|ت\p{L}{1,2}ي\p{L}")
"""Stems of nouns of actions, which are masculine: "اجتماع", "إعلان", "تعليق"."""
_FEW = range(3, 11)


def is_feminine(word: str, number: int) -> bool:
    """Return whether a noun after a number is feminine: the plural after 3 to 10, else one."""
    if number % 100 not in _FEW:
        return word.endswith(("ة", "ات")) or word in _FEMININE_SINGULARS
    if word.endswith("ات"):
        stem = word.removesuffix("ات")
        return not (stem in _MASCULINE_STEMS or _VERBAL_NOUN.fullmatch(stem))
    return word in _FEMININE_PLURALS or word.endswith(("ة", "ايا"))


UNITS = {
    "length-kilometer": Noun("كيلومتر", "كيلومترات"), "length-meter": Noun("متر", "أمتار"),
    "length-centimeter": Noun("سنتيمتر", "سنتيمترات"),
    "length-millimeter": Noun("مليمتر", "مليمترات"), "length-mile": Noun("ميل", "أميال"),
    "length-foot": Noun("قدم", "أقدام"), "length-inch": Noun("بوصة", "بوصات"),
    "length-micrometer": Noun("ميكرومتر", "ميكرومترات"),
    "length-nanometer": Noun("نانومتر", "نانومترات"),
    "mass-kilogram": Noun("كيلوغرام", "كيلوغرامات"), "mass-gram": Noun("غرام", "غرامات"),
    "mass-milligram": Noun("مليغرام", "مليغرامات"), "mass-tonne": Noun("طن", "أطنان"),
    "mass-pound": Noun("رطل", "أرطال"), "mass-ounce": Noun("أونصة", "أونصات"),
    "mass-carat": Noun("قيراط", "قراريط"),
    "volume-liter": Noun("لتر", "لترات"), "volume-milliliter": Noun("مليلتر", "مليلترات"),
    "volume-gallon": Noun("غالون", "غالونات"),
    "area-square-meter": Noun("متر مربع", "أمتار مربعة"),
    "area-square-kilometer": Noun("كيلومتر مربع", "كيلومترات مربعة"),
    "area-square-centimeter": Noun("سنتيمتر مربع", "سنتيمترات مربعة"),
    "mm²": Noun("مليمتر مربع", "مليمترات مربعة"),
    "volume-cubic-meter": Noun("متر مكعب", "أمتار مكعبة"),
    "volume-cubic-centimeter": Noun("سنتيمتر مكعب", "سنتيمترات مكعبة"),
    "area-hectare": Noun("هكتار", "هكتارات"),
    "speed-kilometer-per-hour": Noun("كيلومتر", "كيلومترات", "في الساعة"),
    "speed-meter-per-second": Noun("متر", "أمتار", "في الثانية"),
    "speed-mile-per-hour": Noun("ميل", "أميال", "في الساعة"),
    "acceleration-meter-per-square-second": Noun("متر", "أمتار", "في الثانية تربيع"),
    "temperature-celsius": Noun("درجة مئوية", "درجات مئوية"),
    "temperature-fahrenheit": Noun("درجة", "درجات", "فهرنهايت"),
    "temperature-kelvin": Noun("كلفن"), "angle-degree": Noun("درجة", "درجات"),
    "duration-hour": Noun("ساعة", "ساعات"), "duration-minute": Noun("دقيقة", "دقائق"),
    "duration-second": Noun("ثانية", "ثوان"), "duration-day": Noun("يوم", "أيام"),
    "duration-week": Noun("أسبوع", "أسابيع"), "duration-month": Noun("شهر", "أشهر"),
    "duration-year": Noun("سنة", "سنوات"),
    "duration-millisecond": Noun("ملي ثانية"), "digital-byte": Noun("بايت"),
    "digital-kilobyte": Noun("كيلوبايت"), "digital-megabyte": Noun("ميغابايت"),
    "digital-gigabyte": Noun("غيغابايت"), "digital-terabyte": Noun("تيرابايت"),
    "Mbps": Noun("ميغابت", tail="في الثانية"), "Gbps": Noun("غيغابت", tail="في الثانية"),
    "MB/s": Noun("ميغابايت", tail="في الثانية"), "frequency-hertz": Noun("هرتز"),
    "frequency-kilohertz": Noun("كيلوهرتز"), "frequency-megahertz": Noun("ميغاهرتز"),
    "frequency-gigahertz": Noun("غيغاهرتز"), "power-watt": Noun("واط"),
    "power-kilowatt": Noun("كيلوواط"), "power-megawatt": Noun("ميغاواط"),
    "power-gigawatt": Noun("غيغاواط"), "power-horsepower": Noun("حصان", "أحصنة"),
    "energy-kilowatt-hour": Noun("كيلوواط", tail="ساعة"), "MWh": Noun("ميغاواط", tail="ساعة"),
    "electric-volt": Noun("فولت"), "kV": Noun("كيلوفولت"), "electric-ampere": Noun("أمبير"),
    "mAh": Noun("ملي أمبير", tail="ساعة"), "energy-calorie": Noun("سعرة", "سعرات"),
    "energy-kilocalorie": Noun("سعرة حرارية", "سعرات حرارية"), "energy-joule": Noun("جول"),
    "pressure-pascal": Noun("باسكال"), "pressure-bar": Noun("بار"), "dB": Noun("ديسيبل"),
    "rpm": Noun("دورة", "دورات", "في الدقيقة"), "fps": Noun("إطار", "إطارات", "في الثانية"),
    "force-newton": Noun("نيوتن"), "electric-ohm": Noun("أوم"), "graphics-pixel": Noun("بكسل"),
}  # fmt: skip
"""By CLDR's name, or one of our own."""

CURRENCIES = {
    "USD": Noun("دولار", "دولارات"), "EUR": Noun("يورو"),
    "GBP": Noun("جنيه إسترليني", "جنيهات إسترلينية"),
    "JPY": Noun("ين"), "CNY": Noun("يوان"), "SAR": Noun("ريال سعودي", "ريالات سعودية"),
    "AED": Noun("درهم إماراتي", "دراهم إماراتية"), "EGP": Noun("جنيه مصري", "جنيهات مصرية"),
    "KWD": Noun("دينار كويتي", "دنانير كويتية"), "QAR": Noun("ريال قطري", "ريالات قطرية"),
    "OMR": Noun("ريال عماني", "ريالات عمانية"), "BHD": Noun("دينار بحريني", "دنانير بحرينية"),
    "JOD": Noun("دينار أردني", "دنانير أردنية"), "IQD": Noun("دينار عراقي", "دنانير عراقية"),
    "LBP": Noun("ليرة لبنانية", "ليرات لبنانية"), "SYP": Noun("ليرة سورية", "ليرات سورية"),
    "MAD": Noun("درهم مغربي", "دراهم مغربية"), "DZD": Noun("دينار جزائري", "دنانير جزائرية"),
    "TND": Noun("دينار تونسي", "دنانير تونسية"), "TRY": Noun("ليرة تركية", "ليرات تركية"),
    "INR": Noun("روبية", "روبيات"), "RUB": Noun("روبل", "روبلات"), "CHF": Noun("فرنك", "فرنكات"),
    "riyal": Noun("ريال", "ريالات"), "pound": Noun("جنيه", "جنيهات"),
    "dirham": Noun("درهم", "دراهم"), "dinar": Noun("دينار", "دنانير"),
    "lira": Noun("ليرة", "ليرات"),
}  # fmt: skip
"""By code; those in small letters are written without a country."""
CENTS = {
    "USD": Noun("سنت", "سنتات"), "EUR": Noun("سنت", "سنتات"), "SAR": Noun("هللة", "هللات"),
    "riyal": Noun("هللة", "هللات"), "EGP": Noun("قرش", "قروش"), "pound": Noun("قرش", "قروش"),
    "AED": Noun("فلس", "فلوس"), "dirham": Noun("فلس", "فلوس"), "GBP": Noun("بنس", "بنسات"),
}  # fmt: skip
SIGNS = {
    "ر.س": "SAR", "د.إ": "AED", "ج.م": "EGP", "د.ك": "KWD", "ر.ق": "QAR", "ر.ع": "OMR",
    "د.ب": "BHD", "د.أ": "JOD", "د.ع": "IQD", "ل.ل": "LBP", "ل.س": "SYP", "د.م": "MAD",
    "د.ج": "DZD", "د.ت": "TND", "﷼": "riyal", "ريال": "riyal", "ريالات": "riyal",
    "ريالا": "riyal", "ريالًا": "riyal", "دولار": "USD", "دولارات": "USD", "دولارا": "USD",
    "دولارًا": "USD", "دولاراً": "USD", "يورو": "EUR", "جنيه": "pound", "جنيهات": "pound",
    "جنيها": "pound", "جنيهًا": "pound", "درهم": "dirham", "دراهم": "dirham", "درهما": "dirham",
    "دينار": "dinar", "دنانير": "dinar", "دينارا": "dinar", "ليرة": "lira", "ليرات": "lira",
}  # fmt: skip
"""Currencies by sign or word."""
UNIT_SIGNS = {
    "كم": "length-kilometer", "سم": "length-centimeter", "ملم": "length-millimeter",
    "مم": "length-millimeter", "م": "length-meter", "كغ": "mass-kilogram",
    "كغم": "mass-kilogram", "كجم": "mass-kilogram", "كلغ": "mass-kilogram", "غ": "mass-gram",
    "غم": "mass-gram", "جم": "mass-gram", "ملغ": "mass-milligram", "ملغم": "mass-milligram",
    "مل": "volume-milliliter", "ل": "volume-liter", "م²": "area-square-meter",
    "م2": "area-square-meter", "كم²": "area-square-kilometer", "كم2": "area-square-kilometer",
    "م³": "volume-cubic-meter", "م3": "volume-cubic-meter", "سم³": "volume-cubic-centimeter",
    "كم/س": "speed-kilometer-per-hour", "كم/ساعة": "speed-kilometer-per-hour",
    "كم/سا": "speed-kilometer-per-hour", "كم/h": "speed-kilometer-per-hour",
    "م/ث": "speed-meter-per-second", "°م": "temperature-celsius", "°ف": "temperature-fahrenheit",
    "د": "duration-minute", "ث": "duration-second", "ميغابايت": "digital-megabyte",
    "غيغابايت": "digital-gigabyte", "جيجابايت": "digital-gigabyte",
}  # fmt: skip
"""Units by sign, besides the Latin ones."""
MONTHS = {
    "كانون الثاني": 1, "شباط": 2, "آذار": 3, "نيسان": 4, "أيار": 5, "حزيران": 6, "تموز": 7,
    "آب": 8, "أيلول": 9, "تشرين الأول": 10, "تشرين الثاني": 11, "كانون الأول": 12, "جانفي": 1,
    "فيفري": 2, "أفريل": 4, "ماي": 5, "جوان": 6, "جويلية": 7, "أوت": 8, "ابريل": 4, "إبريل": 4,
    "اغسطس": 8, "اكتوبر": 10, "محرم": 1,
}  # fmt: skip
"""Months as they are called from Iraq to Palestine, and in the Maghreb."""
