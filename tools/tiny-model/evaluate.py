"""Scores pictures of the held-out prompts, whichever engine made them.

    python evaluate.py FOLDER [--verbose]

The i-th PNG of the folder, by name, must belong to the i-th prompt of heldout.json. A
picture counts when the background, the object and the shape are all as asked.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from PIL import Image
from scipy import ndimage

from scenes import HELDOUT_FILE
from shapes import COLOURS, JUDGED_SHAPES, PALETTE, distance

MASK_SIZE = 64
UNLIKE = 45.0
PALETTE_RGB = np.array([PALETTE[name] for name in COLOURS], np.float32)


def nearest_colours(pixels):
    """Index of the nearest palette colour for each pixel, greens weighing a little more."""
    gaps = pixels[..., None, :] - PALETTE_RGB
    return (gaps**2 * np.array([0.9, 1.2, 0.8])).sum(-1).argmin(-1)


def most_common(indices):
    return int(np.bincount(indices.ravel(), minlength=len(COLOURS)).argmax())


def fit(mask):
    """The mask's bounding box, stretched to a fixed square of coverages."""
    rows, columns = np.where(mask)
    box = mask[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    image = Image.fromarray(box.astype(np.uint8) * 255)
    resized = image.resize((MASK_SIZE, MASK_SIZE), Image.BILINEAR)
    return np.asarray(resized, np.float32) / 255.0


def reference_masks():
    """The five judged shapes, each filling its bounding box."""
    line = np.linspace(-1.15, 1.15, 256)
    u, v = np.meshgrid(line, line)
    return {shape: fit(distance(shape, u, v) < 0) for shape in JUDGED_SHAPES}


def overlap(a, b):
    """Intersection over union of two coverage masks."""
    return float(np.minimum(a, b).sum() / np.maximum(a, b).sum())


def judge(pixels, references):
    """Background, object colour, best shape and overlaps seen in one picture."""
    names = nearest_colours(pixels)
    rim = max(2, len(pixels) // 32)
    edge = np.ones(names.shape, bool)
    edge[rim:-rim, rim:-rim] = False
    background = most_common(names[edge])
    ground = pixels[names == background].mean(0)
    blobs, count = ndimage.label(np.sqrt(((pixels - ground) ** 2).sum(-1)) > UNLIKE)
    if not count:
        return {"background": COLOURS[background], "colour": None, "shape": None, "overlaps": {}}
    blob = blobs == np.bincount(blobs.ravel())[1:].argmax() + 1
    core = ndimage.binary_erosion(blob, iterations=2)
    colour = most_common(names[core if core.any() else blob])
    fitted = fit(blob)
    overlaps = {shape: overlap(fitted, mask) for shape, mask in references.items()}
    return {
        "background": COLOURS[background],
        "colour": COLOURS[colour],
        "shape": max(overlaps, key=overlaps.get),
        "overlaps": overlaps,
    }


def score(pictures, rows):
    """Shares of correct answers over pictures (arrays of 0..255) and their prompts."""
    references, verdicts = reference_masks(), []
    for pixels, row in zip(pictures, rows):
        seen = judge(np.asarray(pixels, np.float32), references)
        right = {key: seen[key] == row[key] for key in ("background", "colour", "shape")}
        right["all"] = all(right.values())
        right["overlap"] = seen["overlaps"].get(row["shape"], 0.0)
        verdicts.append((row, seen, right))
    keys = ("background", "colour", "shape", "all", "overlap")
    shares = {key: float(np.mean([right[key] for *_, right in verdicts])) for key in keys}
    return shares, verdicts


def load_rows():
    return json.loads(HELDOUT_FILE.read_text(encoding="utf-8"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--verbose", action="store_true", help="print every picture's verdict")
    args = parser.parse_args()
    rows, files = load_rows(), sorted(args.folder.glob("*.png"))
    if len(files) != len(rows):
        parser.error(f"{len(files)} pictures for {len(rows)} prompts")
    pictures = [np.asarray(Image.open(file).convert("RGB")) for file in files]
    shares, verdicts = score(pictures, rows)
    for file, (row, seen, right) in zip(files, verdicts):
        if args.verbose or not right["all"]:
            found = f"{seen['colour']} {seen['shape']} on {seen['background']}"
            mark = "ok  " if right["all"] else "MISS"
            print(f"{mark} {file.name}: {row['prompt']} -> {found} ({right['overlap']:.2f})")
    print(" ".join(f"{key} {share:.3f}" for key, share in shares.items()))


if __name__ == "__main__":
    main()
