"""Spanish: "tres euros con cincuenta céntimos", "las dos treinta", "siglo diecinueve"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from tts_core.text.reading.data.greek import letters
from tts_core.text.reading.languages.romance.base import Romance
from tts_core.text.reading.number import Number
from tts_core.text.reading.rule import Place, Rule, rule
from tts_core.text.reading.tables import abbreviations, genders, pairs, words


class Spanish(Romance):
    """Spanish of Spain; CLDR has the signs of other countries."""

    ordinal_suffixes = words("º ª .º .ª .er er ro ra do da to ta mo ma vo va no na")
    feminine_suffixes = words("ª .ª ra da ta ma va na")
    feminine_endings = ("a", "as", "ción", "ciones", "dad", "dades")
    feminine_nouns = words(
        "noches noche veces vez mujeres mujer manos mano partes parte clases clase flores flor",
        "luces",
        "luz voces voz calles calle leyes ley fuentes tardes tarde naves nave llaves llave nubes",
        "redes red paredes pared imágenes imagen órdenes orden sangre gente carne señales señal",
        "torres torre base bases fases fase frases frase series crisis tesis fotos foto motos moto",
    )
    masculine_nouns = words(
        "días día mapas mapa problemas problema sistemas sistema programas programa temas tema",
        "idiomas idioma planetas planeta gramas poemas poema climas clima dramas kilogramas sofás",
        "turistas artistas dentistas periodistas futbolistas poetas cometas tranvías panoramas",
    )
    no_nouns = words(
        "para pero como entre desde hasta sobre cuando porque según más menos del con por que son",
        "fue era está han las los una uno sin tras ante muy también cada",
    )
    and_half = "y medio"
    and_word = "y"
    half_forms = ("medio", "media")
    by = "por"
    after_fractions = words("de del hora")
    before_short_dates = ("el", "del", "al", "día")
    as_often = "veces"
    factor_gender = "feminine"
    scales = ("mil", "millón", "")
    before_times = ("las", "la")
    telephone_pattern = (
        r"[6-9]\d\d[ ]\d{3}[ ]\d{3}|[89]\d[ ]\d{3}[ ]\d\d[ ]\d\d|[67]\d\d[ ]\d\d[ ]\d\d[ ]\d\d"
    )
    short_codes = words("112 091 061 092 085 911 060")
    telephone_words = words("tel teléfono tfno fax móvil llame llamar marque marcar llama")
    minus = "menos"
    of_law = "de"
    articles = words("el la del al")
    point = "coma"
    to = "a"
    compass: ClassVar = {"N": "norte", "S": "sur", "E": "este", "O": "oeste", "W": "oeste"}
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
        **letters(
            "alfa beta gamma delta épsilon dseta eta zeta iota kappa lambda mi "
            "ni xi ómicron pi ro sigma tau ípsilon fi ji psi omega",
        ),
        "♯": "sostenido", "♭": "bemol", "℡": "teléfono",
        "+": "más", "−": "menos", "-": "menos", "×": "por", "·": "por", "*": "por",
        "÷": "dividido entre", "=": "igual a", "≠": "distinto de", "≈": "aproximadamente",
        "<": "menor que", ">": "mayor que", "≤": "menor o igual que", "≥": "mayor o igual que",
        "±": "más menos", "~": "aproximadamente", "©": "copyright", "√": "raíz cuadrada de",
        "∞": "infinito",
        "∪": "unión", "∩": "intersección", "∫": "integral de", "∈": "pertenece a",
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
    currency_signs: ClassVar = {
        "euros": "EUR", "euro": "EUR", "dólares": "USD", "pesos": "MXN", "cts": "¢EUR",
        "céntimos": "¢EUR", "centavos": "¢MXN", "M.N.": "MXN",
    }  # fmt: skip
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
        volume-tablespoon volume-teaspoon
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
        "mass-tonne": ("tonelada", "toneladas"), "mV": ("milivoltio", "milivoltios"),
        "kbps": ("kilobit por segundo", "kilobits por segundo"),
        "MB/s": ("megabyte por segundo", "megabytes por segundo"), "Nm": ("newton metro",) * 2,
        "mAh": ("miliamperio hora", "miliamperios hora"),
    }  # fmt: skip
    unit_signs: ClassVar = {
        "seg": "duration-second", "ºC": "temperature-celsius", "º C": "temperature-celsius",
        "cda.": "volume-tablespoon", "cdas.": "volume-tablespoon", "cdta.": "volume-teaspoon",
        "cdtas.": "volume-teaspoon", "ºF": "temperature-fahrenheit", "kilos": "mass-kilogram",
    }  # fmt: skip
    per_signs: ClassVar = {"día": "duration-day", "mes": "duration-month", "año": "duration-year"}
    words_like_units = words("A ly mi B bar")
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
        excelentísimo: excmo | ilustrísimo: ilmo | Estados Unidos: ee.uu | avenida: avda av
        antes de Cristo: a.c a.de.c | después de Cristo: d.c d.de.c | usted: ud vd
        ustedes: uds vds
        licenciado: lic | ingeniero: ing | arquitecto: arq | compañía: cía | departamento: dpto
        máximo: máx | mínimo: mín | Nuestra: ntra | Nuestro: ntro | izquierda: izq izda
        derecha: dcha | teniente: tte | hermanos: hnos | santo: sto
        santa: sta | teléfono: tel tfno | provincia: prov | por favor: p.f
        """,
        often_ends="et cétera: etc",
        before_number="""
        página: p pág | páginas: pp págs | número: núm no nro | figura: fig | volumen: vol
        artículo: art | capítulo: cap | apartado: apdo | tomo: t | siglo: s | sección: sec
        """,
        bare="""
        número: nº Nº n° N° n.º N.º | doña: Dª D.ª | doctora: Drª | señora: Srª | calle: C/ c/
        Estados Unidos: EEUU | kilómetros por hora: kmh
        """,
    )

    def cardinal(self, number: int, form: str = "") -> str:
        """Return "quinientas mil" too for the feminine, where CLDR has "quinientos mil"."""
        said = super().cardinal(number, form)
        if form == "feminine" and number < 1_000_000:
            return said.replace("cientos", "cientas").replace("quinientos", "quinientas")
        return said

    def day(self, number: int, place: Place) -> str:
        """Return "primero" for the first, cardinals for the rest."""
        return "primero" if number == 1 else self.cardinal(number)

    def time(self, hour: int, minute: int, second: int | None, place: Place, half: str = "") -> str:
        """Return "catorce treinta", "las ocho en punto" as "ocho horas"."""
        said = [self.cardinal(hour, "feminine")]
        if minute or second:
            said.append(self.cardinal(minute))
        elif not half and place.word_before.lower() not in ("las", "la"):
            said.append("hora" if hour == 1 else "horas")
        if second is not None:
            said += ["y", self.quantity(Number(str(second)), "duration-second") or ""]
        return " ".join((*said, half) if half else said)

    def rules(self) -> Iterator[Rule]:
        """Yield the rule of "c/8 h", how often medicine is taken."""
        yield rule(
            "abbreviation",
            "letter",
            r"(?<![\p{L}\p{N}.])[cC]/(?=[ ]?\d{1,2}[ ]?(?:h|horas|d[ií]as?|min)(?!\p{L}))",
            lambda place: "cada",
        )

    def half_day(self, text: str) -> str:
        """Return "de la mañana" or "de la tarde"."""
        return "de la mañana" if text[0] in "aA" else "de la tarde"

    def power(self, exponent: Number) -> str | None:
        """Return "al cuadrado", "al cubo", "elevado a diez"."""
        known = {"2": "al cuadrado", "3": "al cubo"}
        if not exponent.negative and exponent.whole in known:
            return known[exponent.whole]
        return f"elevado a {self.number(exponent)}"

    def century(self, number: int, place: Place) -> str | None:
        """Return ordinals up to ten after "siglo", cardinals after: "siglo quinto"."""
        before = (place.before(1) or [""])[-1].lower()
        if before not in ("siglo", "s.") or number > 10:
            return None
        return self.ordinal(number, "masculine")

    def written_ordinal(self, place: Place, digits: str, suffix: str) -> str | None:
        """Read "1.er" as "primer", "3er" as "tercer"."""
        short = {1: "primer", 3: "tercer"}.get(int(digits)) if suffix.endswith("er") else None
        return short or super().written_ordinal(place, digits, suffix)
