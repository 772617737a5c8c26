"""What the Arabic words around a number say about its case, and what it counts."""

from __future__ import annotations

import regex

from tts_core.text.reading.rule import Place
from tts_core.text.reading.tables import words

_GOVERNS = regex.compile(
    r"[وف]?(?:في|من|إلى|الى|على|عن|منذ|خلال|بعد|قبل|نحو|حوالي|بين|حتى|دون|عند|مع|عبر|طوال|ضمن|أصل|كل|سوى|غير"
    r"|عام|سنة|عامي|[بل]?(?:مدة|نسبة|معدل|قيمة|مبلغ|سعر|عمر|طول|عرض|ارتفاع|عمق|وزن|مساحة|سرعة"
    r"|مسافة|نحو|حوالي|سن|حدود|فترة|عدد|زيادة|إجمالي|تكلفة)|=)"
)
"""Words that put a number after them into the genitive."""
_PREFIX = regex.compile(r"(?<!\p{L})[وف]?[بلك]ـ?\Z")
AND_BEFORE = regex.compile(r"\A[وف]?")
_NO_NOUNS = words(
    "في من إلى الى على عن منذ خلال بعد قبل نحو حوالي بين حتى دون عند مع هو هي هذا هذه ذلك تلك أو و",
    "ثم لكن كان كانت قد لا لم لن ما إن أن التي الذي بالمئة بالمائة فقط أي كما أيضا ب ل",
    "ألف آلاف مليون ملايين مليار مليارات ألفا مليونا مليارا ص م هـ ق.م يساوي زائد ناقص",
)
"""Words after a number that it does not count, or whose gender is that of no noun."""
_WITH_WAW = words(
    "ورقة ورقات وزير وزراء وزارة وزارات وحدة وحدات وجبة وجبات ولد وردة ورود وردات وثيقة وثائق",
    "وظيفة وظائف ولاية ولايات ولدا وسيلة وسائل وفاة وفيات وجه وجوه وقت وفد وفود وكالة وكالات",
    "ورشة ورش وزيرا وفدا وعد وعود وصفة وصفات وسام واجب واجبات وادي",
)
"""Nouns that begin with a letter that is "and" before other words."""


def case_of(place: Place) -> str:
    """Return "oblique" after a preposition and the like, and after "بـ"."""
    if _GOVERNS.fullmatch(place.word_before):
        return "oblique"
    near = place.source[max(0, place.start - 4) : place.start]
    return "oblique" if _PREFIX.search(near) else ""


def case_before(place: Place) -> str:
    """Return the case of the noun before a number: "في القرن"."""
    before = place.before(2)
    governed = len(before) > 1 and _GOVERNS.fullmatch(before[0])
    return "oblique" if governed or place.word_before.startswith(("بال", "لل", "وبال")) else ""


def noun_after(place: Place) -> str:
    """Return the noun that a number counts, "" where there is none."""
    if place.next not in (" ", "\u00a0"):
        return ""
    after = place.after(1)
    noun = (
        after[0].rstrip(".") if after and place.source[place.end + 1 :].startswith(after[0]) else ""
    )
    if noun.startswith("و") and noun not in _WITH_WAW:
        return ""
    is_noun = regex.fullmatch(r"\p{Arabic}{2,}", noun) and noun not in _NO_NOUNS
    return "" if not is_noun or noun.startswith(("ال", "وال", "بال", "لل")) else noun


def is_scale_after(place: Place) -> bool:
    """Return whether a thousand or a million follows."""
    after = place.after(1)
    return place.next == " " and bool(after) and after[0] in ("ألف", "مليون", "مليار")
