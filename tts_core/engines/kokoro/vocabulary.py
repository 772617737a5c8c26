"""The 114 symbols that Kokoro knows, and their numbers in its input."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_SYMBOLS = (
    '\0;:,.!?\0\0—…"()“” \N{COMBINING TILDE}ʣʥʦʨᵝ\uab67AI\0\0\0\0\0O\0Q\0ST\0\0W\0Yᵊabcdef\0'
    "hijklmnopqrstuvwxyzɑɐɒæ\0\0βɔɕç\0ɖðʤə\0ɚɛɜ\0\0ɟ\0ɡ\0\0\0\0\0\0ɥ\0ɨɪʝ\0\0\0\0\0\0ɯɰŋɳɲɴø\0ɸθœ\0\0ɹ\0ɾɻ\0ʁɽʂʃʈʧ\0ʊʋ"
    "\0ʌɣɤ\0χʎ\0\0\0ʒʔ\0\0\0\0\0\0\0ˈˌː\0\0\0ʰ\0ʲ\0\0\0\0↓\0→↗↘\0\0\0ᵻ"
)
"""Each at the place that is its number; "\0" where the model has none."""
IDS: Mapping[str, int] = MappingProxyType(
    {symbol: number for number, symbol in enumerate(_SYMBOLS) if symbol != "\0"}
)
"""The number of each symbol."""
