"""The modules of ported_modules.py, trained by PyTorch for a few steps.

Their ports are generator/src/golden/ports/*.net, with the same names of parameters. Nothing that goes in is stored: both
sides fill every parameter, input and target by its name. Written are the loss, and a summary of the outputs, of the
gradients by inputs and parameters, and of parameters and statistics after three steps. All of it is in double
precision.
"""

import numpy
import torch
import torch.nn.functional as F
from torch import optim

import ported_modules as modules
from fixture_json import write
from known_fixtures import fill, uniform
from module_fixtures import summary

BATCH = 3
STEPS = 3
ORDINALS = 1_000_003


class Words:
    """Whole numbers below a bound."""

    def __init__(self, below, *sizes):
        self.below, self.sizes = below, sizes


class Unit:
    """Numbers between 0 and 1."""

    def __init__(self, *sizes):
        self.sizes = sizes


def cross_entropy(y, label):
    return F.cross_entropy(y, label)


def mse(y, t):
    return F.mse_loss(y, t)


def charbonnier(y, t):
    return torch.sqrt((y - t) ** 2 + 1e-6).mean()


def elbo(y, mu, logvar, x):
    divergence = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return F.binary_cross_entropy(y, x, reduction="sum") + 0.5 * divergence


def triplet(anchor, positive, negative):
    return F.triplet_margin_loss(anchor, positive, negative, margin=0.5)


def pyramid(p4, p2, p3, t2, t3, t4):
    return F.smooth_l1_loss(p2, t2) + 0.5 * F.smooth_l1_loss(p3, t3) + 0.25 * F.mse_loss(p4, t4)


def focal(y, t, gamma=2.0):
    p = torch.sigmoid(y)
    right = t * p + (1 - t) * (1 - p)
    return ((1 - right) ** gamma * F.binary_cross_entropy_with_logits(y, t, reduction="none")).mean()


def sgd(parameters):
    return optim.SGD(parameters, lr=0.1, momentum=0.9)


def adam(parameters):
    return optim.Adam(parameters, lr=0.01)


def adamw(parameters):
    return optim.AdamW(parameters, lr=0.01, betas=(0.8, 0.9), weight_decay=0.1)


def rmsprop(parameters):
    return optim.RMSprop(parameters, lr=0.01)


# Name, module, loss, optimizer, inputs and targets.
CASES = [
    ("se_block", modules.SqueezeExcitation, cross_entropy, sgd, dict(x=(3, 6, 6)), dict(label=Words(5))),
    ("cbam", modules.Cbam, mse, adam, dict(x=(2, 7, 7)), dict(t=(1, 5, 5))),
    ("inverted_residual", modules.MobileNet, cross_entropy, sgd, dict(x=(3, 9, 9)), dict(label=Words(3))),
    ("gated_conv", modules.Inpainting, F.l1_loss, adam, dict(image=(3, 5, 5), mask=Unit(1, 5, 5)), dict(t=(3, 5, 5))),
    ("wavenet_block", modules.WaveNet, cross_entropy, adam, dict(x=(1, 12)), dict(next=Words(5, 12))),
    ("tcn", modules.Tcn, mse, rmsprop, dict(x=(2, 10)), dict(t=(1,))),
    ("gru_classifier", modules.GruClassifier, cross_entropy, adam, dict(text=Words(11, 6)), dict(label=Words(3))),
    (
        "seq2seq",
        modules.Seq2Seq,
        cross_entropy,
        adam,
        dict(src=Words(9, 5), trg=Words(7, 4)),
        dict(next=Words(7, 4)),
    ),
    (
        "triplet",
        modules.Triplet,
        triplet,
        sgd,
        dict(anchor=(1, 8, 8), positive=(1, 8, 8), negative=(1, 8, 8)),
        {},
    ),
    ("vae", modules.Vae, elbo, adam, dict(x=(3, 4), noise=(3,)), dict(picture=Unit(12))),
    ("attention_gates", modules.AttentionUNet, focal, adam, dict(x=(1, 8, 8)), dict(t=Unit(1, 8, 8))),
    ("experts", modules.MixtureOfExperts, mse, adamw, dict(x=(6,)), dict(t=(6,))),
    ("film", modules.FiLM, mse, sgd, dict(image=(2, 5, 5), condition=(4,)), dict(t=(2,))),
    ("modulated_conv", modules.ModulatedConv, mse, adam, dict(x=(4, 5, 5), w=(6,), noise=(1, 5, 5)), dict(t=(5, 5, 5))),
    ("espcn", modules.Espcn, charbonnier, adam, dict(x=(1, 6, 6)), dict(t=(1, 12, 12))),
    ("conv_lstm", modules.ConvLSTM, mse, sgd, dict(frames=(3, 2, 4, 4)), dict(t=(1, 4, 4))),
    ("deep_sets", modules.DeepSets, F.huber_loss, adam, dict(x=(5, 3)), dict(t=(1,))),
    ("pointnet", modules.PointNet, F.nll_loss, adam, dict(points=(3, 7)), dict(label=Words(4))),
    ("nerf", modules.NeRF, mse, adam, dict(position=(4, 3), direction=(4, 3)), dict(t=(3,))),
    ("mixer", modules.Mixer, cross_entropy, adamw, dict(x=(3, 8, 8)), dict(label=Words(3))),
    ("se_resnext", modules.SEResNeXt, cross_entropy, sgd, dict(x=(1, 8, 8)), dict(label=Words(4))),
    ("shuffle_unit", modules.ShuffleNet, cross_entropy, sgd, dict(x=(4, 6, 6)), dict(label=Words(3))),
    ("ghost_module", modules.GhostNet, mse, sgd, dict(x=(3, 4, 4)), dict(t=(4, 2, 2))),
    (
        "fpn",
        modules.Fpn,
        pyramid,
        sgd,
        dict(x=(3, 18, 18)),
        dict(t2=(5, 9, 9), t3=(5, 5, 5), t4=(5, 3, 3)),
    ),
    ("aspp", modules.Aspp, mse, sgd, dict(x=(4, 7, 7)), dict(t=(2, 14, 14))),
    ("llama", modules.Llama, cross_entropy, adamw, dict(tokens=Words(11, 6)), dict(next=Words(11, 6))),
    ("relative_attention", modules.RelativeAttention, mse, adam, dict(x=(5, 8)), dict(t=(5, 8))),
    ("fourier", modules.Fno, mse, adam, dict(x=(2, 8)), dict(t=(1, 8))),
    (
        "text_transformer",
        modules.TextTransformer,
        cross_entropy,
        adam,
        dict(tokens=Words(13, 6), padding=(7,)),
        dict(label=Words(3)),
    ),
    ("masked_pooling", modules.MaskedPooling, cross_entropy, adam, dict(tokens=Words(9, 5)), dict(label=Words(2))),
    ("linear_attention", modules.LinearAttention, mse, sgd, dict(x=(5, 6)), dict(t=(5, 6))),
    ("gcn", modules.Gcn, mse, adam, dict(x=(5, 4), adj=Unit(5, 5)), dict(t=(5, 3))),
    ("highway", modules.Highway, mse, sgd, dict(x=(5,)), dict(t=(1,))),
    (
        "dlrm",
        modules.Dlrm,
        F.binary_cross_entropy_with_logits,
        adam,
        dict(dense=(4,), country=Words(3), device=Words(7)),
        dict(clicked=Unit()),
    ),
    ("sequence_autoencoder", modules.SequenceAutoencoder, mse, rmsprop, dict(x=(4, 3)), dict(t=(4, 3))),
]


def ordinal(name):
    """A number that depends on the name alone, as Java's String.hashCode."""
    code = 0
    for letter in name:
        code = (31 * code + ord(letter)) & 0xFFFFFFFF
    return code % ORDINALS


def given(name, kind):
    sizes = getattr(kind, "sizes", kind)
    numbers = uniform(ordinal(name), BATCH * int(numpy.prod(sizes, dtype=int)))
    if isinstance(kind, Words):
        return torch.tensor(((numbers + 1) / 2 * kind.below).astype(numpy.int64)).view(BATCH, *sizes)
    values = (numbers + 1) / 2 if isinstance(kind, Unit) else 3**0.5 * numbers
    return torch.tensor(values).view(BATCH, *sizes)


def described(kind):
    word = {Words: "words", Unit: "unit"}.get(type(kind), "any")
    return dict(kind=word, below=getattr(kind, "below", 0), shape=[BATCH, *getattr(kind, "sizes", kind)])


def case(name, make, loss, optimizer, inputs, targets):
    torch.manual_seed(0)
    module = make().double()
    tensors = [*module.named_parameters(), *((key, b) for key, b in module.named_buffers() if "running" in key)]
    for key, tensor in tensors:
        fill(key, tensor, ordinal(key), 1.0)
    xs = {key: given(key, kind) for key, kind in inputs.items()}
    ts = [given(key, kind) for key, kind in targets.items()]
    for x in xs.values():
        x.requires_grad_(x.is_floating_point())
    steps = optimizer(module.parameters())
    losses, outputs, gradients = [], None, {}
    for step in range(STEPS):
        steps.zero_grad()
        results = module(*xs.values())
        results = results if isinstance(results, tuple) else (results,)
        value = loss(*results, *ts)
        value.backward()
        losses.append(value.item())
        if step == 0:
            outputs = [summary(result) for result in results]
            inner = {key: summary(x.grad) for key, x in xs.items() if x.grad is not None}
            gradients = {key: summary(one.grad) for key, one in module.named_parameters() if one.grad is not None}
            # A layer that nothing reads has no place in a port.
            unused = [key for key, one in module.named_parameters() if one.grad is None]
        steps.step()
    return dict(
        inputs={key: described(kind) for key, kind in inputs.items()},
        targets={key: described(kind) for key, kind in targets.items()},
        losses=losses,
        outputs=outputs,
        input_gradients=inner,
        gradients=gradients,
        updated={key: summary(tensor) for key, tensor in tensors if key not in unused},
    )


def write_all(folder, names=()):
    for one in CASES:
        if not names or one[0] in names:
            write(folder / f"{one[0]}.json", case(*one))
