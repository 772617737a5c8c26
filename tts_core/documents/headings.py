"""Recognizes headings of chapters and titles of front matter by their words."""

from __future__ import annotations

import re

_ROMAN = r"(?=[IVXLC])(?:XC|XL|L?X{0,4})(?:IX|IV|V?I{0,4})"
_WORDS = (
    # Numbers in words, as far as novels go.
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty the last first second "
    "third fourth fifth sixth seventh eighth ninth tenth "
    "eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn "
    "un deux trois quatre cinq six sept huit neuf dix onze douze premier première deuxième "
    "troisième quatrième cinquième "
    "uno dos tres cuatro cinco seis siete ocho nueve diez once doce primero segunda segundo "
    "tercero primera due tre quattro cinque sei sette otto nove dieci primo"
)
_NUMBER = (
    rf"(?:\d{{1,4}}|{_ROMAN}|(?:{'|'.join(sorted(set(_WORDS.split()), key=len, reverse=True))})"
    r"(?:[- ](?:one|two|three|four|five|six|seven|eight|nine))?)"
)
_PARTS = (
    "part|book|volume|teil|buch|band|partie|livre|tome|parte|libro|tomo|часть|том|książka|część"
)
_CHAPTERS = (
    "chapter|section|act|scene|canto|letter|episode|kapitel|abschnitt|akt|szene|brief|chapitre|"
    "acte|scène|lettre|capítulo|capitulo|capitolo|acto|escena|carta|hoofdstuk|rozdział|глава|"
    "kapitola|bölüm|fejezet|luku|розділ"
)
_NAMED = (
    "prologue|prolog|prólogo|prologo|epilogue|epilog|épilogue|epílogo|epilogo|interlude|preface|"
    "foreword|afterword|introduction|postscript|vorwort|nachwort|einleitung|préface|postface|"
    "avant-propos|prefacio|prefazione|introducción|introduzione|пролог|эпилог|"
    "序章|序|终章|終章|尾声|楔子|プロローグ|エピローグ|あとがき"
)
_GERMAN_ORDINAL = (
    "erste[rs]?|zweite[rs]?|dritte[rs]?|vierte[rs]?|fünfte[rs]?|sechste[rs]?|siebte[rs]?|"
    "achte[rs]?|neunte[rs]?|zehnte[rs]?|elfte[rs]?|zwölfte[rs]?"
)
_CJK = "[一二三四五六七八九十百千零〇两0-9０-９]{1,8}"
_TITLE = r"(?:\s*[.:：—–-]\s*\S.{0,120}|\s+\S.{0,80})?\.?"
"""What may follow a number: a title after a mark, or just so."""

_PART = re.compile(
    rf"(?:(?:{_PARTS})\s+(?:the\s+)?{_NUMBER}\b{_TITLE}"
    rf"|(?:{_GERMAN_ORDINAL})\s+(?:teil|buch)|第{_CJK}[部卷巻编編].{{0,40}})",
    re.I,
)
_CHAPTER = re.compile(
    rf"(?:(?:{_CHAPTERS})\s+(?:the\s+)?{_NUMBER}\b{_TITLE}"
    rf"|\d{{1,4}}\.?\s+(?:kapitel|fejezet|luku|bölüm)\b.{{0,80}}"
    rf"|(?:{_GERMAN_ORDINAL})\s+kapitel\b.{{0,80}}"
    rf"|(?:{_NAMED})(?:\s*[.:：—–-]\s*\S.{{0,120}})?\.?"
    rf"|第{_CJK}[章回节節話话幕].{{0,40}}|제\s?\d{{1,4}}\s?[장화].{{0,40}})",
    re.I,
)
_SENTENCE = re.compile(r"[a-zà-ÿа-я][.!?]$|[,;:]$")
_BROKEN_OFF = re.compile(
    r"(?:\b(?:St|Ste|Mr|Mrs|Ms|Dr|Prof|Capt|Col|Gen|Lt|Sgt|Rev|Mt|Ft|No|vs|Mme|Mlle)\.|,)\s*$"
)
_ROMAN_DIGITS = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_BARE_NUMBER = re.compile(rf"(?:{_ROMAN}|\d{{1,3}})\.?")
_SCENE_BREAK = re.compile(r"\s*(?:[*＊⁂※•◆◇■□●○✦❦~#§_=–—-]\s*){1,20}\s*")

_FRONT = re.compile(
    r"(?:table of |detailed )?contents?|toc|cover|title[ -]?page|half[ -]?title|copyright.{0,40}"
    r"|imprint|colophon|dedication|epigraph|also by.{0,80}|(?:other )?(?:books|works) by.{0,80}"
    r"|praise for.{0,80}|about the (?:author|publisher|type)s?|acknowledge?ments?|index"
    r"|(?:list of )?(?:illustrations|figures|tables|maps)|bibliography|credits|newsletter"
    r"|(?:project gutenberg|transcriber).{0,60}|the full project gutenberg licen[sc]e"
    r"|inhalt(?:sverzeichnis|sübersicht)?|titel(?:seite)?|impressum|widmung|danksagung"
    r"|über (?:die autorin|den autor|das buch).{0,40}|register|literaturverzeichnis"
    r"|table des matières|sommaire|couverture|page de titre|dédicace|remerciements|du même auteur"
    r"|índice|contenido|cubierta|portada|portadilla|dedicatoria|agradecimientos|créditos"
    r"|indice|copertina|frontespizio|dedica|ringraziamenti|sumário|capa|agradecimentos"
    r"|目录|目錄|目次|版权.{0,10}|版權.{0,10}|封面|奥付|содержание|оглавление",
    re.I,
)
_LONGEST = 150
"""Characters of a heading."""


def heading_level(line: str) -> int:
    """Return 1 for the heading of a part, 2 for that of a chapter, 0 for another text."""
    line = " ".join(line.split())
    if not line or len(line) > _LONGEST:
        return 0
    is_upper = line.isupper()
    if _PART.fullmatch(line) and (is_upper or not _SENTENCE.search(line)):
        return 1
    if _CHAPTER.fullmatch(line) and (is_upper or not _SENTENCE.search(line)):
        return 2
    return 0


def breaks_off(line: str) -> bool:
    """Return whether a heading goes on in the next line, since this one ends as no heading does:
    "Chapter 3: The House of St."."""
    match = _BROKEN_OFF.search(line)
    return match is not None and heading_level(line[: match.start()]) > 0


def is_bare_number(line: str) -> bool:
    """Return whether a line is but a Roman or Arabic number, as chapters without titles have."""
    return _BARE_NUMBER.fullmatch(line.strip()) is not None


def number_value(line: str) -> int | None:
    """Return the value of a line that is but a Roman or Arabic number; None for another line."""
    if not is_bare_number(line):
        return None
    number = line.strip(" .").upper()
    if number.isdecimal():
        return int(number)
    digits = [_ROMAN_DIGITS[letter] for letter in number]
    return sum(-a if a < b else a for a, b in zip(digits, [*digits[1:], 0], strict=True))


def is_scene_break(line: str) -> bool:
    """Return whether a line is an ornament: asterisks, dashes."""
    return bool(line.strip()) and _SCENE_BREAK.fullmatch(line) is not None


def is_front_matter(title: str) -> bool:
    """Return whether a title is that of a table of contents, a copyright page or the like."""
    return _FRONT.fullmatch(title.strip(" .:*")) is not None
