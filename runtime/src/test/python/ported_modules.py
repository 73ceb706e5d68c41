"""Modules as users of PyTorch write them, whose ports are generator/src/golden/ports/*.net, under the same names."""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F


class SqueezeExcitation(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, padding=1)
        self.fc1 = nn.Linear(8, 4, bias=False)
        self.fc2 = nn.Linear(4, 8, bias=False)
        self.head = nn.Linear(8, 5)

    def forward(self, x):
        x = F.relu(self.stem(x))
        b, c, _, _ = x.size()
        y = F.adaptive_avg_pool2d(x, 1).view(b, c)
        y = torch.sigmoid(self.fc2(F.relu(self.fc1(y)))).view(b, c, 1, 1)
        x = x * y.expand_as(x)
        return self.head(x.mean([2, 3]))


class ChannelAttention(nn.Module):
    def __init__(self, channels, reduction):
        super().__init__()
        self.fc = nn.Sequential(
            nn.Conv2d(channels, channels // reduction, 1, bias=False),
            nn.ReLU(),
            nn.Conv2d(channels // reduction, channels, 1, bias=False),
        )

    def forward(self, x):
        average = self.fc(F.adaptive_avg_pool2d(x, 1))
        largest = self.fc(F.adaptive_max_pool2d(x, 1))
        return torch.sigmoid(average + largest)


class SpatialAttention(nn.Module):
    def __init__(self, kernel_size):
        super().__init__()
        self.conv1 = nn.Conv2d(2, 1, kernel_size, padding=kernel_size // 2, bias=False)

    def forward(self, x):
        average = torch.mean(x, dim=1, keepdim=True)
        largest, _ = torch.max(x, dim=1, keepdim=True)
        return torch.sigmoid(self.conv1(torch.cat([average, largest], dim=1)))


class Cbam(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(2, 8, 3)
        self.bn = nn.BatchNorm2d(8)
        self.ca = ChannelAttention(8, 4)
        self.sa = SpatialAttention(3)
        self.head = nn.Conv2d(8, 1, 1)

    def forward(self, x):
        x = F.leaky_relu(self.bn(self.conv(x)), 0.1)
        x = self.ca(x) * x
        x = self.sa(x) * x
        return self.head(x)


class InvertedResidual(nn.Module):
    def __init__(self, inp, oup, stride, expand_ratio):
        super().__init__()
        hidden_dim = int(round(inp * expand_ratio))
        self.use_res_connect = stride == 1 and inp == oup
        self.conv = nn.Sequential(
            nn.Conv2d(inp, hidden_dim, 1, bias=False),
            nn.BatchNorm2d(hidden_dim),
            nn.ReLU6(inplace=True),
            nn.Conv2d(hidden_dim, hidden_dim, 3, stride, 1, groups=hidden_dim, bias=False),
            nn.BatchNorm2d(hidden_dim),
            nn.ReLU6(inplace=True),
            nn.Conv2d(hidden_dim, oup, 1, bias=False),
            nn.BatchNorm2d(oup),
        )

    def forward(self, x):
        return x + self.conv(x) if self.use_res_connect else self.conv(x)


class MobileNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 6, 3, 2, 1), InvertedResidual(6, 6, 1, 2), InvertedResidual(6, 4, 2, 1.5)
        )
        self.classifier = nn.Linear(4, 3)

    def forward(self, x):
        return self.classifier(self.features(x).mean((2, 3)))


class GatedConv(nn.Module):
    def __init__(self, in_channels, out_channels):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, 2 * out_channels, 3, padding=1, padding_mode="reflect")
        self.norm = nn.InstanceNorm2d(out_channels, affine=True)

    def forward(self, x):
        feature, gate = torch.chunk(self.conv(x), 2, dim=1)
        return self.norm(F.elu(feature) * torch.sigmoid(gate))


class Inpainting(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = GatedConv(4, 6)
        self.second = GatedConv(6, 6)
        self.last = nn.Conv2d(6, 3, 1)

    def forward(self, image, mask):
        x = torch.cat([image * (1 - mask), mask], dim=1)
        y = torch.tanh(self.last(self.second(self.first(x))))
        return mask * y + (1 - mask) * image


class WaveNetBlock(nn.Module):
    def __init__(self, channels, dilation):
        super().__init__()
        self.dilation = dilation
        self.filter = nn.Conv1d(channels, channels, 2, dilation=dilation)
        self.gate = nn.Conv1d(channels, channels, 2, dilation=dilation)
        self.res = nn.Conv1d(channels, channels, 1)
        self.skip = nn.Conv1d(channels, 2 * channels, 1)

    def forward(self, x):
        padded = F.pad(x, (self.dilation, 0))
        z = torch.tanh(self.filter(padded)) * torch.sigmoid(self.gate(padded))
        return self.res(z) + x, self.skip(z)


class WaveNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.start = nn.Conv1d(1, 4, 1)
        self.blocks = nn.ModuleList([WaveNetBlock(4, 2**i) for i in range(3)])
        self.end = nn.Conv1d(8, 5, 1)

    def forward(self, x):
        x = self.start(x)
        total = 0
        for block in self.blocks:
            x, skip = block(x)
            total = total + skip
        return self.end(F.relu(total))


class Chomp1d(nn.Module):
    def __init__(self, chomp_size):
        super().__init__()
        self.chomp_size = chomp_size

    def forward(self, x):
        return x[:, :, : -self.chomp_size].contiguous()


class TemporalBlock(nn.Module):
    def __init__(self, n_inputs, n_outputs, kernel_size, dilation):
        super().__init__()
        padding = (kernel_size - 1) * dilation
        self.conv1 = nn.Conv1d(n_inputs, n_outputs, kernel_size, padding=padding, dilation=dilation)
        self.conv2 = nn.Conv1d(n_outputs, n_outputs, kernel_size, padding=padding, dilation=dilation)
        self.net = nn.Sequential(
            self.conv1, Chomp1d(padding), nn.ReLU(), nn.Dropout(0.0), self.conv2, Chomp1d(padding), nn.ReLU()
        )
        self.downsample = nn.Conv1d(n_inputs, n_outputs, 1) if n_inputs != n_outputs else None

    def forward(self, x):
        out = self.net(x)
        res = x if self.downsample is None else self.downsample(x)
        return F.relu(out + res)


class Tcn(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.Sequential(TemporalBlock(2, 5, 3, 1), TemporalBlock(5, 5, 3, 2), TemporalBlock(5, 4, 3, 4))
        self.linear = nn.Linear(4, 1)

    def forward(self, x):
        return self.linear(self.blocks(x)[:, :, -1])


class GruClassifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(11, 6, padding_idx=0)
        self.gru = nn.GRU(6, 5, num_layers=2, batch_first=True, bidirectional=True)
        self.fc = nn.Linear(10, 3)

    def forward(self, text):
        _, hidden = self.gru(self.embedding(text))
        return self.fc(torch.cat((hidden[-2], hidden[-1]), dim=1))


class Seq2Seq(nn.Module):
    def __init__(self):
        super().__init__()
        self.source = nn.Embedding(9, 6)
        self.target_words = nn.Embedding(7, 6)
        self.encoder = nn.LSTM(6, 8, batch_first=True)
        self.decoder = nn.LSTM(6, 8, batch_first=True)
        self.attn = nn.Linear(8, 8, bias=False)
        self.concat = nn.Linear(16, 8)
        self.out = nn.Linear(8, 7)

    def forward(self, src, trg):
        memory, state = self.encoder(self.source(src))
        hidden, _ = self.decoder(self.target_words(trg), state)
        energy = torch.bmm(hidden, self.attn(memory).transpose(1, 2))
        energy = energy.masked_fill((src == 0).unsqueeze(1), -1e9)
        context = torch.bmm(F.softmax(energy, dim=-1), memory)
        joined = torch.tanh(self.concat(torch.cat((hidden, context), dim=2)))
        return self.out(joined).permute(0, 2, 1)


class Triplet(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            nn.Conv2d(1, 4, 3), nn.PReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(36, 6)
        )

    def embed(self, x):
        return F.normalize(self.net(x), p=2, dim=1)

    def forward(self, anchor, positive, negative):
        return self.embed(anchor), self.embed(positive), self.embed(negative)


class Vae(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(12, 8)
        self.fc21 = nn.Linear(8, 3)
        self.fc22 = nn.Linear(8, 3)
        self.fc3 = nn.Linear(3, 8)
        self.fc4 = nn.Linear(8, 12)

    def forward(self, x, noise):
        h = F.relu(self.fc1(x.view(-1, 12)))
        mu, logvar = self.fc21(h), self.fc22(h)
        std = torch.exp(0.5 * logvar)
        z = mu + noise * std
        return torch.sigmoid(self.fc4(F.relu(self.fc3(z)))), mu, logvar


class AttentionGate(nn.Module):
    def __init__(self, F_g, F_l, F_int):
        super().__init__()
        self.W_g = nn.Sequential(nn.Conv2d(F_g, F_int, 1), nn.BatchNorm2d(F_int))
        self.W_x = nn.Sequential(nn.Conv2d(F_l, F_int, 1), nn.BatchNorm2d(F_int))
        self.psi = nn.Sequential(nn.Conv2d(F_int, 1, 1), nn.BatchNorm2d(1), nn.Sigmoid())

    def forward(self, g, x):
        return x * self.psi(F.relu(self.W_g(g) + self.W_x(x)))


class AttentionUNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.down1 = nn.Conv2d(1, 4, 3, padding=1)
        self.down2 = nn.Conv2d(4, 8, 3, padding=1)
        self.up = nn.ConvTranspose2d(8, 4, 2, stride=2)
        self.att = AttentionGate(4, 4, 2)
        self.conv = nn.Conv2d(8, 4, 3, padding=1)
        self.out = nn.Conv2d(4, 1, 1)

    def forward(self, x):
        x1 = F.relu(self.down1(x))
        x2 = F.relu(self.down2(F.max_pool2d(x1, 2)))
        d = self.up(x2)
        d = F.relu(self.conv(torch.cat((self.att(d, x1), d), dim=1)))
        return self.out(d)


class Expert(nn.Module):
    def __init__(self, size, hidden):
        super().__init__()
        self.fc1 = nn.Linear(size, hidden)
        self.fc2 = nn.Linear(hidden, size)

    def forward(self, x):
        return self.fc2(F.gelu(self.fc1(x)))


class MixtureOfExperts(nn.Module):
    def __init__(self):
        super().__init__()
        self.experts = nn.ModuleList([Expert(6, 9) for _ in range(4)])
        self.gate = nn.Linear(6, 4)
        self.norm = nn.LayerNorm(6)

    def forward(self, x):
        weights = F.softmax(self.gate(x), dim=-1)
        outputs = torch.stack([expert(x) for expert in self.experts], dim=1)
        return self.norm(x + (weights.unsqueeze(-1) * outputs).sum(dim=1))


class FiLM(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(2, 6, 3, padding=1)
        self.bn = nn.BatchNorm2d(6, affine=False)
        self.film = nn.Linear(4, 12)
        self.out = nn.Linear(6, 2)

    def forward(self, image, condition):
        gamma, beta = self.film(condition).chunk(2, dim=1)
        x = self.bn(self.conv(image))
        x = (1 + gamma)[:, :, None, None] * x + beta[:, :, None, None]
        return self.out(F.silu(x).amax(dim=(2, 3)))


class ModulatedConv(nn.Module):
    """The convolution of StyleGAN2, whose weights differ from sample to sample."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(5, 4, 3, 3))
        self.style = nn.Linear(6, 4)
        self.bias = nn.Parameter(torch.zeros(5))
        self.noise_strength = nn.Parameter(torch.full((1,), 0.1))

    def forward(self, x, w, noise):
        b, c, h, width = x.shape
        s = self.style(w) + 1
        weight = self.weight[None] * s[:, None, :, None, None]
        demod = torch.rsqrt(weight.pow(2).sum(dim=(2, 3, 4)) + 1e-8)
        weight = weight * demod[:, :, None, None, None]
        y = F.conv2d(x.reshape(1, b * c, h, width), weight.view(b * 5, 4, 3, 3), padding=1, groups=b)
        y = y.view(b, 5, h, width) + self.noise_strength * noise + self.bias.view(1, -1, 1, 1)
        return F.leaky_relu(y, 0.2) * math.sqrt(2)


class Espcn(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 4, 3, padding=1)
        self.conv3 = nn.Conv2d(4, 4, 3, padding=1)
        self.pixel_shuffle = nn.PixelShuffle(2)

    def forward(self, x):
        y = torch.tanh(self.conv2(torch.tanh(self.conv1(x))))
        y = self.pixel_shuffle(self.conv3(y))
        return y + F.interpolate(x, scale_factor=2, mode="bicubic", align_corners=False)


class ConvLSTMCell(nn.Module):
    def __init__(self, input_dim, hidden_dim):
        super().__init__()
        self.conv = nn.Conv2d(input_dim + hidden_dim, 4 * hidden_dim, 3, padding=1)

    def forward(self, x, h, c):
        i, f, o, g = torch.split(self.conv(torch.cat([x, h], dim=1)), h.size(1), dim=1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(c), c


class ConvLSTM(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell = ConvLSTMCell(2, 3)
        self.head = nn.Conv2d(3, 1, 1)

    def forward(self, frames):
        h = c = frames.new_zeros(frames.size(0), 3, 4, 4)
        for t in range(frames.size(1)):
            h, c = self.cell(frames[:, t], h, c)
        return self.head(h)


class DeepSets(nn.Module):
    def __init__(self):
        super().__init__()
        self.phi = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 6))
        self.rho = nn.Sequential(nn.Linear(6, 5), nn.ELU(), nn.Linear(5, 1))

    def forward(self, x):
        return self.rho(self.phi(x).sum(dim=1))


class TNet(nn.Module):
    def __init__(self, k):
        super().__init__()
        self.k = k
        self.conv = nn.Conv1d(k, 6, 1)
        self.bn = nn.BatchNorm1d(6)
        self.fc = nn.Linear(6, k * k)

    def forward(self, x):
        y = F.relu(self.bn(self.conv(x)))
        y = torch.max(y, 2)[0]
        identity = torch.eye(self.k, dtype=x.dtype).flatten()
        return (self.fc(y) + identity).view(-1, self.k, self.k)


class PointNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.stn = TNet(3)
        self.conv1 = nn.Conv1d(3, 8, 1)
        self.bn1 = nn.BatchNorm1d(8)
        self.fc = nn.Linear(8, 4)

    def forward(self, points):
        trans = self.stn(points)
        x = torch.bmm(points.transpose(2, 1), trans).transpose(2, 1)
        x = F.relu(self.bn1(self.conv1(x)))
        return F.log_softmax(self.fc(torch.max(x, 2, keepdim=True)[0].view(-1, 8)), dim=1)


class NeRF(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer1 = nn.Linear(15, 10)
        self.layer2 = nn.Linear(10, 10)
        self.layer3 = nn.Linear(25, 10)
        self.sigma = nn.Linear(10, 1)
        self.rgb = nn.Linear(10 + 3, 3)

    def encode(self, x):
        parts = [x]
        for i in range(2):
            parts += [torch.sin(2.0**i * math.pi * x), torch.cos(2.0**i * math.pi * x)]
        return torch.cat(parts, -1)

    def forward(self, position, direction):
        p = self.encode(position)
        h = F.relu(self.layer2(F.relu(self.layer1(p))))
        h = F.relu(self.layer3(torch.cat([p, h], dim=-1)))
        sigma = F.softplus(self.sigma(h))
        rgb = torch.sigmoid(self.rgb(torch.cat([h, direction], dim=-1)))
        alpha = 1 - torch.exp(-sigma * 0.1)
        return (alpha * rgb).sum(dim=1)


class MixerLayer(nn.Module):
    def __init__(self, tokens, channels):
        super().__init__()
        self.norm1 = nn.LayerNorm(channels)
        self.token = nn.Sequential(nn.Linear(tokens, 7), nn.GELU(approximate="tanh"), nn.Linear(7, tokens))
        self.norm2 = nn.LayerNorm(channels)
        self.channel = nn.Sequential(nn.Linear(channels, 9), nn.GELU(), nn.Linear(9, channels))

    def forward(self, x):
        x = x + self.token(self.norm1(x).transpose(1, 2)).transpose(1, 2)
        return x + self.channel(self.norm2(x))


class Mixer(nn.Module):
    def __init__(self):
        super().__init__()
        self.patch = nn.Conv2d(3, 6, 4, stride=4)
        self.layers = nn.Sequential(*[MixerLayer(4, 6) for _ in range(2)])
        self.head = nn.Linear(6, 3)

    def forward(self, x):
        x = self.patch(x).flatten(2).transpose(1, 2)
        return self.head(self.layers(x).mean(1))


class SEResNeXtBlock(nn.Module):
    def __init__(self, channels, groups):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, groups=groups, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.conv3 = nn.Conv2d(channels, channels, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(channels)
        self.se = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Conv2d(channels, 2, 1), nn.ReLU(), nn.Conv2d(2, channels, 1), nn.Sigmoid()
        )

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = F.relu(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        return F.relu(y * self.se(y) + x)


class SEResNeXt(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(1, 8, 3, padding=1)
        self.layer1 = nn.Sequential(SEResNeXtBlock(8, 4), SEResNeXtBlock(8, 2))
        self.fc = nn.Linear(8, 4)

    def forward(self, x):
        x = F.max_pool2d(self.stem(x), 3, 2, 1)
        return self.fc(torch.flatten(F.adaptive_avg_pool2d(self.layer1(x), (1, 1)), 1))


def channel_shuffle(x, groups):
    b, c, h, w = x.size()
    return x.view(b, groups, c // groups, h, w).transpose(1, 2).contiguous().view(b, -1, h, w)


class ShuffleUnit(nn.Module):
    def __init__(self, inp, oup, stride):
        super().__init__()
        self.stride = stride
        branch = oup // 2
        self.branch1 = nn.Sequential()
        if stride > 1:
            self.branch1 = nn.Sequential(
                nn.Conv2d(inp, inp, 3, stride, 1, groups=inp, bias=False),
                nn.BatchNorm2d(inp),
                nn.Conv2d(inp, branch, 1, bias=False),
                nn.BatchNorm2d(branch),
                nn.ReLU(inplace=True),
            )
        self.branch2 = nn.Sequential(
            nn.Conv2d(inp if stride > 1 else branch, branch, 1, bias=False),
            nn.BatchNorm2d(branch),
            nn.ReLU(inplace=True),
            nn.Conv2d(branch, branch, 3, stride, 1, groups=branch, bias=False),
            nn.BatchNorm2d(branch),
        )

    def forward(self, x):
        if self.stride == 1:
            x1, x2 = x.chunk(2, dim=1)
            out = torch.cat((x1, self.branch2(x2)), dim=1)
        else:
            out = torch.cat((self.branch1(x), self.branch2(x)), dim=1)
        return channel_shuffle(out, 2)


class ShuffleNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.stage = nn.Sequential(ShuffleUnit(4, 8, 2), ShuffleUnit(8, 8, 1))
        self.fc = nn.Linear(8, 3)

    def forward(self, x):
        return self.fc(self.stage(x).mean([2, 3]))


class GhostModule(nn.Module):
    def __init__(self, inp, oup, ratio=2):
        super().__init__()
        self.oup = oup
        init_channels = math.ceil(oup / ratio)
        new_channels = init_channels * (ratio - 1)
        self.primary_conv = nn.Sequential(
            nn.Conv2d(inp, init_channels, 1, bias=False), nn.BatchNorm2d(init_channels), nn.ReLU(inplace=True)
        )
        self.cheap_operation = nn.Sequential(
            nn.Conv2d(init_channels, new_channels, 3, 1, 1, groups=init_channels, bias=False),
            nn.BatchNorm2d(new_channels),
            nn.ReLU(inplace=True),
        )

    def forward(self, x):
        x1 = self.primary_conv(x)
        x2 = self.cheap_operation(x1)
        return torch.cat([x1, x2], dim=1)[:, : self.oup, :, :]


class GhostNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.ghost1 = GhostModule(3, 7)
        self.ghost2 = GhostModule(7, 4)

    def forward(self, x):
        return F.avg_pool2d(self.ghost2(self.ghost1(x)), 2)


class Fpn(nn.Module):
    def __init__(self):
        super().__init__()
        self.c2 = nn.Conv2d(3, 4, 3, 2, 1)
        self.c3 = nn.Conv2d(4, 6, 3, 2, 1)
        self.c4 = nn.Conv2d(6, 8, 3, 2, 1)
        self.lateral = nn.ModuleList([nn.Conv2d(c, 5, 1) for c in (4, 6, 8)])
        self.smooth = nn.ModuleList([nn.Conv2d(5, 5, 3, padding=1) for _ in range(2)])

    def forward(self, x):
        c2 = F.relu(self.c2(x))
        c3 = F.relu(self.c3(c2))
        c4 = F.relu(self.c4(c3))
        p4 = self.lateral[2](c4)
        p3 = F.interpolate(p4, size=c3.shape[-2:], mode="nearest") + self.lateral[1](c3)
        p2 = F.interpolate(p3, size=c2.shape[-2:], mode="nearest") + self.lateral[0](c2)
        return p4, self.smooth[0](p2), self.smooth[1](p3)


class Aspp(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(4, 3, 1)
        self.conv2 = nn.Conv2d(4, 3, 3, padding=2, dilation=2)
        self.conv3 = nn.Conv2d(4, 3, 3, padding=3, dilation=3)
        self.pool = nn.Conv2d(4, 3, 1)
        self.project = nn.Conv2d(12, 2, 1, bias=False)

    def forward(self, x):
        pooled = F.interpolate(
            self.pool(F.adaptive_avg_pool2d(x, 1)), size=x.shape[2:], mode="bilinear", align_corners=False
        )
        joined = torch.cat([self.conv1(x), self.conv2(x), self.conv3(x), pooled], dim=1)
        return F.interpolate(self.project(F.relu(joined)), scale_factor=2, mode="bilinear", align_corners=True)


class RMSNorm(nn.Module):
    def __init__(self, dim, eps=1e-6):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(dim))

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps) * self.weight


def rotate_half(x):
    x1, x2 = x[..., : x.shape[-1] // 2], x[..., x.shape[-1] // 2 :]
    return torch.cat((-x2, x1), dim=-1)


class RotaryAttention(nn.Module):
    def __init__(self, dim, heads, tokens):
        super().__init__()
        self.heads = heads
        self.wq = nn.Linear(dim, dim, bias=False)
        self.wk = nn.Linear(dim, dim, bias=False)
        self.wv = nn.Linear(dim, dim, bias=False)
        self.wo = nn.Linear(dim, dim, bias=False)
        head = dim // heads
        inv_freq = 1.0 / (10000 ** (torch.arange(0, head, 2).double() / head))
        freqs = torch.outer(torch.arange(tokens).double(), inv_freq)
        emb = torch.cat((freqs, freqs), dim=-1)
        self.register_buffer("cos", emb.cos(), persistent=False)
        self.register_buffer("sin", emb.sin(), persistent=False)

    def forward(self, x):
        b, t, c = x.shape
        q = self.wq(x).view(b, t, self.heads, -1).transpose(1, 2)
        k = self.wk(x).view(b, t, self.heads, -1).transpose(1, 2)
        v = self.wv(x).view(b, t, self.heads, -1).transpose(1, 2)
        q = q * self.cos + rotate_half(q) * self.sin
        k = k * self.cos + rotate_half(k) * self.sin
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.wo(y.transpose(1, 2).contiguous().view(b, t, c))


class SwiGLU(nn.Module):
    def __init__(self, dim, hidden):
        super().__init__()
        self.w1 = nn.Linear(dim, hidden, bias=False)
        self.w2 = nn.Linear(hidden, dim, bias=False)
        self.w3 = nn.Linear(dim, hidden, bias=False)

    def forward(self, x):
        return self.w2(F.silu(self.w1(x)) * self.w3(x))


class LlamaBlock(nn.Module):
    def __init__(self, dim, heads, tokens):
        super().__init__()
        self.attention_norm = RMSNorm(dim)
        self.attention = RotaryAttention(dim, heads, tokens)
        self.ffn_norm = RMSNorm(dim)
        self.feed_forward = SwiGLU(dim, 12)

    def forward(self, x):
        h = x + self.attention(self.attention_norm(x))
        return h + self.feed_forward(self.ffn_norm(h))


class Llama(nn.Module):
    def __init__(self):
        super().__init__()
        self.tok_embeddings = nn.Embedding(11, 8)
        self.layers = nn.ModuleList([LlamaBlock(8, 2, 6) for _ in range(2)])
        self.norm = RMSNorm(8)
        self.output = nn.Linear(8, 11, bias=False)
        self.output.weight = self.tok_embeddings.weight

    def forward(self, tokens):
        h = self.tok_embeddings(tokens)
        for layer in self.layers:
            h = layer(h)
        return self.output(self.norm(h)).transpose(1, 2)


class RelativeAttention(nn.Module):
    def __init__(self):
        super().__init__()
        self.heads, tokens = 2, 5
        self.qkv = nn.Linear(8, 24)
        self.proj = nn.Linear(8, 8)
        self.relative_bias = nn.Parameter(torch.zeros(2 * tokens - 1, self.heads))
        places = torch.arange(tokens)
        self.register_buffer("index", places[:, None] - places[None, :] + tokens - 1)
        self.tau = nn.Parameter(torch.ones(self.heads, 1, 1))

    def forward(self, x):
        B, N, C = x.shape
        qkv = self.qkv(x).reshape(B, N, 3, self.heads, C // self.heads).permute(2, 0, 3, 1, 4)
        q, k, v = qkv.unbind(0)
        attn = F.normalize(q, dim=-1) @ F.normalize(k, dim=-1).transpose(-2, -1)
        attn = attn / self.tau.clamp(min=0.01)
        bias = self.relative_bias[self.index.view(-1)].view(N, N, -1).permute(2, 0, 1)
        attn = (attn + bias.unsqueeze(0)).softmax(dim=-1)
        return self.proj((attn @ v).transpose(1, 2).reshape(B, N, C))


class SpectralConv1d(nn.Module):
    """A Fourier layer of few modes, as products with cosines and sines."""

    def __init__(self, in_channels, out_channels, modes, size):
        super().__init__()
        self.real = nn.Parameter(torch.rand(in_channels, out_channels, modes))
        self.imag = nn.Parameter(torch.rand(in_channels, out_channels, modes))
        phase = 2 * math.pi * torch.outer(torch.arange(modes).double(), torch.arange(size).double()) / size
        self.register_buffer("cosines", torch.cos(phase), persistent=False)
        self.register_buffer("sines", torch.sin(phase), persistent=False)
        self.size = size

    def forward(self, x):
        re = torch.einsum("bcn,kn->bck", x, self.cosines)
        im = -torch.einsum("bcn,kn->bck", x, self.sines)
        out_re = torch.einsum("bik,iok->bok", re, self.real) - torch.einsum("bik,iok->bok", im, self.imag)
        out_im = torch.einsum("bik,iok->bok", re, self.imag) + torch.einsum("bik,iok->bok", im, self.real)
        y = torch.einsum("bok,kn->bon", out_re, self.cosines) - torch.einsum("bok,kn->bon", out_im, self.sines)
        return y / self.size


class Fno(nn.Module):
    def __init__(self):
        super().__init__()
        self.lift = nn.Conv1d(2, 4, 1)
        self.conv0 = SpectralConv1d(4, 4, 3, 8)
        self.w0 = nn.Conv1d(4, 4, 1)
        self.project = nn.Conv1d(4, 1, 1)

    def forward(self, x):
        x = self.lift(x)
        x = F.gelu(self.conv0(x) + self.w0(x))
        return self.project(x)


class TextTransformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(13, 8, padding_idx=0)
        self.cls = nn.Parameter(torch.zeros(1, 1, 8))
        self.pos = nn.Parameter(torch.zeros(1, 7, 8))
        layer = nn.TransformerEncoderLayer(8, 2, 12, dropout=0.0, batch_first=True, norm_first=True)
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.head = nn.Linear(8, 3)

    def forward(self, tokens, padding):
        x = self.embed(tokens)
        x = torch.cat([self.cls.expand(x.size(0), -1, -1), x], dim=1) + self.pos
        x = self.encoder(x, src_key_padding_mask=padding > 0)
        return self.head(x[:, 0])


class MaskedPooling(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(9, 6)
        self.attn = nn.MultiheadAttention(6, 2, batch_first=True)
        self.fc = nn.Linear(6, 2)

    def forward(self, tokens):
        mask = tokens == 0
        x = self.embed(tokens)
        x = x + self.attn(x, x, x, key_padding_mask=mask, need_weights=False)[0]
        keep = (~mask).unsqueeze(-1)
        return self.fc((x * keep).sum(dim=1) / keep.sum(dim=1).clamp(min=1))


class LinearAttention(nn.Module):
    def __init__(self):
        super().__init__()
        self.to_q = nn.Linear(6, 6)
        self.to_kv = nn.Linear(6, 12)
        self.out = nn.Linear(6, 6)

    def forward(self, x):
        q = F.elu(self.to_q(x)) + 1
        k, v = self.to_kv(x).chunk(2, dim=-1)
        k = F.elu(k) + 1
        q, k, v = (t.view(x.shape[0], x.shape[1], 2, 3) for t in (q, k, v))
        kv = torch.einsum("bnhd,bnhm->bhmd", k, v)
        z = 1 / (torch.einsum("bnhd,bhd->bnh", q, k.sum(dim=1)) + 1e-6)
        y = torch.einsum("bnhd,bhmd,bnh->bnhm", q, kv, z)
        return self.out(y.reshape(x.shape[0], x.shape[1], -1))


class Gcn(nn.Module):
    def __init__(self):
        super().__init__()
        self.w1 = nn.Linear(4, 6, bias=False)
        self.b1 = nn.Parameter(torch.zeros(6))
        self.w2 = nn.Linear(6, 3)

    def forward(self, x, adj):
        adj = adj + torch.eye(5, dtype=adj.dtype)
        degree = adj.sum(dim=-1)
        d = degree.pow(-0.5)
        adj = d.unsqueeze(-1) * adj * d.unsqueeze(-2)
        h = F.relu(adj @ self.w1(x) + self.b1)
        return torch.matmul(adj, self.w2(h))


class Highway(nn.Module):
    def __init__(self):
        super().__init__()
        self.transform = nn.ModuleList([nn.Linear(5, 5) for _ in range(2)])
        self.gate = nn.ModuleList([nn.Linear(5, 5) for _ in range(2)])
        self.out = nn.Linear(5, 1)
        self.scale = nn.Parameter(torch.ones(1))

    def forward(self, x):
        for h, t in zip(self.transform, self.gate):
            g = torch.sigmoid(t(x) - 2)
            x = g * F.relu(h(x)) + (1 - g) * x
        return self.scale * self.out(x)


class Dlrm(nn.Module):
    def __init__(self):
        super().__init__()
        self.bottom = nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 5), nn.ReLU())
        self.emb = nn.ModuleList([nn.Embedding(n, 5) for n in (3, 7)])
        self.top = nn.Sequential(nn.Linear(8, 4), nn.ReLU(), nn.Linear(4, 1))

    def forward(self, dense, country, device):
        x = self.bottom(dense)
        t = torch.stack([x, self.emb[0](country), self.emb[1](device)], dim=1)
        z = torch.bmm(t, t.transpose(1, 2))
        li, lj = torch.tril_indices(3, 3, offset=-1)
        flat = z[:, li, lj]
        return self.top(torch.cat([x, flat], dim=1)).squeeze(1)


class SequenceAutoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.LSTM(3, 5, batch_first=True)
        self.decoder = nn.LSTM(5, 5, batch_first=True)
        self.out = nn.Linear(5, 3)

    def forward(self, x):
        _, (h, _) = self.encoder(x)
        repeated = h[-1].unsqueeze(1).expand(-1, x.size(1), -1)
        y, _ = self.decoder(repeated)
        return self.out(y)
