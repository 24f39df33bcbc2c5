"""Scenes with the edges that a Canny detector sees in them, and vague words about them."""

import random

import cv2
import numpy as np
import torch

from autoencoder import SCALE_FACTOR
from captions import caption
from drawing import draw
from latents import to_tensor
from scenes import Background, Scene, Thing, is_heldout
from shapes import COLOURS, JUDGED_SHAPES, PALETTE, SHAPES

SIZE = 128
THRESHOLDS = (100, 200)
# The resolution at which detectors work unless they are told the picture's own.
DETECTOR_SIZE = 512
BATCH = 8


def _tint(rng, colour):
    return tuple(min(255, max(0, v + rng.randint(-7, 7))) for v in PALETTE[colour])


def sample_outline(rng, heldout):
    """One solid shape of any size anywhere on a plain background, often a white one."""
    while True:
        ground = "white" if rng.random() < 0.4 else rng.choice(COLOURS)
        colour = rng.choice([c for c in COLOURS if c != ground])
        shape = rng.choice(JUDGED_SHAPES if rng.random() < 0.7 else SHAPES)
        radius = rng.uniform(0.17, 0.40)
        x, y = (rng.uniform(radius + 0.03, 0.97 - radius) for _ in range(2))
        thing = Thing(shape, colour, _tint(rng, colour), x, y, radius)
        scene = Scene(1.0, 1.0, Background("plain", ground, _tint(rng, ground)), [thing])
        if not is_heldout(scene, heldout):
            return scene


def vague_caption(rng, scene):
    """Words that mostly leave the shape, and often the rest, to the edges."""
    kind, ground = rng.random(), scene.background.colour
    if kind < 0.1:
        return ""
    if kind < 0.2:
        return caption(rng, scene)
    noun = rng.choice(["shape", "shape", "thing", "figure"])
    text = f"a {noun}" if kind < 0.3 else f"a {scene.things[0].colour} {noun}"
    unsaid = rng.random() < (0.6 if ground == "white" else 0.1)
    return text if unsaid else f"{text} on a {ground} background"


def _at_detector_size(pixels):
    """Edges found in the enlarged picture and brought back as thin lines."""
    large = (DETECTOR_SIZE, DETECTOR_SIZE)
    edges = cv2.Canny(cv2.resize(pixels, large, interpolation=cv2.INTER_CUBIC), *THRESHOLDS)
    small = cv2.resize(edges, pixels.shape[1::-1], interpolation=cv2.INTER_AREA)
    return np.where(small > 40, 255, 0).astype(np.uint8)


def edges_of(picture, rng):
    """A hint of a drawn picture (0..1, channels last): bytes, 255 on an edge."""
    pixels = np.clip(picture * 255.0, 0, 255).round().astype(np.uint8)
    return cv2.Canny(pixels, *THRESHOLDS) if rng.random() < 0.5 else _at_detector_size(pixels)


@torch.no_grad()
def make_bank(vae, heldout, count, seed):
    """Latents (half precision), hints (bytes) and scenes."""
    rng, latents, hints, scenes = random.Random(seed), [], [], []
    while len(scenes) < count:
        batch = [sample_outline(rng, heldout) for _ in range(BATCH)]
        pictures = [draw(scene, SIZE, SIZE) for scene in batch]
        latents.append((vae.encode(to_tensor(pictures))[0] * SCALE_FACTOR).half())
        hints += [torch.from_numpy(edges_of(picture, rng)) for picture in pictures]
        scenes += batch
    return {"latents": torch.cat(latents), "hints": torch.stack(hints), "scenes": scenes}
