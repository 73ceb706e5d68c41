"""The U-Net generator of pix2pix with three levels, trained for three steps, to compare a compiled network with.

The module below is built as pix2pix builds it, so its state_dict has the keys that pix2pix's weights files have. The
fixture lists, for every parameter, that key and the name an Espalier network has for it:

    model.model.0.weight                          unet.downconv.weight                       [4, 3, 4, 4]
    model.model.1.model.1.weight                  unet.submodule.downconv.weight             [8, 4, 4, 4]
    model.model.1.model.3.model.1.weight          unet.submodule.submodule.downconv.weight   [16, 8, 4, 4]
    ...

pix2pix writes LeakyReLU(0.2, inplace=True), which changes the input of a level, so that its skip carries LeakyReLU(x)
instead of x. In pix2pix this changes no number: the level above rectifies the skip before anything else reads it, and
ReLU(LeakyReLU(x)) = ReLU(x), as are the derivatives; the script asserts it. Where the level above goes up through
LeakyReLU too, the two readings differ, so there are variants with it.

Every value is computed in double precision from weights and images that are single precision numbers, and stored
rounded to single, in safetensors files. For each variant NAME:

    NAME.weights.safetensors     the weights and statistics to start with, as an Espalier network reads them; the
                                 metadata gives PyTorch's key for each
    NAME.expected.safetensors    drawing, colours        input and target, [2, 3, 16, 16]
                                 output                  of the first forward pass, in training mode
                                 losses                  before each step: data, l1, l2 and their sum, float64
                                 gradient/...            of the data loss at the first step, without penalties
    and where there are steps    final/...               weights and statistics after the last step
                                 prediction              after the last step, in evaluation mode
"""

import json
import random

import torch
from torch import nn

LEVELS, NGF, SIZE, BATCH, STEPS = 3, 4, 16, 2, 3
LEARNING_RATE, BETAS = 2e-4, (0.5, 0.999)
L1, L2 = 1e-3, 2e-2


class Block(nn.Module):
    """One level: x -> concat(x, up(submodule(down(x)))), as pix2pix's UnetSkipConnectionBlock."""

    def __init__(self, outer, inner, submodule, outermost, norm, in_place, leaky):
        super().__init__()
        self.outermost = outermost
        bias = norm is nn.InstanceNorm2d
        innermost = submodule is None
        downconv = nn.Conv2d(outer, inner, kernel_size=4, stride=2, padding=1, bias=bias)
        downrelu = nn.LeakyReLU(0.2, in_place)
        uprelu = nn.LeakyReLU(0.2, in_place) if leaky else nn.ReLU(in_place)
        upconv = nn.ConvTranspose2d(
            inner if innermost else 2 * inner,
            3 if outermost else outer,
            kernel_size=4,
            stride=2,
            padding=1,
            bias=bias or outermost,
        )
        if outermost:
            named = [("downconv", downconv), ("submodule", submodule), ("uprelu", uprelu), ("upconv", upconv)]
            named += [("tanh", nn.Tanh())]
        elif innermost:
            named = [("downrelu", downrelu), ("downconv", downconv), ("uprelu", uprelu), ("upconv", upconv)]
            named += [("upnorm", norm(outer))]
        else:
            named = [("downrelu", downrelu), ("downconv", downconv), ("downnorm", norm(inner))]
            named += [("submodule", submodule), ("uprelu", uprelu), ("upconv", upconv), ("upnorm", norm(outer))]
        self.names = [name for name, _ in named]
        self.model = nn.Sequential(*[module for _, module in named])

    def forward(self, x):
        return self.model(x) if self.outermost else torch.cat([x, self.model(x)], 1)

    def keys(self, theirs, ours):
        """From the keys of the state_dict to the names of an Espalier network."""
        mapping = {}
        for index, name in enumerate(self.names):
            module = self.model[index]
            if isinstance(module, Block):
                mapping.update(module.keys(f"{theirs}.model.{index}", f"{ours}.submodule"))
            else:
                for key in module.state_dict():
                    if key != "num_batches_tracked":
                        mapping[f"{theirs}.model.{index}.{key}"] = f"{ours}.{name}.{key}"
        return mapping


class Unet(nn.Module):
    def __init__(self, norm=nn.BatchNorm2d, in_place=True, leaky=False):
        super().__init__()
        block = None
        for level in reversed(range(LEVELS)):
            outer = 3 if level == 0 else NGF * 2 ** (level - 1)
            block = Block(outer, NGF * 2**level, block, level == 0, norm, in_place, leaky)
        self.model = block

    def forward(self, x):
        return self.model(x)


def initialize(network):
    """N(0, 0.02) for convolutions, N(1, 0.02) for norms' scales, 0 for shifts and biases, as in the paper."""
    source = random.Random(4)
    with torch.no_grad():
        for key, parameter in network.named_parameters():
            values = torch.zeros(parameter.shape, dtype=torch.float32)
            if key.endswith("weight"):
                middle = 0.0 if parameter.dim() == 4 else 1.0
                values = torch.tensor([source.gauss(middle, 0.02) for _ in range(parameter.numel())])
            parameter.copy_(values.to(torch.float32).reshape(parameter.shape))
    return network


def images(seed):
    """Smooth pictures in [-1, 1], in steps of 1/64."""
    source = random.Random(seed)
    values = []
    for _ in range(BATCH * 3):
        a, b, c = (source.uniform(-1, 1) for _ in range(3))
        for row in range(SIZE):
            for column in range(SIZE):
                x, y = column / SIZE - 0.5, row / SIZE - 0.5
                value = a + 2 * b * x + 3 * c * x * y + source.uniform(-0.3, 0.3)
                values.append(round(max(-1.0, min(1.0, value)) * 64) / 64)
    return torch.tensor(values, dtype=torch.float64).reshape(BATCH, 3, SIZE, SIZE)


def penalties(network):
    weights = [parameter for parameter in network.parameters() if parameter.dim() == 4]
    l1 = L1 * sum(w.norm(1) for w in weights)
    l2 = 0.5 * L2 * sum(w.pow(2).sum() for w in weights)
    return l1, l2


def train(dtype, steps, without=(), **reading):
    """What a test compares: the first output and gradients, the losses, the state after the last step."""
    network = initialize(Unet(**reading)).to(dtype)
    drawing, colours = images(11).to(dtype), images(12).to(dtype)
    stepper = torch.optim.Adam(network.parameters(), lr=LEARNING_RATE, betas=BETAS)
    initial = {key: tensor.clone() for key, tensor in network.state_dict().items()}
    result, losses = dict(initial=initial), []
    for step in range(max(1, steps)):
        network.zero_grad()
        output = network(drawing)
        data = nn.L1Loss()(output, colours)
        data.backward()
        if step == 0:
            result["output"] = output.detach().clone()
            result["gradients"] = {key: parameter.grad.clone() for key, parameter in network.named_parameters()}
        l1, l2 = penalties(network)
        sum(part for part, word in ((l1, "l1"), (l2, "l2")) if word not in without).backward()
        losses.append([float(part) for part in (data, l1, l2, data + l1 + l2)])
        if steps:
            stepper.step()
    result["final"] = {key: tensor.clone() for key, tensor in network.state_dict().items()}
    result["losses"] = torch.tensor(losses, dtype=torch.float64)
    network.eval()
    with torch.no_grad():
        result["prediction"] = network(drawing)
    result["keys"] = network.model.keys("model", "unet")
    return result


def safetensors(path, tensors, metadata):
    """Eight bytes of little-endian length, a JSON header of that length, the numbers."""
    header, data = {"__metadata__": metadata}, b""
    for name, tensor in tensors.items():
        kind, dtype = ("F64", "<f8") if name == "losses" else ("F32", "<f4")
        numbers = tensor.detach().numpy().astype(dtype).tobytes()
        offsets = [len(data), len(data) + len(numbers)]
        header[name] = dict(dtype=kind, shape=list(tensor.shape), data_offsets=offsets)
        data += numbers
    text = json.dumps(header, separators=(",", ":")).encode("utf-8")
    text += b" " * (-len(text) % 8)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)


def write_variant(folder, name, steps, **reading):
    exact = train(torch.float64, steps, **reading)
    single = train(torch.float32, steps, **reading)
    if steps:
        for word in ("l1", "l2"):
            missing = distance(train(torch.float64, steps, without=(word,), **reading), exact, "final")
            assert missing > 0.1 * LEARNING_RATE, f"{name}: nobody would notice that {word} is missing"
    compared = ("output", "gradients", "final", "prediction") if steps else ("output", "gradients")
    deviation = {key: f"{distance(single, exact, key):.1e}" for key in compared}
    print(f"{name}: PyTorch's own single precision is off by {deviation}")
    keys = exact["keys"]
    weights = {ours: exact["initial"][theirs] for theirs, ours in keys.items()}
    safetensors(folder / f"{name}.weights.safetensors", weights, {ours: theirs for theirs, ours in keys.items()})
    expected = dict(drawing=images(11), colours=images(12), output=exact["output"], losses=exact["losses"])
    expected.update({f"gradient/{keys[theirs]}": tensor for theirs, tensor in exact["gradients"].items()})
    if steps:
        expected.update({f"final/{ours}": exact["final"][theirs] for theirs, ours in keys.items()})
        expected["prediction"] = exact["prediction"]
    safetensors(folder / f"{name}.expected.safetensors", expected, {})


def distance(a, b, key):
    """The largest difference of any element."""
    if isinstance(a[key], dict):
        return max(float((a[key][name].double() - b[key][name].double()).abs().max()) for name in a[key])
    return float((a[key].double() - b[key].double()).abs().max())


def check_where_places_differ():
    for leaky in (False, True):
        there, elsewhere = (train(torch.float64, 0, in_place=place, leaky=leaky) for place in (True, False))
        for key in ("output", "gradients"):
            difference = distance(there, elsewhere, key)
            assert difference > 1e-4 if leaky else difference == 0, f"{key} differ by {difference}"


def write_all(folder):
    check_where_places_differ()
    batch, instance = nn.BatchNorm2d, nn.InstanceNorm2d
    write_variant(folder, "pix2pix", STEPS, norm=batch, in_place=True, leaky=False)
    write_variant(folder, "leaky-in-place", 0, norm=batch, in_place=True, leaky=True)
    write_variant(folder, "leaky-out-of-place", 0, norm=batch, in_place=False, leaky=True)
    write_variant(folder, "instance-norm", 0, norm=instance, in_place=True, leaky=False)
