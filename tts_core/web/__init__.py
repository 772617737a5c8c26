"""The only place that knows Gradio, FastAPI and Starlette.

Importing Gradio is most of Aloud's start. Nearly half of that is Gradio parsing its own source to
write editor stubs (.pyi) for its components, at every import; it leaves them out for a class whose
file it cannot find. So it finds none while it is imported here (`tests/benchmarks/start_up.py`
shows what that saves).
"""

from __future__ import annotations

import inspect
from typing import Any

_getfile = inspect.getfile


def _getfile_but_of_gradio(thing: Any) -> str:  # noqa: ANN401 - whatever inspect is asked about
    if inspect.isclass(thing) and thing.__module__.startswith("gradio."):
        raise OSError("no stubs are wanted")
    return _getfile(thing)


inspect.getfile = _getfile_but_of_gradio  # type: ignore[assignment]
try:
    import gradio  # noqa: F401 - the import is the point
finally:
    inspect.getfile = _getfile
