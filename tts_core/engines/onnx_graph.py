"""Takes a part out of an ONNX model, without the package `onnx`.

A model file is a protobuf message. Of its fields only those are read that connect the nodes; all
others are copied as they are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

_MODEL_GRAPH = 7
_NODE, _NAME, _INITIALIZER, _INPUT, _OUTPUT = 1, 2, 5, 11, 12
"""Fields of a GraphProto; the others are not needed to run it."""
_NODE_INPUT, _NODE_OUTPUT, _NODE_OPERATOR = 1, 2, 4
_TENSOR_NAME = 8
_VALUE_NAME, _VALUE_TYPE = 1, 2
_FLOAT_TENSOR = b"\x0a\x02\x08\x01"
"""A TypeProto: tensor_type (1) of elem_type (1) FLOAT (1), of any shape."""


class _Field(NamedTuple):
    number: int
    content: memoryview
    whole: memoryview
    """With the number and the length before the content."""


def part_of_model(model: bytes, inputs: Collection[str], outputs: Collection[str]) -> bytes:
    """Return the model that computes some tensors of a model.

    `inputs`: float32 tensors that are given to it; whatever else it needs is computed, or is an
    input of the original. `outputs`: the tensors that it returns, in this order. Raises ValueError
    when the model has no tensor of one of these names or is no ONNX model.
    """
    parts: list[bytes | memoryview] = []
    for field in _fields(memoryview(model)):
        if field.number == _MODEL_GRAPH:
            parts += _message(_MODEL_GRAPH, _part_of_graph(field.content, inputs, outputs))
        else:
            parts.append(field.whole)
    return b"".join(parts)


def missing_tensors(model: bytes, names: Iterable[str]) -> list[str]:
    """Return which names no tensor has that the model computes. Raises ValueError."""
    made = {name for node in _nodes(model) for name in _texts(node, _NODE_OUTPUT)}
    return [name for name in names if name not in made]


def results_of(model: bytes, operator: str, after: str) -> list[str]:
    """Return the tensors that an operator ("Clip") makes of the result of another ("Round").

    Raises ValueError when the model is no ONNX model.
    """
    nodes = list(_nodes(model))
    before = {
        name
        for node in nodes
        if after in _texts(node, _NODE_OPERATOR)
        for name in _texts(node, _NODE_OUTPUT)
    }
    return [
        name
        for node in nodes
        if operator in _texts(node, _NODE_OPERATOR)
        and not before.isdisjoint(_texts(node, _NODE_INPUT))
        for name in _texts(node, _NODE_OUTPUT)
    ]


def _nodes(model: bytes) -> Iterator[memoryview]:
    for field in _fields(memoryview(model)):
        if field.number == _MODEL_GRAPH:
            yield from (part.content for part in _fields(field.content) if part.number == _NODE)


def _part_of_graph(
    graph: memoryview, inputs: Collection[str], outputs: Collection[str]
) -> list[bytes | memoryview]:
    fields = list(_fields(graph))
    nodes = [field for field in fields if field.number == _NODE]
    makers = {
        name: index
        for index, node in enumerate(nodes)
        for name in _texts(node.content, _NODE_OUTPUT)
    }
    if missing := sorted({*inputs, *outputs} - makers.keys()):
        raise ValueError(f"The model has no tensor {missing[0]!r}.")
    kept, used, wanted = set[int](), set[str](), list(outputs)
    while wanted:
        name = wanted.pop()
        if name in used or name in inputs:
            continue
        used.add(name)
        if (index := makers.get(name)) is not None and index not in kept:
            kept.add(index)
            wanted += _texts(nodes[index].content, _NODE_INPUT)
    parts: list[bytes | memoryview] = []
    parts += [node.whole for index, node in enumerate(nodes) if index in kept]
    names = {_NAME: None, _INITIALIZER: _TENSOR_NAME, _INPUT: _VALUE_NAME}
    for field in fields:
        if field.number in names:
            number = names[field.number]
            if number is None or used.intersection(_texts(field.content, number)):
                parts.append(field.whole)
    for name in inputs:
        value = [*_message(_VALUE_NAME, [name.encode()]), *_message(_VALUE_TYPE, [_FLOAT_TENSOR])]
        parts += _message(_INPUT, value)
    for name in outputs:
        parts += _message(_OUTPUT, _message(_VALUE_NAME, [name.encode()]))
    return parts


def _texts(message: memoryview, number: int) -> Iterator[str]:
    """Yield the fields of a number as texts."""
    for field in _fields(message):
        if field.number == number:
            yield str(field.content, "utf-8")


def _fields(message: memoryview) -> Iterator[_Field]:
    """Yield the fields of a message. Raises ValueError for what is none."""
    position = 0
    while position < len(message):
        start = position
        key, position = _varint(message, position)
        match key & 7:
            case 0:
                end = _varint(message, position)[1]
            case 1:
                end = position + 8
            case 2:
                length, position = _varint(message, position)
                end = position + length
            case 5:
                end = position + 4
            case _:
                raise ValueError("This is no ONNX model.")
        if end > len(message):
            raise ValueError("This is no ONNX model, or it is cut short.")
        yield _Field(key >> 3, message[position:end], message[start:end])
        position = end


def _varint(message: memoryview, position: int) -> tuple[int, int]:
    """Return the number at a position, and the position after it."""
    number = shift = 0
    while position < len(message) and shift < 64:
        byte = message[position]
        position += 1
        number |= (byte & 127) << shift
        if byte < 128:
            return number, position
        shift += 7
    raise ValueError("This is no ONNX model, or it is cut short.")


def _message(number: int, content: Iterable[bytes | memoryview]) -> list[bytes | memoryview]:
    """Return a field whose content is of the length-delimited wire type."""
    parts = list(content)
    return [_encoded(number << 3 | 2), _encoded(sum(map(len, parts))), *parts]


def _encoded(number: int) -> bytes:
    """Return a number as a varint."""
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    found.append(number)
    return bytes(found)
