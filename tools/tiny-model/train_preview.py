"""Trains the two cheap ways to look at a latent before it is decoded.

    python train_preview.py --folder runs/preview --vae runs/vae --steps 1500 \\
        --out models/VAE-approx/tiny-approx.safetensors

Writes a network in the layout of the web UI's VAEApprox, and beside it latent-rgb.json, the
best linear map from scaled latents to RGB in -1..1 (fitted by least squares).
"""

import json
import random
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

from autoencoder import SCALE_FACTOR, Autoencoder
from files import load_average, replace_file, save_tensors
from scenes import load_heldout
from train_upscaler import small_parser, train_small
from train_vae import SIZES, decibels, load_vae, sample_pictures

LAYERS = [(4, 8, 7), (8, 16, 5), (16, 32, 3), (32, 64, 3)]
LAYERS += [(64, 32, 3), (32, 16, 3), (16, 8, 3), (8, 3, 3)]
MARGIN = 11


class ApproximateDecoder(nn.Module):
    """Doubles the latent, pads it, and lets eight convolutions eat the padding again."""

    def __init__(self):
        super().__init__()
        for index, (inputs, outputs, kernel) in enumerate(LAYERS, start=1):
            self.add_module(f"conv{index}", nn.Conv2d(inputs, outputs, kernel))

    def forward(self, latent):
        x = F.interpolate(latent, scale_factor=2, mode="nearest")
        x = F.pad(x, (MARGIN,) * 4)
        for layer in self.children():
            x = F.leaky_relu(layer(x), 0.1)
        return x


@torch.no_grad()
def sample_pairs(vae, rng, heldout, count, size):
    """Pictures and their scaled latents."""
    pictures = sample_pictures(rng, heldout, count, size, 0.5)
    return pictures, vae.encode(pictures)[0] * SCALE_FACTOR


class PreviewLoss:
    def __init__(self, network, vae):
        self.network, self.vae, self.heldout = network, vae, load_heldout()

    def __call__(self, rank, rng, step):
        size = random.Random(step).choice(SIZES)
        pictures, latents = sample_pairs(self.vae, rng, self.heldout, 2, size)
        made = self.network(latents + rng.choice([0.0, 0.05]) * torch.randn_like(latents))
        target = F.interpolate(pictures, size=made.shape[2:], mode="area")
        loss = (made - target).abs().mean() + (made - target).square().mean()
        return loss, {"loss": loss.item(), "psnr": decibels(target, made)}


def fit_linear(vae, seed, batches=40):
    """Least squares from four latent channels and a constant to red, green and blue."""
    rng, heldout = random.Random(seed), load_heldout()
    inputs, outputs = [], []
    for _ in range(batches):
        pictures, latents = sample_pairs(vae, rng, heldout, 4, (128, 128))
        inputs.append(latents.permute(0, 2, 3, 1).reshape(-1, 4))
        outputs.append(F.avg_pool2d(pictures, 8).permute(0, 2, 3, 1).reshape(-1, 3))
    known = torch.cat(inputs)
    known = torch.cat([known, torch.ones(len(known), 1)], dim=1)
    solution = torch.linalg.lstsq(known.double(), torch.cat(outputs).double()).solution
    rounded = [[round(value, 5) for value in row] for row in solution.tolist()]
    return {"factors": rounded[:4], "bias": rounded[4]}


def main():
    parser = small_parser(__doc__.splitlines()[0])
    parser.add_argument("--vae", required=True, help="training folder or exported file")
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    vae, network = Autoencoder(), ApproximateDecoder()
    vae.load_state_dict(load_vae(args.vae))
    vae.requires_grad_(False)
    train_small({"preview": network}, PreviewLoss(network, vae), args, ("conv1.", "conv8."))
    save_tensors(args.out, load_average(args.folder, "preview"))
    text = json.dumps(fit_linear(vae, args.seed), indent=1) + "\n"
    linear = Path(args.out).with_name("latent-rgb.json")
    replace_file(linear, lambda partial: partial.write_text(text, encoding="utf-8"))
    print(args.out, linear)


if __name__ == "__main__":
    main()
