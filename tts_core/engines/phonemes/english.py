"""English text to phonemes, with the place of each written word among them.

hibari's front end is a port of misaki: it reads numbers, dates and abbreviations out and looks
words up by part of speech. Unknown ones are read by its small network, or by what `load_g2p` is
given.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import TYPE_CHECKING

from tts_core.engines.phonemes.base import SILENT, Phonemes, Span, Word
from tts_core.engines.phonemes.english_data import AMERICAN, BRITISH, PACKAGE, SHARED
from tts_core.engines.phonemes.homographs import settle
from tts_core.engines.phonemes.spelling import ascii_digits
from tts_core.errors import ModelLoadError
from tts_core.system.packages import is_known_data

if TYPE_CHECKING:
    from hibari.g2p import G2P

_LARGE = re.compile(r"\d(?:,?\d){15,}")


def load_g2p(*, british: bool = False, unknown: Callable[[str], str] | None = None) -> G2P:
    """Load the dictionaries. Raises ModelLoadError for a package that is missing or another one.

    `unknown`: reads words that are in none; by default the package's network.
    """
    spec = importlib.util.find_spec("hibari")
    folder = Path(spec.origin).with_name("assets") if spec and spec.origin else Path()
    for name, digest in {**SHARED, **(BRITISH if british else AMERICAN)}.items():
        if not is_known_data(folder / name, digest):
            raise ModelLoadError(
                f"English is read with the file {name} of {PACKAGE}, which is not there or "
                f"another one. Install it: pip install --force-reinstall {PACKAGE}"
            )
    from hibari.g2p import G2P

    return G2P(unknown, british=british)


def phonemes_of(text: str, g2p: G2P) -> Phonemes:
    """Return the phonemes of a text. A word is a run without whitespace, as written in `text`."""
    written = text.split()
    phonemes, spans = read(written, g2p)
    words = (Word(word, *span) for word, span in zip(written, spans, strict=True))
    return Phonemes(phonemes, [word for word in words if word.end > word.start])


def read(words: Sequence[str], g2p: G2P) -> tuple[str, list[Span]]:
    """Return the phonemes of a text's words, and where each word is among them.

    Where the front end reads a word as several or several as one ("$5", "3 km"), the phonemes of
    the run are shared out between its written words by their letters.
    """
    from hibari.g2p.normalize import normalize

    # It fails at other digits and at larger numbers.
    words = [
        _LARGE.sub(lambda run: " ".join(run.group().replace(",", "")), ascii_digits(word))
        for word in words
    ]
    phonemes, spoken = _read_out(normalize(" ".join(words)), g2p)
    matcher = SequenceMatcher(None, words, [word.text for word in spoken], autojunk=False)
    spans: list[Span] = []
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            spans += [(word.start, word.end) for word in spoken[c:d]]
        elif a < b and c < d:
            spans += _shared(words[a:b], spoken[c].start, spoken[d - 1].end)
        else:
            here = spans[-1][1] if spans else 0
            spans += [(here, here)] * (b - a)
    return phonemes, [_without_punctuation(span, phonemes) for span in spans]


def _without_punctuation(span: Span, phonemes: str) -> Span:
    start, end = span
    return start, start + len(phonemes[start:end].rstrip(SILENT))


def _read_out(text: str, g2p: G2P) -> tuple[str, list[Word]]:
    """Return the phoneme string of a normalized text and its words."""
    phonemes, words, start, spelled = "", list[Word](), 0, ""
    tokens = g2p.tokenize(text)
    settle(tokens, british=g2p.british)
    for token in g2p.phonemize_tokens(tokens):
        phonemes += token.phonemes or ""
        spelled += token.text
        if token.whitespace:
            words.append(Word(spelled, start, len(phonemes)))
            phonemes += " "
            start, spelled = len(phonemes), ""
    words.append(Word(spelled, start, len(phonemes)))
    return phonemes, words


def _shared(texts: Sequence[str], start: int, end: int) -> Iterator[Span]:
    """Yield spans that share the phonemes from `start` to `end` by the letters of the texts."""
    weights = [max(1, sum(c.isalnum() for c in text)) for text in texts]
    total, done = sum(weights), 0
    for weight in weights:
        first = start + (end - start) * done // total
        done += weight
        yield first, start + (end - start) * done // total
