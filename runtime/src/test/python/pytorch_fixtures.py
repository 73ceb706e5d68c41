#!/usr/bin/python3
"""Writes the fixtures that Espalier's tests compare with PyTorch.

    python3 runtime/src/test/python/pytorch_fixtures.py

Needs PyTorch 1.13 or later and NumPy, which on Debian are the package python3-torch, and safetensors. Run it when a case
is to be added; the fixtures are committed, so the build needs no Python. Another version of PyTorch or another
processor may change last digits: commit only files whose meaning has changed.

What is written, and who reads it:

    optimizer_fixtures.py    five steps of optimizers under penalties
        runtime/src/test/resources/org/espalier/runtime/optim/pytorch/*.json        PytorchUpdateTest
    paper_optimizers.py      optimizers that PyTorch lacks, after their papers
    schedule_fixtures.py     learning rates of schedulers, step by step
        runtime/src/test/resources/org/espalier/runtime/train/pytorch/schedulers.json          SchedulersTest
    layer_fixtures.py        layers and losses, forward and backward
        runtime/src/test/resources/org/espalier/runtime/kernel/pytorch/*.json       PytorchLayersTest
    library_fixtures.py      the examples of the compiler's layers, forward and backward
        generator/src/test/resources/org/espalier/generator/generated/pytorch/layers/*.json    LibraryTest
    edge_fixtures.py         the same with NaN, infinities and numbers near the ends of single precision
        generator/src/test/resources/org/espalier/generator/generated/pytorch/edges.json       LibraryTest
    expression_fixtures.py   tensor expressions, forward and backward
        generator/src/test/resources/org/espalier/generator/generated/pytorch/expressions.json ExpressionsTest
    known_fixtures.py        known networks of known_modules.py, in eval mode; needs torchvision and timm
        generator/src/test/resources/org/espalier/generator/generated/pytorch/known/*.json     KnownNetworksTest
    ported_fixtures.py       modules of ported_modules.py, over three training steps
        generator/src/test/resources/org/espalier/generator/generated/pytorch/ports/*.json     PortedModulesTest
    example_fixtures.py      the examples of the compiler's losses, optimizers and regularizers
        generator/src/test/resources/org/espalier/generator/generated/pytorch/losses.json      LossLibraryTest
        generator/src/test/resources/org/espalier/generator/generated/pytorch/updates.json     UpdateLibraryTest
    module_fixtures.py       PyTorch's own samples of its modules, forward and backward; they need PyTorch 2.13
        generator/src/test/resources/org/espalier/generator/generated/pytorch/modules/*.json   ModuleSamplesTest
    further_samples.py       samples of modules that PyTorch has none of
        generator/src/test/resources/org/espalier/generator/generated/pytorch/samples/*.json   ModuleSamplesTest
    weights_fixture.py       weights of a module with BatchNorm, saved by the safetensors library
        runtime/src/test/resources/org/espalier/runtime/pytorch/*.safetensors       WeightsFileTest
    gan_fixture.py           a small pix2pix, painter and critic, over two training steps
        generator/src/test/resources/org/espalier/generator/generated/pytorch/gan.json         AdversarialTrainingTest
    group_fixtures.py        training steps with parameters in groups, under schedules
        generator/src/test/resources/org/espalier/generator/generated/pytorch/groups.json      ParameterGroupsTest
    mode_fixture.py          training and predictions with single layers in evaluation or training mode
        runtime/src/test/resources/org/espalier/runtime/pytorch/modes.safetensors   LayerModesTest
    mode_kind_fixture.py     each kind of normalization in training, evaluation and frozen
        generator/src/test/resources/org/espalier/generator/generated/pytorch/mode_kinds.json  NormalizationModesTest
    unet_fixture.py          a small pix2pix generator over three training steps
        generator/src/test/resources/org/espalier/generator/generated/pytorch/*.safetensors    PytorchUnetTest
"""

import pathlib

import torch

import edge_fixtures
import example_fixtures
import expression_fixtures
import further_samples
import gan_fixture
import group_fixtures
import known_fixtures
import layer_fixtures
import library_fixtures
import mode_fixture
import mode_kind_fixture
import module_fixtures
import optimizer_fixtures
import ported_fixtures
import schedule_fixtures
import unet_fixture
import weights_fixture


def main():
    torch.set_num_threads(1)
    project = pathlib.Path(__file__).resolve().parents[4]
    runtime = project / "runtime/src/test/resources/org/espalier/runtime"
    generator = project / "generator/src/test/resources/org/espalier/generator"
    optimizer_fixtures.write_all(runtime / "optim/pytorch")
    schedule_fixtures.write_all(runtime / "train/pytorch/schedulers.json")
    layer_fixtures.write_all(runtime / "kernel/pytorch")
    library_fixtures.write_all(project / "generator/src/golden/library.txt", generator / "generated/pytorch/layers")
    edge_fixtures.write_all(project / "generator/src/golden/library.txt", generator / "generated/pytorch/edges.json")
    expression_fixtures.write_all(project / "generator/src/golden/expressions.txt", generator / "generated/pytorch")
    known_fixtures.write_all(generator / "generated/pytorch/known")
    ported_fixtures.write_all(generator / "generated/pytorch/ports")
    example_fixtures.write_losses(project / "generator/src/golden/losses.txt", generator / "generated/pytorch")
    example_fixtures.write_updates(project / "generator/src/golden/updates.txt", generator / "generated/pytorch")
    module_fixtures.write_all(module_fixtures.module_db(), generator / "generated/pytorch/modules")
    module_fixtures.write_all(further_samples.infos(), generator / "generated/pytorch/samples")
    weights_fixture.write_all(runtime / "pytorch")
    gan_fixture.write_all(generator / "generated/pytorch")
    group_fixtures.write_all(generator / "generated/pytorch")
    mode_fixture.write_all(runtime / "pytorch")
    mode_kind_fixture.write_all(generator / "generated/pytorch")
    unet_fixture.write_all(generator / "generated/pytorch")


if __name__ == "__main__":
    main()
