"""The learning rates of PyTorch's schedulers, step by step.

Each case names a scheduler as SchedulersTest does, and lists the learning rate before each of the steps. Schedulers that
look at a number are given those of LOSSES.
"""

import warnings

import torch
from torch.optim import lr_scheduler as lr

from fixture_json import write

STEPS = 40
BASE = 0.05
LOSSES = [1.0, 0.8, 0.8, 0.79995, 0.81, 0.7, 0.71, 0.7, 0.72, 0.69996, 0.7, 0.7, 0.6, 0.61, 0.62, 0.63, 0.64, 0.65, 0.66, 0.67]

SCHEDULERS = {
    "step": lambda o: lr.StepLR(o, 7, gamma=0.3),
    "multi step": lambda o: lr.MultiStepLR(o, [4, 9, 9, 30], gamma=0.5),
    "exponential": lambda o: lr.ExponentialLR(o, 0.93),
    "constant": lambda o: lr.ConstantLR(o, factor=0.25, total_iters=6),
    "linear": lambda o: lr.LinearLR(o, start_factor=0.1, end_factor=0.8, total_iters=11),
    "linear, defaults": lambda o: lr.LinearLR(o),
    "polynomial": lambda o: lr.PolynomialLR(o, total_iters=25, power=1.7),
    "cosine": lambda o: lr.CosineAnnealingLR(o, 13, eta_min=0.002),
    "warm restarts": lambda o: lr.CosineAnnealingWarmRestarts(o, 5, eta_min=0.001),
    "warm restarts, longer": lambda o: lr.CosineAnnealingWarmRestarts(o, 3, T_mult=2),
    "one cycle": lambda o: lr.OneCycleLR(o, 0.2, total_steps=40, cycle_momentum=False),
    "one cycle, linear, three phases": lambda o: lr.OneCycleLR(
        o,
        0.2,
        total_steps=40,
        pct_start=0.4,
        anneal_strategy="linear",
        div_factor=10,
        final_div_factor=100,
        three_phase=True,
        cycle_momentum=False,
    ),
    "sequential": lambda o: lr.SequentialLR(
        o, [lr.ConstantLR(o, factor=0.1, total_iters=4), lr.ExponentialLR(o, 0.9), lr.StepLR(o, 3)], milestones=[4, 15]
    ),
    "warm-up, then cosine": lambda o: lr.SequentialLR(
        o, [lr.LinearLR(o, start_factor=1 / 8, total_iters=8), lr.CosineAnnealingLR(o, 32)], milestones=[8]
    ),
}

PLATEAUS = {
    "plateau": lambda o: lr.ReduceLROnPlateau(o, factor=0.5, patience=2),
    "plateau, absolute, cooldown": lambda o: lr.ReduceLROnPlateau(
        o, factor=0.5, patience=1, threshold=0.01, threshold_mode="abs", cooldown=2, min_lr=0.02
    ),
    "plateau, upwards": lambda o: lr.ReduceLROnPlateau(o, mode="max", factor=0.1, patience=3),
}


def rates(make, steps, numbers=None):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=BASE)
    scheduler = make(optimizer)
    found = []
    for step in range(steps):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if step < steps - 1:
            scheduler.step(*([] if numbers is None else [numbers[step]]))
    return torch.tensor(found, dtype=torch.float64)


def write_all(file):
    warnings.filterwarnings("ignore")
    cases = [dict(name=name, lr=rates(make, STEPS)) for name, make in SCHEDULERS.items()]
    cases += [dict(name=name, lr=rates(make, len(LOSSES) + 1, LOSSES)) for name, make in PLATEAUS.items()]
    write(file, dict(base=BASE, losses=LOSSES, cases=cases))
