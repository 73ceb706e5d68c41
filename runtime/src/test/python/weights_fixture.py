"""The weights of a small module with BatchNorm, as the safetensors library saves a state_dict.

The module is org.espalier.runtime.TinyNetwork in PyTorch's words: its state_dict has the names that the network's
parameters and statistics have, and bn.num_batches_tracked besides.

    tiny.weights.safetensors     the state_dict after three forward passes in training mode
    tiny.expected.safetensors    image [2, 1, 8, 8], and the logits [2, 3] for it in evaluation mode
    tiny.float16.safetensors …   a bias of 1, -2, 0, 3 in another format of numbers
"""

import torch
from safetensors.torch import save_file
from torch import nn


class Tiny(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, kernel_size=4, stride=2, padding=1)
        self.bn = nn.BatchNorm2d(4)
        self.logits = nn.Linear(64, 3)

    def forward(self, image):
        return self.logits(torch.relu(self.bn(self.conv(image))).flatten(1))


FORMATS = ["float64", "float16", "bfloat16", "float8_e4m3fn", "float8_e5m2", "int64", "int8"]


def write_all(folder):
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(5)
    module = Tiny()
    for _ in range(3):
        module(torch.rand(4, 1, 8, 8))
    assert module.bn.num_batches_tracked == 3
    save_file(module.state_dict(), folder / "tiny.weights.safetensors")
    module.eval()
    image = torch.rand(2, 1, 8, 8)
    with torch.no_grad():
        save_file(dict(image=image, logits=module(image)), folder / "tiny.expected.safetensors")
    for name in FORMATS:
        bias = torch.tensor([1, -2, 0, 3]).to(getattr(torch, name))
        save_file({"conv.bias": bias}, folder / f"tiny.{name}.safetensors")
