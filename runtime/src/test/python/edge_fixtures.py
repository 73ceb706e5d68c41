"""Kinds of numbers that PyTorch's modules make of numbers at the edge of single precision.

Every example of the standard library, as library_fixtures.py runs it, is run with one element of its first input
replaced. Each element of the result is one letter: n for NaN, + and - for the infinities, f for what is finite.
"""

import torch
from torch import nn

import library_fixtures
from fixture_json import write
from layer_fixtures import Source

EDGES = {
    "NaN": float("nan"),
    "Infinity": float("inf"),
    "-Infinity": float("-inf"),
    "3e38": 3e38,
    "-3e38": -3e38,
    "1e-40": 1e-40,
    "-0.0": -0.0,
}


def write_all(examples, file):
    cases = []
    for line in examples.read_text(encoding="utf-8").splitlines():
        layer, shape = [part.strip() for part in line.split("|")[:2]]
        name = layer[: layer.index("(")]
        if shape.startswith("[") and hasattr(nn, name):
            edges = {edge: forward(layer, shape, number) for edge, number in EDGES.items()}
            cases.append(dict(layer=layer, input=shape, edges=edges))
    write(file, dict(cases=cases))


def forward(layer, shape, number):
    name = layer[: layer.index("(")]
    source = Source(len(layer))
    module = source.fill(eval(layer, dict(vars(nn), **library_fixtures.WORDS)))
    if "Dropout" in name or "dropout" in layer or name == "RReLU":
        module.eval()
    inputs = [library_fixtures.given_input(source, module, one) for one in shape.split(" & ")]
    if name.startswith("MaxUnpool"):
        inputs[1] = library_fixtures.places(source, module, inputs[0])
    module.float()
    inputs = [one.float() if one.dtype.is_floating_point else one for one in inputs]
    inputs[0].view(-1)[0] = number
    with torch.no_grad():
        y = library_fixtures.apply(module, *inputs)
    y = y[0] if isinstance(y, tuple) else y
    return "".join(kind(one) for one in y.reshape(-1).tolist())


def kind(number):
    if number != number:
        return "n"
    if number == float("inf"):
        return "+"
    return "-" if number == float("-inf") else "f"
