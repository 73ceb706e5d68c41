"""Training steps and predictions with each kind of normalization that has running statistics, in each mode.

The networks are those of NormalizationModesTest in PyTorch's words, in double precision: a normalization, once or twice,
and a linear layer. Each case takes two steps of SGD from the same start and has the output for the first batch
afterwards, in evaluation mode with the layer as the case has it, and the state_dict after that:

    train         model.train()
    eval          model.train(); model.norm.eval()
    frozen        model.train(), and no gradient by what the normalization learns
    frozen_eval   both of these
    use           model.train(), and the output with model.eval(); model.norm.train()
"""

import torch
from torch import nn

from fixture_json import write

KINDS = {
    "plain": lambda: nn.BatchNorm1d(3),
    "regularized": lambda: nn.BatchNorm1d(3),
    "reported": lambda: nn.BatchNorm1d(3),
    "without weights": lambda: nn.BatchNorm1d(3, affine=False),
    "cumulative": lambda: nn.BatchNorm1d(3, momentum=None),
    "shared": lambda: nn.BatchNorm1d(3),
    "instance": lambda: nn.InstanceNorm1d(3, affine=True, track_running_stats=True),
    "frozen in the net": lambda: nn.BatchNorm1d(3),
}
MODES = ["train", "eval", "frozen", "frozen_eval", "use"]


class Normed(nn.Module):
    def __init__(self, kind):
        super().__init__()
        self.norm = KINDS[kind]()
        self.fc = nn.Linear(4, 2)
        self.twice = kind == "shared"

    def forward(self, x):
        x = self.norm(x)
        return self.fc(self.norm(2 * x * x) if self.twice else x)


def state(module):
    return {
        name: tensor.detach().clone()
        for name, tensor in module.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }


def case(kind, mode, start, x, t):
    module = Normed(kind).double()
    module.load_state_dict(start, strict=False)
    learns = not mode.startswith("frozen") and kind != "frozen in the net"
    module.norm.requires_grad_(learns)
    optimizer = torch.optim.SGD([p for p in module.parameters() if p.requires_grad], lr=0.1)
    module.train()
    module.norm.train(not mode.endswith("eval"))
    for step in range(2):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(module(x[step]), t[step])
        if kind == "regularized" and learns:
            loss = loss + 0.2 / 2 * module.norm.weight.square().sum()
        loss.backward()
        optimizer.step()
    module.eval()
    module.norm.train(mode == "use")
    with torch.no_grad():
        y = module(x[0])
    return dict(kind=kind, mode=mode, y=y, state=state(module))


def write_all(folder):
    torch.manual_seed(5)
    model = Normed("plain").double()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
        model.norm.running_mean.copy_(torch.tensor([0.5, -0.5, 0.25]))
        model.norm.running_var.copy_(torch.tensor([2.0, 0.5, 1.5]))
    start = state(model)
    x = [torch.randn(5, 3, 4, dtype=torch.float64) for _ in range(2)]
    t = [torch.randn(5, 3, 2, dtype=torch.float64) for _ in range(2)]
    cases = [case(kind, mode, start, x, t) for kind in KINDS for mode in MODES]
    write(folder / "mode_kinds.json", dict(start=start, x=x, t=t, cases=cases))
