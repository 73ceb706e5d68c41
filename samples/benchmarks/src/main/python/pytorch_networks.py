"""The benchmarks' networks in PyTorch. Parameters have the names that the specifications in src/main/net give them."""

import torch
from torch import nn


class BasicBlock(nn.Module):
    def __init__(self, inplanes, planes, stride=1):
        super().__init__()
        self.conv1 = nn.Conv2d(inplanes, planes, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.conv2 = nn.Conv2d(planes, planes, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = None
        if stride != 1 or inplanes != planes:
            self.downsample = nn.Sequential()
            self.downsample.add_module("conv", nn.Conv2d(inplanes, planes, 1, stride, bias=False))
            self.downsample.add_module("bn", nn.BatchNorm2d(planes))

    def forward(self, x):
        way = x if self.downsample is None else self.downsample(x)
        y = self.relu(self.bn1(self.conv1(x)))
        return self.relu(self.bn2(self.conv2(y)) + way)


class ResNet18(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        inplanes = 64
        for stage, planes in enumerate((64, 128, 256, 512), 1):
            first = BasicBlock(inplanes, planes, 1 if stage == 1 else 2)
            self.add_module(f"layer{stage}", nn.Sequential(first, BasicBlock(planes, planes)))
            inplanes = planes
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(512, 1000)

    def forward(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        for stage in range(1, 5):
            x = getattr(self, f"layer{stage}")(x)
        return self.fc(self.pool(x).flatten(1))


class ConvNormActivation(nn.Sequential):
    def __init__(self, inputs, outputs, kernel_size=3, stride=1, groups=1):
        super().__init__()
        padding = (kernel_size - 1) // 2
        self.add_module("conv", nn.Conv2d(inputs, outputs, kernel_size, stride, padding, groups=groups, bias=False))
        self.add_module("norm", nn.BatchNorm2d(outputs))
        self.add_module("activation", nn.ReLU6(inplace=True))


class InvertedResidual(nn.Module):
    def __init__(self, inputs, outputs, stride, expand_ratio):
        super().__init__()
        hidden = inputs * expand_ratio
        self.expand = None if expand_ratio == 1 else ConvNormActivation(inputs, hidden, 1)
        self.filter = ConvNormActivation(hidden, hidden, stride=stride, groups=hidden)
        self.project = nn.Conv2d(hidden, outputs, 1, bias=False)
        self.norm = nn.BatchNorm2d(outputs)
        self.same = stride == 1 and inputs == outputs

    def forward(self, x):
        y = x if self.expand is None else self.expand(x)
        y = self.norm(self.project(self.filter(y)))
        return x + y if self.same else y


class Stage(nn.Module):
    def __init__(self, inputs, outputs, count, stride, expand_ratio=6):
        super().__init__()
        self.first = InvertedResidual(inputs, outputs, stride, expand_ratio)
        self.rest = nn.ModuleList(InvertedResidual(outputs, outputs, 1, expand_ratio) for _ in range(count - 1))

    def forward(self, x):
        x = self.first(x)
        for block in self.rest:
            x = block(x)
        return x


class MobileNetV2(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = ConvNormActivation(3, 32, stride=2)
        self.stage1 = Stage(32, 16, 1, 1, 1)
        self.stage2 = Stage(16, 24, 2, 2)
        self.stage3 = Stage(24, 32, 3, 2)
        self.stage4 = Stage(32, 64, 4, 2)
        self.stage5 = Stage(64, 96, 3, 1)
        self.stage6 = Stage(96, 160, 3, 2)
        self.stage7 = Stage(160, 320, 1, 1)
        self.last = ConvNormActivation(320, 1280, 1)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(1280, 1000)

    def forward(self, x):
        x = self.stem(x)
        for stage in range(1, 8):
            x = getattr(self, f"stage{stage}")(x)
        return self.fc(self.pool(self.last(x)).flatten(1))


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(1000, 128)
        self.position = nn.Parameter(torch.zeros(64, 128))
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(128, 4, 512, dropout=0.0, activation="gelu", batch_first=True, norm_first=True)
            for _ in range(4))
        self.norm = nn.LayerNorm(128)
        self.answer = nn.Linear(128, 10)

    def forward(self, token):
        x = self.embedding(token) + self.position
        for layer in self.layers:
            x = layer(x)
        return self.answer(self.norm(x).mean(1))


class Perceptron(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(784, 512)
        self.second = nn.Linear(512, 512)
        self.last = nn.Linear(512, 10)

    def forward(self, image):
        return self.last(torch.relu(self.second(torch.relu(self.first(image)))))


class Lstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(128, 128, num_layers=2, batch_first=True)
        self.answer = nn.Linear(128, 10)

    def forward(self, sequence):
        return self.answer(self.lstm(sequence)[0][:, -1])
