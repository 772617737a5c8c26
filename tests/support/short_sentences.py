"""Short sentences in languages with Latin letters, for detecting the language of each."""

from __future__ import annotations

_TEXTS = {
    "en": "Good morning. | How are you? | I don't know. | See you tomorrow! "
    "| Where is the station? | She closed the door. | That was a long day. | We have no time. "
    "| Thank you very much. "
    "| He said nothing. | It is raining again. | Open the window, please.",
    "de": "Guten Morgen. | Wie geht es dir? | Ich weiß es nicht. | Bis morgen! "
    "| Wo ist der Bahnhof? | Sie schloss die Tür. | Das war ein langer Tag. "
    "| Wir haben keine Zeit. | Vielen Dank. "
    "| Er sagte nichts. | Es regnet schon wieder. | Mach bitte das Fenster auf.",
    "fr": "Bonjour à tous. | Comment vas-tu ? | Je ne sais pas. | À demain ! | Où est la gare ? "
    "| Elle ferma la porte. | La journée a été longue. | Nous n'avons pas le temps. "
    "| Merci beaucoup. | Il ne dit rien. | Il pleut encore. | Ouvre la fenêtre.",
    "es": "Buenos días. | ¿Cómo estás? | No lo sé. | ¡Hasta mañana! | ¿Dónde está la estación? "
    "| Ella cerró la puerta. | Fue un día muy largo. | No tenemos tiempo. | Muchas gracias. "
    "| Él no dijo nada. | Está lloviendo otra vez. | Abre la ventana, por favor.",
    "it": "Buongiorno a tutti. | Come stai? | Non lo so. | A domani! | Dov'è la stazione? "
    "| Chiuse la porta. | È stata una lunga giornata. | Non abbiamo tempo. | Grazie mille. "
    "| Lui non disse niente. | Piove di nuovo. | Apri la finestra, per favore.",
    "pt": "Bom dia a todos. | Como você está? | Eu não sei. | Até amanhã! | Onde fica a estação? "
    "| Ela fechou a porta. | Foi um dia muito longo. | Não temos tempo. | Muito obrigado. "
    "| Ele não disse nada. | Está chovendo de novo. | Abra a janela, por favor.",
    "nl": "Goedemorgen allemaal. | Hoe gaat het met je? | Ik weet het niet. | Tot morgen! "
    "| Waar is het station? | Ze deed de deur dicht. | Het was een lange dag. "
    "| We hebben geen tijd. | Dank je wel. | Hij zei niets. | Het regent alweer. "
    "| Doe het raam open, alsjeblieft.",
    "pl": "Dzień dobry. | Jak się masz? | Nie wiem. | Do jutra! | Gdzie jest dworzec? "
    "| Zamknęła drzwi. | To był długi dzień. | Nie mamy czasu. | Dziękuję bardzo. "
    "| Nic nie powiedział. | Znowu pada deszcz. | Otwórz okno, proszę.",
    "sv": "God morgon. | Hur mår du? | Jag vet inte. | Vi ses i morgon! | Var ligger stationen? "
    "| Hon stängde dörren. | Det var en lång dag. | Vi har ingen tid. | Tack så mycket. "
    "| Han sa ingenting. | Det regnar igen. | Öppna fönstret, tack.",
    "tr": "Günaydın. | Nasılsın? | Bilmiyorum. | Yarın görüşürüz! | İstasyon nerede? "
    "| Kapıyı kapattı. | Uzun bir gündü. | Zamanımız yok. | Çok teşekkür ederim. "
    "| Hiçbir şey söylemedi. | Yine yağmur yağıyor. | Pencereyi aç lütfen.",
}  # fmt: skip

SHORT_SENTENCES = [
    (language, sentence) for language, text in _TEXTS.items() for sentence in text.split(" | ")
]
"""Language and sentence."""
