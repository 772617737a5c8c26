"""Example texts for the Speak tab and preview sentences for voices, by language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Example(NamedTuple):
    """A chip under the text box."""

    label: str
    language: str
    text: str


EXAMPLES: Sequence[Example] = (
    Example(
        "English",
        "en-us",
        "The lighthouse keeper read aloud every evening. Nobody was listening, or so he thought. "
        "But on the far side of the bay, a window was always open.",
    ),
    Example(
        "Deutsch",
        "de",
        "Guten Morgen! Der Zug nach Lübeck fährt heute um 8:45 Uhr von Gleis 7. "
        "Bitte achten Sie auf die Durchsagen am Bahnsteig.",
    ),
    Example(
        "Español",
        "es",
        "En un lugar de la Mancha, de cuyo nombre no quiero acordarme, vivía un hidalgo. "
        "Leía de noche y soñaba de día.",
    ),
    Example(
        "हिन्दी",
        "hi",
        "नमस्ते! आज मौसम बहुत सुहावना है। चलिए, बगीचे में बैठकर एक कहानी सुनते हैं।",
    ),
    Example(
        "العربية",
        "ar",
        "مرحبا بكم. الكتاب خير صديق في السفر. اقرأ صفحة كل يوم، وسترى العالم بعين جديدة.",
    ),
    Example("中文", "cmn", "你好，欢迎使用。今天天气很好。我们一起去公园散步吧。"),
    Example("Українська", "uk", "Добрий вечір! Сьогодні ввечері буде дощ. Не забудьте парасолю."),
)

_PREVIEWS: Mapping[str, str] = {
    "ar": "مرحبا، هذا هو صوتي.",
    "bg": "Здравейте, така звучи моят глас.",
    "bn": "নমস্কার, এটি আমার কণ্ঠ।",
    "ca": "Hola, així sona la meva veu.",
    "cmn": "你好，这是我的声音。",
    "cs": "Dobrý den, takhle zní můj hlas.",
    "da": "Hej, sådan lyder min stemme.",
    "de": "Hallo, so klingt meine Stimme.",
    "el": "Γεια σας, έτσι ακούγεται η φωνή μου.",
    "en": "Hello, this is how I sound.",
    "eo": "Saluton, tiel sonas mia voĉo.",
    "es": "Hola, así suena mi voz.",
    "fa": "سلام، صدای من این است.",
    "fi": "Hei, tältä minun ääneni kuulostaa.",
    "fr": "Bonjour, voici ma voix.",
    "he": "שלום, כך נשמע הקול שלי.",
    "hi": "नमस्ते, मेरी आवाज़ ऐसी है।",
    "hu": "Jó napot, így szól a hangom.",
    "id": "Halo, beginilah suara saya.",
    "it": "Ciao, questa è la mia voce.",
    "ja": "こんにちは、わたしのこえです。",
    "ko": "안녕하세요, 제 목소리입니다.",
    "la": "Salve, haec est vox mea.",
    "nb": "Hei, slik høres stemmen min ut.",
    "nl": "Hallo, zo klinkt mijn stem.",
    "pl": "Dzień dobry, tak brzmi mój głos.",
    "pt": "Olá, esta é a minha voz.",
    "ro": "Bună ziua, așa sună vocea mea.",
    "ru": "Здравствуйте, вот мой голос.",
    "sv": "Hej, så här låter min röst.",
    "sw": "Habari, hii ni sauti yangu.",
    "ta": "வணக்கம், இது என் குரல்.",
    "tr": "Merhaba, sesim böyle.",
    "uk": "Добрий день, ось мій голос.",
    "ur": "السلام علیکم، یہ میری آواز ہے۔",
    "vi": "Xin chào, đây là giọng của tôi.",
}


def preview_text(language: str) -> str:
    """Return a short sentence in a language; digits for languages without one of their own."""
    return _PREVIEWS.get(language.split("-")[0].casefold(), "1, 2, 3, 4, 5.")
