"""Small pieces that the networks share."""

from torch import nn
from torch.nn import functional as F

# Width of the text encoder, and so of every cross-attention.
CONTEXT = 64


def group_norm(channels, eps=1e-5):
    return nn.GroupNorm(32, channels, eps=eps)


def zeroed(layer):
    """A layer that contributes nothing until it has been trained."""
    for parameter in layer.parameters():
        nn.init.zeros_(parameter)
    return layer


def attend(query, key, value, heads, causal=False):
    """Multi-head attention over (batch, tokens, channels)."""
    q, k, v = (x.unflatten(2, (heads, -1)).transpose(1, 2) for x in (query, key, value))
    mixed = F.scaled_dot_product_attention(q, k, v, is_causal=causal)
    return mixed.transpose(1, 2).flatten(2)
