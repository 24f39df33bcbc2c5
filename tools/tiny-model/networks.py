"""The UNet, with the parameter names of CompVis' openaimodel.

text_encoder.py and autoencoder.py hold the two other networks of the model.
"""

import math
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F

from layers import CONTEXT, attend, group_norm, zeroed


@dataclass(frozen=True)
class UNetShape:
    """The sizes that also stand in the yaml beside the exported file."""

    channels: int = 64
    levels: int = 3
    blocks: int = 2
    heads: int = 4
    latent: int = 4


def time_waves(t, width):
    """Sinusoidal embedding of the time step, cosines first."""
    rates = torch.exp(-math.log(10000.0) * torch.arange(width // 2) / (width // 2))
    angles = t[:, None].float() * rates[None].to(t.device)
    return torch.cat([angles.cos(), angles.sin()], dim=-1)


class ResidualBlock(nn.Module):
    def __init__(self, inputs, outputs, time_width):
        super().__init__()
        self.in_layers = nn.Sequential(
            group_norm(inputs), nn.SiLU(), nn.Conv2d(inputs, outputs, 3, padding=1)
        )
        self.emb_layers = nn.Sequential(nn.SiLU(), nn.Linear(time_width, outputs))
        last = zeroed(nn.Conv2d(outputs, outputs, 3, padding=1))
        self.out_layers = nn.Sequential(group_norm(outputs), nn.SiLU(), nn.Identity(), last)
        same = inputs == outputs
        self.skip_connection = nn.Identity() if same else nn.Conv2d(inputs, outputs, 1)

    def forward(self, x, time):
        hidden = self.in_layers(x) + self.emb_layers(time)[:, :, None, None]
        return self.skip_connection(x) + self.out_layers(hidden)


class CrossAttention(nn.Module):
    def __init__(self, width, context, heads):
        super().__init__()
        self.heads = heads
        self.to_q = nn.Linear(width, width, bias=False)
        self.to_k = nn.Linear(context, width, bias=False)
        self.to_v = nn.Linear(context, width, bias=False)
        self.to_out = nn.Sequential(nn.Linear(width, width), nn.Identity())

    def forward(self, x, context):
        q, k, v = self.to_q(x), self.to_k(context), self.to_v(context)
        return self.to_out(attend(q, k, v, self.heads))


class GatedGelu(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.proj = nn.Linear(inputs, 2 * outputs)

    def forward(self, x):
        value, gate = self.proj(x).chunk(2, dim=-1)
        return value * F.gelu(gate)


class FeedForward(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.net = nn.Sequential(
            GatedGelu(width, 4 * width), nn.Identity(), nn.Linear(4 * width, width)
        )

    def forward(self, x):
        return self.net(x)


class TransformerBlock(nn.Module):
    def __init__(self, width, context, heads):
        super().__init__()
        self.attn1 = CrossAttention(width, width, heads)
        self.ff = FeedForward(width)
        self.attn2 = CrossAttention(width, context, heads)
        self.norm1, self.norm2, self.norm3 = (nn.LayerNorm(width) for _ in range(3))

    def forward(self, x, context):
        seen = self.norm1(x)
        x = x + self.attn1(seen, seen)
        x = x + self.attn2(self.norm2(x), context)
        return x + self.ff(self.norm3(x))


class SpatialTransformer(nn.Module):
    """Its 1x1 convolutions are applied as matrix products, which is faster on a CPU."""

    def __init__(self, width, heads):
        super().__init__()
        self.norm = group_norm(width, eps=1e-6)
        self.proj_in = nn.Conv2d(width, width, 1)
        self.transformer_blocks = nn.ModuleList([TransformerBlock(width, CONTEXT, heads)])
        self.proj_out = zeroed(nn.Conv2d(width, width, 1))

    def forward(self, x, context):
        tokens = self.norm(x).flatten(2).transpose(1, 2)
        tokens = F.linear(tokens, self.proj_in.weight.flatten(1), self.proj_in.bias)
        for block in self.transformer_blocks:
            tokens = block(tokens, context)
        tokens = F.linear(tokens, self.proj_out.weight.flatten(1), self.proj_out.bias)
        return x + tokens.transpose(1, 2).unflatten(2, x.shape[2:])


class Downsample(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.op = nn.Conv2d(width, width, 3, stride=2, padding=1)

    def forward(self, x):
        return self.op(x)


class Upsample(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.conv = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, x):
        return self.conv(F.interpolate(x, scale_factor=2, mode="nearest"))


def apply_layers(layers, x, time, context):
    for layer in layers:
        if isinstance(layer, ResidualBlock):
            x = layer(x, time)
        elif isinstance(layer, SpatialTransformer):
            x = layer(x, context)
        else:
            x = layer(x)
    return x


class UNet(nn.Module):
    """Predicts the noise in a latent; attention on every level, one width throughout."""

    def __init__(self, shape=UNetShape()):
        super().__init__()
        self.width, self.shape = shape.channels, shape
        time_width = 4 * self.width
        self.time_embed = nn.Sequential(
            nn.Linear(self.width, time_width), nn.SiLU(), nn.Linear(time_width, time_width)
        )
        self.input_blocks = nn.ModuleList(self._input_blocks(time_width))
        self.middle_block = nn.ModuleList(
            [
                ResidualBlock(self.width, self.width, time_width),
                SpatialTransformer(self.width, shape.heads),
                ResidualBlock(self.width, self.width, time_width),
            ]
        )
        self.output_blocks = nn.ModuleList(self._output_blocks(time_width))
        last = zeroed(nn.Conv2d(self.width, shape.latent, 3, padding=1))
        self.out = nn.Sequential(group_norm(self.width), nn.SiLU(), last)

    def _pair(self, inputs, time_width):
        block = ResidualBlock(inputs, self.width, time_width)
        return [block, SpatialTransformer(self.width, self.shape.heads)]

    def _input_blocks(self, time_width):
        yield nn.ModuleList([nn.Conv2d(self.shape.latent, self.width, 3, padding=1)])
        for level in range(self.shape.levels):
            for _ in range(self.shape.blocks):
                yield nn.ModuleList(self._pair(self.width, time_width))
            if level < self.shape.levels - 1:
                yield nn.ModuleList([Downsample(self.width)])

    def _output_blocks(self, time_width):
        for level in reversed(range(self.shape.levels)):
            for index in range(self.shape.blocks + 1):
                layers = self._pair(2 * self.width, time_width)
                if level and index == self.shape.blocks:
                    layers.append(Upsample(self.width))
                yield nn.ModuleList(layers)

    def forward(self, x, t, context, added=None):
        """`added`: what a ControlNet adds to each skip connection and the middle block."""
        time = self.time_embed(time_waves(t, self.width))
        kept = []
        for layers in self.input_blocks:
            x = apply_layers(layers, x, time, context)
            kept.append(x)
        x = apply_layers(self.middle_block, x, time, context)
        if added is not None:
            x, kept = x + added[-1], [k + a for k, a in zip(kept, added)]
        for layers in self.output_blocks:
            x = apply_layers(layers, torch.cat([x, kept.pop()], dim=1), time, context)
        return self.out(x)
