"""Trains a ControlNet that makes the frozen tiny model follow edges, and exports it.

    python train_control.py --model tiny-sd1.safetensors --folder runs/control --steps 600 \\
        --out models/ControlNet/tiny-control-canny.safetensors
"""

from pathlib import Path

import torch

from control_net import ControlNet, full_state
from diffusion import Model, add_noise
from edges import make_bank, vague_caption
from files import load_average, replace_file, save_tensors
from scenes import load_heldout
from train_unet import loss_weights, sample_times
from train_upscaler import small_parser, train_small

BANK = "bank.pt"


class ControlLoss:
    """The noise loss of train_unet.py; every scene is seen under several noises, so that its
    hint, the dearest part, is read once for all of them."""

    def __init__(self, control, model, bank, scenes, noises):
        self.control, self.model, self.bank = control, model, bank
        self.scenes, self.noises, self.weights = scenes, noises, loss_weights()

    def pick(self, rng):
        """Latents, hints and the text encoder's answer to a vague caption."""
        chosen = [rng.randrange(len(self.bank["scenes"])) for _ in range(self.scenes)]
        prompts = [vague_caption(rng, self.bank["scenes"][index]) for index in chosen]
        hints = self.bank["hints"][chosen].float().div(255.0)[:, None].expand(-1, 3, -1, -1)
        with torch.no_grad():
            context = self.model.read(prompts)
        return self.bank["latents"][chosen].float(), hints, context

    def __call__(self, rank, rng, step):
        latents, hints, context = self.pick(rng)
        features = self.control.input_hint_block(hints)
        latents, context, features = (
            x.repeat(self.noises, *[1] * (x.ndim - 1)) for x in (latents, context, features)
        )
        t, noise = sample_times(len(latents)), torch.randn_like(latents)
        noisy = add_noise(latents, noise, t)
        added = self.control(noisy, t.float(), features)
        guess = self.model.unet(noisy, t.float(), context, added)
        errors = (guess - noise).square().mean((1, 2, 3))
        loss = (errors * self.weights[t]).mean()
        early = errors[t > 700].mean().item() if (t > 700).any() else 0.0
        return loss, {"loss": loss.item(), "plain": errors.mean().item(), "early": early}


def load_bank(folder, model, count, seed):
    """The folder's bank of scenes, drawn when there is none."""
    path = Path(folder) / BANK
    if not path.exists():
        bank = make_bank(model.vae, load_heldout(), count, seed)
        replace_file(path, lambda partial: torch.save(bank, partial))
    return torch.load(path, weights_only=False)


def parse_arguments():
    parser = small_parser(__doc__.splitlines()[0])
    parser.add_argument("--model", required=True, help="exported single file to be controlled")
    parser.add_argument("--count", type=int, default=1600, help="scenes in the bank")
    parser.add_argument("--scenes", type=int, default=6, help="scenes a step")
    parser.add_argument("--noises", type=int, default=4, help="noises a scene")
    return parser.parse_args()


def main():
    args = parse_arguments()
    torch.manual_seed(args.seed)
    torch.set_num_threads(1)
    model = Model.from_single_file(args.model)
    for network in (model.unet, model.text, model.vae):
        network.requires_grad_(False)
    bank = load_bank(args.folder, model, args.count, args.seed)
    control = ControlNet(model.unet)
    loss = ControlLoss(control, model, bank, args.scenes, args.noises)
    adam_only = ("input_hint_block.0.", "input_blocks.0.0")
    train_small({"control": control}, loss, args, adam_only)
    save_tensors(args.out, full_state(load_average(args.folder, "control")))
    print(args.out, f"{Path(args.out).stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
