"""Trains the autoencoder on drawn scenes, or sharpens the decoder of a finished one.

    python train_vae.py --folder runs/vae --steps 2500
    python train_vae.py --folder runs/vae-sharp --steps 1500 --decoder-of runs/vae

The first ends by folding the latents' statistics in, so that they have unit variance. The
second leaves the latent space alone and blurs latents a little with noise, as sampling does.
"""

import argparse
import math
import random

import torch
from torch.nn import functional as F

from autoencoder import SCALE_FACTOR, Autoencoder
from drawing import draw
from engine import Plan, Trainer
from files import load_average, load_state, save_state, split_single_file
from latents import to_tensor
from scenes import load_heldout, sample_scene
from tokenizer import CompactTokenizer

KL_WEIGHT = 4e-4
CROP = 64
SIZES = [(128, 128), (128, 128), (128, 128), (192, 192), (256, 256), (192, 128), (128, 192)]


def sample_pictures(rng, heldout, count, size, variety, crop=False):
    """Drawn scenes as a tensor; crops look at the outline of the first thing, if there is one."""
    width, height = size
    pictures = []
    for _ in range(count):
        scene = sample_scene(rng, width, height, variety, heldout)
        picture = draw(scene, width, height)
        if crop:
            left, top = _corner_near_outline(rng, scene, width, height)
            picture = picture[top : top + CROP, left : left + CROP]
        pictures.append(picture)
    return to_tensor(pictures)


def _corner_near_outline(rng, scene, width, height):
    if not scene.things:
        return rng.randint(0, width - CROP), rng.randint(0, height - CROP)
    thing, angle = rng.choice(scene.things), rng.uniform(0, 2 * math.pi)
    reach, short = thing.radius * rng.uniform(0.3, 1.1), min(width, height)
    x = int((thing.x + math.cos(angle) * reach) * short) - CROP // 2
    y = int((thing.y + math.sin(angle) * reach) * short) - CROP // 2
    return max(0, min(width - CROP, x)), max(0, min(height - CROP, y))


def near_edges(picture):
    """1 within two pixels of a visible edge, else 0."""
    across = (picture[..., 1:] - picture[..., :-1]).abs().sum(1, keepdim=True)
    down = (picture[..., 1:, :] - picture[..., :-1, :]).abs().sum(1, keepdim=True)
    steps = F.pad(across, (0, 1)) + F.pad(down, (0, 0, 0, 1))
    return F.max_pool2d((steps > 0.15).float(), 5, 1, 2)


def picture_loss(target, made):
    """Absolute error, tripled near edges, with the error's own slopes and its square."""
    error = made - target
    absolute = (error.abs() * (1.0 + 2.0 * near_edges(target))).mean()
    slopes = error.diff(dim=3).abs().mean() + error.diff(dim=2).abs().mean()
    return absolute + 0.5 * slopes + error.square().mean()


def decibels(target, made):
    """Peak signal to noise ratio of pictures in -1..1."""
    return -10.0 * math.log10(float((made - target).detach().square().mean()) / 4.0 + 1e-9)


class FullLoss:
    """Reconstruction of mostly small crops plus a weak pull towards a normal latent."""

    def __init__(self, vae, heldout):
        self.vae, self.heldout = vae, heldout

    def __call__(self, rank, rng, step):
        crop = step % 3 != 0
        count, size = (4, rng.choice(SIZES)) if crop else (1, (128, 128))
        target = sample_pictures(rng, self.heldout, count, size, 0.6, crop)
        mean, log_variance = self.vae.encode(target)
        latent = mean + torch.randn_like(mean) * (0.5 * log_variance).exp()
        made = self.vae.decode(latent)
        kl = 0.5 * (mean.square() + log_variance.exp() - 1.0 - log_variance).mean()
        loss = picture_loss(target, made) + KL_WEIGHT * kl
        return loss, {"loss": loss.item(), "psnr": decibels(target, made), "kl": kl.item()}


class DecoderLoss:
    """Reconstruction from slightly noisy latents of a frozen encoder."""

    def __init__(self, vae, heldout):
        self.vae, self.heldout = vae, heldout

    def __call__(self, rank, rng, step):
        size = random.Random(step).choice(SIZES)
        target = sample_pictures(rng, self.heldout, 1, size, 0.3)
        with torch.no_grad():
            mean, _ = self.vae.encode(target)
        noise = rng.choice([0.0, 0.02, 0.04, 0.08]) / SCALE_FACTOR
        made = self.vae.decode(mean + noise * torch.randn_like(mean))
        loss = picture_loss(target, made)
        return loss, {"loss": loss.item(), "psnr": decibels(target, made)}


@torch.no_grad()
def fold(folder, heldout):
    """Measures the finished latents and folds their mean and deviation into the file."""
    state, vae, rng = load_state(folder), Autoencoder(), random.Random(0)
    vae.load_state_dict(state["ema"]["vae"])
    batches = [sample_pictures(rng, heldout, 8, (128, 128), 0.3) for _ in range(20)]
    latents = torch.cat([vae.encode(pictures)[0] for pictures in batches])
    vae.fold_statistics(latents.mean((0, 2, 3)), latents.std((0, 2, 3)))
    save_state(folder, state | {"ema": {"vae": vae.state_dict()}, "folded": True})


def load_vae(source):
    """Autoencoder weights from an exported file or a training folder."""
    if str(source).endswith(".safetensors"):
        return split_single_file(source, CompactTokenizer().used)["vae"]
    return load_average(source, "vae")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", required=True)
    parser.add_argument("--decoder-of", help="train only the decoder of this folder or file")
    parser.add_argument("--steps", type=int, default=2500)
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--rate", type=float, default=0.02)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def main():
    args = parse_arguments()
    if (load_state(args.folder) or {}).get("folded"):
        raise SystemExit("this autoencoder is finished; choose another folder")
    torch.manual_seed(args.seed)
    vae, heldout = Autoencoder(), load_heldout()
    if args.decoder_of:
        vae.load_state_dict(load_vae(args.decoder_of))
        vae.encoder.requires_grad_(False)
        vae.quant_conv.requires_grad_(False)
    plan = Plan(args.steps, args.minutes, args.rate, args.rate / 10, ema=0.99)
    plan.workers, plan.seed = args.workers, args.seed
    loss = (DecoderLoss if args.decoder_of else FullLoss)(vae, heldout)
    adam_only = ("conv_in", "conv_out", "quant_conv")
    trainer = Trainer({"vae": vae}, loss, plan, args.folder, adam_only)
    trainer.resume()
    trainer.run()
    if not args.decoder_of:
        fold(args.folder, heldout)


if __name__ == "__main__":
    main()
