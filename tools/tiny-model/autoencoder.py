"""The autoencoder in CompVis' layout: pictures in -1..1 to latents at an eighth of the size."""

import torch
from torch import nn
from torch.nn import functional as F

from layers import group_norm, zeroed

LATENT = 4
LEVELS = 4
SCALE_FACTOR = 0.18215


class ResidualBlock(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm1 = group_norm(width, 1e-6)
        self.conv1 = nn.Conv2d(width, width, 3, padding=1)
        self.norm2 = group_norm(width, 1e-6)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1)
        with torch.no_grad():
            self.conv2.weight.mul_(0.1)
            self.conv2.bias.zero_()

    def forward(self, x):
        hidden = self.conv1(F.silu(self.norm1(x)))
        return x + self.conv2(F.silu(self.norm2(hidden)))


class Attention(nn.Module):
    """One head over all positions."""

    def __init__(self, width):
        super().__init__()
        self.norm = group_norm(width, 1e-6)
        self.q, self.k, self.v = (nn.Conv2d(width, width, 1) for _ in range(3))
        self.proj_out = zeroed(nn.Conv2d(width, width, 1))

    def forward(self, x):
        seen = self.norm(x)
        q, k, v = (layer(seen).flatten(2).transpose(1, 2) for layer in (self.q, self.k, self.v))
        mixed = F.scaled_dot_product_attention(q[:, None], k[:, None], v[:, None])[:, 0]
        return x + self.proj_out(mixed.transpose(1, 2).unflatten(2, x.shape[2:]))


class Downsample(nn.Module):
    """Pads only right and below, as the original does."""

    def __init__(self, width):
        super().__init__()
        self.conv = nn.Conv2d(width, width, 3, stride=2)

    def forward(self, x):
        return self.conv(F.pad(x, (0, 1, 0, 1)))


class Upsample(nn.Module):
    """Starts close to a plain enlargement."""

    def __init__(self, width):
        super().__init__()
        self.conv = nn.Conv2d(width, width, 3, padding=1)
        with torch.no_grad():
            self.conv.weight.mul_(0.3)
            self.conv.weight[:, :, 1, 1] += torch.eye(width)
            self.conv.bias.zero_()

    def forward(self, x):
        return self.conv(F.interpolate(x, scale_factor=2, mode="nearest"))


class Middle(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.block_1 = ResidualBlock(width)
        self.attn_1 = Attention(width)
        self.block_2 = ResidualBlock(width)

    def forward(self, x):
        return self.block_2(self.attn_1(self.block_1(x)))


class Level(nn.Module):
    """One resolution: residual blocks, then a change of size where there is one."""

    def __init__(self, width, blocks, **resize):
        super().__init__()
        self.block = nn.ModuleList(ResidualBlock(width) for _ in range(blocks))
        for name, layer in resize.items():
            self.add_module(name, layer)

    def forward(self, x):
        for layer in [*self.block, *(m for n, m in self.named_children() if n != "block")]:
            x = layer(x)
        return x


class Encoder(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.conv_in = nn.Conv2d(3, width, 3, padding=1)
        smaller = [{"downsample": Downsample(width)} for _ in range(LEVELS - 1)]
        self.down = nn.ModuleList(Level(width, 0, **resize) for resize in [*smaller, {}])
        self.mid = Middle(width)
        self.norm_out = group_norm(width, 1e-6)
        self.conv_out = nn.Conv2d(width, 2 * LATENT, 3, padding=1)

    def forward(self, x):
        x = self.conv_in(x)
        for level in self.down:
            x = level(x)
        return self.conv_out(F.silu(self.norm_out(self.mid(x))))


class Decoder(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.conv_in = nn.Conv2d(LATENT, width, 3, padding=1)
        self.mid = Middle(width)
        larger = [{"upsample": Upsample(width)} for _ in range(LEVELS - 1)]
        self.up = nn.ModuleList(Level(width, 1, **resize) for resize in [{}, *larger])
        self.norm_out = group_norm(width, 1e-6)
        self.conv_out = nn.Conv2d(width, 3, 3, padding=1)

    def forward(self, z):
        x = self.mid(self.conv_in(z))
        for level in reversed(self.up):
            x = level(x)
        return self.conv_out(F.silu(self.norm_out(x)))


class Autoencoder(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        self.encoder = Encoder(width)
        self.decoder = Decoder(width)
        self.quant_conv = nn.Conv2d(2 * LATENT, 2 * LATENT, 1)
        self.post_quant_conv = nn.Conv2d(LATENT, LATENT, 1)
        for layer in (self.quant_conv, self.post_quant_conv):
            nn.init.dirac_(layer.weight)
            nn.init.zeros_(layer.bias)

    def encode(self, picture):
        """Mean and logarithm of the variance, in the unscaled latent."""
        mean, log_variance = self.quant_conv(self.encoder(picture)).chunk(2, dim=1)
        return mean, log_variance.clamp(-30.0, 20.0)

    def decode(self, latent):
        return self.decoder(self.post_quant_conv(latent))

    @torch.no_grad()
    def fold_statistics(self, mean, deviation):
        """Makes scaled latents zero-mean and unit-variance per channel.

        `mean` and `deviation` were measured on unscaled latents; the change is an affine
        map, undone by post_quant_conv, so that decoded pictures stay the same.
        """
        spread = deviation * SCALE_FACTOR
        into, out_of = self.quant_conv, self.post_quant_conv
        out_of.bias += out_of.weight[:, :, 0, 0] @ mean
        out_of.weight *= spread[None, :, None, None]
        into.weight[:LATENT] /= spread[:, None, None, None]
        into.bias[:LATENT] = (into.bias[:LATENT] - mean) / spread
        into.bias[LATENT:] -= 2.0 * spread.log()
