"""Exports models of torchvision and timm with random weights, and what PyTorch computes with them.

    python models.py FOLDER [NAME ...]

writes NAME.onnx and NAME.safetensors (input0, output0) for ModelsMain, by PyTorch's newer exporter, and NAME_old by the
older one, TorchScript's. It needs torch, torchvision, timm, onnxscript and safetensors; neither the build nor its tests
need it.
"""
import sys
import warnings

import torch
from safetensors.torch import save_file
from torch import nn

warnings.filterwarnings("ignore")

OLD = "_old"


def import_torchvision():
    try:
        import torchvision
    except RuntimeError:
        # A torchvision without its compiled operators, of which these models use none.
        for module in [m for m in sys.modules if m.startswith("torchvision")]:
            del sys.modules[module]
        import torchvision_operators  # noqa: F401  declares them
        import torchvision
    return torchvision


def torchvision_model(name):
    return getattr(import_torchvision().models, name)(weights=None)


def timm_model(name):
    import_torchvision()
    import timm

    return timm.create_model(name, pretrained=False)


class CausalAttention(nn.Module):
    def __init__(self, size, heads):
        super().__init__()
        self.c_attn = nn.Linear(size, 3 * size)
        self.c_proj = nn.Linear(size, size)
        self.heads = heads

    def forward(self, x):
        b, t, c = x.shape
        q, k, v = self.c_attn(x).split(c, dim=2)
        q, k, v = (y.view(b, t, self.heads, c // self.heads).transpose(1, 2) for y in (q, k, v))
        y = nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.c_proj(y.transpose(1, 2).contiguous().view(b, t, c))


class Mlp(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.c_fc = nn.Linear(size, 4 * size)
        self.gelu = nn.GELU()
        self.c_proj = nn.Linear(4 * size, size)

    def forward(self, x):
        return self.c_proj(self.gelu(self.c_fc(x)))


class GptBlock(nn.Module):
    def __init__(self, size, heads):
        super().__init__()
        self.ln_1 = nn.LayerNorm(size)
        self.attn = CausalAttention(size, heads)
        self.ln_2 = nn.LayerNorm(size)
        self.mlp = Mlp(size)

    def forward(self, x):
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp(self.ln_2(x))


class Gpt(nn.Module):
    """A transformer that reads from left to right, as nanoGPT lays it out."""

    def __init__(self, words=65, tokens=64, size=96, heads=4, layers=4):
        super().__init__()
        self.wte = nn.Embedding(words, size)
        self.wpe = nn.Embedding(tokens, size)
        self.h = nn.ModuleList(GptBlock(size, heads) for _ in range(layers))
        self.ln_f = nn.LayerNorm(size)
        self.lm_head = nn.Linear(size, words, bias=False)

    def forward(self, token):
        x = self.wte(token) + self.wpe(torch.arange(token.shape[1]))
        for block in self.h:
            x = block(x)
        return self.lm_head(self.ln_f(x))


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(100, 16)
        self.lstm = nn.LSTM(16, 24, batch_first=True, bidirectional=True)
        self.head = nn.Linear(48, 7)

    def forward(self, word):
        return self.head(self.lstm(self.embedding(word))[0])


class Level(nn.Module):
    def __init__(self, outer, inner, below=None):
        super().__init__()
        self.down = nn.Conv2d(outer, inner, 4, 2, 1)
        self.norm = nn.BatchNorm2d(inner)
        self.below = below
        self.up = nn.ConvTranspose2d(inner if below is None else 2 * inner, outer, 4, 2, 1)
        self.upnorm = nn.BatchNorm2d(outer)

    def forward(self, x):
        y = self.norm(self.down(nn.functional.leaky_relu(x, 0.2)))
        if self.below is not None:
            y = self.below(y)
        return torch.cat([x, self.upnorm(self.up(torch.relu(y)))], 1)


class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 16, 3, padding=1)
        self.level = Level(16, 32, Level(32, 64, Level(64, 64)))
        self.last = nn.Conv2d(32, 3, 1)

    def forward(self, x):
        return torch.tanh(self.last(self.level(self.first(x))))


def image(size):
    return torch.randn(2, 3, size, size)


MODELS = {
    "resnet18": (lambda: torchvision_model("resnet18"), lambda: image(224)),
    "resnet50": (lambda: torchvision_model("resnet50"), lambda: image(224)),
    "mobilenet_v2": (lambda: torchvision_model("mobilenet_v2"), lambda: image(224)),
    "mobilenet_v3_small": (lambda: torchvision_model("mobilenet_v3_small"), lambda: image(224)),
    "efficientnet_b0": (lambda: torchvision_model("efficientnet_b0"), lambda: image(224)),
    "densenet121": (lambda: torchvision_model("densenet121"), lambda: image(224)),
    "squeezenet1_1": (lambda: torchvision_model("squeezenet1_1"), lambda: image(224)),
    "shufflenet_v2_x1_0": (lambda: torchvision_model("shufflenet_v2_x1_0"), lambda: image(224)),
    "regnet_y_400mf": (lambda: torchvision_model("regnet_y_400mf"), lambda: image(224)),
    "convnext_atto": (lambda: timm_model("convnext_atto"), lambda: image(224)),
    "vit_tiny_patch16_224": (lambda: timm_model("vit_tiny_patch16_224"), lambda: image(224)),
    "deit_tiny_patch16_224": (lambda: timm_model("deit_tiny_patch16_224"), lambda: image(224)),
    "swin_tiny_patch4_window7_224": (lambda: timm_model("swin_tiny_patch4_window7_224"), lambda: image(224)),
    "mixer_s16_224": (lambda: timm_model("mixer_s16_224"), lambda: image(224)),
    "gpt": (Gpt, lambda: torch.randint(0, 65, (2, 64))),
    "lstm": (Tagger, lambda: torch.randint(0, 100, (2, 12))),
    "unet": (UNet, lambda: image(64)),
}


def randomized(model):
    """Statistics and scales that are not 0 and 1, so that a mistake with them shows."""
    for name, buffer in model.named_buffers():
        if name.endswith("running_mean"):
            buffer.normal_(0, 0.1)
        elif name.endswith("running_var"):
            buffer.uniform_(0.8, 1.2)
    for name, parameter in model.named_parameters():
        if parameter.dim() == 1 or not parameter.any():
            parameter.data += 0.1 * torch.randn_like(parameter)
    return model


def main():
    folder, names = sys.argv[1], sys.argv[2:] or [name + exporter for name in MODELS for exporter in ("", OLD)]
    for name in names:
        torch.manual_seed(1)
        make, sample = MODELS[name.removesuffix(OLD)]
        model, x = randomized(make()).eval(), sample()
        file = f"{folder}/{name}.onnx"
        with torch.no_grad():
            save_file({"input0": x, "output0": model(x).contiguous()}, f"{folder}/{name}.safetensors")
        if name.endswith(OLD):
            torch.onnx.export(
                model, (x,), file, dynamo=False, opset_version=17, input_names=["x"], dynamic_axes={"x": {0: "batch"}}
            )
        else:
            axes = ({0: torch.export.Dim("batch")},)
            torch.onnx.export(model, (x,), file, dynamic_shapes=axes, external_data=False, verbose=False)
        print(name, flush=True)


main()
