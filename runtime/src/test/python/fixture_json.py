"""How fixtures are printed: JSON that a person can read in a diff, the same bytes for the same numbers.

Single precision numbers are printed with the fewest digits that give the same float back, double precision ones with
the fewest that give the same double back. JSON has no words for NaN and the infinities: they are strings.
"""

import math

import numpy
import torch

WIDTH = 118


def numbers(tensor):
    """The elements of a tensor in row-major order, as numbers of the tensor's precision."""
    return list(tensor.detach().numpy().ravel())


def write(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_text(value, "") + "\n", encoding="utf-8")


def _text(value, indent):
    if isinstance(value, torch.Tensor):
        value = numbers(value)
    line = _line(value)
    if len(indent) + len(line) <= WIDTH or not isinstance(value, (dict, list)) or _flat(value):
        return line
    inner = indent + " "
    if isinstance(value, dict):
        parts = [f'{inner}"{key}": {_text(part, inner)}' for key, part in value.items()]
        return "{\n" + ",\n".join(parts) + "\n" + indent + "}"
    parts = [inner + _text(part, inner) for part in value]
    return "[\n" + ",\n".join(parts) + "\n" + indent + "]"


def _flat(value):
    return isinstance(value, list) and not any(isinstance(part, (dict, list, torch.Tensor)) for part in value)


def _line(value):
    if isinstance(value, torch.Tensor):
        value = numbers(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{key}": {_line(part)}' for key, part in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_line(part) for part in value) + "]"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if math.isnan(value):
        return '"NaN"'
    if math.isinf(value):
        return '"Infinity"' if value > 0 else '"-Infinity"'
    return _shortest(value)


def _shortest(value):
    text = repr(value) if isinstance(value, float) and not isinstance(value, numpy.generic) else str(value)
    return text[:-2] if text.endswith(".0") and text != "-0.0" else text
