"""Runs random tensor expressions by PyTorch, and compares what the compiler's classes made of them.

    python3 runtime/src/test/python/random_expressions.py networks.json

RandomExpressionsIT of the generator writes the file and starts this. Functions and their arguments are PyTorch's, so
the text of an expression is Python; only a view of numbers that do not lie side by side is a reshape.
"""

import json
import math
import sys

import torch
import torch.nn.functional as F
from torch import nn, optim

TOLERANCE = 1e-8
STEPS = 5
WORDS = {"true": True, "false": False, "none": None, "inf": math.inf}


def tensor(described):
    return torch.tensor(described["values"], dtype=torch.float64).reshape(described["shape"])


def buffers(c, size):
    places = torch.arange(c)
    return dict(
        order=(c - places) % c,
        places=(2 * places[:, None] + places) % c,
        ramp=torch.linspace(-1, 1, size, dtype=torch.float64),
        lower=torch.ones(c, c, dtype=torch.float64).tril(),
    )


class Case:
    def __init__(self, case):
        self.case = case
        self.x = tensor(case["x"]).requires_grad_()
        self.t = tensor(case["t"])
        self.parameters = {name: tensor(one).requires_grad_() for name, one in case["parameters"].items()}
        self.names = {**vars(torch), **vars(F), **WORDS, "batch": self.x.shape[0], "x": self.x}
        self.names.update(buffers(case["channels"], case["size"]))

    def forward(self):
        names = {**self.names, **self.parameters}
        for line in self.case["statements"].splitlines():
            words = line.split()
            if words[0] in ("parameter", "buffer"):
                continue
            name, expression = line.replace("output ", "").replace(".view(", ".reshape(").split(" = ", 1)
            names[name.strip()] = eval(expression, names)
        return names["y"]

    def penalty(self):
        formula = self.case["penalty"]
        return 0.05 * sum(eval(formula, {**self.names, "w": w}).sum() for w in self.parameters.values())

    def mistakes(self):
        found = []
        loss = eval("nn." + self.case["loss_function"], {"nn": nn})
        call = self.case["optimizer"].replace("(", "(parameters, ", 1)
        steps = eval("optim." + call, {"optim": optim, "parameters": list(self.parameters.values()), **WORDS})
        for step in range(STEPS):
            steps.zero_grad()
            self.x.grad = None
            value = loss(self.forward(), self.t)
            value.backward()
            self.compare(found, f"loss of step {step}", value, torch.tensor(self.case["losses"][step], dtype=torch.float64))
            if step == 0:
                dX = tensor(self.case["dX"]) if "dX" in self.case else torch.zeros_like(self.x)
                self.compare(found, "gradient by x", self.x.grad, dX)
                for name, one in self.parameters.items():
                    self.compare(found, "gradient by " + name, one.grad, tensor(self.case["gradients"][name]))
            self.penalty().backward()
            steps.step()
        for name, one in self.parameters.items():
            self.compare(found, "updated " + name, one, tensor(self.case["updated"][name]))
        return found

    def compare(self, found, what, right, value):
        right = torch.zeros_like(value) if right is None else right.detach()
        error = (right - value).abs().max() / max(1e-3, right.abs().max())
        if not error <= TOLERANCE:
            found.append(f"{what}: relative error {float(error):.3g}, {value.flatten()[:6]} is {right.flatten()[:6]}")


def main():
    torch.set_num_threads(1)
    with open(sys.argv[1], encoding="utf-8") as file:
        cases = json.load(file)
    wrong = 0
    for case in cases:
        try:
            mistakes = Case(case).mistakes()
        except Exception as mistake:
            mistakes = [repr(mistake)]
        if mistakes:
            wrong += 1
            print("\n".join([case["text"], *mistakes[:3]]))
    print(f"{len(cases)} networks, of which {wrong} differ")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
