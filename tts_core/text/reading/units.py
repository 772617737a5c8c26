"""Quantities: "5kg", "120 km/h", "10–20 °C", "3.5 m²", "25 %", "16 GB"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tts_core.text.reading.numbers import MINUS, number_pattern, parse
from tts_core.text.reading.rule import Place, Rule, any_of, rule

if TYPE_CHECKING:
    from tts_core.text.reading.language import Language

UNITS = {
    "km": "length-kilometer", "m": "length-meter", "dm": "length-decimeter",
    "cm": "length-centimeter", "mm": "length-millimeter", "µm": "length-micrometer",
    "μm": "length-micrometer", "nm": "length-nanometer", "ft": "length-foot", "yd": "length-yard",
    "mi": "length-mile", "nmi": "length-nautical-mile", "ly": "length-light-year",
    "km²": "area-square-kilometer", "m²": "area-square-meter", "cm²": "area-square-centimeter",
    "mm²": "mm²", "ha": "area-hectare", "ft²": "area-square-foot", "mi²": "area-square-mile",
    "km2": "area-square-kilometer", "m2": "area-square-meter", "cm2": "area-square-centimeter",
    "m³": "volume-cubic-meter", "cm³": "volume-cubic-centimeter", "km³": "volume-cubic-kilometer",
    "m3": "volume-cubic-meter", "cm3": "volume-cubic-centimeter",
    "l": "volume-liter", "L": "volume-liter", "dl": "volume-deciliter", "cl": "volume-centiliter",
    "ml": "volume-milliliter", "mL": "volume-milliliter", "hl": "volume-hectoliter",
    "gal": "volume-gallon", "kg": "mass-kilogram", "g": "mass-gram", "mg": "mass-milligram",
    "µg": "mass-microgram", "μg": "mass-microgram", "t": "mass-tonne", "lb": "mass-pound",
    "lbs": "mass-pound", "oz": "mass-ounce", "ct": "mass-carat",
    "km/h": "speed-kilometer-per-hour", "kmh": "speed-kilometer-per-hour",
    "kph": "speed-kilometer-per-hour", "m/s": "speed-meter-per-second",
    "mph": "speed-mile-per-hour", "kn": "speed-knot", "m/s²": "acceleration-meter-per-square-second",
    "mpg": "consumption-mile-per-gallon", "l/100 km": "consumption-liter-per-100-kilometer",
    "°C": "temperature-celsius", "° C": "temperature-celsius", "°F": "temperature-fahrenheit",
    "° F": "temperature-fahrenheit", "K": "temperature-kelvin", "°": "angle-degree",
    "%": "concentr-percent", "‰": "concentr-permille", "ppm": "concentr-part-per-1e6",
    "B": "digital-byte", "kB": "digital-kilobyte", "KB": "digital-kilobyte",
    "MB": "digital-megabyte", "GB": "digital-gigabyte", "TB": "digital-terabyte",
    "PB": "digital-petabyte", "kbit": "digital-kilobit", "Mbit": "digital-megabit",
    "Gbit": "digital-gigabit", "Mb": "digital-megabit", "Gb": "digital-gigabit",
    "Mbps": "Mbps", "Mbit/s": "Mbps", "Mb/s": "Mbps", "kbps": "kbps", "kbit/s": "kbps",
    "Gbps": "Gbps", "Gbit/s": "Gbps", "MB/s": "MB/s", "GB/s": "GB/s",
    "Hz": "frequency-hertz", "kHz": "frequency-kilohertz", "MHz": "frequency-megahertz",
    "GHz": "frequency-gigahertz", "W": "power-watt", "kW": "power-kilowatt",
    "MW": "power-megawatt", "GW": "power-gigawatt", "mW": "power-milliwatt",
    "hp": "power-horsepower", "PS": "power-horsepower", "kWh": "energy-kilowatt-hour", "Wh": "Wh",
    "MWh": "MWh", "GWh": "GWh", "TWh": "TWh", "J": "energy-joule", "kJ": "energy-kilojoule",
    "cal": "energy-calorie", "kcal": "energy-kilocalorie", "V": "electric-volt", "kV": "kV",
    "mV": "mV", "A": "electric-ampere", "mA": "electric-milliampere", "mAh": "mAh", "Ah": "Ah",
    "Ω": "electric-ohm", "kΩ": "kΩ", "N": "force-newton", "kN": "kN", "Nm": "Nm",
    "Pa": "pressure-pascal", "hPa": "pressure-hectopascal", "kPa": "pressure-kilopascal",
    "MPa": "pressure-megapascal", "mbar": "pressure-millibar", "bar": "pressure-bar",
    "atm": "pressure-atmosphere", "psi": "pressure-pound-force-per-square-inch",
    "mmHg": "pressure-millimeter-ofhg", "dB": "dB", "dpi": "graphics-dot-per-inch",
    "px": "graphics-pixel", "MP": "graphics-megapixel", "lm": "light-lumen", "lx": "light-lux",
    "h": "duration-hour", "min": "duration-minute", "s": "duration-second", "sec": "duration-second",
    "ms": "duration-millisecond", "µs": "duration-microsecond", "μs": "duration-microsecond",
    "ns": "duration-nanosecond", "hrs": "duration-hour", "hr": "duration-hour",
    "mins": "duration-minute", "secs": "duration-second", "rpm": "rpm", "fps": "fps", "kph": "speed-kilometer-per-hour",
    "mol": "substance-amount-mole", "MeV": "MeV", "eV": "energy-electronvolt", "°K": "temperature-kelvin",
    "sq ft": "area-square-foot", "sq. ft.": "area-square-foot", "fl oz": "volume-fluid-ounce",
    "″": "length-inch", "′": "length-foot",
}  # fmt: skip
"""CLDR's name of a unit, or a name of our own for those that it lacks, by sign."""

_ONLY_TIGHT = frozenset({"A", "N", "J", "t", "PS", "MP", "Mb", "Gb", "ct", "hp"})
"""Signs that are more often something else after a space, except after a decimal fraction."""
_ONLY_SPACED = frozenset({"K", "B"})
"""Signs that are something else right after a number: "4K", "221B"."""
_ALONE = frozenset(
    "km cm mm kg mg km/h mph kWh kW MW GHz MHz kHz GB MB TB km² m² cm² m³ cm³ ml °C °F °".split()
)
"""Signs that mean a unit without a number before them too."""
PER = {
    "kg": "mass-kilogram", "g": "mass-gram", "t": "mass-tonne", "l": "volume-liter", "L": "volume-liter",
    "m": "length-meter", "km": "length-kilometer", "m²": "area-square-meter",
    "m³": "volume-cubic-meter", "h": "duration-hour", "min": "duration-minute",
    "s": "duration-second", "d": "duration-day", "kWh": "energy-kilowatt-hour", "lb": "mass-pound",
    "cm²": "area-square-centimeter", "ml": "volume-milliliter", "dl": "volume-deciliter",
    "day": "duration-day", "week": "duration-week", "month": "duration-month", "year": "duration-year",
    "gal": "volume-gallon", "ha": "area-hectare",
}  # fmt: skip
"""Units after a slash, by sign: "mg/l", "€/kg"."""


def rules(language: Language) -> Iterator[Rule]:
    """Yield the rules of quantities and percentages, single, in ranges, and per unit."""
    number = number_pattern(language)
    units = {**UNITS, **language.unit_signs}
    gap = r"[ \u00a0\u202f]?"
    sign = rf"(?P<unit>{any_of(units)})(?![\p{{L}}\p{{N}}²³°])(?!/\p{{L}})|(?P<per>{any_of(units)})/(?P<of>{any_of(PER)})(?![\p{{L}}\p{{N}}²³])"

    def read(place: Place) -> str | None:
        written = place["unit"] or place["per"]
        first = parse(place["sign"] + place["a"], language)
        if place["unit"] in _ONLY_SPACED and place.source[place.match.start("unit") - 1].isdecimal():
            return None
        if place["unit"] == "s" and len(first.whole) > 2 and not first.fraction:
            if place.source[place.match.start("unit") - 1].isdecimal():
                return None  # "747s"
        spaced = place.source[place.match.start("unit" if place["unit"] else "per") - 1].isspace()
        if place["unit"] in _ONLY_TIGHT and spaced and not first.fraction:
            return None
        if spaced and place["unit"] in language.words_like_units:
            return None
        unit = units[written]
        if place["b"]:
            spoken = language.unit_range(first, parse(place["b"], language), unit)
        else:
            spoken = language.quantity(first, unit)
        if spoken is not None and place["of"]:
            return language.per(spoken, PER[place["of"]])
        return spoken

    yield rule(
        "unit", "digit sign",
        rf"(?P<sign>{MINUS})(?<![\p{{N}}.,])(?P<a>{number})(?:[ ]?[%°]?[ ]?[–—-][ ]?(?P<b>{number}))?{gap}-?(?:{sign})",
        read,
    )  # fmt: skip
    yield rule(
        "unit", "sign", rf"%{gap}(?P<a>{number})(?!%)",
        lambda place: language.quantity(parse(place["a"], language), "concentr-percent"),
    )  # fmt: skip
    alone = any_of(_ALONE | set(language.unit_signs) - set(language.words_like_units))
    yield rule(
        "unit", "letter",
        rf"(?<![\p{{L}}\p{{N}}./-])(?P<unit>{alone})(?![\p{{L}}\p{{N}}²³/.-])",
        lambda place: language.unit_alone(units[place["unit"]], place),
    )  # fmt: skip
    yield rule(
        "unit", "digit", r"(?P<feet>\d{1,2})[′'’](?P<inches>\d{1,2})(?:[″\"”]|'')",
        lambda place: _feet(language, place),
    )  # fmt: skip


def _feet(language: Language, place: Place) -> str | None:
    parts = [
        language.quantity(parse(place[name], language), unit)
        for name, unit in (("feet", "length-foot"), ("inches", "length-inch"))
    ]
    return None if None in parts else " ".join(part for part in parts if part)
