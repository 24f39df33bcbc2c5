"""Trains UNet and text encoder together to predict noise in banked latents.

    python train_unet.py --folder runs/unet --steps 4000 --init model.safetensors \\
        --bank b128.pt:0.5:12 --bank b256.pt:0.5:4

A bank is FILE:WEIGHT:BATCH, the batch for each worker. Stopped runs continue.
"""

import argparse
import random

import numpy as np
import torch

from captions import caption
from diffusion import ALPHAS, TIMES, add_noise
from engine import Plan, Trainer
from files import load_average, split_single_file
from networks import UNet
from text_encoder import TextEncoder
from tokenizer import CompactTokenizer

CAPTION_DROPOUT = 0.10
UNKNOWN_WORDS = 0.02
# Loss seen late in a run at the middles of twenty equal stretches of time.
TYPICAL_LOSS = [
    *(0.272, 0.175, 0.135, 0.102, 0.080, 0.0785, 0.068, 0.064, 0.053, 0.052),
    *(0.046, 0.0325, 0.028, 0.028, 0.022, 0.0172, 0.0134, 0.0094, 0.0073, 0.0056),
]


def loss_weights():
    """Min-SNR weights over typical losses: noisy steps, where layout is decided, count more."""
    ratio = ALPHAS / (1.0 - ALPHAS)
    middles = np.arange(20) * (TIMES / 20) + TIMES / 40
    typical = torch.from_numpy(np.interp(np.arange(TIMES), middles, TYPICAL_LOSS)).float()
    return ratio.clamp(max=5.0) / ratio * (0.05 / typical) ** 0.75


def sample_times(batch):
    """Stratified over the schedule; its easy first 150 steps get a twentieth."""
    even = (torch.randperm(batch) + torch.rand(batch)) / batch
    late = 150 + (even - 0.05) / 0.95 * (TIMES - 150)
    return torch.where(even < 0.05, even / 0.05 * 150, late).long().clamp(0, TIMES - 1)


class Bank:
    """Latents and scenes of one picture size."""

    def __init__(self, text):
        path, weight, batch = text.rsplit(":", 2)
        self.weight, self.batch = float(weight), int(batch)
        content = torch.load(path, weights_only=False)
        self.latents, self.scenes = content["latents"], content["scenes"]

    def pick(self, rng):
        chosen = [rng.randrange(len(self.scenes)) for _ in range(self.batch)]
        return self.latents[chosen].float(), [self.scenes[i] for i in chosen]


class NoiseLoss:
    """The loss that the engine calls; all workers use the same bank in the same step."""

    def __init__(self, unet, text, banks, seed):
        self.unet, self.text, self.banks, self.seed = unet, text, banks, seed
        self.tokenizer, self.weights = CompactTokenizer(), loss_weights()

    def rows(self, rng, scene):
        if rng.random() < CAPTION_DROPOUT:
            return self.tokenizer.encode("")
        unknown = rng.randint(1, 3) if rng.random() < UNKNOWN_WORDS else 0
        return self.tokenizer.encode(caption(rng, scene), unknown, rng)

    def __call__(self, rank, rng, step):
        weights = [bank.weight for bank in self.banks]
        bank = random.Random(f"{self.seed} {step}").choices(self.banks, weights)[0]
        latents, scenes = bank.pick(rng)
        context = self.text(torch.tensor([self.rows(rng, scene) for scene in scenes]))
        t, noise = sample_times(len(scenes)), torch.randn_like(latents)
        guess = self.unet(add_noise(latents, noise, t), t.float(), context)
        errors = (guess - noise).square().mean((1, 2, 3))
        loss = (errors * self.weights[t]).mean()
        return loss, {"loss": loss.item(), "plain": errors.mean().item()}


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", required=True)
    parser.add_argument("--bank", action="append", required=True, metavar="FILE:WEIGHT:BATCH")
    parser.add_argument("--init", help="exported single file to start from")
    parser.add_argument("--text", help="folder of train_text.py, without --init")
    parser.add_argument("--steps", type=int, default=6000)
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--flat", type=float, default=0.6, help="share before the rate falls")
    parser.add_argument("--rate", type=float, default=0.012)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def main():
    args = parse_arguments()
    torch.manual_seed(args.seed)
    tokenizer = CompactTokenizer()
    unet, text = UNet(), TextEncoder(tokenizer.rows)
    if args.init:
        parts = split_single_file(args.init, tokenizer.used)
        unet.load_state_dict(parts["unet"])
        text.load_state_dict(parts["text"])
    elif args.text:
        text.load_state_dict(load_average(args.text, "text"))
    plan = Plan(args.steps, args.minutes, args.rate, args.rate / 15, 0.05, flat=args.flat)
    plan.workers, plan.seed = args.workers, args.seed
    loss = NoiseLoss(unet, text, [Bank(bank) for bank in args.bank], args.seed)
    networks = {"unet": unet, "text": text}
    adam_only = ("embedding", "unet.input_blocks.0.0", "unet.out.2")
    trainer = Trainer(networks, loss, plan, args.folder, adam_only)
    if not trainer.resume():
        trainer.adopt_averages()
    trainer.run()


if __name__ == "__main__":
    main()
