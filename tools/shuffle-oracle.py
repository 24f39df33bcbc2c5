"""Pictures that numpy and OpenCV shuffled, for packages/ext-controlnet/test/shuffle.test.ts:
python3 tools/shuffle-oracle.py > packages/ext-controlnet/test/shuffle-oracle.json (numpy, opencv-python-headless 4.11)."""

import hashlib
import json

import cv2
import numpy as np

CELL = 256


def picture(width: int, height: int) -> np.ndarray:
    at = np.arange(width * height * 3, dtype=np.uint64)
    return ((at * 1664525 + 1013904223) % 2**32 >> 24).astype(np.uint8).reshape(height, width, 3)


def waves(width: int, height: int) -> np.ndarray:
    noise = np.random.uniform(low=0, high=1, size=(height // CELL + 2, width // CELL + 2, 1))
    noise = cv2.resize(noise, (width + 2 * CELL, height + 2 * CELL), interpolation=cv2.INTER_CUBIC)
    noise = noise[CELL : CELL + height, CELL : CELL + width]
    noise -= noise.min()
    noise /= noise.max()
    return noise


def shuffled(seed: int, width: int, height: int) -> np.ndarray:
    np.random.seed(seed)
    flow = np.stack([waves(width, height) * float(width - 1), waves(width, height) * float(height - 1)], axis=2)
    return cv2.remap(picture(width, height), flow.astype(np.float32), None, cv2.INTER_LINEAR)


cases = [(0, 512, 512), (2468, 512, 683), (14, 900, 512), (4294967295, 64, 40), (7, 257, 255)]
rows = [
    {"seed": seed, "width": width, "height": height, "sha256": hashlib.sha256(shuffled(seed, width, height).tobytes()).hexdigest()}
    for seed, width, height in cases
]
print(json.dumps(rows, indent=2))
