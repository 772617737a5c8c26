"""Changes ONNX models before they are run: takes a part out, and speeds up what is in 8 bits."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import numpy as np
import onnx
from google.protobuf.message import DecodeError
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

_SIGN = 128
"""What is subtracted from uint8 to get int8."""
_TO_THE_END = np.iinfo(np.int64).max


def parse_model(content: bytes) -> ModelProto:
    """Return the model in a file's content. Raises ValueError when it is none."""
    try:
        return onnx.load_model_from_string(content)
    except DecodeError as error:
        raise ValueError("it is no ONNX model, or it is cut short") from error


def missing_tensors(model: ModelProto, names: Iterable[str]) -> list[str]:
    """Return which names no tensor has that the model computes."""
    made = {name for node in model.graph.node for name in node.output}
    return [name for name in names if name not in made]


def results_of(model: ModelProto, operator: str, after: str) -> list[str]:
    """Return the tensors that an operator ("Clip") makes of the result of another ("Round")."""
    nodes = model.graph.node
    before = {name for node in nodes if node.op_type == after for name in node.output}
    return [
        name
        for node in nodes
        if node.op_type == operator and not before.isdisjoint(node.input)
        for name in node.output
    ]


def part_of_model(
    model: ModelProto, inputs: Collection[str], outputs: Collection[str]
) -> ModelProto:
    """Return the model that computes some tensors of a model.

    `inputs`: float32 tensors that are given to it; whatever else it needs is computed, or is an
    input of the original. `outputs`: the tensors that it returns, in this order.
    """
    graph = model.graph
    makers = {name: index for index, node in enumerate(graph.node) for name in node.output}
    kept, used, wanted = set[int](), set[str](), list(outputs)
    while wanted:
        name = wanted.pop()
        if name in used or name in inputs:
            continue
        used.add(name)
        if (index := makers.get(name)) is not None and index not in kept:
            kept.add(index)
            wanted += graph.node[index].input
    given = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in inputs]
    part = ModelProto(ir_version=model.ir_version, opset_import=model.opset_import)
    part.graph.name = graph.name
    part.graph.node.extend(node for index, node in enumerate(graph.node) if index in kept)
    part.graph.initializer.extend(tensor for tensor in graph.initializer if tensor.name in used)
    part.graph.input.extend([*(value for value in graph.input if value.name in used), *given])
    part.graph.output.extend(onnx.ValueInfoProto(name=name) for name in outputs)
    return part


def multiply_signed(model: ModelProto) -> None:
    """Have matrix products and convolutions of uint8 by constant uint8 multiply by int8, in place.

    The results are the same to the bit, if the processor multiplies exactly (`multiplies_exactly`
    in `onnx.py`). ONNX Runtime uses VNNI and AMX for products of uint8 by int8 only, and in no
    convolution; so a convolution becomes a product by the copies of its input that its kernel
    meets. With AMX that takes 25 to 45 % of the time (128 and 256 channels, kernels of 3 to 11).
    """
    constants = {tensor.name: tensor for tensor in model.graph.initializer}
    nodes = list[NodeProto]()
    added = dict[str, TensorProto]()

    def constant(name: str, values: NDArray[np.generic]) -> str:
        added.setdefault(name, numpy_helper.from_array(values, name))
        return name

    def integers(*values: int) -> str:
        return constant(f"integers{values}", np.array(values, np.int64))

    def signed(name: str, values: NDArray[np.generic]) -> str:
        shifted = (values.astype(np.int16) - _SIGN).astype(np.int8)
        return constant(f"{name}_signed", np.ascontiguousarray(shifted))

    for node in model.graph.node:
        weights = _weights(node, constants)
        if weights is None:
            nodes.append(node)
            continue
        x, name, zero, zero_of_weights = node.input
        of_weights = signed(zero_of_weights, numpy_helper.to_array(constants[zero_of_weights]))
        if node.op_type == "MatMulInteger":
            inputs = [x, signed(name, weights), zero, of_weights]
            nodes.append(helper.make_node("MatMulInteger", inputs, node.output))
            continue
        # From (1, channels, frames) to (1, frames, kernel x channels), and back.
        (result,) = node.output
        channels_out, channels, kernel = weights.shape
        attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        begin, end = attributes.get("pads", (0, 0))
        (dilation,) = attributes.get("dilations", (1,))
        last, padded, product = f"{result}_last", f"{result}_padded", f"{result}_product"
        pads = integers(0, begin, 0, 0, end, 0)
        nodes.append(helper.make_node("Transpose", [x], [last], perm=(0, 2, 1)))
        nodes.append(helper.make_node("Pad", [last, pads, zero], [padded]))
        copies = [f"{result}_copy{tap}" for tap in range(kernel)]
        for tap, copy in enumerate(copies):
            until = (tap - kernel + 1) * dilation or _TO_THE_END
            limits = [integers(tap * dilation), integers(until), integers(1)]
            nodes.append(helper.make_node("Slice", [padded, *limits], [copy]))
        beside = f"{result}_beside"
        nodes.append(helper.make_node("Concat", copies, [beside], axis=2))
        rows = weights.transpose(2, 1, 0).reshape(kernel * channels, channels_out)
        inputs = [beside, signed(name, rows), zero, of_weights]
        nodes.append(helper.make_node("MatMulInteger", inputs, [product]))
        nodes.append(helper.make_node("Transpose", [product], [result], perm=(0, 2, 1)))
    used = {name for node in nodes for name in node.input}
    kept = [tensor for name, tensor in constants.items() if name in used]
    del model.graph.node[:], model.graph.initializer[:]
    model.graph.node.extend(nodes)
    model.graph.initializer.extend([*kept, *added.values()])


def _weights(node: NodeProto, constants: dict[str, TensorProto]) -> NDArray[np.uint8] | None:
    """Return the weights of a node that `multiply_signed` changes; None of others."""
    if node.op_type not in ("MatMulInteger", "ConvInteger") or len(node.input) != 4:
        return None
    if not {node.input[1], node.input[3]} <= constants.keys():
        return None
    weights = numpy_helper.to_array(constants[node.input[1]])
    if weights.dtype != np.uint8:
        return None
    if node.op_type == "ConvInteger":
        attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        plain = attributes.get("group", 1) == 1 and attributes.get("auto_pad") in (None, b"NOTSET")
        if weights.ndim != 3 or not plain or attributes.get("strides", [1]) != [1]:
            return None
    return weights
