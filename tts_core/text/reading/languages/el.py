"""Greek."""

from __future__ import annotations

from typing import ClassVar

from tts_core.text.reading.language import Language
from tts_core.text.reading.tables import abbreviations, words


class Greek(Language):
    """Greek."""

    starters = words("ο η το οι τα αυτός αυτή αυτό και αλλά όταν αν στο στη στην με για από")
    abbreviations: ClassVar = abbreviations(
        """
        παραδείγματος χάρη: π.χ | δηλαδή: δηλ | κύριος: κ | κυρία: κα | καθηγητής: καθ
        προ Χριστού: π.χρ | βλέπε: βλ | περίπου: περ
        """,
        often_ends="και λοιπά: κ.λπ κλπ | και άλλα: κ.ά",
        before_number="σελίδα: σ σελ | αριθμός: αρ | κεφάλαιο: κεφ",
    )
