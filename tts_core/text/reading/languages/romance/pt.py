"""Portuguese: "três reais e cinquenta centavos", "século dezenove", "João Paulo segundo"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import regex

from tts_core.text.reading.data.greek import letters
from tts_core.text.reading.data.rulers import WOMEN
from tts_core.text.reading.languages.romance.base import Romance
from tts_core.text.reading.number import Number
from tts_core.text.reading.rule import Place, Rule, rule
from tts_core.text.reading.tables import abbreviations, genders, pairs, words

_GAME = words(
    "jogo partida placar venceu ganhou perdeu empate empatou vitória derrota bateu derrotou goleou",
    "acabou terminou final gol",
)
"""Before a score."""


class Portuguese(Romance):
    """Portuguese; the names of CLDR differ for Brazil and Portugal."""

    ordinal_suffixes = words("º ª .º .ª")
    feminine_suffixes = words("ª .ª")
    feminine_endings = ("a", "as", "ção", "ções", "dade", "dades")
    group_signs = ". "
    decimal_sign = ","
    feminine_nouns = words(
        "mulheres mulher vezes vez partes parte noites noite tardes tarde mães mãe irmãs irmã mãos",
        "mão cores cor flores flor luzes luz vozes voz árvores árvore paredes parede redes rede",
        "fontes fonte leis lei classes classe fases fase frases frase bases base torres torre",
        "chaves",
        "chave pontes ponte imagens imagem viagens viagem mensagens mensagem páginas fotos foto",
        "milhas libras séries série espécies espécie greves maçãs manhãs",
    )
    masculine_nouns = words(
        "dias dia problemas problema sistemas sistema programas programa temas tema mapas mapa",
        "planetas planeta gramas grama poemas poema climas clima dramas idiomas idioma quilogramas",
        "turistas artistas dentistas",
    )
    no_nouns = words(
        "para mas como entre desde até sobre quando porque mais menos com por que são foi era está",
        "das dos uma uns sem após muito também cada pela pelo nas nos",
    )
    and_half = "e meio"
    and_word = "e"
    half_forms = ("meio", "meia")
    by = "por"
    after_fractions = words("de da do das dos hora")
    before_short_dates = ("dia", "em", "no", "até")
    as_often = "vezes"
    factor_gender = "feminine"
    scales = ("mil", "milhão", "bilhão")
    telephone_pattern = r"\d\d[ ]9?\d{4}-\d{4}|9\d{4}-\d{4}|[29]\d\d[ ]\d{3}[ ]\d{3}"
    short_codes = words("190 192 193 112 911")
    telephone_words = words("tel telefone fax celular telemóvel ligue ligar disque ligou")
    minus = "menos"
    of_law = "de"
    articles = words("o a do da no na ao à pelo pela")
    point = "vírgula"
    to = "a"
    compass: ClassVar = {
        "N": "norte",
        "S": "sul",
        "E": "leste",
        "L": "leste",
        "O": "oeste",
        "W": "oeste",
    }
    per_word = "por"
    of = "de"
    half = "um meio"
    cents_word = "e"
    between_date_parts = ("de",)
    before_single_unit = ("por", "o", "um", "cada", "ao")
    hour_signs = (":", "h")
    hour_words = ("horas", "hs", "h")
    denominators: ClassVar = {3: "terço", 4: "quarto"}
    signs: ClassVar = {
        **letters(
            "alfa beta gama delta épsilon zeta eta teta iota capa lambda mi "
            "ni csi ômicron pi rô sigma tau úpsilon fi qui psi ômega",
        ),
        "♯": "sustenido", "♭": "bemol", "℡": "telefone",
        "+": "mais", "−": "menos", "-": "menos", "×": "vezes", "·": "vezes", "*": "vezes",
        "÷": "dividido por", "=": "igual a", "≠": "diferente de", "≈": "aproximadamente",
        "<": "menor que", ">": "maior que", "≤": "menor ou igual a", "≥": "maior ou igual a",
        "±": "mais ou menos", "~": "cerca de", "©": "copyright", "√": "raiz quadrada de",
        "∞": "infinito",
        "∪": "união", "∩": "interseção", "∫": "integral de", "∈": "pertence a",
        "π": "pi", "&": "e", "§": "parágrafo", "°": "graus", "%": "por cento", "№": "número",
        "/": "sobre", "@": "arroba", "→": "para", "€": "euros", "£": "libras", "$": "dólares",
        "¥": "ienes",
    }  # fmt: skip
    prefix_signs: ClassVar = {"+": "mais", "<": "menos de", ">": "mais de"}
    symbols: ClassVar = {
        ".": "ponto", "@": "arroba", "/": "barra", "-": "hífen", "_": "sublinhado",
        ":": "dois pontos", "#": "cerquilha", "?": "interrogação", "=": "igual", "&": "e",
        "%": "por cento", "+": "mais", "~": "til", "number": "número", "version": "versão",
        "hashtag": "hashtag",
        "code block": "Bloco de código.",
    }  # fmt: skip
    currencies: ClassVar = {
        "USD": ("dólar", "dólares"), "GBP": ("libra", "libras"), "EUR": ("euro", "euros"),
        "JPY": ("iene", "ienes"), "BRL": ("real", "reais"), "CHF": ("franco", "francos"),
        "INR": ("rupia", "rupias"), "RUB": ("rublo", "rublos"), "CNY": ("yuan", "yuans"),
    }  # fmt: skip
    currency_signs: ClassVar = {
        "euros": "EUR", "euro": "EUR", "reais": "BRL", "dólares": "USD",
        "centavos": "¢BRL", "cêntimos": "¢EUR",
    }  # fmt: skip
    cents: ClassVar = {
        "BRL": ("centavo", "centavos"), "EUR": ("cêntimo", "cêntimos"),
        "USD": ("centavo", "centavos"), "GBP": ("pêni", "pence"),
    }  # fmt: skip
    magnitudes: ClassVar = {
        **pairs("mil", "mil k"), **pairs("milhão", "milhão milhões mi", "milhões"),
        **pairs("bilhão", "bilhão bilhões bi", "bilhões"),
        **pairs("trilhão", "trilhão trilhões tri", "trilhões"),
    }  # fmt: skip
    genders: ClassVar = genders(
        feminine="""
        volume-tablespoon volume-teaspoon
        GBP INR mass-tonne mass-pound mass-ounce duration-hour duration-week energy-calorie
        energy-kilocalorie length-mile length-inch length-yard
        """
    )
    units: ClassVar = {
        "Mbps": ("megabit por segundo", "megabits por segundo"), "dB": ("decibel", "decibéis"),
        "Gbps": ("gigabit por segundo", "gigabits por segundo"), "kV": ("quilovolt", "quilovolts"),
        "Wh": ("watt-hora", "watts-hora"), "MWh": ("megawatt-hora", "megawatts-hora"),
        "rpm": ("rotação por minuto", "rotações por minuto"),
        "fps": ("quadro por segundo", "quadros por segundo"),
        "mass-tonne": ("tonelada", "toneladas"), "GWh": ("gigawatt-hora", "gigawatts-hora"),
        "mAh": ("miliampere-hora", "miliamperes-hora"), "mV": ("milivolt", "milivolts"),
        "kbps": ("quilobit por segundo", "quilobits por segundo"), "Nm": ("newton-metro",) * 2,
        "MB/s": ("megabyte por segundo", "megabytes por segundo"),
        "mm²": ("milímetro quadrado", "milímetros quadrados"),
    }  # fmt: skip
    per_signs: ClassVar = {"dia": "duration-day", "mês": "duration-month", "ano": "duration-year"}
    words_like_units = words("A ly mi B bar")
    section_words = words(
        "capítulo tomo parte volume ato cena livro artigo seção secção fase classe tipo",
        "mundial título inciso alínea século séculos",
        "anexo figura tabela grupo nível cap vol art fig guerra inc",
    )
    capital_words = words(
        "a ao aos as até com como da das de dela dele do dos e é ela ele em era essa esse esta",
        "este eu foi",
        "há isso já lá lhe mais mas me meu na não nas nem no nos o os ou para pela pelo por",
        "que quem se sem",
        "ser seu são só sua sim te tem teu tu um uma vai ver vez você",
    )
    initialisms = words("UE IA TV PC DNA IVA ONG PIB CPF RG EUA SUS STF")
    starters = words(
        "ele ela eles elas os as o a um uma mas quando depois em de não se como por para com e",
        "eu nós",
        "hoje ontem também assim então isso este esta",
    )
    code_words = words("código pin senha cep conta número referência")
    abbreviations: ClassVar = abbreviations(
        """
        senhor: sr | senhora: sra | senhores: srs | senhoras: sras | senhorita: srta | doutor: dr
        doutora: dra | professor: prof | professora: profa | por exemplo: p.ex ex | isto é: i.e
        avenida: av | excelentíssimo: exmo | excelentíssima: exma | ilustríssimo: ilmo
        engenheiro: eng | general: gen
        aproximadamente: aprox | antes de Cristo: a.c | depois de Cristo: d.c
        departamento: depto dept | telefone: tel | companhia: cia | limitada: ltda
        observação: obs | máximo: máx | mínimo: mín | Santo: sto | Santa: sta | confira: cf
        """,
        often_ends="et cetera: etc",
        before_number="""
        página: p pág | páginas: pp págs | número: no núm num | figura: fig | volume: vol
        inciso: inc | artigo: art | capítulo: cap | século: séc
        """,
        bare="para: p/ | com: c/ | número: nº Nº n° N° n.º N.º | Estados Unidos: E.U.A",
    )

    def cardinal(self, number: int, form: str = "") -> str:
        """Return "dezasseis" instead of "dezesseis" outside Brazil."""
        said = super().cardinal(number, form)
        if self.tag.endswith("-br") or self.tag == "pt":
            return said
        return said.replace("dezesse", "dezasse").replace("dezeno", "dezano")

    def rules(self) -> Iterator[Rule]:
        """Yield the rules of "D. Pedro", scores and the numbers of persons."""
        yield rule(
            "time",
            "digit",
            r"(?<![\p{L}\p{N}.,/])(?P<n>\d{1,2})/(?P=n)[ ]?(?:h|hs|horas)(?![\p{L}\p{N}])",
            lambda place: "{0} em {0} horas".format(self.cardinal(int(place["n"]), "feminine")),
            then="/",
        )
        yield rule(
            "abbreviation",
            "letter",
            r"(?<![\p{L}\p{N}.])D\.(?=[ ]\p{Lu}\p{Ll}+[ ](?:\p{Lu}\p{Ll}+[ ])?[IVX]+(?!\p{L}))",
            lambda place: "Dona" if (place.after(1) or [""])[0] in WOMEN else "Dom",
        )
        yield rule(
            "score",
            "digit",
            r"(?<![\p{L}\p{N}.,])(?P<a>\d{1,2})[ ][x×][ ](?P<b>\d{1,2})"
            r"(?![ ]?(?:c?m|mm|km|=|\d|[x×])|[.,]\d)",
            lambda place: f"{self.cardinal(int(place['a']))} a {self.cardinal(int(place['b']))}",
        )
        yield rule(
            "score",
            "digit",
            r"(?<![\p{L}\p{N}.,])(?P<a>\d)[x×](?P<b>\d)(?![\p{L}\p{N}×-]|[.,]\d)",
            self._tight_score,
            then="x×",
        )
        yield rule(
            "code",
            "digit",
            r"(?<![\p{L}\p{N}.,])(?:\d{3}\.\d{3}\.\d{3}-\d\d|\d\d\.\d{3}\.\d{3}/\d{4}-\d\d)(?![\p{L}\p{N}])",
            lambda place: ", ".join(
                self.digits(group) for group in regex.findall(r"\d+", place.text)
            ),
        )

    def day(self, number: int, place: Place) -> str:
        """Return "primeiro" for the first, cardinals for the rest."""
        return "primeiro" if number == 1 else self.cardinal(number)

    def time(self, hour: int, minute: int, second: int | None, place: Place, half: str = "") -> str:
        """Return "quatorze horas e trinta minutos" as "quatorze e trinta"."""
        said = [self.cardinal(hour, "feminine")]
        if minute or second:
            said += ["e", self.cardinal(minute)]
        else:
            said.append("hora" if hour == 1 else "horas")
        if second is not None:
            said += ["e", self.quantity(Number(str(second)), "duration-second") or ""]
        return " ".join(said)

    def power(self, exponent: Number) -> str | None:
        """Return "ao quadrado", "ao cubo", "elevado a dez"."""
        known = {"2": "ao quadrado", "3": "ao cubo"}
        if not exponent.negative and exponent.whole in known:
            return known[exponent.whole]
        return f"elevado a {self.number(exponent)}"

    def _tight_score(self, place: Place) -> str | None:
        """Read "2x1" as a score where a game is spoken of, and "2x0" everywhere."""
        if place["b"] != "0" and not _GAME.intersection(w.lower() for w in place.before(3)):
            return None
        return f"{self.cardinal(int(place['a']))} a {self.cardinal(int(place['b']))}"

    def century(self, number: int, place: Place) -> str | None:
        """Return the number beside "século": an ordinal up to ten."""
        before = (place.before(1) or [""])[-1].lower()
        is_century = before.rstrip(".") in ("século", "séculos", "séc")
        return self.regnal(number, place) if is_century else None
