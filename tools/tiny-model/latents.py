"""Banks of encoded scenes, so that the UNet's training need not draw and encode.

    python latents.py --vae FOLDER --size 128x128 --count 14000 --seed 2 --out b128.pt
"""

import argparse
import multiprocessing
import random
from functools import partial

import numpy as np
import torch

from autoencoder import SCALE_FACTOR, Autoencoder
from drawing import draw
from files import load_average, replace_file
from scenes import load_heldout, sample_scene

BATCH = 8


def to_tensor(pictures):
    """Drawn pictures (0..1, channels last) as one tensor in -1..1."""
    return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).contiguous() * 2.0 - 1.0


def encode_batch(seed, state, size, variety):
    """One batch of scenes and the means of their scaled latents."""
    torch.set_num_threads(1)
    rng, heldout = random.Random(seed), load_heldout()
    vae = Autoencoder()
    vae.load_state_dict(state)
    scenes = [sample_scene(rng, *size, variety, heldout) for _ in range(BATCH)]
    with torch.no_grad():
        mean, _ = vae.encode(to_tensor([draw(scene, *size) for scene in scenes]))
    return (mean * SCALE_FACTOR).half(), scenes


def make_bank(state, size, count, seed, variety, workers):
    seeds = [seed * 1_000_000 + i for i in range(-(-count // BATCH))]
    job = partial(encode_batch, state=state, size=size, variety=variety)
    with multiprocessing.get_context("fork").Pool(workers) as pool:
        results = pool.map(job, seeds, chunksize=8)
    latents = torch.cat([latent for latent, _ in results])
    return {"latents": latents, "scenes": [scene for _, scenes in results for scene in scenes]}


def parse_size(text):
    width, height = text.split("x")
    return int(width), int(height)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--vae", required=True, help="training folder of the autoencoder")
    parser.add_argument("--size", type=parse_size, default=(128, 128))
    parser.add_argument("--count", type=int, default=14000)
    parser.add_argument("--variety", type=float, default=0.3, help="share beyond portraits")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    state = load_average(args.vae, "vae")
    bank = make_bank(state, args.size, args.count, args.seed, args.variety, args.workers)
    replace_file(args.out, lambda path: torch.save(bank, path))
    print(args.out, tuple(bank["latents"].shape), f"deviation {bank['latents'].float().std():.3f}")


if __name__ == "__main__":
    main()
