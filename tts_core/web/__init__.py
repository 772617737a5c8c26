"""The web server: the only package that imports Gradio, FastAPI and Starlette.

Importing Gradio takes most of Aloud's start. Nearly half of that is Gradio parsing its own source
to write editor stubs (.pyi) for its components, at every import; it skips classes whose file it
cannot find. So no file is found while it is imported here (`tests/benchmarks/start_up.py` shows how
much time that saves).
"""

from __future__ import annotations

import inspect
from typing import Any

_getfile = inspect.getfile


def _getfile_but_of_gradio(thing: Any) -> str:  # noqa: ANN401 - as in inspect
    if inspect.isclass(thing) and thing.__module__.startswith("gradio."):
        raise OSError("stubs are not needed")
    return _getfile(thing)


inspect.getfile = _getfile_but_of_gradio  # type: ignore[assignment]
try:
    import gradio  # noqa: F401 - imported for its effect
finally:
    inspect.getfile = _getfile
