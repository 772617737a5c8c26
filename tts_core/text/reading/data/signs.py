"""Signs of units and currencies, with CLDR's names and the currencies' codes."""

from __future__ import annotations

from tts_core.text.reading.tables import words

UNITS = {
    "km": "length-kilometer", "m": "length-meter", "dm": "length-decimeter",
    "cm": "length-centimeter", "mm": "length-millimeter", "µm": "length-micrometer",
    "μm": "length-micrometer", "nm": "length-nanometer", "ft": "length-foot", "yd": "length-yard",
    "mi": "length-mile", "nmi": "length-nautical-mile", "ly": "length-light-year",
    "km²": "area-square-kilometer", "m²": "area-square-meter", "cm²": "area-square-centimeter",
    "mm²": "mm²", "ha": "area-hectare", "ft²": "area-square-foot", "in²": "area-square-inch",
    "ft³": "volume-cubic-foot", "in³": "volume-cubic-inch", "yd³": "volume-cubic-yard",
    "mi²": "area-square-mile",
    "km2": "area-square-kilometer", "m2": "area-square-meter", "cm2": "area-square-centimeter",
    "m³": "volume-cubic-meter", "cm³": "volume-cubic-centimeter", "km³": "volume-cubic-kilometer",
    "m3": "volume-cubic-meter", "cm3": "volume-cubic-centimeter",
    "l": "volume-liter", "L": "volume-liter", "dl": "volume-deciliter", "dL": "volume-deciliter",
    "cl": "volume-centiliter",
    "ml": "volume-milliliter", "mL": "volume-milliliter", "hl": "volume-hectoliter",
    "gal": "volume-gallon", "kg": "mass-kilogram", "g": "mass-gram", "mg": "mass-milligram",
    "µg": "mass-microgram", "μg": "mass-microgram", "t": "mass-tonne", "lb": "mass-pound",
    "lbs": "mass-pound", "oz": "mass-ounce", "ct": "mass-carat",
    "km/h": "speed-kilometer-per-hour", "kmh": "speed-kilometer-per-hour",
    "kph": "speed-kilometer-per-hour", "m/s": "speed-meter-per-second",
    "mph": "speed-mile-per-hour", "kn": "speed-knot",
    "m/s²": "acceleration-meter-per-square-second",
    "mpg": "consumption-mile-per-gallon", **dict.fromkeys(
        ("l/100 km", "l/100km", "L/100 km", "L/100km"), "consumption-liter-per-100-kilometer"
    ),
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
    "h": "duration-hour", "min": "duration-minute", "s": "duration-second",
    "sec": "duration-second",
    "ms": "duration-millisecond", "µs": "duration-microsecond", "μs": "duration-microsecond",
    "ns": "duration-nanosecond", "hrs": "duration-hour", "hr": "duration-hour",
    "mins": "duration-minute", "secs": "duration-second", "rpm": "rpm", "fps": "fps",
    "mol": "substance-amount-mole", "MeV": "MeV", "eV": "energy-electronvolt",
    "°K": "temperature-kelvin",
    "sq ft": "area-square-foot", "sq. ft.": "area-square-foot", "fl oz": "volume-fluid-ounce",
    "″": "length-inch", "′": "length-foot",
}  # fmt: skip
"""CLDR's name of a unit, or a name of our own for those that it lacks, by sign."""

ONLY_TIGHT = frozenset({"A", "N", "J", "PS", "MP", "Mb", "Gb", "ct"})
"""Signs that are more often something else after a space, except after a decimal fraction."""
ONLY_SPACED = frozenset({"K", "B"})
"""Signs that are something else right after a number: "4K", "221B"."""
NOT_AFTER_HYPHEN = ONLY_TIGHT | ONLY_SPACED
"""Signs that are letters of a code after a hyphen: "10-K", "apartment 12-B"."""
UNITS_ALONE = words(
    "km cm mm kg mg km/h m/s mph kWh kW MW GHz MHz kHz GB MB TB km² m² cm² m³ cm³ ml °C °F °",
)
"""Signs that mean a unit without a number before them too."""
PER = {
    "kg": "mass-kilogram", "g": "mass-gram", "t": "mass-tonne", "l": "volume-liter",
    "L": "volume-liter",
    "m": "length-meter", "km": "length-kilometer", "m²": "area-square-meter",
    "m³": "volume-cubic-meter", "km²": "area-square-kilometer", "h": "duration-hour",
    "min": "duration-minute",
    "s": "duration-second", "d": "duration-day", "kWh": "energy-kilowatt-hour", "lb": "mass-pound",
    "cm²": "area-square-centimeter", "cm³": "volume-cubic-centimeter",
    "ml": "volume-milliliter", "dl": "volume-deciliter",
    "mL": "volume-milliliter", "dL": "volume-deciliter",
    "hr": "duration-hour", "mo": "duration-month", "wk": "duration-week", "yr": "duration-year",
    "oz": "mass-ounce", "sq ft": "area-square-foot", "mi": "length-mile",
    "day": "duration-day", "week": "duration-week", "month": "duration-month",
    "year": "duration-year",
    "gal": "volume-gallon", "ha": "area-hectare",
}  # fmt: skip
"""Units after a slash, by sign: "mg/l", "€/kg"."""
RATIOS = {
    **dict.fromkeys(("kg", "g", "mg", "µg"), ("m³", "cm³", "l", "L", "ml", "mL", "dl", "dL")),
    **dict.fromkeys(("W", "kW", "kWh", "N"), ("m²", "m³", "km²")),
}
"""Units that mean a unit per another without a number before them too: "kg/m³"."""

CURRENCIES = {
    "$": "USD", "US$": "USD", "A$": "AUD", "AU$": "AUD", "C$": "CAD", "CA$": "CAD", "HK$": "HKD",
    "NZ$": "NZD", "S$": "SGD", "NT$": "TWD", "MX$": "MXN", "R$": "BRL", "€": "EUR", "£": "GBP",
    "¥": "JPY", "￥": "JPY", "円": "JPY", "元": "CNY", "CN¥": "CNY", "RMB": "CNY", "₹": "INR",
    "Rs.": "INR", "Rs": "INR", "₽": "RUB", "₩": "KRW", "₺": "TRY", "₴": "UAH", "₪": "ILS",
    "₫": "VND", "₱": "PHP", "₦": "NGN", "฿": "THB", "zł": "PLN", "Kč": "CZK", "Fr.": "CHF",
    "SFr.": "CHF", "₿": "BTC", "₡": "CRC", "₲": "PYG", "₸": "KZT", "₾": "GEL", "¢": "¢",
}  # fmt: skip
"""Currency by sign. Some signs belong to several; a language may override its own."""


CURRENCY_CODES = words(
    "USD EUR GBP JPY CNY CHF CAD AUD NZD HKD SGD SEK NOK DKK ISK PLN CZK HUF RON BGN RUB",
    "UAH TRY ILS INR PKR BRL MXN ARS CLP COP PEN ZAR NGN KES EGP MAD AED SAR QAR KRW TWD",
    "THB VND IDR MYR PHP BTC",
)
"""Codes of currencies. Those that are English words ("ALL", "TOP") are not recognized."""
