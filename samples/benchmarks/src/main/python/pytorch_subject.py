"""PyTorch's subjects in the benchmarks: the other end of SubjectProcess, as SubjectMain.java is for what is Java.

    python pytorch_subject.py BENCHMARK step|inference MODE             serves orders: run N, memory, quit
    python pytorch_subject.py BENCHMARK step|inference MODE FOLDER N    prints the losses of N steps, or N times the
                                                                        outputs, for the weights and the batch in FOLDER
"""

import json
import os
import sys
import time

import torch
from torch import nn

import pytorch_networks as networks

# network, its optimizer, λ of L2 on its weights, what is the batch's shape, how many tokens and classes there are
TASKS = {
    "resnet18": (networks.ResNet18, "sgd", 1e-4, (8, 3, 224, 224), 0, 1000),
    "mobilenetv2": (networks.MobileNetV2, "sgd", 4e-5, (8, 3, 224, 224), 0, 1000),
    "transformer": (networks.Transformer, "adamw", 0.0, (16, 64), 1000, 10),
    "lstm": (networks.Lstm, "adam", 0.0, (32, 64, 128), 0, 10),
    "perceptron": (networks.Perceptron, "adam", 0.0, (128, 784), 0, 10),
}


def optimizer_of(kind, decay, network, fused):
    """Weights have weight decay, biases and normalizations do not."""
    parameters = list(network.parameters())
    if kind == "sgd":
        groups = [
            {"params": [p for p in parameters if p.dim() > 1], "weight_decay": decay},
            {"params": [p for p in parameters if p.dim() == 1], "weight_decay": 0.0},
        ]
        return torch.optim.SGD(groups, lr=0.01, momentum=0.9, fused=fused)
    if kind == "adamw":
        return torch.optim.AdamW(parameters, lr=1e-3, weight_decay=0.01, fused=fused)
    return torch.optim.Adam(parameters, lr=1e-3, fused=fused)


class Subject:
    """A network in a mode: words with + between them, of eager, fused, channels_last, compile, freezing."""

    def __init__(self, benchmark, phase, mode, folder=None):
        make, kind, decay, shape, tokens, classes = TASKS[benchmark]
        words = mode.split("+")
        torch.manual_seed(42)
        self.network = make()
        if folder:
            load(self.network, os.path.join(folder, "weights.safetensors"))
            self.input = numbers(os.path.join(folder, "input")).reshape(shape)
            self.label = numbers(os.path.join(folder, "labels")).long()
            if tokens:
                self.input = self.input.long()
        else:
            self.input = torch.randint(tokens, shape) if tokens else torch.rand(shape) * 2 - 1
            self.label = torch.randint(classes, shape[:1])
        if "channels_last" in words:
            self.network = self.network.to(memory_format=torch.channels_last)
            self.input = self.input.contiguous(memory_format=torch.channels_last)
        self.phase = phase
        self.network.train(phase == "step")
        self.loss = nn.CrossEntropyLoss()
        self.optimizer = optimizer_of(kind, decay, self.network, "fused" in words)
        self.forward = self.network
        if "compile" in words:
            import torch._inductor.config as inductor

            inductor.freezing = "freezing" in words
            self.forward = torch.compile(self.network)
        self.inference = torch.no_grad if "compile" in words else torch.inference_mode

    def step(self):
        """The loss of a training step, or the outputs."""
        if self.phase == "inference":
            with self.inference():
                return self.forward(self.input)
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.loss(self.forward(self.input), self.label)
        loss.backward()
        self.optimizer.step()
        # Whoever trains looks at the loss.
        return loss.item()


def load(network, file):
    """Takes all parameters and running statistics from a safetensors file."""
    with open(file, "rb") as stream:
        data = stream.read()
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    header.pop("__metadata__", None)
    state = network.state_dict()
    for name, value in state.items():
        if name.endswith("num_batches_tracked"):
            continue
        tensor = header.pop(name)
        begin, end = tensor["data_offsets"]
        found = torch.frombuffer(bytearray(data[start + begin : start + end]), dtype=torch.float32)
        value.copy_(found.reshape(tensor["shape"]))
    if header:
        raise ValueError(f"{file} has what the network has not: {sorted(header)}")


def numbers(file):
    with open(file, "rb") as stream:
        return torch.frombuffer(bytearray(stream.read()), dtype=torch.float32)


def peak_memory():
    """The most that this process ever held, in bytes, or -1 where the system does not tell."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:"))
    except OSError:
        return -1


def answer(text):
    print("@bench", text, flush=True)


def serve(subject):
    answer(f"0 PyTorch {torch.__version__}, {torch.get_num_threads()} threads, {torch.backends.cpu.get_cpu_capability()}")
    for line in sys.stdin:
        order = line.split()
        if order[0] == "quit":
            break
        if order[0] == "memory":
            answer(peak_memory())
        else:
            start = time.perf_counter_ns()
            for _ in range(int(order[1])):
                subject.step()
            answer(time.perf_counter_ns() - start)


def main():
    benchmark, phase, mode, *check = sys.argv[1:]
    if not check:
        serve(Subject(benchmark, phase, mode))
        return
    subject = Subject(benchmark, phase, mode, check[0])
    for _ in range(int(check[1])):
        found = subject.step()
        values = [found] if phase == "step" else found.flatten().tolist()
        answer(" ".join(map(repr, values)))


if __name__ == "__main__":
    main()
