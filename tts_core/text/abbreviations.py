"""Abbreviations and other words that decide about sentence ends; lower case, no final full stop."""

from __future__ import annotations


def _words(*lines: str) -> frozenset[str]:
    """Return the words of some lines as a set."""
    return frozenset(" ".join(lines).split())


NEVER_END = _words(
    # English
    "mr mrs ms messrs mx dr prof rev fr hon gov sen rep gen col lt sgt capt cmdr adm maj supt",
    "mt ft vs cf e.g i.e eg ie viz approx",
    # German
    "z.b d.h bzw ca vgl sog geb gest verh ggf evtl inkl exkl zzgl bspw bzgl frl hr fr hl dipl ing",
    "mio mrd tsd i.d.r z.t u.u o.g s.o m.e z.z z.hd",
    # French
    "mm mme mmes mlle mlles mgr ste c.-à-d p.ex env éd",
    # Spanish and Portuguese
    "sr sra sres sras srta srs dra dres dña excmo exmo exma ilmo gral profa p.ej",
    # Italian
    "sig sigg sig.ra sig.na dott dott.ssa prof.ssa avv geom es p.es spett egr l'on",
    # Dutch, Scandinavian, Polish, Czech
    "dhr mevr mw drs bijv d.w.z t.ex bl.a dvs f.eks np tzn m.in tj tzv např ul hab",
    # Russian, Greek, Hindi
    "т.е т.н им ул гр проф акад см ср напр π.χ δηλ डॉ श्री प्रो",
)
"""These never end a sentence: titles, "for example", "million"."""

BEFORE_NUMBERS = _words(
    "no nos n° nr nrs fig figs vol vols pp eq sec chap ch art par ref ed ser",
    "abb tab kap bd abs ziff rn tel blz num núm pág págs pag cap",
    "jan feb mar apr jun jul aug sep sept oct okt nov dec dez mon tue tues wed thu thur thurs",
    "janv févr fév avr juil août déc ene abr ago dic gen giu lug ott",
    "стр рис табл гл godz",
)
"""These do not end a sentence when a number follows."""

OFTEN_END = _words("etc usw ecc enz osv itd itp atd т.д т.п")
"""A capital letter after these begins a sentence."""

MAY_END = _words(
    "st ave blvd rd hwy inc ltd co corp jr esq bros dept univ assn gmbh al ex est",
    "arch lic ing arq av avda ud uds vd vds bd boul др тыс млн млрд руб",
)
"""After these, as after initials and "U.S.", only a word of `STARTERS` begins a sentence."""

STARTERS = _words(
    "the a an he she it we they you i this that these those there here his her its our their my",
    "your in on at as if when while after before but and so then however although because since",
    "for from what who where why how no not now some many most one another both each",
    "er sie es wir ihr ich der die das ein eine dies diese dieser dann aber und doch wenn als im",
    "danach dort hier heute",
    "il elle ils elles nous vous je on ce cette ces c'est les un une mais puis dans en au et",
    "él ella ellos los las una pero y esto este esta cuando no después ele ela eles os as mas",
    "lui lei loro gli questo questa ma quando poi nel",
    "он она оно они мы вы ты я это в на и но а когда если как после",
)
"""Words with which sentences begin, but hardly any names."""

ORDINAL_CONTEXT = _words(
    "am im der die das dem den des vom zum zur bis ab seit beim nach vor ein einen einem eines",
    "den d dne el",
)
"""After these, "3." before a capital letter is an ordinal ("am 3. Mai", "der 2. Weltkrieg")."""

MONTHS = _words(
    "januar jänner februar märz april mai juni juli august september oktober november dezember",
    "jan feb mär apr jun jul aug sep sept okt nov dez",
)
"""German month names, before which the day is an ordinal."""

CONJUNCTIONS = _words(
    "and or but because which who that while when where although though unless until so if than",
    "und oder aber weil dass wenn als sondern denn obwohl während",
    "et ou mais que qui car donc lorsque parce",
    "y o pero porque cuando mientras aunque e mas quando enquanto embora",
    "che ma perché mentre anche en of maar omdat och men eller",
    "и или но что который которая которые когда потому чтобы",
    "و أو لكن لأن और या लेकिन क्योंकि",
)
"""A long sentence may be cut before these."""

LEANING = _words(
    "the a an this that these those my your his her its our their no every each some any very",
    "of to in on at by for from with into onto over under about between through during without",
    "after before against within than as is are was were be been not mr mrs ms dr &",
    "der die das den dem des ein eine einen einem eines einer kein keine mein sein ihr unser",
    "im am zum zur vom beim mit von zu bei nach aus auf für durch gegen ohne um über unter vor",
    "hinter neben zwischen seit sehr nicht",
    "le la les un une des du de au aux ce cet cette ces mon ma mes ton ta tes son sa ses notre",
    "votre leur leurs à en dans sur sous par pour avec sans chez vers entre depuis très ne",
    "el los las una unos unas del al mi tu su sus con sin sobre desde hasta para por muy",
    "o os as um uma uns umas do da dos das no na nos nas ao à pelo pela em com sem até muito",
    "il lo gli i uno di da dal dalla della dello delle dei nel nella sul sulla col tra fra per",
    "het een van naar met voor op aan uit bij tot zonder door",
    "в во на с со к ко у о об от до из за по под над при для без через между не",
)
"""Articles, prepositions and the like: a line is not well ended with these."""

TRAILING = _words("का के की को से में पर ने तक है हैं था थी थे")
"""The same for words that belong to what is before them: a line does not well begin with these."""
