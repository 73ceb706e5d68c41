"""Known networks, run by PyTorch as torchvision, timm and their papers have them.

The specifications are generator/src/golden/known/*.net. No weights are stored: both sides fill every parameter and
running statistic with the numbers that fill() computes, counted in the order in which the forward pass first uses them.
What is written is how many parameters there are, all their shapes, and in eval mode some numbers of the outputs and two
of the gradient by each parameter.

Needs torchvision and timm beside PyTorch.
"""

import numpy
import torch
from torch.overrides import TorchFunctionMode

import known_modules
from fixture_json import write

BATCH = 2
NUMBERS = 40

# Ordinals of what is no tensor of a network.
FIRST_INPUT = 1_000_000
FIRST_GRADIENT = 2_000_000


class Case:
    """A network.

    constants: those of the specification that are not their defaults, such as the size of the picture
    inputs: shapes without the batch; a whole number with a shape is how many words an input of words has
    gain: how many times the standard deviation of weights is 1 / sqrt(fan_in)
    """

    def __init__(self, name, module, *inputs, gain=1.0, **constants):
        self.name = name
        self.module = module
        self.inputs = inputs
        self.gain = gain
        self.constants = constants


IMAGE = (3, 64, 64)
GOOGLENET = dict(aux_logits=False, init_weights=False)

CASES = [
    Case("mobilenet_v2", known_modules.torchvision("mobilenet_v2"), IMAGE, gain=1.2, size=64),
    Case("resnet50", known_modules.torchvision("resnet50"), IMAGE, size=64),
    Case("densenet121", known_modules.torchvision("densenet121"), IMAGE, gain=1.4, size=64),
    Case("squeezenet", known_modules.torchvision("squeezenet1_1"), IMAGE, gain=1.4, size=64),
    Case("googlenet", known_modules.torchvision("googlenet", **GOOGLENET), IMAGE, gain=1.4, size=64),
    Case("shufflenet_v2", known_modules.torchvision("shufflenet_v2_x1_0"), IMAGE, gain=1.2, size=64),
    Case("mobilenet_v3_small", known_modules.torchvision("mobilenet_v3_small"), IMAGE, gain=1.4, size=64),
    Case("efficientnet_b0", known_modules.torchvision("efficientnet_b0"), IMAGE, gain=1.5, size=64),
    Case("regnet_y_400mf", known_modules.torchvision("regnet_y_400mf"), IMAGE, size=64),
    Case("vit_tiny", known_modules.timm("vit_tiny_patch16_224"), (3, 224, 224)),
    Case("swin_tiny", known_modules.torchvision("swin_t"), (3, 224, 224)),
    Case("mlp_mixer", known_modules.timm("mixer_s32_224"), (3, 224, 224)),
    Case("convnext_atto", known_modules.timm("convnext_atto"), IMAGE, size=64),
    Case("dcgan_generator", known_modules.dcgan_generator, (100, 1, 1)),
    Case("dcgan_discriminator", known_modules.dcgan_discriminator, IMAGE, gain=1.4),
    Case("cyclegan", known_modules.cyclegan_generator, (3, 32, 32), size=32),
    Case("srgan", known_modules.srgan_generator, (3, 8, 8), size=8),
    Case("vae", known_modules.Vae, IMAGE, (128,)),
    Case("textcnn", known_modules.TextCnn, (10_000, (64,)), gain=2.0),
    Case("wavenet", lambda: known_modules.WaveNet(20), (256, (1200,)), gain=1.5, samples=1200),
    Case("nanogpt", known_modules.NanoGpt, (65, (64,))),
    Case("attention_unet", known_modules.attention_unet, (3, 32, 32), gain=1.4, size=32),
    Case("lstm_classifier", known_modules.LstmClassifier, (10_000, (64,)), gain=2.0),
    Case("gru_language_model", known_modules.GruLanguageModel, (33_278, (35,)), gain=2.0),
]


class FirstUse(TorchFunctionMode):
    """Notes tensors of a module in the order in which functions are first given them."""

    def __init__(self, module):
        super().__init__()
        self.names = {}
        for name, tensor in [*module.named_parameters(), *module.named_buffers()]:
            self.names.setdefault(id(tensor), name)
        self.used = {}

    def __torch_function__(self, function, types, args=(), kwargs=None):
        if function in (torch.lstm, torch.gru):
            # Lists of W_ih, W_hh, b_ih, b_hh; what the input needs comes before what the state needs.
            flat = args[2]
            self._note([flat[first + place] for first in range(0, len(flat), 4) for place in (0, 2, 1, 3)])
        self._note(args)
        self._note((kwargs or {}).values())
        return function(*args, **(kwargs or {}))

    def _note(self, arguments):
        for argument in arguments:
            if isinstance(argument, (list, tuple)):
                self._note(argument)
            elif isinstance(argument, torch.Tensor) and id(argument) in self.names:
                self.used.setdefault(self.names[id(argument)], argument)


def uniform(ordinal, count):
    """Numbers from -1 to 1 that only depend on a tensor's place and on the element's: an integer hash in 32 bits."""
    hashed = (numpy.arange(count, dtype=numpy.uint64) * 0x85EBCA6B + ordinal * 0x9E3779B9) & 0xFFFFFFFF
    hashed = ((hashed ^ (hashed >> 16)) * 0x7FEB352D) & 0xFFFFFFFF
    hashed = ((hashed ^ (hashed >> 15)) * 0x846CA68B) & 0xFFFFFFFF
    return (hashed ^ (hashed >> 16)) / 2.0**31 - 1


def fill(name, tensor, ordinal, gain):
    numbers = uniform(ordinal, tensor.numel())
    if name.endswith("running_var"):
        numbers = 1 + 0.25 * numbers
    elif name.endswith("running_mean") or "bias" in name:
        numbers = 0.1 * numbers
    elif tensor.dim() < 2:
        numbers = 1 + 0.2 * numbers
    else:
        numbers = gain * (3 / (tensor.numel() / tensor.shape[0])) ** 0.5 * numbers
    tensor.data.copy_(torch.tensor(numbers.astype(numpy.float32)).view(tensor.shape))


def is_words(shape):
    return isinstance(shape[-1], tuple)


def given(shape, place):
    """An input of numbers with variance 1, or of words."""
    words, sizes = shape if is_words(shape) else (None, shape)
    numbers = uniform(FIRST_INPUT + place, BATCH * int(numpy.prod(sizes)))
    if words is None:
        return torch.tensor((3**0.5 * numbers).astype(numpy.float32)).double().view(BATCH, *sizes)
    return torch.tensor(((numbers + 1) / 2 * words).astype(numpy.int64)).view(BATCH, *sizes)


def outputs(module, inputs):
    result = module(*inputs)
    return result if isinstance(result, tuple) else (result,)


def gradients(parameters, results):
    """Of each parameter the norm of its gradient, and the gradient's product with numbers of its own."""
    weighed = [
        (result.flatten() * torch.tensor(uniform(FIRST_GRADIENT + place, result.numel()).astype(numpy.float32))).sum()
        for place, result in enumerate(results)
    ]
    sum(weighed).backward()
    norms, products = [], []
    for ordinal, (_, tensor) in enumerate(parameters):
        norms.append(tensor.grad.norm())
        products.append((tensor.grad.flatten() * torch.tensor(uniform(ordinal, tensor.numel()))).sum())
    return dict(norms=torch.stack(norms).float(), products=torch.stack(products).float())


def case(one):
    torch.manual_seed(0)
    module = one.module().eval().double()
    inputs = [given(shape, place) for place, shape in enumerate(one.inputs)]
    with FirstUse(module) as first:
        outputs(module, inputs)
    parameters = [(name, first.used[name]) for name in first.used if isinstance(first.used[name], torch.nn.Parameter)]
    buffers = [(name, first.used[name]) for name in first.used if "running" in name]
    for ordinal, (name, tensor) in enumerate(parameters + buffers):
        fill(name, tensor, ordinal, one.gain)
    results = outputs(module, inputs)
    for result in results:
        scale = result.abs().max()
        spread = (result[0] - result[1]).abs().max() / scale
        print(f"{one.name}: largest {scale:.3g}, between samples {spread:.3g} of it")
        assert 1e-2 < scale < 1e3 and spread > 0.02, "the outputs must depend on the inputs: choose another gain"
    return dict(
        parameters=sum(tensor.numel() for _, tensor in parameters),
        constants=one.constants,
        gain=one.gain,
        inputs=[list(tensor.shape) for tensor in inputs],
        words=[shape[0] if is_words(shape) else 0 for shape in one.inputs],
        shapes=["x".join(map(str, tensor.shape)) for _, tensor in parameters + buffers],
        outputs=[dict(shape=list(result.shape), values=some(result)) for result in results],
        gradients=gradients(parameters, results),
    )


def some(tensor):
    """Elements at equal distances."""
    flat = tensor.flatten()
    places = [place * flat.numel() // NUMBERS for place in range(NUMBERS)]
    return flat[sorted(set(places))].float()


def write_all(folder, names=()):
    for one in CASES:
        if not names or one.name in names:
            write(folder / f"{one.name}.json", case(one))
