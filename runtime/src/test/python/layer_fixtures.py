"""Layers and losses of PyTorch on small inputs: outputs, and gradients by input and parameters.

Inputs, parameters and the gradients given to backward are multiples of 1/8, so every product and every sum of a
convolution is exact in single precision, in whatever order it is added up. The rest is computed in double precision
and rounded to single: what a perfect single precision kernel would give.
"""

import random

import torch
from torch import nn

from fixture_json import write


class Source:
    """Multiples of 1/8 in [-limit, limit], the same in every run."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def tensor(self, *shape, limit=2):
        count = torch.Size(shape).numel()
        values = [self.random.randint(-8 * limit, 8 * limit) / 8 for _ in range(count)]
        return torch.tensor(values, dtype=torch.float64).reshape(shape)

    def indices(self, limit, *shape):
        count = torch.Size(shape).numel()
        return torch.tensor([self.random.randrange(limit) for _ in range(count)]).reshape(shape)

    def positive(self, *shape):
        return self.tensor(*shape, limit=1).abs() + 0.25

    def fill(self, module):
        with torch.no_grad():
            for parameter in module.parameters():
                parameter.copy_(self.tensor(*parameter.shape, limit=1))
        return module.double()


def case(name, arguments, **tensors):
    described = {}
    for key, tensor in tensors.items():
        if tensor is not None:
            values = tensor if tensor.dtype == torch.int64 else tensor.detach().float()
            described[key] = dict(shape=list(tensor.shape), values=values)
    return dict(name=name, arguments=arguments, tensors=described)


def passed(name, module, arguments, x, source):
    """A module forward and backward, with everything that went in and came out."""
    x = x.clone().requires_grad_()
    module.zero_grad()
    y = module(x)
    dY = source.tensor(*y.shape)
    y.backward(dY)
    weight, bias = getattr(module, "weight", None), getattr(module, "bias", None)
    gradients = dict(dX=x.grad)
    for key, parameter in (("dWeight", weight), ("dBias", bias)):
        gradients[key] = None if parameter is None else parameter.grad
    return case(name, arguments, x=x, weight=weight, bias=bias, y=y, dY=dY, **gradients)


def convolutions():
    source = Source(1)
    pix2pix = dict(kernel_size=(4, 4), stride=(2, 2), padding=(1, 1))
    uneven = dict(kernel_size=(3, 2), stride=(1, 2), padding=(1, 0), dilation=(2, 1))
    geometries = [
        ("k4 s2 p1", (2, 2, 6, 6), 3, pix2pix),
        ("k4 s2 p1 to a single pixel, one sample", (1, 3, 2, 2), 2, pix2pix),
        ("k3 s1 p1", (2, 2, 4, 5), 2, dict(kernel_size=(3, 3), padding=(1, 1))),
        ("k3 s2 p1 of an odd image", (1, 2, 5, 7), 3, dict(kernel_size=(3, 3), stride=(2, 2), padding=(1, 1))),
        ("k3 d2 p2", (1, 2, 6, 5), 2, dict(kernel_size=(3, 3), padding=(2, 2), dilation=(2, 2))),
        ("k(1, 3) s(2, 1) p(0, 1)", (2, 2, 5, 4), 2, dict(kernel_size=(1, 3), stride=(2, 1), padding=(0, 1))),
        ("k(3, 2) s(1, 2) p(1, 0) d(2, 1)", (1, 2, 6, 6), 2, uneven),
        ("k1", (2, 3, 2, 3), 4, dict(kernel_size=(1, 1))),
        ("k4 s2 p1 without bias", (2, 2, 4, 4), 2, dict(pix2pix, bias=False)),
        ("k3 p1 in two groups", (2, 4, 4, 3), 6, dict(kernel_size=(3, 3), padding=(1, 1), groups=2)),
        ("k3 s2, each channel by itself", (2, 3, 5, 5), 6, dict(kernel_size=(3, 3), stride=(2, 2), groups=3)),
    ]
    cases = []
    for name, shape, out, arguments in geometries:
        module = source.fill(nn.Conv2d(shape[1], out, **arguments))
        cases.append(passed(name, module, arguments, source.tensor(*shape), source))
    return cases


def transposed_convolutions():
    source = Source(2)
    pix2pix = dict(kernel_size=(4, 4), stride=(2, 2), padding=(1, 1))
    odd = dict(kernel_size=(3, 3), stride=(2, 2), padding=(1, 1), output_padding=(1, 1))
    uneven = dict(kernel_size=(3, 2), stride=(1, 2), output_padding=(0, 1))
    geometries = [
        ("k4 s2 p1", (2, 3, 3, 3), 2, pix2pix),
        ("k4 s2 p1 from a single pixel, one sample", (1, 2, 1, 1), 3, pix2pix),
        ("k3 s1 p1", (2, 2, 4, 3), 2, dict(kernel_size=(3, 3), padding=(1, 1))),
        ("k3 s2 p1 output_padding 1", (1, 2, 3, 4), 2, odd),
        ("k3 d2 p1", (1, 2, 3, 3), 2, dict(kernel_size=(3, 3), padding=(1, 1), dilation=(2, 2))),
        ("k(3, 2) s(1, 2) output_padding(0, 1)", (2, 2, 2, 3), 2, uneven),
        ("k2 s2 without bias", (2, 3, 2, 2), 2, dict(kernel_size=(2, 2), stride=(2, 2), bias=False)),
    ]
    cases = []
    for name, shape, out, arguments in geometries:
        module = source.fill(nn.ConvTranspose2d(shape[1], out, **arguments))
        cases.append(passed(name, module, arguments, source.tensor(*shape), source))
    return cases


def linears():
    source = Source(3)
    cases = []
    for samples, inputs, outputs, bias in ((5, 4, 3, True), (1, 1, 1, True), (3, 6, 2, False)):
        name = f"{inputs} to {outputs}" + ("" if bias else " without bias")
        module = source.fill(nn.Linear(inputs, outputs, bias=bias))
        cases.append(passed(name, module, dict(bias=bias), source.tensor(samples, inputs), source))
    for shape, outputs, bias in (((2, 7, 4), 3, True), ((2, 3, 2, 5), 2, True), ((3, 2, 1), 4, False)):
        name = f"{shape[-1]} to {outputs} along the last of {len(shape)} axes"
        module = source.fill(nn.Linear(shape[-1], outputs, bias=bias))
        cases.append(passed(name, module, dict(bias=bias), source.tensor(*shape), source))
    return cases


def batch_norms():
    source = Source(4)
    cases = []
    for affine in (True, False):
        arguments = dict(eps=1e-5, momentum=0.1, affine=affine)
        module = source.fill(nn.BatchNorm2d(3, **arguments))
        words = "" if affine else " without scale and shift"
        for step, shape in enumerate([(2, 3, 3, 2), (4, 3, 2, 2), (2, 3, 2, 3)]):
            training = step < 2
            module.train(training)
            before = module.running_mean.clone(), module.running_var.clone()
            name = ["training, first batch", "training, second batch", "evaluation"][step] + words
            one = passed(name, module, dict(arguments, training=training), source.tensor(*shape), source)
            one["tensors"].update(
                case(
                    "", {}, runningMean=before[0], runningVar=before[1],
                    runningMeanAfter=module.running_mean, runningVarAfter=module.running_var,
                )["tensors"]
            )
            cases.append(one)
    return cases


def instance_norms():
    source = Source(5)
    cases = []
    for affine in (False, True):
        arguments = dict(eps=1e-5, affine=affine)
        module = source.fill(nn.InstanceNorm2d(2, **arguments))
        name = "with scale and shift" if affine else "as pix2pix uses it"
        cases.append(passed(name, module, arguments, source.tensor(3, 2, 3, 4), source))
    return cases


def max_pools():
    source = Source(6)
    geometries = [
        ("k2", (2, 2, 4, 4), dict(kernel_size=(2, 2), stride=(2, 2))),
        ("k3 s2 p1, padding never wins", (1, 2, 5, 6), dict(kernel_size=(3, 3), stride=(2, 2), padding=(1, 1))),
        ("k3 s1, windows overlap", (1, 2, 4, 5), dict(kernel_size=(3, 3), stride=(1, 1))),
        ("k(2, 3) s(1, 2)", (2, 1, 4, 7), dict(kernel_size=(2, 3), stride=(1, 2))),
        ("k2 d2", (1, 2, 5, 5), dict(kernel_size=(2, 2), stride=(1, 1), dilation=(2, 2))),
    ]
    cases = [
        passed(name, nn.MaxPool2d(**arguments), arguments, source.tensor(*shape), source)
        for name, shape, arguments in geometries
    ]
    arguments = dict(kernel_size=(2, 2), stride=(2, 2))
    ties = source.tensor(1, 2, 4, 4).clamp(min=0)
    cases.append(passed("ties: the first of the largest", nn.MaxPool2d(**arguments), arguments, ties, source))
    negative = -source.positive(1, 1, 3, 3)
    arguments = dict(kernel_size=(3, 3), stride=(2, 2), padding=(1, 1))
    cases.append(passed("all negative, padded", nn.MaxPool2d(**arguments), arguments, negative, source))
    return cases


def average_pools():
    source = Source(10)
    geometries = [
        ("k2", (2, 2, 4, 4), dict(kernel_size=(2, 2), stride=(2, 2))),
        ("k3 s2 p1", (1, 2, 5, 6), dict(kernel_size=(3, 3), stride=(2, 2), padding=(1, 1))),
        (
            "k3 s2 p1, padding not counted",
            (1, 2, 5, 6),
            dict(kernel_size=(3, 3), stride=(2, 2), padding=(1, 1), count_include_pad=False),
        ),
        ("k(2, 3) s(1, 2)", (2, 1, 4, 7), dict(kernel_size=(2, 3), stride=(1, 2))),
    ]
    cases = [
        passed(name, nn.AvgPool2d(**arguments), arguments, source.tensor(*shape), source)
        for name, shape, arguments in geometries
    ]
    for size in ((1, 1), (2, 3), (3, 2), (5, 7)):
        module = nn.AdaptiveAvgPool2d(size)
        cases.append(passed(f"adaptive, {size}", module, dict(adaptive=True), source.tensor(2, 2, 4, 6), source))
    return cases


def spreads():
    source = Source(13)
    cases = []
    for height, width in ((2, 2), (3, 1)):
        module = nn.Upsample(scale_factor=(height, width))
        cases.append(passed("upsample", module, dict(top=height, left=width), source.tensor(2, 2, 3, 2), source))
    modules = (("zero", nn.ZeroPad2d), ("reflection", nn.ReflectionPad2d), ("replication", nn.ReplicationPad2d))
    for name, module in modules:
        for left, right, top, bottom in ((1, 1, 1, 1), (2, 0, 1, 2)):
            arguments = dict(left=left, right=right, top=top, bottom=bottom)
            cases.append(passed(name, module((left, right, top, bottom)), arguments, source.tensor(2, 2, 3, 4), source))
    return cases


def sample_norms():
    source = Source(11)
    modules = [
        ("group, two groups", nn.GroupNorm(2, 4), dict(groups=2), (3, 4, 3, 2)),
        ("group, one group, of features", nn.GroupNorm(1, 6), dict(groups=1), (2, 6)),
        ("group, without scale and shift", nn.GroupNorm(3, 3, affine=False), dict(groups=3), (2, 3, 2, 3)),
        ("layer, of features", nn.LayerNorm(5), dict(groups=1, layer=True), (3, 5)),
        ("layer, of images", nn.LayerNorm((2, 3, 4)), dict(groups=1, layer=True), (2, 2, 3, 4)),
        ("layer, of rows", nn.LayerNorm(4), dict(groups=6, layer=True), (2, 2, 3, 4)),
    ]
    return [
        passed(name, source.fill(module), dict(arguments, eps=1e-5), source.tensor(*shape), source)
        for name, module, arguments, shape in modules
    ]


def softmaxes():
    source = Source(12)
    cases = []
    for name, module in (("softmax", nn.Softmax(dim=1)), ("log_softmax", nn.LogSoftmax(dim=1))):
        for shape in ((3, 5), (2, 3, 2, 2)):
            cases.append(passed(name, module, dict(dim=1), source.tensor(*shape), source))
    cases.append(passed("log_softmax", nn.LogSoftmax(dim=1), dict(dim=1), source.tensor(2, 4) * 1000, source))
    for dim, shape in ((2, (2, 3, 4)), (2, (2, 3, 4, 2)), (3, (2, 3, 1, 4))):
        cases.append(passed("softmax", nn.Softmax(dim=dim), dict(dim=dim), source.tensor(*shape), source))
        cases.append(passed("log_softmax", nn.LogSoftmax(dim=dim), dict(dim=dim), source.tensor(*shape), source))
    return cases


def activations():
    source = Source(7)
    special = torch.tensor([0.0, -0.0, 1e-30, -1e-30, 100.0, -100.0, 3.5, -3.5], dtype=torch.float64)
    x = torch.cat([special, source.tensor(16)]).reshape(2, 3, 2, 2)
    modules = [
        ("relu", nn.ReLU(), {}),
        ("leaky_relu", nn.LeakyReLU(0.2), dict(negative_slope=0.2)),
        ("leaky_relu", nn.LeakyReLU(0.01), dict(negative_slope=0.01)),
        ("tanh", nn.Tanh(), {}),
        ("sigmoid", nn.Sigmoid(), {}),
        ("relu6", nn.ReLU6(), {}),
        ("elu", nn.ELU(), dict(alpha=1.0)),
        ("elu", nn.ELU(0.25), dict(alpha=0.25)),
        ("silu", nn.SiLU(), {}),
        ("gelu", nn.GELU(), {}),
        ("tanh_gelu", nn.GELU(approximate="tanh"), {}),
        ("softplus", nn.Softplus(), dict(beta=1.0, threshold=20.0)),
        ("softplus", nn.Softplus(2, 1), dict(beta=2.0, threshold=1.0)),
        ("hardtanh", nn.Hardtanh(), dict(min=-1.0, max=1.0)),
        ("hardtanh", nn.Hardtanh(-0.5, 2), dict(min=-0.5, max=2.0)),
    ]
    return [passed(name, module, arguments, x, source) for name, module, arguments in modules]


def losses():
    source = Source(8)
    cases = []

    def add(name, function, prediction, target, scale, **arguments):
        prediction = prediction.clone().requires_grad_()
        loss = scale * function(prediction, target)
        loss.backward()
        one = case(name, dict(arguments, scale=scale), prediction=prediction, target=target, dPrediction=prediction.grad)
        one["loss"] = float(loss)
        cases.append(one)

    for name, function in (("l1_loss", nn.L1Loss()), ("mse_loss", nn.MSELoss())):
        for scale in (1.0, 100.0):
            prediction = source.tensor(2, 3, 2, 2)
            target = source.tensor(2, 3, 2, 2)
            target.view(-1)[:3] = prediction.view(-1)[:3]  # where |x| has no derivative
            add(name, function, prediction, target, scale)
    labels = torch.tensor([2, 0, 4, 1])
    add("cross_entropy_loss", nn.CrossEntropyLoss(), source.tensor(4, 5), labels, 1.0)
    add("cross_entropy_loss", nn.CrossEntropyLoss(), source.tensor(4, 5) * 1000, labels, 0.5)
    add("nll_loss", nn.NLLLoss(), source.tensor(4, 5), labels, 2.0)
    for width in (1.0, 0.5):
        smooth = nn.SmoothL1Loss(beta=width)
        add("smooth_l1_loss", smooth, source.tensor(2, 3), source.tensor(2, 3), 1.0, beta=width)
        add("huber_loss", nn.HuberLoss(delta=width), source.tensor(2, 3), source.tensor(2, 3), 3.0, delta=width)
    probabilities = source.positive(2, 4).clamp(max=1)
    add("bce_loss", nn.BCELoss(), probabilities, source.positive(2, 4).clamp(max=1), 1.0)
    logits = source.tensor(2, 4)
    logits.view(-1)[:2] = torch.tensor([500.0, -500.0])
    add("bce_with_logits_loss", nn.BCEWithLogitsLoss(), logits, source.positive(2, 4).clamp(max=1), 1.0)
    return cases


def activity_penalties():
    """What an activity regularizer adds to the loss and to the gradient by the layer's output."""
    source = Source(9)
    cases = []
    for shape in ((4, 3), (2, 2, 3, 2)):
        for word, function in (("l1", lambda y: y.abs().sum()), ("l2", lambda y: 0.5 * y.pow(2).sum())):
            for reduction in ("mean", "sum"):
                y = source.tensor(*shape)
                y.view(-1)[0] = 0.0
                y.view(-1)[1] = -0.0
                y.requires_grad_()
                penalty = 0.125 * function(y) / (shape[0] if reduction == "mean" else 1)
                penalty.backward()
                arguments = {"word": word, "lambda": 0.125, "reduction": reduction}
                one = case(f"{word}, {reduction}, {len(shape)} axes", arguments, y=y, dY=y.grad)
                one["penalty"] = float(penalty)
                cases.append(one)
    return cases


def write_all(folder):
    files = {
        "conv2d": convolutions,
        "conv-transpose2d": transposed_convolutions,
        "linear": linears,
        "batch-norm2d": batch_norms,
        "instance-norm2d": instance_norms,
        "max-pool2d": max_pools,
        "average-pool2d": average_pools,
        "spread2d": spreads,
        "sample-norm": sample_norms,
        "softmax": softmaxes,
        "activations": activations,
        "losses": losses,
        "activity": activity_penalties,
    }
    for name, cases in files.items():
        write(folder / f"{name}.json", dict(cases=cases()))
