"""The yardstick of `narrows train fit --network resnet:depth=20` on CIFAR-10: the same recipe in PyTorch.

python resnet20_recipe.py CIFAR_DIRECTORY EPOCHS SEED THREADS prints one line of JSON. CIFAR_DIRECTORY is what
Cifar10Binary writes. A tenth of the training images is held out, as `--held 0.1` does.

The recipe: batch 128, SGD with Nesterov momentum 0.9, rate 0.3 in one cycle (up in 30 % of the steps from 1/25, down to
1/250,000), decay 0.0005 of weights but not of biases and scales, random crops of images padded by 4, flips; values in
[0, 1] less the channels' means, divided by their deviations.
"""
import json
import sys
import time
from pathlib import Path

import torch
import torch.nn as nn
import torch.nn.functional as F

from train_throughput import resnet20

RECORD = 1 + 3 * 32 * 32
MEAN = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)
DEVIATION = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)


def read(files):
    bytes_ = torch.cat([torch.frombuffer(bytearray(f.read_bytes()), dtype=torch.uint8) for f in files]).view(-1, RECORD)
    return (bytes_[:, 1:].reshape(-1, 3, 32, 32).float() / 255 - MEAN) / DEVIATION, bytes_[:, 0].long()


def augmented(images):
    zero = (-MEAN / DEVIATION).expand(len(images), 3, 40, 40).clone()  # black
    zero[:, :, 4:36, 4:36] = images
    rows, columns, flips = torch.randint(0, 9, (len(images),)), torch.randint(0, 9, (len(images),)), torch.rand(len(images)) < 0.5
    out = torch.empty_like(images)
    for i in range(len(images)):
        cut = zero[i, :, rows[i]:rows[i] + 32, columns[i]:columns[i] + 32]
        out[i] = cut.flip(2) if flips[i] else cut
    return out


def right(model, images, labels):
    model.eval()
    with torch.no_grad():
        return sum(int((model(images[i:i + 500]).argmax(1) == labels[i:i + 500]).sum()) for i in range(0, len(images), 500))


def main(directory, epochs, seed, threads):
    torch.set_num_threads(threads)
    torch.manual_seed(seed)
    images, labels = read(sorted(Path(directory).glob("data_batch_*.bin")))
    test_images, test_labels = read([Path(directory) / "test_batch.bin"])
    held = torch.cat([(labels == c).nonzero().flatten()[torch.randperm(int((labels == c).sum()))[:int((labels == c).sum()) // 10]]
                      for c in range(10)])
    kept = torch.ones(len(labels), dtype=torch.bool)
    kept[held] = False
    held_images, held_labels, images, labels = images[held], labels[held], images[kept], labels[kept]
    model = resnet20().to(memory_format=torch.channels_last)
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
    groups = [{"params": [p for p in model.parameters() if p.dim() > 1], "weight_decay": 5e-4},
              {"params": [p for p in model.parameters() if p.dim() == 1], "weight_decay": 0}]
    steps = epochs * (len(labels) // 128)
    optimizer = torch.optim.SGD(groups, lr=0.3, momentum=0.9, nesterov=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.3, total_steps=steps + 1, cycle_momentum=False)
    start = time.time()
    for epoch in range(epochs):
        model.train()
        order = torch.randperm(len(labels))
        for i in range(0, len(labels) - 127, 128):
            batch = order[i:i + 128]
            loss = F.cross_entropy(model(augmented(images[batch]).to(memory_format=torch.channels_last)), labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
        print(f"epoch {epoch + 1}: loss {loss.item():.4f}, {time.time() - start:.0f} s", file=sys.stderr)
    print(json.dumps({
        "framework": "PyTorch " + torch.__version__, "seed": seed, "epochs": epochs, "threads": threads,
        "train_items": len(labels), "held_items": len(held_labels), "test_items": len(test_labels),
        "seconds": time.time() - start,
        "held_accuracy": right(model, held_images, held_labels) / len(held_labels),
        "test_accuracy": right(model, test_images, test_labels) / len(test_labels)}))


main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
