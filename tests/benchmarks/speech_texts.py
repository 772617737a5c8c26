"""What the benchmarks of word times and of the speech check have read aloud.

Harvard sentences (IEEE, 1969), sentences from books in the public domain, of 4 to 40 words, and
plain ones in other languages.
"""

ENGLISH = (
    "The birch canoe slid on the smooth planks.",
    "Glue the sheet to the dark blue background.",
    "It's easy to tell the depth of a well.",
    "These days a chicken leg is a rare dish.",
    "Rice is often served in round bowls.",
    "The juice of lemons makes fine punch.",
    "The box was thrown beside the parked truck.",
    "Four hours of steady work faced us.",
    "A large size in stockings is hard to sell.",
    "Thieves who rob friends deserve jail.",
    "Smoky fires lack flame and heat.",
    "Thank you very much indeed.",
    "We will call you back tomorrow afternoon.",
    "The boy was there when the sun rose, and he had brought his little dog with him.",
    "Alice was beginning to get very tired of sitting by her sister on the bank, and of having "
    "nothing to do.",
    "The rabbit-hole went straight on like a tunnel for some way, and then dipped suddenly down.",
    "Either the well was very deep, or she fell very slowly, for she had plenty of time as she "
    "went down to look about her.",
    "There was a table set out under a tree in front of the house, and the March Hare and the "
    "Hatter were having tea at it.",
    "It is a truth universally acknowledged, that a single man in possession of a good fortune "
    "must be in want of a wife.",
    "My dear fellow, life is infinitely stranger than anything which the mind of man could invent.",
    "To the man who loves art for its own sake, it is frequently in its least important and "
    "lowliest manifestations that the keenest pleasure is to be derived.",
    "I had seen little of Holmes lately, because my marriage had drifted us away from each other.",
    "One night, on returning from a journey, my way led me through the quiet street near the "
    "river.",
    "Call me what you like, but whenever it is a damp, drizzly November in my soul, I account "
    "it high time to get to sea as soon as I can.",
    "The sun had not yet risen, and the sea was hardly to be told from the sky, except that it "
    "was a little creased, as if a cloth had wrinkles in it.",
    "All happy families are alike, while every unhappy family is unhappy in its own way.",
    "The Mole had been working very hard all the morning, spring cleaning his little home, "
    "first with brooms, then with dusters, then on ladders and steps and chairs.",
    "The river bank was so crowded that many people were moving away altogether, said the Water "
    "Rat.",
    "Squire Trelawney and the doctor asked me to write down the whole story, from the beginning "
    "to the end, keeping nothing back but the bearings of the island.",
    "He was a very silent man by custom, and all day he hung round the cove, or upon the "
    "cliffs, with a brass telescope.",
    "The captain had been struck dead, and the old sea chest stood unopened in the corner of "
    "the room.",
    "When the train finally arrived, most of the passengers had already gone home by bus.",
    "She opened the letter slowly, read it twice, and then folded it back into her pocket.",
    "The committee met on Tuesday to discuss the budget, but nobody could agree on the final "
    "number.",
    "Heavy rain fell during the night, and by morning several roads near the river were closed.",
    "Please remember to lock the back door before you leave, because the front one does not close.",
    "Scientists have found that even small changes in temperature can affect how quickly the "
    "ice melts.",
    "The old clock in the hall struck midnight, the dog began to bark, and a window slammed shut.",
    "Farmers in the northern valley expect a good harvest, provided that the dry weather lasts.",
    "During the first week of the course, students learn how to measure distances, draw simple "
    "maps, and read the signs of the weather.",
    "In the middle of the forest there is a small lake, fed by a cold spring, where deer come "
    "to drink early in the morning when everything is quiet.",
    "The ship left the harbour at dawn, loaded with timber and grain, and for eleven days it "
    "sailed south along the coast without meeting another vessel.",
    "Some readers prefer short chapters and simple words, while others enjoy long descriptions "
    "and endings that leave many questions open.",
    "Bring me the red folder from the second shelf, please.",
)

ITALIAN = (
    "C'era una volta un pezzo di legno.",
    "Il gatto dorme sotto il tavolo della cucina.",
    "Domani mattina prenderemo il treno per Roma.",
    "Non era un legno di lusso, ma un semplice pezzo da catasta.",
    "Quando arriva la primavera, i bambini giocano volentieri nel giardino.",
    "Il vecchio pescatore guardava il mare e aspettava il ritorno della barca.",
    "Quel ramo del lago volge a mezzogiorno, tra due catene di monti.",
    "La signora apre la finestra, saluta i vicini e poi prepara il caffè.",
    "Se vuoi imparare una lingua, devi parlarla tutti i giorni senza paura.",
    "Nel mezzo del cammin di nostra vita mi ritrovai per una selva oscura.",
)

CZECH = (
    "Dnes je venku velmi krásné počasí.",
    "Starý muž sedí na lavičce pod stromem.",
    "Zítra ráno pojedeme vlakem do Prahy.",
    "Moje sestra má ráda kávu a dobré knihy.",
    "Když přišlo jaro, děti si hrály na zahradě.",
    "Rybář se díval na řeku a čekal na návrat lodi.",
    "Otevřela okno, pozdravila sousedy a potom připravila oběd.",
    "Kdo chce mluvit cizí řečí, musí ji používat každý den.",
    "Na konci vesnice stojí malý dům s červenou střechou.",
    "V lese je ticho, jen občas zapraská větev pod nohama.",
)

FINNISH = (
    "Tänään on hyvin kaunis ilma.",
    "Vanha mies istuu penkillä puun alla.",
    "Huomenna matkustamme junalla kaupunkiin.",
    "Sisareni pitää kahvista ja hyvistä kirjoista.",
    "Kun kevät tuli, lapset leikkivät puutarhassa.",
    "Kalastaja katseli merta ja odotti veneen paluuta.",
    "Kylän laidalla on pieni talo, jossa on punainen katto.",
    "Metsässä on hiljaista, vain oksa katkeaa joskus jalan alla.",
)

CATALAN = (
    "Avui fa molt bon temps a la ciutat.",
    "El vell pescador mira el mar i espera la barca.",
    "Demà al matí agafarem el tren cap a la muntanya.",
    "La meva germana llegeix un llibre sota l'arbre.",
    "Quan arriba la primavera, els nens juguen al jardí.",
    "La senyora obre la finestra, saluda els veïns i prepara el cafè.",
    "Al final del poble hi ha una casa petita amb la teulada vermella.",
)

SPANISH = (
    "El viejo pescador miraba el mar y esperaba la barca.",
    "Mañana por la mañana tomaremos el tren para la costa.",
    "Mi hermana lee un libro debajo del árbol del jardín.",
    "Cuando llega la primavera, los niños juegan en la plaza.",
    "La señora abre la ventana, saluda a los vecinos y prepara el café.",
    "Al final del pueblo hay una casa pequeña con el tejado rojo.",
    "Nadie sabía por qué el reloj de la torre se había parado.",
    "Si quieres aprender una lengua, debes hablarla todos los días.",
)

FRENCH = (
    "Le vieux pêcheur regardait la mer et attendait le retour du bateau.",
    "Demain matin nous prendrons le train pour la montagne.",
    "Ma sœur lit un livre sous le grand arbre du jardin.",
    "Quand le printemps arrive, les enfants jouent dans la rue.",
    "La dame ouvre la fenêtre, salue les voisins et prépare le café.",
    "Au bout du village se trouve une petite maison avec un toit rouge.",
    "Personne ne savait pourquoi la pendule de la mairie était arrêtée.",
    "Il pleuvait depuis trois jours et la rivière montait toujours.",
)

PORTUGUESE = (
    "O velho pescador olhava o mar e esperava o barco voltar.",
    "Amanhã de manhã vamos pegar o trem para a cidade.",
    "Minha irmã lê um livro debaixo da árvore do jardim.",
    "Quando a primavera chega, as crianças brincam na praça.",
    "A senhora abre a janela, cumprimenta os vizinhos e prepara o café.",
    "No fim da aldeia há uma casa pequena com o telhado vermelho.",
    "Ninguém sabia por que o relógio da torre tinha parado.",
    "Chovia havia três dias e o rio continuava a subir.",
)

HINDI = (
    "बूढ़ा मछुआरा समुद्र को देख रहा था और नाव का इंतज़ार कर रहा था।",
    "कल सुबह हम रेलगाड़ी से शहर जाएँगे।",
    "मेरी बहन बगीचे में पेड़ के नीचे किताब पढ़ती है।",
    "गाँव के अंत में लाल छत वाला एक छोटा घर है।",
)
