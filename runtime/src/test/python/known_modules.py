"""The modules that known_fixtures.py runs: torchvision's, timm's, and those that neither of them has."""

import importlib

import torch

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
