"""Lists the arguments of PyTorch's layers, losses, optimizers, functions and methods of tensors, with their defaults.

PytorchWordsTest of the generator asks the compiler about each. Written by

    python3 runtime/src/test/python/pytorch_arguments.py

A line has a callee and its arguments: Linear in_features out_features bias=True device=None dtype=None.
"""

import inspect
import pathlib
import re

import torch
import torch.overrides

TARGET = (
    pathlib.Path(__file__).resolve().parents[4]
    / "generator/src/test/resources/org/espalier/generator/elaborate/library/torch-arguments.txt"
)

NAMESPACES = (torch.nn.functional, torch, torch.Tensor)


def written(parameter):
    """Writes an argument as a line of the list has it."""
    default = parameter.default
    if default is inspect.Parameter.empty:
        return parameter.name
    return f"{parameter.name}={getattr(default, '__name__', repr(default))}".replace(" ", "")


def arguments(signature):
    """Returns the named arguments of a signature, without the object or the tensors that are given by place."""
    return [
        written(parameter)
        for parameter in signature.parameters.values()
        if parameter.kind not in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
        and parameter.name != "self"
        and not parameter.name.startswith("_")
    ]


def documented(name, callee):
    """Returns the arguments in the first lines of a doc comment: sum(input, dim, keepdim=False, *, dtype=None)."""
    names = []
    for stated in re.findall(rf"(?m)^\s*(?:\.\. function:: )?{name}\(([^()\n]*(?:\([^()\n]*\)[^()\n]*)*)\) *(?:->|$)", callee.__doc__ or ""):
        names += re.findall(r"(?:^|, ?)([a-z]\w*(?:=[^,()]+|=\([^)]*\))?)(?=,|$)", stated.replace(" or ", "|"))
    return [name.replace(" ", "") for name in names if name != "self"]


def of_function(name, function):
    """Returns the arguments of a function: by its signature, its doc comment, or by what stands in for it in tests."""
    try:
        return arguments(inspect.signature(function))
    except (TypeError, ValueError):
        testing = torch.overrides.get_testing_overrides().get(function)
        return documented(name, function) or (arguments(inspect.signature(testing)) if testing else [])


def classes(module):
    """Yields the public classes of a module with the arguments of their constructors."""
    for name in sorted(dir(module)):
        value = getattr(module, name)
        if inspect.isclass(value) and not name.startswith("_"):
            # Layers of recurrences hand on what they are given.
            base = torch.nn.RNNBase if issubclass(value, torch.nn.RNNBase) else value
            yield name, [argument for argument in arguments(inspect.signature(base.__init__)) if argument != "mode"]


def initializers():
    """Yields the functions that fill a tensor, under the names that they have in a specification: normal."""
    for name in sorted(dir(torch.nn.init)):
        if name.endswith("_") and not name.startswith("_"):
            yield name.rstrip("_"), arguments(inspect.signature(getattr(torch.nn.init, name)))


def functions():
    """Yields functions and methods with the union of the arguments that they have in all namespaces."""
    found = {}
    for namespace in NAMESPACES:
        for name in sorted(dir(namespace)):
            value = getattr(namespace, name)
            if name.startswith("_") or not callable(value) or inspect.isclass(value):
                continue
            known = found.setdefault(name, {})
            for argument in of_function(name, value):
                known.setdefault(argument.split("=")[0], argument)
    for name in sorted(found):
        yield name, list(found[name].values())


def main():
    lines = {}
    for name, names in [*classes(torch.nn), *classes(torch.optim), *initializers(), *functions()]:
        if names:
            lines.setdefault(name, names)
    TARGET.write_text("".join(f"{name} {' '.join(names)}\n" for name, names in lines.items()))


if __name__ == "__main__":
    main()
