"""Tensor expressions, run by PyTorch forward and backward.

The expressions are those of generator/src/golden/expressions.txt. Functions and their arguments are PyTorch's, so the
text of an expression is Python; batch is the size of the first axis.
"""

import re

import torch
import torch.nn.functional as F

from fixture_json import write
from layer_fixtures import Source
from library_fixtures import BATCH, WORDS, sizes


def write_all(examples, folder):
    lines = examples.read_text(encoding="utf-8").splitlines()
    write(folder / "expressions.json", dict(cases=[case(*[part.strip() for part in line.split(" | ")]) for line in lines]))


def case(expression, shapes, _):
    source = Source(len(expression))
    names, given, tensors = [], [], {}
    kinds = shapes.split(" & ")
    for place, kind in enumerate(kinds):
        name = "x" if place == 0 else f"x{place + 1}"
        value = operand(kind, kinds, source)
        names.append(name)
        learned = value.is_floating_point() and not kind.startswith("buffer")
        given.append(value.clone().requires_grad_() if learned else value)
        tensors[{"parameter": "parameter/", "buffer": "statistic/"}.get(re.match("[a-z]*", kind).group(), "") + name] = value
    y = eval(expression, {**vars(torch), **vars(F), **WORDS, "batch": BATCH}, dict(zip(names, given)))
    dY = source.tensor(*y.shape)
    y.backward(dY)
    tensors.update(y=y, dY=dY)
    for kind, name, copy in zip(kinds, names, given):
        if copy.requires_grad:
            gradient = torch.zeros_like(copy) if copy.grad is None else copy.grad
            tensors["gradient/" + name if kind.startswith("parameter") else "d" + name.upper()] = gradient
    described = {
        key: dict(shape=list(tensor.shape), values=tensor if tensor.dtype == torch.int64 else tensor.detach().float())
        for key, tensor in tensors.items()
    }
    return dict(expression=expression, input=shapes, mode="train", tensors=described)


def buffer(kind):
    """Numbers from 0 to 3 by their places, as ExpressionsTest declares them."""
    shape = [int(size) for size in kind[kind.index("[") + 1 : -1].split(",")]
    places = torch.meshgrid(*[torch.arange(size) for size in shape], indexing="ij")
    numbers = (1 + sum((3 + 2 * axis) * place for axis, place in enumerate(places))) % 4
    return numbers if kind.startswith("buffer int") else numbers.double()


def operand(kind, kinds, source):
    """Numbers of an input, of a parameter, or of rows of the parameter, or elements of the input, beside them."""
    if kind.startswith("buffer"):
        return buffer(kind)
    if kind.startswith("parameter"):
        return source.tensor(*[int(size) for size in kind[len("parameter[") : -1].split(",")])
    if kind.startswith("int"):
        table = [one for one in kinds if one.startswith("parameter")]
        rows = int(table[0][len("parameter[") : -1].split(",")[0]) if table else 4
        shape = [BATCH] + sizes(kind[len("int") :])
        return torch.tensor([source.random.randrange(rows) for _ in range(torch.Size(shape).numel())]).reshape(shape)
    return source.tensor(BATCH, *sizes(kind))
