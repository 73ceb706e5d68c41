"""Training steps and predictions of a module of which single layers are in evaluation or training mode.

The module is org.espalier.runtime.ModesNetwork in PyTorch's words, in double precision: BatchNorm, Linear, BatchNorm.
modes.safetensors has three batches x1 to x3 with targets t1 to t3, the state_dict at the start under init., and for
each case under its name: the losses of three steps of SGD, the output y for x1 afterwards in evaluation mode with the
case's layers as they are, and the state_dict after that.

    all_training      model.train()
    first_eval        model.train(); model.first.eval()
    frozen_training   first.requires_grad_(False): its running statistics move all the same
    frozen_eval       first.requires_grad_(False); first.eval(): nothing of it moves
    second_training   model.train(), and y with model.eval(); model.second.train(): statistics of the batch at inference
"""

import torch
from safetensors.torch import save_file
from torch import nn


class Modes(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.BatchNorm1d(4)
        self.fc = nn.Linear(4, 3)
        self.second = nn.BatchNorm1d(3)

    def forward(self, x):
        return self.second(self.fc(self.first(x)))


CASES = {
    "all_training": dict(),
    "first_eval": dict(first_eval=True),
    "frozen_training": dict(frozen=True),
    "frozen_eval": dict(frozen=True, first_eval=True),
    "second_training": dict(second_training=True),
}


def state(module, prefix):
    return {
        prefix + name: tensor.detach().clone()
        for name, tensor in module.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }


def write_all(folder):
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(11)
    start = Modes().double()
    with torch.no_grad():
        for parameter in start.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
        start.first.running_mean.copy_(torch.tensor([0.5, -0.5, 0.25, 0.0]))
        start.first.running_var.copy_(torch.tensor([2.0, 0.5, 1.5, 1.0]))
    tensors = state(start, "init.")
    for batch in (1, 2, 3):
        tensors[f"x{batch}"] = torch.randn(6, 4, dtype=torch.float64)
        tensors[f"t{batch}"] = torch.randn(6, 3, dtype=torch.float64)
    for name, case in CASES.items():
        module = Modes().double()
        module.load_state_dict(start.state_dict())
        module.first.requires_grad_(not case.get("frozen", False))
        optimizer = torch.optim.SGD([p for p in module.parameters() if p.requires_grad], lr=0.1)
        module.train()
        module.first.train(not case.get("first_eval", False))
        losses = []
        for batch in (1, 2, 3):
            optimizer.zero_grad()
            loss = nn.functional.mse_loss(module(tensors[f"x{batch}"]), tensors[f"t{batch}"])
            loss.backward()
            optimizer.step()
            losses.append(loss.detach())
        module.eval()
        module.second.train(case.get("second_training", False))
        with torch.no_grad():
            tensors[name + ".y"] = module(tensors["x1"])
        tensors[name + ".losses"] = torch.stack(losses)
        tensors.update(state(module, name + "."))
    save_file(tensors, folder / "modes.safetensors")
