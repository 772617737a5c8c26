"""The C library libespeak-ng 1.52 (in the wheel `espeakng-loader`), through ctypes.

The library keeps all its state in globals and is not thread-safe: four threads without a lock
crash it. Therefore a process has one `EspeakLibrary`, `library()`, with one lock around it. Names
of functions and fields are those of espeak-ng's `speak_lib.h`.
"""

from __future__ import annotations

import ctypes
import functools
import itertools
import os
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tts_core.errors import ModelLoadError, VoiceLoadError

SAMPLE_RATE = 22_050
"""Hz, the same for every voice."""
BUFFER_MS = 200
"""Sound per callback, and so what is still made after `stop` is set, in 0.2 ms."""
TIE = "^"
"""Between the letters of one phoneme, in `EspeakLibrary.phonemes`."""

_AUDIO_OUTPUT_SYNCHRONOUS = 2  # starts no thread
_DONT_EXIT = 0x8000  # otherwise missing data ends the process
_POSITION_CHARACTER = 1
_UTF8 = 1  # without SSML (0x10)
_MNEMONICS = 0x100  # phonemes in double brackets; otherwise text is always plain text
_IPA_WITH_TIES = 0x82  # the tie character is in the bits above
_RATE, _VOLUME, _PITCH, _RANGE, _WORD_GAP = 1, 2, 3, 4, 7
_LIST_END, _WORD = 0, 1

_LOCK = threading.Lock()


class _EventId(ctypes.Union):
    _fields_ = [("number", ctypes.c_int), ("name", ctypes.c_void_p), ("string", ctypes.c_char * 8)]


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _EventId),
    ]


if TYPE_CHECKING:
    _Wave = ctypes._Pointer[ctypes.c_short]
    _Events = ctypes._Pointer[_Event]
_CALLBACK = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


_SILENT = _CALLBACK(lambda wave, count, events: 0)


@dataclass(frozen=True, slots=True)
class Prosody:
    """Rate, pitch and volume of speech, in espeak's units."""

    rate: int = 175
    """Words per minute, 80-450; the library accepts other values but does not reach them."""
    pitch: int = 50
    """0-99: the voice's base frequency times 2 ** ((pitch - 50) / 50)."""
    range: int = 50
    """0-99: the range of the intonation; 50 is the voice's own."""
    volume: int = 100
    """Percent, 0-200."""
    word_gap: int = 0
    """Extra pause between words, in units of 10 ms at 175 words per minute."""


@dataclass(frozen=True, slots=True)
class WordEvent:
    """The beginning of a word."""

    position: int
    """Its position in the text, in code points from 0."""
    sample: int
    """Its position in the sound, in samples from 0."""


class EspeakLibrary:
    """The initialized C library. `library()` returns the only instance."""

    def __init__(self, library_path: Path, data_path: Path) -> None:
        """Initialize the library with its data. Raises ModelLoadError."""
        self._lib = _open(library_path)
        self._mnemonics = False
        rate = self._lib.espeak_Initialize(
            _AUDIO_OUTPUT_SYNCHRONOUS, BUFFER_MS, os.fsencode(data_path), _DONT_EXIT
        )
        if rate != SAMPLE_RATE:
            raise ModelLoadError(
                f"eSpeak NG does not start with the data in {data_path} (it answered {rate}). "
                "Reinstall it: pip install --force-reinstall espeakng-loader"
            )

    def synthesize(
        self,
        text: str,
        voice: str,
        prosody: Prosody,
        stop: threading.Event,
        *,
        mnemonics: bool = False,
    ) -> tuple[NDArray[np.int16], list[WordEvent]]:
        """Return the sound of a text, int16 of shape (n,) at `SAMPLE_RATE`, and its words.

        `voice`: an identifier with or without a variant ("gmw/en-US+f2"). The variant must exist:
        the library ignores unknown ones silently. `mnemonics`: what is in double brackets is
        phonemes. Once `stop` is set, what there is by then is
        returned within one buffer. Raises VoiceLoadError.
        """
        pieces: list[NDArray[np.int16]] = []
        words: list[WordEvent] = []
        failures: list[BaseException] = []

        def receive(wave: _Wave, count: int, events: _Events) -> int:
            try:
                words.extend(_words(events))
                if wave and count:
                    pieces.append(np.ctypeslib.as_array(wave, (count,)).copy())
            except BaseException as error:  # an exception cannot pass through C
                failures.append(error)
            return int(stop.is_set() or bool(failures))

        callback = _CALLBACK(receive)
        data = text.encode()
        with _LOCK:
            self._choose(voice, prosody)
            self._lib.espeak_SetSynthCallback(callback)
            flags = _UTF8 | (_MNEMONICS if mnemonics else 0)
            self._mnemonics = mnemonics
            self._lib.espeak_Synth(
                data, len(data) + 1, 0, _POSITION_CHARACTER, 0, flags, None, None
            )
        if failures:
            raise failures[0]
        return np.concatenate(pieces) if pieces else np.zeros(0, np.int16), words

    def phonemes(self, texts: Sequence[str], voice: str, *, mnemonics: bool = False) -> list[str]:
        """Return the phonemes of each text in IPA, its punctuation left out.

        Spaces separate words as the voice speaks them, which may join or split written ones; "^"
        ties the letters of one phoneme. Words of another language are between flags: "(en)",
        "(fr)". `voice`, `mnemonics`: as in `synthesize`. Raises VoiceLoadError.
        """
        mode = _IPA_WITH_TIES | ord(TIE) << 8
        with _LOCK:
            # Whether brackets count is what the last text that was spoken set.
            flags = _UTF8 | (_MNEMONICS if mnemonics else 0)
            if mnemonics != self._mnemonics:
                self._lib.espeak_SetSynthCallback(_SILENT)
                self._lib.espeak_Synth(b" ", 2, 0, _POSITION_CHARACTER, 0, flags, None, None)
                self._mnemonics = mnemonics
            self._choose(voice)
            return [" ".join(self._clauses(text, mode)) for text in texts]

    def _clauses(self, text: str, mode: int) -> Iterator[str]:
        """Yield the phonemes of one clause after the other, as the library takes them."""
        data = ctypes.create_string_buffer(text.encode())
        rest = ctypes.c_void_p(ctypes.addressof(data))
        while rest.value is not None:  # the library sets it to NULL at the end
            yield self._lib.espeak_TextToPhonemes(ctypes.byref(rest), _UTF8, mode).decode()

    def _choose(self, voice: str, prosody: Prosody | None = None) -> None:
        """Set voice and prosody for the next text. Raises VoiceLoadError."""
        # Set for every text, although it takes 0.1 ms (5 ms for Russian, with its dictionary of
        # 8 MB): on failure the library keeps the previous voice, which must not speak this text.
        if self._lib.espeak_SetVoiceByName(voice.encode()) != 0:
            raise VoiceLoadError(
                f"eSpeak NG cannot load its voice {voice!r}. Choose another voice, or install "
                "its data: pip install --force-reinstall espeakng-loader"
            )
        if prosody is None:
            return
        for parameter, value in (
            (_RATE, prosody.rate),
            (_PITCH, prosody.pitch),
            (_RANGE, prosody.range),
            (_VOLUME, prosody.volume),
            (_WORD_GAP, prosody.word_gap),
        ):
            self._lib.espeak_SetParameter(parameter, value, 0)


@functools.cache
def paths() -> tuple[Path, Path]:
    """Return the library's file and its data folder, without loading it. Raises ModelLoadError."""
    try:
        import espeakng_loader

        found = Path(espeakng_loader.get_library_path()), Path(espeakng_loader.get_data_path())
        found[0].stat()
    except (ImportError, RuntimeError, OSError) as error:
        raise ModelLoadError(
            "eSpeak NG is not installed here. Install it: pip install espeakng-loader"
        ) from error
    return found


def library() -> EspeakLibrary:
    """Return the library of this process, initialized by the first call in 3 ms.

    Raises ModelLoadError.
    """
    with _LOCK:
        return _library()


@functools.cache
def _library() -> EspeakLibrary:
    return EspeakLibrary(*paths())


def _open(path: Path) -> ctypes.CDLL:
    """Load the shared library and declare its functions. Raises ModelLoadError."""
    try:
        lib = ctypes.CDLL(os.fspath(path))
    except OSError as error:
        raise ModelLoadError(
            f"eSpeak NG's library cannot be loaded: {error}. Install the wheel made for this "
            "system: pip install --force-reinstall espeakng-loader"
        ) from error
    integer, text = ctypes.c_int, ctypes.c_char_p
    lib.espeak_Initialize.argtypes = [integer, integer, text, integer]
    lib.espeak_SetVoiceByName.argtypes = [text]
    lib.espeak_SetParameter.argtypes = [integer, integer, integer]
    lib.espeak_SetSynthCallback.argtypes = [_CALLBACK]
    lib.espeak_SetSynthCallback.restype = None
    lib.espeak_Synth.argtypes = [
        text,
        ctypes.c_size_t,
        ctypes.c_uint,
        integer,
        ctypes.c_uint,
        ctypes.c_uint,
        ctypes.POINTER(ctypes.c_uint),
        ctypes.c_void_p,
    ]
    lib.espeak_TextToPhonemes.argtypes = [ctypes.POINTER(ctypes.c_void_p), integer, integer]
    lib.espeak_TextToPhonemes.restype = text
    return lib


def _words(events: _Events) -> list[WordEvent]:
    """Return the word events of a callback's array, which a sentinel ends."""
    found = []
    for index in itertools.count():
        event = events[index]
        if event.type == _LIST_END:
            break
        if event.type == _WORD:
            found.append(WordEvent(event.text_position - 1, event.sample))
    return found
