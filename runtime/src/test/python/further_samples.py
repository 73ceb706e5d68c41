"""Samples of modules that PyTorch's own list of samples leaves out, in the form in which it has the others."""

import types

import torch
from torch import nn

from module_fixtures import module_db


def infos():
    """What module_fixtures.Module reads, for each module."""
    module_db()
    from torch.testing._internal.common_modules import FunctionInput, ModuleInput

    def info(module, *samples):
        """A module with its samples: keywords of the constructor, and shapes to call it on."""
        return types.SimpleNamespace(
            name="nn." + module.__name__,
            module_cls=module,
            train_and_eval_differ=False,
            module_inputs_func=lambda *_, **__: [
                ModuleInput(
                    constructor_input=FunctionInput(**keywords),
                    forward_input=FunctionInput(*[torch.randn(shape, dtype=torch.float64) for shape in shapes]),
                )
                for keywords, shapes in samples
            ],
        )

    three = [(4, 6)] * 3
    return [
        info(
            nn.TripletMarginLoss,
            (dict(), three),
            (dict(reduction="sum"), three),
            (dict(margin=2.5, swap=True), three),
            (dict(margin=0.5, p=1.0, eps=0.01), three),
            (dict(p=3.0, swap=True, reduction="sum"), three),
            (dict(margin=4.0), [(3, 2, 5)] * 3),
            (dict(reduction="none"), three),
        ),
        info(
            nn.TripletMarginWithDistanceLoss,
            (dict(), three),
            (dict(swap=True, margin=3.0), three),
            (dict(distance_function=nn.CosineSimilarity(), reduction="sum"), three),
            (dict(distance_function=nn.CosineSimilarity(), swap=True, margin=0.5), three),
            (dict(reduction="none"), three),
        ),
    ]
