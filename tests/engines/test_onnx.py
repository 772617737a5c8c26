"""ONNX models that are changed before they are run."""

from __future__ import annotations

import platform
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from tts_core.engines.onnx import multiplies_exactly, open_session
from tts_core.engines.onnx_graph import multiply_signed, parse_model, part_of_model, results_of

FRAMES = 30


def model_of(node: NodeProto, weights: NDArray[np.uint8]) -> ModelProto:
    """A model of one operator: its input is `x`, with 3 channels or rows, its output is `y`."""
    constants = {"weights": weights, "x_zero": np.uint8(90), "weights_zero": np.uint8(140)}
    graph = helper.make_graph(
        [node],
        "one operator",
        [helper.make_tensor_value_info("x", TensorProto.UINT8, [1, 3, FRAMES])],
        [helper.make_tensor_value_info("y", TensorProto.INT32, None)],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)


def result_of(model: ModelProto) -> NDArray[np.int32]:
    x = np.random.default_rng(1).integers(0, 256, (1, 3, FRAMES), np.uint8)
    (y,) = open_session(model.SerializeToString()).run(None, {"x": x})
    return np.asarray(y)


@pytest.mark.parametrize(
    ("operator", "shape", "attributes", "changed"),
    [
        ("MatMulInteger", (FRAMES, 5), {}, True),
        ("ConvInteger", (5, 3, 1), {}, True),
        ("ConvInteger", (5, 3, 3), {"pads": [1, 1]}, True),
        ("ConvInteger", (5, 3, 4), {"pads": [5, 2], "dilations": [3]}, True),
        ("ConvInteger", (5, 3, 4), {"dilations": [2], "auto_pad": "NOTSET"}, True),
        ("ConvInteger", (5, 3, 3), {"strides": [2]}, False),
        ("ConvInteger", (5, 3, 3), {"auto_pad": "SAME_UPPER"}, False),
        ("ConvInteger", (6, 1, 3), {"group": 3}, False),
    ],
)
def test_signed_weights_change_no_result(
    operator: str, shape: tuple[int, ...], attributes: dict[str, object], changed: bool
) -> None:
    # Within 64 of the middle, products are exact on every processor.
    weights = np.random.default_rng(2).integers(64, 192, shape, np.uint8)
    names = ["x", "weights", "x_zero", "weights_zero"]
    model = model_of(helper.make_node(operator, names, ["y"], **attributes), weights)
    before = result_of(model)
    multiply_signed(model)
    kinds = {tensor.data_type for tensor in model.graph.initializer}
    assert (TensorProto.INT8 in kinds) is changed
    assert ("ConvInteger" in {node.op_type for node in model.graph.node}) is not changed
    np.testing.assert_array_equal(result_of(model), before)


def test_which_processors_multiply_exactly() -> None:
    if platform.machine() in ("x86_64", "AMD64"):
        about = Path("/proc/cpuinfo")
        if about.exists():
            assert multiplies_exactly() is ("vnni" in about.read_text(encoding="utf-8"))
    else:
        assert multiplies_exactly()


def test_a_part_of_a_model() -> None:
    steps = [("Round", "x", "whole"), ("Abs", "whole", "size"), ("Clip", "whole", "kept")]
    nodes = [helper.make_node(operator, [x], [y]) for operator, x, y in steps]
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [2]) for name in ("x", "size")]
    graph = helper.make_graph(nodes, "steps", values[:1], values[1:])
    opset = helper.make_opsetid("", 20)
    model = parse_model(
        helper.make_model(graph, opset_imports=[opset], ir_version=9).SerializeToString()
    )
    assert results_of(model, "Clip", "Round") == ["kept"]
    part = part_of_model(model, ["whole"], ["kept", "size"])
    assert [node.op_type for node in part.graph.node] == ["Abs", "Clip"]
    given = np.array([-1.5, 2], np.float32)
    kept, size = open_session(part.SerializeToString()).run(None, {"whole": given})
    np.testing.assert_array_equal(kept, given)
    np.testing.assert_array_equal(size, [1.5, 2])


def test_what_is_no_model() -> None:
    with pytest.raises(ValueError, match="it is no ONNX model, or it is cut short"):
        parse_model(b"no model at all")
