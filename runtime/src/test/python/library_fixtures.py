"""Every example of the standard library, run by PyTorch forward and backward.

The examples are those of the compiler's layers, as generator/src/golden/library.txt lists them: the names and arguments
are PyTorch's, so the text of an example is the call of the module. A layer with an example that PyTorch does not have
is listed as one.
"""

import torch
from torch import nn

from fixture_json import write
from layer_fixtures import Source

BATCH = 3
WORDS = {"true": True, "false": False, "none": None}


def write_all(examples, folder):
    cases = {}
    for line in examples.read_text(encoding="utf-8").splitlines():
        layer, shape = [part.strip() for part in line.split("|")[:2]]
        name = layer[: layer.index("(")]
        cases.setdefault(name, []).append(case(name, layer, shape))
    for name, ones in cases.items():
        write(folder / f"{name}.json", dict(cases=ones))


def case(name, layer, shape):
    if name == "SqueezeExcitation":
        return case_of(layer, shape, eval(layer, dict(vars(nn), SqueezeExcitation=SqueezeExcitation)))
    if not hasattr(nn, name):
        return dict(layer=layer, input=shape, pytorch="has none")
    return case_of(layer, shape, eval(layer, dict(vars(nn), **WORDS)))


class SqueezeExcitation(nn.Module):
    """That of torchvision.ops."""

    def __init__(self, input_channels, squeeze_channels, activation=nn.ReLU, scale_activation=nn.Sigmoid):
        super().__init__()
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc1 = nn.Conv2d(input_channels, squeeze_channels, 1)
        self.fc2 = nn.Conv2d(squeeze_channels, input_channels, 1)
        self.activation = activation()
        self.scale_activation = scale_activation()

    def forward(self, x):
        return x * self.scale_activation(self.fc2(self.activation(self.fc1(self.avgpool(x)))))


def case_of(layer, shape, module):
    name = layer[: layer.index("(")]
    source = Source(len(layer))
    module = source.fill(module)
    # What PyTorch draws at random is compared as it predicts.
    if "Dropout" in name or "dropout" in layer or name == "RReLU":
        module.eval()
    inputs = [given_input(source, module, one) for one in shape.split(" & ")]
    if name.startswith("MaxUnpool"):
        inputs[1] = places(source, module, inputs[0])
    given = [x.clone().requires_grad_() if x.dtype.is_floating_point else x for x in inputs]
    # Copies, since a layer may work in place.
    y = apply(module, *[x.clone() for x in given])
    # Of a sequence and the last state, the sequence.
    y = y[0] if isinstance(y, tuple) else y
    dY = source.tensor(*y.shape)
    y.backward(dY)
    names = ["x" if place == 0 else f"x{place + 1}" for place in range(len(inputs))]
    tensors = dict(zip(names, inputs), y=y, dY=dY)
    for name, copy in zip(names, given):
        if copy.requires_grad:
            tensors["d" + name.upper()] = copy.grad
    for key, parameter in module.named_parameters():
        tensors["parameter/" + key] = parameter
        tensors["gradient/" + key] = parameter.grad
    for key, buffer in module.named_buffers():
        if buffer.dtype.is_floating_point:
            tensors["statistic/" + key] = buffer
        elif module.momentum is None:
            tensors["statistic/" + key] = buffer.reshape(1)
    described = {key: dict(shape=list(tensor.shape), values=tensor.detach().float()) for key, tensor in tensors.items()}
    return dict(layer=layer, input=shape, mode="train" if module.training else "eval", tensors=described)


def apply(module, x, *others):
    """The module's result. States of recurrences have the batch first here, and second in PyTorch."""
    if isinstance(module, nn.LSTMCell):
        return module(x, others)
    if isinstance(module, nn.RNNBase) and others:
        states = [state.transpose(0, 1).contiguous() for state in others]
        return module(x, tuple(states) if len(states) > 1 else states[0])
    return module(x, *others)


def given_input(source, module, shape):
    if shape.startswith("int") and hasattr(module, "num_embeddings"):
        return source.indices(module.num_embeddings, BATCH, *sizes(shape))
    return source.tensor(BATCH, *sizes(shape))


def places(source, module, x):
    """Other places for the elements of each channel, as those of a pool are that does not overlap."""
    room = module(x, torch.zeros(x.shape, dtype=torch.int64))[0, 0].numel()
    lines = [source.random.sample(range(room), x[0, 0].numel()) for _ in range(x.shape[0] * x.shape[1])]
    return torch.tensor(lines).reshape(x.shape)


def sizes(shape):
    return [int(size) for size in shape[shape.index("[") :].strip("[]").split(",")[1:]]
