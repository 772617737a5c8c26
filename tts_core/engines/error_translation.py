"""Translates whatever an engine raises into Aloud's own errors."""

from __future__ import annotations

from tts_core.errors import GenerationError, ModelLoadError, OutOfMemory, TTSError

_NO_MEMORY = (
    "can't allocate memory",  # PyTorch's DefaultCPUAllocator on Linux
    "not enough memory",  # the same on other systems
    "out of memory",  # CUDA, MPS
    "CUBLAS_STATUS_ALLOC_FAILED",
    "Failed to allocate memory",  # ONNX Runtime
)


def as_load_error(error: Exception) -> TTSError:
    """Return an exception from `Engine.load` as a ModelLoadError or an OutOfMemory error."""
    if is_out_of_memory(error):
        return _out_of_memory(error)
    return error if isinstance(error, ModelLoadError) else ModelLoadError(sentence(error))


def as_speech_error(error: Exception) -> TTSError:
    """Return an exception from an engine at work as an error of Aloud's."""
    if isinstance(error, TTSError):
        return error
    return _out_of_memory(error) if is_out_of_memory(error) else GenerationError(sentence(error))


def is_out_of_memory(error: BaseException | None) -> bool:
    """Return whether an exception, or one that caused it, means that memory was exhausted.

    Recognizes the exception by the name of its type and by the wording of PyTorch (its allocators
    for CPU, CUDA and MPS) and ONNX Runtime, so that neither has to be imported.
    """
    while error is not None:
        if isinstance(error, MemoryError | OutOfMemory):
            return True
        if type(error).__name__ == "OutOfMemoryError":
            return True
        if isinstance(error, RuntimeError) and any(w in str(error) for w in _NO_MEMORY):
            return True
        error = error.__cause__ or error.__context__
    return False


def is_device_lost(error: BaseException) -> bool:
    """Return whether a CUDA device has failed, after which nothing works in this process."""
    return type(error).__name__ == "AcceleratorError" or "CUDA error" in str(error)


def sentence(error: Exception) -> str:
    """Return an exception as text; a foreign one is preceded by the name of its type."""
    return str(error) if isinstance(error, TTSError) else f"{type(error).__name__}: {error}"


def _out_of_memory(error: Exception) -> OutOfMemory:
    first = sentence(error).splitlines()[0]
    return OutOfMemory(
        f"There was not enough memory ({first[:200]}). Close other programs, shorten the text, "
        "or choose a smaller engine."
    )
