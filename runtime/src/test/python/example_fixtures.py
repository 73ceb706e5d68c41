"""The examples of the compiler's losses, optimizers and regularizers, as PyTorch computes them.

The examples are those of the compiler's definitions, as generator/src/golden/losses.txt and updates.txt list them. Names
and arguments of losses and optimizers are PyTorch's, so the text of an example is the call; regularizers are those of
penalties.py.
"""

import re

import torch
from torch import nn

from fixture_json import write
from layer_fixtures import Source
from library_fixtures import BATCH, WORDS
from optimizer_fixtures import run
from problems import FINITE

PROBLEM = "matrix"


def write_losses(examples, folder):
    cases = [dict(example=line, **loss(*[part.strip() for part in line.split("|")])) for line in lines(examples)]
    write(folder / "losses.json", dict(cases=cases))


def lines(examples):
    return examples.read_text(encoding="utf-8").splitlines()


def loss(example, shape, predictions, targets):
    source = Source(len(example))
    sizes = [BATCH] + [int(size) for size in shape.strip("[]").split(",")[1:]]
    prediction = numbers(predictions, source, sizes).requires_grad_()
    target = numbers(targets, source, sizes)
    value = eval(f"nn.{with_tensors(example)}", dict(nn=nn, torch=torch, **WORDS))(prediction, target)
    value.backward()
    tensors = dict(prediction=prediction, target=target, loss=value.reshape(1), dPrediction=prediction.grad)
    described = {
        key: dict(shape=list(tensor.shape), values=tensor if tensor.dtype == torch.int64 else tensor.detach().float())
        for key, tensor in tensors.items()
    }
    return dict(tensors=described)


def with_tensors(example):
    """The call with lists of numbers, and weights of one number, as the tensors that PyTorch wants."""
    listed = re.sub(r"(\[[^]]*\])", r"torch.tensor(\1, dtype=torch.float64)", example)
    return re.sub(r"((?:BCELoss\(|weight=))([0-9.]+)", r"\1torch.tensor(\2, dtype=torch.float64)", listed)


def numbers(kind, source, sizes):
    """Numbers that a loss is made for; none of them where two pieces of one meet."""
    def drawn(least, most):
        values = [source.random.randint(least, most) for _ in range(torch.Size(sizes).numel())]
        return torch.tensor(values, dtype=torch.float64).reshape(sizes)

    if kind == "any":
        return source.tensor(*sizes) + 1 / 16
    if kind == "apart":
        return source.tensor(*sizes) + (torch.arange(torch.Size(sizes).numel()) / 512).reshape(sizes)
    if kind == "positive":
        return source.positive(*sizes)
    if kind == "probabilities":
        return drawn(1, 15) / 16
    if kind == "counts":
        return drawn(0, 5)
    if kind == "signs":
        return 2 * drawn(0, 1) - 1
    if kind == "labels":
        rows = [source.random.sample(range(sizes[1]), source.random.randint(0, sizes[1])) for _ in range(sizes[0])]
        return torch.tensor([row + [-1] * (sizes[1] - len(row)) for row in rows])
    assert kind == "classes", f"no numbers of the kind {kind}"
    return source.indices(sizes[1], sizes[0], *sizes[2:])


def write_updates(examples, folder):
    initial, gradients = (torch.tensor(part, dtype=torch.float32).double() for part in FINITE[PROBLEM])
    cases = []
    for line in lines(examples):
        optimizer, regularizer = [part.strip() for part in line.split("|")]
        cases.append(dict(example=line.strip(), **update(optimizer, regularizer)))
        if optimizer.startswith("Muon"):
            cases[-1]["bfloat16"] = rounded(optimizer)
    write(folder / "updates.json", dict(initial=initial, gradients=[one for one in gradients], cases=cases))


def update(optimizer, regularizer):
    terms = [term(regularizer)] if regularizer else []
    after, penalties, _, margins = run(arguments(optimizer), terms, FINITE, [PROBLEM], {}, torch.float64)
    assert all(margin.min() > 1e-4 for margin in margins if margin.numel()), f"{regularizer}: rounding decides a zero"
    return dict(penalty=penalties[PROBLEM][0], weights=after[PROBLEM][-1])


def rounded(optimizer):
    """What PyTorch's own Muon comes to, which rounds products to bfloat16."""
    initial, gradients = (torch.tensor(part, dtype=torch.float32).double() for part in FINITE[PROBLEM])
    weight = initial.clone().requires_grad_()
    given = arguments(optimizer)
    del given["name"]
    muon = torch.optim.Muon([weight], **given)
    for gradient in gradients:
        weight.grad = gradient.clone()
        muon.step()
    return weight.detach()


def arguments(optimizer):
    """lr, betas and so on of an optimizer's call; what is left out is as PyTorch has it by default."""
    name = optimizer[: optimizer.index("(")]
    given = eval(optimizer, {name: dict, **WORDS})
    return dict(given, name=name)


def term(regularizer):
    word = regularizer[: regularizer.index("(")]
    first = "c" if word == "max_norm" else "lambda"
    modes = dict(prox="prox", subgradient="subgradient")
    return eval(regularizer, {word: lambda size, **more: {"word": word, "axis": 0, first: size, **more}, **modes})
