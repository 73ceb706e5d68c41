"""Declares torchvision's compiled operators, so that torchvision loads where they are missing.

A torchvision that was built for another PyTorch lacks them and fails when it is imported, although the models that
classify images use none. To be imported before torchvision; an operator that is called says that it has no kernel.
"""
import torch

LIBRARY = torch.library.Library("torchvision", "DEF")

for signature in (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
):
    LIBRARY.define(signature)
