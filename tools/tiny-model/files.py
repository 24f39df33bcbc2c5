"""Reading and writing: training folders, exported single files, and picture sheets."""

import os
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

STATE = "state.pt"
UNET_PREFIX = "model.diffusion_model."
VAE_PREFIX = "first_stage_model."
TEXT_PREFIX = "cond_stage_model.transformer.text_model."
TABLE = "embeddings.token_embedding.weight"


def replace_file(path, write):
    """Writes beside the target, then swaps: a reader never sees half a file."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".tmp")
    write(partial)
    os.replace(partial, path)


def save_state(folder, state):
    replace_file(Path(folder) / STATE, lambda path: torch.save(state, path))


def load_state(folder):
    path = Path(folder) / STATE
    return torch.load(path) if path.exists() else None


def load_average(folder, part):
    """The averaged weights of one network from a training folder."""
    state = load_state(folder)
    if state is None:
        raise FileNotFoundError(f"{folder} holds no training state")
    return state["ema"][part]


def save_tensors(path, tensors, exact=None):
    """Half-precision safetensors, keys in order, so that equal weights give equal bytes.

    `exact` tensors are kept in single precision. More than one metadata entry would be
    written in a random order.
    """
    kept = {
        key: (value.half() if value.is_floating_point() else value).contiguous()
        for key, value in tensors.items()
    }
    kept |= {key: value.float().contiguous() for key, value in (exact or {}).items()}
    for key, value in kept.items():
        if value.is_floating_point() and not torch.isfinite(value).all():
            raise ValueError(f"{key} does not fit its precision")
    ordered = dict(sorted(kept.items()))
    replace_file(path, lambda partial: save_file(ordered, partial, metadata={"format": "pt"}))


def split_single_file(path, used):
    """An exported checkpoint as three state dicts: unet, text (compact table), vae."""
    tensors = {key: value.float() for key, value in load_file(path).items()}
    parts = {}
    for part, prefix in (("unet", UNET_PREFIX), ("text", TEXT_PREFIX), ("vae", VAE_PREFIX)):
        parts[part] = {
            key.removeprefix(prefix): value
            for key, value in tensors.items()
            if key.startswith(prefix) and not key.endswith("position_ids")
        }
    table = parts["text"][TABLE]
    parts["text"][TABLE] = torch.cat([torch.zeros_like(table[:1]), table[torch.tensor(used)]])
    return parts


def save_sheet(path, pictures, columns):
    """Pictures (n, 3, height, width) in 0..1 as one PNG."""
    pixels = (pictures.clamp(0, 1) * 255).round().byte().permute(0, 2, 3, 1).numpy()
    missing = -len(pixels) % columns
    pixels = np.concatenate([pixels, np.zeros((missing, *pixels.shape[1:]), np.uint8)])
    starts = range(0, len(pixels), columns)
    rows = [np.concatenate(list(pixels[i : i + columns]), 1) for i in starts]
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.concatenate(rows, 0)).save(path)
