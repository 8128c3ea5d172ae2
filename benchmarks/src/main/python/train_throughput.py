"""The yardstick of TrainThroughput: the same three networks, the same step, in PyTorch.

Reads lines "network precision threads seconds" and answers each with "parameters images_per_second".
"""
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F


class LeNet(nn.Sequential):
    def __init__(self):
        super().__init__(
            nn.Conv2d(3, 6, 5), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10))


def conv_bn(channels, out, kernel=3, stride=1, groups=1):
    return nn.Sequential(
        nn.Conv2d(channels, out, kernel, stride, kernel // 2, groups=groups, bias=False), nn.BatchNorm2d(out))


class Residual(nn.Module):
    def __init__(self, channels, out, stride):
        super().__init__()
        self.first = conv_bn(channels, out, 3, stride)
        self.second = conv_bn(out, out)
        same = stride == 1 and channels == out
        self.shortcut = nn.Identity() if same else conv_bn(channels, out, 1, stride)

    def forward(self, x):
        return F.relu(self.second(F.relu(self.first(x))) + self.shortcut(x))


def resnet20():
    layers = [conv_bn(3, 16), nn.ReLU()]
    channels = 16
    for stage, out in enumerate((16, 32, 64)):
        for block in range(3):
            layers.append(Residual(channels, out, 2 if stage > 0 and block == 0 else 1))
            channels = out
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


class Inverted(nn.Module):
    def __init__(self, channels, out, stride, expansion):
        super().__init__()
        wide = channels * expansion
        layers = [] if expansion == 1 else [conv_bn(channels, wide, 1), nn.ReLU6()]
        layers += [conv_bn(wide, wide, 3, stride, wide), nn.ReLU6(), conv_bn(wide, out, 1)]
        self.body = nn.Sequential(*layers)
        self.residual = stride == 1 and channels == out

    def forward(self, x):
        return x + self.body(x) if self.residual else self.body(x)


def mobilenet():
    layers = [conv_bn(3, 32), nn.ReLU6()]
    channels = 32
    for expansion, out, blocks, stride in (
            (1, 16, 1, 1), (6, 24, 2, 1), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)):
        for block in range(blocks):
            layers.append(Inverted(channels, out, stride if block == 0 else 1, expansion))
            channels = out
    layers += [conv_bn(channels, 1280, 1), nn.ReLU6(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1280, 10)]
    return nn.Sequential(*layers)


NETWORKS = {"lenet": LeNet, "resnet:depth=20": resnet20, "mobilenet": mobilenet}


def measure(name, precision, threads, seconds):
    torch.manual_seed(1)
    torch.set_num_threads(threads)
    network = NETWORKS[name]()
    images = torch.randn(64, 3, 32, 32)
    labels = torch.arange(64) % 10
    if precision.endswith("-last"):  # channels last
        network = network.to(memory_format=torch.channels_last)
        images = images.contiguous(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(network.parameters(), 0.01, momentum=0.9)
    mixed = precision.startswith("bfloat16")

    def step():
        optimizer.zero_grad()
        with torch.autocast("cpu", torch.bfloat16, enabled=mixed):
            loss = F.cross_entropy(network(images), labels)
        loss.backward()
        optimizer.step()

    for _ in range(3):
        step()
    steps, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        step()
        steps += 1
    rate = 64 * steps / (time.perf_counter() - start)
    return f"{sum(p.numel() for p in network.parameters())} {rate:.1f}"


if __name__ == "__main__":
    print(f"PyTorch {torch.__version__}", flush=True)
    for line in sys.stdin:
        name, precision, threads, seconds = line.split()
        print(measure(name, precision, int(threads), float(seconds)), flush=True)
