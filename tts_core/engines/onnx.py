"""ONNX models, run by ONNX Runtime on the CPU. Only workers import this module's library."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from onnxruntime import InferenceSession


def open_session(
    model: bytes, extra_output: str | None = None, threads: int = 1
) -> InferenceSession:
    """Return a session for a model in memory.

    `extra_output`: the name of one of its tensors, which becomes its last output. `threads`: that
    compute one operator. Raises what ONNX Runtime raises for what is no model.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # A thread that spins while it waits for the others takes a core from the rest of the machine.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3  # errors
    if extra_output is not None:
        model += _graph_output(extra_output)
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


@functools.cache
def multiplies_exactly() -> bool:
    """Return whether products of uint8 by int8 are exact here.

    Without VNNI, an x86 processor adds pairs of them in 16 bits, which overflow.
    """
    from onnx import TensorProto, helper, numpy_helper

    size = 64
    weights = numpy_helper.from_array(np.full((size, size), 127, np.int8), "weights")
    x = helper.make_tensor_value_info("x", TensorProto.UINT8, [size, size])
    y = helper.make_tensor_value_info("y", TensorProto.INT32, [size, size])
    node = helper.make_node("MatMulInteger", ["x", "weights"], ["y"])
    graph = helper.make_graph([node], "product", [x], [y], [weights])
    # Both versions are the first with the operator, so every ONNX Runtime reads them.
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 10)], ir_version=5)
    session = open_session(model.SerializeToString())
    (products,) = session.run(None, {"x": np.full((size, size), 255, np.uint8)})
    return bool((np.asarray(products) == size * 255 * 127).all())


def _graph_output(name: str) -> bytes:
    """Return a protobuf message that adds an output to the model that it is appended to.

    Messages merge when they are concatenated. The fields are ModelProto.graph (7),
    GraphProto.output (12) and ValueInfoProto.name (1), all of the length-delimited wire type 2.
    """
    message = name.encode()
    for field in (1, 12, 7):
        if len(message) > 127:
            raise ValueError(f"The name of the output {name!r} is too long.")
        message = bytes([field << 3 | 2, len(message)]) + message
    return message
