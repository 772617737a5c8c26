"""An engine whose worker freezes in the middle of a message. On its own, since a worker imports
it."""

from __future__ import annotations

import os
import struct
import sys
import threading
import time
from collections.abc import Iterator

from tests.support.scripted import ScriptedEngine, ScriptedParameters
from tts_core.types import AudioChunk, Utterance


class HalfwayEngine(ScriptedEngine):
    """Sends the first bytes of a message and then sleeps; "well" is spoken well."""

    def speak(
        self, utterance: Utterance, options: ScriptedParameters, stop: threading.Event
    ) -> Iterator[AudioChunk]:
        if utterance.text != "well":
            os.write(int(sys.argv[1]), struct.pack("!i", 16))
            time.sleep(1000)
        yield from super().speak(utterance, options, stop)


HALFWAY = f"{__name__}:HalfwayEngine"
