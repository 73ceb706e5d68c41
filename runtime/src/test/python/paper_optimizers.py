"""Optimizers that PyTorch does not have, written after their papers.

    Lion    Chen et al., Symbolic Discovery of Optimization Algorithms, arXiv:2302.06675, program 1
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


PAPERS = dict(Lion=Lion)
