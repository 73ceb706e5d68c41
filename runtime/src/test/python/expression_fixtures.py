"""Tensor expressions, run by PyTorch forward and backward.

The expressions are those of generator/src/golden/expressions.txt. Functions and their arguments are PyTorch's, so the
text of an expression is Python; batch is the size of the first axis.
"""

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
        given.append(value.clone().requires_grad_() if value.is_floating_point() else value)
        tensors[("parameter/" if kind.startswith("parameter") else "") + name] = value
    y = eval(expression, {**vars(torch), **vars(F), **WORDS, "batch": BATCH}, dict(zip(names, given)))
    dY = source.tensor(*y.shape)
    y.backward(dY)
    tensors.update(y=y, dY=dY)
    for kind, name, copy in zip(kinds, names, given):
        if copy.is_floating_point():
            gradient = torch.zeros_like(copy) if copy.grad is None else copy.grad
            tensors["gradient/" + name if kind.startswith("parameter") else "d" + name.upper()] = gradient
    described = {
        key: dict(shape=list(tensor.shape), values=tensor if tensor.dtype == torch.int64 else tensor.detach().float())
        for key, tensor in tensors.items()
    }
    return dict(expression=expression, input=shapes, mode="train", tensors=described)


def operand(kind, kinds, source):
    """Numbers of an input, of a parameter, or of rows of the parameter beside them."""
    if kind.startswith("parameter"):
        return source.tensor(*[int(size) for size in kind[len("parameter[") : -1].split(",")])
    if kind.startswith("int"):
        rows = int(next(one for one in kinds if one.startswith("parameter"))[len("parameter[") : -1].split(",")[0])
        shape = [BATCH] + sizes(kind[len("int") :])
        return torch.tensor([source.random.randrange(rows) for _ in range(torch.Size(shape).numel())]).reshape(shape)
    return source.tensor(BATCH, *sizes(kind))
