"""Writes what OpenCV's Canny makes of seeded pictures: packages/ext-controlnet/test/canny-oracle.json.

Needs opencv-python-headless 4.11 and numpy. The pictures are drawn by the test again, from the same generator.
"""
import hashlib
import json
import pathlib

import cv2
import numpy as np


def picture(seed: int, width: int, height: int) -> np.ndarray:
    state = seed
    values = np.zeros(width * height * 3, np.uint8)
    for at in range(values.size):
        state = (state * 1664525 + 1013904223) % 2**32
        x, y = at // 3 % width, at // 3 // width
        values[at] = (state >> 27) + 12 * ((x * seed // 7 + y) // 9 % 2) * (at % 3 + 4)
    return values.reshape(height, width, 3)


cases = []
for seed in range(1, 21):
    width, height = 40 + 3 * seed, 90 - 2 * seed
    low, high = 20 + 6 * seed, 220 - 4 * seed
    edges = cv2.Canny(picture(seed, width, height), low, high)
    digest = hashlib.sha256(edges.tobytes()).hexdigest()
    cases.append({"seed": seed, "width": width, "height": height, "low": low, "high": high, "edges": int((edges > 0).sum()), "sha256": digest})
target = pathlib.Path(__file__).parent.parent / "packages/ext-controlnet/test/canny-oracle.json"
target.write_text(json.dumps(cases, indent=2) + "\n")
