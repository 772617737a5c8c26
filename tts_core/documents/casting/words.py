"""Words that tell who speaks: verbs of speech, pronouns, titles, persons without names."""

from __future__ import annotations

from collections.abc import Mapping

from tts_core.documents.flow import names

_VERBS = (
    # English
    "said|says|say|asked|asks|replied|replies|answered|answers|cried|cries|called|calls|whispered|"
    "whispers|murmured|murmurs|muttered|mutters|shouted|shouts|exclaimed|exclaims|repeated|repeats|"
    "returned|continued|continues|added|adds|remarked|observed|growled|growls|snapped|snaps|hissed|"
    "groaned|sighed|sighs|laughed|sobbed|begged|pleaded|demanded|demands|inquired|enquired|declared|"
    "announced|announces|explained|explains|suggested|suggests|insisted|insists|protested|agreed|"
    "agrees|admitted|admits|confessed|conceded|went on|goes on|began|put in|cut in|broke in|"
    "interrupted|interrupts|interjected|persisted|ventured|warned|promised|ordered|commanded|"
    "commented|responded|retorted|yelled|screamed|bellowed|roared|barked|drawled|mumbled|stammered|"
    "stuttered|gasped|breathed|chuckled|giggled|grunted|whined|wailed|purred|sneered|mused|"
    "grumbled|moaned|whimpered|exulted|boasted|joked|teased|scolded|objected|reminded|"
    "croaked|echoed|urged|offered|corrected|complained|told|quoth|"
    # German
    "sagte|sagt|fragte|fragt|antwortete|antwortet|erwiderte|erwidert|entgegnete|rief|ruft|flüsterte|"
    "flüstert|murmelte|murmelt|schrie|schreit|meinte|meint|behauptete|erklärte|erklärt|bemerkte|"
    "bat|befahl|seufzte|lachte|brummte|knurrte|stammelte|wiederholte|versetzte|fügte|gab|begann|"
    "fuhr|unterbrach|wandte|sprach|spricht|"
    # French
    "dit|dis|disait|demanda|demande|répondit|répond|répondait|répliqua|réplique|murmura|murmure|"
    "cria|crie|s'écria|s’écria|s'exclama|s’exclama|reprit|reprend|ajouta|ajoute|fit|souffla|"
    "chuchota|hurla|continua|poursuivit|expliqua|déclara|observa|remarqua|insista|protesta|soupira|"
    "grogna|lança|affirma|avoua|"
    # Spanish
    "dijo|dice|dije|preguntó|pregunta|respondió|responde|contestó|contesta|replicó|gritó|grita|"
    "exclamó|murmuró|susurró|añadió|continuó|explicó|repitió|insistió|suspiró|agregó|ordenó|"
    "protestó|observó|admitió|comentó"
)
VERBS = "|".join(sorted(set(_VERBS.split("|")), key=len, reverse=True))
"""As a pattern."""
PRONOUNS: Mapping[str, str] = {
    "he": "m", "she": "f", "i": "1", "we": "1", "they": "1",
    "er": "m", "sie": "f", "ich": "1", "wir": "1",
    "il": "m", "elle": "f", "je": "1", "nous": "1",
    "él": "m", "ella": "f", "yo": "1",
}  # fmt: skip
"""Gender of a pronoun: "m", "f", or "1" for the narrator and for several persons."""
POSSESSIVES: Mapping[str, str] = {
    "he": "m", "his": "m", "himself": "m", "she": "f", "her": "f", "herself": "f",
}  # fmt: skip
"""By which the gender of a name is learned; English only, since others agree with the thing."""
TITLES: Mapping[str, str] = {
    "mr": "m", "mister": "m", "sir": "m", "lord": "m", "uncle": "m", "father": "m", "brother": "m",
    "king": "m", "prince": "m", "master": "m", "mrs": "f", "ms": "f", "miss": "f", "lady": "f",
    "aunt": "f", "madam": "f", "dame": "f", "mother": "f", "sister": "f", "queen": "f",
    "princess": "f", "dr": "", "doctor": "", "prof": "", "professor": "", "captain": "", "capt": "",
    "colonel": "", "general": "", "major": "", "lieutenant": "", "sergeant": "", "inspector": "",
    "detective": "", "judge": "", "reverend": "", "rev": "",
    "herr": "m", "frau": "f", "fräulein": "f", "meister": "m", "onkel": "m", "tante": "f",
    "doktor": "", "hauptmann": "m", "graf": "m", "gräfin": "f",
    "monsieur": "m", "madame": "f", "mademoiselle": "f", "maître": "", "oncle": "m",
    "señor": "m", "señora": "f", "señorita": "f", "don": "m", "doña": "f", "tío": "m", "tía": "f",
}  # fmt: skip
"""Gender of a title, "" when it tells none."""
NOUNS: Mapping[str, str] = {
    "man": "m", "boy": "m", "lad": "m", "gentleman": "m", "father": "m", "brother": "m", "son": "m",
    "uncle": "m", "grandfather": "m", "husband": "m", "king": "m", "prince": "m", "monk": "m",
    "priest": "m", "woman": "f", "girl": "f", "lady": "f", "mother": "f", "sister": "f",
    "daughter": "f", "aunt": "f", "grandmother": "f", "wife": "f", "queen": "f", "princess": "f",
    "nun": "f", "maid": "f", "waitress": "f", "grandma": "f", "grandpa": "m", "mom": "f",
    "mum": "f", "dad": "m", "mann": "m", "junge": "m", "frau": "f", "mädchen": "f", "homme": "m",
    "garçon": "m", "femme": "f", "fille": "f", "hombre": "m", "niño": "m", "mujer": "f",
    "niña": "f", "vater": "m", "mutter": "f", "père": "m", "mère": "f", "padre": "m", "madre": "f",
}  # fmt: skip
"""Gender of persons without a name."""
ADJECTIVES = (
    "old|young|little|tall|short|fat|thin|big|small|other|first|second|third|elder|younger|older|"
    "blind|poor|good|great|dark|blond|fair|bald|red-haired|vieil|vieux|vieille|jeune|petit|petite|"
    "grand|grande|gros|grosse|viejo|vieja|joven|pequeño|pequeña|alte|junge|kleine|große|dicke"
)
NO_NAMES = names(
    """
    A After All Already Also Although Always An And Another Any Anyone Are As At Away Be Because
    Before Behind Below Beside Between Both But By Can Could Did Do Does Down Each Either Even Ever
    Every Everyone Everything Far Finally First For From Had Has Have He Her Here Hers Him His How
    However I If In Inside Instead Into Is It Its Just Last Later Let Like Many Maybe Me Meanwhile
    More Most Much My Near Neither Never Next No Nobody None Nor Not Nothing Now Of Off Oh On Once
    One Only Or Other Our Out Outside Over Perhaps Please Quite Rather She Should Silence Since So
    Some Somebody Someone Something Soon Still Such Suddenly Than Thank Thanks That The Their Them
    Then There These They This Those Though Three Through To Together Tomorrow Tonight Too Two Under
    Until Up Upon Very Was We Well Were What When Where Which While Who Why Will With Without Would
    Yes Yesterday Yet You Your
    Aber Als Am An Auch Auf Aus Bei Bis Da Dann Das Dem Den Der Die Dies Diese Doch Draußen Du Ein
    Eine Er Es Für Hier Ich Ihm Ihr Ihre Im In Ja Jetzt Mein Mit Nach Nein Nicht Nichts Noch Nun Nur
    Ob Oder Sein Seine Sie So Und Unter Vom Von Vor Was Wenn Wer Wie Wir Wo Zu
    Alors Après Au Aussi Avec Ce Cela Ces Cette Comme Dans De Des Donc Du Elle Elles En Et Il Ils Je
    La Le Les Leur Lui Mais Ne Non Nous On Ou Oui Par Pas Plus Pour Puis Quand Que Qui Rien Sa Sans
    Se Si Son Sur Tout Très Tu Un Une Vous
    Ahora Al Allí Aquí Así Cada Como Con Cuando Del Después El Ella Ellas Ellos Entonces Era Es Ese
    Esta Este Esto Ha Hay Las Lo Los Luego Más Muy Nada Ni No Para Pero Por Porque Pues Que Quien Se
    Sin Sí Su También Todo Un Una Usted Y Ya Yo
    """
)
"""Words at the beginning of a sentence that are no names."""
