"""Trains a tiny x2 upscaler in the layout of BasicSR's RRDBNet (as RealESRGAN_x2plus).

    python train_upscaler.py --folder runs/x2 --steps 3000 --out models/ESRGAN/tiny-x2.safetensors
"""

import argparse
import random

import torch
from torch import nn
from torch.nn import functional as F

from engine import Plan, Trainer
from files import load_average, load_state, save_tensors
from scenes import load_heldout
from train_vae import SIZES, decibels, picture_loss, sample_pictures

FEATURES, GROWTH, BLOCKS = 24, 12, 2
BATCH = 4


class DenseBlock(nn.Module):
    def __init__(self):
        super().__init__()
        for index in range(5):
            outputs = FEATURES if index == 4 else GROWTH
            layer = nn.Conv2d(FEATURES + index * GROWTH, outputs, 3, padding=1)
            with torch.no_grad():
                layer.weight.mul_(0.3)
            self.add_module(f"conv{index + 1}", layer)

    def forward(self, x):
        seen = [x]
        for layer in (self.conv1, self.conv2, self.conv3, self.conv4):
            seen.append(F.leaky_relu(layer(torch.cat(seen, 1)), 0.2))
        return x + 0.2 * self.conv5(torch.cat(seen, 1))


class ResidualBlock(nn.Module):
    def __init__(self):
        super().__init__()
        self.rdb1, self.rdb2, self.rdb3 = DenseBlock(), DenseBlock(), DenseBlock()

    def forward(self, x):
        return x + 0.2 * self.rdb3(self.rdb2(self.rdb1(x)))


class Upscaler(nn.Module):
    """Folds 2x2 pixels into channels, works there, and enlarges four times."""

    def __init__(self):
        super().__init__()
        self.conv_first = nn.Conv2d(12, FEATURES, 3, padding=1)
        self.body = nn.ModuleList(ResidualBlock() for _ in range(BLOCKS))
        self.conv_body = nn.Conv2d(FEATURES, FEATURES, 3, padding=1)
        self.conv_up1 = nn.Conv2d(FEATURES, FEATURES, 3, padding=1)
        self.conv_up2 = nn.Conv2d(FEATURES, FEATURES, 3, padding=1)
        self.conv_hr = nn.Conv2d(FEATURES, FEATURES, 3, padding=1)
        self.conv_last = nn.Conv2d(FEATURES, 3, 3, padding=1)

    def forward(self, picture):
        first = x = self.conv_first(F.pixel_unshuffle(picture, 2))
        for block in self.body:
            x = block(x)
        x = first + self.conv_body(x)
        for layer in (self.conv_up1, self.conv_up2):
            x = F.leaky_relu(layer(F.interpolate(x, scale_factor=2, mode="nearest")), 0.2)
        return self.conv_last(F.leaky_relu(self.conv_hr(x), 0.2))


def shrink(picture, rng):
    """Half the size, in one of the ways that pictures get small; sometimes noisy or soft."""
    way = rng.choice(["area", "bilinear", "bicubic"])
    if way == "area":
        small = F.interpolate(picture, scale_factor=0.5, mode="area")
    else:
        small = F.interpolate(picture, scale_factor=0.5, mode=way, antialias=True)
    if rng.random() < 0.3:
        small = F.avg_pool2d(F.pad(small, (1, 1, 1, 1), mode="replicate"), 3, 1)
    if rng.random() < 0.3:
        small = small + rng.uniform(0.0, 0.03) * torch.randn_like(small)
    return small.clamp(0.0, 1.0)


class UpscaleLoss:
    """Works on 0..1, as upscalers of this family do; the loss itself expects -1..1."""

    def __init__(self, network):
        self.network, self.heldout = network, load_heldout()

    def __call__(self, rank, rng, step):
        size = random.Random(step).choice(SIZES)
        target = sample_pictures(rng, self.heldout, BATCH, size, 0.6, crop=True)
        made = self.network(shrink(target / 2 + 0.5, rng)) * 2 - 1
        loss = picture_loss(target, made)
        return loss, {"loss": loss.item(), "psnr": decibels(target, made)}


def train_small(networks, loss, args, adam_only):
    """The shared run of the small helpers: train until done, then return the averages."""
    plan = Plan(args.steps, args.minutes, args.rate, args.rate / 10, ema=0.99, flat=0.5)
    plan.workers, plan.seed = args.workers, args.seed
    trainer = Trainer(networks, loss, plan, args.folder, adam_only)
    if not trainer.resume():
        trainer.adopt_averages()
    trainer.run()
    return load_state(args.folder)["step"]


def small_parser(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--folder", required=True)
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--rate", type=float, default=0.01)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", required=True)
    return parser


def main():
    args = small_parser(__doc__.splitlines()[0]).parse_args()
    torch.manual_seed(args.seed)
    network = Upscaler()
    steps = train_small({"upscaler": network}, UpscaleLoss(network), args, ("conv_first", "last"))
    save_tensors(args.out, load_average(args.folder, "upscaler"))
    print(args.out, "after", steps, "steps")


if __name__ == "__main__":
    main()
