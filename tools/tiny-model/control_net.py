"""The ControlNet of the tiny model, with the parameter names of CompVis' cldm.

A copy of the UNet's way down that sees a hint, a picture of eight times the latent's size, and
adds what it makes of it to the UNet's skip connections and middle block. The copy's attention
is left out: the UNet still has its own, and zeros in its place (see `full_state`) let
everything through and weigh nothing once they are compressed.
"""

import torch
from torch import nn

from layers import zeroed
from networks import SpatialTransformer, UNet, apply_layers, time_waves

# Width and stride of the hint's convolutions, before the one to the UNet's own width.
HINT_LAYERS = [(16, 1), (16, 1), (32, 2), (32, 1), (96, 2), (96, 1), (256, 2)]
PREFIX = "control_model."


def _without_attention(layers):
    return nn.ModuleList(nn.Identity() if isinstance(m, SpatialTransformer) else m for m in layers)


def _hint_block(width):
    """The last layer does not start at zero, as the paper's does: the outputs already do."""
    layers, inputs = [], 3
    for outputs, stride in HINT_LAYERS:
        layers += [nn.Conv2d(inputs, outputs, 3, stride, padding=1), nn.SiLU()]
        inputs = outputs
    return nn.Sequential(*layers, nn.Conv2d(inputs, width, 3, padding=1))


class ControlNet(nn.Module):
    """Starts as a copy of `unet` whose outputs are zero."""

    def __init__(self, unet=None):
        super().__init__()
        whole = UNet()
        if unet is not None:
            whole.load_state_dict(unet.state_dict())
        self.width = whole.width
        self.time_embed = whole.time_embed
        self.input_blocks = nn.ModuleList(map(_without_attention, whole.input_blocks))
        self.middle_block = _without_attention(whole.middle_block)
        self.input_hint_block = _hint_block(self.width)
        self.zero_convs = nn.ModuleList(
            nn.Sequential(zeroed(nn.Conv2d(self.width, self.width, 1))) for _ in self.input_blocks
        )
        self.middle_block_out = nn.Sequential(zeroed(nn.Conv2d(self.width, self.width, 1)))

    def forward(self, x, t, features):
        """What to add at each skip connection and, last, behind the middle block.

        `features` is what `input_hint_block` makes of the hint: the same for every step.
        """
        time, added = self.time_embed(time_waves(t, self.width)), []
        for index, layers in enumerate(self.input_blocks):
            x = apply_layers(layers, x, time, None)
            x = x if index else x + features
            added.append(self.zero_convs[index](x))
        x = apply_layers(self.middle_block, x, time, None)
        return [*added, self.middle_block_out(x)]


def full_state(state):
    """The tensors of an exported file: the attention that was left out is zero."""
    copied = ("input_blocks.", "middle_block.")
    attention = {k: v for k, v in UNet().state_dict().items() if k.startswith(copied)}
    whole = {key: torch.zeros_like(value) for key, value in attention.items()} | state
    return {PREFIX + key: value for key, value in whole.items()}
