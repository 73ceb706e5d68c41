"""PyTorch's own samples of its modules, run by PyTorch forward and backward.

torch.testing._internal.common_modules.module_db has, for each module, constructor calls with inputs to call it on. They
run here in double precision, in training mode and, where that differs, in eval mode. Numbers that go in are not stored:
fill() makes them of the index of an element and a name, and ModuleNumbers.java makes the same ones. Of a tensor that
comes out a fixture has the shape, three elements and two weighed sums of all of them.

A sample that cannot be a case is counted with one of the reasons below. Samples that are the same call on the same
shapes are one case.

The batch is the first axis of a case. Where a sample has it second, its first two axes are exchanged. Recurrences and
MultiheadAttention have samples without a batch alone: they are cases with a batch of one, which PyTorch computes
without. A mask is an input of ones and zeros that is compared with 0.5; one without a batch has it here.
"""

import re
import sys
import types
import unittest

import torch

from fixture_json import write

MODULUS = 8192
BATCHED_RANK = {"BatchNorm1d": 2, "MultiMarginLoss": 2, "MultiLabelMarginLoss": 2, "LinearCrossEntropyLoss": 2}
RECURRENCES = ["RNN", "LSTM", "GRU"]
CELLS = ["RNNCell", "LSTMCell", "GRUCell"]
ALONE = RECURRENCES + CELLS + ["MultiheadAttention"]
PREDICTIONS = {
    "CosineEmbeddingLoss": (0, 1),
    "MarginRankingLoss": (0, 1),
    "GaussianNLLLoss": (0, 2),
    "TripletMarginLoss": (0, 1, 2),
    "TripletMarginWithDistanceLoss": (0, 1, 2),
}

# Modules that no sample can be a case of.
LAZY = "lazy: sizes are found when it first runs"
RANDOM = "random: PyTorch draws its regions"
EXCUSED = {"FractionalMaxPool2d": RANDOM, "FractionalMaxPool3d": RANDOM}
MISSING = {}

# Arguments that change where or how PyTorch computes, and no number.
ELSEWHERE = ["device", "dtype", "options"]

# Samples that cannot be one.
UNBATCHED = "unbatched: the sample has no batch axis"
UNREDUCED = "unreduced: reduction='none' leaves no number to go back from"
SHARED = "shared: one of its tensors is the same for the whole batch"
EMPTY = "empty: the batch has no sample"


def write_all(infos, folder):
    for info in infos:
        name = info.name[len("nn.") :]
        write(folder / f"{name}.json", Module(name, info).fixture())


def module_db():
    """The samples. PyTorch's package of tests wants a package that they do not need."""
    if "expecttest" not in sys.modules:
        expecttest = types.ModuleType("expecttest")
        expecttest.TestCase = unittest.TestCase
        expecttest.assert_expected_inline = lambda *_: None
        sys.modules["expecttest"] = expecttest
    from torch.testing._internal.common_modules import module_db as samples

    return samples


class Module:
    """The samples of one module."""

    def __init__(self, name, info):
        self.name, self.info = name, info
        self.excused, self.missing, self.cases = {}, {}, {}
        self.samples = 0

    def fixture(self):
        for training in [True, False] if self.info.train_and_eval_differ else [True]:
            torch.manual_seed(0)
            options = dict(device="cpu", dtype=torch.float64, requires_grad=False, training=training)
            for sample in self.info.module_inputs_func(self.info, **options):
                self.samples += 1
                self.add(sample, training)
        return dict(
            module=self.name,
            samples=self.samples,
            excused=self.excused,
            missing=self.missing,
            cases=list(self.cases.values()),
        )

    def add(self, sample, training):
        forward = sample.forward_input
        given = list(forward.args) + [forward.kwargs[key] for key in ["input"] if key in forward.kwargs]
        given = aligned(*given) if self.name == "CTCLoss" else given
        named = [key for key, value in forward.kwargs.items() if isinstance(value, torch.Tensor) and key != "input"]
        reason = self.excuse(sample, given)
        if reason:
            self.excused[reason] = self.excused.get(reason, 0) + 1
            return
        reason = MISSING.get(self.name)
        if reason:
            self.missing[reason] = self.missing.get(reason, 0) + 1
            return
        arguments = [argument(value) for value in sample.constructor_input.args]
        keywords = {
            key: argument(value)
            for key, value in sample.constructor_input.kwargs.items()
            if key not in ELSEWHERE
        }
        layout = self.layout(sample)
        if layout is not Layout:
            arguments = [one.replace("batch_first=false", "batch_first=true") for one in arguments]
            keywords.update({"batch_first": "true"} if self.name not in CELLS + ["TransformerEncoder"] else {})
        call = f"{self.name}({', '.join(arguments + [f'{key}={value}' for key, value in keywords.items()])})"
        given = [layout.case(tensor) for value in given for tensor in (value if isinstance(value, tuple) else [value])]
        inputs = [dict(fill=self.kind(tensor, given), shape=list(tensor.shape)) for tensor in given]
        masks = {}
        for key in named:
            masks[key] = input_name(len(inputs))
            shape = layout.mask(forward.kwargs[key], given[0].shape[0], self.heads(sample)).shape
            inputs.append(dict(fill=f"last {shape[-1]}", shape=list(shape)))
        key = repr((call, inputs, masks, training))
        if key in self.cases:
            self.cases[key]["samples"] += 1
            return
        case = dict(call=call, samples=1, mode="train" if training else "eval", inputs=inputs)
        if masks:
            case["masks"] = masks
        result = self.run(sample, case, layout)
        if not result:
            # A power of a number below 0 is none.
            for one in inputs:
                one["fill"] = one["fill"].replace("any", "positive")
            result = self.run(sample, case, layout)
        self.cases[key] = dict(case, **result)

    def heads(self, sample):
        return sample.constructor_input.kwargs.get("num_heads", 1)

    def layout(self, sample):
        """How the tensors of the sample have the batch."""
        if self.name in ALONE:
            return OneSample
        if "Transformer" not in self.name:
            return Layout
        layer = sample.constructor_input.args[0] if self.name == "TransformerEncoder" else None
        first = layer.self_attn.batch_first if layer else sample.constructor_input.kwargs.get("batch_first", False)
        return Layout if first else BatchSecond

    def excuse(self, sample, given):
        if self.name in ALONE:
            return None
        if self.name.startswith("Lazy"):
            return LAZY
        if self.name in EXCUSED:
            return EXCUSED[self.name]
        spatial = re.search(r"(\d)d$", self.name)
        rank = BATCHED_RANK.get(self.name, int(spatial[1]) + 2 if spatial else 3 if "Transformer" in self.name else 1)
        if "no_batch_dim" in sample.desc or given[0].dim() < rank:
            return UNBATCHED
        if sample.constructor_input.kwargs.get("reduction") == "none":
            return UNREDUCED
        if self.name in PREDICTIONS and any(tensor.shape[0] != given[0].shape[0] for tensor in given):
            return SHARED
        return EMPTY if given[0].shape[0] == 0 else None

    def kind(self, tensor, given):
        """What numbers an input has, by those of the sample."""
        if self.name == "CTCLoss" and tensor is not given[0]:
            if tensor.dim() == 2:
                return "below 14" if (tensor == 0).any() else "below 15 from 1"
            return "lengths " + " ".join(map(str, tensor.tolist()))
        if not tensor.dtype.is_floating_point:
            if self.name == "Embedding":
                return "below 4"
            if self.name == "MultiLabelMarginLoss":
                return "labels"
            if tensor.min() == -1:
                return "signs"
            if self.name == "LinearCrossEntropyLoss":
                return "below 4"
            return "below 2 as float" if tensor.shape == given[0].shape else f"below {given[0].shape[1]}"
        if (tensor.abs() == 1).all():
            return "signs"
        if self.name.endswith("Loss") and tensor.min() >= 0:
            return "unit" if tensor.max() <= 1 else "positive"
        return "negative" if self.name.endswith("Loss") and tensor.max() <= 0 else "any"

    def run(self, sample, case, layout):
        constructor = sample.constructor_input
        keywords = {key: weights(value) for key, value in constructor.kwargs.items()}
        module = self.info.module_cls(*[weights(value) for value in constructor.args], **keywords).double()
        module.train(case["mode"] == "train")
        for key, parameter in module.named_parameters():
            parameter.data = fill("weight", key, parameter.shape)
        for key, buffer in module.named_buffers():
            if "running" in key:
                buffer.data = fill("positive" if "var" in key else "weight", key, buffer.shape)
        tensors = [fill(one["fill"], input_name(place), one["shape"]) for place, one in enumerate(case["inputs"])]
        masked = case.get("masks", {})
        judged = range(len(tensors) - len(masked))
        judged = PREDICTIONS.get(self.name, (0,)) if self.name.endswith("Loss") else judged
        given = [
            one.requires_grad_() if place in judged and one.dtype.is_floating_point else one
            for place, one in enumerate(tensors)
        ]
        # Copies, since a module may work in place.
        count = len(given) - len(masked)
        x, *others = [layout.sample(x.clone()) for x in given[:count]]
        masks = {
            key: layout.unmasked(mask > 0.5, sample.forward_input.kwargs[key].shape)
            for key, mask in zip(masked, given[count:])
        }
        if "LSTM" in self.name and others:
            others = [tuple(others)]
        if self.name == "CTCLoss":
            x = x.transpose(0, 1)
        ys = [layout.case(y) for y in flattened(module(x, *others, **masks))]
        if not all(y.isfinite().all() for y in ys):
            return None
        if ys[0].dim():
            gradients = {i: fill("weight", "dY" + number(i), y.shape) for i, y in enumerate(ys) if y.requires_grad}
            torch.autograd.backward([ys[i] for i in gradients], list(gradients.values()))
        else:
            ys[0].backward()
        results = {"y" + number(place): summary(y) for place, y in enumerate(ys)}
        for place, one in enumerate(given):
            if one.requires_grad:
                results["d" + input_name(place).upper()] = summary(one.grad)
        for key, parameter in module.named_parameters():
            results["gradient/" + key] = sums(parameter.grad)
        for key, buffer in module.named_buffers():
            if "running" in key or (key == "num_batches_tracked" and module.momentum is None):
                results["statistic/" + key] = sums(buffer.reshape(-1))
        return dict(results=results)


class Layout:
    """Tensors as the sample has them; a mask [queries, keys] is that of each sample of the batch."""

    @staticmethod
    def mask(mask, batch, heads):
        return mask if mask.shape[0] == batch else mask.expand(batch, *mask.shape)

    @staticmethod
    def unmasked(mask, shape):
        return mask if mask.dim() == len(shape) else mask[0]

    @staticmethod
    def case(tensor):
        return tensor

    @staticmethod
    def sample(tensor):
        return tensor


class BatchSecond(Layout):
    """The batch is the second axis of the sample and the first of the case."""

    @staticmethod
    def case(tensor):
        return tensor.transpose(0, 1)

    sample = case


class OneSample(Layout):
    """The sample has no batch, the case a batch of one."""

    @staticmethod
    def mask(mask, batch, heads):
        return mask[None]

    @staticmethod
    def unmasked(mask, shape):
        return mask[0]

    @staticmethod
    def case(tensor):
        return tensor[None]

    @staticmethod
    def sample(tensor):
        return tensor[0]


def aligned(logarithms, targets, lengths, counts):
    """The inputs of CTCLoss with the batch first, targets beside each other, and lengths as tensors."""
    logarithms = logarithms.transpose(0, 1)
    lengths, counts = [torch.as_tensor(one, dtype=torch.int64) for one in (lengths, counts)]
    if targets.dim() == 1:
        ends = counts.cumsum(0).tolist()
        rows = [targets[end - count : end] for end, count in zip(ends, counts.tolist())]
        targets = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=1)
    return [logarithms, targets, lengths, counts]


def flattened(value):
    return [tensor for one in value for tensor in flattened(one)] if isinstance(value, tuple) else [value]


def number(place):
    return "" if place == 0 else str(place + 1)


def input_name(place):
    return "x" + number(place)


def argument(value):
    """A value as it is written in a .net."""
    if isinstance(value, torch.Tensor):
        return str(weights(value).tolist())
    if isinstance(value, (list, tuple)):
        inner = ", ".join(argument(one) for one in value)
        return f"({inner})" if len(value) > 1 else f"[{inner}]"
    if isinstance(value, torch.nn.TransformerEncoderLayer):
        attention = value.self_attn
        activation = "gelu" if value.activation is torch.nn.functional.gelu else "relu"
        bias = "" if attention.in_proj_bias is not None else ", bias=false"
        first = ", norm_first=true" if value.norm_first else ""
        return (
            f"TransformerEncoderLayer({attention.embed_dim}, {attention.num_heads}, {value.linear1.out_features}, "
            f"{value.dropout.p}, '{activation}', batch_first={argument(attention.batch_first)}{first}{bias})"
        )
    if isinstance(value, torch.nn.Module):
        return f"{type(value).__name__}()"
    if callable(value):
        return f"'{value.__name__}'"
    if value is None:
        return "none"
    return str(value).lower() if isinstance(value, bool) else repr(value)


def weights(value):
    """A tensor that is an argument, of numbers that are short to write; everything else as it is."""
    if not isinstance(value, torch.Tensor):
        return value
    return ((torch.arange(value.numel(), dtype=torch.float64) % 5 + 1) / 4).reshape(value.shape)


def hashed(name):
    value = 0
    for letter in name:
        value = (31 * value + ord(letter)) % MODULUS
    return value


def units(name, count):
    """Odd multiples of 1/16384 between 0 and 1, which both precisions have, in an order that the name gives."""
    seed = hashed(name)
    index = torch.arange(count, dtype=torch.int64)
    place = (index * (2 * (seed * 613 % 4096) + 1) + seed * 4219 + 17) % MODULUS
    return (2 * place + 1).double() / (2 * MODULUS)


def fill(kind, name, shape):
    count = torch.Size(shape).numel()
    u = units(name, count)
    if kind == "labels":
        return labels(*shape)
    if kind.startswith("lengths "):
        return torch.tensor([int(length) for length in kind.split()[1:]])
    if kind.startswith("last "):
        size = int(kind.split()[1])
        return (torch.arange(count) % size == size - 1).double().reshape(shape)
    if kind == "below 15 from 1":
        return (1 + (u * 14).floor().long()).reshape(shape)
    below = re.fullmatch(r"below (\d+)( as float)?", kind)
    if below:
        numbers = (u * int(below[1])).floor()
        numbers = numbers if below[2] else numbers.long()
    else:
        numbers = dict(
            any=8 * u - 4, weight=2 * u - 1, positive=4 * u, unit=u, negative=-4 * u, signs=2 * (u < 0.5).double() - 1
        )[kind]
    return numbers.reshape(shape)


def labels(rows, classes):
    """Right classes of each row, from one to half of them, and -1 behind them."""
    result = torch.full((rows, classes), -1)
    for row in range(rows):
        for place in range(1 + row % (classes // 2)):
            result[row, place] = (row + 3 * place) % classes
    return result


def summary(tensor):
    flat = tensor.detach().flatten()
    places = sorted({0, len(flat) // 2, len(flat) - 1})
    return dict(sums(tensor), elements=[float(flat[place]) for place in places])


def sums(tensor):
    flat = tensor.detach().flatten()
    first, second = units("first", len(flat)), 2 * units("second", len(flat)) - 1
    return dict(shape=list(tensor.shape), sums=[float((first * flat).sum()), float((second * flat).sum())])
