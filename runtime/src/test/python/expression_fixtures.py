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
    inputs = [source.tensor(BATCH, *sizes(one)) for one in shapes.split(" & ")]
    given = [x.clone().requires_grad_() for x in inputs]
    names = ["x" if place == 0 else f"x{place + 1}" for place in range(len(inputs))]
    y = eval(expression, {**vars(torch), **vars(F), **WORDS, "batch": BATCH}, dict(zip(names, given)))
    dY = source.tensor(*y.shape)
    y.backward(dY)
    tensors = dict(zip(names, inputs), y=y, dY=dY)
    for name, copy in zip(names, given):
        tensors["d" + name.upper()] = torch.zeros_like(copy) if copy.grad is None else copy.grad
    described = {key: dict(shape=list(tensor.shape), values=tensor.detach().float()) for key, tensor in tensors.items()}
    return dict(expression=expression, input=shapes, mode="train", tensors=described)
