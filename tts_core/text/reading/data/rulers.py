"""Names of rulers and popes, after which a roman number is an ordinal, whatever else it may be."""

from __future__ import annotations

from tts_core.text.reading.tables import words

WOMEN = words(
    "Elizabeth Elisabeth Élisabeth Isabel Isabella Isabelle Elisabetta Isabelline Victoria",
    "Viktoria",
    "Catherine Katharina Catalina Caterina Catarina Mary Marie Maria María Anne Anna Ana Margaret",
    "Margarethe Margrethe Margarita Margherita Beatrix Wilhelmina Christina Juana Joanna Giovanna",
    "Cleopatra Kleopatra Cléopâtre Berenice Zenobia Matilda Cristina Christine Margarida Joana",
)
"""Queens."""
MEN = words(
    "George Georg Jorge Giorgio Georges Henry Heinrich Henri Enrique Enrico Henrique Hendrik",
    "Edward",
    "Eduard Édouard Eduardo Edoardo Charles Karl Carlos Carlo Karel Carl James Jakob Jacques",
    "Jacobo",
    "Jaime William Wilhelm Guillaume Guillermo Guglielmo Guilherme Willem Richard Ricardo Riccardo",
    "Louis Ludwig Luis Luís Luigi Lodewijk Philip Philipp Philippe Felipe Filippo Filips Filipe",
    "Francis Franz François Francisco Francesco Frans Frederick Friedrich Frédéric Federico",
    "Frederik",
    "Frederico Gustav Gustavus Gustave Oscar Oskar Christian Haakon Harald Olaf Olav Peter Pierre",
    "Pedro Pietro Piet Ivan Nicholas Nikolaus Nicolas Nicolás Niccolò Nicola Nicolau Alexander",
    "Alexandre Alejandro Alessandro Paul Pablo Paolo Paulo Paulus John Johannes Johann Jean Jan",
    "Juan Giovanni João Jean-Paul Juan-Carlos Pius Pie Pío Pio Leo Léon León Leone Leão Benedict",
    "Benedikt Benoît Benedicto Benedetto Bento Benedictus Clement Clemens Clément Clemente Gregory",
    "Gregor Grégoire Gregorio Gregorius Gregório Innocent Innozenz Inocencio Innocenzo Innocentius",
    "Urban Urbain Urbano Urbanus Boniface Bonifatius Bonifacio Bonifacius Sixtus Sixte Sixto Sisto",
    "Julius Jules Julio Giulio Júlio Celestine Cölestin Célestin Adrian Hadrian Callixtus Eugene",
    "Napoleon Napoléon Napoleón Napoleone Napoleão Otto Otton Konrad Conrad Corrado Sigismund",
    "Maximilian Maximilien Maximiliano Massimiliano Rudolf Rodolphe Rodolfo Leopold Léopold",
    "Leopoldo",
    "Ferdinand Fernando Ferdinando Alfonso Alphonse Afonso Sancho Ramiro Umberto Humbert Humberto",
    "Vittorio Emanuele Emmanuel Manuel Amadeo Amedeo Albert Alberto Baudouin Boudewijn Ramses",
    "Ramesses",
    "Ramsés Ramsete Thutmose Tutmosis Amenhotep Ptolemy Ptolemäus Ptolomeo Tolomeo Darius Darío",
    "Dario",
    "Xerxes Jerjes Serse Artaxerxes Cyrus Justinian Justiniano Giustiniano Constantine Konstantin",
    "Constantin Constantino Costantino Theodosius Teodosio Theodor Teodoro Mehmed Mehmet Suleiman",
    "Selim Murad Bayezid Abdul Abdulhamid Malcolm Robert Roberto David Alexios Alexius Basil",
    "Basilio",
    "Basileios Casimir Kasimir Kazimierz Stanislaus Stanisław Zygmunt Władysław Ladislaus",
    "Wenceslas",
    "Stephen Stephan Stefan István Matthias Béla Augustus August Augusto Auguste Antiochus",
    "Seleucus",
    "Philippus Tiglath Sargon Nebuchadnezzar Shapur Khosrow Menelik Hassan Mohammed Hussein",
    "Abdullah",
    "Juan-Pablo Giampaolo Pole Eric Erik Magnus Valdemar Waldemar Sverre Rainier Ranieri Hans-Adam",
) - words("Pole Piet Malcolm")
"""Kings, emperors and popes."""
RULERS = MEN | WOMEN
