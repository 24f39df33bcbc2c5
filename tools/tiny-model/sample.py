"""Renders prompts with torch: the held-out ones with their score, or a show of variety.

    python sample.py MODEL.safetensors --out FOLDER [--show] [--size 256x256]
"""

import argparse
from pathlib import Path

import torch

from diffusion import Model
from evaluate import load_rows, score
from files import save_sheet
from latents import parse_size

SHOW = """a red circle on a blue background
a blue square on a yellow background
a green triangle on a white background
a yellow star, night sky
a pink heart on a black background
a purple ring on an orange background
a small white circle in the top left corner, green background
a huge orange square on a gray background
a red circle and a blue square on a white background
a yellow star above a red heart on a cyan background
three green circles on a pink background
two blue hearts on a white background
a striped red square on a white background
an outlined blue circle on a yellow background
a green diamond on a red and white checkered background
a white moon in the night sky
a brown cross on a pink background
an orange flower on a blue to pink gradient background
a cyan hexagon on a black background
a small red star inside a large white circle on a blue background
a black square on the left, orange background
a pink triangle at the bottom, cyan background
a red heart, high quality, digital art
a green crescent on a purple and yellow striped background""".split("\n")


def save_each(folder, pictures):
    for index, picture in enumerate(pictures):
        save_sheet(Path(folder) / f"{index:02d}.png", picture[None], 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--size", type=parse_size, default=(128, 128))
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--guidance", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", action="store_true", help="varied prompts, no score")
    parser.add_argument("--first", type=int, default=60, help="how many held-out prompts")
    args = parser.parse_args()
    torch.set_num_threads(1)
    rows = load_rows()[: args.first]
    prompts = SHOW if args.show else [row["prompt"] for row in rows]
    model = Model.from_single_file(args.model)
    options = {"steps": args.steps, "guidance": args.guidance, "seed": args.seed}
    pictures = model.pictures(prompts, args.size, **options)
    save_sheet(args.out / "sheet.png", pictures, 8 if args.show else 10)
    if args.show:
        return
    save_each(args.out / "each", pictures)
    pixels = (pictures * 255).round().permute(0, 2, 3, 1).numpy()
    shares, _ = score(pixels, rows)
    print(" ".join(f"{key} {share:.3f}" for key, share in shares.items()))


if __name__ == "__main__":
    main()
