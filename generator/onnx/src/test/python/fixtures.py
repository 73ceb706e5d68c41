"""Writes the small models of the tests, with what ONNX Runtime or PyTorch computes with them.

    python fixtures.py [NAME ...]

writes NAME.onnx and NAME.safetensors (input0, …, output0, …) into src/test/resources/org/espalier/onnx. The files are
committed: neither the build nor its tests need Python. It needs torch, onnx, onnxruntime, onnxscript, safetensors.
"""
import pathlib
import sys
import warnings

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import save_file
from torch import nn

warnings.filterwarnings("ignore")
FOLDER = pathlib.Path(__file__).parent.parent / "resources/org/espalier/onnx"
RANDOM = np.random.default_rng(7)


def numbers(*shape):
    return RANDOM.standard_normal(shape).astype(np.float32)


def constant(name, array):
    return numpy_helper.from_array(np.asarray(array), name)


def model(nodes, inputs, outputs, constants, opset=17, name="small"):
    graph = helper.make_graph(
        nodes,
        name,
        [helper.make_tensor_value_info(n, t, s) for n, t, s in inputs],
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in outputs],
        constants,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)


def write(name, made, inputs):
    data = made if isinstance(made, bytes) else made.SerializeToString()
    (FOLDER / f"{name}.onnx").write_bytes(data)
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    given = {i.name: x for i, x in zip(session.get_inputs(), inputs)}
    tensors = {f"input{i}": np.ascontiguousarray(x) for i, x in enumerate(inputs)}
    for i, y in enumerate(session.run(None, given)):
        tensors[f"output{i}"] = np.ascontiguousarray(y)
    save_file(tensors, FOLDER / f"{name}.safetensors")


def export(name, network, inputs, old=False, **more):
    torch.manual_seed(3)
    network = network.eval()
    for buffer_name, buffer in network.named_buffers():
        if buffer_name.endswith("running_mean"):
            buffer.normal_(0, 0.1)
        elif buffer_name.endswith("running_var"):
            buffer.uniform_(0.8, 1.2)
    file = FOLDER / f"{name}.onnx"
    if old:
        names = ["x", "y"][: len(inputs)]
        torch.onnx.export(
            network,
            inputs,
            file,
            dynamo=False,
            opset_version=14,
            input_names=names,
            dynamic_axes={name: {0: "batch"} for name in names},
        )
    else:
        batch = torch.export.Dim("batch")
        axes = tuple({0: batch} for _ in inputs)
        torch.onnx.export(network, inputs, file, dynamic_shapes=axes, external_data=False, verbose=False, **more)
        made = onnx.load(file)
        for node in made.graph.node:
            # Traces name the folders of who exports.
            kept = [p for p in node.metadata_props if p.key.endswith(("name_scopes", "class_hierarchy"))]
            del node.metadata_props[:]
            node.metadata_props.extend(kept)
            node.doc_string = ""
        for value in made.graph.value_info:
            del value.metadata_props[:]
        del made.metadata_props[:]
        made.doc_string = ""
        onnx.save(made, file)
    with torch.no_grad():
        tensors = {f"input{i}": x.numpy() for i, x in enumerate(inputs)}
        tensors["output0"] = network(*inputs).contiguous().numpy()
    save_file(tensors, FOLDER / f"{name}.safetensors")


def perceptron():
    nodes = [
        helper.make_node("MatMul", ["x", "w1"], ["a"]),
        helper.make_node("Add", ["a", "b1"], ["b"]),
        helper.make_node("Relu", ["b"], ["c"]),
        helper.make_node("Gemm", ["c", "w2", "b2"], ["y"], transB=1, alpha=0.5),
    ]
    constants = [
        constant("w1", numbers(6, 8)),
        constant("b1", numbers(8)),
        constant("w2", numbers(3, 8)),
        constant("b2", numbers(3)),
    ]
    write(
        "perceptron",
        model(nodes, [("x", 1, ["batch", 6])], [("y", ["batch", 3])], constants, opset=9),
        [numbers(4, 6)],
    )


def images():
    """Convolutions with padding on one side, pools, normalization, a branch, and a shape that is computed."""
    nodes = [
        helper.make_node("Conv", ["x", "w1", "b1"], ["a"], strides=[2, 2], pads=[0, 0, 1, 1], name="first"),
        helper.make_node("BatchNormalization", ["a", "s", "t", "m", "v"], ["n"], epsilon=1e-3),
        helper.make_node("LeakyRelu", ["n"], ["b"], alpha=0.1),
        helper.make_node("Conv", ["b", "w2"], ["c"], group=2, auto_pad="SAME_UPPER"),
        helper.make_node("MaxPool", ["c"], ["d"], kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1),
        helper.make_node("AveragePool", ["c"], ["e"], kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1),
        helper.make_node("Concat", ["d", "e"], ["f"], axis=1),
        helper.make_node("Clip", ["f", "zero", "six"], ["g"]),
        helper.make_node("Shape", ["g"], ["shape"]),
        helper.make_node("Gather", ["shape", "first_axis"], ["count"], axis=0),
        helper.make_node("Unsqueeze", ["count", "axes"], ["count1"]),
        helper.make_node("Concat", ["count1", "rest"], ["target"], axis=0),
        helper.make_node("Reshape", ["g", "target"], ["h"]),
        helper.make_node("Dropout", ["h"], ["i"]),
        helper.make_node("Gemm", ["i", "w3", "b3"], ["logits"], transB=1),
        helper.make_node("GlobalAveragePool", ["g"], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["features"]),
    ]
    constants = [
        constant("w1", numbers(4, 3, 3, 3) * 0.3),
        constant("b1", numbers(4)),
        constant("s", numbers(4)),
        constant("t", numbers(4)),
        constant("m", numbers(4)),
        constant("v", np.abs(numbers(4)) + 0.5),
        constant("w2", numbers(6, 2, 3, 3) * 0.3),
        constant("w3", numbers(5, 12 * 4 * 4)),
        constant("b3", numbers(5)),
        constant("zero", np.float32(0)),
        constant("six", np.float32(6)),
        constant("first_axis", np.int64(0)),
        constant("axes", np.array([0], np.int64)),
        constant("rest", np.array([-1], np.int64)),
    ]
    made = model(
        nodes,
        [("x", 1, ["batch", 3, 15, 15])],
        [("logits", ["batch", 5]), ("features", ["batch", 12])],
        constants,
    )
    write("images", made, [numbers(2, 3, 15, 15)])


def unsupported():
    nodes = [
        helper.make_node("NonZero", ["x"], ["n"], name="sizes"),
        helper.make_node("Cast", ["n"], ["c"], to=1, name="after"),
        helper.make_node("ReduceSum", ["x", "axes"], ["s"], name="over"),
    ]
    made = model(
        nodes, [("x", 1, ["batch", 3])], [("c", [2, None]), ("s", [1, 3])], [constant("axes", np.array([0], np.int64))]
    )
    (FOLDER / "unsupported.onnx").write_bytes(made.SerializeToString())


class Residual(nn.Module):
    def __init__(self, inner, outer, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inner, outer, 3, stride, 1)
        self.relu = nn.ReLU()
        self.conv2 = nn.Conv2d(outer, outer, 3, 1, 1)
        self.around = nn.Conv2d(inner, outer, 1, stride)

    def forward(self, x):
        return self.relu(self.conv2(self.relu(self.conv1(x))) + self.around(x))


class Residuals(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 4, 3, 2, 1), nn.BatchNorm2d(4), nn.ReLU())
        self.layer1 = nn.Sequential(Residual(4, 4, 1), Residual(4, 8, 2))
        self.layer2 = nn.Sequential(Residual(8, 8, 1), Residual(8, 12, 2))
        self.fc = nn.Linear(12, 5)

    def forward(self, x):
        return self.fc(self.layer2(self.layer1(self.stem(x))).mean((2, 3)))


class Attention(nn.Module):
    def __init__(self, size, heads):
        super().__init__()
        self.qkv = nn.Linear(size, 3 * size)
        self.proj = nn.Linear(size, size)
        self.heads = heads

    def forward(self, x):
        b, t, c = x.shape
        q, k, v = self.qkv(x).view(b, t, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        y = nn.functional.scaled_dot_product_attention(q, k, v)
        return self.proj(y.transpose(1, 2).reshape(b, t, c))


class Encoder(nn.Module):
    def __init__(self, size, heads):
        super().__init__()
        self.norm1 = nn.LayerNorm(size)
        self.attn = Attention(size, heads)
        self.norm2 = nn.LayerNorm(size)
        self.mlp = nn.Sequential(nn.Linear(size, 2 * size), nn.GELU(), nn.Linear(2 * size, size))

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class Patches(nn.Module):
    def __init__(self):
        super().__init__()
        self.patch = nn.Conv2d(3, 8, 4, 4)
        self.cls_token = nn.Parameter(torch.randn(1, 1, 8))
        self.pos_embed = nn.Parameter(torch.randn(1, 5, 8))
        self.blocks = nn.Sequential(*(Encoder(8, 2) for _ in range(3)))
        self.norm = nn.LayerNorm(8)
        self.head = nn.Linear(8, 4)

    def forward(self, x):
        x = self.patch(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls_token.expand(x.shape[0], -1, -1), x], 1) + self.pos_embed
        return self.head(self.norm(self.blocks(x))[:, 0])


class Tagger(nn.Module):
    def __init__(self, recurrent):
        super().__init__()
        self.embedding = nn.Embedding(20, 6)
        self.recurrent = recurrent(6, 5, batch_first=True, bidirectional=True)
        self.head = nn.Linear(10, 3)

    def forward(self, word):
        return self.head(self.recurrent(self.embedding(word))[0])


class Activations(nn.Module):
    """What exporters take apart."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.rand(6) + 0.5)
        self.prelu = nn.PReLU(6)
        self.group = nn.GroupNorm(2, 6)

    def forward(self, x):
        f = nn.functional
        y = x * torch.sigmoid(x) + f.hardswish(x) + f.mish(x) + f.gelu(x, approximate="tanh") + f.gelu(x)
        y = y + f.elu(x) + f.softplus(x) + self.group(self.prelu(x))
        y = y.transpose(1, 2)
        return y * torch.rsqrt(y.pow(2).mean(-1, keepdim=True) + 1e-6) * self.weight


class Heads(nn.Module):
    """Attention as PyTorch's layer has it, steps and batch as one axis; to itself, to a second input, behind a mask."""

    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList(nn.TransformerEncoderLayer(8, 2, 12, batch_first=True) for _ in range(2))
        self.cross = nn.MultiheadAttention(8, 4, kdim=6, vdim=6, batch_first=True)

    def forward(self, x, memory):
        mask = nn.Transformer.generate_square_subsequent_mask(x.shape[1])
        for layer in self.layers:
            x = layer(x, src_mask=mask, is_causal=True)
        return x + self.cross(x, memory, memory, need_weights=False)[0]


class Windows(nn.Module):
    """Attention in windows, with a bias for each head and the number of windows in the axis of the batch."""

    def __init__(self):
        super().__init__()
        self.qkv = nn.Linear(4, 12)
        self.bias = nn.Parameter(torch.randn(1, 2, 4, 4))

    def forward(self, x):
        x = x.reshape(x.shape[0], 2, 2, 2, 2, 4).permute(0, 1, 3, 2, 4, 5).reshape(-1, 4, 4)
        q, k, v = self.qkv(x).reshape(x.shape[0], 4, 3, 2, 2).permute(2, 0, 3, 1, 4).unbind(0)
        y = nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=self.bias)
        y = y.transpose(1, 2).reshape(-1, 2, 2, 2, 2, 4).permute(0, 1, 3, 2, 4, 5)
        return y.reshape(-1, 4, 4, 4)


class Tied(nn.Module):
    """A head with the weights of the embedding, and a layer that is applied again."""

    def __init__(self):
        super().__init__()
        self.wte = nn.Embedding(20, 6)
        self.mix = nn.Linear(6, 6)
        self.lm_head = nn.Linear(6, 20, bias=False)
        self.lm_head.weight = self.wte.weight

    def forward(self, token):
        return self.lm_head(self.mix(torch.tanh(self.mix(self.wte(token)))))


class Strided(nn.Module):
    """Elements by their places in memory, as PyTorch has them where channels are last."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.head = nn.Linear(4, 3)

    def forward(self, x):
        x = self.conv(x).mean((2, 3), keepdim=True)
        x = torch.as_strided(x, (x.shape[0], 4, 1, 1), (4, 1, 4, 4))
        return self.head(x.flatten(1)) + self.head(torch.as_strided(x, (x.shape[0], 2, 2), (4, 1, 2)).flatten(1))


def attention():
    """ONNX's operator of attention: heads that share keys, a mask of the batch, a bound, and a cache."""
    nodes = [
        helper.make_node("Cast", ["mask"], ["seen"], to=TensorProto.BOOL),
        helper.make_node(
            "Attention", ["x", "k", "v", "seen"], ["a"], q_num_heads=4, kv_num_heads=2, is_causal=1, scale=0.3
        ),
        helper.make_node("Attention", ["a", "a", "a", "bias"], ["b"], q_num_heads=2, kv_num_heads=2, softcap=1.5),
        helper.make_node("Reshape", ["b", "four"], ["apart"]),
        helper.make_node("Transpose", ["apart"], ["q"], perm=[0, 2, 1, 3]),
        helper.make_node("Attention", ["q", "q", "q", "", "old", "old"], ["c", "keys", "values"], is_causal=1),
        helper.make_node("ReduceMean", ["c", "axes"], ["y"], keepdims=0),
    ]
    constants = [
        constant("bias", numbers(3, 3)),
        constant("four", np.array([0, 3, 4, 2], np.int64)),
        constant("axes", np.array([1], np.int64)),
    ]
    inputs = [("x", [2, 3, 8]), ("k", [2, 3, 4]), ("v", [2, 3, 4]), ("mask", [2, 1, 3, 3]), ("old", [2, 4, 2, 2])]
    given = [numbers(*shape) for _, shape in inputs]
    given[3] = np.tril(np.ones((2, 1, 3, 3), np.float32))
    given[3][1, 0, 2, 1] = 0
    outputs = [("y", [2, 3, 2]), ("keys", [2, 4, 5, 2])]
    made = model(nodes, [(n, 1, s) for n, s in inputs], outputs, constants, opset=23)
    write("attention", made, given)


def states():
    """Recurrences from the last step to the first, and with first states, constant and computed."""
    nodes = [
        helper.make_node("Transpose", ["x"], ["steps"], perm=[1, 0, 2]),
        helper.make_node("GRU", ["steps", "wg", "rg"], ["g"], direction="reverse", hidden_size=3, linear_before_reset=1),
        helper.make_node("Squeeze", ["g", "one"], ["gs"]),
        helper.make_node(
            "LSTM", ["gs", "wl", "rl", "", "", "h", ""], ["l", "last"], direction="bidirectional", hidden_size=2
        ),
        helper.make_node("RNN", ["gs", "wr", "rr", "", "", "last"], ["r"], direction="bidirectional", hidden_size=2),
        helper.make_node("Add", ["l", "r"], ["sum"]),
        helper.make_node("Transpose", ["sum"], ["turned"], perm=[2, 0, 1, 3]),
        helper.make_node("Reshape", ["turned", "shape"], ["y"]),
    ]
    constants = [
        constant("wg", numbers(1, 9, 4)),
        constant("rg", numbers(1, 9, 3)),
        constant("wl", numbers(2, 8, 3)),
        constant("rl", numbers(2, 8, 2)),
        constant("h", np.repeat(numbers(2, 1, 2), 3, 1)),
        constant("wr", numbers(2, 2, 3)),
        constant("rr", numbers(2, 2, 2)),
        constant("one", np.array([1], np.int64)),
        constant("shape", np.array([3, 5, 4], np.int64)),
    ]
    made = model(nodes, [("x", 1, [3, 5, 4])], [("y", [3, 5, 4])], constants, opset=17)
    write("states", made, [numbers(3, 5, 4)])


MADE = {
    "states": states,
    "heads": lambda: export("heads", Heads(), (torch.randn(2, 5, 8), torch.randn(2, 7, 6))),
    "heads_old": lambda: export("heads_old", Heads(), (torch.randn(2, 5, 8), torch.randn(2, 7, 6)), old=True),
    "heads_23": lambda: export("heads_23", Heads(), (torch.randn(2, 5, 8), torch.randn(2, 7, 6)), opset_version=23),
    "windows_23": lambda: export("windows_23", Windows(), (torch.randn(2, 4, 4, 4),), opset_version=23),
    "attention": attention,
    "tied": lambda: export("tied", Tied(), (torch.randint(0, 20, (2, 4)),)),
    "tied_old": lambda: export("tied_old", Tied(), (torch.randint(0, 20, (2, 4)),), old=True),
    "unfolded": lambda: export(
        "unfolded",
        nn.Sequential(nn.Conv2d(3, 4, 3, bias=False), nn.BatchNorm2d(4), nn.ReLU()),
        (torch.randn(2, 3, 6, 6),),
        optimize=False,
    ),
    "strided": lambda: export("strided", Strided(), (torch.randn(2, 3, 6, 6),)),
    "perceptron": perceptron,
    "images": images,
    "unsupported": unsupported,
    "residuals": lambda: export("residuals", Residuals(), (torch.randn(2, 3, 16, 16),)),
    "residuals_old": lambda: export("residuals_old", Residuals(), (torch.randn(2, 3, 16, 16),), old=True),
    "patches": lambda: export("patches", Patches(), (torch.randn(2, 3, 8, 8),)),
    "patches_old": lambda: export("patches_old", Patches(), (torch.randn(2, 3, 8, 8),), old=True),
    "lstm": lambda: export("lstm", Tagger(nn.LSTM), (torch.randint(0, 20, (2, 7)),)),
    "gru": lambda: export("gru", Tagger(nn.GRU), (torch.randint(0, 20, (2, 7)),)),
    "rnn": lambda: export("rnn", Tagger(nn.RNN), (torch.randint(0, 20, (2, 7)),), old=True),
    "activations": lambda: export("activations", Activations(), (torch.randn(2, 6, 9),)),
    "activations_old": lambda: export("activations_old", Activations(), (torch.randn(2, 6, 9),), old=True),
}

for each in sys.argv[1:] or MADE:
    torch.manual_seed(5)
    MADE[each]()
    print(each)
