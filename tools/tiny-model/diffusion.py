"""Stable Diffusion 1's noise schedule and an Euler sampler with classifier-free guidance."""

import torch

from autoencoder import SCALE_FACTOR, Autoencoder
from files import split_single_file
from networks import UNet
from text_encoder import TextEncoder
from tokenizer import CompactTokenizer

TIMES = 1000


def betas():
    return torch.linspace(0.00085**0.5, 0.012**0.5, TIMES, dtype=torch.float64) ** 2


ALPHAS = torch.cumprod(1.0 - betas(), 0).float()
SIGMAS = ((1.0 - ALPHAS) / ALPHAS).sqrt()


def add_noise(latent, noise, t):
    """The noisy latent at integer time steps t."""
    alpha = ALPHAS[t][:, None, None, None]
    return alpha.sqrt() * latent + (1.0 - alpha).sqrt() * noise


def sampling_times(steps):
    """Evenly spaced time steps and their noise levels, with a final level of zero."""
    times = torch.linspace(TIMES - 1, 0, steps)
    low, share = times.floor().long(), times - times.floor()
    high = times.ceil().long()
    levels = ((1 - share) * SIGMAS.log()[low] + share * SIGMAS.log()[high]).exp()
    return times, torch.cat([levels, torch.zeros(1)])


class Model:
    """All three networks, ready to make pictures."""

    def __init__(self, unet, text, vae):
        self.unet, self.text, self.vae = unet.eval(), text.eval(), vae.eval()
        self.tokenizer = CompactTokenizer()

    @classmethod
    def from_parts(cls, parts):
        rows = CompactTokenizer().rows
        networks = {"unet": UNet(), "text": TextEncoder(rows), "vae": Autoencoder()}
        for name, network in networks.items():
            network.load_state_dict(parts[name])
        return cls(**networks)

    @classmethod
    def from_single_file(cls, path):
        return cls.from_parts(split_single_file(path, CompactTokenizer().used))

    def read(self, prompts):
        return self.text(torch.tensor([self.tokenizer.encode(prompt) for prompt in prompts]))

    @torch.no_grad()
    def latents(self, prompts, width, height, steps=20, guidance=5.0, seed=0):
        count = len(prompts)
        context = torch.cat([self.read(prompts), self.read([""]).expand(count, -1, -1)])
        generator = torch.Generator().manual_seed(seed)
        times, levels = sampling_times(steps)
        x = torch.randn(count, 4, height // 8, width // 8, generator=generator) * levels[0]
        for index, t in enumerate(times):
            scaled = torch.cat([x, x]) / (levels[index] ** 2 + 1.0).sqrt()
            guided, free = self.unet(scaled, t.expand(2 * count), context).chunk(2)
            noise = free + guidance * (guided - free)
            x = x + noise * (levels[index + 1] - levels[index])
        return x

    @torch.no_grad()
    def decode(self, latents):
        pictures = [self.vae.decode(z[None] / SCALE_FACTOR) for z in latents]
        return ((torch.cat(pictures) + 1.0) / 2.0).clamp(0.0, 1.0)

    def pictures(self, prompts, size, batch=10, **options):
        """Pictures for prompts, a few at a time; the seed grows with the prompt's number."""
        seed, made = options.pop("seed", 0), []
        for first in range(0, len(prompts), batch):
            part = prompts[first : first + batch]
            made.append(self.decode(self.latents(part, *size, seed=seed + first, **options)))
        return torch.cat(made)
