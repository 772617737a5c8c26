"""Spanish: "tres euros con cincuenta céntimos", "las dos treinta", "siglo diecinueve"."""

from __future__ import annotations

from typing import ClassVar

from tts_core.text.reading.languages.romance import Romance
from tts_core.text.reading.number import Number
from tts_core.text.reading.rule import Place
from tts_core.text.reading.tables import abbreviations, genders, pairs, words


class Spanish(Romance):
    """Spanish of Spain; CLDR has the signs of other countries."""

    ordinal_suffixes = words("º ª .º .ª er ro ra do da to ta mo ma vo va no na")
    feminine_suffixes = words("ª .ª ra da ta ma va na")
    feminine_endings = ("a", "as", "ción", "ciones", "dad", "dades")
    masculine_endings = ("o", "os", "or", "ores", "aje", "ajes")
    telephone_words = words("tel teléfono tfno fax móvil")
    minus = "menos"
    point = "coma"
    to = "a"
    per_word = "por"
    of = "de"
    half = "un medio"
    cents_word = "con"
    between_date_parts = ("de", "del")
    before_single_unit = ("por", "el", "un", "cada", "al")
    hour_signs = (":", ".")
    hour_words = ("horas", "hrs", "hs", "h")
    denominators: ClassVar = {3: "tercio", 4: "cuarto"}
    extra_months: ClassVar = {"sept": 9, "setiembre": 9, "set": 9}
    signs: ClassVar = {
        "+": "más", "−": "menos", "-": "menos", "×": "por", "·": "por", "*": "por",
        "÷": "dividido entre", "=": "igual a", "≠": "distinto de", "≈": "aproximadamente",
        "<": "menor que", ">": "mayor que", "≤": "menor o igual que", "≥": "mayor o igual que",
        "±": "más menos", "~": "aproximadamente", "√": "raíz cuadrada de", "∞": "infinito",
        "π": "pi", "&": "y", "§": "párrafo", "°": "grados", "%": "por ciento", "№": "número",
        "/": "sobre", "@": "arroba", "→": "a", "€": "euros", "£": "libras", "$": "dólares",
        "¥": "yenes",
    }  # fmt: skip
    prefix_signs: ClassVar = {"+": "más", "<": "menos de", ">": "más de"}
    symbols: ClassVar = {
        ".": "punto", "@": "arroba", "/": "barra", "-": "guion", "_": "guion bajo",
        ":": "dos puntos", "#": "almohadilla", "?": "interrogación", "=": "igual", "&": "y",
        "%": "por ciento", "+": "más", "~": "tilde", "number": "número", "version": "versión",
        "hashtag": "hashtag",
        "code block": "Bloque de código.",
    }  # fmt: skip
    currencies: ClassVar = {
        "USD": ("dólar", "dólares"), "GBP": ("libra", "libras"), "EUR": ("euro", "euros"),
        "JPY": ("yen", "yenes"), "MXN": ("peso", "pesos"), "BRL": ("real", "reales"),
        "INR": ("rupia", "rupias"), "RUB": ("rublo", "rublos"), "CNY": ("yuan", "yuanes"),
        "CHF": ("franco", "francos"),
    }  # fmt: skip
    currency_signs: ClassVar = {"euros": "EUR", "euro": "EUR", "dólares": "USD", "pesos": "MXN"}
    cents: ClassVar = {
        "EUR": ("céntimo", "céntimos"), "USD": ("centavo", "centavos"),
        "MXN": ("centavo", "centavos"), "GBP": ("penique", "peniques"),
        "CHF": ("céntimo", "céntimos"),
    }  # fmt: skip
    magnitudes: ClassVar = {
        **pairs("mil", "mil k"), **pairs("millón", "millón millones mill mio", "millones"),
        **pairs("billón", "billón billones", "billones"),
    }  # fmt: skip
    genders: ClassVar = genders(
        feminine="""
        GBP INR mass-tonne mass-pound mass-ounce duration-hour duration-week energy-calorie
        energy-kilocalorie length-mile length-inch length-yard
        """
    )
    units: ClassVar = {
        "Mbps": ("megabit por segundo", "megabits por segundo"), "dB": ("decibelio", "decibelios"),
        "Gbps": ("gigabit por segundo", "gigabits por segundo"),
        "kV": ("kilovoltio", "kilovoltios"),
        "Wh": ("vatio hora", "vatios hora"), "MWh": ("megavatio hora", "megavatios hora"),
        "GWh": ("gigavatio hora", "gigavatios hora"), "rpm": ("revolución por minuto",
        "revoluciones por minuto"), "fps": ("fotograma por segundo", "fotogramas por segundo"),
        "mm²": ("milímetro cuadrado", "milímetros cuadrados"),
        "mAh": ("miliamperio hora", "miliamperios hora"),
    }  # fmt: skip
    unit_signs: ClassVar = {"seg": "duration-second", "cts": "¢"}
    words_like_units = words("l L A ly mi B ct t bar")
    section_words = words(
        "capítulo tomo parte volumen acto escena libro artículo sección fase clase tipo",
        "mundial siglo",
        "siglos título anexo figura tabla grupo nivel cap vol art fig s",
    )
    capital_words = words(
        "a al ante así aún con cual de del dos el él en era es esa ese eso esta este fue ha",
        "han hay la",
        "las le les lo los más me mi mis muy ni no nos o os otra otro para pero por que qué",
        "quien se",
        "sea ser si sí sin sobre son su sus te ti tu tú tus un una uno va ver voy y ya yo como",
        "todo hoy",
    )
    initialisms = words("UE IA TV PC ADN IVA DNI RAE ONG PIB OTAN EEUU") - words("OTAN")
    starters = words(
        "él ella ellos ellas los las el la una un pero y esto este esta cuando no después en",
        "de a se si",
        "como por para con lo su sus mi yo tú nosotros al así entonces también hoy ayer",
    )
    code_words = words("código pin clave contraseña postal cuenta referencia número")
    abbreviations: ClassVar = abbreviations(
        """
        señor: sr | señora: sra | señores: sres | señoras: sras | señorita: srta | doctor: dr
        doctora: dra | doctores: dres | don: d | doña: dña | profesor: prof | profesora: profa
        por ejemplo: p.ej ej | es decir: i.e | aproximadamente: aprox | general: gral
        excelentísimo: excmo | ilustrísimo: ilmo | estados unidos: ee.uu | avenida: avda av
        antes de Cristo: a.c a.de.c | después de Cristo: d.c d.de.c | usted: ud vd
        ustedes: uds vds
        licenciado: lic | ingeniero: ing | arquitecto: arq | compañía: cía | departamento: dpto
        santo: sto | santa: sta | teléfono: tel tfno | provincia: prov | por favor: p.f
        """,
        often_ends="et cétera: etc",
        before_number="""
        página: p pág | páginas: pp págs | número: núm no nro | figura: fig | volumen: vol
        artículo: art | capítulo: cap | tomo: t | siglo: s | sección: sec
        """,
        bare="número: nº Nº n° N° n.º N.º",
    )

    def day(self, number: int, place: Place) -> str:
        """Return "primero" for the first, cardinals for the rest."""
        return "primero" if number == 1 else self.cardinal(number)

    def time(self, hour: int, minute: int, second: int | None, place: Place, half: str = "") -> str:
        """Return "catorce treinta", "las ocho en punto" as "ocho horas"."""
        said = [self.cardinal(hour, "feminine")]
        if minute or second:
            said.append(self.cardinal(minute))
        elif not half and hour != 1:
            said.append("horas")
        if second is not None:
            said += ["y", self.quantity(Number(str(second)), "duration-second") or ""]
        return " ".join((*said, half) if half else said)

    def half_day(self, text: str) -> str:
        """Return "de la mañana" or "de la tarde"."""
        return "de la mañana" if text[0] in "aA" else "de la tarde"

    def power(self, exponent: Number) -> str | None:
        """Return "al cuadrado", "al cubo", "elevado a diez"."""
        known = {"2": "al cuadrado", "3": "al cubo"}
        if not exponent.negative and exponent.whole in known:
            return known[exponent.whole]
        return f"elevado a {self.number(exponent)}"

    def regnal(self, number: int, place: Place) -> str:
        """Return ordinals up to ten, cardinals after: "segundo", "catorce"."""
        return self.ordinal(number, "masculine") if number <= 10 else self.cardinal(number)
