"""The modules that known_fixtures.py runs: torchvision's, timm's, and those that neither of them has."""

import importlib

import torch
from torch import nn
from torch.nn import functional

# torchvision registers meta kernels of its own operators, also where it was built without them.
_OPERATORS = torch.library.Library("torchvision", "FRAGMENT")
for _name in [
    *["nms", "qnms", "roi_align", "roi_pool", "ps_roi_align", "ps_roi_pool", "deform_conv2d"],
    *["_roi_align_backward", "_roi_pool_backward", "_ps_roi_align_backward", "_ps_roi_pool_backward"],
    "_deform_conv2d_backward",
]:
    if not hasattr(torch.ops.torchvision, _name):
        _OPERATORS.define(f"{_name}(Tensor dets) -> Tensor")


def torchvision(name, **arguments):
    return lambda: getattr(importlib.import_module("torchvision.models"), name)(**arguments)


def timm(name, **arguments):
    return lambda: importlib.import_module("timm").create_model(name, **arguments)


def dcgan_generator():
    """As in PyTorch's tutorial."""

    def up(inputs, outputs, stride=2, padding=1):
        conv = nn.ConvTranspose2d(inputs, outputs, 4, stride, padding, bias=False)
        return [conv, nn.BatchNorm2d(outputs), nn.ReLU()]

    body = [*up(100, 512, 1, 0), *up(512, 256), *up(256, 128), *up(128, 64)]
    return nn.Sequential(*body, nn.ConvTranspose2d(64, 3, 4, 2, 1, bias=False), nn.Tanh())


def dcgan_discriminator():
    """As in PyTorch's tutorial, without the sigmoid, which the loss has."""

    def down(inputs, outputs):
        conv = nn.Conv2d(inputs, outputs, 4, 2, 1, bias=False)
        return [conv, nn.BatchNorm2d(outputs), nn.LeakyReLU(0.2)]

    first = [nn.Conv2d(3, 64, 4, 2, 1, bias=False), nn.LeakyReLU(0.2)]
    body = [*down(64, 128), *down(128, 256), *down(256, 512)]
    return nn.Sequential(*first, *body, nn.Conv2d(512, 1, 4, 1, 0, bias=False), nn.Flatten())


class Residual(nn.Module):
    def __init__(self, *layers):
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, x):
        return x + self.layers(x)


def cyclegan_generator():
    """ResnetGenerator of the authors' repository, with instance normalization and 6 blocks."""

    def half():
        return [nn.ReflectionPad2d(1), nn.Conv2d(256, 256, 3), nn.InstanceNorm2d(256)]

    def then(conv, channels):
        return [conv, nn.InstanceNorm2d(channels), nn.ReLU()]

    return nn.Sequential(
        nn.ReflectionPad2d(3),
        *then(nn.Conv2d(3, 64, 7), 64),
        *then(nn.Conv2d(64, 128, 3, stride=2, padding=1), 128),
        *then(nn.Conv2d(128, 256, 3, stride=2, padding=1), 256),
        *[Residual(*half(), nn.ReLU(), *half()) for _ in range(6)],
        *then(nn.ConvTranspose2d(256, 128, 3, stride=2, padding=1, output_padding=1), 128),
        *then(nn.ConvTranspose2d(128, 64, 3, stride=2, padding=1, output_padding=1), 64),
        nn.ReflectionPad2d(3),
        nn.Conv2d(64, 3, 7),
        nn.Tanh(),
    )


def srgan_generator():
    """SRResNet of the paper, for four times the resolution."""

    def conv():
        return [nn.Conv2d(64, 64, 3, padding=1, bias=False), nn.BatchNorm2d(64)]

    def up():
        return [nn.Conv2d(64, 256, 3, padding=1), nn.PixelShuffle(2), nn.PReLU()]

    blocks = [Residual(*conv(), nn.PReLU(), *conv()) for _ in range(16)]
    first, last = nn.Conv2d(3, 64, 9, padding=4), nn.Conv2d(64, 3, 9, padding=4)
    return nn.Sequential(first, nn.PReLU(), Residual(*blocks, *conv()), *up(), *up(), last)


class Vae(nn.Module):
    """The noise is an input; five levels of convolutions, as in the collection PyTorch-VAE."""

    def __init__(self):
        super().__init__()
        sizes = [3, 32, 64, 128, 256, 512]
        downs = [layer for pair in zip(sizes, sizes[1:]) for layer in self.down(*pair)]
        self.encoder = nn.Sequential(*downs, nn.Flatten())
        self.mu = nn.Linear(2048, 128)
        self.log_var = nn.Linear(2048, 128)
        wide = [512, 256, 128, 64, 32, 32]
        ups = [layer for pair in zip(wide, wide[1:]) for layer in self.up(*pair)]
        self.decoder = nn.Sequential(
            nn.Linear(128, 2048), nn.Unflatten(1, (512, 2, 2)), *ups, nn.Conv2d(32, 3, 3, padding=1), nn.Tanh()
        )

    @staticmethod
    def down(inputs, outputs):
        return [nn.Conv2d(inputs, outputs, 3, stride=2, padding=1), nn.BatchNorm2d(outputs), nn.LeakyReLU()]

    @staticmethod
    def up(inputs, outputs):
        conv = nn.ConvTranspose2d(inputs, outputs, 3, stride=2, padding=1, output_padding=1)
        return [conv, nn.BatchNorm2d(outputs), nn.LeakyReLU()]

    def forward(self, picture, noise):
        seen = self.encoder(picture)
        mu, log_var = self.mu(seen), self.log_var(seen)
        return self.decoder(mu + noise * torch.exp(0.5 * log_var)), mu, log_var


class TextCnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(10_000, 128, padding_idx=0)
        self.convs = nn.ModuleList([nn.Conv1d(128, 100, width) for width in (3, 4, 5)])
        self.answer = nn.Linear(300, 2)

    def forward(self, words):
        vectors = self.embedding(words).transpose(1, 2)
        return self.answer(torch.cat([conv(vectors).relu().amax(2) for conv in self.convs], dim=1))


class WaveNetLayer(nn.Module):
    def __init__(self, dilation):
        super().__init__()
        self.dilation = dilation
        self.conv = nn.Conv1d(32, 64, 2, dilation=dilation)
        self.skip = nn.Conv1d(32, 256, 1)
        self.residual = nn.Conv1d(32, 32, 1)

    def forward(self, x, last):
        now, gate = self.conv(functional.pad(x, (self.dilation, 0))).chunk(2, dim=1)
        found = torch.tanh(now) * torch.sigmoid(gate)
        return self.skip(found), None if last else x + self.residual(found)


class WaveNet(nn.Module):
    """As in the paper; the last layer passes nothing on."""

    def __init__(self, layers):
        super().__init__()
        self.embed = nn.Embedding(256, 32)
        self.layers = nn.ModuleList([WaveNetLayer(2 ** (place % 10)) for place in range(layers)])
        self.conv1 = nn.Conv1d(256, 256, 1)
        self.conv2 = nn.Conv1d(256, 256, 1)

    def forward(self, samples):
        x = self.embed(samples).transpose(1, 2)
        total = 0
        for layer in self.layers:
            skipped, x = layer(x, layer is self.layers[-1])
            total = total + skipped
        return self.conv2(self.conv1(total.relu()).relu())


class NanoGptBlock(nn.Module):
    def __init__(self, size, heads):
        super().__init__()
        self.heads = heads
        self.ln_1 = nn.LayerNorm(size)
        self.c_attn = nn.Linear(size, 3 * size)
        self.c_proj = nn.Linear(size, size)
        self.mlp = Residual(nn.LayerNorm(size), nn.Linear(size, 4 * size), nn.GELU(), nn.Linear(4 * size, size))

    def forward(self, x):
        batch, tokens, size = x.shape
        parts = self.c_attn(self.ln_1(x)).split(size, dim=2)
        q, k, v = (part.view(batch, tokens, self.heads, size // self.heads).transpose(1, 2) for part in parts)
        seen = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.mlp(x + self.c_proj(seen.transpose(1, 2).reshape(batch, tokens, size)))


class NanoGpt(nn.Module):
    """nanoGPT with 4 layers for characters; the embedding's weights give the scores. Classes are axis 1."""

    def __init__(self):
        super().__init__()
        self.wte = nn.Embedding(65, 128)
        self.wpe = nn.Parameter(torch.zeros(64, 128))
        self.blocks = nn.Sequential(*[NanoGptBlock(128, 4) for _ in range(4)], nn.LayerNorm(128))

    def forward(self, tokens):
        return functional.linear(self.blocks(self.wte(tokens) + self.wpe), self.wte.weight).transpose(1, 2)


def double_conv(inputs, outputs):
    return nn.Sequential(*conv_norm_relu(inputs, outputs), *conv_norm_relu(outputs, outputs))


def conv_norm_relu(inputs, outputs):
    return [nn.Conv2d(inputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs), nn.ReLU()]


class AttentionLevel(nn.Module):
    def __init__(self, channels, levels):
        super().__init__()
        self.down = double_conv(channels, 2 * channels)
        self.below = nn.Identity() if levels == 1 else AttentionLevel(2 * channels, levels - 1)
        self.up = nn.Sequential(nn.Upsample(scale_factor=2), *conv_norm_relu(2 * channels, channels))
        self.gate = self.projection(channels, channels // 2)
        self.x = self.projection(channels, channels // 2)
        self.psi = self.projection(channels // 2, 1)
        self.conv = double_conv(2 * channels, channels)

    @staticmethod
    def projection(inputs, outputs):
        return nn.Sequential(nn.Conv2d(inputs, outputs, 1), nn.BatchNorm2d(outputs))

    def forward(self, x):
        wide = self.up(self.below(self.down(functional.max_pool2d(x, 2))))
        attention = torch.sigmoid(self.psi(torch.relu(self.gate(wide) + self.x(x))))
        return self.conv(torch.cat([x * attention, wide], dim=1))


def attention_unet():
    """AttU_Net of LeeJunHyun/Image_Segmentation."""
    return nn.Sequential(double_conv(3, 64), AttentionLevel(64, 4), nn.Conv2d(64, 1, 1))


class LstmClassifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(10_000, 128, padding_idx=0)
        self.lstm = nn.LSTM(128, 128, num_layers=2, batch_first=True, bidirectional=True)
        self.answer = nn.Linear(256, 2)

    def forward(self, words):
        _, (last, _) = self.lstm(self.embedding(words))
        return self.answer(torch.cat([last[-2], last[-1]], dim=1))


class GruLanguageModel(nn.Module):
    """word_language_model of PyTorch's examples, with --model GRU --tied. Classes are axis 1."""

    def __init__(self):
        super().__init__()
        self.encoder = nn.Embedding(33_278, 200)
        self.gru = nn.GRU(200, 200, num_layers=2, batch_first=True)
        self.decoder = nn.Linear(200, 33_278)
        self.decoder.weight = self.encoder.weight

    def forward(self, words):
        states, _ = self.gru(self.encoder(words))
        return self.decoder(states).transpose(1, 2)
