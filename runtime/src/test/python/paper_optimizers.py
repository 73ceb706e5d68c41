"""Optimizers that PyTorch does not have, written after their papers.

    Lion    Chen et al., Symbolic Discovery of Optimization Algorithms, arXiv:2302.06675, program 1
    LAMB    You et al., Large Batch Optimization for Deep Learning, arXiv:1904.00962, algorithm 2
    Muon    PyTorch's, whose iteration is in the precision of the matrix rather than in bfloat16
"""

import torch


class Lion(torch.optim.Optimizer):
    def __init__(self, params, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0, maximize=False):
        super().__init__(params, dict(lr=lr, betas=betas, weight_decay=weight_decay, maximize=maximize))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            lr, (beta1, beta2) = group["lr"], group["betas"]
            for w in group["params"]:
                g = -w.grad if group["maximize"] else w.grad
                m = self.state[w].setdefault("exp_avg", torch.zeros_like(w))
                update = torch.sign(beta1 * m + (1 - beta1) * g)
                w -= lr * (update + group["weight_decay"] * w)
                m.copy_(beta2 * m + (1 - beta2) * g)


class LAMB(torch.optim.Optimizer):
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-6, weight_decay=0.01, maximize=False):
        super().__init__(params, dict(lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, maximize=maximize))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            (beta1, beta2), eps, decay = group["betas"], group["eps"], group["weight_decay"]
            for x in group["params"]:
                g = -x.grad if group["maximize"] else x.grad
                state = self.state[x]
                state["t"] = t = state.get("t", 0) + 1
                state["m"] = beta1 * state.get("m", 0) + (1 - beta1) * g
                state["v"] = beta2 * state.get("v", 0) + (1 - beta2) * g * g
                r = state["m"] / (1 - beta1**t) / (torch.sqrt(state["v"] / (1 - beta2**t)) + eps)
                direction = r + decay * x
                norms = x.norm(), direction.norm()
                ratio = norms[0] / norms[1] if min(norms) > 0 else 1
                x -= group["lr"] * ratio * direction


class Muon(torch.optim.Optimizer):
    def __init__(
        self,
        params,
        lr=1e-3,
        weight_decay=0.1,
        momentum=0.95,
        nesterov=True,
        ns_coefficients=(3.4445, -4.775, 2.0315),
        eps=1e-7,
        ns_steps=5,
        adjust_lr_fn=None,
    ):
        super().__init__(params, dict(lr=lr, weight_decay=weight_decay, momentum=momentum, nesterov=nesterov))
        self.iteration = ns_coefficients, eps, ns_steps
        self.adjust_lr_fn = adjust_lr_fn

    @torch.no_grad()
    def step(self):
        (a, b, c), eps, steps = self.iteration
        for group in self.param_groups:
            momentum = group["momentum"]
            for w in group["params"]:
                m = self.state[w].setdefault("m", torch.zeros_like(w))
                m.lerp_(w.grad, 1 - momentum)
                x = w.grad.lerp(m, momentum) if group["nesterov"] else m.clone()
                x = x / max(x.norm(), eps)
                for _ in range(steps):
                    gram = x @ x.T
                    x = a * x + (b * gram + c * gram @ gram) @ x
                rows, columns = w.shape
                adamw = self.adjust_lr_fn == "match_rms_adamw"
                ratio = 0.2 * max(rows, columns) ** 0.5 if adamw else max(1, rows / columns) ** 0.5
                w *= 1 - group["lr"] * group["weight_decay"]
                w -= group["lr"] * ratio * x


PAPERS = dict(Lion=Lion, LAMB=LAMB, Muon=Muon)
