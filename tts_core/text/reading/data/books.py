"""Books of the Bible by their abbreviations, as they are called where a verse is cited."""

from __future__ import annotations

from collections.abc import Mapping

from tts_core.text.reading.tables import named

BOOKS: Mapping[str, Mapping[str, str]] = {
    "en": named(
        """
        Genesis: Gen Gn | Exodus: Exod Ex | Leviticus: Lev | Numbers: Num | Deuteronomy: Deut Dt
        Joshua: Josh | Judges: Judg | Samuel: Sam | Kings: Kgs | Chronicles: Chron Chr
        Nehemiah: Neh | Psalm: Ps Psa | Proverbs: Prov | Ecclesiastes: Eccl | Isaiah: Isa
        Jeremiah: Jer | Ezekiel: Ezek | Matthew: Matt Mt | Mark: Mk | Luke: Lk | John: Jn
        Romans: Rom | Corinthians: Cor | Galatians: Gal | Ephesians: Eph | Colossians: Col
        Thessalonians: Thess | Timothy: Tim | Titus: Tit | Hebrews: Heb | James: Jas | Peter: Pet
        Revelation: Rev | Ruth | Ezra | Esther | Job | Daniel | Hosea | Joel | Amos | Micah
        Zechariah | Malachi | Mark | Acts | Philippians | Jude | Surah | Sura | Quran
        """
    ),
    "de": named(
        """
        Genesis: Gen | Exodus: Ex | Deuteronomium: Dtn | Samuel: Sam | Könige: Kön | Chronik: Chr
        Mose
        Psalm: Ps | Sprüche: Spr | Jesaja: Jes | Jeremia: Jer | Hesekiel: Hes | Matthäus: Mt
        Markus: Mk | Lukas: Lk | Johannes: Joh | Apostelgeschichte: Apg | Römer: Röm
        Korinther: Kor | Galater: Gal | Epheser: Eph | Philipper: Phil | Kolosser: Kol
        Thessalonicher: Thess | Timotheus: Tim | Hebräer: Hebr | Jakobus: Jak | Petrus: Petr
        Offenbarung: Offb
        """
    ),
    "fr": named(
        """
        Genèse: Gn | Exode: Ex | Psaume: Ps | Proverbes: Pr | Isaïe: Is | Jérémie: Jr | Matthieu: Mt
        Marc: Mc | Luc: Lc | Jean: Jn | Actes: Ac | Romains: Rm | Corinthiens: Co | Galates: Ga
        Éphésiens: Ép | Philippiens: Ph | Hébreux: He | Jacques: Jc | Apocalypse: Ap
        """
    ),
    "es": named(
        """
        Génesis: Gn | Éxodo: Éx | Salmo: Sal | Proverbios: Prov | Isaías: Is | Jeremías: Jr
        Mateo: Mt | Marcos: Mc | Lucas: Lc | Juan: Jn | Hechos: Hch | Romanos: Rom Rm
        Corintios: Cor | Gálatas: Gál | Efesios: Ef | Filipenses: Flp | Hebreos: Heb
        Santiago: Sant | Apocalipsis: Ap
        """
    ),
    "it": named(
        """
        Genesi: Gn Gen | Esodo: Es | Salmo: Sal | Isaia: Is | Geremia: Ger | Matteo: Mt | Marco: Mc
        Luca: Lc | Giovanni: Gv | Atti: At | Romani: Rm | Corinzi: Cor | Galati: Gal | Efesini: Ef
        Filippesi: Fil | Ebrei: Eb | Giacomo: Gc | Apocalisse: Ap
        """
    ),
    "pt": named(
        """
        Gênesis: Gn | Êxodo: Êx | Salmo: Sl | Isaías: Is | Mateus: Mt | Marcos: Mc | Lucas: Lc
        João: Jo | Atos: At | Romanos: Rm | Coríntios: Cor Co | Gálatas: Gl | Efésios: Ef
        Hebreus: Hb | Apocalipse: Ap
        """
    ),
    "nl": named(
        """
        Genesis: Gen | Exodus: Ex | Psalm: Ps | Jesaja: Jes | Jeremia: Jer | Matteüs: Matt Mat
        Marcus: Marc | Lucas: Luc | Johannes: Joh | Handelingen: Hand | Romeinen: Rom
        Korintiërs: Kor | Galaten: Gal | Efeziërs: Ef | Hebreeën: Hebr | Openbaring: Openb
        """
    ),
    "ru": named(
        """
        Бытие: Быт | Исход: Исх | Псалом: Пс | Притчи: Прит | Исаия: Ис | Иеремия: Иер
        от Матфея: Мф | от Марка: Мк | от Луки: Лк | от Иоанна: Ин | Деяния: Деян | Римлянам: Рим
        Коринфянам: Кор | Галатам: Гал | Ефесянам: Еф | Евреям: Евр | Откровение: Откр
        """
    ),
}
"""By the code of the language."""
FIRST_TO_THIRD: Mapping[str, tuple[str, str, str]] = {
    "en": ("first", "second", "third"),
    "de": ("erster", "zweiter", "dritter"),
    "fr": ("premier", "deuxième", "troisième"),
    "es": ("primera", "segunda", "tercera"),
    "it": ("prima", "seconda", "terza"),
    "pt": ("primeira", "segunda", "terceira"),
    "nl": ("eerste", "tweede", "derde"),
    "ru": ("первое", "второе", "третье"),
}
"""Before a book of which there are several: "1 Cor"."""
PSALMS = frozenset({"Psalm", "Psaume", "Salmo", "Псалом"})
"""Cited without a verse too."""
FIRST_NAMES = frozenset({"Sam", "Tim"})
"""Abbreviations that are books only with a number before them."""
