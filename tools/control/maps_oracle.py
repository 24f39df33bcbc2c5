"""Writes what OpenCV makes of seeded edges and planes: packages/ext-controlnet/test/maps-oracle.json.

Needs opencv-python-headless 4.11 and numpy. The pictures are drawn by the test again, from the same generator.
"""
import hashlib
import json
import pathlib

import cv2
import numpy as np


def edges(seed: int, width: int, height: int) -> np.ndarray:
    """Broad white bands under noise, one channel."""
    state = seed
    values = np.zeros(width * height, np.uint8)
    for at in range(values.size):
        state = (state * 1664525 + 1013904223) % 2**32
        x, y = at % width, at // width
        values[at] = (state >> 27) + 224 * ((x * seed // 5 + y) // 9 % 3 == 0)
    return values.reshape(height, width)


def scribble(x: np.ndarray) -> np.ndarray:
    """Non-maximum suppression in four directions, then a broad pen."""
    soft = cv2.GaussianBlur(x.astype(np.float32), (0, 0), 3.0)
    lines = [[[0, 0, 0], [1, 1, 1], [0, 0, 0]], [[0, 1, 0]] * 3, [[1, 0, 0], [0, 1, 0], [0, 0, 1]], [[0, 0, 1], [0, 1, 0], [1, 0, 0]]]
    ridge = np.zeros_like(soft)
    for line in lines:
        np.putmask(ridge, cv2.dilate(soft, kernel=np.array(line, np.uint8)) == soft, soft)
    drawn = np.where(ridge > 127.0, 255, 0).astype(np.uint8)
    broad = cv2.GaussianBlur(drawn, (0, 0), 3.0)
    return np.where(broad > 4, 255, 0).astype(np.uint8)


cases = []
for seed in range(2, 10):
    width, height = 64 + 8 * seed, 96 - 4 * seed
    drawn = scribble(edges(seed, width, height))
    cases.append({"seed": seed, "width": width, "height": height, "white": int((drawn > 0).sum()), "sha256": hashlib.sha256(drawn.tobytes()).hexdigest()})
def gradient(x: np.ndarray, sigma: float) -> np.ndarray:
    soft = cv2.GaussianBlur(x.astype(np.float32), (0, 0), sigma)
    steep = np.hypot(cv2.Sobel(soft, cv2.CV_32F, 1, 0, ksize=3), cv2.Sobel(soft, cv2.CV_32F, 0, 1, ksize=3))
    return (steep * (255 / steep.max())).astype(np.uint8)


gradients = []
for seed, sigma in ((3, 0.7), (5, 1.5), (7, 4.0)):
    values = gradient(edges(seed, 72, 60), sigma).ravel()[::53]
    gradients.append({"seed": seed, "sigma": sigma, "values": [int(value) for value in values]})
def lines(seed: int, width: int, height: int, score: float, length: float):
    """M-LSD's map of planes at half the picture's size: centres, and where from them the ends lie (within the picture)."""
    w, h = width // 2, height // 2
    state, maps = seed, np.zeros((5, h, w), np.float32)
    for at in range(maps.size):
        state = (state * 1664525 + 1013904223) % 2**32
        plane, y, x = at // (w * h), at // w % h, at % w
        side, place = (w, x) if plane % 2 else (h, y)
        maps[plane, y, x] = (state >> 8) / 2**21 - 6 if plane == 0 else (state >> 8) % (4 * side) / 4 - place
    heat = 1 / (1 + np.exp(-maps[0]))
    peaks = np.where(cv2.dilate(heat, np.ones((3, 3))) == heat, heat, 0)
    out = np.zeros((height, width, 3), np.uint8)
    for at in np.argsort(-peaks.ravel(), kind="stable")[:200]:
        y, x = divmod(int(at), w)
        ax, ay, bx, by = maps[1:, y, x]
        if peaks[y, x] > score and np.hypot(ax - bx, ay - by) > length:
            ends = [int(v) for v in (2 * (x + ax), 2 * (y + ay), 2 * (x + bx), 2 * (y + by))]
            cv2.line(out, (ends[0], ends[1]), (ends[2], ends[3]), [255, 255, 255], 1)
    return out[:, :, 0]


drawings = []
for seed, score, length in ((4, 0.1, 0.1), (6, 0.85, 8.0), (9, 0.87, 40.0)):
    drawn = lines(seed, 160, 128, score, length)
    drawings.append({"seed": seed, "score": score, "length": length, "white": int((drawn > 0).sum()), "sha256": hashlib.sha256(drawn.tobytes()).hexdigest()})
planes = []
for seed, (width, height) in enumerate([(40, 24), (13, 50), (96, 96)], 2):
    plane = edges(seed, 24, 20).astype(np.float32) / np.float32(255)
    large = cv2.resize(plane, (width, height), interpolation=cv2.INTER_LINEAR)
    planes.append({"seed": seed, "width": width, "height": height, "values": [round(float(v), 6) for v in large.ravel()[:: large.size // 40]]})
target = pathlib.Path(__file__).parent.parent.parent / "packages/ext-controlnet/test/maps-oracle.json"
target.write_text(json.dumps({"scribbles": cases, "gradients": gradients, "lines": drawings, "planes": planes}, indent=2) + "\n")
