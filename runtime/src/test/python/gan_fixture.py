"""Two steps of a small pix2pix: a painter and a critic that train each other, as its authors' program trains them."""

import torch
from torch import nn

from fixture_json import write
from layer_fixtures import Source

STEPS = 2
BATCH = 3
SIZE = 8


def painter():
    return nn.Sequential(
        nn.Conv2d(1, 4, 4, stride=2, padding=1),
        nn.BatchNorm2d(4),
        nn.LeakyReLU(0.2),
        nn.ConvTranspose2d(4, 2, 4, stride=2, padding=1),
        nn.Tanh(),
    )


def critic():
    return nn.Sequential(
        nn.Conv2d(3, 4, 4, stride=2, padding=1),
        nn.LeakyReLU(0.2),
        nn.Conv2d(4, 6, 3, padding=1, bias=False),
        nn.BatchNorm2d(6),
        nn.LeakyReLU(0.2),
        nn.Conv2d(6, 1, 3, padding=1),
    )


def write_all(folder):
    source = Source(7)
    paints, judges = source.fill(painter()), source.fill(critic())
    drawing = source.tensor(BATCH, 1, SIZE, SIZE, limit=1)
    photo = source.tensor(BATCH, 2, SIZE, SIZE, limit=1)
    tensors = dict(drawing=drawing, photo=photo)
    tensors.update(named("painter/initial", paints.parameters()))
    tensors.update(named("critic/initial", judges.parameters()))
    optimizers = [torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.5) for net in (paints, judges)]
    for step in range(STEPS):
        tensors.update({f"step{step}/{name}": value for name, value in train(paints, judges, optimizers, drawing, photo)})
    tensors.update(named("painter/final", paints.parameters()))
    tensors.update(named("critic/final", judges.parameters()))
    described = {
        name: dict(shape=list(tensor.shape), values=tensor.detach().float()) for name, tensor in tensors.items()
    }
    write(folder / "gan.json", dict(cases=[dict(example="pix2pix", tensors=described)]))


def named(prefix, tensors):
    return {f"{prefix}{place}": tensor.detach().clone() for place, tensor in enumerate(tensors)}


def train(paints, judges, optimizers, drawing, photo):
    """One step of both; yields the losses and the gradients of the painter's."""
    paints_optimizer, judges_optimizer = optimizers
    adversarial, pixels = nn.BCEWithLogitsLoss(), nn.L1Loss()
    picture = paints(drawing)

    judges_optimizer.zero_grad()
    real = judges(torch.cat([drawing, photo], 1))
    fake = judges(torch.cat([drawing, picture.detach()], 1))
    loss = (adversarial(real, torch.ones_like(real)) + adversarial(fake, torch.zeros_like(fake))) * 0.5
    loss.backward()
    yield "critic", loss.reshape(1)
    judges_optimizer.step()

    for parameter in judges.parameters():
        parameter.requires_grad_(False)
    paints_optimizer.zero_grad()
    score = judges(torch.cat([drawing, picture], 1))
    fooled, close = adversarial(score, torch.ones_like(score)), 100 * pixels(picture, photo)
    (fooled + close).backward()
    yield "fooled", fooled.reshape(1)
    yield "close", close.reshape(1)
    yield from named("gradient", [parameter.grad for parameter in paints.parameters()]).items()
    paints_optimizer.step()
    for parameter in judges.parameters():
        parameter.requires_grad_(True)
