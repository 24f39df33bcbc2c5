"""Pictures of the small decoders for previews, as test/families/previews.test.ts compares with them.

python previews.py OUTPUT      (needs torch, safetensors)

Written from what the files of both networks hold. The weights come from a generator that both sides have, so that none are kept: a
linear congruential one, its upper 16 bits as a share of -1..1, times 1.7 / sqrt(fan-in).
"""
import sys

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F

torch.set_grad_enabled(False)
torch.set_num_threads(1)


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        layers = [nn.Conv2d(64, 64, 3, padding=1) for _ in range(3)]
        self.conv = nn.Sequential(layers[0], nn.ReLU(), layers[1], nn.ReLU(), layers[2])

    def forward(self, x):
        return F.relu(self.conv(x) + x)


class Clamp(nn.Module):
    def forward(self, x):
        return torch.tanh(x / 3) * 3


def taesd():
    level = lambda: [Block(), Block(), Block(), nn.Upsample(scale_factor=2), nn.Conv2d(64, 64, 3, padding=1, bias=False)]
    first = [Clamp(), nn.Conv2d(4, 64, 3, padding=1), nn.ReLU()]
    return nn.Sequential(*first, *level(), *level(), *level(), Block(), nn.Conv2d(64, 3, 3, padding=1))


class Approx(nn.Module):
    def __init__(self):
        super().__init__()
        widths, kernels = [4, 8, 16, 32, 64, 32, 16, 8, 3], [7, 5, 3, 3, 3, 3, 3, 3]
        for at, kernel in enumerate(kernels):
            setattr(self, f"conv{at + 1}", nn.Conv2d(widths[at], widths[at + 1], kernel))

    def forward(self, x):
        x = F.pad(F.interpolate(x, scale_factor=2), (11, 11, 11, 11))
        for at in range(8):
            x = F.leaky_relu(getattr(self, f"conv{at + 1}")(x), 0.1)
        return x


def seeded(seed, count):
    state, values = seed, []
    for _ in range(count):
        state = (state * 1664525 + 1013904223) % 2**32
        values.append((state >> 16) / 2**15 - 1)
    return torch.tensor(values)


def fill(network, seed):
    for name, tensor in sorted(network.state_dict().items()):
        fan_in = tensor[0].numel() if tensor.dim() > 1 else 16
        tensor.copy_((seeded(seed, tensor.numel()) * 1.7 / fan_in**0.5).view(tensor.shape))
        seed += 1
    return network


latent = 3 * seeded(99, 4 * 8 * 6).view(1, 4, 8, 6)
save_file(
    {
        "latent": latent,
        "taesd": (fill(taesd(), 1)(latent) * 2 - 1).contiguous(),
        "approx": fill(Approx(), 1)(latent).contiguous(),
    },
    sys.argv[1],
)
