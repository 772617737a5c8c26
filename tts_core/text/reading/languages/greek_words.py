"""Greek words: gender of nouns, endings of ordinals, first parts of compounds, units."""

from __future__ import annotations

from tts_core.text.reading.tables import words

SUFFIXES = {
    **dict.fromkeys(words("ος"), "masculine"), **dict.fromkeys(words("η"), "feminine"),
    **dict.fromkeys(words("ο ό"), "neuter"), **dict.fromkeys(words("ης"), "feminine-genitive"),
    **dict.fromkeys(words("ου"), "masculine-genitive"),
    **dict.fromkeys(words("ον όν"), "masculine-accusative"),
    **dict.fromkeys(words("ην"), "feminine-accusative"), **dict.fromkeys(words("οι"), "plural"),
    **dict.fromkeys(words("ες"), "feminine-plural"), **dict.fromkeys(words("α"), "neuter-plural"),
    **dict.fromkeys(words("ων"), "plural-genitive"),
    **dict.fromkeys(words("ους"), "plural-accusative"),
}  # fmt: skip
"""Form of an ordinal by its suffix."""
_CASES = {
    "masculine-genitive": ("ος", "ου", "ός", "ού"), "masculine-accusative": ("ος", "ο", "ός", "ό"),
    "feminine-genitive": ("η", "ης", "ή", "ής"), "feminine-accusative": ("η", "η", "ή", "ή"),
    "neuter-genitive": ("ο", "ου", "ό", "ού"), "plural-": ("ος", "οι", "ός", "οί"),
    "feminine-plural": ("η", "ες", "ή", "ές"), "neuter-plural": ("ο", "α", "ό", "ά"),
    "plural-genitive": ("ος", "ων", "ός", "ών"), "plural-accusative": ("ος", "ους", "ός", "ούς"),
}  # fmt: skip
"""Endings in the nominative and in another form, without and with an accent."""
_FEMININE = words(
    "ώρες ώρα μέρες μέρα ημέρες ημέρα γυναίκες γυναίκα μοίρες λίρες δραχμές λέξεις πόλεις φορές",
    "φορά πόλη λέξη τάξη σελίδες εβδομάδες χώρες",
)
_NEUTER = words(
    "μήνα άντρα άνδρα αιώνα πίνακα αγώνα πατέρα κανόνα χειμώνα",
    "ευρώ κιλά άτομα μέλη έτη λάθη μήκη βάρη ύψη κράτη τετ ταξί ραδιόφωνα λεπτό",
)
_MASCULINE = words(
    "άντρες άνδρες μήνες πίνακες κανόνες αγώνες αιώνες χειμώνες πατέρες παίκτες παίχτες φοιτητές",
    "μαθητές εργάτες πολίτες επιβάτες πελάτες τουρίστες στρατιώτες ναύτες βουλευτές καθηγητές",
    "άνθρωποι άντρας άνδρας μήνας αιώνας πίνακας κανόνας αγώνας πατέρας θεατές νικητές ληστές",
    "κλέφτες ηθοποιοί υπολογιστές εκτυπωτές ποδηλάτες χρήστες υποψήφιοι γύροι αναγνώστες",
)
_NAMES_MASCULINE = words(
    "Λουδοβίκος Γεώργιος Κωνσταντίνος Αλέξανδρος Παύλος Ιωάννης Κάρολος Ερρίκος Γουλιέλμος",
    "Φίλιππος Πέτρος Νικόλαος Ναπολέων Πίος Λέων Βενέδικτος Κλήμης Γρηγόριος Ιουστινιανός",
    "Βασίλειος Μιχαήλ Ρωμανός Ανδρόνικος Μανουήλ Πτολεμαίος Αντίοχος Δαρείος Ξέρξης Ραμσής",
    "Όθων Εδουάρδος Ριχάρδος Ιάκωβος Φρειδερίκος Φερδινάνδος Λεοπόλδος Αλέξιος Θεοδόσιος",
    "Φραγκίσκος Σουλεϊμάν Μωάμεθ Σελίμ Μουράτ Γουσταύος Χριστιανός",
)
_NAMES_FEMININE = words("Ελισάβετ Αικατερίνη Μαρία Άννα Βικτωρία Ισαβέλλα Μαργαρίτα Κλεοπάτρα Ζωή")
_NAMES_GENITIVE = {
    **{f"{name[:-2]}ου": "masculine-genitive" for name in _NAMES_MASCULINE if name[-2:] == "ος"},
    **{f"{name}ς": "feminine-genitive" for name in _NAMES_FEMININE if name[-1] in "ηαή"},
    **dict.fromkeys(
        words("Κωνσταντίνου Αλεξάνδρου Γεωργίου Ιωάννη Ναπολέοντα Πέτρου Βασιλείου"),
        "masculine-genitive",
    ),
}
_ACCUSATIVE = {
    name[:-1]: "masculine-accusative" for name in _NAMES_MASCULINE if name.endswith("ος")
}
_BEFORE_ACCUSATIVE = words("τον στον")
_TENS = {
    10: "δεκα", 20: "εικοσα", 30: "τριαντα", 40: "σαραντα", 50: "πενηντα", 60: "εξηντα",
    70: "εβδομηντα", 80: "ογδοντα", 90: "ενενηντα", 100: "εκατο",
}  # fmt: skip
_ACCENTED = {
    3: "τρί", 4: "τετρά", 5: "πεντά", 6: "εξά", 7: "επτά", 8: "οκτά", 9: "εννιά", 10: "δεκά",
    11: "εντεκά", 12: "δωδεκά", 13: "δεκατριά", 14: "δεκατετρά", 15: "δεκαπεντά",
    16: "δεκαεξά", 17: "δεκαεπτά", 18: "δεκαοκτά", 19: "δεκαεννιά", 20: "εικοσά",
    30: "τριαντά", 40: "σαραντά", 50: "πενηντά", 60: "εξηντά", 70: "εβδομηντά",
    80: "ογδοντά", 90: "ενενηντά", 100: "εκατοντά", 2: "δί", 1: "μονό",
}  # fmt: skip
"""First parts of "-χρονος", which bear its accent."""
_PERIODS = {
    2: "διετία", 3: "τριετία", 4: "τετραετία", 5: "πενταετία", 6: "εξαετία", 7: "επταετία",
    8: "οκταετία", 9: "εννεαετία", 10: "δεκαετία", 12: "δωδεκαετία", 15: "δεκαπενταετία",
    20: "εικοσαετία", 25: "εικοσιπενταετία", 30: "τριακονταετία", 40: "τεσσαρακονταετία",
    50: "πεντηκονταετία", 100: "εκατονταετία",
}  # fmt: skip
COMPOUND_RESTS = words("χρονος χρονη χρονο χρονου χρονης χρονοι χρονες χρονα χρονων ετία ετίας")
"""What follows the digits of a compound word."""
UNITS = {
    "dB": ("ντεσιμπέλ",) * 2, "kV": ("κιλοβόλτ",) * 2, "mV": ("μιλιβόλτ",) * 2,
    "mAh": ("μιλιαμπερώρα", "μιλιαμπερώρες"), "Ah": ("αμπερώρα", "αμπερώρες"),
    "Wh": ("βατώρα", "βατώρες"), "MWh": ("μεγαβατώρα", "μεγαβατώρες"),
    "GWh": ("γιγαβατώρα", "γιγαβατώρες"), "kN": ("κιλονιούτον",) * 2,
    "rpm": ("στροφή ανά λεπτό", "στροφές ανά λεπτό"), "digital-byte": ("μπάιτ",) * 2,
    "fps": ("καρέ ανά δευτερόλεπτο",) * 2, "κιλό": ("κιλό", "κιλά"),
    "digital-kilobyte": ("κιλομπάιτ",) * 2, "digital-megabyte": ("μεγαμπάιτ",) * 2,
    "digital-gigabyte": ("γιγαμπάιτ",) * 2, "digital-terabyte": ("τεραμπάιτ",) * 2,
    "kbps": ("κιλομπίτ ανά δευτερόλεπτο",) * 2, "Mbps": ("μεγαμπίτ ανά δευτερόλεπτο",) * 2,
    "Gbps": ("γιγαμπίτ ανά δευτερόλεπτο",) * 2, "MB/s": ("μεγαμπάιτ ανά δευτερόλεπτο",) * 2,
    "GB/s": ("γιγαμπάιτ ανά δευτερόλεπτο",) * 2, "graphics-pixel": ("πίξελ",) * 2,
    "mm²": ("τετραγωνικό χιλιοστό", "τετραγωνικά χιλιοστά"),
    "length-millimeter": ("χιλιοστό", "χιλιοστά"), "στρέμμα": ("στρέμμα", "στρέμματα"),
}  # fmt: skip
UNIT_SIGNS = {
    "χλμ": "length-kilometer", "χλμ.": "length-kilometer", "χμ": "length-kilometer",
    "χλμ/ώρα": "speed-kilometer-per-hour", "χλμ./ώρα": "speed-kilometer-per-hour",
    "χλμ/ω": "speed-kilometer-per-hour", "μ.": "length-meter", "εκ.": "length-centimeter",
    "χιλ.": "length-millimeter", "χιλ": "length-millimeter", "κ.": "κιλό",
    "γρ.": "mass-gram", "γρ": "mass-gram",
    "λτ": "volume-liter", "λίτ.": "volume-liter", "lt": "volume-liter", "lt.": "volume-liter",
    "τ.μ.": "area-square-meter", "τμ": "area-square-meter", "κ.μ.": "volume-cubic-meter",
    "τ.χλμ.": "area-square-kilometer", "στρ.": "στρέμμα", "δευτ.": "duration-second",
    "δευτ": "duration-second", "λ.": "duration-minute", "λεπ.": "duration-minute",
    "ώρ.": "duration-hour", "χγρ.": "mass-kilogram", "κιλ.": "κιλό",
}  # fmt: skip
"""Greek signs of units."""


def gender_of(noun: str, number: int) -> str:
    """Return the gender of a noun after a number, by its ending."""
    if noun in _FEMININE:
        return "feminine"
    if noun in _MASCULINE:
        return "masculine"
    if noun in _NEUTER:
        return "neuter"
    if number == 1:
        if noun.endswith(("ος", "ός", "ας", "άς", "ης", "ής")):
            return "masculine"
        return "feminine" if noun.endswith(("η", "ή", "α", "ά")) and noun[-2:] != "μα" else "neuter"
    if noun.endswith(("ες", "ές", "εις")):
        return "feminine"
    if noun.endswith(("οι", "οί", "ους", "ούς")):
        return "masculine"
    return "neuter"


def in_case(text: str, gender: str, case: str) -> str:
    """Return an ordinal, given in the nominative, in another case or number."""
    if not case and gender != "plural":
        return text
    old, new, accented, accented_new = _CASES[f"{gender}-{case}"]
    said = []
    for word in text.split():
        if word.endswith(accented):
            said.append(word.removesuffix(accented) + accented_new)
        else:
            said.append(word.removesuffix(old) + new if word.endswith(old) else word)
    return " ".join(said)


def plural(word: str) -> str:
    """Return the plural of a neuter ordinal: "τέταρτα"."""
    return in_case(word, "neuter", "plural")


def is_name(word: str) -> bool:
    """Return whether a word is the name of a ruler."""
    return bool(form_of_name(word))


def form_of_name(word: str) -> str:
    """Return gender and case of the name of a ruler, "" for other words."""
    if word in _NAMES_MASCULINE:
        return "masculine"
    if word in _NAMES_FEMININE:
        return "feminine"
    return _NAMES_GENITIVE.get(word) or _ACCUSATIVE.get(word, "")


def form_of_noun(noun: str, before: str) -> str:
    """Return the form of an ordinal before a noun, by its ending and the article before."""
    article = before.lower()
    if article in ("του", "στου"):
        return "masculine-genitive"
    if article in ("της", "στης"):
        return "feminine-genitive"
    if article in ("τον", "στον"):
        return "masculine-accusative"
    if article in ("η", "τη", "την", "στη", "στην"):
        return "feminine"
    if article in ("το", "στο"):
        return "neuter"
    if noun.lower().endswith(("ου", "ού")):
        return "masculine-genitive"
    if noun.lower().endswith(("ης", "ής", "εως")) and article != "ο":
        return "feminine-genitive"
    return "masculine" if article == "ο" else gender_of(noun.lower(), 1)


def compound(number: int, rest: str) -> str | None:
    """Return "δεκαοκτάχρονος", "τριακονταετία"; None for a number that has no such word."""
    if rest.startswith("ετία"):
        said = _PERIODS.get(number)
        return said and said + rest.removeprefix("ετία")
    tens, ones = number // 10 * 10, number % 10
    if number in _ACCENTED:
        return _ACCENTED[number] + rest
    if 20 < number < 100 and ones in _ACCENTED:
        head = {20: "εικοσι"}.get(tens, _TENS[tens])
        return head + _ACCENTED[ones] + rest
    return None
