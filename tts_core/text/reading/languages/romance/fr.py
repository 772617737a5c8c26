"""French: "quatorze heures trente", "le premier mai", "Louis quatorze", "dix-septième siècle"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import regex

from tts_core.text.reading.abbreviation import Abbreviation
from tts_core.text.reading.data.greek import letters
from tts_core.text.reading.data.rulers import WOMEN
from tts_core.text.reading.languages.romance.base import Romance
from tts_core.text.reading.number import Number
from tts_core.text.reading.rule import Place, Rule, rule
from tts_core.text.reading.tables import abbreviations, genders, pairs, words

_NUMBERED = words(
    "page pages année années an numéro chapitre ligne article chambre canal département route"
)
"""After these a number tells which one it is."""


_CENTURY = regex.compile(r"(?:[IVX]+|\d{1,2})(?:e|ᵉ|er|ème)")


class French(Romance):
    """French of France; CLDR's differences for Canada, Belgium and Switzerland."""

    ordinal_suffixes = words("er ers re res ère ères e es ème èmes eme ième nd nde ᵉ ᵉʳ ʳᵉ ⁿᵈ ⁿᵈᵉ")
    feminine_suffixes = words("re res ère ères nde ʳᵉ ⁿᵈᵉ")
    feminine_endings = (
        "page", "pages",
        "image", "images", "tion", "té", "ée", "ence", "ance", "aine", "ette", "ie",
        "ures", "ions", "ées", "ure", "esse", "ense", "elle", "enne", "euse", "trice", "ine", "ade",
    )  # fmt: skip
    feminine_nouns = words(
        "femme femmes fille filles heure semaine année minute seconde fois personne maison table",
        "chaise rue ville école étoile chambre pièce pomme tasse bouteille tranche goutte ligne",
        "chanson fleur mère sœur nuit porte carte lettre photo vidéo note raison entreprise langue",
        "vache voix main tête lune vie voiture clé route place tonne livre-sterling cuillère",
        "fleurs",
        "étape équipe fenêtre banane orange feuille valise classe course partie face côte plage",
        "église boîte dent jambe forêt mer île pierre planète centaine erreur robe touche dose",
        "peine",
        "victoire défaite médaille femelle école bataille bougie cigarette commune chaussure",
        "circonscription conférence copie couche critique distance entrée espèce famille figurine",
        "flèche grève guerre île journée larme livraison machine mesure messe molécule œuvre offre",
        "onde oreille parole patte perle pilule piste pièce plainte plante plaque poche poule",
        "preuve procédure prune pompe question recette récompense règle réponse ressource salle",
        "scène secte séquence série source station tache tâche tentative tombe tribu usine vague",
        "variable veuve vertèbre victime vigne vis vitamine zone abeille âme année-lumière arme",
        "auberge balle bactérie barque bataille bête botte bouche branche brebis brique caisse",
        "chèvre cible colonne couleur danse dette dizaine douzaine vingtaine trentaine élève-fille",
        "fourmi galaxie goutte graine jument lampe larve licence lieue marche marque matière mine",
        "montre montagne mouche nation note orchidée pâte phrase pile pipe pieuvre poire pomme",
        "ruche sœur sonate souris syllabe tente tombe tonne tortue toile tour vallée veste vidéo",
    )
    no_nouns = words(
        "pour dans avec sans chez vers entre depuis pendant jusque par sur sous mais donc est sont",
        "était ont avait sera qui que dont plus moins fait peut pas sur été des les aux près selon",
    )
    and_half = "et demi"
    and_word = "et"
    half_forms = ("un demi", "une demi")
    by = "sur"
    after_fractions = words("de des du d heure journée")
    before_short_dates = ("le", "du", "au")
    as_often = "fois"
    scales = ("mille", "million", "milliard")
    short_codes = words("15 17 18 112 114 115 3615 3919")
    decimal_sign = ","
    group_signs = " ."
    telephone_words = words(
        "tél téléphone fax portable mobile tel appelez composez appeler composer"
    )
    minus = "moins"
    point = "virgule"
    to = "à"
    compass: ClassVar = {"N": "nord", "S": "sud", "E": "est", "O": "ouest", "W": "ouest"}
    per_word = "par"
    of = "de"
    half = "un demi"
    cents_word = ""
    before_single_unit = ("par", "le", "un", "du", "au")
    hour_signs = (":", "h", " h ", "\u00a0h\u00a0", "\u202fh\u202f", "H")
    hour_words = ("h", "heures", "heure")
    denominators: ClassVar = {3: "tiers", 4: "quart"}
    extra_months: ClassVar = {
        "janv": 1,
        "févr": 2,
        "fév": 2,
        "avr": 4,
        "juil": 7,
        "sept": 9,
        "oct": 10,
    }
    signs: ClassVar = {
        **letters(
            "alpha bêta gamma delta epsilon zêta êta thêta iota kappa lambda mu "
            "nu xi omicron pi rhô sigma tau upsilon phi khi psi oméga",
        ),
        "♯": "dièse", "♭": "bémol", "℡": "téléphone",
        "+": "plus", "−": "moins", "-": "moins", "×": "fois", "·": "fois", "*": "fois",
        "÷": "divisé par", "=": "égale", "≠": "différent de", "≈": "environ", "<": "inférieur à",
        ">": "supérieur à", "≤": "inférieur ou égal à", "≥": "supérieur ou égal à",
        "±": "plus ou moins", "~": "environ", "©": "copyright", "√": "racine carrée de",
        "∞": "infini",
        "∪": "union", "∩": "inter", "∫": "intégrale de", "∈": "appartient à",
        "π": "pi",
        "&": "et", "§": "paragraphe", "°": "degrés", "%": "pour cent", "№": "numéro", "/": "sur",
        "@": "arobase", "→": "vers", "€": "euros", "£": "livres", "$": "dollars", "¥": "yens",
    }  # fmt: skip
    prefix_signs: ClassVar = {"+": "plus", "<": "moins de", ">": "plus de"}
    symbols: ClassVar = {
        ".": "point", "@": "arobase", "/": "barre oblique", "-": "tiret", "_": "tiret bas",
        ":": "deux points", "#": "dièse", "?": "point d'interrogation", "=": "égal", "&": "et",
        "%": "pour cent", "+": "plus", "~": "tilde", "number": "numéro", "version": "version",
        "hashtag": "hashtag",
        "code block": "Bloc de code.",
    }  # fmt: skip
    currencies: ClassVar = {
        "USD": ("dollar", "dollars"), "GBP": ("livre", "livres"), "EUR": ("euro", "euros"),
        "JPY": ("yen", "yens"), "CHF": ("franc", "francs"), "INR": ("roupie", "roupies"),
        "RUB": ("rouble", "roubles"), "BRL": ("réal", "réaux"), "CNY": ("yuan", "yuans"),
        "CAD": ("dollar canadien", "dollars canadiens"), "FRF": ("franc", "francs"),
    }  # fmt: skip
    currency_signs: ClassVar = {
        "euros": "EUR", "euro": "EUR", "dollars": "USD", "ct": "¢EUR", "cts": "¢EUR", "F": "FRF",
    }  # fmt: skip
    cents: ClassVar = {
        "EUR": ("centime", "centimes"), "CHF": ("centime", "centimes"), "USD": ("cent", "cents"),
        "CAD": ("cent", "cents"), "GBP": ("penny", "pence"),
    }  # fmt: skip
    magnitudes: ClassVar = {
        **pairs("mille", "mille k"), **pairs("million", "million millions mio", "millions"),
        **pairs("milliard", "milliard milliards md mds mrd", "milliards"),
        **pairs("billion", "billion billions", "billions"),
    }  # fmt: skip
    genders: ClassVar = genders(
        feminine="""
        volume-tablespoon volume-teaspoon
        GBP INR mass-tonne mass-pound mass-ounce duration-hour duration-minute duration-second
        duration-week duration-year duration-millisecond energy-calorie energy-kilocalorie
        """
    )
    units: ClassVar = {
        "Mbps": ("mégabit par seconde", "mégabits par seconde"), "dB": ("décibel", "décibels"),
        "kbps": ("kilobit par seconde", "kilobits par seconde"), "kV": ("kilovolt", "kilovolts"),
        "Gbps": ("gigabit par seconde", "gigabits par seconde"), "Wh": ("wattheure", "wattheures"),
        "MWh": ("mégawattheure", "mégawattheures"), "GWh": ("gigawattheure", "gigawattheures"),
        "TWh": ("térawattheure", "térawattheures"), "mAh": ("milliampère-heure",) * 2,
        "MB/s": ("mégaoctet par seconde", "mégaoctets par seconde"),
        "rpm": ("tour par minute", "tours par minute"),
        "fps": ("image par seconde", "images par seconde"),
        "mm²": ("millimètre carré", "millimètres carrés"),
        "temperature-celsius": ("degré Celsius", "degrés Celsius"),
    }  # fmt: skip
    unit_signs: ClassVar = {
        "Mo": "digital-megabyte", "Go": "digital-gigabyte", "To": "digital-terabyte",
        "ko": "digital-kilobyte", "Ko": "digital-kilobyte", "sec": "duration-second",
        "tr/min": "rpm", "mn": "duration-minute", "ch": "power-horsepower",
        "c. à s.": "volume-tablespoon", "c. à c.": "volume-teaspoon", "càs": "volume-tablespoon",
        "càc": "volume-teaspoon", "j": "duration-day", "j.": "duration-day",
    }  # fmt: skip
    per_signs: ClassVar = {
        "j": "duration-day",
        "jour": "duration-day",
        "mois": "duration-month",
        "an": "duration-year",
    }
    words_like_units = words("A ly mi B")
    section_words = words(
        "chapitre tome partie volume acte scène livre article section phase classe type guerre",
        "titre",
        "annexe figure tableau groupe niveau chap vol art fig",
    )
    roman_suffixes = ("ᵉʳ", "re", "ᵉ", "ème", "e", "er", "ère", "ʳᵉ")
    capital_words = words(
        "à au aux ce ces ça de des du elle en et eux il ils je la le les leur lui ma me mes",
        "moi mon ne",
        "ni nos non nous on ou où oui par pas peu plus pour qu que qui sa se ses si son sur ta",
        "te tes",
        "toi ton tous tout tu un une va vos vous y est sont fait bon fin ici très bien mais",
        "dans avec",
        "pourquoi comment quand c'est",
    )
    initialisms = words(
        "UE ONU SNCF RATP EDF PME TVA USA UK IA TV PC PDG ADN CV HLM ONG OMS OUI UN",
    ) - words("OUI UN ONU")
    starters = words(
        "il elle ils elles nous vous je on ce cette ces c'est le la les un une mais puis dans",
        "en au et",
        "pour par si quand comme mon ma mes son sa ses leur leurs notre votre tout tous y",
        "alors donc",
    )
    code_words = words("code pin postal mot numéro référence matricule compte")
    abbreviations: ClassVar = abbreviations(
        """
        Messieurs: mm | Monseigneur: mgr | Docteur: dr | Professeur: pr prof | Maître: me
        par exemple: p.ex ex | c'est-à-dire: c.-à-d c.à.d | environ: env | Monsieur: m
        avant Jésus-Christ: av.j.-c av.j.c | après Jésus-Christ: apr.j.-c ap.j.-c | éditeur: éd
        boulevard: bd boul | avenue: av | Saint: st | Sainte: ste | madame: mme | mademoiselle: mlle
        habitants: hab | département: dép dépt | téléphone: tél | s'il vous plaît: s.v.p svp
        points: pts | siècle: s | Opus: op | confer: cf | idem: id | ibidem: ibid
        """,
        often_ends="et cetera: etc | et autres: et.al",
        before_number="""
        maximum: max | minimum: min | page: p | pages: pp | figure: fig | volume: vol
        article: art | chapitre: chap ch
        numéro: no
        alinéa: al | tome: t | paragraphe: par | section: sect | tableau: tab | note: n
        """,
        bare="""
        Madame: Mme | Mademoiselle: Mlle | Mesdames: Mmes | Mesdemoiselles: Mlles | Docteur: Dr
        Professeur: Pr | Monseigneur: Mgr | Maître: Me | numéro: n° N° nº | numéros: n°s
        confer: cf | Saint: St | Sainte: Ste | s'il vous plaît: svp SVP | boulevard: bd
        Société: Sté | Compagnie: Cie | c'est-à-dire: c-à-d càd | rendez-vous: RDV RdV rdv
        quelqu'un: qqn | quelque chose: qqch
        """,
    )

    def year(self, number: int) -> str:
        """Return a year as any number: CLDR's "dix-neuf-cent" is out of use."""
        return (
            self.cardinal(number).removesuffix("s") if number % 100 == 80 else self.cardinal(number)
        )

    def plain_number(self, number: Number, place: Place) -> str:
        """Leave out the plural of "quatre-vingts" where the number is one of a row."""
        said = super().plain_number(number, place)
        is_numbered = place.word_before.lower().rstrip(".") in _NUMBERED
        return (
            said.removesuffix("s") if is_numbered and said.endswith(("vingts", "cents")) else said
        )

    def telephone_group(self, digits: str) -> str:
        """Return pairs of digits as numbers, the way the French say them."""
        if len(digits) != 2 or digits == "00":
            return self.digits(digits)
        zero = f"{self.digits('0')} " if digits[0] == "0" else ""
        return f"{zero}{self.cardinal(int(digits))}"

    def rules(self) -> Iterator[Rule]:
        """Yield the rules of "1er/02/1980", "24h/24", "7j/7", "1m80"."""
        yield rule(
            "date",
            "digit",
            r"(?<![\p{L}\p{N}/.,])1(?:er|ᵉʳ)/(?P<m>0?[1-9]|1[0-2])/(?P<y>\d{4})(?![\p{L}\p{N}/])",
            lambda place: self.date(place, self.day(1, place), int(place["m"]), int(place["y"])),
        )
        yield rule(
            "time",
            "digit",
            r"(?<![\p{L}\p{N}])(?P<n>\d{1,2})[ ]?(?P<unit>h|j|heures|jours)"
            r"[ ]?(?:/|sur)[ ]?(?P<of>\d{1,2})"
            r"(?P<days>[ ]?j)?(?![\p{L}\p{N}])",
            self._on,
        )
        yield rule(
            "unit",
            "digit",
            r"(?<![\p{L}\p{N}.,])(?P<n>\d{1,2})[ ]?m[ ]?(?P<cm>\d\d)(?![\p{L}\p{N}]|[.,]\d)",
            lambda place: (
                f"{self.quantity(Number(place['n']), 'length-meter')} "
                f"{self.cardinal(int(place['cm']))}"
            ),
        )

        yield rule(
            "code",
            "digit",
            r"(?<=(?<!\p{L})(?:[LRD]\.|(?i:articles?|art\.)[ ][LRD])[ ]?)"
            r"\d{1,4}(?:-\d{1,3}){1,3}(?![\p{L}\p{N}-])",
            lambda place: " tiret ".join(
                self.cardinal(int(part)) for part in place.text.split("-")
            ),
        )

    def _on(self, place: Place) -> str:
        unit = "duration-hour" if place["unit"][0] == "h" else "duration-day"
        said = self.quantity(Number(place["n"]), unit)
        last = self.cardinal(int(place["of"])) + (" jours" if place["days"] else "")
        return f"{said} sur {last}"

    def day(self, number: int, place: Place) -> str:
        """Return "premier" for the first, cardinals for the rest."""
        return "premier" if number == 1 else self.cardinal(number)

    def time(self, hour: int, minute: int, second: int | None, place: Place, half: str = "") -> str:
        """Return "quatorze heures trente"."""
        said = [self.cardinal(hour, "feminine"), "heure" if hour < 2 else "heures"]
        if minute or second:
            said.append(self.cardinal(minute, "feminine"))
        if second is not None:
            said += ["et", self.quantity(Number(str(second)), "duration-second") or ""]
        return " ".join(said)

    def with_cents(self, whole: str, cents: str, number: int) -> str:
        """Return "trois euros cinquante"."""
        return f"{whole} {self.cardinal(number)}"

    def after_million(self, name: str) -> str:
        """Return "d'euros", "de dollars"."""
        return f"d'{name}" if name[0] in "aeiouéèh" else f"de {name}"

    def fraction(self, numerator: int, denominator: int) -> str:
        """Return "quinze sur vingt" rather than "quinze vingtièmes"."""
        if numerator > 1 and denominator > 10 and denominator not in (100, 1000):
            return f"{self.cardinal(numerator)} sur {self.cardinal(denominator)}"
        return super().fraction(numerator, denominator)

    def ratio(self, first: int, second: int, place: Place) -> str | None:
        """Return "vingt-quatre sur vingt-quatre"."""
        if first + second == 100:
            return f"{self.cardinal(first)} {self.cardinal(second)}"
        return f"{self.cardinal(first)} sur {self.cardinal(second)}"

    def power(self, exponent: Number) -> str | None:
        """Return "au carré", "au cube", "puissance dix"."""
        known = {"2": "au carré", "3": "au cube"}
        if not exponent.negative and exponent.whole in known:
            return known[exponent.whole]
        return f"puissance {self.number(exponent)}"

    def regnal(self, number: int, place: Place) -> str:
        """Return "premier", "deux", "quatorze"."""
        first = "première" if place.word_before in WOMEN else "premier"
        return first if number == 1 else self.cardinal(number)

    def written_ordinal(self, place: Place, digits: str, suffix: str) -> str | None:
        """Read "2nd" as "second", "1ers" as "premiers"."""
        if suffix.startswith(("nd", "ⁿᵈ")) and digits == "2":
            return "seconde" if suffix.endswith(("e", "ᵉ")) else "second"
        said = super().written_ordinal(place, digits, suffix)
        return f"{said}s" if said and suffix.endswith("s") else said

    def number_range(self, first: Number, last: Number, place: Place) -> str:
        """Return the two numbers of a law ("n° 78-17") one after the other."""
        if place.word_before.lower() in ("n°", "nº"):
            return f"{self.number(first)} {self.number(last)}"
        return super().number_range(first, last, place)

    def century(self, number: int, place: Place) -> str | None:
        """Return an ordinal before "siècle"."""
        following = (place.after(1) or [""])[0].lower()
        return self.ordinal(number, "masculine") if following.startswith("siècle") else None

    def abbreviation(self, word: str, place: Place) -> Abbreviation | None:
        """Take "M." for "Monsieur" only before a name, and "av." by what follows."""
        after = (place.after(1) or [""])[0]
        if word in ("M", "Me", "Pr", "St", "Ste") and not (
            place.next == " " and (after[:1].isupper() or (word == "M" and after in ("et", "le")))
        ):
            return None
        if word in ("m", "me", "pr") or (word == "ex" and after[:1].isupper()):
            return None
        if word == "s":
            is_century = _CENTURY.fullmatch(place.word_before)
            return Abbreviation("siècle", ends=True) if is_century else None
        return super().abbreviation(word, place)
