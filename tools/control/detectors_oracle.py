"""Writes what PyTorch makes of HED and of the line drawing network on random weights: packages/ext-controlnet/test/detectors/.

Needs torch, safetensors and numpy. Each file holds the weights under their authors' names, and beside them `oracle.input` and the
outputs `oracle.0` ..., a picture `oracle.picture` [h,w,3] and the map of it, `oracle.map` [h,w]. The networks are narrower than the published ones, of the same layers; `--full FOLDER` writes them as wide
as those.
"""
import argparse
import pathlib

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(1)


class Hed(nn.Module):
    """HED of ControlNet's authors: `norm`, five blocks, a projection of each."""

    def __init__(self, widths):
        super().__init__()
        self.norm = nn.Parameter(torch.rand(1, 3, 1, 1) * 100)
        before = 3
        for at, (width, layers) in enumerate(zip(widths, (2, 2, 3, 3, 3)), 1):
            block = nn.Module()
            block.convs = nn.ModuleList(nn.Conv2d(before if layer == 0 else width, width, 3, padding=1) for layer in range(layers))
            block.projection = nn.Conv2d(width, 1, 1)
            setattr(self, f"block{at}", block)
            before = width

    def forward(self, x):
        x = x - self.norm
        sides = []
        for at in range(1, 6):
            block = getattr(self, f"block{at}")
            if at > 1:
                x = F.max_pool2d(x, 2, 2)
            for layer in block.convs:
                x = F.relu(layer(x))
            sides.append(block.projection(x))
        return sides


class Residual(nn.Module):
    def __init__(self, width):
        super().__init__()
        pad, norm = nn.ReflectionPad2d(1), nn.InstanceNorm2d(width)
        self.conv_block = nn.Sequential(pad, nn.Conv2d(width, width, 3), norm, nn.ReLU(), pad, nn.Conv2d(width, width, 3), norm)

    def forward(self, x):
        return x + self.conv_block(x)


class LineDrawing(nn.Module):
    """The generator of informative drawings with three residual blocks."""

    def __init__(self, width):
        super().__init__()
        norm, relu = nn.InstanceNorm2d, nn.ReLU
        self.model0 = nn.Sequential(nn.ReflectionPad2d(3), nn.Conv2d(3, width, 7), norm(width), relu())
        down = [(width, 2 * width), (2 * width, 4 * width)]
        self.model1 = nn.Sequential(*[part for a, b in down for part in (nn.Conv2d(a, b, 3, stride=2, padding=1), norm(b), relu())])
        self.model2 = nn.Sequential(*[Residual(4 * width) for _ in range(3)])
        up = [(4 * width, 2 * width), (2 * width, width)]
        grow = lambda a, b: nn.ConvTranspose2d(a, b, 3, stride=2, padding=1, output_padding=1)
        self.model3 = nn.Sequential(*[part for a, b in up for part in (grow(a, b), norm(b), relu())])
        self.model4 = nn.Sequential(nn.ReflectionPad2d(3), nn.Conv2d(width, 1, 7), nn.Sigmoid())

    def forward(self, x):
        for part in (self.model0, self.model1, self.model2, self.model3, self.model4):
            x = part(x)
        return [x]


def edges(sides):
    """The map of HED: the sides at the picture's size, their mean through the sigmoid."""
    size = sides[0].shape[2:]
    mean = torch.cat([F.interpolate(side, size, mode="bilinear", align_corners=False) for side in sides]).mean(0)[0]
    return (torch.sigmoid(mean.double()) * 255).clip(0, 255).floor()


def lines(drawing):
    """The map of a drawing: white lines on black."""
    return 255 - (drawing[0][0, 0] * 255).clip(0, 255).floor()


def write(folder, name, network, image, scale, read) -> None:
    picture = torch.randint(0, 256, (64, 128, 3)).float()
    with torch.no_grad():
        outputs = network(image)
        seen = read(network(picture.permute(2, 0, 1)[None] / scale))
    tensors = {key: value.contiguous() for key, value in network.state_dict().items()}
    tensors.update({"oracle.input": image, "oracle.picture": picture, "oracle.map": seen.float().contiguous()})
    tensors.update({f"oracle.{at}": output.contiguous() for at, output in enumerate(outputs)})
    folder.mkdir(parents=True, exist_ok=True)
    save_file(tensors, folder / f"{name}.safetensors")
    print(name, sum(p.numel() for p in network.parameters()), "weights, outputs within", max(float(o.abs().max()) for o in outputs))


arguments = argparse.ArgumentParser()
arguments.add_argument("--full", type=pathlib.Path)
full = arguments.parse_args().full
target = full or pathlib.Path(__file__).parent.parent.parent / "packages/ext-controlnet/test/detectors"
torch.manual_seed(8)
write(target, "hed", Hed((64, 128, 256, 512, 512) if full else (6, 8, 10, 12, 12)), torch.rand(1, 3, 64, 96) * 255, 1, edges)
write(target, "sk_model", LineDrawing(64 if full else 4), torch.rand(1, 3, 64, 96), 255, lines)
