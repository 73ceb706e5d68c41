"""Training steps of a network whose parameters are in groups, under a schedule.

The network is that of ParameterGroupsTest in PyTorch's words, in double precision: three linear layers with tanh in
between. AdamW has three groups, as three optimize clauses make them, and the matrix of the second layer follows SGD:

    optimizer AdamW(lr=0.01, weight_decay=0.1)
    optimize biases with weight_decay=0
    optimize head with lr=0.05, betas=(0.8, 0.99), weight_decay=0
    optimize weights of second with SGD(lr=0.1, momentum=0.9)
    regularize weights of first by l1(0.01)

Each case has a scheduler, which both optimizers have one of, and the weights and rates after five steps.
"""

import torch
from torch import nn
from torch.optim import lr_scheduler as lr

from fixture_json import write

STEPS = 5

SCHEDULERS = {
    "none": lambda o: lr.ConstantLR(o, factor=1.0, total_iters=1),
    "step": lambda o: lr.StepLR(o, 2, gamma=0.5),
    "cosine": lambda o: lr.CosineAnnealingLR(o, 4, eta_min=0.002),
    "warm-up": lambda o: lr.SequentialLR(o, [lr.LinearLR(o, 0.25, 1.0, 4), lr.ExponentialLR(o, 0.5)], [4]),
}


class Grouped(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(3, 4)
        self.second = nn.Linear(4, 4)
        self.head = nn.Linear(4, 2)

    def forward(self, x):
        return self.head(torch.tanh(self.second(torch.tanh(self.first(x)))))


def write_all(folder):
    torch.manual_seed(23)
    start = Grouped().double()
    x = torch.randn(STEPS, 6, 3, dtype=torch.float64)
    t = torch.randn(STEPS, 6, 2, dtype=torch.float64)
    content = dict(initial=state(start), x=[one for one in x], t=[one for one in t], cases=[])
    for name, make in SCHEDULERS.items():
        model = Grouped().double()
        model.load_state_dict(start.state_dict())
        adam = torch.optim.AdamW(
            [
                dict(params=[model.first.weight]),
                dict(params=[model.first.bias, model.second.bias], weight_decay=0),
                dict(params=model.head.parameters(), lr=0.05, betas=(0.8, 0.99), weight_decay=0),
            ],
            lr=0.01,
            weight_decay=0.1,
        )
        sgd = torch.optim.SGD([model.second.weight], lr=0.1, momentum=0.9)
        schedulers = [make(adam), make(sgd)]
        rates = []
        for step in range(STEPS):
            rates.append([group["lr"] for optimizer in (adam, sgd) for group in optimizer.param_groups])
            for optimizer in (adam, sgd):
                optimizer.zero_grad()
            loss = nn.functional.mse_loss(model(x[step]), t[step]) + 0.01 * model.first.weight.abs().sum()
            loss.backward()
            for optimizer in (adam, sgd):
                optimizer.step()
            for scheduler in schedulers:
                scheduler.step()
        content["cases"].append(dict(name=name, rates=rates, weights=state(model)))
    write(folder / "groups.json", content)


def state(model):
    return {name: parameter.detach().clone() for name, parameter in model.named_parameters()}
