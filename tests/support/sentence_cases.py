"""Texts whose sentences are known: for the tests, and for the comparison in benchmarks.

`handled`: whether Aloud is meant to get it right; the others need an understanding of the text.
"""

from __future__ import annotations

from typing import NamedTuple


class Case(NamedTuple):
    language: str
    sentences: tuple[str, ...]
    """Separated by one space in the text."""
    handled: bool = True


def _case(language: str, text: str, *, handled: bool = True) -> Case:
    return Case(language, tuple(text.split(" | ")), handled)


CASES = (
    _case("en", "Hello World. | My name is Jonas."),
    _case("en", "What is your name? | My name is Jonas."),
    _case("en", "There it is! | I found it."),
    _case("en", "My name is Jonas E. Smith. | He came."),
    _case("en", "Please turn to p. 55. | Read it."),
    _case("en", "Were Jane and co. at the party? | No."),
    _case("en", "They closed the deal with Pitt, Briggs & Co. | It closed yesterday."),
    _case("en", "Let's ask Jane and co. | They should know."),
    _case("en", "I can see Mt. Fuji from here. | Dr. Who and Mrs. Hall agree."),
    _case("en", "That is JFK Jr.'s book. | Read it."),
    _case("en", "I visited the U.S.A. last year. | It was big."),
    _case("en", "I live in the E.U. | How about you?"),
    _case("en", "I live in the U.S. | The food is good."),
    _case("en", "I work for the U.S. Government in Virginia."),
    _case("en", "At 5 a.m. Mr. Smith went to the bank. | He left it at 6 p.m. | He slept."),
    _case(
        "en",
        "At 5 a.m. Mr. Smith went to the bank. | He left the bank at 6 P.M. | Mr. Smith then ran.",
        handled=False,
    ),
    _case("en", "She has $100.00 in her bag. | It cost 3.14 euros. | Use version 1.2.3 now."),
    _case("en", "He teaches science (He worked for 5 years.) at the local University."),
    _case("en", "Her e-mail is Jane.Doe@example.com. | I sent her one."),
    _case(
        "en", "The site is: https://www.example.50.com/new-site/awesome.html. | Please check it."
    ),
    _case("en", "She turned to him, 'This is great.' she said."),
    _case("en", 'She turned to him, "This is great." | She held the book out.'),
    _case("en", '"Stop!" he said. | "Why?" | She ran.'),
    _case("en", "“Really?!” she asked. | “Yes…” | He left."),
    _case("en", "Hello!! | Long time no see. | Hello?! | Is that you??"),
    _case("en", "You can find it at N°. 1026.253.553. | That is where it is."),
    _case("en", "I never meant that.... | She left the store."),
    _case("en", "I wasn't really ... well, what I mean... see . . . what I'm saying."),
    _case("en", "We need apples, pears, etc. | The shop is open."),
    _case("en", "Apples, etc. are fruit, i.e. Mr. Brown eats them, e.g. Cox vs. Gala."),
    _case("en", "J. R. R. Tolkien wrote it. | J.R.R. Tolkien did."),
    _case("en", "See fig. 3 and No. 5. | No. | I won't."),
    _case("en", "It was in 1990. | That year ended."),
    _case("en", "He left. | iPhone sales rose. | Open main.py or Node.js now."),
    _case("en", "The U.K. Parliament met on Jan. 5. | It sat until 5.30 p.m. | We left."),
    _case("en", "Take vitamin C. | The doctor said so."),
    _case("en", "We make a good team, you and I. | Did you see Albert I. Jones?"),
    _case("en", "He holds a Ph.D. | She holds an M.Sc. from Prof. Lee."),
    _case("en", "I love Yahoo! and its services. | Do you?"),
    _case("en", "How are you? 😀 | I am fine.", handled=False),
    _case("de", "Am 3. Mai kam er, z.B. mit Dr. Müller. | Dann ging er."),
    _case("de", "Dr. med. Müller wohnt hier. | Er ist Arzt."),
    _case("de", "Der 2. Weltkrieg endete 1945. | Das war vor 80 Jahren."),
    _case("de", "Er kam, d.h. Sie kam, bzw. Anna kam. | Z. B. Anna."),
    _case("de", "„Halt!“ rief er. | „Warum?“ | Sie lief."),
    _case("de", "Äpfel, Birnen usw. | Das ist alles. | Das sind ca. 5 kg."),
    _case("de", "Heinrich der 8. König kam am 1. Januar. | Er blieb."),
    _case("de", "Es kostet 3,50 Euro inkl. MwSt. und Nr. 5 kostet mehr. | Gut."),
    _case("fr", "M. Le Pen et Mme. Curie sont là. | Bonjour ! | Ça va ?"),
    _case("fr", "« Oui ! » dit-il. | « Non ! » | Il part."),
    _case("fr", "Il est né en janv. 1990, p. ex. à Paris, cf. p. 5. | Il vit."),
    _case("es", "El Sr. García y la Sra. López llegaron. | ¿Qué hora es? | ¡Ya!"),
    _case("es", "Vive en EE.UU. desde 1990. | Ud. lo sabe. | Núm. 5."),
    _case("es", "—¡Alto! —gritó ella. | —No."),
    _case("it", "Il Sig. Rossi e la Dott.ssa Bianchi arrivano. | Ecc. ecc. | Va bene."),
    _case("it", "Vediamo, ad es. Roma, pag. 5. | È bella."),
    _case("pt", "O Sr. Silva e a Sra. Souza vieram. | A Exma. Dra. Lima não. | Pois é."),
    _case("nl", "Dhr. Jansen woont bijv. in Utrecht. | Hij komt o.a. morgen."),
    _case("pl", "To jest np. Kraków, tzn. miasto itp. | Ładne jest."),
    _case("ru", "А. С. Пушкин родился в 1799 г. | Он писал, т.е. Творил. | Да."),
    _case("ru", "«Стой!» — сказал он. | «Нет». | Она ушла."),
    _case("el", "Πού είσαι; είπε ο κ. Παπάς. | Εδώ είμαι."),
    _case("ar", "هل أنت بخير؟ | نعم، أنا بخير. | شكرا!"),
    _case("ur", "یہ کیا ہے؟ | یہ کتاب ہے۔ | اچھا۔"),
    _case("hi", "यह क्या है? | यह एक किताब है। | ठीक है।"),
    _case("am", "ሰላም። | እንዴት ነህ? | ደህና።"),
    _case("hy", "Բարև։ | Ինչպես ես։"),
    _case("my", "မင်္ဂလာပါ။ | နေကောင်းလား။"),
    _case("zh", "你好。 | 你是谁？ | 我是3.5班的学生！"),
    _case("ja", "これはペンです。 | そうですか？ | はい！"),
    _case("en", "I met Gen. Lee and Lt. Col. Jones on Dec. 5. | They left."),
    _case("en", "She lives in Washington, D.C. | He lives in L.A. with her."),
    _case("en", "Is it true? | (Yes.) | [See note 5.] | Fine."),
    _case("en", "I am 30. | John is 40. | I scored 10. | You scored 9."),
    _case("de", "Das kostet 5 Mio. Euro. | Er wurde am 12. 3. 1990 geboren."),
    _case("de", "Im 19. Jahrhundert lebte er. | Die Müller GmbH & Co. KG wuchs."),
    _case("fr", "L'art. 5 est clair. | J.-P. Sartre écrit. | S. de Beauvoir aussi."),
    _case("it", "Il prof. Neri, l'avv. Verdi e l'on. Bianchi parlano. | Bene."),
    _case("pl", "Ul. Długa 5, godz. 10. | Dr hab. Nowak mówi."),
    _case("hi", "डॉ. शर्मा आए। | वे चले गए।"),
    _case("zh", "我走了……。 | 再见。"),
)
