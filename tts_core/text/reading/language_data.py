"""What a language knows: words and tables, which its module in `languages/` fills."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import ClassVar

from tts_core.text.reading.abbreviation import Abbreviation


class LanguageData:
    """The attributes of a language that are data. Empty ones leave a sign as written.

    Nouns have two forms, singular and plural, or four: CLDR's "one", "few", "many", "other".
    """

    ordinal_suffixes: ClassVar[Collection[str]] = ()
    """Written after the digits of an ordinal: "st", "er", "º"."""
    group_signs: str = ""
    """Signs between thousands; from CLDR unless set."""
    decimal_sign: str = ""
    """From CLDR unless set."""
    minus: str = ""
    point: str = ""
    """Words for the signs; from CLDR's spelling rules unless set."""
    signs: ClassVar[Mapping[str, str]] = {}
    """Words for mathematical and other signs, by sign."""
    prefix_signs: ClassVar[Mapping[str, str]] = {}
    """Words for signs before a single number: "<5" is "less than five"."""
    symbols: ClassVar[Mapping[str, str]] = {}
    """Words for "&", "@", "#", "/", "." in addresses and names, by sign."""
    abbreviations: ClassVar[Mapping[str, Abbreviation]] = {}
    """By the abbreviation in lower case, without its final full stop."""
    units: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """Forms of units that CLDR lacks, or that the language says otherwise."""
    unit_signs: ClassVar[Mapping[str, str]] = {}
    """Units by sign, besides the usual ones; CLDR's name or one of `units`."""
    per_signs: ClassVar[Mapping[str, str]] = {}
    """CLDR's names of units after a slash, besides the usual ones: "g/día"."""
    currencies: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """Singular and plural of currencies by code; CLDR's names otherwise."""
    cents: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """Singular and plural of their hundredths."""
    magnitudes: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """Singular and plural of "million", …, by how they are written, lower case, no full stop."""
    currency_signs: ClassVar[Mapping[str, str]] = {}
    """Codes of currencies by sign, where they differ from the usual ones."""
    spaced_groups: ClassVar[bool] = False
    """Whether a space may stand between thousands, besides CLDR's sign."""
    number_after_sign: ClassVar[bool] = False
    """Whether two or three digits after the decimal sign are read as a number, not one by one."""
    unit_gender: ClassVar[str] = ""
    """Gender of numbers before units and currencies that `genders` lacks."""
    genders: ClassVar[Mapping[str, str]] = {}
    """Grammatical gender of units and currencies, by unit or code, for the numbers before them."""
    apostrophe_suffixes: ClassVar[bool] = False
    """Whether a number, or a unit after one, may have an ending after an apostrophe."""
    numbers_in_codes: ClassVar[bool] = False
    """Whether three digits after a letter are a number ("A380"), not read one by one."""
    compass: ClassVar[Mapping[str, str]] = {}
    """North, south, east and west by the letters after a latitude or longitude."""
    per_word: str = ""
    """"per", where CLDR has no pattern for a unit."""
    before_single_unit: ClassVar[Collection[str]] = ()
    """Words before the sign of a unit that stands for one of it: "per", "a"."""
    to: str = ""
    """Between the ends of a range; "" reads them one after the other."""
    score_word: str = ""
    """Between the numbers of a score or a ratio, if not `to`."""
    by: str = ""
    """Between the sides of a size: "4 x 6"."""
    as_often: str = ""
    """After a factor: "3x"; with a hyphen before it where it is one word with the number."""
    factor_gender: str = ""
    """Of the number before `as_often`."""
    scales: Sequence[str] = ()
    """Keys of `magnitudes` of a thousand, a million, a thousand millions; "" if there is none."""
    of_law: str = ""
    """Between the number of a law and its year: "39/2015"."""
    date_order: str = ""
    """"dmy", "mdy" or "ymd": numeric dates with slashes; from CLDR unless set."""
    year_words: ClassVar[Collection[str]] = ()
    """After the year of a date, and part of it: "года"."""
    extra_months: ClassVar[Mapping[str, int]] = {}
    """Abbreviations of months that CLDR lacks."""
    extra_weekdays: ClassVar[Mapping[str, str]] = {}
    """Days of the week by abbreviations that CLDR lacks."""
    before_short_dates: ClassVar[Collection[str]] = ()
    """Words before a date without a year, written with a slash: "on 12/25"."""
    after_fractions: ClassVar[Collection[str]] = ()
    """Words after a fraction, which tell it from such a date: "on Monday 3/4 of us". Without them
    any word does."""
    day_suffixes: Collection[str] = ()
    """Written after the day of a date, besides `ordinal_suffixes`: "."."""
    between_date_parts: ClassVar[Collection[str]] = ()
    """Words within a date: "de", "of"."""
    hour_signs: ClassVar[Collection[str]] = (":",)
    """Between hours and minutes."""
    hour_words: ClassVar[Collection[str]] = ()
    """After a time, and part of it: "Uhr", "uur", "h"."""
    before_times: ClassVar[Collection[str]] = ()
    """Words before a time that is written with a full stop: "alle 14.30"."""
    telephone_pattern: str = ""
    """Pattern of numbers without a leading zero or "+", which only the language's rules know."""
    short_codes: ClassVar[Collection[str]] = ()
    """Short numbers that are read digit by digit after `telephone_words`: "911"."""
    section_words: ClassVar[Collection[str]] = ()
    """Before a roman number that is a cardinal: "chapter"."""
    roman_suffixes: ClassVar[Collection[str]] = ()
    """After a roman number that is an ordinal: "e", "ᵉ"."""
    capital_words: ClassVar[frozenset[str]] = frozenset()
    """Short words that are no initialisms when they are written in capitals."""
    initialisms: ClassVar[frozenset[str]] = frozenset()
    """Initialisms that look like words, in capitals."""
    starters: ClassVar[frozenset[str]] = frozenset()
    """Words with which sentences begin, but hardly any names; lower case."""
    code_words: ClassVar[Collection[str]] = ()
    """Before a number that is read digit by digit: "code", "PIN"."""
    telephone_words: ClassVar[Collection[str]] = ()
    """Words before a telephone number, whatever its groups."""
    words_like_units: ClassVar[frozenset[str]] = frozenset()
    """Units that are words too, and only units right after the digits."""
    capital_months: ClassVar[bool] = False
    """Whether months are written with a capital, so that "may" is none."""
    digit_names: ClassVar[Sequence[str]] = ()
    """Names of 0 to 9 in codes and telephone numbers, if not the cardinals."""
    trigger_endings: ClassVar[tuple[str, ...]] = ()
    """Endings of lower-case words with which rules of the language begin."""
    extra_triggers: ClassVar[Collection[str]] = ()
    """Lower-case words with which rules of the language begin."""
    prefixes: ClassVar[str] = ""
    """Letters that are words of their own before a number without a space: "و5"."""
    particles: ClassVar[bool] = False
    """Whether particles follow numbers and units without a space between them: "5kg을"."""
    unspaced: ClassVar[bool] = False
    """Whether words are written without spaces between them."""
