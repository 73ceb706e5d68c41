"""The learning rates of PyTorch's schedulers, step by step.

Each case names a scheduler as SchedulersTest does, and lists the learning rate before each of the steps. Schedulers that
look at a number are given those of LOSSES.
"""

import math
import warnings

import torch
from torch.optim import lr_scheduler as lr

from fixture_json import write

STEPS = 120
BASE = 0.05
LOSSES = [1.0, 0.8, 0.8, 0.79995, 0.81, 0.7, 0.71, 0.7, 0.72, 0.69996, 0.7, 0.7, 0.6, 0.61, 0.62, 0.63, 0.64, 0.65, 0.66, 0.67]
# Numbers that no rule expects, and then a long way down with noise.
LOSSES += [math.nan, math.inf, math.nan, 0.5, -math.inf, math.nan, 0.5, 0.5, -0.5, -0.5]
LOSSES += [math.cos(step * step) / 5 - step / 60 for step in range(80)]

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
    "one cycle": lambda o: lr.OneCycleLR(o, 0.2, total_steps=STEPS, cycle_momentum=False),
    "one cycle, linear, three phases": lambda o: lr.OneCycleLR(
        o,
        0.2,
        total_steps=STEPS,
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
    # Settings at the ends of their ranges.
    "step of one": lambda o: lr.StepLR(o, 1, gamma=0.97),
    "step to nothing": lambda o: lr.StepLR(o, 50, gamma=0),
    "milestone at the start": lambda o: lr.MultiStepLR(o, [0, 1, 1, 500], gamma=0.5),
    "no milestone": lambda o: lr.MultiStepLR(o, [], gamma=0.5),
    "growing": lambda o: lr.ExponentialLR(o, 1.02),
    "constant, one step": lambda o: lr.ConstantLR(o, factor=1e-3, total_iters=1),
    "linear, down to nothing": lambda o: lr.LinearLR(o, start_factor=1, end_factor=0, total_iters=100),
    "linear, one step": lambda o: lr.LinearLR(o, total_iters=1),
    "polynomial, one step": lambda o: lr.PolynomialLR(o, total_iters=1, power=0.5),
    "cosine of one": lambda o: lr.CosineAnnealingLR(o, 1, eta_min=0.01),
    "cosine upwards": lambda o: lr.CosineAnnealingLR(o, 60, eta_min=0.1),
    "warm restarts at each step": lambda o: lr.CosineAnnealingWarmRestarts(o, 1, T_mult=1, eta_min=0.001),
    "warm restarts, three times as long": lambda o: lr.CosineAnnealingWarmRestarts(o, 2, T_mult=3, eta_min=0.001),
    "one cycle without a rise": lambda o: lr.OneCycleLR(
        o, 0.2, total_steps=STEPS, pct_start=0.0, cycle_momentum=False
    ),
    "one cycle without a fall": lambda o: lr.OneCycleLR(
        o, 0.2, total_steps=STEPS, pct_start=1.0, anneal_strategy="linear", cycle_momentum=False
    ),
    "one cycle, three phases, the last of one step": lambda o: lr.OneCycleLR(
        o, 0.2, total_steps=STEPS, pct_start=0.5, three_phase=True, cycle_momentum=False
    ),
    "sequential, of what is no factor": lambda o: lr.SequentialLR(
        o,
        [
            lr.CosineAnnealingWarmRestarts(o, 4, T_mult=2, eta_min=0.002),
            lr.MultiStepLR(o, [2, 5], gamma=0.5),
            lr.CosineAnnealingLR(o, 10),
            lr.PolynomialLR(o, total_iters=30, power=2),
        ],
        milestones=[1, 20, 47],
    ),
}

PLATEAUS = {
    "plateau": lambda o: lr.ReduceLROnPlateau(o, factor=0.5, patience=2),
    "plateau, absolute, cooldown": lambda o: lr.ReduceLROnPlateau(
        o, factor=0.5, patience=1, threshold=0.01, threshold_mode="abs", cooldown=2, min_lr=0.02
    ),
    "plateau, upwards": lambda o: lr.ReduceLROnPlateau(o, mode="max", factor=0.1, patience=3),
    "plateau without patience": lambda o: lr.ReduceLROnPlateau(o, factor=0.9, patience=0, threshold=0, min_lr=0.03),
    "plateau, upwards, absolute": lambda o: lr.ReduceLROnPlateau(
        o, mode="max", factor=0.5, patience=0, threshold=0.1, threshold_mode="abs", cooldown=1, eps=0.004
    ),
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
