"""Writes ONNX's own cases of operators, onnx.backend.test.case.node, for NodeCasesMain.

    python node_cases.py FOLDER

A case gives all tensors as inputs, but a network has weights. So a case is written several ways, NAME.0.onnx, NAME.1.onnx
and so on, the first of which counts that is imported and computes the same: with all inputs, with those of whole numbers
as constants, with masks as constants, with all but the first as constants, each with the first axis as the batch and with a batch in front; and last
with constants only, whose result is added to an input, for operators that the import computes itself.
"""
import collections
import pathlib
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.backend.test.case.node import collect_testcases
from safetensors.numpy import save_file

FOLDER = pathlib.Path(sys.argv[1])
# What is no case of one operator that a network could have, by words of names.
LEFT_OUT = {
    "_expanded": "the same computed by other operators",
    "_training": "what operators do while a model is trained",
    "_cpu": "the same under another name",
    "_seq": "sequences of tensors",
}


def array(value):
    return numpy_helper.to_array(value) if isinstance(value, TensorProto) else value


def plain(array):
    return isinstance(array, (np.ndarray, np.generic)) and array.dtype.kind in "fiub" and array.dtype.itemsize <= 8


def saved(array, batch):
    array = np.asarray(array).astype(np.float32)
    return np.ascontiguousarray(array[None] if batch < 0 else np.moveaxis(array, batch, 0))


def result(array, place, batch):
    """A network has the batch in front; recurrent operators have it second or third in their results."""
    array = np.asarray(array).astype(np.float32)
    return np.ascontiguousarray(np.moveaxis(array, 2 if place == 0 else 1, 0) if batch == 1 else array)


def variants(case, inputs):
    graph = case.model.graph
    names = [i.name for i in graph.input]
    whole = {n for k, (n, x) in enumerate(zip(names, inputs)) if k > 0 and x.dtype.kind in "iub"}
    # A mask is the same for all samples where it is no tensor of the batch.
    masks = {n for n in names if n == "attn_mask"}
    seen = []
    for constants in (set(), whole, masks, set(names[1:])):
        if constants not in seen:
            seen.append(constants)
    for constants in seen:
        recurrent = case.model.graph.node[0].op_type in ("RNN", "GRU", "LSTM")
        for batched in (1, 0, -1) if recurrent else (0, -1):
            model = onnx.ModelProto()
            model.CopyFrom(case.model)
            del model.graph.input[:]
            model.graph.input.extend(i for i in graph.input if i.name not in constants)
            given = [x for n, x in zip(names, inputs) if n not in constants]
            if batched >= 0 and any(x.ndim <= batched for x in given):
                continue
            for name, array in zip(names, inputs):
                if name in constants:
                    model.graph.initializer.append(numpy_helper.from_array(array, name))
            for value, array in zip(model.graph.input, given):
                # The cases leave sizes open that the numbers say.
                value.CopyFrom(helper.make_tensor_value_info(value.name, value.type.tensor_type.elem_type, array.shape))
            yield model, given, batched
    model = onnx.ModelProto()
    model.CopyFrom(case.model)
    del model.graph.input[:]
    model.graph.input.append(helper.make_tensor_value_info("espalier_zero", TensorProto.FLOAT, [1]))
    for name, array in zip(names, inputs):
        model.graph.initializer.append(numpy_helper.from_array(array, name))
    outputs = [o.name for o in graph.output]
    del model.graph.output[:]
    for name in outputs:
        model.graph.node.append(helper.make_node("Cast", [name], [name + "_real"], to=1))
        model.graph.node.append(helper.make_node("Add", [name + "_real", "espalier_zero"], [name + "_sum"]))
        model.graph.output.append(helper.make_tensor_value_info(name + "_sum", TensorProto.FLOAT, None))
    yield model, [np.zeros(1, np.float32)], -1


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    lines = []
    left_out = collections.Counter()
    for case in collect_testcases(None):
        reasons = [reason for word, reason in LEFT_OUT.items() if word in case.name]
        if not case.data_sets:
            reasons.append("no numbers to compare with")
        elif len(case.model.graph.node) != 1:
            reasons.append("several operators in one model")
        elif case.model.graph.node[0].domain not in ("", "ai.onnx"):
            reasons.append("operators of machine learning, `ai.onnx.ml` and others")
        if reasons:
            left_out[reasons[0]] += 1
            continue
        inputs, outputs = ([array(x) for x in each] for each in case.data_sets[0])
        node = case.model.graph.node[0]
        if len(case.model.graph.input) != len(inputs) or not all(plain(x) for x in [*inputs, *outputs]):
            lines.append(f"{case.name} {node.op_type} 0")
            continue
        inputs = [np.asarray(x) for x in inputs]
        count = 0
        for model, given, batched in variants(case, inputs):
            for opset in model.opset_import:
                if opset.domain == "":
                    opset.version = max(9, min(opset.version, 24))
            (FOLDER / f"{case.name}.{count}.onnx").write_bytes(model.SerializeToString())
            tensors = {f"input{i}": saved(x, batched) for i, x in enumerate(given)}
            wanted = [o.name for o in model.graph.output]
            places = [list(node.output).index(n) if n in node.output else 0 for n in wanted]
            tensors.update({f"output{i}": result(y, places[i], batched) for i, y in enumerate(outputs)})
            save_file(tensors, FOLDER / f"{case.name}.{count}.safetensors", {"batch": str(batched)})
            count += 1
        lines.append(f"{case.name} {node.op_type} {count}")
    (FOLDER / "cases.txt").write_text("\n".join(lines) + "\n")
    (FOLDER / "left_out.txt").write_text("".join(f"{count} {reason}\n" for reason, count in sorted(left_out.items())))


main()
