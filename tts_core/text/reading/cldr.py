"""What CLDR says about one locale, by way of babel and unicode-rbnf.

Only this module knows the two libraries. Where CLDR's rules are wrong or unidiomatic, the language
(`languages/`) overrides them: decimals of Polish and Russian, ordinals of German millions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cached_property, lru_cache

import regex
from babel import Locale, UnknownLocaleError
from babel.localedata import LocaleDataDict, load
from unicode_rbnf import FormatPurpose, RbnfEngine
from unicode_rbnf.engine import DEFAULT_TOLERANCE, NoRuleForNumberError, RbnfError

_NO_LANGUAGE = Locale.parse("root")
"""Has patterns and no words."""
_LATIN = regex.compile(r"[A-Za-z]")
LARGEST = 10**15
"""The rules of some languages end here."""


class Cldr:
    """Names and spelling rules of one locale."""

    def __init__(self, tag: str) -> None:
        """Take the data of the nearest locale that CLDR has, in the end the one without words."""
        self.locale = _locale(tag)
        self.is_known = self.locale != _NO_LANGUAGE
        """Whether CLDR has the language."""
        self._data = LocaleDataDict(load(str(self.locale)))  # type: ignore[arg-type]
        self._unit_pattern = lru_cache(maxsize=512)(self._plural_pattern)
        self.first_rule_set = lru_cache(maxsize=64)(self._first_rule_set)
        """Returns the first of some rule sets that there is, else ""."""

    @cached_property
    def decimal_sign(self) -> str:
        """The decimal sign, mostly "." or ","."""
        return str(self._symbols["decimal"])

    @cached_property
    def group_sign(self) -> str:
        """The sign between thousands."""
        return str(self._symbols["group"])

    @property
    def _symbols(self) -> LocaleDataDict:
        symbols: LocaleDataDict = self._data["number_symbols"]
        return symbols.get("latn", symbols)  # type: ignore[no-any-return]

    def plural(self, number: Decimal) -> str:
        """Return the plural category of a number: "one", "few", "other", …"""
        return _plural(self.locale, str(number))

    def unit(self, unit: str, number: Decimal) -> str | None:
        """Return the pattern of a quantity, such as "{0} kilometers"; None for unknown units."""
        return self._unit_pattern(unit, self.plural(number))

    def currency(self, code: str, number: Decimal) -> str | None:
        """Return the name of a currency for an amount, None for unknown codes."""
        names = self._data["currency_names_plural"]
        if code not in names:
            return self.locale.currencies.get(code)
        forms = names[code]
        return str(forms.get(self.plural(number)) or forms.get("other"))

    def per(self, unit: str) -> str | None:
        """Return the pattern of "per unit", such as "{0} per kilogram"; None when there is none."""
        patterns = self._data["unit_patterns"]
        if unit not in patterns or "long" not in patterns[unit]:
            return None
        found = patterns[unit]["long"].get("per")
        return None if found is None else str(found)

    def _plural_pattern(self, unit: str, category: str) -> str | None:
        widths = self._data["unit_patterns"].get(unit, {})
        for width in ("long", "short"):
            forms = widths.get(width, {})
            found = forms.get(category) or forms.get("other")
            # Where both are the same, CLDR has the short form only: "{0}公里". "{0} km" is no name.
            if found is not None and (width == "long" or not _LATIN.search(found)):
                return str(found).replace("\u00a0", " ").replace("\u202f", " ")
        return None

    @cached_property
    def months(self) -> dict[str, int]:
        """Names and abbreviations of months in lower case, without full stops."""
        found = {}
        for context in ("format", "stand-alone"):
            for width in ("abbreviated", "wide"):
                for number, name in self._data["months"][context][width].items():
                    plain = str(name).lower().rstrip(".")
                    if not any(character.isdigit() for character in plain):
                        found[plain] = int(number)
        return found

    @cached_property
    def weekdays(self) -> dict[str, str]:
        """Names of the days by their abbreviation in lower case, without full stops."""
        days = self._data["days"]["format"]
        found = {}
        for width in ("abbreviated", "short"):
            for number, name in dict(days.get(width, {})).items():
                plain = str(name).lower().rstrip(".")
                if plain != (wide := str(days["wide"][number])).lower():
                    found[plain] = wide
        return found

    def both(self, first: str, second: str) -> str:
        """Return two things with the word for "and" between them, as in a list."""
        pattern: str = self.locale.list_patterns["standard"]["2"]
        pattern = pattern.replace("\u00a0", " ").replace("(c)", "")  # Welsh: "a(c)"
        return pattern.replace("{0}", first).replace("{1}", second)

    def month(self, number: int) -> str:
        """Return the name of a month as it is in a date."""
        return self._month_names[number - 1]

    @cached_property
    def _month_names(self) -> list[str]:
        names = self._data["months"]["format"]["wide"]
        return [str(names[number]) for number in range(1, len(names) + 1)]

    def date_pattern(self, *, day: bool, year: bool) -> str:
        """Return the pattern of a date with its month in words, such as "d. MMMM y"."""
        skeletons = self._data["datetime_skeletons"]
        if day and year:
            return str(self._data["date_formats"]["long"])
        skeleton = "MMMMd" if day else "yMMMM"
        default = "d MMMM" if day else "MMMM y"
        return str(skeletons[skeleton]) if skeleton in skeletons else default

    @cached_property
    def day_first(self) -> bool:
        """Whether the day comes before the month in a short date."""
        short = str(self._data["date_formats"]["short"])
        return short.find("d") < short.find("M")

    @cached_property
    def decimal_word(self) -> str:
        """What the spelling rules say for the decimal sign; "" if they say nothing."""
        engine = _spelling(self.locale.language)
        if engine is None:
            return ""
        try:
            found, other = (
                engine.format_number(number, FormatPurpose.CARDINAL).text for number in (7.6, 8.4)
            )
        except (NoRuleForNumberError, ValueError):
            return ""
        rules = self.first_rule_set("spellout-numbering", "spellout-cardinal")
        for digit in (7, 6):
            found = found.replace(self.spell(digit, rules) or str(digit), "")
        # The digits may have another gender than the number before them.
        shared = other.split()
        return " ".join(word for word in found.split() if word in shared)

    @cached_property
    def rule_sets(self) -> tuple[str, ...]:
        """Names of the spelling rules, such as "spellout-cardinal-feminine"."""
        engine = _spelling(self.locale.language)
        return tuple(engine.rulesets) if engine else ()

    def _first_rule_set(self, *names: str) -> str:
        return next((name for name in names if name in self.rule_sets), "")

    def spell(self, number: int, rule_set: str) -> str | None:
        """Return a number in words, None where the rules give none."""
        if abs(number) >= LARGEST or not rule_set:
            return None
        return _spelled(self.locale.language, number, rule_set)


def tokens(pattern: str) -> Iterator[tuple[str, str]]:
    """Yield the parts of a date pattern: ("d", "d"), ("M", "MMMM"), ("", " de "), …"""
    for match in regex.finditer(r"'([^']*)'|([dMLy])\2*|[^'dMLy]+", pattern):
        field = (match[2] or "").replace("L", "M")
        yield field, match[0] if field else match[1] if match[1] is not None else match[0]


@lru_cache(maxsize=4096)
def _plural(locale: Locale, number: str) -> str:
    """Return the plural category of a number, which differs between "1" and "1.0"."""
    return str(locale.plural_form(Decimal(number)))


@lru_cache(maxsize=64)
def _locale(tag: str) -> Locale:
    parts = tag.replace("_", "-").split("-")
    for name in (tag, parts[0]):
        try:
            return Locale.parse(name, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return _NO_LANGUAGE


_RULES_OF = {"nb": "no"}
"""Languages whose spelling rules CLDR has under another code."""


class _Spelling(RbnfEngine):
    """Spelling rules that remember the parts of numbers: 1,234 and 5,234 have 234 in common."""

    def __init__(self, language: str) -> None:
        super().__init__(language)
        self.rulesets = RbnfEngine.for_language(_RULES_OF.get(language, language)).rulesets
        self._remembered = lru_cache(maxsize=8192)(self._parts)

    def iter_format_number(
        self,
        number: float | str | Decimal,
        ruleset_name: str,
        radix: int | None = None,
        tolerance: float = DEFAULT_TOLERANCE,
    ) -> Iterable[str]:
        return self._remembered(str(number), number, ruleset_name, tolerance)

    def _parts(
        self, written: str, number: float | str | Decimal, ruleset_name: str, tolerance: float
    ) -> tuple[str, ...]:
        """Return what the library's recursion yields. `written` tells 5 from 5.0."""
        return tuple(super().iter_format_number(number, ruleset_name, tolerance=tolerance))


@lru_cache(maxsize=32)
def _spelling(language: str) -> RbnfEngine | None:
    try:
        return _Spelling(language)
    except ValueError:
        return None


@lru_cache(maxsize=8192)
def _spelled(language: str, number: int, rule_set: str) -> str | None:
    engine = _spelling(language)
    if engine is None:
        return None
    try:
        return "".join(engine.iter_format_number(number, rule_set)).replace("\xad", "")
    except RbnfError:
        return None
